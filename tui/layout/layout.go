// Package layout says where on a screen of w by h cells each part of the
// console stands.
package layout

// PaneID names a pane by its place; its key is its number, from 1.
type PaneID int

// The panes, in the order of their numbers.
const (
	Incidents PaneID = iota
	Impact
	Roles
	Log
	// Panes is how many there are.
	Panes = 4
)

// Number is what a person presses to go to the pane.
func (p PaneID) Number() int { return int(p) + 1 }

// Mode is how much of the console the screen has room for.
type Mode int

// The modes, from the smallest screen to the largest.
const (
	// Tiny is one status line, and the log line where there is a second row.
	Tiny Mode = iota
	// Single is one pane at a time, and a tab bar.
	Single
	// Double is two columns above the log.
	Double
	// Triple is three panes above the log.
	Triple
)

// The sizes from which a mode has room, in cells.
const (
	singleWidth, singleHeight = 40, 10
	doubleWidth, doubleHeight = 80, 24
	tripleWidth               = 120
)

// Box is a rectangle of cells; the zero Box is not on the screen.
type Box struct{ X, Y, W, H int }

// Empty reports a box without a cell.
func (b Box) Empty() bool { return b.W <= 0 || b.H <= 0 }

// Has reports whether the cell is in the box.
func (b Box) Has(x, y int) bool { return x >= b.X && x < b.X+b.W && y >= b.Y && y < b.Y+b.H }

// Screen is where everything stands. A part that has no room has an empty box.
type Screen struct {
	Mode Mode
	W, H int

	Header, Rail, Tabs, Input, Footer Box
	// Panes has a box for each pane. In Single all four have the same box,
	// because one is seen at a time; in Tiny none has one.
	Panes [Panes]Box
}

// Visible lists the panes that are drawn while current has the focus, in their
// order.
func (s Screen) Visible(current PaneID) []PaneID {
	switch s.Mode {
	case Tiny:
		return nil
	case Single:
		return []PaneID{current}
	}
	return []PaneID{Incidents, Impact, Roles, Log}
}

// PaneAt is the pane at a cell while current has the focus; false for none.
func (s Screen) PaneAt(x, y int, current PaneID) (PaneID, bool) {
	for _, p := range s.Visible(current) {
		if s.Panes[p].Has(x, y) {
			return p, true
		}
	}
	return 0, false
}

// Of lays out a screen of w by h cells. Any size copes; one below 1x1 has no
// boxes at all.
func Of(w, h int) Screen {
	w, h = max(w, 0), max(h, 0)
	s := Screen{W: w, H: h}
	switch {
	case w == 0 || h == 0:
	case w < singleWidth || h < singleHeight:
		s.tiny()
	case w < doubleWidth || h < doubleHeight:
		s.single()
	case w < tripleWidth:
		s.frame()
		s.double()
	default:
		s.frame()
		s.triple()
	}
	return s
}

func (s *Screen) row(y int) Box { return Box{0, y, s.W, 1} }

func (s *Screen) tiny() {
	s.Mode = Tiny
	s.Header = s.row(0)
	if s.H > 1 {
		s.Input = s.row(1)
	}
}

// railHeight is the height in rows from which a single pane can spare one for
// the rail: under it the pane would show fewer than five lines.
const railHeight = 12

func (s *Screen) single() {
	s.Mode = Single
	s.Header = s.row(0)
	y := 1
	if s.H >= railHeight {
		s.Rail = s.row(y)
		y++
	}
	s.Tabs = s.row(y)
	y++
	for p := range s.Panes {
		s.Panes[p] = Box{0, y, s.W, s.H - y - 2}
	}
	s.Input, s.Footer = s.row(s.H-2), s.row(s.H-1)
}

// frame places what every larger screen has: two rows above, two below.
func (s *Screen) frame() {
	s.Header, s.Rail = s.row(0), s.row(1)
	s.Input, s.Footer = s.row(s.H-2), s.row(s.H-1)
}

// impactRows is what the pane of the six questions needs, border included.
const impactRows = 8

// double puts the list over the questions and the roles beside both. At 80x24
// all six questions and all nine roles are seen without scrolling, and the log
// has six lines: the list of incidents is what can best be short, because one
// of them is open and named in the header, and For makes room for it.
func (s *Screen) double() {
	s.Mode = Double
	body := s.H - 4
	// 12 of 20 rows at a height of 24; of every four more, the log takes three.
	top := impactRows + 4 + (body-20)/4
	left := s.W / 2
	s.Panes[Incidents] = Box{0, 2, left, top - impactRows}
	s.Panes[Impact] = Box{0, 2 + top - impactRows, left, impactRows}
	s.Panes[Roles] = Box{left, 2, s.W - left, top}
	s.Panes[Log] = Box{0, 2 + top, s.W, body - top}
}

// For gives the screen while current has the focus. In Double the list of
// incidents and the questions share a column: while somebody looks through the
// list, it takes the greater part.
func (s Screen) For(current PaneID) Screen {
	list, questions := &s.Panes[Incidents], &s.Panes[Impact]
	if s.Mode == Double && current == Incidents && list.H < questions.H {
		list.H, questions.H = questions.H, list.H
		questions.Y = list.Y + list.H
	}
	return s
}

// rolesRows is what the pane of the nine roles needs, border included.
const rolesRows = 11

func (s *Screen) triple() {
	s.Mode = Triple
	body := s.H - 4
	top := max(rolesRows, body*2/5)
	a, b := s.W/3, s.W*2/3
	s.Panes[Incidents] = Box{0, 2, a, top}
	s.Panes[Impact] = Box{a, 2, b - a, top}
	s.Panes[Roles] = Box{b, 2, s.W - b, top}
	s.Panes[Log] = Box{0, 2 + top, s.W, body - top}
}
