package model

import "slices"

// The last word: who was told of an incident, or was to be told of it, and is still to
// hear that it is over.

// UpdateWaive says that an audience needs no last update, or takes that back. Its text
// is the reason.
type UpdateWaive struct {
	Common
	Audience Audience `cbor:"16,keyasint"`
	Off      bool     `cbor:"17,keyasint,omitzero"`
}

// Kind is KindUpdateWaive.
func (*UpdateWaive) Kind() Kind { return KindUpdateWaive }

// WaiveUpdate says that an audience that is still to hear that the incident is over need
// not.
type WaiveUpdate struct {
	Audience Audience
	Reason   string
}

func (c WaiveUpdate) decide(d *decision) error {
	audience, err := ParseAudience(string(c.Audience))
	if err != nil {
		return err
	}
	reason, err := checkReason(c.Reason)
	if err != nil {
		return err
	}
	if !slices.Contains(d.in.View().Untold(), audience) {
		return Refuse(CodeLastNone, "Audience", audience.Phrase())
	}
	d.add(&UpdateWaive{Audience: audience}, reason).Pred = d.in.waived[audience].refs()
	return nil
}

// Untold are the audiences that are still to hear that the incident is over, once it is
// resolved: those of ToTell. When it is closed nobody asks any more.
func (v *View) Untold() []Audience {
	if v.Status.Value != Resolved {
		return nil
	}
	return v.ToTell()
}

// ToTell are the audiences that hear of the end: those that were given an update and those
// that the severity has told by the clock, but for who was told it already and who needs no
// last update, by what a person said.
func (v *View) ToTell() []Audience {
	var out []Audience
	for _, a := range Audiences() {
		if v.hears(a) && !v.toldOver(a) && !v.waives(a) {
			out = append(out, a)
		}
	}
	return out
}

// hears reports an audience that was given an update, or that is owed some by the clock.
func (v *View) hears(a Audience) bool {
	if v.told(a) {
		return true
	}
	sev, known := SeverityOf(v.Severity.Value)
	_, rhythm := sev.Cadence(a)
	return known && rhythm && v.Owes(a)
}

// toldOver reports that the last thing that the audience heard is that it is over, and
// that it heard it of this end: after the repair, and after work last went on again.
func (v *View) toldOver(a Audience) bool {
	var last *Update
	for i := range v.Updates {
		u := &v.Updates[i]
		if u.Audience == a && u.Corrects.IsZero() && (last == nil || u.At >= last.At) {
			last = u
		}
	}
	if last == nil || last.At < v.ending() {
		return false
	}
	for range v.Updates { // what was corrected says what the correction says
		i := slices.IndexFunc(v.Updates, func(u Update) bool { return u.By.Ref == last.Corrected })
		if i < 0 {
			break
		}
		last = &v.Updates[i]
	}
	return last.State == Recovered
}

// ending is from when on somebody could say that it is over: when it was mitigated or,
// where nobody said that it was, when it was reopened; 0 for neither.
func (v *View) ending() int64 {
	mitigated, resolved := v.Moments[MitigatedAt], v.Moments[ResolvedAt]
	if mitigated.At != 0 && mitigated.By != resolved.By {
		return mitigated.At
	}
	if v.reopened != nil {
		return v.reopened.HappenedAt()
	}
	return 0
}

// waives reports that a person said since work last went on again that the audience
// needs no last update.
func (v *View) waives(a Audience) bool {
	h, ok := v.Waived[a]
	return ok && h.Value && (v.reopened == nil || before(v.reopened, h.By))
}

// reopening is the act by which work last went on again after the end, nil for none.
func (in *Incident) reopening() *Record {
	var again *Record
	over := false
	for _, r := range in.status.history() {
		now := statusOf(r).Over()
		if over && !now {
			again = r
		}
		over = now
	}
	return again
}

// Lasted is how long the incident lasted or lasts, in ms: from when its impact began or,
// where nobody said when, from when it was opened, until it was resolved. False while
// its opening has not arrived.
func (v *View) Lasted(nowMS int64) (int64, bool) {
	from := v.Moments[ImpactStarted].At
	if from == 0 {
		from = v.Moments[Declared].At
	}
	if from == 0 {
		return 0, false
	}
	to := v.Moments[ResolvedAt].At
	if to == 0 {
		to = nowMS
	}
	return max(to-from, 0), true
}
