package tui

import (
	"context"
	"encoding/hex"
	"strings"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/overlay"
	"warroom/tui/pane"
)

// Who asks to come in. What they say of themselves is foreign text; the four words
// are what this room knows of them.

// knockOf names a request: the same device with the same invite is the same.
func knockOf(w model.Waiting) string {
	return hex.EncodeToString(w.Token[:]) + "." + w.Device.String()
}

// atTheDoor are those who wait, for somebody who may let them in. Those that were
// answered here are left out, though the room may tell of them for a moment.
func (c *Console) atTheDoor() []model.Waiting {
	if c.readOnly() || c.o.Who.Via == model.DoorClaimed {
		return nil
	}
	var out []model.Waiting
	for _, w := range c.over.Waiting {
		if !c.answered[knockOf(w)] {
			out = append(out, w)
		}
	}
	return out
}

// knocked rings once for each request that this console has not seen. For those
// that were there when it began the line in the last row is enough.
func (c *Console) knocked() tea.Cmd {
	if c.over.Loading {
		return nil
	}
	told := map[string]bool{}
	for _, w := range c.over.Waiting {
		told[knockOf(w)] = true
	}
	for id := range c.answered {
		if !told[id] {
			delete(c.answered, id)
		}
	}
	first, had := c.knocks == nil, c.knocks
	c.knocks = map[string]bool{}
	var fresh *model.Waiting
	for _, w := range c.atTheDoor() {
		if id := knockOf(w); !had[id] {
			fresh = &w
		}
		c.knocks[knockOf(w)] = true
	}
	if first || fresh == nil {
		return nil
	}
	key := "toast.door"
	if fresh.Twice {
		key = "toast.door.twice"
	}
	said := c.say.T(key, "Name", c.callsItself(*fresh), "Key", c.keys[action.Door])
	return tea.Batch(c.toast(said), c.ring(said, ""))
}

// shortName is how much of a foreign name stands in a sentence, in cells.
const shortName = 28

// callsItself is the name that a newcomer gave, as it fits in a sentence; the label
// of the device where there is none.
func (c *Console) callsItself(w model.Waiting) string {
	for _, s := range []string{w.Name, w.Label, w.From} {
		if s = clean.Line(s); s != "" {
			return c.cut(s, shortName)
		}
	}
	return c.say.T("device.unknown")
}

// atDoor is the line of those who wait, for the last row; none while the door is
// looked at.
func (c *Console) atDoor() (pane.Banner, bool) {
	all := c.atTheDoor()
	if len(all) == 0 || c.looksAtDoor() {
		return pane.Banner{}, false
	}
	b := pane.Banner{Key: c.keys[action.Door]}
	b.Say = model.Say("door.waits", "Name", c.callsItself(all[0]), "From", c.cut(clean.Line(all[0].From), shortName))
	if len(all) > 1 {
		b.Say = model.Say("door.waits.many").Counted(len(all))
	}
	for _, w := range all {
		if w.Twice {
			b.Say, b.Grave = model.Say("door.waits.twice"), true
		}
	}
	return b, true
}

// badge is how many wait, beside what else stands in the last row: while a line is
// being typed, or something is wrong with the machine.
func (c *Console) badge(env pane.Env, said bool) string {
	if said || c.looksAtDoor() || c.screen.W < 40 {
		return ""
	}
	return pane.AtDoor(env, len(c.atTheDoor()), c.keys[action.Door], c.screen.W)
}

func (c *Console) looksAtDoor() bool {
	for _, l := range c.layers {
		if s, ok := l.(*overlay.Sheet); ok && s.Toggle == c.keys[action.Door] {
			return true
		}
	}
	return false
}

// threshold is the door while it is looked at: what was chosen for each request in
// place of what its invite says.
type threshold struct {
	c      *Console
	sheet  *overlay.Sheet
	access map[string]model.Access
	person map[string]model.PersonID
}

