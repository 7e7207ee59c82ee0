package model

import (
	"strings"
)

func (c OpenIncident) decide(d *decision) error {
	title, err := checkLineText(c.Title, MaxTitle, CodeTitleEmpty, CodeTitleLong)
	if err != nil {
		return err
	}
	if c.Source, err = ParseSource(string(c.Source)); err != nil {
		return err
	}
	if c.Kind > SecurityIncident {
		return Refuse(CodeKindUnknown, "Kind", int(c.Kind))
	}
	if c.Severity != Unset && !c.Severity.Known() {
		return Refuse(CodeSeverityUnknown, "Severity", int(c.Severity))
	}
	scope := d.open(title, c.Kind, c.Source, c.Detected)
	if c.Severity != Unset {
		d.addTo(scope, &SeveritySet{Level: c.Severity}, "")
	}
	if c.Restrict != nil {
		return d.restrict(scope, c.Restrict.People, nil)
	}
	return nil
}

// open drafts the opening of a new incident and gives its id.
func (d *decision) open(title string, kind IncidentKind, source Source, detected When) Scope {
	nonce := d.Nonce()
	scope := NewIncidentID(d.Log, nonce)
	common := d.addTo(scope, &IncidentOpen{Nonce: nonce, Type: kind, Source: source}, title)
	detected.put(common)
	return scope
}

func (c SetTitle) decide(d *decision) error {
	title, err := checkLineText(c.Title, MaxTitle, CodeTitleEmpty, CodeTitleLong)
	if err != nil {
		return err
	}
	if last := d.in.title.last(); last.Text == title && len(d.in.title.standing()) == 1 {
		return nil
	}
	d.add(&TitleSet{}, title).Pred = d.in.title.refs()
	return nil
}

func (c SetSeverity) decide(d *decision) error {
	if !c.Level.Known() {
		return Refuse(CodeSeverityUnknown, "Severity", int(c.Level))
	}
	reason, err := checkReason(c.Reason)
	if err != nil {
		return err
	}
	if last := d.in.severity.last(); last != nil && levelOf(last) == c.Level && len(d.in.severity.standing()) == 1 {
		return Refuse(CodeSeveritySame, "Severity", c.Level.String())
	}
	d.add(&SeveritySet{Level: c.Level}, reason).Pred = d.in.severity.refs()
	return nil
}

func (c ApplySuggestion) decide(d *decision) error {
	s := d.in.View().Suggests
	if s.IsZero() {
		return Refuse(CodeSuggestionNone)
	}
	var why []string
	for _, w := range s.Why {
		if c.Say != nil {
			why = append(why, c.Say(w))
		}
	}
	return SetSeverity{Level: s.Level, Reason: strings.Join(why, ", ")}.decide(d)
}

func (c SetStatus) decide(d *decision) error {
	if !c.Status.known() {
		return Refuse(CodeStatusUnknown, "Status", string(c.Status))
	}
	reason, err := checkReason(c.Reason)
	if err != nil {
		return err
	}
	from := statusOf(d.in.status.last())
	conflict := len(d.in.status.standing()) > 1
	to, err := step(from, c.Status, reason)
	if err != nil && !(conflict && CodeOf(err) == CodeStatusSame) {
		return err
	}
	if err != nil {
		to = from
	}
	common := d.add(&StatusSet{Status: to}, reason)
	common.Pred = d.in.status.refs()
	c.At.put(common)
	if from.Over() && !to.Over() {
		d.unmerge()
	}
	return nil
}

func (c AnswerQuestion) decide(d *decision) error {
	card, ok := c.Question.Card()
	if !ok {
		return Refuse(CodeQuestionUnknown, "Question", string(c.Question))
	}
	if c.Answer.Type != card.Type {
		return Refuse(CodeAnswerChoice, "Answer", "", "Choices", strings.Join(card.Choices, ", "))
	}
	text := ""
	var err error
	switch card.Type {
	case ChoiceAnswer, ChoicesAnswer:
		if c.Answer, err = checkChoices(card, c.Answer, strings.Join(c.Answer.Choices, ",")); err != nil {
			return err
		}
	case CountAnswer:
		if c.Answer.Count < 0 {
			return Refuse(CodeAnswerCount, "Answer", c.Answer.Count)
		}
	case TextAnswer:
		if text, err = checkText(c.Text); err != nil {
			return err
		}
	}
	g := d.in.answers[c.Question]
	if last := g.last(); last != nil && last.Body.(*AnswerSet).Answer.Equal(c.Answer) && last.Text == text && len(g.standing()) == 1 {
		return Refuse(CodeAnswerSame)
	}
	d.add(&AnswerSet{Question: c.Question, Answer: c.Answer}, text).Pred = g.refs()
	return nil
}

