package model

import "slices"

// Undo writes the opposite of an act; nothing is taken out of the log. What can
// be undone next is read off the actor's own acts: an undo takes the last act
// that stands, a redo takes the last undo back, and a new act ends the redoing.

// history reads the actor's acts into what can be undone and redone, last at
// the end.
func (in *Incident) history(actor PersonID) (undo, redo []*Record) {
	acts := slices.Clone(in.acts[actor])
	slices.SortFunc(acts, compareRecords)
	for _, r := range acts {
		c := r.Common()
		switch {
		case !c.Undoes.IsZero():
			undo = slices.DeleteFunc(undo, func(a *Record) bool { return a.Ref == c.Undoes })
			redo = append(redo, r)
		case !c.Redoes.IsZero():
			redo = slices.DeleteFunc(redo, func(a *Record) bool { return a.Common().Undoes == c.Redoes })
			undo = append(undo, r)
		case c.Via == DoorAlert, c.Via == DoorPager, accepts(r):
		default:
			undo, redo = append(undo, r), nil
		}
	}
	return undo, redo
}

// accepts reports the acceptance of a role. What it did is undone with the role itself.
func accepts(r *Record) bool {
	b, ok := r.Body.(*HandoverAnswer)
	return ok && b.Accept
}

// LastAct is the act that Undo would take back for the actor, nil if none.
func (in *Incident) LastAct(actor PersonID) *Record {
	undo, _ := in.history(actor)
	if len(undo) == 0 {
		return nil
	}
	return undo[len(undo)-1]
}

func (Undo) decide(d *decision) error {
	act := d.in.LastAct(d.Actor)
	if act == nil {
		return Refuse(CodeNothingToUndo)
	}
	return d.oppose(act, func(c *Common) { c.Undoes = act.Ref })
}

func (Redo) decide(d *decision) error {
	_, redo := d.in.history(d.Actor)
	if len(redo) == 0 {
		return Refuse(CodeNothingToRedo)
	}
	undo := redo[len(redo)-1]
	act := undo.Common().Undoes
	if err := d.oppose(undo, func(c *Common) { c.Redoes = act }); err != nil {
		return err
	}
	if was := d.in.records[act]; was != nil {
		b := d.drafts[len(d.drafts)-1].Body
		sameTime(b.common(), b, was)
	}
	return nil
}

// oppose drafts the opposite of an act. It refuses with CodeUndoOvertaken when
// somebody changed the same thing since, and CodeUndoImpossible for an act
// that has left the room (an update that people have read) or began it.
func (d *decision) oppose(r *Record, mark func(*Common)) error {
	in := d.in
	g := in.registerOf(r)
	was := g.replacedBy(r)
	if in.textGone(in.source(r, was)) {
		return Refuse(CodeUndoImpossible) // what was removed for good is not written again
	}
	write := func(b Body, text string) error {
		stands := in.inForce(g, r)
		if stands == nil {
			return Refuse(CodeUndoOvertaken)
		}
		c := d.add(b, text)
		c.Pred = []Ref{stands.Ref}
		mark(c)
		return nil
	}
	switch b := r.Body.(type) {
	case *TitleSet:
		return write(&TitleSet{}, textOf(was))
	case *SeveritySet:
		level := Unset
		if was != nil {
			level = levelOf(was)
		}
		return write(&SeveritySet{Level: level}, "")
	case *StatusSet:
		status := Open
		if was != nil {
			status = statusOf(was)
		}
		return write(&StatusSet{Status: status}, "")
	case *TopicPin:
		return write(&TopicPin{Pinned: textOf(was) != ""}, textOf(was))
	case *AnswerSet:
		a := Answer{Type: b.Answer.Type, Cleared: true}
		if was != nil {
			a = was.Body.(*AnswerSet).Answer
		}
		return write(&AnswerSet{Question: b.Question, Answer: a}, textOf(was))
	case *MomentSet:
		m := &MomentSet{Moment: b.Moment, Clear: true}
		if was != nil {
			w := was.Body.(*MomentSet)
			m.At, m.Clear = w.At, w.Clear
		}
		return write(m, textOf(was))
	case *PhaseMark:
		return write(&PhaseMark{Phase: b.Phase, Done: !b.Done}, "")
	case *RoleAssign:
		if before, ok := bodyOf[*RoleAssign](was); ok { // also of a role of several that was handed over
			return write(&RoleAssign{Role: b.Role, Person: before.Person, One: before.One}, "")
		}
		return write(&RoleRelease{Role: b.Role, Person: b.Person}, "")
	case *RoleRelease:
		before, _ := bodyOf[*RoleAssign](was)
		one := before != nil && before.One
		if card, ok := b.Role.Card(); (ok && !card.Many || one) && len(in.holders(b.Role)) > 0 {
			return Refuse(CodeUndoOvertaken) // somebody took it since
		}
		return write(&RoleAssign{Role: b.Role, Person: b.Person, One: one}, "")
	case *LinkAdd:
		return write(&LinkRemove{}, "")
	case *LinkRemove:
		add, ok := bodyOf[*LinkAdd](was)
		if !ok {
			return Refuse(CodeUndoImpossible)
		}
		return write(&LinkAdd{Link: add.Link}, was.Text)
	case *IncidentRestrict:
		back := &IncidentRestrict{}
		if before, ok := bodyOf[*IncidentRestrict](was); ok && before.On {
			if err := d.mayRestrict(); err != nil {
				return err
			}
			// Of several that were replaced this is one; it must not lock out who acts.
			back.On, back.People = true, sortPersons(append(before.set(), d.Actor))
		}
		return write(back, "")
	case *UpdateDraft:
		back, text := undraft(b, was)
		return write(back, text)
	case *UpdateApprove:
		return write(in.unapprove(b, was), "")
	case *UpdateWaive:
		return write(&UpdateWaive{Audience: b.Audience, Off: !b.Off}, "")
	case *EntryAdd:
		if in.line(in.slots[r.Ref]).Struck != nil {
			return Refuse(CodeUndoOvertaken)
		}
		c := d.add(&EntryStrike{Target: r.Ref, Struck: true}, "")
		c.Pred = in.strike[r.Ref].refs()
		mark(c)
		return nil
	case *EntryAmend:
		text, happened := in.amendedFrom(b.Target, was)
		if err := write(&EntryAmend{Target: b.Target}, text); err != nil {
			return err
		}
		d.drafts[len(d.drafts)-1].Body.common().Happened = happened
		return nil
	case *EntryStrike:
		return write(&EntryStrike{Target: b.Target, Struck: !b.Struck}, "")
	case *EntryStar:
		return write(&EntryStar{Target: b.Target, Star: !b.Star}, "")
	}
	return d.opposeWork(r, was, write)
}

