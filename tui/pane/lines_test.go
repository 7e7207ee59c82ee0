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
		{"offline", r.view, look{offline: true}},
		{"conflict", r.conflicting(), look{}},
		{"resolved", &resolved, look{}},
		{"security", begun, look{}},
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
				b.WriteString(exact(t, []string{Rail(env, s.view, w)}, w, 1))
				b.WriteString(exact(t, []string{Status(env, r.ov, s.view, w)}, w, 1))
			}
			golden.Equal(t, "lines/"+s.name, b.String())
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
				rows := Entry(env, line, r.ov.People, w)
				b.WriteString(nameless(exact(t, rows, w, len(rows)), line))
				b.WriteString(strings.Repeat("=", w) + "\n")
			}
			ahead := r.skewed().Lines[len(v.Lines)-3]
			rows := Entry(env, ahead, r.ov.People, w)
			b.WriteString(nameless(exact(t, rows, w, len(rows)), ahead))
			name := fmt.Sprintf("entry/%d", w)
			if l.ascii {
				name += "-ascii"
			}
			golden.Equal(t, name, b.String())
		}
	}
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
