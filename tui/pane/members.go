package pane

import (
	"time"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/clean"
)

// Member is somebody with their devices, as they are listed.
type Member struct {
	ID string
	model.Person
	Devices []Owned
	// Me is the reader.
	Me bool
	// Contact is how they are reached, There the time in their zone; zero where it is
	// not known.
	Contact model.Contact
	There   time.Time
}

// Owned is somebody's device.
type Owned struct {
	ID string
	model.Device
	// Here reports the device of this room.
	Here bool
	// Peer is the link with it, nil where there never was one from here.
	Peer *model.Peer
}

// Members lists people with their access, the best way to reach them and, under each,
// their devices; before them what must be known. Of whom a row is selected the whole
// contact card is shown. spots gives the rows of all by their ids, and under "" the last
// row of that card.
func Members(env Env, all []Member, notices []model.Phrase, at string, w int) (rows []string, spots map[string]int) {
	p := membersPage{env: env, w: max(w, 0), at: at, spots: map[string]int{}}
	for _, say := range notices {
		text := env.signs().need + " " + env.Say.Say(say)
		for i, l := range clean.Wrap(text, max(p.w-4, 1)) {
			r := env.row(p.w)
			r.gap(1)
			if i > 0 {
				r.gap(2)
			}
			r.put(themes.Warn, l)
			p.out = append(p.out, r.end())
		}
	}
	if len(notices) > 0 {
		p.out = append(p.out, env.row(p.w).end())
	}
	p.columns()
	for i := range all {
		p.person(&all[i])
	}
	return p.out, p.spots
}

type membersPage struct {
	env   Env
	w     int
	at    string
	spots map[string]int
	out   []string

	name, does int // the widths of the columns; what is left is for the rest
}

// columns shares the width out.
func (p *membersPage) columns() {
	p.does = 10
	p.name = max(min(p.w*2/5, 32), 8)
}

// row adds a row that can be selected: a name, what it does, and the rest.
func (p *membersPage) row(id string, indent int, name, does piece, rest []piece) {
	p.spots[id] = len(p.out)
	r := p.env.begin(p.w, id == p.at, true)
	r.gap(1 + indent)
	r.fit(name.tok, name.text, p.name-indent)
	r.gap(1)
	if len(rest) == 0 {
		r.put(does.tok, does.text)
	} else {
		r.fit(does.tok, does.text, max(p.does, clean.Width(does.text)))
		r.gap(1)
	}
	for i, o := range rest {
		if i > 0 {
			r.put(themes.Dim, " "+p.env.signs().dot+" ")
		}
		r.put(o.tok, o.text)
	}
	p.out = append(p.out, r.end())
}

func (p *membersPage) person(m *Member) {
	e := p.env
	name := piece{themes.Name, clean.Line(m.Name)}
	does := piece{themes.Text, e.Say.Say(m.Access.Phrase())}
	switch {
	case m.Me:
		name.tok = themes.Self
	case !m.Member():
		name.tok = themes.Dim
	}
	switch {
	case m.Held:
		does = piece{themes.Danger, e.signs().need + " " + e.Say.T("pane.members.held")}
	case m.Revoked:
		does = piece{themes.Dim, e.Say.T("pane.members.out")}
	}
	var rest []piece
	if m.Me {
		rest = append(rest, piece{themes.Dim, e.Say.T("pane.who.you")})
	}
	own, at := p.selected(m)
	if best := clean.Line(m.Contact.Best()); best != "" && !own {
		rest = append(rest, piece{themes.Text, best})
	}
	if len(m.Devices) == 0 {
		rest = append(rest, piece{themes.Dim, e.Say.T("pane.members.without")})
	}
	p.row(m.ID, 0, name, does, rest)
	if own {
		p.card(m, at)
	}
	for i := range m.Devices {
		p.device(&m.Devices[i])
	}
}

