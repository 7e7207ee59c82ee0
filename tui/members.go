package tui

import (
	"context"
	"encoding/hex"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/overlay"
	"warroom/tui/pane"
)

// People with their access, devices and contact cards, and what owners do to them.

// right is what this person may do, by the way they came in. A room that says
// nothing of it has it from the membership.
func (c *Console) right() model.Access {
	a := c.over.Access
	if a == model.NoAccess {
		a = c.people().Access(c.o.Who.Person)
	}
	if c.o.Who.Via == model.DoorClaimed {
		a = min(a, model.Responder)
	}
	return a
}

// owners are the names of those who can help.
func (c *Console) owners() string {
	var names []string
	for _, p := range c.people().Owners() {
		names = append(names, clean.Line(p.Name))
	}
	return strings.Join(names, ", ")
}

// duties are what an owner should see to, where a room is shared between devices.
// Put away, each comes back the next day.
func (c *Console) duties() []model.Notice {
	if !c.shared || c.readOnly() || c.right() != model.Owner {
		return nil
	}
	var out []model.Notice
	day := c.o.Now().Format(" 2006-01-02")
	if len(c.people().Owners()) == 1 {
		out = append(out, model.Notice{Say: model.Say("warning.owner.one"), ID: "owner" + day})
	}
	if _, ok := c.people().Recovery(); !ok {
		out = append(out, model.Notice{Say: model.Say("warning.recovery.none"), ID: "recovery" + day})
	}
	return out
}

// isShared reports a room of which several devices have a part.
func isShared(people *model.Roster) bool {
	linked := 0
	for _, d := range people.AllDevices() {
		if d.Standing.Linked() {
			linked++
		}
	}
	return linked > 1
}

// roll is the list of people and devices while it is looked at.
type roll struct {
	c     *Console
	sheet *overlay.Sheet
	// zones are those that were looked up.
	zones map[string]*time.Location
}

// showMembers opens the list. It begins with what somebody most likely wants who
// opens it in a hurry: another device of their own, else one of somebody else.
func (c *Console) showMembers() tea.Cmd {
	r := &roll{c: c, zones: map[string]*time.Location{}}
	r.sheet = &overlay.Sheet{
		Heading: c.say.T("overlay.members.title"), Wide: 88, Toggle: c.keys[action.Members], Gone: c.say.T("overlay.members.gone"),
		Things: func() []string {
			var out []string
			for _, m := range r.members() {
				out = append(out, m.ID)
				for _, d := range m.Devices {
					out = append(out, d.ID)
				}
			}
			return out
		},
		Rows: func(env pane.Env, w int, at string) ([]string, map[string]int) {
			var say []model.Phrase
			for _, n := range c.duties() {
				say = append(say, n.Say)
			}
			return pane.Members(env, r.members(), say, at, w)
		},
		Acts: r.acts,
		At:   r.likely(),
	}
	c.haveRead(c.duties())
	return c.push(r.sheet)
}

// members are those who are or were members, or have a device, by name.
func (r *roll) members() []pane.Member {
	c := r.c
	devices := map[model.PersonID][]pane.Owned{}
	for _, d := range c.people().AllDevices() {
		o := pane.Owned{ID: "d" + d.Key.String(), Device: d, Here: d.Key == c.o.Device && !d.Key.IsZero()}
		if c.over.Peers != nil {
			for i := range c.over.Peers.All {
				if p := &c.over.Peers.All[i]; p.Device == d.Key {
					o.Peer = p
				}
			}
		}
		devices[d.Person] = append(devices[d.Person], o)
	}
	var out []pane.Member
	for _, p := range c.people().All() {
		contact := c.people().Contact(p.ID)
		if !p.Member() && !p.Revoked && !p.Held && len(devices[p.ID]) == 0 && contact.IsZero() {
			continue // known by name alone
		}
		out = append(out, pane.Member{
			ID: "p" + hex.EncodeToString(p.ID[:]), Person: p, Devices: devices[p.ID], Me: p.ID == c.o.Who.Person,
			Contact: contact, There: r.there(contact.Zone),
		})
	}
	return out
}

// there is the time in a zone, zero for one that is not known here.
func (r *roll) there(zone string) time.Time {
	if zone == "" || zone == time.Local.String() || r.c.o.Zone == nil {
		return time.Time{}
	}
	at, looked := r.zones[zone]
	if !looked {
		at, _ = r.c.o.Zone(zone)
		r.zones[zone] = at
	}
	if at == nil {
		return time.Time{}
	}
	return r.c.o.Now().In(at)
}

// likely is the device that the list begins with; none where there is but one.
func (r *roll) likely() string {
	c, other := r.c, ""
	for _, m := range r.members() {
		for _, d := range m.Devices {
			switch {
			case d.Here || !d.Standing.Linked():
			case m.Me && !c.o.Device.IsZero():
				return d.ID
			case m.Me: // it may be that of this room
			case other == "":
				other = d.ID
			}
		}
	}
	return other
}

