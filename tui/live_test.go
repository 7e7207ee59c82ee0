package tui_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

// What comes in while somebody looks or types moves nothing that they look at,
// and takes none of their keys.

// act does something as bob, at his own console.
func (s *stage) act(incident model.Scope, c model.Command) model.Receipt {
	s.t.Helper()
	got, err := s.room.Do(s.t.Context(), model.Actor{Person: s.room.As("bob"), Via: model.DoorConsole}, incident, c)
	require.NoError(s.t, err)
	s.seen()
	return got
}

// listed are the rows of the list of incidents that are on the screen.
func (s *stage) listed() (rows []string, selected string) {
	s.t.Helper()
	for _, row := range strings.Split(s.Text(), "\n") {
		for n := range 100 {
			if name := fmt.Sprintf("Number %02d", n); strings.HasPrefix(row, "│") && strings.Contains(row, "SEV") && strings.Contains(row, name) {
				rows = append(rows, name)
				if strings.Contains(row, "▌") {
					selected = name
				}
			}
		}
	}
	return rows, selected
}

// numbered is a console on a list of n incidents, worst last.
func numbered(t *testing.T, n int) *stage {
	room := modeltest.New("ana", 1)
	for i := range n {
		room.Must(model.Scope{}, model.OpenIncident{Title: fmt.Sprintf("Number %02d", i), Severity: model.SEV2})
	}
	return open(t, setting{room: room}).Press("1")
}

func (s *stage) id(title string) model.Scope {
	s.t.Helper()
	for _, r := range s.room.Overview().Rows {
		if r.Title == title {
			return r.ID
		}
	}
	s.t.Fatalf("no incident %s", title)
	return model.Scope{}
}

func TestAnIncidentInsertedAboveMovesNeitherSelectionNorScroll(t *testing.T) {
	t.Parallel()
	s := numbered(t, 20).Press("G", "k", "k")
	before, selected := s.listed()
	require.NotEmpty(t, selected)
	s.act(model.Scope{}, model.OpenIncident{Title: "Number 99", Severity: model.SEV1})
	after, still := s.listed()
	require.Equal(t, before, after)
	require.Equal(t, selected, still)
	s.Press("g")
	rows, _ := s.listed()
	require.Equal(t, "Number 99", rows[0], "it is there for who looks")
}

func TestTheFirstRowsOfTheListShowTheWorstAsItComes(t *testing.T) {
	t.Parallel()
	s := numbered(t, 20).Press("g", "j")
	_, selected := s.listed()
	s.act(model.Scope{}, model.OpenIncident{Title: "Number 99", Severity: model.SEV1})
	rows, still := s.listed()
	require.Equal(t, "Number 99", rows[0])
	require.Equal(t, selected, still)
}

func TestTheSelectionGoesWithARowThatMoves(t *testing.T) {
	t.Parallel()
	s := numbered(t, 20).Press("G", "k")
	_, selected := s.listed()
	s.act(s.id(selected), model.SetSeverity{Level: model.SEV1})
	_, still := s.listed()
	require.Equal(t, selected, still)
	s.Press("enter")
	require.Contains(t, s.Row(0), selected)
}

func TestAFilteredListKeepsFilterAndSelection(t *testing.T) {
	t.Parallel()
	s := numbered(t, 30).Press("/").Type("Number 1").Press("enter", "j", "j")
	before, selected := s.listed()
	s.act(model.Scope{}, model.OpenIncident{Title: "Mail delays", Severity: model.SEV1})
	after, still := s.listed()
	require.Equal(t, before, after)
	require.Equal(t, selected, still)
	s.has("/Number 1")
}

// logged is a console on a log of n entries, scrolled up to the middle.
func logged(t *testing.T, n int) *stage {
	room := modeltest.New("ana", 1)
	id := room.Must(model.Scope{}, model.OpenIncident{Title: "Checkout"}).Incident
	for i := range n {
		room.Must(id, model.Write{Text: fmt.Sprintf("entry %03d", i)})
	}
	s := open(t, setting{room: room}).Press("4")
	for range n / 2 {
		s.Screen.Press("k")
	}
	return s
}

func (s *stage) entries() (rows []string) {
	for _, row := range strings.Split(s.Text(), "\n") {
		if i := strings.Index(row, "entry "); i >= 0 && strings.HasPrefix(row, "│") {
			rows = append(rows, row[:i+9])
		}
	}
	return rows
}

func TestEntriesThatComeDoNotMoveALogThatIsScrolledUp(t *testing.T) {
	t.Parallel()
	s := logged(t, 40)
	before := s.entries()
	require.Len(t, before, 6)
	for i := range 30 {
		s.act(s.view().ID, model.Write{Text: fmt.Sprintf("entry 1%02d", i)})
	}
	require.Equal(t, before, s.entries())
	s.has("30 new ↓").Press("G").has("entry 129")
}

