package model

import "slices"

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
	case *UpdateWaive:
		if b.Off {
			return because(Say("log.waive.off", "Audience", b.Audience.Phrase()), text)
		}
		return because(Say("log.waive", "Audience", b.Audience.Phrase()), text)
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