// find is what is selected: a person, and a device when one of theirs is.
func (r *roll) find(at string) (m pane.Member, d *pane.Owned, ok bool) {
	for _, m := range r.members() {
		if m.ID == at {
			return m, nil, true
		}
		for i := range m.Devices {
			if m.Devices[i].ID == at {
				return m, &m.Devices[i], true
			}
		}
	}
	return m, nil, false
}

// acts are what can be done with what is selected. Somebody who changes nothing has
// none, and their keys say why.
func (r *roll) acts(at string) []overlay.Act {
	c := r.c
	who := overlay.Act{Keys: []string{c.keys[action.Who]}, Text: c.say.T("overlay.members.who"), Do: func() (tea.Cmd, bool) {
		return c.showWho(false), true
	}}
	m, d, ok := r.find(at)
	if !ok {
		return []overlay.Act{who}
	}
	out := overlay.Act{Keys: []string{"x"}, Text: c.say.T("overlay.members.out"), Off: r.offOut(m, d), Do: func() (tea.Cmd, bool) {
		if d != nil {
			return r.takeDevice(m, *d), false
		}
		return r.endMembership(m), false
	}}
	mute := overlay.Act{Keys: []string{"m"}, Text: c.say.T("overlay.members.mute"), Off: r.offMute(d), Do: func() (tea.Cmd, bool) {
		return r.mute(*d), false
	}}
	if d != nil && d.Muted {
		mute.Text = c.say.T("overlay.members.unmute")
	}
	role := overlay.Act{Keys: []string{"r"}, Text: c.say.T("overlay.members.role"), Off: r.offOwner(), Do: func() (tea.Cmd, bool) {
		return r.chooseAccess(m), false
	}}
	number := overlay.Act{Keys: []string{"y"}, Text: c.say.T("overlay.members.copy"), Do: func() (tea.Cmd, bool) {
		return c.copy(clean.Line(m.Contact.Best())), false
	}}
	if m.Contact.Best() == "" {
		number.Off = c.say.T("overlay.members.nocard", "Person", m.Person.ID)
	}
	return []overlay.Act{out, mute, role, number, who}
}

// offOwner is why somebody who is no owner cannot do what only owners may.
func (r *roll) offOwner() string {
	c := r.c
	switch {
	case c.readOnly():
		return c.say.T("action.off.readonly")
	case c.o.Who.Via == model.DoorClaimed:
		return c.say.T("error.access.claimed")
	case c.right() != model.Owner:
		return c.say.T("error.access.owner", "Owners", c.owners())
	}
	return ""
}

func (r *roll) offOut(m pane.Member, d *pane.Owned) string {
	c := r.c
	switch {
	case d != nil && d.Standing == model.Out, d == nil && m.Revoked:
		return c.say.T("overlay.members.already")
	case d == nil && !m.Member() && !m.Held:
		return c.say.T("overlay.members.nobody", "Person", m.Person.ID)
	case d != nil && m.Me && !c.readOnly() && c.o.Who.Via != model.DoorClaimed:
		return "" // everybody their own
	}
	return r.offOwner()
}

func (r *roll) offMute(d *pane.Owned) string {
	c := r.c
	if why := r.offOwner(); why != "" {
		return why
	}
	switch {
	case d == nil:
		return c.say.T("overlay.members.device")
	case d.Here:
		return c.say.T("overlay.members.here")
	case d.Standing == model.Out && !d.Muted:
		return c.say.T("overlay.members.already")
	}
	return ""
}

func (r *roll) refused(err error) (tea.Cmd, bool) {
	return r.c.refuse(r.c.say.Error(err), r.sheet), true
}

// takeDevice asks, after the entries were counted, and takes a device from its person.
func (r *roll) takeDevice(m pane.Member, d pane.Owned) tea.Cmd {
	c := r.c
	count := c.o.Wrote
	if count == nil {
		return r.askDevice(m, d, -1)
	}
	return c.job(true, func(ctx context.Context) func() tea.Cmd {
		n := count(ctx, d.Key)
		return func() tea.Cmd { return r.askDevice(m, d, n) }
	})
}

