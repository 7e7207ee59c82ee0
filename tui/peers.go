package tui

import (
	"time"

	"warroom/model"
	"warroom/tui/pane"
)

// What is between this room and its peers, as the console follows it.

// calm is how long what is on its way may stand still before people are told.
const calm = 2 * time.Second

// fewMoving is how many events are not spoken of while they move: what people
// write by hand. Of more than that one wants to see how many are left.
const fewMoving = 20

// flow remembers when what is on its way last moved.
type flow struct {
	out, in     int
	moved, came time.Time
}

// see takes in what is known now.
func (f *flow) see(p *model.Peers, now time.Time) {
	out, in := 0, 0
	if p != nil {
		out, in = p.Unshared, p.Behind
	}
	if f.out == 0 || out < f.out {
		f.moved = now
	}
	if f.in == 0 || in < f.in {
		f.came = now
	}
	f.out, f.in = out, in
}

// now is what moves.
func (f *flow) now(now time.Time) pane.Flow {
	moves := func(n int, at time.Time) bool { return n <= fewMoving && now.Sub(at) < calm }
	return pane.Flow{Out: moves(f.out, f.moved), In: moves(f.in, f.came)}
}
