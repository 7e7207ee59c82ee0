package model

import (
	"slices"
	"strings"
)

// What is written for an audience before it goes out: drafts, the approval of one, and
// how it went out.

// Handing is how an update went out.
type Handing string

// The ways. The zero one is that people sent it by hand.
const (
	ByHand    Handing = ""
	ByCommand Handing = "command"
	ByFile    Handing = "file"
)

// Phrase is the way's name.
func (h Handing) Phrase() Phrase {
	if h == ByHand {
		return Say("handing.hand")
	}
	return Say("handing." + string(h))
}

type (
	// UpdateDraft is a draft of an update, in its text; an empty text drops it. Pred
	// names the drafts that it takes the place of.
	UpdateDraft struct {
		Common
		Audience Audience    `cbor:"16,keyasint"`
		State    UpdateState `cbor:"17,keyasint"`
		// Corrects is the update that it is to correct, if one.
		Corrects Ref `cbor:"18,keyasint,omitzero"`
	}

	// UpdateApprove approves the exact text of a draft, or takes that back.
	UpdateApprove struct {
		Common
		Target   Ref      `cbor:"16,keyasint"`
		Audience Audience `cbor:"17,keyasint"`
		// Facts are the writes that stood when it was approved: of the severity, the
		// status and the answers.
		Facts []Ref `cbor:"18,keyasint,omitempty"`
		Off   bool  `cbor:"19,keyasint,omitzero"`
	}
)

// Kind is KindUpdateDraft.
func (*UpdateDraft) Kind() Kind { return KindUpdateDraft }

// Kind is KindUpdateApprove.
func (*UpdateApprove) Kind() Kind { return KindUpdateApprove }

type (
	// SaveDraft writes the draft for an audience. It takes the place of those in Seen,
	// which its author had before them; what stands and is not among them stays beside
	// it, as a conflict to settle.
	SaveDraft struct {
		Audience Audience
		State    UpdateState
		Text     string
		Seen     []Ref
		// Corrects is the earlier update that it is to correct, if one.
		Corrects Ref
	}
	// DropDraft takes the draft for an audience away, unpublished.
	DropDraft struct{ Audience Audience }
	// ApproveDraft approves the exact text of a draft. The incident manager may.
	ApproveDraft struct{ Draft Ref }
)

// Fact is something that an approval rested on and that is otherwise now.
type Fact struct {
	What     Phrase
	Was, Now Phrase
	// By is the write that changed it; nil where it was taken away.
	By *Record
}

// Drafted is a draft as it stands.
type Drafted struct {
	Ref      Ref
	Audience Audience
	State    UpdateState
	Text     string
	Corrects Ref
	By       *Record
	// Approved is the approval of this text by an incident manager; nil for none.
	Approved *Record
	// Changed is what is otherwise since it was approved.
	Changed []Fact
}

// Desk is what is being written for an audience: the draft that is shown, and those
// that others wrote at once and nobody has settled.
type Desk struct {
	Draft  *Drafted // nil for none
	Others []Drafted
}

// Conflict reports drafts that people wrote at once.
func (k Desk) Conflict() bool { return len(k.Others) > 0 }

// All lists the drafts, the shown one first.
func (k Desk) All() []Drafted {
	if k.Draft == nil {
		return nil
	}
	return append([]Drafted{*k.Draft}, k.Others...)
}

// viewDrafts reads what is being written off the registers.
func (in *Incident) viewDrafts() map[Audience]Desk {
	out := map[Audience]Desk{}
	for a, g := range in.drafts {
		var k Desk
		for _, w := range slices.Backward(g.standing()) {
			b, ok := w.Body.(*UpdateDraft)
			if !ok || w.Text == "" || in.textGone(w) {
				continue
			}
			t := in.drafted(w, b)
			switch {
			case k.Draft == nil:
				k.Draft = &t
			case k.Draft.says(t) || slices.ContainsFunc(k.Others, t.says): // two who agree are no conflict
			default:
				k.Others = append(k.Others, t)
			}
		}
		if k.Draft != nil {
			out[a] = k
		}
	}
	return out
}

