package tui_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

// sighted is a seat that shows what ana may see and nothing else, as a room does.
type sighted struct{ *seat }

func (s sighted) Overview() *model.Overview { return s.seat.Overview().For(s.Actor()) }

func (s sighted) Incident(ctx context.Context, id model.Scope) (*model.View, error) {
	v, err := s.seat.Incident(ctx, id)
	if err == nil && !v.VisibleTo(s.Me()) {
		return nil, model.Refuse(model.CodeIncidentUnknown, "Key", id.Key())
	}
	return v, err
}

func (s sighted) Glance(ctx context.Context, id model.Scope) (*model.View, error) {
	return s.Incident(ctx, id)
}

func TestAnIncidentIsRestrictedFromTheConsoleAndOpenedAgain(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{width: 120, height: 40})
	s.room.Must(model.Scope{}, model.AddPerson{Name: "bob"})
	s.room.As("bob")
	s.seen()
	s.Press(":").Type("restrict nobody").Press("enter").has("nobody").Press("ctrl+g")
	require.False(t, s.view().Restricted)
	s.Press(":").Type("restrict bob").Press("enter")
	require.True(t, s.view().Restricted)
	require.Len(t, s.view().Named, 2)
	s.has("restricted to", "restr.").same(t, "state-restricted")
	s.Press(":").Type("restrict").Press("enter").has("Who alone may see", "bob").Press("ctrl+u").Type("-").Press("enter")
	require.False(t, s.view().Restricted)
}

func TestAnIncidentThatIsForOthersNowLeavesTheScreen(t *testing.T) {
	t.Parallel()
	room := sighted{newSeat(t, modeltest.New("ana", 1))}
	s := open(t, setting{seat: room.seat, as: room}).new("Payroll").Press("i").Type("half a line")
	id := s.view().ID
	s.Press("esc", "s").has("Severity of")
	bob := room.As("bob")
	_, err := room.Do(context.Background(), model.Actor{Person: bob, Via: model.DoorConsole}, id, model.Restrict{People: []model.PersonID{bob}})
	require.NoError(t, err)
	s.seen()
	s.has("is for others alone now", "No incident on the screen")
	require.NotContains(t, s.Text(), "Payroll")
	require.NotContains(t, s.Text(), "Severity of", "a menu about it is gone too")
	require.Equal(t, "half a line", s.console.State().Drafts[id.String()])

	_, err = room.Do(context.Background(), model.Actor{Person: bob, Via: model.DoorConsole}, id, model.Unrestrict{})
	require.NoError(t, err)
	s.seen()
	s.Press("1", "enter").has("Payroll", "half a line")
}
