package tui

import (
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/clean"
	"warroom/tui/overlay"
)

// What people hand each other, in four lists of one menu: tasks, decisions, possible
// causes and follow-ups. tab goes from one to the next.

// workLists are the lists in their order; their names are also what a next step says.
var workLists = [...]string{"tasks", "decisions", "hypotheses", "followups"}

// workMenu is the menu with the list that it shows.
type workMenu struct {
	*overlay.Menu
	list int
	refs []model.Ref
}

func (c *Console) showWork(list string) tea.Cmd {
	w := &workMenu{Menu: &overlay.Menu{Stays: true}}
	for i, name := range workLists {
		if strings.HasPrefix(name, list) && list != "" {
			w.list = i
		}
	}
	c.work = w
	c.fillWork(w)
	return c.push(w)
}

// refreshWork shows in an open list what became of it. What is selected stays so.
func (c *Console) refreshWork() tea.Cmd {
	switch {
	case c.work == nil:
	case !c.holds(c.work):
		c.work = nil
	case c.view != nil:
		c.fillWork(c.work)
	}
	return nil
}

// extra is a key of a list, off for whom may only look on.
func (c *Console) extra(key, text string, do func(i int) (tea.Cmd, bool)) overlay.Extra {
	return overlay.Extra{Key: key, Text: text, Do: func(i int) (tea.Cmd, bool) {
		if c.readOnly() {
			return c.warn(c.say.T("action.off.readonly")), false
		}
		return do(i)
	}}
}

// on is a key that acts on the selected item.
func (c *Console) on(w *workMenu, key, text string, do func(ref model.Ref) tea.Cmd) overlay.Extra {
	return c.extra(key, text, func(i int) (tea.Cmd, bool) {
		if i < 0 || i >= len(w.refs) {
			return nil, false
		}
		return do(w.refs[i]), false
	})
}

func (c *Console) fillWork(w *workMenu) {
	var had model.Ref
	if w.At < len(w.refs) {
		had = w.refs[w.At]
	}
	w.Items, w.refs, w.Extras = nil, nil, nil
	name := workLists[w.list]
	w.Heading = c.say.T("overlay.work.title", "List", model.Say("overlay.work."+name), "Key", c.key(c.id))
	w.Empty = c.say.T("overlay.work." + name + ".none")
	fill := [...]func(*workMenu){c.fillTasks, c.fillDecisions, c.fillHypotheses, c.fillFollowUps}
	fill[w.list](w)
	w.Extras = append([]overlay.Extra{{Key: "tab", Text: c.say.T("overlay.work.next"), Do: func(int) (tea.Cmd, bool) {
		w.list = (w.list + 1) % len(workLists)
		w.At, w.refs = 0, nil
		c.fillWork(w)
		return nil, false
	}}}, w.Extras...)
	for i, ref := range w.refs {
		if ref == had {
			w.At = i
		}
	}
	w.At = max(min(w.At, len(w.Items)-1), 0)
	c.changed(false)
}

// listItem adds an item: what it says, and beside it how it stands.
func (c *Console) listItem(w *workMenu, it model.Item, mark, detail string, over bool) {
	i := overlay.Item{Mark: mark, Label: clean.Line(it.Text), Detail: detail}
	if it.Gone {
		i.Label, i.Token = c.say.T("log.removed"), themes.Dim
	}
	if over {
		i.Token = themes.Dim
	}
	if len(it.Others) > 0 {
		i.Detail = c.say.T("overlay.work.twice") + "  " + i.Detail
	}
	w.Items, w.refs = append(w.Items, i), append(w.refs, it.Ref)
}

// terms says whose a task or follow-up is, how far, and until when.
func (c *Console) terms(t model.TaskTerms, day bool) string {
	who := c.say.T("overlay.work.nobody")
	if !t.Owner.IsZero() {
		who = clean.Line(c.people().Name(t.Owner))
	}
	parts := []string{who}
	if t.State != model.TaskTodo {
		parts = append(parts, c.say.Say(t.State.Phrase()))
	}
	now := c.o.Now().UnixMilli()
	switch {
	case t.State.Over() || t.Due == 0:
	case day:
		parts = append(parts, time.UnixMilli(t.Due).In(c.o.Now().Location()).Format(time.DateOnly))
	case t.Late(now):
		parts = append(parts, c.say.T("overlay.work.up", "Took", time.Duration(now-t.Due)*time.Millisecond))
	default:
		parts = append(parts, c.say.T("overlay.work.left", "Took", time.Duration(t.Due-now)*time.Millisecond))
	}
	return strings.Join(parts, "  ")
}

