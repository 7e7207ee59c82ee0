package pane

import (
	"time"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/clean"
)

// Entry is a whole line of the log over as many rows of w cells as it needs: who,
// when it happened and when it was recorded, all its text, what became of it,
// and what it was before. peers, when the room has any, tell where else it is saved.
func Entry(env Env, l *model.Line, people *model.Roster, peers *model.Peers, w int) []string {
	p := page{env: env, people: people, peers: peers, author: authorOf(people), w: max(w, 0)}
	p.head(l)
	p.out = append(p.out, p.env.row(p.w).end())
	p.body(l)
	p.history(l)
	return p.out
}

// page is rows in the making.
type page struct {
	env    Env
	people *model.Roster
	peers  *model.Peers
	author func(model.LogID) (model.Device, bool)
	w      int
	out    []string
}

// text adds foreign or own text, wrapped.
func (p *page) text(tok themes.Token, s string) {
	for _, l := range clean.Wrap(s, max(p.w, 1)) {
		r := p.env.row(p.w)
		r.put(tok, l)
		p.out = append(p.out, r.end())
	}
}

// fact adds a name and a value.
func (p *page) fact(key string, tok themes.Token, value string) {
	name := p.env.Say.T(key)
	indent := min(12, p.w/3)
	for i, l := range clean.Wrap(value, max(p.w-indent, 1)) {
		r := p.env.row(p.w)
		if i == 0 {
			r.fit(themes.Dim, name, indent-1)
			r.gap(1)
		} else {
			r.gap(indent)
		}
		r.put(tok, l)
		p.out = append(p.out, r.end())
	}
}

func (p *page) when(ms int64) string {
	t := time.UnixMilli(ms)
	return p.env.Say.Full(t) + " " + p.env.Say.Zone(t)
}

func (p *page) head(l *model.Line) {
	c := l.Rec.Common()
	if machine, is := c.Via.Machine(); is {
		p.fact("pane.entry.by", themes.Dim, p.env.Say.Say(machine))
	} else if who := c.Actor; !who.IsZero() {
		p.fact("pane.entry.by", p.env.person(who), nameOf(p.people, who))
	}
	p.fact("pane.entry.happened", themes.Time, p.when(l.At))
	p.fact("pane.entry.recorded", themes.Time, p.when(l.Rec.Wall))
	if p.env.ahead(l) {
		ahead := time.Duration(l.Rec.Wall-p.env.Now) * time.Millisecond
		p.fact("pane.entry.clock", themes.Stale, p.env.Say.T("pane.entry.ahead", "By", ahead))
	}
	p.through(l)
	p.saved(l)
	p.fact("pane.entry.id", themes.Dim, l.Ref().String())
	s := p.env.signs()
	if l.Star {
		p.fact("pane.entry.mark", themes.Star, s.star+" "+p.env.Say.T("pane.entry.starred"))
	}
	if l.Undone {
		p.fact("pane.entry.mark", themes.Dim, s.undone+" "+p.env.Say.T("pane.entry.undone"))
	}
	if l.Struck != nil {
		p.fact("pane.entry.mark", themes.Struck, p.act("pane.entry.struck", l.Struck))
	}
}

// authorOf says which device writes a log, as far as the membership tells.
func authorOf(people *model.Roster) func(model.LogID) (model.Device, bool) {
	return func(log model.LogID) (model.Device, bool) {
		if people == nil {
			return model.Device{}, false
		}
		key, ok := people.Author(log)
		d, _ := people.Device(key)
		d.Key = key
		return d, ok
	}
}

// through says in whose room the entry was written, when that is not a device of the
// person who wrote it: that room answers for who it was.
func (p *page) through(l *model.Line) {
	if p.peers == nil || len(p.peers.All) == 0 {
		return
	}
	d, ok := p.author(l.Ref().Log)
	actor := l.Rec.Common().Actor
	if !ok || actor.IsZero() || d.Person == actor {
		return
	}
	if d.Person.IsZero() {
		p.fact("pane.entry.through", themes.Warn, p.env.Say.T("pane.entry.through.nobody", "Device", p.env.DeviceName(d)))
		return
	}
	p.fact("pane.entry.through", themes.Text, p.env.Say.T("pane.entry.through.room", "Person", nameOf(p.people, d.Person), "Device", p.env.DeviceName(d)))
}

// saved says on how many devices the entry is. A room without peers says nothing.
func (p *page) saved(l *model.Line) {
	if p.peers == nil || len(p.peers.All) == 0 {
		return
	}
	on, all := p.peers.Devices(l.Ref()), len(p.peers.All)+1
	if on == 1 {
		p.fact("pane.entry.saved", themes.Warn, p.env.signs().alone+" "+p.env.Say.T("pane.entry.saved.here"))
		return
	}
	p.fact("pane.entry.saved", themes.OK, p.env.Say.N("pane.entry.saved.on", on, "All", all))
}

// act says who did something to the entry, and when.
func (p *page) act(key string, r *model.Record) string {
	text := p.env.Say.T(key, "Person", nameOf(p.people, r.Common().Actor), "Time", p.when(r.Wall))
	if body, ok := r.Body.(*model.EntryStrike); ok && body.Struck && r.Text != "" {
		text += ": " + clean.Line(r.Text)
	}
	return text
}

func (p *page) body(l *model.Line) {
	entry, ok := l.Rec.Body.(*model.EntryAdd)
	tok := themes.Text
	if l.Struck != nil {
		tok = themes.Struck
	}
	switch {
	case !ok || gone(l):
		p.text(tok, p.env.Say.Say(l.Describe()))
	case entry.Form == model.CommandOutput && entry.Run != nil:
		command, output := model.SplitCommand(l.Text)
		p.text(themes.Command, "$ "+command)
		end, sign := themes.OK, p.env.signs().done
		if entry.Run.Exit != 0 {
			end, sign = themes.Danger, p.env.signs().fail
		}
		took := time.Duration(entry.Run.Millis) * time.Millisecond
		p.text(end, sign+" "+p.env.Say.T("pane.log.exit", "Exit", entry.Run.Exit)+"  "+p.env.Say.Duration(took)+
			"  "+p.env.Say.N("pane.log.lines", int(entry.Run.Lines)))
		if output != "" {
			p.out = append(p.out, p.env.row(p.w).end())
			p.text(tok, output)
		}
	default:
		p.text(tok, l.Text)
	}
}

// history lists the amendments, the newest first, down to the first text.
func (p *page) history(l *model.Line) {
	if len(l.Amends) == 0 {
		return
	}
	for _, o := range l.Others {
		p.out = append(p.out, p.env.row(p.w).end())
		p.text(themes.Conflict, p.env.signs().conflict+" "+p.act("pane.entry.other", o))
		p.text(themes.Text, p.kept(l, o, o.Text))
	}
	for i := len(l.Amends) - 1; i >= 0; i-- {
		a := l.Amends[i]
		was, wrote := l.Rec.Text, l.Rec
		if i > 0 {
			was, wrote = l.Amends[i-1].Text, l.Amends[i-1]
		}
		p.out = append(p.out, p.env.row(p.w).end())
		p.text(themes.Dim, p.env.signs().amended+" "+p.act("pane.entry.amended", a))
		p.text(themes.Struck, p.kept(l, wrote, was))
	}
}

// kept is a text of the entry, or that it was removed.
func (p *page) kept(l *model.Line, wrote *model.Record, text string) string {
	if gone(l) || wrote.Removed {
		return p.env.Say.T("log.removed")
	}
	return text
}
