package action_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/tui/action"
	"warroom/tui/lang"
)

// forbidden keys are taken by terminals, multiplexers or flow control, or are
// the same byte as another key: never the only way to do something.
func forbidden(key string) bool {
	return strings.HasPrefix(key, "alt+") ||
		slices.Contains([]string{"ctrl+a", "ctrl+b", "ctrl+s", "ctrl+q", "ctrl+h", "ctrl+j", "ctrl+k", "ctrl+l", "ctrl+i", "ctrl+m", "ctrl+z"}, key)
}

// violations lists what is wrong with a table, sorted.
func violations(table []action.Action) []string {
	var bad []string
	ids, words, keys, hints := map[action.ID]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	once := func(seen map[string]bool, what string) {
		if seen[what] {
			bad = append(bad, what+" twice")
		}
		seen[what] = true
	}
	for _, a := range table {
		if ids[a.ID] {
			bad = append(bad, "id "+string(a.ID)+" twice")
		}
		ids[a.ID] = true
		for _, k := range a.Keys {
			once(keys, "key "+k+" in "+string(a.Scope))
			if slices.Contains(action.Reserved(), k) && a.Scope != action.Overlay && a.Scope != action.Typing {
				bad = append(bad, "key "+k+" is reserved")
			}
		}
		if len(a.Keys) > 0 && len(a.Words) == 0 && !slices.ContainsFunc(a.Keys, func(k string) bool { return !forbidden(k) }) {
			bad = append(bad, "id "+string(a.ID)+" has only forbidden keys")
		}
		for _, w := range a.Words {
			once(words, "word "+w)
		}
		if len(a.Keys) == 0 && len(a.Words) == 0 {
			bad = append(bad, "id "+string(a.ID)+" cannot be reached")
		}
		if a.Hint > 0 {
			once(hints, "hint "+string(rune('a'+a.Hint))+" in "+string(a.Scope))
		}
	}
	slices.Sort(bad)
	return bad
}

func TestTheTableIsSound(t *testing.T) {
	t.Parallel()
	require.Empty(t, violations(action.Table()))
}

func TestPlantedFaultsInATableAreFound(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		"id a twice", "id b has only forbidden keys", "id c cannot be reached", "key c is reserved", "key x in log twice", "word w twice",
	}, violations([]action.Action{
		{ID: "a", Scope: action.Log, Keys: []string{"x"}, Words: []string{"w"}},
		{ID: "a", Scope: action.Log, Keys: []string{"x", "c"}, Words: []string{"w"}},
		{ID: "b", Scope: action.Log, Keys: []string{"ctrl+s", "alt+x"}},
		{ID: "c", Scope: action.Log},
		{ID: "d", Scope: action.Overlay, Keys: []string{"x"}},
	}))
}

func TestEveryActionHasItsWords(t *testing.T) {
	t.Parallel()
	say := lang.New(lang.Options{})
	for _, a := range action.Table() {
		require.NotEmpty(t, say.Say(a.Short()))
		require.True(t, strings.HasSuffix(say.Say(a.Long()), "."), "%s: %s", a.ID, say.Say(a.Long()))
	}
	for _, s := range action.Scopes() {
		say.Say(s.Phrase())
	}
	require.Empty(t, say.Faults())
}

func TestEveryReasonIsSaid(t *testing.T) {
	t.Parallel()
	say := lang.New(lang.Options{})
	full := action.State{Incident: true, Row: true, Line: true, Entry: true, Overdue: true, Conflict: true, Step: true, Themes: true, Called: true, Paged: true, Editor: true, Suspend: true}
	for _, a := range action.Table() {
		require.True(t, a.Disabled(full).IsZero(), "%s can be taken when all is there", a.ID)
		for _, s := range []action.State{{}, {ReadOnly: true, Incident: true}, {Incident: true}, {Incident: true, Line: true}} {
			if why := a.Disabled(s); !why.IsZero() {
				require.NotEmpty(t, say.Say(why))
			}
		}
	}
	require.Empty(t, say.Faults())
}

func TestKeysOfAPaneComeBeforeThoseOfEverywhere(t *testing.T) {
	t.Parallel()
	m := action.NewKeymap(action.Table())
	a, ok := m.Find("enter", action.Log, action.Everywhere)
	require.True(t, ok)
	require.Equal(t, action.Entry, a.ID)
	a, ok = m.Find("s", action.Log, action.Everywhere)
	require.True(t, ok)
	require.Equal(t, action.Severity, a.ID)
	_, ok = m.Find("c", action.Log, action.Everywhere)
	require.False(t, ok, "to catch up is still to come")
}

func TestMarkdownNamesEveryAction(t *testing.T) {
	t.Parallel()
	say := func(p model.Phrase) string { return p.Key }
	table := action.Markdown(say)
	for _, a := range action.Table() {
		require.Contains(t, table, a.Long().Key)
	}
	for row := range strings.Lines(table) {
		if strings.HasPrefix(row, "|") {
			bare := strings.ReplaceAll(row, `\|`, "")
			require.Equal(t, 4, strings.Count(bare, "|"), row)
		}
	}
}