func (c *Console) showDoor() tea.Cmd {
	d := &threshold{c: c, access: map[string]model.Access{}, person: map[string]model.PersonID{}}
	d.sheet = &overlay.Sheet{
		Heading: c.say.T("overlay.door.title"), Wide: 78, Toggle: c.keys[action.Door], Gone: c.say.T("overlay.door.gone"),
		Things: func() []string {
			var out []string
			for _, w := range c.atTheDoor() {
				out = append(out, knockOf(w))
			}
			return out
		},
		Rows: func(env pane.Env, w int, at string) ([]string, map[string]int) {
			return pane.Door(env, c.people(), d.knocks(), at, c.right(), w)
		},
		Acts: d.acts,
	}
	return c.push(d.sheet)
}

// knocks are those who wait, as they would come in.
func (d *threshold) knocks() []pane.Knock {
	var out []pane.Knock
	for _, w := range d.c.atTheDoor() {
		out = append(out, d.as(w))
	}
	return out
}

func (d *threshold) as(w model.Waiting) pane.Knock {
	k := pane.Knock{ID: knockOf(w), Waiting: w, Access: w.Access, Person: w.Person}
	if a, ok := d.access[k.ID]; ok {
		k.Access = a
	}
	if p, ok := d.person[k.ID]; ok {
		k.Person = p
	}
	return k
}

// find is a request as it is now.
func (d *threshold) find(id string) (pane.Knock, bool) {
	for _, w := range d.c.atTheDoor() {
		if knockOf(w) == id {
			return d.as(w), true
		}
	}
	return pane.Knock{}, false
}

// acts are what can be done with the selected request.
func (d *threshold) acts(at string) []overlay.Act {
	c := d.c
	k, ok := d.find(at)
	if !ok {
		return nil
	}
	then := func(do func(pane.Knock) tea.Cmd) func() (tea.Cmd, bool) {
		return func() (tea.Cmd, bool) { return do(k), false }
	}
	letIn := overlay.Act{Keys: []string{"enter", "a"}, Text: c.say.T("overlay.door.in"), Do: then(d.letIn)}
	if k.Twice && c.right() != model.Owner {
		letIn.Off = c.say.T("pane.door.twice.owner", "Owners", c.owners())
	}
	role := overlay.Act{Keys: []string{"r"}, Text: c.say.T("overlay.door.role"), Do: then(d.chooseAccess)}
	if who, ok := c.people().Person(k.Person); ok && who.Member() {
		role.Off = c.say.T("overlay.door.access.kept", "Person", who.ID, "Access", who.Access)
	}
	out := []overlay.Act{letIn, role, {Keys: []string{"p"}, Text: c.say.T("overlay.door.known"), Do: then(d.choosePerson)}}
	if _, ok := c.o.Room.(model.Doorkeeper); ok {
		out = append(out, overlay.Act{Keys: []string{"x"}, Text: c.say.T("overlay.door.away"), Do: then(d.turnAway)})
	}
	return out
}

// still is the request that a question was about, if nothing of it is otherwise than
// it was when the question was asked; else it is said what became of it.
func (d *threshold) still(asked pane.Knock) (pane.Knock, bool) {
	now, ok := d.find(asked.ID)
	if !ok {
		d.sheet.Fail(d.c.say.T("overlay.door.gone"))
		return now, false
	}
	if now.Words != asked.Words || now.Name != asked.Name || now.Label != asked.Label || now.Twice != asked.Twice ||
		now.Access != asked.Access || now.Person != asked.Person || now.Service != asked.Service || now.By != asked.By {
		d.sheet.Fail(d.c.say.T("overlay.door.changed"))
		return now, false
	}
	return now, true
}

// letIn asks, with what it gives and the words once more, and lets in.
func (d *threshold) letIn(k pane.Knock) tea.Cmd {
	c := d.c
	name, words := c.callsItself(k.Waiting), strings.Join(k.Words[:], "  ")
	text := c.say.Say(pane.Gives(k.Access)) + "."
	if who, ok := c.people().Person(k.Person); ok && who.Member() {
		text = c.say.T("overlay.door.let.device", "Person", who.ID, "Access", who.Access)
	}
	text += "\n" + c.say.T("overlay.door.let.words", "Words", words)
	return c.push(&overlay.Confirm{
		Question: c.say.T("overlay.door.let.ask", "Name", name), Consequence: text,
		Affirm: c.say.T("overlay.door.let.yes"), Refuse: c.say.T("overlay.no"),
		Yes: func() tea.Cmd {
			now, ok := d.still(k)
			if !ok {
				return nil
			}
			cmd := now.Approve()
			cmd.Access, cmd.Person = now.Access, now.Person
			return c.do(cmd, after{
				refused: d.refused, say: c.say.T("toast.door.in", "Name", name),
				done: func(model.Receipt) tea.Cmd { d.answered(k.ID); return nil },
			})
		},
	})
}