// askDevice names what will happen; n is how many entries of the device there are,
// below 0 where nobody counted.
func (r *roll) askDevice(m pane.Member, d pane.Owned, n int) tea.Cmd {
	c := r.c
	name := c.deviceName(d.Device)
	say := []string{c.say.T("overlay.members.device.text", "Person", m.Person.ID, "Access", m.Access)}
	if n >= 0 {
		say = append(say, c.say.N("overlay.members.device.entries", n))
	} else {
		say = append(say, c.say.T("overlay.members.device.entries.some"))
	}
	linked := 0
	for _, o := range m.Devices {
		if o.Standing.Linked() {
			linked++
		}
	}
	switch {
	case d.Here:
		say = append(say, c.say.T("overlay.members.device.here"))
	case linked == 1:
		say = append(say, c.say.T("overlay.members.device.last", "Person", m.Person.ID))
	}
	say = append(say, c.say.T("overlay.members.device.undo"))
	return c.push(&overlay.Confirm{
		Question:    c.say.T("overlay.members.device.ask", "Device", name, "Person", m.Person.ID),
		Consequence: strings.Join(say, " "),
		Affirm:      c.say.T("overlay.members.device.yes"), Refuse: c.say.T("overlay.no"),
		Yes: func() tea.Cmd {
			now, is, ok := r.find(d.ID)
			if !ok || is == nil || now.Person.ID != m.Person.ID || is.Standing != d.Standing {
				r.sheet.Fail(c.say.T("overlay.members.changed"))
				return nil
			}
			return c.do(model.RevokeDevice{Device: d.Key}, after{refused: r.refused, say: c.say.T("toast.members.device", "Device", name)})
		},
	})
}

func (c *Console) deviceName(d model.Device) string { return c.cut(c.env().DeviceName(d), shortName) }

func (r *roll) endMembership(m pane.Member) tea.Cmd {
	c := r.c
	n := 0
	for _, d := range m.Devices {
		if d.Standing.Linked() {
			n++
		}
	}
	text := c.say.T("overlay.members.person.none", "Person", m.Person.ID)
	if n > 0 {
		text = c.say.N("overlay.members.person.text", n, "Person", m.Person.ID)
	}
	if m.Me {
		text = c.say.T("overlay.members.person.me") + " " + text
	}
	return c.push(&overlay.Confirm{
		Question: c.say.T("overlay.members.person.ask", "Person", m.Person.ID), Consequence: text,
		Affirm: c.say.T("overlay.members.person.yes"), Refuse: c.say.T("overlay.no"),
		Yes: func() tea.Cmd {
			if !r.same(m) {
				return nil
			}
			return c.do(model.RevokeMember{Person: m.Person.ID}, after{refused: r.refused, say: c.say.T("toast.members.person", "Person", m.Person.ID)})
		},
	})
}

// same reports that a person stands as when a question was asked; else it is said.
func (r *roll) same(m pane.Member) bool {
	now, _, ok := r.find(m.ID)
	if ok && now.Person == m.Person && len(now.Devices) == len(m.Devices) {
		return true
	}
	r.sheet.Fail(r.c.say.T("overlay.members.changed"))
	return false
}

func (r *roll) mute(d pane.Owned) tea.Cmd {
	c, key := r.c, "toast.members.muted"
	if d.Muted {
		key = "toast.members.unmuted"
	}
	return c.do(model.MuteDevice{Device: d.Key, Muted: !d.Muted}, after{refused: r.refused, say: c.say.T(key, "Device", c.deviceName(d.Device))})
}

// chooseAccess offers the roles. What takes something away asks, and so does what
// gives the say over everybody.
func (r *roll) chooseAccess(m pane.Member) tea.Cmd {
	c := r.c
	menu := &overlay.Menu{Heading: c.say.T("overlay.members.access.title", "Person", m.Person.ID)}
	for i, a := range model.Accesses() {
		item := overlay.Item{
			Key: string(rune('1' + i)), Label: c.say.Say(a.Phrase()), Detail: c.say.T("door.gives." + a.String()),
			Do: func() tea.Cmd { return r.setAccess(m, a) },
		}
		if a == m.Access {
			item.Mark, menu.At = c.sign("●", "*"), i
		}
		menu.Items = append(menu.Items, item)
	}
	return c.push(menu)
}

func (r *roll) setAccess(m pane.Member, a model.Access) tea.Cmd {
	c := r.c
	do := func() tea.Cmd {
		if !r.same(m) {
			return nil
		}
		var cmd model.Command = model.SetAccess{Person: m.Person.ID, Access: a}
		if !m.Member() {
			cmd = model.AdmitMember{Person: m.Person.ID, Access: a}
		}
		return c.do(cmd, after{refused: r.refused, say: c.say.T("toast.members.access", "Person", m.Person.ID, "Access", a)})
	}
	text := ""
	switch {
	case m.Access > a:
		text = c.say.T("overlay.members.access.lower.text")
	case a == model.Owner && m.Access != a:
		text = c.say.T("overlay.members.access.owner.text")
	default:
		return do()
	}
	return c.push(&overlay.Confirm{
		Question: c.say.T("overlay.members.access.ask", "Person", m.Person.ID, "Was", m.Access, "Access", a), Consequence: text,
		Affirm: c.say.T("overlay.members.access.yes"), Refuse: c.say.T("overlay.no"), Yes: do,
	})
}
