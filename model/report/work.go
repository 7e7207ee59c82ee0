package report

import (
	"strings"
	"time"

	"warroom/model"
)

// What people handed each other, in JSON and in Markdown.
type (
	// Work is the part of an incident's JSON about what was handed out.
	Work struct {
		Handovers  []Handover   `json:"handovers,omitempty"`
		Tasks      []Task       `json:"tasks,omitempty"`
		Decisions  []Decision   `json:"decisions,omitempty"`
		Hypotheses []Hypothesis `json:"hypotheses,omitempty"`
		FollowUps  []Task       `json:"follow_ups,omitempty"`
	}
	// Handover is an offer of a role, and what became of it.
	Handover struct {
		Role  string `json:"role"`
		From  Person `json:"from"`
		To    Person `json:"to"`
		State string `json:"state"`
		Brief string `json:"brief"`
		Event Event  `json:"event"`
		// Answer is the act that accepted it, declined it or took it back, with its reason.
		Answer *Event `json:"answered,omitempty"`
		Why    string `json:"reason,omitempty"`
	}
	// Task is a task or a follow-up.
	Task struct {
		Text  string  `json:"text"`
		Owner *Person `json:"owner,omitempty"`
		State string  `json:"state"`
		Due   Stamp   `json:"due_at,omitzero"`
		// Minutes is the time box that a task was given with.
		Minutes uint32 `json:"minutes,omitempty"`
		Why     string `json:"outcome,omitempty"`
		Event   Event  `json:"event"`
		// Ended is the act by which it was done or dropped.
		Ended *Event `json:"ended,omitempty"`
	}
	// Decision is a proposal, the objections to it, and what came of it.
	Decision struct {
		Text       string      `json:"text"`
		Outcome    string      `json:"outcome"`
		Why        string      `json:"reason,omitempty"`
		Objections []Objection `json:"objections,omitempty"`
		Event      Event       `json:"event"`
		// Closed is the act that decided it.
		Closed *Event `json:"closed,omitempty"`
	}
	// Objection is one against a proposal. Late reports one that stands after the outcome.
	Objection struct {
		Text  string `json:"text"`
		Late  bool   `json:"late,omitempty"`
		Event Event  `json:"event"`
	}
	// Hypothesis is a possible cause; By is who said last how it stands.
	Hypothesis struct {
		Text  string `json:"text"`
		State string `json:"state"`
		Why   string `json:"reason,omitempty"`
		By    Person `json:"by"`
		Event Event  `json:"event"`
	}
)

func (j jsonOf) work(v *model.View) Work {
	var w Work
	for _, h := range v.Handovers {
		out := Handover{Role: string(h.Role), From: j.person(h.From), To: j.person(h.To), State: string(h.State), Brief: h.Text, Event: j.event(h.By)}
		if h.Answer != nil {
			by := j.event(h.Answer)
			out.Answer, out.Why = &by, h.Answer.Text
		}
		w.Handovers = append(w.Handovers, out)
	}
	for _, t := range v.Tasks {
		w.Tasks = append(w.Tasks, j.task(t.Item, t.TaskTerms))
	}
	for _, d := range v.Decisions {
		out := Decision{Text: d.Text, Outcome: string(d.Outcome), Why: d.Why(), Event: j.event(d.By)}
		if !d.Open() {
			by := j.event(d.Last)
			out.Closed = &by
		}
		for _, o := range d.Objections {
			out.Objections = append(out.Objections, Objection{o.Text, o.After, j.event(o.By)})
		}
		w.Decisions = append(w.Decisions, out)
	}
	for _, h := range v.Hypotheses {
		w.Hypotheses = append(w.Hypotheses, Hypothesis{h.Text, string(h.Finding), h.Why(), j.person(h.Last.Common().Actor), j.event(h.By)})
	}
	for _, f := range v.FollowUps {
		w.FollowUps = append(w.FollowUps, j.task(f.Item, f.TaskTerms))
	}
	return w
}

func (j jsonOf) task(it model.Item, t model.TaskTerms) Task {
	out := Task{Text: it.Text, State: string(t.State), Due: Stamp(t.Due), Why: it.Why(), Event: j.event(it.By)}
	if !t.Owner.IsZero() {
		who := j.person(t.Owner)
		out.Owner = &who
	}
	if b, ok := it.By.Body.(*model.TaskAdd); ok {
		out.Minutes = b.Minutes
	}
	if t.State.Over() {
		by := j.event(it.Last)
		out.Ended = &by
	}
	return out
}

// workAct names an act on what was handed out and its values; "" for another.
func (j jsonOf) workAct(r *model.Record) (string, map[string]any) {
	terms := func(item model.Ref, state model.TaskProgress, owner model.PersonID, due int64) map[string]any {
		act := map[string]any{"of": item.String(), "state": string(state)}
		if !owner.IsZero() {
			act["owner"] = j.person(owner)
		}
		if due != 0 {
			act["due_at"] = Stamp(due)
		}
		return act
	}
	switch b := r.Body.(type) {
	case *model.HandoverOffer:
		return "handover.offer", map[string]any{"role": string(b.Role), "to": j.person(b.To)}
	case *model.HandoverAnswer:
		return "handover.answer", map[string]any{"of": b.Offer.String(), "accept": b.Accept}
	case *model.TaskAdd:
		return "task.add", map[string]any{"owner": j.person(b.Owner), "minutes": b.Minutes}
	case *model.TaskState:
		return "task.state", terms(b.Task, b.State, b.Owner, b.Due)
	case *model.DecisionPropose:
		return "decision.propose", nil
	case *model.DecisionObject:
		return "decision.object", map[string]any{"of": b.Decision.String(), "back": b.Back}
	case *model.DecisionClose:
		return "decision.close", map[string]any{"of": b.Decision.String(), "outcome": string(b.Outcome)}
	case *model.HypothesisAdd:
		return "hypothesis.add", nil
	case *model.HypothesisState:
		return "hypothesis.state", map[string]any{"of": b.Hypothesis.String(), "state": string(b.State)}
	case *model.FollowUpAdd:
		return "followup.add", map[string]any{"state": string(model.TaskTodo)}
	case *model.FollowUpState:
		return "followup.state", terms(b.FollowUp, b.State, b.Owner, b.Due)
	case *model.IncidentRelate:
		return "incident.relate", map[string]any{"relation": string(b.Relation), "id": b.Other.String(), "key": model.KeyPrefix + j.o.Key(b.Other), "off": b.Off}
	}
	return "", nil
}

