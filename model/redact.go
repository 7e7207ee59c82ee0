package model

// Removing a text for good: the event stays, signed and chained; its text and
// salt go, from the store and from every copy that the room controls.

// removal notes that a text is gone, and why.
func (in *Incident) removal(target Ref, r *Record) {
	in.removed[target] = append(in.removed[target], r)
	in.refresh(target)
	if t := in.records[target]; t != nil {
		if a, ok := t.Body.(*EntryAmend); ok {
			in.refresh(a.Target)
		}
	}
}

// removedFrom is the act that removed a line's text, nil if it is there. For an
// entry that was amended it is the one that removed the text that stands.
func (in *Incident) removedFrom(ref Ref) *Record {
	if w := in.text[ref].last(); w != nil {
		return first(in.removed[w.Ref])
	}
	return first(in.removed[ref])
}

// textGone reports a record that had a text, which was removed. Memory may still
// hold it until the next start.
func (in *Incident) textGone(r *Record) bool {
	return r != nil && r.HasText && (r.Removed || len(in.removed[r.Ref]) > 0)
}

// gone is what stands in the place of a removed text.
func (l *Line) gone() Phrase {
	if l.Removed == nil {
		return Say("log.removed")
	}
	return because(Say("log.removed.by", "Person", l.Removed.Common().Actor), l.Removed.Text)
}

// decide drafts the removal of the text and of every text in the incident that is
// the same, because an undo, a settled conflict or an amendment may have copied
// it; for an entry, of its amendments too.
func (c RemoveText) decide(d *decision) error {
	reason, err := checkReason(c.Reason)
	if err != nil {
		return err
	}
	target := d.in.records[c.Target]
	switch {
	case target == nil:
		return Refuse(CodeEntryUnknown, "Entry", c.Target.String())
	case !target.HasText:
		return Refuse(CodeTextNone)
	case d.Actor != target.Common().Actor && d.access != Owner:
		return Refuse(CodeTextNotYours)
	case d.in.removed[c.Target] != nil:
		return Refuse(CodeTextGone)
	}
	for _, r := range d.in.copies(target) {
		d.add(&TextRemove{Target: r.Ref}, reason)
	}
	return nil
}

// copies are the target and every event whose text goes with it, in order.
func (in *Incident) copies(target *Record) []*Record {
	var out []*Record
	for _, r := range in.records {
		amend, ok := r.Body.(*EntryAmend)
		same := r.Text == target.Text && target.Text != "" || ok && amend.Target == target.Ref
		if r == target || r.HasText && same && in.removed[r.Ref] == nil {
			out = append(out, r)
		}
	}
	return sortRecords(out)
}

// Removals lists the events of the incident whose text was removed by an act:
// what a store must not hold.
func (in *Incident) Removals() []Ref {
	var out []Ref
	for ref := range in.removed {
		out = append(out, ref)
	}
	return out
}

// Unremoved lists, in order, the events whose text an act removed that was its
// author's or an owner's to do, and is here still: what the store must remove. Who
// was an owner then had the right, whatever became of them since.
func (in *Incident) Unremoved(people *People) []Ref {
	var due []*Record
	for ref, acts := range in.removed {
		target := in.records[ref]
		if target == nil || !target.HasText || target.Removed {
			continue
		}
		for _, act := range acts {
			if actor := act.Common().Actor; actor == target.Common().Actor || people.owned(actor, act) {
				due = append(due, target)
				break
			}
		}
	}
	refs := make([]Ref, 0, len(due))
	for _, r := range sortRecords(due) {
		refs = append(refs, r.Ref)
	}
	return refs
}
