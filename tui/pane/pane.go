// Package pane draws what the console shows of a room: the four panes, the
// lines above and below them, and the frame that every box has.
//
// A pane gives exactly h rows of exactly w cells, whatever it is asked for, and
// makes only the rows that are seen. Nothing here reads a clock or a store.
package pane

import (
	"warroom/model"
	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/lang"
)

// Env is what surrounds a drawing: how, in which words, when, for whom.
type Env struct {
	Styles *themes.Styles
	Say    *lang.Printer
	// ASCII draws with ASCII signs only.
	ASCII bool
	// Now is in ms since 1970.
	Now      int64
	ReadOnly bool
	// Observer says that it is so because of what this person may do.
	Observer bool
	// Flow is what moves between this room and its peers.
	Flow Flow
	Me   model.PersonID
	// Key gives the key that does an action, where people have changed keys;
	// nil reads the table of actions.
	Key func(action.ID) string
}

// key is what to press for an action; empty when it has no key.
func (e Env) key(id action.ID) string {
	if e.Key != nil {
		return e.Key(id)
	}
	a, _ := action.ByID(id)
	return a.Key()
}

func (e Env) style(tok themes.Token) themes.Style { return e.Styles.Style(tok) }

// Move is a step of the selection.
type Move int

// The steps. Those of the wheel are three rows.
const (
	Up Move = iota
	Down
	PageUp
	PageDown
	Top
	Bottom
	WheelUp
	WheelDown
)

// Pane is what the four panes have in common.
type Pane interface {
	// Rows draws the pane: exactly h rows of exactly w cells, frame included.
	// It remembers how much was seen, for Move and Click.
	Rows(env Env, w, h int, focused bool) []string
	// Move moves the selection in a pane of h rows, frame included.
	Move(m Move, h int)
	// Click selects the row that was drawn at that row of the box (0 is the
	// frame); false where there is none.
	Click(row int) bool
	// SetFilter keeps only the rows with that text, in any case; "" keeps all.
	SetFilter(text string)
	// Filter gives the filter's text, and how many rows of all it keeps.
	Filter() (text string, shown, total int)
	// Copy is the selected row as plain clean text; "" without one.
	Copy(env Env) string
	// HasRow reports that a row is selected: that Copy gives something.
	HasRow() bool
	// Count is the short figure beside the title ("4/6"); "" without one.
	Count() string
	// Redraw has the next drawing made anew, though nothing was set: names may be
	// others.
	Redraw()
	// SetLoading shows that the pane waits for what it will show.
	SetLoading()
	// SetError shows why there is nothing to show. SetData takes both away.
	SetError(err error)
}

var (
	_ Pane = (*Incidents)(nil)
	_ Pane = (*Impact)(nil)
	_ Pane = (*Roles)(nil)
	_ Pane = (*Log)(nil)
)
