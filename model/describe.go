package model

import "time"

// Describe is the sentence of a line of the log, in no language yet. Texts that
// people wrote go in as they were written; whoever renders the phrase cleans
// them.
func (l *Line) Describe() Phrase {
	p := l.act()
	c := l.Rec.Common()
	switch {
	case !c.Undoes.IsZero():
		return Say("log.undo", "Act", p)
	case !c.Redoes.IsZero():
		return Say("log.redo", "Act", p)
	case l.settles():
		return Say("log.settled", "Act", p)
	}
	return p
}

// settles reports a write that took the place of several, of which it chose one.
func (l *Line) settles() bool {
	if len(l.Was) < 2 {
		return false
	}
	switch l.Rec.Body.(type) {
	case *TitleSet, *SeveritySet, *StatusSet, *AnswerSet, *RoleAssign, *TopicPin, *MomentSet, *IncidentRestrict, *UpdateDraft,
		*TaskState, *DecisionClose, *HypothesisState, *FollowUpState:
		return true
	}
	return false
}

func (l *Line) act() Phrase {
	r := l.Rec
	if r.Removed || l.Removed != nil && r.HasText {
		return l.gone()
	}
	switch b := r.Body.(type) {
	case *IncidentOpen:
		return Say("log.open", "Title", r.Text, "Source", b.Source.Phrase())
	case *TitleSet:
		return Say("log.title", "Title", r.Text)
	case *SeveritySet:
		return l.severity(b)
	case *StatusSet:
		from := Open
		if was := l.was(); was != nil {
			from = statusOf(was)
		}
		return because(Say("log.status", "From", from.Phrase(), "To", b.Status.Phrase()), r.Text)
	case *AnswerSet:
		return l.answer(b)
	case *RoleAssign:
		if was, ok := bodyOf[*RoleAssign](l.was()); ok && was.Person != b.Person {
			return Say("log.role.changed", "Role", b.Role.Phrase(), "Person", b.Person, "From", was.Person)
		}
		if b.Person == r.Common().Actor {
			return Say("log.role.taken", "Role", b.Role.Phrase())
		}
		return Say("log.role.given", "Role", b.Role.Phrase(), "Person", b.Person)
	case *RoleRelease:
		return Say("log.role.released", "Role", b.Role.Phrase(), "Person", b.Person)
	case *EntryAdd:
		return l.entry(b)
	case *TextRemove:
		return because(Say("log.remove"), r.Text)
	case *LinkAdd:
		address, label := splitLink(r.Text)
		if label == "" {
			label = address
		}
		return Say("log.link.added", "Kind", b.Link.Phrase(), "Label", label, "URL", address)
	case *LinkRemove:
		address, _ := splitLink(textOf(l.was()))
		return Say("log.link.removed", "URL", address)
	case *TopicPin:
		if !b.Pinned {
			return Say("log.topic.unpinned")
		}
		return Say("log.topic.pinned", "Topic", r.Text)
	case *MomentSet:
		if b.Clear {
			return because(Say("log.moment.cleared", "Moment", b.Moment.Phrase()), r.Text)
		}
		return because(Say("log.moment.set", "Moment", b.Moment.Phrase(), "Time", time.UnixMilli(b.At)), r.Text)
	case *AlertState:
		return l.alert(b)
	case *IncidentRestrict:
		if !b.On {
			return Say("log.unrestricted")
		}
		return Say("log.restricted", "People", b.set())
	case *UpdatePost, *UpdateDraft, *UpdateApprove, *UpdateWaive:
		return l.desk()
	case *PageSend:
		return l.page(b)
	case *PageState:
		return l.pageState(b)
	case *PhaseMark:
		if b.Done {
			return Say("log.phase.done", "Phase", b.Phase.Phrase())
		}
		return Say("log.phase.undone", "Phase", b.Phase.Phrase())
	}
	if p, ok := l.workAct(); ok {
		return p
	}
	return l.workspaceAct()
}