func (c AssignRole) decide(d *decision) error {
	card, err := d.role(c.Role)
	if err != nil {
		return err
	}
	person, err := d.person(c.Person, c.Name)
	if err != nil {
		return err
	}
	holders := d.in.holders(c.Role)
	for _, h := range holders {
		if h.Person == person && (card.Many || len(holders) == 1) {
			return Refuse(CodeRoleHeld, "Role", c.Role.Phrase(), "Person", person)
		}
	}
	common := d.add(&RoleAssign{Role: c.Role, Person: person, One: card.Own && !card.Many}, "")
	if !card.Many {
		common.Pred = d.in.roles[c.Role].refs()
	}
	return nil
}

// person finds whom a command means, and drafts the adding of a new name.
func (d *decision) person(id PersonID, name string) (PersonID, error) {
	if !id.IsZero() {
		return id, d.known(id)
	}
	name, err := CheckPersonName(name)
	if err != nil {
		return id, err
	}
	found, err := d.people.Roster().Find(name)
	if CodeOf(err) != CodePersonUnknown {
		return found, err
	}
	return d.addPerson(name), nil
}

func (d *decision) addPerson(name string) PersonID {
	nonce := d.Nonce()
	id := NewPersonID(d.Log, nonce)
	d.addTo(d.Workspace, &PersonAdd{Person: id, Nonce: nonce}, name)
	return id
}

func (c AddPerson) decide(d *decision) error {
	name, err := CheckPersonName(c.Name)
	if err != nil {
		return err
	}
	for _, p := range d.people.Roster().All() {
		if strings.EqualFold(p.Name, name) {
			return nil
		}
	}
	d.addPerson(name)
	return nil
}

func (c RenamePerson) decide(d *decision) error {
	name, err := CheckPersonName(c.Name)
	if err != nil {
		return err
	}
	g := d.people.naming(c.Person)
	if len(g.writes) == 0 {
		return Refuse(CodePersonUnknown, "Person", c.Person.String()[:8])
	}
	if g.last().Text == name {
		return nil
	}
	if err := d.mayRename(c.Person, name); err != nil {
		return err
	}
	d.addTo(d.Workspace, &PersonName{Person: c.Person}, name).Pred = g.refs()
	return nil
}

func (c ReleaseRole) decide(d *decision) error {
	released := false
	for _, h := range d.in.holders(c.Role) {
		if !c.Person.IsZero() && h.Person != c.Person {
			continue
		}
		released = true
		// Every standing assignment of that person goes, or the role would
		// stay held by a concurrent one.
		var pred []Ref
		for _, w := range d.in.roles[c.Role].standing() {
			if b, ok := w.Body.(*RoleAssign); ok && b.Person == h.Person {
				pred = append(pred, w.Ref)
			}
		}
		d.add(&RoleRelease{Role: c.Role, Person: h.Person}, "").Pred = pred
	}
	if _, ok := d.people.roleBook().Card(c.Role); !ok && len(d.in.holders(c.Role)) == 0 {
		return Refuse(CodeRoleUnknown, "Role", cutText(string(c.Role), 40))
	}
	if !released {
		return Refuse(CodeRoleNotHeld, "Role", c.Role.Phrase())
	}
	return nil
}

func (c AddLink) decide(d *decision) error {
	text, err := checkLinkText(c.URL, c.Label)
	if err != nil {
		return err
	}
	address, _ := splitLink(text)
	if c.Kind == "" {
		c.Kind = GuessLinkKind(address)
	}
	if _, err := ParseLinkKind(string(c.Kind)); err != nil {
		return err
	}
	for _, l := range d.in.viewLinks() {
		if l.URL == address && l.Kind == c.Kind {
			return Refuse(CodeLinkSame)
		}
	}
	d.add(&LinkAdd{Link: c.Kind}, text)
	return nil
}

func (c RemoveLink) decide(d *decision) error {
	for _, l := range d.in.viewLinks() {
		if l.Ref == c.Target {
			d.add(&LinkRemove{}, "").Pred = []Ref{c.Target}
			return nil
		}
	}
	return Refuse(CodeLinkUnknown)
}

