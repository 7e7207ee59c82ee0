package tui

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/clean"
	"warroom/tui/line"
	"warroom/tui/overlay"
)

// showLinks lists the links of the incident, its channels among them.
func (c *Console) showLinks() tea.Cmd {
	m := &overlay.Menu{Heading: c.say.T("overlay.links.title", "Key", c.key(c.id)), Empty: c.say.T("overlay.links.empty")}
	// shown are the links of the menu: a teammate may change those of the incident
	// while it is open.
	shown := c.fillLinks(m)
	again := func(model.Receipt) tea.Cmd { shown = c.fillLinks(m); return nil }
	copies := overlay.Extra{Key: "y", Text: c.say.T("overlay.links.copy"), Do: func(i int) (tea.Cmd, bool) {
		if i < 0 || i >= len(shown) {
			return nil, false
		}
		return c.copy(shown[i].URL), true
	}}
	if c.readOnly() {
		m.Extras = []overlay.Extra{copies}
		return c.push(m)
	}
	m.Extras = []overlay.Extra{
		{Key: "a", Text: c.say.T("overlay.links.add"), Do: func(int) (tea.Cmd, bool) { return c.addLink(again), false }},
		{Key: "d", Text: c.say.T("overlay.links.remove"), Do: func(i int) (tea.Cmd, bool) {
			if i < 0 || i >= len(shown) {
				return nil, false
			}
			return c.do(model.RemoveLink{Target: shown[i].Ref}, after{done: again}), false
		}},
		{Key: "m", Text: c.say.T("overlay.links.make"), Do: func(int) (tea.Cmd, bool) {
			return c.do(model.MakeLinks{Key: c.key(c.id)}, after{layer: nil, done: again, refused: func(err error) (tea.Cmd, bool) {
				m.Fail(c.say.Error(err))
				c.changed(true)
				return nil, true
			}}), false
		}},
		copies,
	}
	return c.push(m)
}

func (c *Console) fillLinks(m *overlay.Menu) []model.Link {
	m.Items = m.Items[:0]
	for _, l := range c.view.Links {
		label := l.Label
		detail := c.say.Say(l.Kind.Phrase())
		if label == "" {
			label = l.URL
		} else {
			detail += "  " + clean.Line(l.URL)
		}
		m.Items = append(m.Items, overlay.Item{Label: clean.Line(label), Detail: detail, Do: func() tea.Cmd { return c.copy(l.URL) }})
	}
	m.At = min(m.At, max(len(m.Items)-1, 0))
	return c.view.Links
}

func (c *Console) askLink() tea.Cmd { return c.addLink(nil) }

// addLink asks for an address, with what it is called after it.
func (c *Console) addLink(done func(model.Receipt) tea.Cmd) tea.Cmd {
	p := &overlay.Prompt{Heading: c.say.T("overlay.link.title"), Note: c.say.T("overlay.link.note", "Kinds", c.linkKinds()), Placeholder: "https://meet.example/room"}
	p.Accept = func(text string) tea.Cmd {
		act, err := line.Read("link", text, c.surroundings())
		if err != nil {
			p.Fail(c.say.Error(err))
			return nil
		}
		return c.do(act.Command, after{layer: p, done: done})
	}
	return c.push(p)
}

// linkKinds are the words by which a link's kind is told.
func (c *Console) linkKinds() string {
	var kinds []string
	for _, k := range model.LinkKinds() {
		kinds = append(kinds, string(k))
	}
	return strings.Join(kinds, ", ")
}

// showMoments lists the moments, with the figures made of them and what cannot
// be right.
func (c *Console) showMoments() tea.Cmd {
	m := &overlay.Menu{Heading: c.say.T("overlay.moments.title", "Key", c.key(c.id))}
	c.fillMoments(m)
	return c.push(m)
}

func (c *Console) fillMoments(m *overlay.Menu) {
	m.Items, m.Note = m.Items[:0], ""
	for _, f := range model.Figures() {
		if ms, ok := f.Of(c.view.Moments); ok {
			d := c.say.Duration(time.Duration(ms) * time.Millisecond)
			m.Note += c.say.T("overlay.moments.figure", "Figure", f.Phrase(), "Duration", d, "Definition", f.Definition()) + "\n"
		}
	}
	for _, w := range model.Referee(c.view.Moments, c.o.Now().UnixMilli()) {
		m.Note += c.sign("⚠ ", "! ") + c.say.Say(w) + "\n"
	}
	moments := model.Moments()
	slices.SortStableFunc(moments, func(a, b model.Moment) int {
		return cmp.Compare(c.momentOrder(a), c.momentOrder(b))
	})
	for _, moment := range moments {
		t := c.view.Moments[moment]
		i := overlay.Item{Label: c.say.Say(moment.Phrase()), Detail: c.say.T("overlay.moments.none"), Token: themes.Text}
		if t.At != 0 {
			i.Detail = c.fullTime(t.At)
		}
		if len(t.Differ) > 0 {
			i.Mark, i.Token = c.sign("≠", "%"), themes.Conflict
			var times []string
			for _, w := range t.Differ {
				times = append(times, c.say.Say(momentText(w)))
			}
			i.Detail = strings.Join(times, " | ") + " ?"
		} else if t.Corrected {
			i.Mark = c.sign("✎", "&")
			if t.Derived != 0 {
				i.Detail += "  " + c.say.T("overlay.moments.was", "Time", c.say.Full(time.UnixMilli(t.Derived)))
			}
		}
		i.Do = func() tea.Cmd { return c.askMoment(m, moment, t) }
		m.Items = append(m.Items, i)
	}
}

// momentOrder puts what was not yet behind what was, in the order of time.
func (c *Console) momentOrder(m model.Moment) int64 {
	if at := c.view.Moments[m].At; at != 0 {
		return at
	}
	return math.MaxInt64
}

// fullTime is a time with its day and its zone.
func (c *Console) fullTime(ms int64) string {
	t := time.UnixMilli(ms)
	if s := c.say.Full(t); strings.HasSuffix(s, ")") {
		return s // both clocks name their zones
	}
	return c.say.Full(t) + " " + c.say.Zone(t)
}

// askMoment corrects a moment; an empty text takes a correction back.
func (c *Console) askMoment(_ *overlay.Menu, moment model.Moment, t model.Time) tea.Cmd {
	if c.readOnly() {
		return c.warn(c.say.T("action.off.readonly"))
	}
	p := &overlay.Prompt{
		Heading: c.say.T("overlay.moment.title", "Moment", moment.Phrase()), Note: c.say.T("overlay.moment.note"),
		Placeholder: c.say.T("overlay.assess.time"), Blank: t.Corrected,
	}
	if t.At != 0 {
		p.Offering(c.typedTime(t.At))
	}
	p.Closed = c.showMoments
	p.Accept = func(text string) tea.Cmd {
		cmd := model.SetMoment{Moment: moment}
		if text != "" {
			when, err := model.ParseWhen(text, c.o.Now())
			if err != nil {
				p.Fail(c.say.Error(err))
				return nil
			}
			cmd.At = when
		}
		return c.do(cmd, after{layer: p, done: func(model.Receipt) tea.Cmd { return c.showMoments() }})
	}
	return c.push(p)
}
