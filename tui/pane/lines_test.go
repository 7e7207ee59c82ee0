package pane

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/internal/golden"
	"warroom/tui/layout"
)

const hour = time.Hour

// lineWidths are those of the screens that are designed, and some between.
var lineWidths = []int{200, 120, 100, 80, 60, 40, 39, 20, 8, 1}

func TestGoldenLines(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	resolved := *r.view
	resolved.Status.Value = model.Resolved
	fresh := modeltest.New("Ana", 9)
	id := fresh.Must(model.Scope{}, model.OpenIncident{Title: "Something is off", Kind: model.SecurityIncident}).Incident
	begun, err := fresh.Incident(t.Context(), id)
	require.NoError(t, err)
	twice := *r.view
	twice.Title.Others = []model.Other[string]{{Value: "Payments fail"}}
	paged := model.Step{Say: model.Say("next.page.me", "Person", r.Me()), Action: string(action.Comes), Urgent: true}
	states := []struct {
		name string
		view *model.View
		look look
	}{
		{"none", nil, look{}},
		{"fixing", r.view, look{}},
		{"fixing-ascii", r.view, look{ascii: true}},
		{"fixing-named", r.view, look{named: true}},
		{"due-soon", r.view, look{later: 16 * time.Minute, named: true}},
		{"overdue", r.view, look{later: hour}},
		{"overdue-ascii", r.view, look{later: hour, ascii: true}},
		{"days", r.view, look{later: 100 * hour, clock: 2}},
		{"read-only", r.view, look{readOnly: true}},
		{"conflict", r.conflicting(), look{}},
		{"resolved", &resolved, look{}},
		{"paged", r.view, look{mine: paged}},
		{"paged-none", nil, look{mine: paged}},
		{"security", begun, look{}},
		{"title-twice", &twice, look{}},
	}
	for _, s := range states {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			env := r.env(t, s.look)
			var b strings.Builder
			for _, w := range lineWidths {
				if s.look.named && w != 120 {
					continue
				}
				fmt.Fprintf(&b, "%d\n", w)
				b.WriteString(exact(t, []string{Header(env, r.ov, s.view, w)}, w, 1))
				b.WriteString(exact(t, []string{Rail(env, s.view, s.look.mine, w)}, w, 1))
				b.WriteString(exact(t, []string{Status(env, r.ov, s.view, w)}, w, 1))
			}
			golden.Equal(t, "lines/"+s.name, b.String())
		})
	}
}

// linked is a room with peers of these states, the first of which came to be so
// half an hour ago.
func (r *room) linked(unshared, behind int, states ...model.LinkState) *model.Peers {
	var all []model.Peer
	for i, s := range states {
		all = append(all, model.Peer{Name: fmt.Sprintf("jump%d", i+1), State: s, Since: r.Now().Add(-time.Duration(29+i) * time.Minute).UnixMilli()})
	}
	return model.NewPeers(all, unshared, behind, nil, nil)
}

// keeping is a room of which two of three peers have all lines but the last ones.
func (r *room) keeping(last int) *model.Peers {
	p := r.linked(last, 0, model.LinkOffline, model.LinkOffline, model.LinkOffline)
	seq := r.view.Lines[len(r.view.Lines)-last].Ref().Seq - 1
	return model.NewPeers(p.All, last, 0, nil, map[model.LogID][]uint64{r.view.Lines[0].Ref().Log: {3, seq, seq}})
}

// crew is n people at their consoles.
func crew(n int) (here []model.Presence) {
	for i := range n {
		here = append(here, model.Presence{Person: model.PersonID{byte(i + 1)}})
	}
	return here
}

