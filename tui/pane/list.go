package pane

// wheelRows is how far one notch of the wheel goes.
const wheelRows = 3

// list is a selection in n rows that are seen through a window.
type list struct {
	at, n int
	// top is the first row that a person scrolled to. A screen that becomes
	// smaller may draw from another one, and from this one again when it grows.
	top int
	// lead is how many rows stand before the first, which cannot be selected: 0 or 1.
	lead int
	// drawn and seen are the first row that was drawn last, and how many.
	drawn, seen int
	// changes counts what may make another drawing.
	changes uint64
}

// set gives the list n rows with the selection at at.
func (l *list) set(n, at int) {
	at = min(max(at, 0), max(n-1, 0))
	if n != l.n || at != l.at {
		l.changes++
	}
	l.n, l.at = n, at
}

// move moves the selection in a box of h rows, frame included.
func (l *list) move(m Move, h int) {
	page := max(h-3, 1) // the frame, and one row that is seen again
	to := l.at
	switch m {
	case Up:
		to--
	case Down:
		to++
	case PageUp:
		to -= page
	case PageDown:
		to += page
	case Top:
		to = 0
	case Bottom:
		to = l.n - 1
	case WheelUp:
		to -= wheelRows
	case WheelDown:
		to += wheelRows
	}
	l.set(l.n, to)
	l.top = l.from(l.drawn, h-2)
	l.changes++
}

// from is the first row to draw in h rows: as near to top as the selection and
// the end allow.
func (l *list) from(top, h int) int {
	at := l.at + l.lead
	first := at
	if l.at == 0 {
		first = 0 // what leads is seen with the first
	}
	return max(min(top, l.n+l.lead-h, first), at-h+1, 0)
}

// window gives the rows [from, to) that h rows show, with the selection among
// them, and remembers them. Those that lead count from 0, the first row after them.
func (l *list) window(h int) (from, to int) {
	h = max(h, 0)
	l.drawn = l.from(l.top, h)
	l.seen = max(min(h, l.n+l.lead-l.drawn), 0)
	return l.drawn, l.drawn + l.seen
}

// blank notes that something else than the rows was drawn.
func (l *list) blank() { l.seen = 0 }

// click selects the row drawn at that row of the box; 0 is the frame.
func (l *list) click(row int) bool {
	if row < 1 || row > l.seen || l.drawn+row-1 < l.lead {
		return false
	}
	l.set(l.n, l.drawn+row-1-l.lead)
	return true
}

// last reports that the selection is on the last row.
func (l *list) last() bool { return l.at >= l.n-1 }
