package model

import "slices"

// MaxNamed is how many people a restricted incident can name.
const MaxNamed = 200

// IncidentRestrict says that only the named people see the incident, or that
// everybody does again. The set is sorted, and the actor is always in it.
type IncidentRestrict struct {
	Common
	On     bool       `cbor:"16,keyasint"`
	People []PersonID `cbor:"17,keyasint,omitempty"`
}

// Kind is KindIncidentRestrict.
func (*IncidentRestrict) Kind() Kind { return KindIncidentRestrict }

// restriction is who may see the incident, as it stands.
type restriction struct {
	on    bool
	named []PersonID // sorted
	// differ are the standing writes when they do not say the same.
	differ []*Record
}

// restriction reads the register. Of concurrent writes the restricting ones hold,
// and only those whom all of them name see it; if that is nobody, those who set
// them, so that nobody can lock everybody out.
func (in *Incident) restriction() restriction {
	standing := in.restrict.standing()
	var out restriction
	var setters []PersonID
	for _, w := range standing {
		b := w.Body.(*IncidentRestrict)
		if first := standing[0].Body.(*IncidentRestrict); b.On != first.On || !slices.Equal(b.set(), first.set()) {
			out.differ = standing
		}
		if !b.On {
			continue
		}
		set := b.set()
		if !out.on {
			out.on, out.named = true, set
		}
		out.named = slices.DeleteFunc(slices.Clone(out.named), func(id PersonID) bool { return !slices.Contains(set, id) })
		if !b.Actor.IsZero() {
			setters = append(setters, b.Actor)
		}
	}
	if out.on && len(out.named) == 0 {
		out.named = sortPersons(setters)
	}
	if opened := in.opened(); out.on && len(out.named) == 0 && opened != nil {
		out.named = []PersonID{opened.Common().Actor} // nobody set it, nobody is named
	}
	return out
}

// set is whom a restricting write names, itself always among them.
func (b *IncidentRestrict) set() []PersonID {
	if !b.On {
		return nil
	}
	set := slices.Clone(b.People)
	if !b.Actor.IsZero() {
		set = append(set, b.Actor)
	}
	return sortPersons(set)
}

// sortPersons sorts a set and takes out what is in it twice.
func sortPersons(set []PersonID) []PersonID {
	slices.SortFunc(set, comparePersons)
	return slices.Compact(set)
}

// visibleTo reports that the person may see the incident.
func (in *Incident) visibleTo(who PersonID) bool {
	if len(in.restrict.writes) == 0 {
		return true
	}
	r := in.restriction()
	return !r.on || slices.Contains(r.named, who)
}

// restrict drafts a restriction of an incident to the people and the actor.
func (d *decision) restrict(scope Scope, people []PersonID, pred []Ref) error {
	set := sortPersons(append(slices.Clone(people), d.Actor))
	if len(set) > MaxNamed {
		return Refuse(CodeRestrictMany, "Count", len(set), "Limit", MaxNamed)
	}
	if err := d.mayRestrict(); err != nil {
		return err
	}
	for _, id := range set {
		if err := d.member(id); err != nil {
			return err
		}
	}
	d.addTo(scope, &IncidentRestrict{On: true, People: set}, "").Pred = pred
	return nil
}

// mayRestrict refuses what could not be kept: peers would get the texts, which are
// not sealed yet; and a name that was only typed could not be told from another.
func (d *decision) mayRestrict() error {
	if d.Peers {
		return Refuse(CodeRestrictPeers)
	}
	return d.proved()
}

func (c Restrict) decide(d *decision) error {
	r := d.in.restriction()
	if set := sortPersons(append(slices.Clone(c.People), d.Actor)); r.on && len(r.differ) == 0 && slices.Equal(r.named, set) {
		return Refuse(CodeRestrictSame)
	}
	return d.restrict(d.in.id, c.People, d.in.restrict.refs())
}

func (Unrestrict) decide(d *decision) error {
	if !d.in.restriction().on {
		return Refuse(CodeRestrictNot)
	}
	d.add(&IncidentRestrict{}, "").Pred = d.in.restrict.refs()
	return nil
}

// VisibleTo reports that the person may see the incident of the row.
func VisibleTo(row Summary, who PersonID) bool { return row.visibleTo(who) }

func (s *Summary) visibleTo(who PersonID) bool {
	return !s.Restricted || slices.Contains(s.Named, who)
}

// VisibleTo reports that the person may see the incident.
func (v *View) VisibleTo(who PersonID) bool {
	return !v.Restricted || slices.Contains(v.Named, who)
}

// hides reports a row that the person may not see.
func (o *Overview) hides(person PersonID) bool {
	for i := range o.Rows {
		if !o.Rows[i].visibleTo(person) {
			return true
		}
	}
	return false
}

// For is the overview as the actor may see it. Nothing in it comes from an
// incident that is hidden from them, nor counts it.
func (o *Overview) For(who Actor) *Overview {
	seen, person := *o, who.Sees()
	seen.Me, seen.Access = who.Person, who.Via.through(o.People.Access(who.Person))
	if o.Out {
		seen.Access = min(seen.Access, Observer)
	}
	if seen.MayAdmit(who) != nil {
		seen.Waiting = nil
	}
	if who.Person != o.Me {
		seen.Own = nil
	}
	if !o.AllOpen && o.hides(person) {
		seen.Rows = make([]Summary, 0, len(o.Rows))
		ids := make([]Scope, 0, len(o.Rows))
		for i := range o.Rows {
			if row := &o.Rows[i]; row.visibleTo(person) {
				seen.Rows, ids = append(seen.Rows, *row), append(ids, row.ID)
			}
		}
		seen.Keys = Keys(ids)
	}
	// While the rows are read, what is not among them may be restricted.
	sees := func(id Scope) bool {
		_, ok := seen.Keys[id]
		return ok
	}
	if o.AllOpen && !o.Loading {
		return &seen
	}
	seen.Here, seen.Calls, seen.Pages = nil, nil, nil
	for _, p := range o.Pages {
		if sees(p.Incident) {
			seen.Pages = append(seen.Pages, p)
		}
	}
	for _, p := range o.Here {
		if !p.Incident.IsZero() && !sees(p.Incident) {
			p.Incident, p.Typing = Scope{}, false
		}
		seen.Here = append(seen.Here, p)
	}
	for _, c := range o.Calls {
		if sees(c.Incident) {
			seen.Calls = append(seen.Calls, c)
		}
	}
	return &seen
}

// For is the incident as somebody may see it who does not see all others: without
// a word of those that are hidden.
func (v *View) For(sees func(Scope) bool) *View {
	if !slices.ContainsFunc(v.Related, func(r Related) bool { return !sees(r.Other) }) {
		return v
	}
	seen := *v
	seen.Related, seen.Lines = nil, nil
	for _, r := range v.Related {
		if sees(r.Other) {
			seen.Related = append(seen.Related, r)
		}
	}
	for _, l := range v.Lines {
		if b, ok := l.Rec.Body.(*IncidentRelate); !ok || sees(b.Other) {
			seen.Lines = append(seen.Lines, l)
		}
	}
	return &seen
}