// workspaceAct is the sentence of an act on the workspace itself.
func (l *Line) workspaceAct() Phrase {
	switch b := l.Rec.Body.(type) {
	case *Genesis:
		return Say("log.founded")
	case *PersonAdd:
		return Say("log.person.added", "Person", b.Person)
	case *ContactSet:
		return Say("log.contact", "Person", b.Person)
	case *RotaSet:
		return Say("log.rota")
	case *RoleSet:
		return l.roleAct(b)
	case *PersonName:
		return Say("log.person.named", "Person", b.Person, "Name", l.Rec.Text)
	case *LinkTemplate:
		if l.Rec.Text == "" {
			return Say("log.template.link.gone", "Kind", b.Link.Phrase())
		}
		return Say("log.template.link", "Kind", b.Link.Phrase(), "URL", l.Rec.Text)
	case *UpdateTemplate:
		if l.Rec.Text == "" {
			return Say("log.template.update.gone", "Audience", b.Audience.Phrase(), "State", b.State.Phrase())
		}
		return Say("log.template.update", "Audience", b.Audience.Phrase(), "State", b.State.Phrase())
	case *MemberAdmit:
		return Say("log.member.admitted", "Person", b.Person, "Access", b.Access.Phrase())
	case *MemberAccess:
		from := NoAccess
		if was := l.was(); was != nil {
			from = accessIn(was)
		}
		return Say("log.member.access", "Person", b.Person, "From", from.Phrase(), "To", b.Access.Phrase())
	case *MemberRevoke:
		return Say("log.member.revoked", "Person", b.Person)
	case *MemberDevice:
		if l.Rec.Text != "" {
			return Say("log.member.device.named", "Person", b.Person, "Device", b.Device.String()[:8], "Label", l.Rec.Text)
		}
		return Say("log.member.device", "Person", b.Person, "Device", b.Device.String()[:8])
	case *MemberInvite, *DeviceRevoke, *DeviceMute, *RecoveryKey:
		return l.deviceAct()
	case *MemberWay:
		return l.way(b)
	case *MemberWayDrop:
		return Say("log.way.dropped", "Person", b.Person).Counted(len(b.Pred))
	}
	return Say("log.newer")
}

// deviceAct is the sentence of an act on what comes in, or may not.
func (l *Line) deviceAct() Phrase {
	switch b := l.Rec.Body.(type) {
	case *MemberInvite:
		p := Say("log.invite", "Access", b.Access.Phrase())
		switch {
		case b.Service:
			p.Key = "log.invite.service"
		case !b.Person.IsZero():
			p.Key = "log.invite.device"
			p.Args["Person"] = b.Person
		}
		return because(p, l.Rec.Text)
	case *DeviceRevoke:
		return Say("log.device.revoked", "Device", b.Device.String()[:8])
	case *DeviceMute:
		if b.Muted {
			return Say("log.device.muted", "Device", b.Device.String()[:8])
		}
		return Say("log.device.unmuted", "Device", b.Device.String()[:8])
	case *RecoveryKey:
		return Say("log.recovery", "Device", b.Device.String()[:8])
	}
	return Say("log.newer")
}

func (l *Line) way(b *MemberWay) Phrase {
	text := l.Rec.Text
	if algorithm := (Way{Key: b.Key}).Algorithm(); len(b.Key) > 0 {
		if text == "" {
			return Say("log.way.key", "Person", b.Person, "Algorithm", algorithm)
		}
		return Say("log.way.key.named", "Person", b.Person, "Algorithm", algorithm, "Comment", text)
	}
	machine := b.Machine.String()[:8]
	if text == "" {
		return Say("log.way.uid", "Person", b.Person, "UID", b.UID, "Machine", machine)
	}
	return Say("log.way.uid.named", "Person", b.Person, "UID", b.UID, "Machine", machine, "Login", text)
}

// was is the last of what the act replaced. It asks no record for its place in
// the order, which the fold may be changing.
func (l *Line) was() *Record {
	if len(l.Was) == 0 {
		return nil
	}
	return l.Was[len(l.Was)-1]
}

