package pane

import (
	"slices"
	"strconv"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/layout"
)

// Log is an incident's timeline, the newest entry last.
type Log struct {
	base
	view   *model.View
	people *model.Roster
	// shown are the lines that the filter keeps; without a filter, all.
	shown []int
	// follows keeps the newest line selected. It ends when the selection
	// leaves the last line, and begins again when it comes back.
	follows bool
	// fresh counts the lines that came while the selection was elsewhere.
	fresh   int
	matched Matches
	// want is the selected line while the filter hides it.
	want model.Ref
	// writing are the others who write in this incident now.
	writing []model.PersonID
	// peers tell what is only here; nil while nothing is, as far as people must know.
	peers     *model.Peers
	drawnRows logRows
}

// NewLog is a timeline of no incident yet.
func NewLog() *Log { return &Log{base: base{id: layout.Log}, follows: true} }

func (p *Log) lines() []*model.Line {
	if p.view == nil {
		return nil
	}
	return p.view.Lines
}

func (p *Log) line(i int) *model.Line {
	if p.filter != "" {
		i = p.shown[i]
	}
	return p.view.Lines[i]
}

// Selected is the selected line; nil without one.
func (p *Log) Selected() *model.Line {
	if p.at >= p.n {
		return nil
	}
	return p.line(p.at)
}

// total is how many lines the log has, those that are not loaded among them.
func (p *Log) total() int {
	if p.view == nil {
		return 0
	}
	return p.view.Total()
}

// leads has a row before the first line say that there are earlier ones.
func (p *Log) leads() {
	p.lead = 0
	if p.view != nil && p.view.Earlier > 0 && p.filter == "" {
		p.lead = 1
	}
}

func (p *Log) earlier(env Env, w int) string {
	r := env.row(w)
	r.gap(1)
	r.put(themes.Dim, env.cut(env.Say.N("pane.log.earlier", p.view.Earlier), max(w-2, 0)))
	return r.end()
}

// near is how many lines may be left above the selection, besides those that are
// seen, when the earlier ones are asked for.
const near = 50

// WantsOlder reports that the selection has come near the first line that is
// loaded, and that there are earlier ones.
func (p *Log) WantsOlder() bool {
	return p.lead > 0 && !p.follows && p.at < near
}

// WantsAll reports that a filter waits for the whole log.
func (p *Log) WantsAll() bool { return p.filter != "" && p.view != nil && p.view.Earlier > 0 }

// SetData shows an incident's log; a nil view is none. In the same incident the
// selection stays on its line, and what is on the screen stays where it is,
// unless the log is being followed.
func (p *Log) SetData(v *model.View, people *model.Roster) {
	p.arrived()
	if people != p.people {
		p.changes++
	}
	p.people = people
	if v == p.view {
		return
	}
	p.changes++
	same := v != nil && p.view != nil && v.ID == p.view.ID
	was := p.Selected()
	before, depth := p.total(), p.at+p.lead-p.drawn
	p.view = v
	if !same {
		p.matched = Matches{}
		p.top, p.drawn, p.follows, p.fresh = 0, 0, true, 0
		p.want = model.Ref{}
	}
	if same && !p.follows {
		p.fresh += max(p.total()-before, 0)
	}
	p.rematch()
	p.leads()
	if p.follows {
		p.toEnd()
		return
	}
	if was != nil {
		p.find(was.Ref(), p.at)
	} else {
		p.find(p.want, p.at)
	}
	p.top = max(p.at+p.lead-depth, 0)
	p.drawn = p.top
}

// SetWriting says who else writes in this incident now.
func (p *Log) SetWriting(who []model.PersonID) {
	if !slices.Equal(who, p.writing) {
		p.changes++
	}
	p.writing = who
}

// SetPeers says what is known of the peers, and what moves.
func (p *Log) SetPeers(peers *model.Peers, flow Flow) {
	if (Env{Flow: flow}).alone(peers) == 0 {
		peers = nil
	}
	if peers != p.peers {
		p.changes++
	}
	p.peers = peers
}

