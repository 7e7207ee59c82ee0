package model

import "time"

// Place finds the incident that a command about alerts is decided against: the
// newest one of their group, open or over, that whoever sends them may see; the
// zero Scope if there is none. An incident that is hidden from the sender takes
// none, since the answer would tell of it.
func (c ReceiveAlerts) Place(rows []Summary, who PersonID) Scope {
	var found *Summary
	for i := range rows {
		r := &rows[i]
		if !r.HasGroup(c.Group) || !r.visibleTo(who) {
			continue
		}
		if found == nil || newer(r, found) {
			found = r
		}
	}
	if found == nil {
		return Scope{}
	}
	return found.ID
}

// newer prefers an open incident, then the one opened last.
func newer(a, b *Summary) bool {
	if x, y := a.Status.Over(), b.Status.Over(); x != y {
		return y
	}
	if a.Opened != b.Opened {
		return a.Opened > b.Opened
	}
	return a.ID.Compare(b.ID) > 0
}

// decide attaches the alerts to the open incident of their group, or opens one.
// After an incident is over, an alert that fires anew opens another that follows
// it; what only tells again what is known changes nothing.
func (c ReceiveAlerts) decide(d *decision) error {
	if len(c.Signals) == 0 {
		return Refuse(CodeAlertEmpty)
	}
	fresh := c.Signals
	if d.in != nil {
		fresh = d.in.unheard(c.Group, c.Signals)
		if len(fresh) == 0 {
			return nil
		}
		if !statusOf(d.in.status.last()).Over() || !anyFiring(fresh) {
			c.attach(d, d.in.id, fresh)
			return nil
		}
	} else if !anyFiring(fresh) {
		return nil // resolved before anybody here heard of it: nothing to do
	}
	title, err := checkLineText(cutBytes(c.Title, MaxTitle), MaxTitle, CodeTitleEmpty, CodeTitleLong)
	if err != nil {
		return err
	}
	scope := d.open(title, Outage, ByMonitoring, firstStart(fresh, d.Now))
	if d.in != nil {
		d.addTo(scope, &IncidentRelate{Other: d.in.id, Relation: Follows}, "")
	}
	c.attach(d, scope, fresh)
	return nil
}

func (c ReceiveAlerts) attach(d *decision, scope Scope, fresh []AlertSignal) {
	for _, s := range fresh {
		b := &AlertState{Group: c.Group, Fingerprint: s.Fingerprint, State: Quiet, Starts: s.Starts, Ends: s.Ends, Suggested: s.Suggested}
		at := s.Ends
		if s.Firing {
			b.State, b.Ends, at = Firing, 0, s.Starts
		}
		common := d.addTo(scope, b, s.Text)
		// A monitoring system's clock may be ahead of ours: what it says of the
		// future is recorded as now.
		if ms := at / int64(time.Millisecond); at > 0 && ms <= d.Now.UnixMilli() {
			common.Happened = ms
		}
	}
	if c.Truncated > 0 && c.Note != "" {
		d.addTo(scope, &EntryAdd{}, c.Note)
	}
}

// unheard are the signals that tell something new: an alert, a start, or an end
// that this incident does not have.
func (in *Incident) unheard(group Hash, signals []AlertSignal) []AlertSignal {
	var out []AlertSignal
	for _, s := range signals {
		known := false
		for _, r := range in.alerts[alertKey{group, s.Fingerprint}] {
			b := r.Body.(*AlertState)
			// A resolved alert is known by its end alone if it has the same
			// start; one that fires is known when it was heard, even if it has
			// been resolved since.
			// What is said of an earlier start is old: the body was sent again.
			if b.Starts > s.Starts || b.Starts == s.Starts && (b.State == Firing) == s.Firing {
				known = true
			}
		}
		if !known {
			out = append(out, s)
		}
	}
	return out
}

func anyFiring(signals []AlertSignal) bool {
	for _, s := range signals {
		if s.Firing {
			return true
		}
	}
	return false
}

// firstStart is when monitoring first saw it: the earliest start that is not in
// the future.
func firstStart(signals []AlertSignal, now time.Time) When {
	first := int64(0)
	for _, s := range signals {
		if s.Starts > 0 && s.Starts <= now.UnixNano() && (first == 0 || s.Starts < first) {
			first = s.Starts
		}
	}
	if first == 0 {
		return When{}
	}
	return When{At: time.Unix(0, first).UTC(), Said: Said{Zone: "UTC"}}
}

// cutBytes shortens a text to at most n bytes without cutting a character.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
