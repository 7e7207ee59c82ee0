package pane

import (
	"warroom/model"
	"warroom/themes"
	"warroom/tui/lang"
)

// picture is what a pane drew last. It is given again while nothing that it was
// made of has changed: of a hundred consoles in a room most show, most of the
// time, what they showed before.
type picture struct {
	of   made
	rows []string
}

// made is what a drawing is made of, besides what the pane shows, whose changes
// are counted.
type made struct {
	changes  uint64
	styles   *themes.Styles
	say      *lang.Printer
	me       model.PersonID
	w, h     int
	beat     int64 // the time, as exactly as the pane shows it
	sig      uint64
	focused  bool
	ascii    bool
	readOnly bool
}

func (b *base) made(env Env, w, h int, focused bool, beat int64) made {
	return made{
		changes: b.changes, styles: env.Styles, say: env.Say, me: env.Me, w: w, h: h, beat: beat, focused: focused,
		ascii: env.ASCII, readOnly: env.ReadOnly,
	}
}

// again gives the last drawing if it would be the same, or draws.
func (b *base) again(of made, draw func() []string) []string {
	if b.picture.rows == nil || b.picture.of != of {
		b.picture.rows = draw()
		of.changes = b.changes // drawing may settle what is shown
		b.picture.of = of
	}
	return b.picture.rows
}

// Redraw has the next drawing made anew: names may be others.
func (b *base) Redraw() { b.changes++ }

// logRows are the rows of the log that were drawn last, but the selected one. A new
// entry moves them all and changes none: a line that changes is another line.
type logRows struct {
	of     made
	people *model.Roster
	dated  bool
	rows   map[*model.Line]drawnRow
}

// drawnRow is a row as it was drawn, and whether it said that the line is only
// here: that changes while the line stays as it is.
type drawnRow struct {
	text  string
	alone bool
}

// row draws the i-th line, or gives what it drew of it before.
func (p *Log) row(c *columns, of made, i int) string {
	l := p.line(i)
	if i == p.at {
		return c.draw(l, true, of.focused)
	}
	of.changes, of.h, of.focused = 0, 0, false // a row knows nothing of these
	if p.drawnRows.of != of || p.drawnRows.people != c.people || p.drawnRows.dated != c.dated {
		p.drawnRows = logRows{of, c.people, c.dated, map[*model.Line]drawnRow{}}
	}
	row, ok := p.drawnRows.rows[l]
	if alone := p.alone(l); !ok || row.alone != alone {
		row = drawnRow{c.draw(l, false, of.focused), alone}
		p.drawnRows.rows[l] = row
	}
	return row.text
}

// forget lets go of the rows that are not among those drawn now, when they have
// become many.
func (p *Log) forget(from, to int) {
	if len(p.drawnRows.rows) <= 4*(to-from)+16 {
		return
	}
	kept := make(map[*model.Line]drawnRow, to-from)
	for i := max(from, 0); i < to; i++ {
		if row, ok := p.drawnRows.rows[p.line(i)]; ok {
			kept[p.line(i)] = row
		}
	}
	p.drawnRows.rows = kept
}
