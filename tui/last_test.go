package tui_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/tui"
)

// ending is a stage whose SEV1 incident is mitigated, and whose person manages it.
func ending(t *testing.T, with setting) *stage {
	t.Helper()
	s := managing(t, with)
	s.Press("t", "f", "t", "m")
	return s
}

// rests presses no key for a while: what waits for that opens.
func (s *stage) rests() *stage { s.t.Helper(); s.wait(time.Second); return s }

func (s *stage) untold() []model.Audience { return s.view().Untold() }

func TestResolvingOpensTheLastUpdateForOneAudienceAfterTheOther(t *testing.T) {
	t.Parallel()
	s := ending(t, setting{})
	s.Press("t", "r").has("Then comes the last update: to customers").Press("y")
	require.Equal(t, model.Resolved, s.view().Status.Value, "it is resolved before a word of the update is written")
	require.NotContains(t, s.Text(), "Last update", "no key goes into what nobody has seen yet")
	s.rests().has("Last update to customers", "This problem is over", "After it comes the one to the team, executives.", "Resolved after")
	s.Type("It works again. No data was lost.").Press("enter").has("Draft for customers", "resolved")
	s.Press("a").has("Approved by ana").Press("p").has("Record this as sent to the customers").Press("y")
	s.rests().has("Last update to the team", "Follow-ups: ", "After it comes the one to executives.")
	s.Press("ctrl+n").rests().has("Last update to executives")
	require.NotContains(t, s.Text(), "After it comes")
	s.Type("SEV1 is over. No data was lost.").Press("enter", "a", "p")
	require.Empty(t, s.untold())
	var went []model.Audience
	for _, u := range s.view().Updates {
		require.Equal(t, model.Recovered, u.State)
		went = append(went, u.Audience)
	}
	require.Equal(t, []model.Audience{model.ToCustomers, model.ToExecutives}, went)
	s.has("Resolve ✓", "next: no cause is confirmed", "Next is the review: B has causes")
	require.Empty(t, s.say.Faults(), "every sentence is in the catalogue")
}

func TestHoweverItIsResolvedTheLastUpdateOpens(t *testing.T) {
	t.Parallel()
	for name, resolve := range map[string]func(*stage){
		"by keys":         func(s *stage) { s.Press("t", "r", "y") },
		"by the palette":  func(s *stage) { s.Press(":").Type("status resolved").Press("enter", "y") },
		"by the log line": func(s *stage) { s.Press("i").Type("/status resolved").Press("enter", "y") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ending(t, setting{})
			resolve(s)
			s.rests().has("Last update to customers", "Resolved after")
			require.Equal(t, model.Resolved, s.view().Status.Value)
		})
	}
}

func TestWhoIsOwedNoUpdateIsOfferedNone(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{width: 120, height: 40}).Press("t", "r", "y").rests()
	require.Equal(t, model.Resolved, s.view().Status.Value)
	s.has("Resolved after", "Next is the review", "next: review, export, close")
	require.NotContains(t, s.Text(), "Last update")
}

func TestALastUpdateThatIsLeftIsAskedForAgainAndNeverBlocks(t *testing.T) {
	t.Parallel()
	s := ending(t, setting{})
	s.Press("t", "r", "y").rests().Press("esc").has("Still to be told: customers, the team, executives. p writes it.", "next: last update to customers", "Resolve ●")
	require.Nil(t, s.customers().Draft, "what nobody touched is no draft")
	s.Press(":").Type("next").Press("enter").has("Last update to customers").Type("It works ag").Press("esc").has("Kept as a draft")
	require.Equal(t, "It works ag", s.customers().Draft.Text)
	require.Equal(t, model.Recovered, s.customers().Draft.State)
	require.Equal(t, model.Resolved, s.view().Status.Value)
	s.Press(":").Type("next").Press("enter").has("Draft for customers", "It works ag").Press("n").rests().has("Last update to the team")
	require.Equal(t, []model.Audience{model.ToTeam, model.ToExecutives}, s.untold())
	s.Press("esc", "p", "i").has("none needed").Press("n").rests().has("Last update to executives")
	s.Press("esc", "u").has("next: last update to the team")
}

