package model

import (
	"slices"
	"time"
)

// Paged is one page as it stands.
type Paged struct {
	// Ref is the event that asked for it first; Refs are all of them, when several
	// rooms took the same step.
	Ref         Ref
	Refs        []Ref
	Key         Nonce
	Chain       Nonce
	Person      PersonID
	By          string
	Round, Step int
	// At is when it was asked for, Until when an answer was due: in ms since 1970, by
	// the clocks of those who wrote. Until counts from when it was sent.
	At, Until int64
	Wait      time.Duration
	Last      bool
	// Result is the last that counts of what became of it; 0 while nothing is known.
	Result PageResult
	// Said is what the transport, or a person, said of it last.
	Said string
	// States are all that was said, in order.
	States []*Record
	// Sent are those that say it was sent: from more than one log it is a duplicate.
	Sent []*Record

	sends  []*Record
	leases []*Record
}

// Asked is the event that asked for it first.
func (p *Paged) Asked() *Record { return p.sends[0] }

// AskedBy is who asked for it first.
func (p *Paged) AskedBy() PersonID { return p.sends[0].Common().Actor }

// Is reports an event that asked for this page.
func (p *Paged) Is(ref Ref) bool { return slices.Contains(p.Refs, ref) }

// Duplicate reports a page that more than one room sent, with the same key.
func (p *Paged) Duplicate() bool {
	for _, r := range p.Sent {
		if r.Ref.Log != p.Sent[0].Ref.Log {
			return true
		}
	}
	return false
}

// Ended reports a page that nothing more is awaited of.
func (p *Paged) Ended() bool {
	return p.Person.IsZero() || p.Result == PageTimedOut || p.Result == PageFailed || p.Result == PageNoAnswer || p.Answered()
}

// Answered reports a person who was reached.
func (p *Paged) Answered() bool { return p.Result == PageAcknowledged || p.Result == PageReached }

// Escalation is a page, and those that followed it because nobody answered.
type Escalation struct {
	Chain  Nonce
	Policy string
	Text   string
	By     *Record
	Pages  []*Paged
	// Answer is the act that ended it: that somebody comes, or that it was stopped;
	// nil while it lasts.
	Answer *Record
	// Stopped says that it was ended without an answer.
	Stopped bool

	// lead is the log of whoever did the last thing about the present step.
	lead LogID
}

// Over reports an escalation that somebody answered or stopped.
func (e *Escalation) Over() bool { return e.Answer != nil }

// Exhausted reports one whose last step nobody answered.
func (e *Escalation) Exhausted() bool {
	last := e.last()
	return !e.Over() && len(last) > 0 && last[0].Last && !slices.ContainsFunc(last, func(p *Paged) bool { return !p.Ended() })
}

// last are the pages of the step at which it is.
func (e *Escalation) last() []*Paged {
	var out []*Paged
	for _, p := range e.Pages {
		if n := len(out); n > 0 {
			switch o := out[0]; {
			case p.Round < o.Round || p.Round == o.Round && p.Step < o.Step:
				continue
			case p.Round > o.Round || p.Step > o.Step:
				out = out[:0]
			}
		}
		out = append(out, p)
	}
	return out
}

// Now are the pages of the step at which the escalation is; the last is the newest.
func (e *Escalation) Now() []*Paged { return e.last() }

// pages is what the fold keeps of pages.
type pages struct {
	sends, states, leases []*Record
	// made is what was made of them; nil when it must be made anew.
	made []*Escalation
}

// add keeps a record about a page; false for any other.
func (ps *pages) add(r *Record) bool {
	switch r.Body.(type) {
	case *PageSend:
		ps.sends = append(ps.sends, r)
	case *PageState:
		ps.states = append(ps.states, r)
	case *PageLease:
		ps.leases = append(ps.leases, r)
	default:
		return false
	}
	ps.made = nil
	return true
}