// because adds a reason to a sentence that may have one: its key with ".why".
func because(p Phrase, reason string) Phrase {
	if reason == "" {
		return p
	}
	p.Key += ".why"
	if p.Args == nil {
		p.Args = map[string]any{}
	}
	p.Args["Reason"] = reason
	return p
}

func (l *Line) severity(b *SeveritySet) Phrase {
	was, ok := bodyOf[*SeveritySet](l.was())
	switch {
	case b.Level == Unset:
		return Say("log.severity.cleared")
	case ok && was.Level != Unset && !l.settles():
		return because(Say("log.severity.changed", "From", was.Level.String(), "To", b.Level.String()), l.Rec.Text)
	}
	return because(Say("log.severity.set", "To", b.Level.String()), l.Rec.Text)
}

func (l *Line) answer(b *AnswerSet) Phrase {
	if b.Answer.Cleared {
		return Say("log.answer.cleared", "Question", b.Question.Name())
	}
	return Say("log.answer", "Question", b.Question.Name(), "Answer", b.Answer.Phrase(l.Rec.Text))
}

// Phrase is an answer in words; text is that of a text answer.
func (a Answer) Phrase(text string) Phrase {
	switch a.Type {
	case ChoiceAnswer, ChoicesAnswer:
		list := make([]Phrase, 0, len(a.Choices))
		for _, c := range a.Choices {
			list = append(list, Say("choice."+c))
		}
		return Say("answer.choices", "Choices", list)
	case CountAnswer:
		return Say("answer.count", "N", a.Count)
	case TimeAnswer:
		return Say("answer.time", "Time", time.UnixMilli(a.Time))
	}
	return Say("answer.text", "Text", text)
}

func (l *Line) entry(b *EntryAdd) Phrase {
	if b.Form != CommandOutput || b.Run == nil {
		return Say("log.entry", "Text", l.Text)
	}
	command, _ := SplitCommand(l.Text)
	took := time.Duration(b.Run.Millis) * time.Millisecond
	return Say("log.command", "Command", command, "Exit", b.Run.Exit, "Took", took).Counted(int(b.Run.Lines))
}

// SplitCommand reads a command entry's text: the command line, and the output
// that was kept.
func SplitCommand(text string) (command, output string) {
	for i := range text {
		if text[i] == '\n' {
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

func (l *Line) alert(b *AlertState) Phrase {
	name, summary := AlertWords(l.Rec.Text)
	if name == "" {
		name = b.Fingerprint
	}
	key := "log.alert.resolved"
	if b.State == Firing {
		key = "log.alert.firing"
	}
	if summary == "" {
		return Say(key, "Name", name)
	}
	return Say(key+".summary", "Name", name, "Summary", summary)
}

// TopicLine is the topic line: the pinned one, or one composed from the state, to be
// joined with " · ". The end closes it: it says that it is over, and after how long,
// before what somebody had pinned until then.
func (v *View) TopicLine(key string) []Phrase {
	status := v.Status.Value.Phrase()
	if took, ok := v.Lasted(0); ok && v.Moments[ResolvedAt].At != 0 && (v.Status.Value == Resolved || v.Status.Value == Closed) {
		status = Say("topic."+string(v.Status.Value), "Took", time.Duration(took)*time.Millisecond)
	}
	if v.Topic.Value != "" {
		pinned := Say("topic.text", "Text", v.Topic.Value)
		if v.Status.Value.Over() && before(v.Topic.By, v.Status.By) {
			return []Phrase{status, pinned}
		}
		return []Phrase{pinned}
	}
	out := []Phrase{
		Say("topic.head", "Severity", v.Severity.Value.String(), "Key", key, "Title", v.Title.Value),
		status,
	}
	for _, role := range []Role{IncidentManager, TechLead, Communications} {
		for _, h := range v.Holders(role) {
			out = append(out, Say("topic.role", "Role", Say("role."+string(role)+".short"), "Person", h.Person))
		}
	}
	for _, l := range v.Links {
		out = append(out, Say("topic.link", "Kind", l.Kind.Phrase(), "URL", l.URL))
	}
	return out
}