func (d *threshold) refused(err error) (tea.Cmd, bool) {
	return d.c.refuse(d.c.say.Error(err), d.sheet), true
}

// answered takes a request off the list, and closes it when it was the last.
func (d *threshold) answered(id string) {
	c := d.c
	if c.answered == nil {
		c.answered = map[string]bool{}
	}
	c.answered[id] = true
	if d.sheet.At == id {
		d.sheet.Begin()
	}
	if len(c.atTheDoor()) == 0 {
		c.remove(d.sheet)
	}
	c.changed(true)
}

func (d *threshold) turnAway(k pane.Knock) tea.Cmd {
	c := d.c
	name := c.callsItself(k.Waiting)
	return c.push(&overlay.Confirm{
		Question: c.say.T("overlay.door.turn.ask", "Name", name), Consequence: c.say.T("overlay.door.turn.text"),
		Affirm: c.say.T("overlay.door.turn.yes"), Refuse: c.say.T("overlay.no"),
		Yes: func() tea.Cmd {
			now, ok := d.find(k.ID)
			keeper, keeps := c.o.Room.(model.Doorkeeper)
			if !ok || !keeps {
				d.sheet.Fail(c.say.T("overlay.door.gone"))
				return nil
			}
			who := c.o.Who
			return c.job(true, func(ctx context.Context) func() tea.Cmd {
				err := keeper.TurnAway(ctx, who, now.Token, now.Device)
				return func() tea.Cmd {
					if err != nil {
						cmd, _ := d.refused(err)
						return cmd
					}
					d.answered(k.ID)
					c.tell(c.say.T("toast.door.away", "Name", name))
					return nil
				}
			})
		},
	})
}

// chooseAccess offers what the newcomer may do, up to what this person may.
func (d *threshold) chooseAccess(k pane.Knock) tea.Cmd {
	c := d.c
	m := &overlay.Menu{Heading: c.say.T("overlay.door.access.title", "Name", c.callsItself(k.Waiting))}
	for i, a := range model.Accesses() {
		item := overlay.Item{
			Key: string(rune('1' + i)), Label: c.say.Say(a.Phrase()), Detail: c.say.T("door.gives." + a.String()),
			Do: func() tea.Cmd { d.access[k.ID] = a; return nil },
		}
		if !c.right().May(a) {
			item.Off = c.say.T("overlay.door.access.owner")
		}
		if a == k.Access {
			item.Mark, m.At = c.sign("●", "*"), i
		}
		m.Items = append(m.Items, item)
	}
	return c.push(m)
}

// choosePerson says that the newcomer is somebody who is known.
func (d *threshold) choosePerson(k pane.Knock) tea.Cmd {
	c := d.c
	return c.push(&overlay.Pick{
		Heading: c.say.T("overlay.door.person.title"), Placeholder: c.say.T("overlay.door.person.placeholder"),
		Empty: c.say.T("overlay.door.person.empty"),
		Find: func(query string) []overlay.Item {
			var items []overlay.Item
			query = strings.TrimPrefix(clean.Line(strings.TrimSpace(query)), "@")
			if query == "" {
				items = append(items, overlay.Item{
					Label: c.say.T("overlay.door.person.new"), Detail: c.say.T("overlay.door.person.new.detail"),
					Do: func() tea.Cmd { d.person[k.ID] = model.PersonID{}; return nil },
				})
			}
			for _, p := range c.findPeople(query) {
				i := overlay.Item{
					Label: clean.Line(p.Name), Detail: c.say.Say(p.Access.Phrase()),
					Do: func() tea.Cmd { d.person[k.ID] = p.ID; return nil },
				}
				if c.right() != model.Owner && p.ID != c.o.Who.Person {
					i.Off = c.say.T("overlay.door.person.owner")
				}
				items = append(items, i)
			}
			return items
		},
	})
}
