package model

// Removing a text for good: the event stays, signed and chained; its text and
// salt go, from the store and from every copy that the room controls.

import "slices"

// removal notes that a text is gone, and why.
func (in *Incident) removal(target Ref, r *Record) {
	in.removed[target] = append(in.removed[target], r)
	in.refreshText(target)
}

// owners knows whether an owner did an act, and whether its author is that of another
// event: what an act says of its actor anybody could have written.
type owners interface {
	owned(act *Record) bool
	spokeFor(act, of *Record) bool
}

// Judge tells the fold of the people of its workspace: by whom a text of somebody else may
// be removed, so that what a removal that was nobody's to do points at is shown, and
// which roles there are. Before the first call every removal counts, and no role is
// offered but those that every workspace has.
func (in *Incident) Judge(people *Roster) {
	if people == nil {
		return
	}
	if !in.book.equal(people.Roles()) {
		in.view = nil
	}
	in.book = people.Roles()
	in.judge(people)
}

func (in *Incident) judge(people owners) {
	in.owners = people
	if len(in.removed) == 0 {
		return
	}
	in.view = nil
	for ref := range in.removed {
		in.refreshText(ref)
	}
}

// refreshText has the line in which an event's text stands made anew.
func (in *Incident) refreshText(ref Ref) {
	in.refresh(ref)
	if t := in.records[ref]; t != nil {
		if a, ok := t.Body.(*EntryAmend); ok {
			in.refresh(a.Target)
		}
		in.refreshAbout(t)
	}
}

// removals are the acts that removed an event's text and had the right to: its
// author's and an owner's.
func (in *Incident) removals(ref Ref) []*Record {
	all := in.removed[ref]
	if in.owners == nil || len(all) == 0 {
		return all
	}
	var out []*Record
	for _, act := range all {
		if in.mayRemove(ref, act, in.owners) {
			out = append(out, act)
		}
	}
	return out
}

func (in *Incident) mayRemove(ref Ref, act *Record, people owners) bool {
	target := in.records[ref]
	return target != nil && people.spokeFor(act, target) || people.owned(act)
}

// removedFrom is the act that removed a line's text, nil if it is there. For an
// entry that was amended it is the one that removed the text that stands.
func (in *Incident) removedFrom(ref Ref) *Record {
	if w := in.text[ref].last(); w != nil {
		return first(in.removals(w.Ref))
	}
	return first(in.removals(ref))
}

// textGone reports a record that had a text, which was removed. Memory may still
// hold it until the next start.
func (in *Incident) textGone(r *Record) bool {
	return r != nil && r.HasText && (r.Removed || len(in.removals(r.Ref)) > 0)
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
	case len(d.in.removals(c.Target)) > 0:
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
		if r == target || r.HasText && same && len(in.removals(r.Ref)) == 0 {
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

// Doubted reports that a text is here which an act removed that was not its actor's
// to do, by what is known: who was an owner may arrive later.
func (in *Incident) Doubted(people *People) bool {
	for ref, acts := range in.removed {
		target := in.records[ref]
		if target == nil || !target.HasText || target.Removed {
			continue
		}
		if !slices.ContainsFunc(acts, func(act *Record) bool { return in.mayRemove(ref, act, people) }) {
			return true
		}
	}
	return false
}

// Removing reports that acts in the incident removed the text of this event of it,
// which may not have been here yet, and whether one of them had the right to.
func (in *Incident) Removing(r *Record, people *People) (asked, right bool) {
	acts := in.removed[r.Ref]
	return len(acts) > 0, slices.ContainsFunc(acts, func(act *Record) bool {
		return people.spokeFor(act, r) || people.owned(act)
	})
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
		if slices.ContainsFunc(acts, func(act *Record) bool { return in.mayRemove(ref, act, people) }) {
			due = append(due, target)
		}
	}
	refs := make([]Ref, 0, len(due))
	for _, r := range sortRecords(due) {
		refs = append(refs, r.Ref)
	}
	return refs
}