func (c *Console) fillTasks(w *workMenu) {
	now := c.o.Now().UnixMilli()
	open := c.view.OpenTasks()
	for _, t := range c.view.Tasks {
		if t.State.Over() {
			open = append(open, t)
		}
	}
	for _, t := range open {
		mark := ""
		switch {
		case t.State == model.TaskDone:
			mark = c.sign("✓", "+")
		case t.Late(now):
			mark = "!"
		}
		c.listItem(w, t.Item, mark, c.terms(t.TaskTerms, false), t.State.Over())
	}
	to := func(state model.TaskProgress) func(model.Ref) tea.Cmd {
		return func(ref model.Ref) tea.Cmd { return c.do(model.ChangeTask{Task: ref, State: state}, after{layer: nil}) }
	}
	w.Extras = []overlay.Extra{
		c.extra("a", c.say.T("overlay.work.add"), func(int) (tea.Cmd, bool) { return c.askTask(), false }),
		c.on(w, "t", c.say.T("overlay.work.take"), to(model.TaskDoing)),
		c.on(w, "d", c.say.T("overlay.work.done"), to(model.TaskDone)),
		c.on(w, "x", c.say.T("overlay.work.drop"), to(model.TaskDropped)),
		c.on(w, "e", c.say.T("overlay.work.extend"), func(ref model.Ref) tea.Cmd {
			return c.do(model.ChangeTask{Task: ref, Minutes: moreMinutes}, after{})
		}),
		c.on(w, "f", c.say.T("overlay.work.follow"), func(ref model.Ref) tea.Cmd { return c.do(model.AddFollowUp{Task: ref}, after{}) }),
	}
}

// moreMinutes is what a task is extended by, and the box that is offered for a new one.
const moreMinutes = 15

// boxes are the time boxes that a key turns through, in minutes.
var boxes = [...]int{moreMinutes, 5, 10, 30, 60, 0}

// askTask asks for whom, then what and for how long.
func (c *Console) askTask() tea.Cmd {
	return c.askOwner("overlay.task.who", func(id model.PersonID, name string) tea.Cmd {
		box := &overlay.Choice{Key: "tab", Label: c.say.T("overlay.task.box")}
		for _, n := range boxes {
			text := c.say.T("overlay.task.open")
			if n > 0 {
				text = c.say.Duration(time.Duration(n) * time.Minute)
			}
			box.Values = append(box.Values, text)
		}
		p := &overlay.Prompt{Heading: c.say.T("overlay.task.title", "Person", c.nameOr(id, name)), Choices: []*overlay.Choice{box}}
		p.Accept = func(text string) tea.Cmd {
			return c.do(model.AddTask{Person: id, Name: name, Minutes: boxes[box.At], Text: text}, after{layer: p})
		}
		return c.push(p)
	})
}

func (c *Console) nameOr(id model.PersonID, name string) string {
	if id.IsZero() {
		return name
	}
	return c.people().Name(id)
}

// askOwner asks for a person, known or not.
func (c *Console) askOwner(heading string, then func(model.PersonID, string) tea.Cmd) tea.Cmd {
	return c.push(&overlay.Pick{
		Heading: c.say.T(heading), Placeholder: c.say.T("overlay.holder.placeholder"),
		Find: func(query string) []overlay.Item {
			query = strings.TrimPrefix(clean.Line(strings.TrimSpace(query)), "@")
			var items []overlay.Item
			exact := false
			for _, p := range c.findPeople(query) {
				exact = exact || strings.EqualFold(p.Name, query)
				items = append(items, overlay.Item{Label: p.Name, Detail: c.rolesOf(p.ID), Do: func() tea.Cmd { return then(p.ID, "") }})
			}
			if query != "" && !exact {
				items = append(items, overlay.Item{Label: c.say.T("overlay.holder.add", "Name", query), Token: themes.Accent, Do: func() tea.Cmd { return then(model.PersonID{}, query) }})
			}
			return items
		},
	})
}

// askLine asks for one line and does what it makes of it.
func (c *Console) askLine(heading, note string, blank bool, cmd func(text string) model.Command) tea.Cmd {
	p := &overlay.Prompt{Heading: heading, Note: note, Blank: blank}
	p.Accept = func(text string) tea.Cmd { return c.do(cmd(text), after{layer: p}) }
	return c.push(p)
}

func (c *Console) fillDecisions(w *workMenu) {
	for _, d := range c.view.Decisions {
		mark, detail := "", c.say.Say(d.Outcome.Phrase())
		switch d.Outcome {
		case model.Agreed:
			mark = c.sign("✓", "+")
		case model.Rejected:
			mark = c.sign("✗", "x")
		}
		if n := len(d.Objections); n > 0 {
			detail += "  " + c.say.N("overlay.work.objections", n)
		}
		c.listItem(w, d.Item, mark, detail, !d.Open())
	}
	end := func(outcome model.Outcome) func(model.Ref) tea.Cmd {
		return func(ref model.Ref) tea.Cmd {
			note := ""
			for _, d := range c.view.Decisions {
				if d.Ref == ref {
					note = c.against(d)
				}
			}
			return c.askLine(c.say.T("overlay.decision.close", "Outcome", outcome.Phrase()), note, true, func(text string) model.Command {
				return model.CloseDecision{Decision: ref, Outcome: outcome, Text: text}
			})
		}
	}
	w.Extras = []overlay.Extra{
		c.extra("a", c.say.T("overlay.work.propose"), func(int) (tea.Cmd, bool) {
			return c.askLine(c.say.T("overlay.decision.title"), c.say.T("overlay.decision.note"), false, func(text string) model.Command { return model.Propose{Text: text} }), false
		}),
		c.on(w, "o", c.say.T("overlay.work.object"), func(ref model.Ref) tea.Cmd {
			return c.askLine(c.say.T("overlay.decision.object"), "", false, func(text string) model.Command { return model.Object{Decision: ref, Text: text} })
		}),
		c.on(w, "y", c.say.T("overlay.work.agree"), end(model.Agreed)),
		c.on(w, "n", c.say.T("overlay.work.reject"), end(model.Rejected)),
	}
}