func (c PinTopic) decide(d *decision) error {
	text := oneLine(c.Text)
	if text != "" {
		var err error
		if text, err = checkLineText(c.Text, MaxReason, CodeTextEmpty, CodeTextLong); err != nil {
			return err
		}
	}
	was := ""
	if last := d.in.topic.last(); last != nil {
		was = last.Text
	}
	if was == text && len(d.in.topic.standing()) <= 1 {
		return nil
	}
	d.add(&TopicPin{Pinned: text != ""}, text).Pred = d.in.topic.refs()
	return nil
}

func (c SetMoment) decide(d *decision) error {
	if _, err := ParseMoment(string(c.Moment)); err != nil {
		return err
	}
	reason, err := checkReason(c.Reason)
	if err != nil {
		return err
	}
	b := &MomentSet{Moment: c.Moment, Clear: c.At.IsZero()}
	if !b.Clear {
		b.At = c.At.Happened()
	}
	g := d.in.moments[c.Moment]
	was := d.in.View().Moments[c.Moment]
	if (b.Clear && !was.Corrected && len(was.Others) == 0) || (!b.Clear && was.At == b.At && len(was.Others) == 0) {
		return Refuse(CodeMomentSame)
	}
	common := d.add(b, reason)
	common.Pred, common.Said = g.refs(), c.At.Said
	return nil
}

func (c MarkPhase) decide(d *decision) error {
	kind := d.in.opened().Body.(*IncidentOpen).Type
	if _, err := ParsePhase(string(c.Phase), kind); err != nil {
		return err
	}
	g := d.in.phases[c.Phase]
	if held(g, func(r *Record) bool { return r.Body.(*PhaseMark).Done }).Value == c.Done {
		return Refuse(CodePhaseSame)
	}
	d.add(&PhaseMark{Phase: c.Phase, Done: c.Done}, "").Pred = g.refs()
	return nil
}

func (c PostUpdate) decide(d *decision) error {
	if !c.Draft.IsZero() {
		return c.publish(d)
	}
	if _, err := ParseAudience(string(c.Audience)); err != nil {
		return err
	}
	if _, err := ParseUpdateState(string(c.State)); err != nil {
		return err
	}
	text, err := checkText(c.Text)
	if err != nil {
		return err
	}
	c.At.put(d.add(&UpdatePost{Audience: c.Audience, State: c.State, How: c.How}, text))
	return nil
}

// Settle writes the chosen value again, replacing all that stood, so that one
// write stands.
func (c Settle) decide(d *decision) error {
	g, chosen := d.in.conflict(c.Choose)
	if chosen == nil {
		return Refuse(CodeSettled)
	}
	b, err := again(chosen)
	if err != nil {
		return err
	}
	if d.in.textGone(chosen) {
		return Refuse(CodeTextGone)
	}
	if r, ok := b.(*IncidentRestrict); ok && r.On {
		if err := d.mayRestrict(); err != nil {
			return err
		}
		r.People = sortPersons(append(r.People, d.Actor))
	}
	common := d.add(b, chosen.Text)
	common.Pred = g.refs()
	sameTime(common, b, chosen)
	return nil
}

// sameTime lets a write that says again what another said have happened when
// that one did, where the incident's times are read off it.
func sameTime(c *Common, b Body, of *Record) {
	switch b.(type) {
	case *StatusSet, *SeveritySet, *LinkAdd:
		c.Happened, c.Said = of.HappenedAt(), of.Common().Said
	case *EntryAmend:
		c.Happened, c.Said = of.Common().Happened, of.Common().Said
	}
}

// conflict finds the register in which the write stands beside others.
func (in *Incident) conflict(ref Ref) (*register, *Record) {
	registers := []*register{&in.title, &in.severity, &in.status, &in.topic, &in.restrict}
	for _, g := range in.answers {
		registers = append(registers, g)
	}
	for role, g := range in.roles {
		if in.single(role) {
			registers = append(registers, g)
		}
	}
	for _, g := range in.moments {
		registers = append(registers, g)
	}
	for _, g := range in.drafts {
		registers = append(registers, g)
	}
	for _, g := range in.text {
		registers = append(registers, g)
	}
	for _, g := range registers {
		standing := g.standing()
		for _, w := range standing {
			if w.Ref == ref && len(standing) > 1 {
				return g, w
			}
		}
	}
	return nil, nil
}
