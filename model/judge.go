package model

import (
	"bytes"
	"slices"
)

// Judging: which of the events about the membership count. It is a function of the set
// of those events alone, whatever came first and by whom it was brought.
//
// An event counts when who wrote it had the right to. That is told by the grants which
// count and stand before it in the order, and by the removals which count: one of them
// voids what its target wrote and the removal had not seen, wherever that says it
// stands. So a removal can take away what a later-looking one rests on, and the other
// way round. What counts whatever becomes of the doubtful ones is found first; where
// some are left that rest on each other's absence, the first in the order counts.

// maxRounds bounds how often removals that rest on one another are gone through. Whoever
// writes more of them than that has those void.
const maxRounds = 64

// removal is an event that takes rights away.
type removal struct {
	rec *Record
	cut []Ref
	// person is whose access it lowers; the zero person for one that ends devices.
	person  PersonID
	devices []DeviceKey
	// recovers is one that puts another recovery key in the place of those.
	recovers bool
}

// removalOf reads an event that takes rights away, nil for one that does not. What it
// replaces says whether an access is lower than before.
func (p *People) removalOf(r *Record) *removal {
	lowers := func(access Access, cut []Ref) bool {
		if len(cut) > 0 {
			return true
		}
		for _, ref := range r.Common().Pred {
			if was := p.records[ref]; was != nil && accessIn(was) > access {
				return true
			}
		}
		return false
	}
	switch b := r.Body.(type) {
	case *MemberRevoke:
		return &removal{rec: r, cut: b.Cut, person: b.Person}
	case *MemberAccess:
		if lowers(accessIn(r), b.Cut) {
			return &removal{rec: r, cut: b.Cut, person: b.Person}
		}
	case *MemberAdmit:
		if b.Nonce == (Nonce{}) && lowers(accessIn(r), nil) {
			return &removal{rec: r, person: b.Person}
		}
	case *DeviceRevoke:
		return &removal{rec: r, cut: b.Cut, devices: []DeviceKey{b.Device}}
	case *RecoveryKey:
		var old []DeviceKey
		for _, ref := range b.Pred {
			if was, ok := bodyOf[*RecoveryKey](p.records[ref]); ok && was.Device != b.Device {
				old = append(old, was.Device)
			}
		}
		if len(old) > 0 {
			return &removal{rec: r, devices: old, recovers: true}
		}
	}
	return nil
}

// judging is what the passes of one judging share.
type judging struct {
	p        *People
	acts     []*Record // in order
	removals []*removal
	causes   *causes // nil where nothing is removed or in doubt
	logs     map[DeviceKey][]LogID
	opens    map[LogID]DeviceKey
}

// judge gives what counts of what is held, made anew when that has changed.
func (p *People) judge() *verdict {
	if p.verdict != nil {
		return p.verdict
	}
	j := &judging{p: p, acts: make([]*Record, len(p.acts)), opens: make(map[LogID]DeviceKey, len(p.opens)), logs: map[DeviceKey][]LogID{}}
	copy(j.acts, p.acts)
	sortRecords(j.acts)
	for log, key := range p.opens {
		j.opens[log] = key
		j.logs[key] = append(j.logs[key], log)
	}
	for _, logs := range j.logs {
		slices.SortFunc(logs, func(a, b LogID) int { return bytes.Compare(a[:], b[:]) })
	}
	for _, r := range j.acts {
		if rm := p.removalOf(r); rm != nil {
			j.removals = append(j.removals, rm)
		}
	}
	if len(j.removals) > 0 || j.twice() {
		j.causes = newCauses(p.records)
		for _, rm := range j.removals {
			j.causes.reckon(rm.rec.Ref)
		}
	}
	p.verdict = j.settle()
	p.verdict.close()
	p.cuts = nil
	return p.verdict
}

// twice reports an invite by which more than one device came.
func (j *judging) twice() bool {
	came := map[TokenID]DeviceKey{}
	for _, r := range j.acts {
		if b, ok := r.Body.(*MemberDevice); ok && !b.Token.IsZero() {
			if had, ok := came[b.Token]; ok && had != b.Device {
				return true
			}
			came[b.Token] = b.Device
		}
	}
	return false
}

// settle finds the removals that count, and gives the pass in which just those do.
func (j *judging) settle() *verdict {
	sure, never := map[*Record]bool{}, map[*Record]bool{}
	for range maxRounds {
		// Nothing that is doubtful removes: what does not count now never does.
		may := j.pass(sure, sure, never)
		all := make(map[*Record]bool, len(may.removed))
		var left []*Record
		for _, r := range may.removed {
			all[r] = true
			if !sure[r] {
				left = append(left, r)
			}
		}
		if len(left) == 0 {
			return may
		}
		// All that is doubtful removes: what counts all the same does for sure.
		must := j.pass(all, sure, never)
		kept, more := 0, false
		for _, r := range must.removed {
			switch {
			case !all[r]:
				more = true
			case !sure[r]:
				kept++
				sure[r] = true
			}
		}
		if kept == len(left) && !more {
			return must
		}
		if kept > 0 {
			continue
		}
		// They rest on each other's absence. The first counts, unless it takes away
		// what it rests on itself.
		one := left[0]
		sure[one] = true
		if j.pass(sure, sure, never).forced[one] {
			delete(sure, one)
			never[one] = true
		}
	}
	for _, rm := range j.removals {
		if !sure[rm.rec] {
			never[rm.rec] = true
		}
	}
	return j.pass(sure, sure, never)
}