// against are the objections to a proposal, in one line.
func (c *Console) against(d model.Decision) string {
	var all []string
	for _, o := range d.Objections {
		all = append(all, clean.Line(c.say.T("overlay.decision.objected", "Person", o.By.Common().Actor, "Text", o.Text)))
	}
	return strings.Join(all, "; ")
}

func (c *Console) fillHypotheses(w *workMenu) {
	for _, h := range c.view.Hypotheses {
		mark, detail := "", c.say.Say(h.Finding.Phrase())
		switch h.Finding {
		case model.Confirmed:
			mark = c.sign("✓", "+")
		case model.RuledOut:
			mark = c.sign("✗", "x")
		}
		if why := clean.Line(h.Why()); why != "" {
			detail += ": " + why
		}
		c.listItem(w, h.Item, mark, detail, h.Finding == model.RuledOut)
	}
	judge := func(f model.Finding) func(model.Ref) tea.Cmd {
		return func(ref model.Ref) tea.Cmd {
			return c.askLine(c.say.T("overlay.hypothesis.judge", "Finding", f.Phrase()), c.say.T("overlay.hypothesis.why"), f == model.Possible, func(text string) model.Command {
				return model.JudgeHypothesis{Hypothesis: ref, Finding: f, Text: text}
			})
		}
	}
	w.Extras = []overlay.Extra{
		c.extra("a", c.say.T("overlay.work.add"), func(int) (tea.Cmd, bool) {
			return c.askLine(c.say.T("overlay.hypothesis.title"), "", false, func(text string) model.Command { return model.AddHypothesis{Text: text} }), false
		}),
		c.on(w, "x", c.say.T("overlay.work.ruleout"), judge(model.RuledOut)),
		c.on(w, "c", c.say.T("overlay.work.confirm"), judge(model.Confirmed)),
		c.on(w, "o", c.say.T("overlay.work.reopen"), judge(model.Possible)),
	}
}

func (c *Console) fillFollowUps(w *workMenu) {
	for _, f := range c.view.FollowUps {
		mark := ""
		switch {
		case f.State == model.TaskDone:
			mark = c.sign("✓", "+")
		case f.Owner.IsZero() && !f.State.Over():
			mark = "?"
		}
		c.listItem(w, f.Item, mark, c.terms(f.TaskTerms, true), f.State.Over())
	}
	to := func(state model.TaskProgress) func(model.Ref) tea.Cmd {
		return func(ref model.Ref) tea.Cmd { return c.do(model.ChangeFollowUp{FollowUp: ref, State: state}, after{}) }
	}
	w.Extras = []overlay.Extra{
		c.extra("a", c.say.T("overlay.work.add"), func(int) (tea.Cmd, bool) {
			return c.askLine(c.say.T("overlay.followup.title"), "", false, func(text string) model.Command { return model.AddFollowUp{Text: text} }), false
		}),
		c.on(w, "w", c.say.T("overlay.work.owner"), func(ref model.Ref) tea.Cmd {
			return c.askOwner("overlay.followup.who", func(id model.PersonID, name string) tea.Cmd {
				return c.do(model.ChangeFollowUp{FollowUp: ref, Person: id, Name: name}, after{})
			})
		}),
		c.on(w, "u", c.say.T("overlay.work.until"), func(ref model.Ref) tea.Cmd { return c.askDay(ref) }),
		c.on(w, "d", c.say.T("overlay.work.done"), to(model.TaskDone)),
		c.on(w, "x", c.say.T("overlay.work.drop"), to(model.TaskDropped)),
	}
}

// askDay asks for the last day of a follow-up: a date, or how many days from now.
func (c *Console) askDay(ref model.Ref) tea.Cmd {
	p := &overlay.Prompt{Heading: c.say.T("overlay.followup.until"), Note: c.say.T("overlay.followup.day")}
	p.Accept = func(text string) tea.Cmd {
		day, err := model.ParseDay(text, c.o.Now())
		if err != nil {
			return c.refuse(c.say.Error(err), p)
		}
		return c.do(model.ChangeFollowUp{FollowUp: ref, Due: day}, after{layer: p})
	}
	return c.push(p.Offering(strconv.Itoa(14)))
}