// selected reports that the person or one of their devices is selected, and whether it
// is the person.
func (p *membersPage) selected(m *Member) (own, person bool) {
	for i := range m.Devices {
		own = own || m.Devices[i].ID == p.at
	}
	return own || m.ID == p.at, m.ID == p.at
}

// card says how somebody is reached; that nobody wrote it down only of a person that is
// selected.
func (p *membersPage) card(m *Member, person bool) {
	e, c := p.env, m.Contact
	if c.IsZero() {
		if person {
			p.below(themes.Dim, e.Say.T("pane.members.nocard"))
		}
		return
	}
	line := func(key, value string) string {
		if value == "" {
			return ""
		}
		return e.Say.T("shell.contact.line", "Name", model.Say("shell.contact."+key), "Value", value)
	}
	zone := line("zone", c.Zone)
	if !m.There.IsZero() {
		zone = e.Say.T("pane.members.there", "Zone", c.Zone, "Time", m.There.Format("15:04"))
	}
	p.below(themes.Text, line("phone", c.Phone), line("chat", c.Chat), line("mail", c.Mail))
	p.below(themes.Dim, line("hours", c.Hours), zone)
	if person {
		p.spots[""] = len(p.out) - 1
	}
}

// below adds texts under a person's row: as many in a row as have room there whole.
func (p *membersPage) below(tok themes.Token, texts ...string) {
	const indent = 4 // that of the names of devices
	room, text := max(p.w-indent-1, 1), ""
	flush := func() {
		if text == "" {
			return
		}
		for _, l := range clean.Wrap(text, room) {
			r := p.env.row(p.w)
			r.gap(indent)
			r.put(tok, l)
			p.out = append(p.out, r.end())
		}
		text = ""
	}
	for _, t := range texts {
		if t == "" {
			continue
		}
		if more := text + " " + p.env.signs().dot + " " + t; text != "" && clean.Width(more) <= room {
			text = more
			continue
		}
		flush()
		text = t
	}
	flush()
}

func (p *membersPage) device(d *Owned) {
	e := p.env
	name := piece{themes.Text, e.DeviceName(d.Device)}
	does := piece{themes.Text, e.Say.T("pane.members.writes")}
	switch d.Standing {
	case model.Reads:
		does.text = e.Say.T("pane.members.reads")
	case model.Out:
		name.tok, does = themes.Dim, piece{themes.Dim, e.Say.T("pane.members.out")}
	case model.Stranger:
		name.tok, does = themes.Dim, piece{themes.Dim, e.Say.T("pane.members.stranger")}
	}
	var rest []piece
	switch {
	case d.Here:
		rest = append(rest, piece{themes.OK, e.Say.T("pane.members.here")})
	case d.Peer != nil:
		sign, tok := e.linkSign(d.Peer.State)
		rest = append(rest, piece{tok, sign + " " + e.linkedSince(d.Peer)})
	}
	if d.Muted {
		rest = append(rest, piece{themes.Warn, e.Say.T("pane.members.muted")})
	}
	if d.Service {
		rest = append(rest, piece{themes.Dim, e.Say.T("pane.members.service")})
	}
	p.row(d.ID, 2, name, does, rest)
}

// linkedSince is when a device was last linked with this room.
func (e Env) linkedSince(o *model.Peer) string {
	age := e.age(e.Now - o.Since)
	switch {
	case o.State >= model.LinkBehind && o.Since == 0:
		return e.Say.T("pane.peers.state.live")
	case o.State >= model.LinkBehind:
		return e.Say.T("pane.members.linked", "Time", age)
	case o.Since == 0:
		return e.Say.T("pane.members.never")
	}
	return e.Say.T("pane.members.away", "Time", age)
}

// DeviceName is what a device is called; the first digits of its key where it has no
// name.
func (e Env) DeviceName(d model.Device) string {
	if name := clean.Line(d.Name); name != "" {
		return name
	}
	return e.Say.T("pane.members.unnamed", "Key", d.Key.String()[:8])
}
