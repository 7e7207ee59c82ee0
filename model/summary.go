package model

import "slices"

// Summary is a row of the incident list: what can be shown of an incident
// without folding it. It is kept beside the events, and can be made from them.
type Summary struct {
	_        struct{} `cbor:",toarray"`
	ID       Scope
	Title    string
	Kind     IncidentKind
	Severity Level
	Status   Status
	Conflict bool
	Opened   int64 // ms since 1970, when it was recorded; 0 while its opening has not arrived
	Over     int64 // when it was resolved or cancelled; 0 while it lasts
	Changed  int64 // when the last act was recorded
	Manager  PersonID
	Firing   int
	Lines    int
	Groups   []Hash
	Due      int64 // the next update to anybody who is owed one; 0 for none
	// Restricted reports that only those in Named may see the incident.
	Restricted bool
	Named      []PersonID
	// Into is the incident that this one was merged into; zero for none.
	Into Scope
	// Pending waits for somebody's answer.
	Pending []Pending
	// Paged reports that somebody was paged, or that the row is older than pages: who sees to
	// pages need not look at any other.
	Paged bool
}

// HasGroup reports whether alerts of the group are on the incident.
func (s *Summary) HasGroup(g Hash) bool { return slices.Contains(s.Groups, g) }

// Summary is the row that Summarise makes of the incident's view, without the
// view: it is made at every commit, and a plain entry changes but two of its
// fields.
func (in *Incident) Summary() Summary {
	if in.row == nil {
		row := Summarise(in.outline())
		in.row = &row
	}
	row := *in.row
	row.Lines, row.Changed = in.Total(), in.changed
	return row
}

// Summarise makes an incident's row.
func Summarise(v *View) Summary {
	s := Summary{
		ID: v.ID, Title: v.Title.Value, Kind: v.Kind, Severity: v.Severity.Value,
		Status: v.Status.Value, Lines: v.Total(), Changed: v.changed,
		Conflict:   v.Severity.Conflict() || v.Status.Conflict() || len(v.Restricts) > 0,
		Restricted: v.Restricted, Named: v.Named,
	}
	if v.Opened != nil {
		s.Opened = max(v.Opened.Wall, 1)
	}
	if v.Status.Value.Over() && v.Status.By != nil {
		s.Over = v.Status.By.HappenedAt()
		if t := v.Moments[ResolvedAt]; t.At != 0 && v.Status.Value != Cancelled {
			s.Over = t.At
		}
	}
	s.Into, _ = v.MergedInto()
	s.Pending, s.Paged = v.pending(), len(v.Pages) > 0
	for _, h := range v.Roles {
		s.Conflict = s.Conflict || h.Conflict()
	}
	if h := v.Holders(IncidentManager); len(h) > 0 {
		s.Manager = h[len(h)-1].Person
	}
	for _, a := range v.Alerts {
		if a.Firing {
			s.Firing++
		}
		if !s.HasGroup(a.Group) {
			s.Groups = append(s.Groups, a.Group)
		}
	}
	for _, a := range Audiences() {
		if due, ok := v.NextUpdate(a); ok && v.Owes(a) && (s.Due == 0 || due < s.Due) {
			s.Due = due
		}
	}
	return s
}

// CompareSummaries is the order of the incident list: what lasts before what is
// over; the worst severity first, and those without one before all, because
// nobody has looked at them; then the newest.
func CompareSummaries(a, b Summary) int { return CompareRows(&a, &b) }

// SortedRows gives rows in the order of the list, each copied once. What is
// compared is taken out of the rows first: ten thousand lie in two megabytes, over
// which a sort would walk many times.
func SortedRows(rows []*Summary) []Summary {
	type place struct {
		rank, over, opened int64
		row                *Summary
	}
	places := make([]place, len(rows))
	for i, r := range rows {
		places[i] = place{rank: r.rank(), opened: r.Opened, row: r}
		if places[i].rank == rankOver {
			places[i].over = r.Over
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		switch {
		case a.rank != b.rank:
			return compareInt(a.rank, b.rank)
		case a.over != b.over:
			return compareInt(b.over, a.over)
		case a.opened != b.opened:
			return compareInt(b.opened, a.opened)
		}
		return a.row.ID.Compare(b.row.ID)
	})
	out := make([]Summary, len(rows))
	for i, at := range places {
		out[i] = *at.row
	}
	return out
}

// rankOver is the rank of what is over: behind every severity.
const rankOver = 1 << 8

func (s *Summary) rank() int64 {
	if s.Status.Over() {
		return rankOver
	}
	return int64(s.Severity)
}

// CompareRows is CompareSummaries without the copies: a row is two hundred bytes.
func CompareRows(a, b *Summary) int {
	if c := compareInt(a.rank(), b.rank()); c != 0 {
		return c
	}
	if a.Status.Over() {
		if c := compareInt(b.Over, a.Over); c != 0 {
			return c
		}
	}
	if c := compareInt(b.Opened, a.Opened); c != 0 {
		return c
	}
	return a.ID.Compare(b.ID)
}
