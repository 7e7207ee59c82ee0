package model

import (
	"slices"
	"strings"
)

// The approval of a draft: who may give it, whether one counts, and what is otherwise
// since.

func (c ApproveDraft) decide(d *decision) error {
	t, _, err := d.in.draft(c.Draft)
	if err != nil {
		return err
	}
	holders := d.in.holders(IncidentManager)
	if len(holders) == 0 {
		return Refuse(CodeApproveNobody)
	}
	if !slices.ContainsFunc(holders, func(h Holder) bool { return h.Person == d.Actor }) {
		var names []string
		for _, h := range holders {
			names = append(names, d.people.Roster().Name(h.Person))
		}
		return Refuse(CodeApproveManager, "Managers", strings.Join(names, ", "))
	}
	if len(d.in.viewDrafts()[t.Audience].Others) > 0 {
		return Refuse(CodeDraftConflict, "Audience", t.Audience.Phrase())
	}
	if t.Approved != nil && len(t.Changed) == 0 {
		return Refuse(CodeApproveSame)
	}
	d.add(&UpdateApprove{Target: t.Ref, Audience: t.Audience, Facts: d.in.facts()}, "").Pred = d.in.approvals[t.Ref].refs()
	return nil
}

// approval is the standing approval of a draft by who was an incident manager then,
// nil for none.
func (in *Incident) approval(draft Ref) *Record {
	g := in.approvals[draft]
	if g == nil {
		return nil
	}
	standing := g.standing()
	for _, w := range standing { // who takes it back is heard before who gives it
		if w.Body.(*UpdateApprove).Off {
			return nil
		}
	}
	for _, w := range slices.Backward(standing) {
		if in.heldThen(IncidentManager, w.Common().Actor, w) {
			return w
		}
	}
	return nil
}

// heldThen reports that the person held the role when the act was done: given to them
// before it, and by nothing before it to somebody else.
func (in *Incident) heldThen(role Role, who PersonID, act *Record) bool {
	g := in.roles[role]
	if g == nil {
		return false
	}
	gone := map[Ref]bool{}
	var given []Ref
	for _, w := range g.writes {
		if !before(w, act) {
			continue
		}
		for _, p := range w.Common().Pred {
			gone[p] = true
		}
		if b, ok := w.Body.(*RoleAssign); ok && b.Person == who {
			given = append(given, w.Ref)
		}
	}
	return slices.ContainsFunc(given, func(r Ref) bool { return !gone[r] })
}

// factRegister is a register that approvals rest on.
type factRegister struct {
	what Phrase
	g    *register
	say  func(*Record) Phrase
}

// factRegisters are the facts that an update tells of. How many cases customers opened
// is none: it rises all the time, and no update says it.
func (in *Incident) factRegisters() []factRegister {
	out := []factRegister{
		{Say("what.severity"), &in.severity, func(r *Record) Phrase { return Say("topic.text", "Text", levelOf(r).String()) }},
		{Say("what.status"), &in.status, func(r *Record) Phrase { return statusOf(r).Phrase() }},
	}
	for _, card := range Checklist() {
		if card.Question == AskCases {
			continue
		}
		out = append(out, factRegister{card.Question.Name(), in.answers[card.Question], func(r *Record) Phrase {
			if a := r.Body.(*AnswerSet).Answer; !a.Cleared {
				return a.Phrase(r.Text)
			}
			return Say("desk.fact.none")
		}})
	}
	return out
}

// facts are the writes on which an approval rests now.
func (in *Incident) facts() []Ref {
	var out []Ref
	for _, f := range in.factRegisters() {
		out = append(out, f.g.refs()...)
	}
	return out
}

// factsSince lists what is otherwise than those writes said. What two people set at
// once, and one of them had not been heard of, is so too.
func (in *Incident) factsSince(seen []Ref) []Fact {
	var out []Fact
	for _, f := range in.factRegisters() {
		now := f.g.last()
		var was *Record
		if f.g != nil {
			for _, w := range f.g.history() {
				if slices.Contains(seen, w.Ref) {
					was = w
				}
			}
		}
		if was == now || sameFact(was, now) {
			continue
		}
		fact := Fact{What: f.what, Was: Say("desk.fact.none"), Now: Say("desk.fact.none"), By: now}
		if was != nil {
			fact.Was = f.say(was)
		}
		if now != nil {
			fact.Now = f.say(now)
		}
		out = append(out, fact)
	}
	return out
}

// sameFact reports two writes that say the same, of which one may be nothing.
func sameFact(a, b *Record) bool {
	cleared := func(r *Record) bool {
		switch b := bodyIn(r).(type) {
		case nil:
			return true
		case *AnswerSet:
			return b.Answer.Cleared
		case *SeveritySet:
			return b.Level == Unset
		}
		return false
	}
	if cleared(a) || cleared(b) {
		return cleared(a) && cleared(b)
	}
	switch x := a.Body.(type) {
	case *SeveritySet:
		return levelOf(a) == levelOf(b)
	case *AnswerSet:
		y, ok := b.Body.(*AnswerSet)
		return ok && x.Answer.Equal(y.Answer) && a.Text == b.Text
	}
	return statusOf(a) == statusOf(b)
}

func bodyIn(r *Record) Body {
	if r == nil {
		return nil
	}
	return r.Body
}

// unapprove is the opposite of an approval, or of one that was taken back.
func (in *Incident) unapprove(b *UpdateApprove, was *Record) *UpdateApprove {
	back := &UpdateApprove{Target: b.Target, Audience: b.Audience, Off: !b.Off}
	if w, ok := bodyOf[*UpdateApprove](was); ok && !w.Off {
		back.Off, back.Facts = false, w.Facts
	}
	return back
}