func TestEntriesThatComeDoNotMoveAFilteredLog(t *testing.T) {
	t.Parallel()
	s := logged(t, 40).Press("/").Type("entry 0").Press("enter", "k", "k", "k")
	before := s.entries()
	s.act(s.view().ID, model.Write{Text: "nothing of that"})
	s.act(s.view().ID, model.Write{Text: "this has entry 077 in it"})
	require.Equal(t, before, s.entries())
	s.has("/entry 0")
	s.act(s.view().ID, model.SetStatus{Status: model.Fixing})
	require.Equal(t, before, s.entries())
}

func TestAMenuAndAHalfTypedLineStayAsTheyAre(t *testing.T) {
	t.Parallel()
	s := logged(t, 3).Press("t", "j")
	menu := func() (out []string) {
		for _, row := range strings.Split(s.Text(), "\n") {
			if i := strings.Index(row, "fixing"); i >= 0 && strings.Contains(row, "repair") {
				out = append(out, row)
			}
		}
		return out
	}
	before := menu()
	s.act(s.view().ID, model.SetSeverity{Level: model.SEV1})
	s.act(model.Scope{}, model.OpenIncident{Title: "Mail delays"})
	require.Equal(t, before, menu())
	s.has("Status of").Press("enter")
	require.Equal(t, model.Fixing, s.checkout().Status.Value)
	s.Press("i").Type("half a th")
	x, y := s.Cursor()
	s.act(s.id("Checkout"), model.Write{Text: "another line"})
	s.act(s.id("Checkout"), model.SetStatus{Status: model.Mitigated})
	cx, cy := s.Cursor()
	require.Equal(t, []int{x, y}, []int{cx, cy})
	s.Type("ought").Press("enter")
	require.Equal(t, "half a thought", s.checkout().Lines[len(s.checkout().Lines)-1].Text)
}

func (s *stage) checkout() *model.View {
	v, err := s.room.Incident(s.t.Context(), s.id("Checkout"))
	require.NoError(s.t, err)
	return v
}

func TestALinkThatATeammateTakesAwayIsNotMistakenForAnother(t *testing.T) {
	t.Parallel()
	s := logged(t, 1)
	id := s.view().ID
	for _, n := range []string{"one", "two", "three"} {
		s.act(id, model.AddLink{URL: "https://meet.example/" + n, Label: n})
	}
	s.Press("L", "j") // on the second
	s.act(id, model.RemoveLink{Target: s.view().Links[0].Ref})
	s.Press("y")
	require.Equal(t, "https://meet.example/two", s.clip())
	s.Press("L")
	s.act(id, model.RemoveLink{Target: s.view().Links[0].Ref})
	s.Press("d") // it was "two", which is gone
	require.Len(t, s.view().Links, 1)
	require.Equal(t, "three", s.view().Links[0].Label)
}

func TestAnEntryThatTheFilterHidesMeanwhileIsNotMistakenForAnother(t *testing.T) {
	t.Parallel()
	s := logged(t, 1).write("wrong window").write("right window").Press("esc", "4", "/").Type("wrong").Press("enter", "G", "enter").has("Entry ", "wrong window")
	ref := s.view().Lines[len(s.view().Lines)-2].Ref()
	s.act(s.view().ID, model.Amend{Target: ref, Text: "the other one"})
	s.Press("*").has("Checkout")
	require.False(t, s.Ended())
	for _, l := range s.view().Lines {
		require.Equal(t, l.Ref() == ref, l.Star, l.Text)
	}
}

// counted counts the readings of a room that are under way at once.
type counted struct {
	*modeltest.Room
	now, most, all atomic.Int32
}

func (c *counted) Overview() *model.Overview {
	c.all.Add(1)
	return c.Room.Overview()
}

func (c *counted) Incident(ctx context.Context, id model.Scope) (*model.View, error) {
	c.most.Store(max(c.most.Load(), c.now.Add(1)))
	defer c.now.Add(-1)
	return c.Room.Incident(ctx, id)
}

func (c *counted) Glance(ctx context.Context, id model.Scope) (*model.View, error) {
	return c.Incident(ctx, id)
}

func TestABurstOfChangesIsReadOneAtATime(t *testing.T) {
	t.Parallel()
	room := &counted{Room: modeltest.New("ana", 1)}
	s := open(t, setting{room: room.Room, as: room}).new("Checkout")
	id, bob := s.view().ID, room.As("bob")
	s.seen()
	room.all.Store(0)
	room.most.Store(0)
	for i := range 1000 {
		_, err := room.Do(t.Context(), model.Actor{Person: bob, Via: model.DoorConsole}, id, model.Write{Text: fmt.Sprintf("entry %d", i)})
		require.NoError(t, err)
	}
	s.WaitIdle()
	s.wait(time.Second)
	s.has("entry 999")
	require.EqualValues(t, 1, room.most.Load())
	require.Less(t, room.all.Load(), int32(1000))
	t.Logf("%d readings", room.all.Load())
}
