package draft

import "warroom/model"

// data finds that the last update says nothing about data, or that none was lost where
// the assessment says otherwise.
func (c *check) data() {
	said := false
	for n := range tongues {
		if c.about.Lost {
			if at, ok := c.noneLost(n); ok {
				c.find(Data, at.from, at.to, model.Say("draft.data.lost"))
				return
			}
		}
		said = said || c.saysData(n)
	}
	if !said {
		c.find(Data, len(c.text), len(c.text), model.Say("draft.data.none"))
	}
}

// How far apart words about data stand that belong together, in bytes.
const (
	dataReach = 80
	lossReach = 60
)

// saysData reports words about data with what became of it in one sentence.
func (c *check) saysData(n int) bool {
	m := &c.marks[n]
	if len(m[isSaid]) > 0 {
		return true
	}
	for _, d := range m[isThing] {
		s := c.sentenceAt(d.from)
		if m[isFate].any(d.to, min(s.to, d.to+dataReach)) || m[isFate].any(max(s.from, d.from-dataReach), d.from) {
			return true
		}
	}
	return false
}

// noneLost finds that it is said of no data that it was lost.
func (c *check) noneLost(n int) (place, bool) {
	m := &c.marks[n]
	for _, d := range m[isSaid] {
		s := c.sentenceAt(d.from)
		if no := m[isNo].in(max(s.from, d.from-lossReach), d.from); len(no) > 0 && !c.breaks.any(no[len(no)-1].to, d.from) {
			return place{no[len(no)-1].from, d.to}, true
		}
	}
	for _, d := range m[isThing] {
		s := c.sentenceAt(d.from)
		before, behind := max(s.from, d.from-lossReach), min(s.to, d.to+lossReach)
		no, loss := m[isNo].in(before, d.from), m[isLoss].in(d.to, behind)
		if len(no) > 0 && !c.breaks.any(no[len(no)-1].to, d.from) {
			last := no[len(no)-1]
			if len(loss) > 0 && !c.breaks.any(d.to, loss[0].from) {
				return place{last.from, loss[0].to}, true // "no data was lost"
			}
			if m[isLoss].any(last.to, d.from) {
				return place{last.from, d.to}, true // "no loss of data"
			}
		}
		if len(loss) > 0 && !c.breaks.any(d.to, loss[0].from) && m[isNo].any(d.to, loss[0].from) {
			return place{d.from, loss[0].to}, true // "data was not lost"
		}
	}
	return place{}, false
}
