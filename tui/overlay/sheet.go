package overlay

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/pane"
)

// Sheet shows things that others change while it is open, one of them selected.
// What is selected is known by its name and never by its place: a key cannot fall on
// another thing because one above it went.
type Sheet struct {
	Heading string
	// Wide is the width it would like.
	Wide int
	// Things names what can be selected now, from above to below.
	Things func() []string
	// Rows draws all at a width, with the selected thing ("" for none) marked; spots
	// gives the row of each thing that has one, and under "" the last row that goes with
	// the selected one, if there is one.
	Rows func(env pane.Env, w int, at string) (rows []string, spots map[string]int)
	// Acts are what can be done with the selected thing, "" for none.
	Acts func(at string) []Act
	// Gone is said when the selected thing is there no more.
	Gone string
	// Toggle is a key that closes it too.
	Toggle string
	// At is the selected thing; empty for the first.
	At string

	begun   bool
	lost    bool // what was selected went, and nothing was selected since
	problem string
	rows    []string
	spots   map[string]int
	first   int
	shown   int
	follow  bool // the selected row is to be seen
}

// Act is something that a key does with the selected thing of a sheet.
type Act struct {
	Keys []string
	Text string
	// Off is why it cannot be done; it then has no hint, and its key says why.
	Off string
	Do  func() (cmd tea.Cmd, done bool)
}

// Fail is Failer.
func (s *Sheet) Fail(sentence string) { s.problem = sentence }

// Begin selects the first thing anew: what was selected went by an act of one's own.
func (s *Sheet) Begin() { s.At, s.lost = "", false }

// Title is Layer.
func (s *Sheet) Title() string { return s.Heading }

// Typing is Layer.
func (s *Sheet) Typing() bool { return false }

// Paste is Layer.
func (s *Sheet) Paste(string) {}

// settle sees to what went. Nothing is selected in its place: the next key was
// meant for it.
func (s *Sheet) settle() []string {
	all := s.Things()
	switch {
	case s.begun && s.At != "" && !slices.Contains(all, s.At):
		s.problem, s.At, s.lost = s.Gone, "", true
	case !slices.Contains(all, s.At) && !s.lost && len(all) > 0:
		s.At, s.follow = all[0], true
	}
	if !s.begun {
		s.begun, s.follow = true, true
	}
	return all
}

func (s *Sheet) fill(env pane.Env, w int) {
	s.settle()
	s.rows, s.spots = s.Rows(env, w, s.At)
}

func (s *Sheet) below(env pane.Env, w int) []string { return prose(env, themes.Danger, s.problem, w) }

// Want is Layer.
func (s *Sheet) Want(env pane.Env, w, h int) (int, int) {
	wide := min(s.Wide, w)
	s.fill(env, wide)
	return wide, min(len(s.rows)+len(s.below(env, wide)), h)
}

// Draw is Layer.
func (s *Sheet) Draw(env pane.Env, w, h int) Drawing {
	s.fill(env, w)
	below := s.below(env, w)
	if len(below) >= h {
		below = below[:max(h-1, 0)]
	}
	s.shown = h - len(below)
	if y, ok := s.spots[s.At]; ok && s.follow {
		end := max(y, s.spots[""])
		s.first = window(window(s.first, end, len(s.rows), s.shown), y, len(s.rows), s.shown)
		if end < s.shown {
			s.first = 0 // what stands above the first things is seen with them
		}
	}
	s.first = max(min(s.first, len(s.rows)-s.shown), 0)
	rows := slices.Clone(s.rows[s.first:min(s.first+s.shown, len(s.rows))])
	return Drawing{Rows: append(rows, below...), X: -1}
}

// Key is Layer.
func (s *Sheet) Key(k Key) (tea.Cmd, bool) {
	s.problem = ""
	had := s.At
	all := s.settle()
	if had != "" && s.At == "" {
		return nil, false // the key was for what is there no more
	}
	pressed := k.Press.String()
	for _, a := range s.Acts(s.At) {
		if !slices.Contains(a.Keys, pressed) {
			continue
		}
		if a.Off != "" {
			s.problem = a.Off
			return nil, false
		}
		return a.Do()
	}
	switch k.Action {
	case action.LayerPageUp, action.LayerPageDown:
		s.follow = false
		s.first, _ = move(k.Action, s.first, max(len(s.rows)-s.shown+1, 1), s.shown)
		return nil, false
	}
	i := slices.Index(all, s.At)
	if i < 0 && k.Action == action.LayerUp {
		i = 1
	}
	if to, ok := move(k.Action, i, len(all), s.shown); ok {
		if to == i || len(all) == 0 { // there is more to read than to select
			s.follow = false
			s.first, _ = move(k.Action, s.first, max(len(s.rows)-s.shown+1, 1), s.shown)
			return nil, false
		}
		s.At, s.follow, s.lost = all[to], true, false
		return nil, false
	}
	return nil, closes(k.Action) || pressed == s.Toggle && pressed != ""
}

// Click is Layer: it selects.
func (s *Sheet) Click(y int) (tea.Cmd, bool) {
	s.problem = ""
	all := s.settle()
	for at, row := range s.spots {
		if row == s.first+y && y < s.shown && slices.Contains(all, at) {
			s.At, s.lost = at, false
		}
	}
	return nil, false
}

// Hints is Layer.
func (s *Sheet) Hints(env pane.Env) []Hint {
	s.settle()
	var out []Hint
	for _, a := range s.Acts(s.At) {
		if a.Off == "" && a.Text != "" {
			out = append(out, Hint{a.Keys[0], a.Text})
		}
	}
	if len(s.rows) > s.shown {
		out = append(out, Hint{"j k", env.Say.T("overlay.hint.scroll")})
	}
	return append(out, Hint{"q", env.Say.T("overlay.hint.close")})
}
