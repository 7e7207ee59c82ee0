package tui

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/tui/action"
	"warroom/tui/overlay"
)

// One table feeds handlers, footer, help and palette: none may know an action
// that another does not.
func TestEveryActionHasAHandlerAndEveryHandlerAnAction(t *testing.T) {
	t.Parallel()
	var panes, typing, layers []action.ID
	for _, a := range action.Table() {
		switch a.Scope {
		case action.Typing:
			typing = append(typing, a.ID)
		case action.Overlay:
			layers = append(layers, a.ID)
		default:
			panes = append(panes, a.ID)
		}
	}
	require.ElementsMatch(t, panes, slices.Collect(maps.Keys(newHandlers())))
	require.ElementsMatch(t, typing, slices.Collect(maps.Keys(newTyping())))
	require.ElementsMatch(t, layers, overlay.Handled())
}

func TestEveryHandlerIsThere(t *testing.T) {
	t.Parallel()
	for id, h := range newHandlers() {
		require.NotNil(t, h, id)
	}
}