func TestGoldenLinks(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	const off, live, late = model.LinkOffline, model.LinkLive, model.LinkBehind
	never := r.linked(0, 0, model.LinkConnecting)
	never.All[0].Since = 0
	for _, s := range []struct {
		name  string
		peers *model.Peers
		here  int
		look  look
		flow  Flow
	}{
		{name: "live", peers: r.linked(0, 0, live, live, live, live)},
		{name: "live-here", peers: r.linked(0, 0, live, live, live, off), here: 5},
		{name: "live-named", peers: r.linked(0, 0, live, live, live, live), here: 5, look: look{named: true}},
		{name: "behind", peers: r.linked(0, 120, late, live)},
		{name: "behind-a-moment", peers: r.linked(2, 3, late, live), flow: Flow{Out: true, In: true}},
		{name: "only-here", peers: r.linked(3, 0, late, live), here: 5},
		{name: "offline", peers: r.linked(0, 0, off, off), here: 2},
		{name: "offline-only-here", peers: r.linked(3, 0, off, off)},
		{name: "offline-only-here-ascii", peers: r.linked(3, 0, off, off), look: look{ascii: true}},
		{name: "offline-only-here-named", peers: r.linked(3, 7, off, off), look: look{named: true}},
		{name: "offline-days", peers: r.linked(1204, 0, off), look: look{later: 50 * hour}},
		{name: "offline-overdue", peers: r.linked(3, 0, off), look: look{later: hour}},
		{name: "offline-observer", peers: r.linked(3, 0, off), look: look{readOnly: true}},
		{name: "connecting", peers: never},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			env := r.env(t, s.look)
			env.Flow = s.flow
			ov := *r.ov
			ov.Peers, ov.Here = s.peers, crew(s.here)
			var b strings.Builder
			for _, w := range lineWidths {
				if s.look.named && w != 120 && w != 60 {
					continue
				}
				fmt.Fprintf(&b, "%d\n", w)
				b.WriteString(exact(t, []string{Header(env, &ov, r.view, w)}, w, 1))
				b.WriteString(exact(t, []string{Header(env, &ov, nil, w)}, w, 1))
				b.WriteString(exact(t, []string{Status(env, &ov, r.view, w)}, w, 1))
			}
			golden.Equal(t, "links/"+s.name, b.String())
		})
	}
}

func hints() []Hint {
	return []Hint{
		{Key: "n", Text: "new"}, {Key: "s", Text: "severity"}, {Key: "t", Text: "status", Disabled: true}, {Key: "r", Text: "roles"},
		{Key: "a", Text: "assess"}, {Key: "p", Text: "post update"}, {Key: ":", Text: "commands"}, {Key: "?", Text: "help"},
	}
}

func TestGoldenFooterAndTabs(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	var b strings.Builder
	counts := [layout.Panes]string{"3/41", "4/6", "3/9", "1204"}
	for _, l := range []look{{}, {named: true}} {
		env := r.env(t, l)
		for _, w := range lineWidths {
			fmt.Fprintf(&b, "%d\n", w)
			b.WriteString(exact(t, []string{Footer(env, hints(), w)}, w, 1))
			for p := range layout.PaneID(layout.Panes) {
				if p == layout.Incidents || p == layout.Log {
					b.WriteString(exact(t, []string{Tabs(env, p, counts, w)}, w, 1))
				}
			}
		}
	}
	golden.Equal(t, "lines/footer-tabs", b.String())
}

// Where a hint or a tab is drawn is where the mouse finds it.
func TestMouseFindsWhatIsDrawn(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	env := r.env(t, look{})
	for _, w := range lineWidths[:7] {
		line := []rune(Footer(env, hints(), w))
		for x := range w {
			i, ok := FooterAt(hints(), w, x)
			if ok {
				h := hints()[i]
				at := strings.Index(string(line), h.Key+" "+h.Text)
				require.True(t, x >= at && x < at+len(h.Key+" "+h.Text), "%d of %q at %d", i, string(line), x)
			}
		}
		counts := [layout.Panes]string{"5/60", "5/6", "5/9", "7"}
		bar := Tabs(env, layout.Roles, counts, w)
		for p := range layout.PaneID(layout.Panes) {
			at := strings.Index(bar, fmt.Sprint(p.Number()))
			got, ok := TabAt(env, layout.Roles, counts, w, at)
			require.True(t, ok)
			require.Equal(t, p, got)
		}
		_, ok := TabAt(env, layout.Roles, counts, w, w+50)
		require.False(t, ok)
	}
	_, ok := FooterAt(hints(), 200, 17)
	require.True(t, ok)
	_, ok = FooterAt(hints(), 200, 2+len("n new  s severity  "))
	require.False(t, ok, "a disabled hint does nothing")
}