// itemText is an item's text, and what stands in the place of one that was removed.
func (m *markdown) itemText(it model.Item) string {
	if it.Gone {
		return m.say("log.removed")
	}
	return m.text(it.Text)
}

func (m *markdown) because(p model.Phrase, why string) string {
	out := m.phrase(p)
	if why != "" {
		out += ": " + m.text(why)
	}
	return out
}

func (m *markdown) decisions() {
	if len(m.v.Decisions) == 0 {
		return
	}
	m.heading("report.decisions")
	for _, d := range m.v.Decisions {
		m.line("- " + m.itemText(d.Item) + " (" + m.because(model.Say("report.finding", "State", d.Outcome.Phrase(), "Who", ready(m.who(d.Last))), d.Why()) + ")")
		for _, o := range d.Objections {
			m.line("  - " + m.say("report.objection", "Who", ready(m.who(o.By)), "Text", o.Text))
		}
	}
}

func (m *markdown) hypotheses() {
	if len(m.v.Hypotheses) == 0 {
		return
	}
	m.heading("report.hypotheses")
	for _, h := range m.v.Hypotheses {
		m.line("- " + m.itemText(h.Item) + " (" + m.because(model.Say("report.finding", "State", h.Finding.Phrase(), "Who", ready(m.who(h.Last))), h.Why()) + ")")
	}
}

func (m *markdown) handovers() {
	if len(m.v.Handovers) == 0 {
		return
	}
	m.heading("report.handovers")
	for i, h := range m.v.Handovers {
		if i > 0 {
			m.line("")
		}
		said := m.say("report.handover", "Time", time.UnixMilli(h.By.Wall), "Role", h.Role.Phrase(), "From", h.From, "Person", h.To, "State", h.State.Phrase())
		if h.Answer != nil {
			said = m.because(model.Say("report.handover.at", "Said", ready(said), "Time", time.UnixMilli(h.Answer.Wall)), h.Answer.Text)
		}
		m.line(said)
		m.line("")
		m.quote(h.Text, h.Item.Gone)
	}
}

// quote writes a text of several lines as what somebody said.
func (m *markdown) quote(text string, gone bool) {
	if gone {
		m.line("> " + m.say("log.removed"))
		return
	}
	lines := m.o.Lines(text)
	for i, l := range lines {
		l = escape(l)
		if l != "" && i+1 < len(lines) && strings.TrimSpace(lines[i+1]) != "" {
			l += `\` // a line break inside a paragraph
		}
		m.line(strings.TrimRight("> "+l, " "))
	}
}

// tasks writes who was to do what, in which time, and how it ended.
func (m *markdown) tasks() {
	if len(m.v.Tasks) == 0 {
		return
	}
	m.heading("report.tasks")
	m.table(m.say("report.task"), m.say("report.who"), m.say("report.box"), m.say("report.outcome"))
	for _, t := range m.v.Tasks {
		m.row(m.itemText(t.Item), m.text(m.o.Name(t.Owner)), m.box(t), m.outcome(t))
	}
}

// box is the time box of a task, and what it became.
func (m *markdown) box(t model.Task) string {
	var given int64
	if b, ok := t.By.Body.(*model.TaskAdd); ok {
		given = int64(b.Minutes) * 60_000
	}
	switch {
	case t.Due == 0:
		return m.say("report.box.none")
	case given == 0:
		return m.say("report.until", "Time", time.UnixMilli(t.Due))
	case t.Due != t.By.HappenedAt()+given:
		return m.say("report.box.more", "Took", time.Duration(given)*time.Millisecond, "Time", time.UnixMilli(t.Due))
	}
	return m.took(given)
}

// outcome is how a task ended, or until when it is open.
func (m *markdown) outcome(t model.Task) string {
	for _, f := range m.v.FollowUps {
		if f.Task == t.Ref && t.State == model.TaskDropped {
			return m.say("report.outcome.follow")
		}
	}
	switch {
	case t.State.Over():
		return m.because(model.Say("report.page.at", "State", t.State.Phrase(), "Time", time.UnixMilli(t.Last.HappenedAt())), t.Why())
	case t.Due == 0:
		return m.phrase(t.State.Phrase())
	}
	return m.say("report.outcome.open", "State", t.State.Phrase(), "Time", time.UnixMilli(t.Due))
}

func (m *markdown) followUps() {
	if len(m.v.FollowUps) == 0 {
		return
	}
	m.heading("report.followups")
	m.table(m.say("report.followup"), m.say("report.who"), m.say("report.due"), m.say("report.status"))
	for _, f := range m.v.FollowUps {
		who, due := m.say("overlay.work.nobody"), m.say("report.due.none")
		if !f.Owner.IsZero() {
			who = m.text(m.o.Name(f.Owner))
		}
		if f.Due != 0 {
			due = time.UnixMilli(f.Due).In(m.o.Zone).Format(time.DateOnly)
		}
		m.row(m.itemText(f.Item), who, due, m.because(f.State.Phrase(), f.Why()))
	}
}