// inForce is the standing write by which the act is in force: itself, or one
// that brought back what it had set, as the undoing of a later act does. It is
// nil when somebody changed the same thing since.
func (in *Incident) inForce(g *register, r *Record) *Record {
	standing := g.standing()
	if i := slices.Index(standing, r); i >= 0 {
		return standing[i]
	}
	origin := in.origin(g, r)
	for _, w := range standing {
		if !w.Common().opposes().IsZero() && in.origin(g, w) == origin {
			return w
		}
	}
	return nil
}

// origin is the act that first set what the write set: for an undo or a redo,
// the origin of what it brought back, nil for the emptiness before all acts.
func (in *Incident) origin(g *register, w *Record) *Record {
	for range len(g.writes) + 1 { // each step goes back to an earlier write
		c := w.Common()
		opposed := in.records[c.Undoes]
		if !c.Redoes.IsZero() {
			i := slices.IndexFunc(g.writes, func(u *Record) bool { return u.Common().Undoes == c.Redoes })
			if i < 0 {
				return w
			}
			opposed = g.writes[i]
		}
		if opposed == nil || in.registerOf(opposed) != g {
			return w // its own act, or the stroke that undoes an entry
		}
		if w = g.replacedBy(opposed); w == nil {
			return nil
		}
	}
	return w
}

// opposes is the act that this one undoes or redoes, the zero Ref if none.
func (c *Common) opposes() Ref {
	if !c.Undoes.IsZero() {
		return c.Undoes
	}
	return c.Redoes
}

// source is the record whose text the opposite of an act would write again, nil
// if none.
func (in *Incident) source(r, was *Record) *Record {
	switch b := r.Body.(type) {
	case *TitleSet, *TopicPin, *AnswerSet, *MomentSet, *LinkRemove:
		return was
	case *UpdateDraft:
		if _, ok := bodyOf[*UpdateDraft](was); ok {
			return was
		}
	case *EntryAmend:
		if was == nil {
			return in.records[b.Target]
		}
		return was
	case *TaskState, *DecisionObject, *DecisionClose, *HypothesisState, *FollowUpState:
		if was != nil && in.saidWith(was) != "" {
			return was
		}
	}
	return nil
}

// amendedFrom is what an entry said before an amendment.
func (in *Incident) amendedFrom(target Ref, was *Record) (text string, happened int64) {
	if was != nil {
		return was.Text, was.Common().Happened
	}
	if s := in.slots[target]; s != nil {
		return s.rec.Text, s.rec.HappenedAt()
	}
	return "", 0
}

func textOf(r *Record) string {
	if r == nil {
		return ""
	}
	return r.Text
}

func bodyOf[B Body](r *Record) (b B, ok bool) {
	if r == nil {
		return b, false
	}
	b, ok = r.Body.(B)
	return b, ok
}

// again makes the body of a write anew, without what it replaced.
func again(r *Record) (Body, error) {
	switch b := r.Body.(type) {
	case *IncidentOpen: // the first title and the first status
		return nil, Refuse(CodeSettled)
	case *TitleSet:
		return &TitleSet{}, nil
	case *SeveritySet:
		return &SeveritySet{Level: b.Level}, nil
	case *StatusSet:
		return &StatusSet{Status: b.Status}, nil
	case *TopicPin:
		return &TopicPin{Pinned: b.Pinned}, nil
	case *AnswerSet:
		return &AnswerSet{Question: b.Question, Answer: b.Answer}, nil
	case *RoleAssign:
		return &RoleAssign{Role: b.Role, Person: b.Person, One: b.One}, nil
	case *RoleRelease:
		return &RoleRelease{Role: b.Role, Person: b.Person}, nil
	case *MomentSet:
		return &MomentSet{Moment: b.Moment, At: b.At, Clear: b.Clear}, nil
	case *EntryAmend:
		return &EntryAmend{Target: b.Target}, nil
	case *IncidentRestrict:
		return &IncidentRestrict{On: b.On, People: b.set()}, nil
	case *UpdateDraft:
		return &UpdateDraft{Audience: b.Audience, State: b.State, Corrects: b.Corrects}, nil
	}
	return nil, Refuse(CodeSettled)
}