// nameless has no part of the entry's hash, which is the events' business.
func nameless(drawn string, l *model.Line) string {
	return strings.ReplaceAll(drawn, l.Ref().String(), "01234567")
}

func TestGoldenEntries(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	for _, l := range []look{{}, {ascii: true}} {
		for _, w := range []int{70, 30} {
			env := r.env(t, l)
			var b strings.Builder
			v := r.conflicting()
			for _, line := range v.Lines {
				draw := line.Struck != nil || len(line.Amends) > 0 || line.Star || line.Undone || line.Late() || strings.Contains(line.Text, "\n")
				if !draw {
					continue
				}
				rows := Entry(env, line, r.ov.People, nil, w)
				b.WriteString(nameless(exact(t, rows, w, len(rows)), line))
				b.WriteString(strings.Repeat("=", w) + "\n")
			}
			ahead := r.skewed().Lines[len(v.Lines)-3]
			rows := Entry(env, ahead, r.ov.People, nil, w)
			b.WriteString(nameless(exact(t, rows, w, len(rows)), ahead))
			name := fmt.Sprintf("entry/%d", w)
			if l.ascii {
				name += "-ascii"
			}
			golden.Equal(t, name, b.String())
		}
	}
}

func TestGoldenWhereAnEntryIsSaved(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	peers := r.keeping(1)
	var b strings.Builder
	for _, l := range []look{{}, {ascii: true}} {
		for _, w := range []int{70, 30} {
			env := r.env(t, l)
			for _, line := range r.view.Lines[len(r.view.Lines)-2:] {
				rows := Entry(env, line, r.ov.People, peers, w)
				b.WriteString(nameless(exact(t, rows, w, len(rows)), line))
				b.WriteString(strings.Repeat("=", w) + "\n")
			}
		}
	}
	golden.Equal(t, "entry/saved", b.String())
}

// A line that is saved elsewhere is drawn without the mark, and no other row is
// drawn anew for it.
func TestTheMarkOfALineGoesWhenItIsSavedElsewhere(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	p, env := NewLog(), r.env(t, look{})
	p.SetData(r.view, r.ov.People)
	marks := func() int { return strings.Count(strings.Join(p.Rows(env, 100, 40, true), "\n"), "⇡") }
	require.Zero(t, marks())
	for _, last := range []int{5, 2, 1} {
		p.SetPeers(r.keeping(last), Flow{})
		require.Equal(t, last, marks())
	}
	p.SetPeers(r.keeping(5), Flow{Out: true})
	require.Equal(t, 5, marks(), "without a link nothing moves")
	p.SetPeers(model.NewPeers(r.keeping(5).All, 0, 0, nil, nil), Flow{})
	require.Zero(t, marks(), "what is not this room's to share has no mark")
	p.SetPeers(nil, Flow{})
	require.Zero(t, marks())
}

func TestGoldenBoxes(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	var b strings.Builder
	for _, l := range []look{{}, {ascii: true}, {named: true}} {
		env := r.env(t, l)
		styled := env.style(themes.Danger).Render("a row that is much longer than the box is wide")
		for _, size := range [][2]int{{30, 6}, {12, 4}, {3, 3}, {2, 2}} {
			b.WriteString(exact(t, Box(env, "Severity of 検索", []string{"one", styled, "é 支払い 💥"}, size[0], size[1], l.ascii), size[0], size[1]))
		}
	}
	golden.Equal(t, "box", b.String())
	require.Empty(t, Box(r.env(t, look{}), "x", nil, 5, 0, false))
	require.Equal(t, 1, clean.Width(Box(r.env(t, look{}), "x", []string{"abc"}, 1, 1, false)[0]))
}