func (t Drafted) says(o Drafted) bool {
	return t.State == o.State && t.Text == o.Text && t.Corrects == o.Corrects
}

func (in *Incident) drafted(w *Record, b *UpdateDraft) Drafted {
	t := Drafted{Ref: w.Ref, Audience: b.Audience, State: b.State, Text: w.Text, Corrects: b.Corrects, By: w}
	if t.Approved = in.approval(w.Ref); t.Approved != nil {
		t.Changed = in.factsSince(t.Approved.Body.(*UpdateApprove).Facts)
	}
	return t
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

// draft finds a draft that stands, with its register.
func (in *Incident) draft(ref Ref) (*Drafted, *register, error) {
	r := in.records[ref]
	b, ok := bodyOf[*UpdateDraft](r)
	if !ok {
		return nil, nil, Refuse(CodeDraftNone)
	}
	g := in.drafts[b.Audience]
	if !slices.Contains(g.standing(), r) || r.Text == "" || in.textGone(r) {
		return nil, nil, Refuse(CodeDraftOld)
	}
	t := in.drafted(r, b)
	return &t, g, nil
}

func (c SaveDraft) decide(d *decision) error {
	audience, err := ParseAudience(string(c.Audience))
	if err != nil {
		return err
	}
	state, err := ParseUpdateState(string(c.State))
	if err != nil {
		return err
	}
	text, err := checkText(c.Text)
	if err != nil {
		return err
	}
	if !c.Corrects.IsZero() {
		if err := d.correctable(c.Corrects, audience); err != nil {
			return err
		}
	}
	g, k := d.in.drafts[audience], d.in.viewDrafts()[audience]
	if k.Draft != nil && k.Draft.Corrects != c.Corrects {
		return Refuse(CodeDraftOther)
	}
	if t := k.Draft; t != nil && !k.Conflict() && t.State == state && t.Text == text {
		return Refuse(CodeDraftSame)
	}
	d.add(&UpdateDraft{Audience: audience, State: state, Corrects: c.Corrects}, text).Pred = d.in.overDrafts(g, c.Seen)
	return nil
}

// overDrafts is what a draft takes the place of whose author had some drafts before
// them: those, those that say the same, and what is no draft any more.
func (in *Incident) overDrafts(g *register, seen []Ref) []Ref {
	pred := slices.Clone(seen)
	if g == nil {
		return pred
	}
	read := func(w *Record) (Drafted, bool) {
		b, ok := bodyOf[*UpdateDraft](w)
		if !ok || w.Text == "" || in.textGone(w) {
			return Drafted{}, false
		}
		return Drafted{State: b.State, Text: w.Text, Corrects: b.Corrects}, true
	}
	var had []Drafted
	for _, ref := range seen {
		if t, ok := read(in.records[ref]); ok {
			had = append(had, t)
		}
	}
	for _, w := range g.standing() {
		t, ok := read(w)
		if !slices.Contains(pred, w.Ref) && (!ok || slices.ContainsFunc(had, t.says)) {
			pred = append(pred, w.Ref)
		}
	}
	return pred
}

// correctable refuses what is no update to the audience, or was corrected already.
func (d *decision) correctable(ref Ref, a Audience) error {
	for _, u := range d.in.viewUpdates() {
		if u.By.Ref == ref && u.Audience == a && u.Corrected.IsZero() {
			return nil
		}
	}
	return Refuse(CodeCorrectNone, "Audience", a.Phrase())
}

func (c DropDraft) decide(d *decision) error {
	k := d.in.viewDrafts()[c.Audience]
	if k.Draft == nil {
		return Refuse(CodeDraftNone)
	}
	d.add(&UpdateDraft{Audience: c.Audience, State: k.Draft.State}, "").Pred = d.in.drafts[c.Audience].refs()
	return nil
}

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

// publish records that a draft went out. Only what stands, what nobody wrote otherwise
// at once and what is approved goes out; the last can be forced.
func (c PostUpdate) publish(d *decision) error {
	t, g, err := d.in.draft(c.Draft)
	if err != nil {
		return err
	}
	if len(d.in.viewDrafts()[t.Audience].Others) > 0 {
		return Refuse(CodeDraftConflict, "Audience", t.Audience.Phrase())
	}
	if !c.Force {
		if t.Approved == nil {
			return Refuse(CodeDraftUnapproved)
		}
		if len(t.Changed) > 0 {
			return Refuse(CodeDraftChanged, "What", t.Changed[0].What)
		}
	}
	if !t.Corrects.IsZero() {
		if err := d.correctable(t.Corrects, t.Audience); err != nil {
			return err
		}
	}
	common := d.add(&UpdatePost{Audience: t.Audience, State: t.State, Draft: t.Ref, Corrects: t.Corrects, How: c.How}, t.Text)
	common.Pred = g.refs()
	c.At.put(common)
	return nil
}

// undraft is the opposite of a draft: the one before it, or none.
func undraft(b *UpdateDraft, was *Record) (*UpdateDraft, string) {
	if w, ok := bodyOf[*UpdateDraft](was); ok {
		return &UpdateDraft{Audience: b.Audience, State: w.State, Corrects: w.Corrects}, was.Text
	}
	return &UpdateDraft{Audience: b.Audience, State: b.State, Corrects: b.Corrects}, ""
}

// unapprove is the opposite of an approval, or of one that was taken back.
func (in *Incident) unapprove(b *UpdateApprove, was *Record) *UpdateApprove {
	back := &UpdateApprove{Target: b.Target, Audience: b.Audience, Off: !b.Off}
	if w, ok := bodyOf[*UpdateApprove](was); ok && !w.Off {
		back.Off, back.Facts = false, w.Facts
	}
	return back
}

// desk is the sentence of a draft, an approval or an update that went out.
func (l *Line) desk() Phrase {
	text := l.Rec.Text
	switch b := l.Rec.Body.(type) {
	case *UpdateDraft:
		switch {
		case text == "":
			return Say("log.draft.dropped", "Audience", b.Audience.Phrase())
		case !b.Corrects.IsZero():
			return Say("log.draft.correction", "Audience", b.Audience.Phrase(), "Text", text)
		}
		return Say("log.draft", "Audience", b.Audience.Phrase(), "State", b.State.Phrase(), "Text", text)
	case *UpdateApprove:
		if b.Off {
			return Say("log.approve.off", "Audience", b.Audience.Phrase())
		}
		return Say("log.approve", "Audience", b.Audience.Phrase())
	case *UpdatePost:
		p := Say("log.update", "Audience", b.Audience.Phrase(), "State", b.State.Phrase(), "Text", text)
		switch {
		case !b.Corrects.IsZero():
			p.Key = "log.update.correction"
			p.Args["Earlier"] = b.Corrects.Hash.String()[:8]
		case b.How != ByHand:
			p.Key = "log.update.by"
			p.Args["How"] = b.How.Phrase()
		}
		return p
	}
	return Say("log.newer")
}

// draftsTo are the drafts that led to one, itself among them, in order.
func (in *Incident) draftsTo(ref Ref) []*Record {
	var out []*Record
	seen := map[Ref]bool{}
	for next := []Ref{ref}; len(next) > 0; next = next[1:] {
		r := in.records[next[0]]
		b, ok := bodyOf[*UpdateDraft](r)
		if !ok || seen[r.Ref] || r.Text == "" && !r.HasText {
			continue
		}
		seen[r.Ref] = true
		out = append(out, r)
		next = append(next, b.Pred...)
	}
	return sortRecords(out)
}