// escalations are the incident's pages, in order of their beginning.
func (in *Incident) escalations() []*Escalation {
	ps := &in.pages
	if ps.made != nil || len(ps.sends) == 0 {
		return ps.made
	}
	chains, keys, refs := map[Nonce]*Escalation{}, map[Nonce]*Paged{}, map[Ref]*Paged{}
	for _, r := range sortRecords(slices.Clone(ps.sends)) {
		b := r.Body.(*PageSend)
		p := keys[b.Key]
		if p == nil {
			e := chains[b.Chain]
			if e == nil {
				e = &Escalation{Chain: b.Chain, Policy: b.Policy, Text: r.Text, By: r}
				chains[b.Chain] = e
				ps.made = append(ps.made, e)
			}
			wait := time.Duration(b.Wait) * time.Second
			p = &Paged{
				Ref: r.Ref, Key: b.Key, Chain: b.Chain, Person: b.Person, By: b.By, Round: int(b.Round), Step: int(b.Step), At: r.Wall,
				Until: r.Wall + wait.Milliseconds(), Wait: wait, Last: b.Last,
			}
			keys[b.Key] = p
			e.Pages = append(e.Pages, p)
		}
		p.Refs, p.sends = append(p.Refs, r.Ref), append(p.sends, r)
		refs[r.Ref] = p
	}
	for _, r := range sortRecords(slices.Clone(ps.leases)) {
		if p := refs[r.Body.(*PageLease).Page]; p != nil {
			p.leases = append(p.leases, r)
		}
	}
	for _, r := range sortRecords(slices.Clone(ps.states)) {
		b := r.Body.(*PageState)
		if p := refs[b.Page]; p != nil && b.Result.String() != "" {
			p.say(r, b.Result)
			if e := chains[p.Chain]; e.Answer == nil && (p.Answered() || b.Result == PageStopped) {
				e.Answer, e.Stopped = r, b.Result == PageStopped
			}
		}
	}
	for _, e := range ps.made {
		e.lead = leadOf(e.last())
	}
	return ps.made
}

// say takes what was said of a page. An answer is not taken back by what comes late,
// and what was sent somewhere did not fail because another room could not.
func (p *Paged) say(r *Record, result PageResult) {
	p.States = append(p.States, r)
	if result == PageSent {
		if len(p.Sent) == 0 {
			p.Until = r.Wall + p.Wait.Milliseconds()
		}
		p.Sent = append(p.Sent, r)
	}
	if r.Text != "" {
		p.Said = r.Text
	}
	switch {
	case p.Answered(), result == PageStopped && p.Result != 0:
	case result == PageSent && (p.Result == PageDelivered || p.Result == PageTimedOut || p.Result == PageNoAnswer):
	case result == PageFailed && len(p.Sent) > 0 && r.Ref.Log != p.Sent[0].Ref.Log:
	default:
		p.Result = result
	}
}

// escalation finds one; nil for none.
func (in *Incident) escalation(chain Nonce) *Escalation {
	for _, e := range in.escalations() {
		if e.Chain == chain {
			return e
		}
	}
	return nil
}

// paged finds a page by an event that asked for it; nil for none.
func (in *Incident) paged(ref Ref) *Paged {
	for _, e := range in.escalations() {
		for _, p := range e.Pages {
			if p.Is(ref) {
				return p
			}
		}
	}
	return nil
}

// pageLine says on a line what it is about.
func (in *Incident) pageLine(l *Line) {
	b, ok := l.Rec.Body.(*PageState)
	if !ok {
		return
	}
	p := in.paged(b.Page)
	if p == nil {
		return
	}
	l.Paged = p.Person
	l.Again = b.Result == PageSent && len(p.Sent) > 0 && p.Sent[0].Ref.Log != l.Rec.Ref.Log
}

// PageAct is something that is due about a page.
type PageAct uint8

// What can be due.
const (
	// PageNow: this room is to send it now.
	PageNow PageAct = iota + 1
	// PageTake: nobody seems to be at it; this room is to say that it is.
	PageTake
	// PageNext: nobody answered in time, or nobody could be paged: the next step is
	// to be taken.
	PageNext
)

// PageDue is an act that is due, and the page that it is about.
type PageDue struct {
	Act  PageAct
	Page *Paged
}

// DuePages says what is due about the incident's pages, for the room that writes the
// log. since says how long ago this room came to know of a record, by a clock of its
// own that never jumps: the clocks of other rooms, and when they say they acted, change
// nothing. sends says that this room can send pages; one that cannot takes none over,
// but takes the next steps of what it asked for.
func (v *View) DuePages(log LogID, since func(*Record) time.Duration, sends bool) []PageDue {
	var out []PageDue
	if v.Status.Value.Over() {
		return nil
	}
	for _, e := range v.Pages {
		if e.Over() || e.Exhausted() {
			continue
		}
		now := e.last()
		if over, ago := stepOver(now, since, sends); over && (e.lead == log || ago >= LeaseFor) {
			out = append(out, PageDue{PageNext, now[len(now)-1]})
			continue
		}
		if !sends {
			continue
		}
		for _, p := range now {
			if act := p.due(log, since); act != 0 {
				out = append(out, PageDue{act, p})
			}
		}
	}
	return out
}

// due is what the room is to do about a page that was not sent yet, 0 for nothing.
func (p *Paged) due(log LogID, since func(*Record) time.Duration) PageAct {
	if p.Ended() || p.Result == PageSent || p.Result == PageDelivered {
		return 0
	}
	// Of those who are at it the first in the order is: who asked, while it lives,
	// then who took it over.
	var mine, first *Record
	asked := false
	for _, r := range append(slices.Clone(p.sends), p.leases...) {
		_, asks := r.Body.(*PageSend)
		asked = asked || asks && r.Ref.Log == log
		if since(r) >= LeaseFor {
			continue
		}
		if r.Ref.Log == log && !asks && mine == nil {
			mine = r
		}
		if first == nil {
			first = r
		}
	}
	switch {
	case asked && (first == nil || first.Ref.Log == log):
		return PageNow
	case first == nil:
		return PageTake
	case first.Ref.Log == log && mine != nil && since(mine) >= LeaseSettles:
		return PageNow
	}
	return 0
}