func TestADraftFromBeforeTheEndGivesWayToTheLastUpdate(t *testing.T) {
	t.Parallel()
	s := ending(t, setting{})
	s.room.Must(s.view().ID, model.SaveDraft{Audience: model.ToCustomers, State: model.Monitoring, Text: "We watch it."})
	s.seen()
	s.Press("t", "r", "y").rests().has("It takes the place", "(monitoring) by ana", "This problem is over").Press("esc")
	require.Equal(t, "We watch it.", s.customers().Draft.Text, "left, it stays")
	s.Press(":").Type("next").Press("enter").Type("It is over. No data was lost.").Press("enter")
	k := s.customers()
	require.False(t, k.Conflict())
	require.Equal(t, "It is over. No data was lost.", k.Draft.Text)
}

// What somebody else wrote meanwhile is not overwritten, and what was typed is not lost.
func TestWhatWasTypedOfALastUpdateStaysWhenItCannotBeKept(t *testing.T) {
	t.Parallel()
	s := ending(t, setting{})
	id := s.view().ID
	s.Press("t", "r", "y").rests().Type("It works")
	u := s.room.Must(id, model.PostUpdate{Audience: model.ToCustomers, State: model.Identified, Text: "a"}).Refs[0]
	s.room.Must(id, model.SaveDraft{Audience: model.ToCustomers, State: model.Identified, Text: "b", Corrects: u})
	s.seen()
	s.Press("esc").has("Last update to customers", "It works")
	require.Equal(t, "b", s.customers().Draft.Text)
}

func TestGoldenLastUpdate(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{
		"last-ask":   {"t", "r"},
		"last-write": {"t", "r", "y", ""},
		"last-desk":  {"t", "r", "y", "", "right", "enter"},
		"last-left":  {"t", "r", "y", "", "esc"},
	} {
		for _, size := range [][2]int{{80, 24}, {120, 40}} {
			t.Run(fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), func(t *testing.T) {
				t.Parallel()
				room := written(t)
				room.Advance(40 * time.Minute)
				s := open(t, setting{width: size[0], height: size[1], room: room}).showing()
				for _, k := range keys {
					if k == "" {
						s.rests()
						continue
					}
					s.Press(k)
				}
				s.same(t, fmt.Sprintf("%s-%dx%d", name, size[0], size[1]))
				require.Empty(t, s.say.Faults())
			})
		}
	}
}

func TestThatNoneIsNeededIsShownWhereThereIsLittleRoom(t *testing.T) {
	t.Parallel()
	s := ending(t, setting{width: 80, height: 24, with: func(o *tui.Options) {
		o.Edit = func(string, func(string, error) tea.Msg) tea.Cmd { return nil }
	}})
	s.Press("t", "r", "y").rests().has("ctrl+n none needed", "ctrl+g later")
}

// Keys that were typed ahead over a slow link go where they were meant for.
func TestTheLastUpdateTakesNoKeyOfWhoGoesOnAtOnce(t *testing.T) {
	t.Parallel()
	s := ending(t, setting{})
	s.Press("t", "r", "y", "i").Type("we watch it for an hour").rests()
	require.NotContains(t, s.Text(), "Last update")
	s.Press("enter").rests()
	require.Equal(t, "we watch it for an hour", s.last().Text)
	require.Nil(t, s.customers().Draft)
	s.has("next: last update to customers")
	s.Press("esc", "p", "q", "t", "f").Type("again").Press("enter", "t", "r", "y", "u").rests()
	require.Equal(t, model.Fixing, s.view().Status.Value)
	require.NotContains(t, s.Text(), "Last update", "it is not resolved any more")
}

// shut is a room in which an incident is kept from this person in the moment in which they
// resolve it.
type shut struct {
	*modeltest.Room
	gone atomic.Bool
}

func (r *shut) Do(ctx context.Context, who model.Actor, id model.Scope, c model.Command) (model.Receipt, error) {
	got, err := r.Room.Do(ctx, who, id, c)
	if s, ok := c.(model.SetStatus); ok && s.Status == model.Resolved {
		r.gone.Store(true)
	}
	return got, err
}

func (r *shut) Incident(ctx context.Context, id model.Scope) (*model.View, error) {
	if r.gone.Load() {
		return nil, model.Refuse(model.CodeIncidentUnknown, "Key", id.Key())
	}
	return r.Room.Incident(ctx, id)
}

func (r *shut) Glance(ctx context.Context, id model.Scope) (*model.View, error) {
	return r.Incident(ctx, id)
}

func TestAnIncidentThatIsKeptFromWhoResolvedItAsksNothingMore(t *testing.T) {
	t.Parallel()
	room := modeltest.New("ana", 1)
	s := ending(t, setting{room: room, as: &shut{Room: room}})
	s.Press("t", "r", "y").rests()
	require.NotContains(t, s.Text(), "Last update")
	s.has("is for others alone now")
}
