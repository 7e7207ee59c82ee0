package sim

import "container/heap"

// Units of the simulated time, which is in µs.
const (
	ms     int64 = 1_000
	second       = 1_000 * ms
	minute       = 60 * second
)

// happening is what is to happen at a time.
type happening struct {
	at    int64
	order uint64 // of those at one time, the one that was asked for first
	do    func()
}

// agenda is a heap of happenings, the next one on top.
type agenda []happening

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at < a[j].at || a[i].at == a[j].at && a[i].order < a[j].order
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(happening)) }
func (a *agenda) Pop() any {
	last := len(*a) - 1
	h := (*a)[last]
	(*a)[last] = happening{}
	*a = (*a)[:last]
	return h
}

// clock is the simulated time and all that is to happen in it.
type clock struct {
	now    int64
	order  uint64
	agenda agenda
}

// at lets something happen at a time, or now when that is past.
func (c *clock) at(when int64, do func()) {
	c.order++
	heap.Push(&c.agenda, happening{max(when, c.now), c.order, do})
}

// in lets something happen after a while.
func (c *clock) in(d int64, do func()) { c.at(c.now+d, do) }

// next lets the next thing happen; false when there is none until then.
func (c *clock) next(until int64) bool {
	if len(c.agenda) == 0 || c.agenda[0].at > until {
		return false
	}
	h := heap.Pop(&c.agenda).(happening)
	c.now = h.at
	h.do()
	return true
}