// stepOver reports that nobody of a step answered, and for how long that is so. The time
// to answer counts from when the page was sent; where nobody can send any, from when
// it was asked for.
func stepOver(step []*Paged, since func(*Record) time.Duration, sends bool) (over bool, ago time.Duration) {
	ago = -1
	for _, p := range step {
		left := time.Duration(0) // since it ended
		switch {
		case p.Person.IsZero():
			left = since(p.sends[0])
		case p.Ended():
			left = since(p.States[len(p.States)-1])
		default:
			switch left = since(p.sends[0]) - p.Wait; {
			case len(p.Sent) > 0:
				left = since(p.Sent[0]) - p.Wait
			case sends:
				left -= 3 * LeaseFor // it is to be sent before anybody else is asked
			}
			if left < 0 {
				return false, 0
			}
		}
		if ago < 0 || left < ago {
			ago = left
		}
	}
	return len(step) > 0, max(ago, 0)
}

// leadOf is the log of whoever was the last to do something about the step.
func leadOf(step []*Paged) LogID {
	var last *Record
	for _, p := range step {
		for _, rs := range [][]*Record{p.sends, p.leases, p.Sent} {
			for _, r := range rs {
				if last == nil || before(last, r) {
					last = r
				}
			}
		}
	}
	return last.Ref.Log
}

// EachPageRecord gives every record about the incident's pages: those of which a room
// must know when it came to know of them.
func (v *View) EachPageRecord(fn func(*Record)) {
	for _, e := range v.Pages {
		for _, p := range e.Pages {
			for _, rs := range [][]*Record{p.sends, p.leases, p.States} {
				for _, r := range rs {
					fn(r)
				}
			}
		}
	}
}

// PageFor is the oldest page of the incident that the person has not answered; nil for
// none.
func (v *View) PageFor(person PersonID) *Paged {
	if v.Status.Value.Over() {
		return nil
	}
	for _, e := range v.Pages {
		if e.Over() {
			continue
		}
		for _, p := range e.Pages {
			if p.Person == person {
				return p
			}
		}
	}
	return nil
}

// PageCall is a page that somebody is to answer.
type PageCall struct {
	To       PersonID
	By       PersonID
	Incident Scope
	Page     Ref
	Key      Nonce
	At       int64 // when it was asked for, in ms since 1970
	Text     string
	// Late says that nobody waits for it any more: others were asked since, or somebody
	// rang in vain. It can still be answered.
	Late bool
}

// PageCalls lists whom the incident's pages wait for.
func (v *View) PageCalls() []PageCall {
	var out []PageCall
	if v.Status.Value.Over() {
		return nil
	}
	for _, e := range v.Pages {
		if e.Over() {
			continue
		}
		for _, p := range e.Pages {
			if !p.Person.IsZero() {
				out = append(out, PageCall{
					To: p.Person, By: e.By.Common().Actor, Incident: v.ID, Page: p.Ref, Key: p.Key, At: p.At, Text: e.Text,
					Late: p.Result == PageTimedOut || p.Result == PageNoAnswer,
				})
			}
		}
	}
	return out
}

// pageAnswered reports that somebody was paged and comes.
func (v *View) pageAnswered() bool {
	for _, e := range v.Pages {
		if e.Over() && !e.Stopped {
			return true
		}
	}
	return false
}

// nextPage: somebody was paged, and a person has to see to it: nobody answers, or no
// page gets through.
func (v *View) nextPage(nowMS int64) (Step, bool) {
	if v.Status.Value.Over() {
		return Step{}, false
	}
	for _, e := range v.Pages {
		if e.Over() {
			continue
		}
		for _, p := range e.last() {
			stuck := p.Result == PageFailed || p.Result == PageNoAnswer || p.Result == 0 && nowMS-p.At > LeaseFor.Milliseconds()
			switch {
			case p.Person.IsZero():
			case e.Exhausted(), p.Result == PageTimedOut:
				return Step{Say: Say("next.page.none", "Person", p.Person), Action: "escalate", Urgent: true}, true
			case stuck:
				return Step{Say: Say("next.page.call", "Person", p.Person), Action: "escalate", Urgent: true}, true
			}
		}
		if e.Exhausted() {
			return Step{Say: Say("next.page.nobody"), Action: "escalate", Urgent: true}, true
		}
	}
	return Step{}, false
}
