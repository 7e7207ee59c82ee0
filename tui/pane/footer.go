package pane

import (
	"warroom/themes"
	"warroom/tui/clean"
	"warroom/tui/layout"
)

// Hint is a key and what it does now. A disabled one is shown without its key.
type Hint struct {
	Key, Text string
	Disabled  bool
}

func (h Hint) width() int {
	if h.Disabled {
		return clean.Width(h.Text) + 2
	}
	return clean.Width(h.Key) + 1 + clean.Width(h.Text)
}

// Footer is the last line of the screen: what the keys do. The last hint is
// always there, because it is the one that explains the others; of the rest, as
// many as have room.
func Footer(env Env, hints []Hint, w int) string {
	r := env.row(w)
	for i, n := range footed(hints, w) {
		h := hints[n]
		if i == 0 {
			r.gap(1)
		} else {
			r.gap(2)
		}
		if h.Disabled {
			r.put(themes.Disabled, "("+h.Text+")")
			continue
		}
		r.put(themes.Key, h.Key)
		r.gap(1)
		r.put(themes.Dim, h.Text)
	}
	return r.end()
}

// footed are the indexes of the hints that have room.
func footed(hints []Hint, w int) []int {
	if len(hints) == 0 {
		return nil
	}
	last := len(hints) - 1
	left := w - 1 - hints[last].width()
	var out []int
	for i := range last {
		if left -= hints[i].width() + 2; left < 0 {
			break
		}
		out = append(out, i)
	}
	return append(out, last)
}

// FooterAt is the hint at column x of such a footer; false for none, and for a
// disabled one.
func FooterAt(hints []Hint, w, x int) (int, bool) {
	from := 1
	for _, i := range footed(hints, w) {
		to := from + hints[i].width()
		if x >= from && x < to {
			return i, !hints[i].Disabled
		}
		from = to + 2
	}
	return 0, false
}

// Tabs is the bar of the panes where one is seen at a time. The current one is
// in brackets; counts are what Count gives.
func Tabs(env Env, current layout.PaneID, counts [layout.Panes]string, w int) string {
	r := env.row(w)
	for p, text := range env.tabs(current, counts, w) {
		id := layout.PaneID(p)
		if id == current {
			r.put(themes.Accent, "[")
			r.put(themes.Key, digit(id.Number()))
			r.put(themes.Title, text+"]")
			continue
		}
		r.gap(1)
		r.put(themes.Key, digit(id.Number()))
		r.put(themes.Dim, text)
		r.gap(1)
	}
	return r.end()
}

// TabAt is the pane whose tab is at column x of such a bar; false for none.
func TabAt(env Env, current layout.PaneID, counts [layout.Panes]string, w, x int) (layout.PaneID, bool) {
	from := 0
	for p, text := range env.tabs(current, counts, w) {
		to := from + clean.Width(text) + 3
		if x >= from && x < to {
			return layout.PaneID(p), true
		}
		from = to
	}
	return 0, false
}

func paneTitles() [layout.Panes]string {
	return [layout.Panes]string{"pane.incidents", "pane.impact", "pane.roles", "pane.log"}
}

// tabs are the words of the tabs after their numbers: with their counts, without
// them, or only the current one's, whichever has room first.
func (e Env) tabs(current layout.PaneID, counts [layout.Panes]string, w int) [layout.Panes]string {
	var out [layout.Panes]string
	for _, full := range []struct{ titles, counts, count bool }{
		{true, true, true}, {true, false, true}, {true, false, false}, {false, false, true}, {false, false, false},
	} {
		n := 0
		for p, title := range paneTitles() {
			mine := layout.PaneID(p) == current
			out[p] = ""
			if mine || full.titles {
				out[p] = " " + e.Say.T(title)
			}
			if counts[p] != "" && (mine && full.count || full.counts) {
				out[p] += " " + counts[p]
			}
			n += clean.Width(out[p]) + 3
		}
		if n <= w {
			break
		}
	}
	return out
}
