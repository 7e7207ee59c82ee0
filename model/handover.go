package model

import "slices"

// A role is handed over by an offer with a brief. Until it is accepted the old holder
// keeps the role, and an offer that nobody can accept any more is said to be so.

// HandoverState is what became of an offer.
type HandoverState string

// The states of an offer.
const (
	Offered   HandoverState = "offered"
	Accepted  HandoverState = "accepted"
	Declined  HandoverState = "declined"
	TakenBack HandoverState = "withdrawn"
	// Overtaken is an offer of a role that its offerer does not hold any more, or has
	// offered anew since.
	Overtaken HandoverState = "overtaken"
)

// Phrase is the state's name.
func (s HandoverState) Phrase() Phrase { return Say("handover." + string(s)) }

// Handover is an offer of a role, and what became of it.
type Handover struct {
	Item
	Role     Role
	From, To PersonID
	State    HandoverState
	// Answer is the act that decided it; nil while none did.
	Answer *Record
}

// Open reports an offer that can be answered.
func (h Handover) Open() bool { return h.State == Offered }

// Gone reports an open offer to somebody who cannot accept it: no member any more, or
// one who may only look on.
func (h Handover) Gone(people *Roster) bool {
	if !h.Open() || people == nil {
		return false
	}
	return people.Access(h.To) < Responder
}

func (in *Incident) viewHandovers() []Handover {
	var out []Handover
	replaced := map[Ref]bool{}
	offers := in.addedOf(KindHandoverOffer)
	for _, r := range offers {
		for _, p := range r.Common().Pred {
			replaced[p] = true
		}
	}
	for _, r := range offers {
		b := r.Body.(*HandoverOffer)
		h := Handover{Item: in.itemOf(r), Role: b.Role, From: r.Common().Actor, To: b.To}
		h.Others = nil
		h.State, h.Answer = in.answerTo(h)
		if h.State == Offered && (replaced[h.Ref] || !in.stillHolds(h)) {
			h.State = Overtaken
		}
		out = append(out, h)
	}
	return out
}

// answerTo reads what the two who are concerned said: what others say of an offer does
// not count. Who accepted has the role, whatever else was said at the same time.
func (in *Incident) answerTo(h Handover) (state HandoverState, by *Record) {
	state = Offered
	for _, w := range in.work.items[itemID{KindHandoverOffer, h.Ref}].history() {
		b, ok := w.Body.(*HandoverAnswer)
		if !ok {
			continue
		}
		switch actor := w.Common().Actor; {
		case b.Accept && actor == h.To:
			return Accepted, w
		case b.Accept || by != nil:
		case actor == h.To:
			state, by = Declined, w
		case actor == h.From:
			state, by = TakenBack, w
		}
	}
	return state, by
}

// stillHolds reports that the offerer has held the role since before the offer.
func (in *Incident) stillHolds(h Handover) bool {
	since := in.heldSince(h.Role, h.From)
	return since != nil && before(since, h.By)
}

// heldSince is the act by which a person came to a role that they hold now, nil when
// they do not hold it. What only said it again, or brought it back, is passed over.
func (in *Incident) heldSince(role Role, person PersonID) *Record {
	g := in.roles[role]
	i := slices.IndexFunc(in.holders(role), func(h Holder) bool { return h.Person == person })
	if i < 0 {
		return nil
	}
	theirs := func(r *Record) bool {
		b, ok := bodyOf[*RoleAssign](r)
		return ok && b.Person == person
	}
	w := in.holders(role)[i].By
	for range len(g.writes) { // each step goes back to an earlier write
		was := g.replacedBy(w)
		if !w.Common().opposes().IsZero() {
			was = in.origin(g, w)
		}
		if was == w || !theirs(was) {
			break
		}
		w = was
	}
	return w
}

// Shift is how long somebody who holds a role has been on, since in ms since 1970.
type Shift struct {
	Person PersonID
	Since  int64
}

// pauseMS ends a stretch of work: who did nothing for longer had a rest.
const pauseMS = 2 * 60 * 60 * 1000

// Rest is how much somebody needs one.
type Rest uint8

// The degrees of Rest, and from when on they hold, in ms.
const (
	Fresh Rest = iota
	RestSoon
	RestNow

	restSoonMS = 4 * 60 * 60 * 1000
	restNowMS  = 8 * 60 * 60 * 1000
)

// Rest says how much its person needs a rest.
func (s Shift) Rest(nowMS int64) Rest {
	switch on := nowMS - s.Since; {
	case on >= restNowMS:
		return RestNow
	case on >= restSoonMS:
		return RestSoon
	}
	return Fresh
}

// viewShifts reads them off the roles and off the acts before them. Entries are not
// looked at: a part of an incident has not all of them.
func (in *Incident) viewShifts(roles []Holding) []Shift {
	var out []Shift
	for _, h := range roles {
		for _, who := range h.Holders {
			since := in.heldSince(h.Card.Role, who.Person).HappenedAt()
			if i := slices.IndexFunc(out, func(s Shift) bool { return s.Person == who.Person }); i >= 0 {
				out[i].Since = min(out[i].Since, since)
				continue
			}
			out = append(out, Shift{who.Person, since})
		}
	}
	for i := range out {
		acts := slices.Clone(in.work.acted[out[i].Person])
		slices.Sort(acts)
		for _, at := range slices.Backward(acts) {
			if at < out[i].Since && out[i].Since-at <= pauseMS {
				out[i].Since = at
			}
		}
	}
	return out
}

// Shift is how long the person has been on; false for one who holds no role.
func (v *View) Shift(person PersonID) (Shift, bool) {
	for _, s := range v.Shifts {
		if s.Person == person {
			return s, true
		}
	}
	return Shift{}, false
}

// RolesOf lists the roles that a person holds.
func (v *View) RolesOf(person PersonID) []Role {
	var out []Role
	for _, h := range v.Roles {
		if slices.ContainsFunc(h.Holders, func(p Holder) bool { return p.Person == person }) {
			out = append(out, h.Card.Role)
		}
	}
	return out
}

// manyRoles is how many roles are too many for one person.
const manyRoles = 3

// Overloaded reports a person with too many roles: who leads the response does nothing
// else, and three are too many for anybody.
func (v *View) Overloaded(person PersonID) bool {
	roles := v.RolesOf(person)
	return len(roles) >= manyRoles || len(roles) > 1 && slices.Contains(roles, IncidentManager)
}

// Offers are the open offers of roles.
func (v *View) Offers() []Handover {
	return slices.DeleteFunc(slices.Clone(v.Handovers), func(h Handover) bool { return !h.Open() })
}