// alone reports a line that no other device has.
func (p *Log) alone(l *model.Line) bool { return p.peers != nil && p.peers.Devices(l.Ref()) == 1 }

// find puts the selection on a line, looking outwards from where it was: new
// lines come at the end, and merged ones a little before it.
func (p *Log) find(ref model.Ref, from int) {
	from = min(max(from, 0), max(p.n-1, 0))
	for d := range p.n {
		if i := from - d; i >= 0 && p.line(i).Ref() == ref {
			p.set(p.n, i)
			return
		}
		if i := from + d; i < p.n && p.line(i).Ref() == ref {
			p.set(p.n, i)
			return
		}
	}
	p.set(p.n, from)
}

// Select selects a line; false when it is not shown.
func (p *Log) Select(ref model.Ref) bool {
	p.find(ref, p.at)
	p.moved()
	return p.Selected() != nil && p.Selected().Ref() == ref
}

// Follow goes to the newest line and stays on what comes.
func (p *Log) Follow() {
	p.follows = true
	p.toEnd()
}

func (p *Log) toEnd() {
	p.set(p.n, p.n-1)
	p.moved()
}

func (p *Log) moved() {
	p.follows = p.last()
	p.changes++
	if p.follows {
		p.fresh = 0
	}
	if l := p.Selected(); l != nil {
		p.want = l.Ref()
	}
}

// Move moves the selection.
func (p *Log) Move(m Move, h int) {
	p.base.Move(m, h)
	p.moved()
}

// Click selects the row that was drawn there.
func (p *Log) Click(row int) bool {
	ok := p.base.Click(row)
	if ok {
		p.moved()
	}
	return ok
}

// Count is how many lines there are.
func (p *Log) Count() string {
	if p.view == nil {
		return ""
	}
	return strconv.Itoa(p.total())
}

// Rows draws the timeline.
func (p *Log) Rows(env Env, w, h int, focused bool) []string {
	p.say = env.Say
	of := p.made(env, w, h, focused, env.Now/60_000)
	return p.again(of, func() []string { return p.rowsOf(env, of) })
}

func (p *Log) rowsOf(env Env, of made) []string {
	w, h, focused := of.w, of.h, of.focused
	iw, ih := inside(w, h)
	_, shown, total := p.Filter()
	f := p.frame(env, "pane.log", p.Count(), shown, total, focused)
	f.aside = env.writers(p.people, p.writing)
	switch {
	case p.WantsAll():
		f.note, f.noteTok = env.Say.T("pane.log.all"), themes.Dim
	case p.Matching():
		f.note, f.noteTok = env.Say.T("pane.matching"), themes.Dim
	case p.fresh > 0:
		f.note, f.noteTok = env.Say.N("pane.log.fresh", p.fresh)+" "+env.signs().down+" ("+p.bottomKey(env, focused)+")", themes.Unread
	}
	rows, ok := p.instead(env, iw, ih, func() []string {
		if p.view != nil {
			return env.empty(iw, ih, "empty.log", "empty.log.how", action.Write)
		}
		return env.empty(iw, ih, "empty.log", "empty.log.open", action.Open)
	})
	if ok {
		p.blank()
		return env.box(f, rows, w, h)
	}
	p.leads()
	from, to := p.window(ih)
	c := p.columns(env, iw)
	for i := from - p.lead; i < to-p.lead; i++ {
		if i < 0 {
			rows = append(rows, p.earlier(env, iw))
			continue
		}
		rows = append(rows, p.row(c, of, i))
	}
	p.forget(from-p.lead, to-p.lead)
	return env.box(f, rows, w, h)
}

// Copy is the selected line as plain text, whole.
func (p *Log) Copy(env Env) string {
	l := p.Selected()
	if l == nil {
		return ""
	}
	return p.columns(env, wide).plain(l)
}
