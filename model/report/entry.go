package report

import (
	"fmt"

	"warroom/model"
)

// Entry is a line of the log in JSON: the act, its text as it now stands, and
// what became of it.
type Entry struct {
	Event
	// Kind is the act's name; its values are in Act.
	Kind string         `json:"kind"`
	Act  map[string]any `json:"act,omitempty"`
	// Text is the text as it now stands. Original is there once it was amended.
	Text       string      `json:"text,omitempty"`
	Removed    bool        `json:"text_removed,omitempty"`
	Original   *Wording    `json:"original,omitempty"`
	Amendments []Amendment `json:"amendments,omitempty"`
	Struck     *Stroke     `json:"struck,omitempty"`
	Starred    bool        `json:"starred,omitempty"`
	Undone     bool        `json:"undone,omitempty"`
	Undoes     string      `json:"undoes,omitempty"`
	Redoes     string      `json:"redoes,omitempty"`
	// Replaces are the references of what the act replaced.
	Replaces []string `json:"replaces,omitempty"`
	// Said is how a person gave the time.
	Said *Said `json:"time_said,omitempty"`
}

// Wording is a text and the time it was said to be about.
type Wording struct {
	Text     string `json:"text"`
	Happened Stamp  `json:"happened_at"`
}

// Amendment is another text for an entry.
type Amendment struct {
	Event
	Text string `json:"text"`
}

// Stroke is who struck an entry, and why.
type Stroke struct {
	Event
	Reason string `json:"reason,omitempty"`
}

// Said is how a person gave a time.
type Said struct {
	Precision string `json:"precision"`
	Zone      string `json:"zone,omitempty"`
	// Offset is minutes east of UTC.
	Offset int16 `json:"offset_minutes"`
}

// Log is the incident's log in its own order, cause first.
func Log(v *model.View, o Options) []Entry {
	j := jsonOf{o}
	out := make([]Entry, 0, len(v.Lines))
	for _, l := range v.Lines {
		out = append(out, j.entry(l))
	}
	return out
}

// Line is one line of the log.
func Line(l *model.Line, o Options) Entry { return jsonOf{o}.entry(l) }

func (j jsonOf) entry(l *model.Line) Entry {
	r, c := l.Rec, l.Rec.Common()
	e := Entry{Event: j.event(r), Text: l.Text, Removed: r.Removed, Starred: l.Star, Undone: l.Undone}
	e.Happened = Stamp(l.At)
	e.Kind, e.Act = j.act(r)
	if len(l.Amends) > 0 {
		e.Original = &Wording{r.Text, Stamp(r.HappenedAt())}
		for _, a := range l.Amends {
			e.Amendments = append(e.Amendments, Amendment{j.event(a), a.Text})
		}
	}
	if s := l.Struck; s != nil {
		e.Struck = &Stroke{j.event(s), s.Text}
	}
	if !c.Undoes.IsZero() {
		e.Undoes = c.Undoes.String()
	}
	if !c.Redoes.IsZero() {
		e.Redoes = c.Redoes.String()
	}
	for _, p := range c.Pred {
		e.Replaces = append(e.Replaces, p.String())
	}
	if c.Happened != 0 {
		e.Said = &Said{Precision: "second", Zone: c.Said.Zone, Offset: c.Said.Offset}
		if c.Said.Precision == model.ToMinute {
			e.Said.Precision = "minute"
		}
	}
	return e
}

// act names an act and its values, but for its text.
func (j jsonOf) act(r *model.Record) (string, map[string]any) {
	switch b := r.Body.(type) {
	case *model.IncidentOpen:
		return "incident.open", map[string]any{"kind": kindWord(b.Type), "source": string(b.Source)}
	case *model.TitleSet:
		return "title.set", nil
	case *model.SeveritySet:
		return "severity.set", map[string]any{"severity": severityWord(b.Level)}
	case *model.StatusSet:
		return "status.set", map[string]any{"status": string(b.Status)}
	case *model.AnswerSet:
		a := j.answerOf(b.Question, r)
		a.Event = nil // the line's own
		return "answer.set", map[string]any{"answer": a}
	case *model.RoleAssign:
		return "role.assign", map[string]any{"role": string(b.Role), "person": j.person(b.Person)}
	case *model.RoleRelease:
		return "role.release", map[string]any{"role": string(b.Role), "person": j.person(b.Person)}
	case *model.EntryAdd:
		return entryAct(b)
	case *model.LinkAdd:
		return "link.add", map[string]any{"kind": string(b.Link)}
	case *model.LinkRemove:
		return "link.remove", nil
	case *model.TopicPin:
		return "topic.pin", map[string]any{"pinned": b.Pinned}
	case *model.MomentSet:
		act := map[string]any{"moment": string(b.Moment), "cleared": b.Clear}
		if !b.Clear {
			act["at"] = Stamp(b.At)
		}
		return "moment.set", act
	case *model.AlertState:
		return "alert.state", alertAct(b)
	case *model.IncidentRestrict:
		people := []Person{}
		for _, id := range b.People {
			people = append(people, j.person(id))
		}
		return "incident.restrict", map[string]any{"on": b.On, "people": people}
	case *model.TextRemove:
		return "text.remove", map[string]any{"of": b.Target.String()}
	case *model.PhaseMark:
		return "phase.mark", map[string]any{"phase": string(b.Phase), "done": b.Done}
	}
	if name, values, ok := deskAct(r); ok {
		return name, values
	}
	if name, act := j.workAct(r); name != "" {
		return name, act
	}
	if name, act := j.pageAct(r); name != "" {
		return name, act
	}
	return fmt.Sprintf("unknown.%d", r.Body.Kind()), nil
}

func entryAct(b *model.EntryAdd) (string, map[string]any) {
	if b.Form == model.CommandOutput && b.Run != nil {
		return "entry.command", map[string]any{"exit": b.Run.Exit, "ms": b.Run.Millis, "lines": b.Run.Lines}
	}
	return "entry.add", nil
}

func alertAct(b *model.AlertState) map[string]any {
	act := map[string]any{"group": b.Group.String(), "fingerprint": b.Fingerprint, "firing": b.State == model.Firing}
	if b.Starts > 0 {
		act["starts_at"] = nanos(b.Starts)
	}
	if b.Ends > 0 {
		act["ends_at"] = nanos(b.Ends)
	}
	if b.Suggested != model.Unset {
		act["suggested_severity"] = b.Suggested.String()
	}
	return act
}

// Row is a line of the list of incidents in JSON.
type Row struct {
	ID       string  `json:"id"`
	Key      string  `json:"key"`
	Title    string  `json:"title"`
	Kind     string  `json:"kind"`
	Severity string  `json:"severity,omitempty"`
	Status   string  `json:"status"`
	Opened   Stamp   `json:"opened_at,omitzero"`
	Over     Stamp   `json:"over_at,omitzero"`
	Changed  Stamp   `json:"changed_at,omitzero"`
	Due      Stamp   `json:"update_due_at,omitzero"`
	Manager  *Person `json:"manager,omitempty"`
	Firing   int     `json:"alerts_firing"`
	Lines    int     `json:"log_lines"`
	Conflict bool    `json:"conflict,omitempty"`
}

// RowOf is an incident's line in the list.
func RowOf(s model.Summary, o Options) Row {
	r := Row{
		ID: s.ID.String(), Key: model.KeyPrefix + o.Key(s.ID), Title: s.Title, Kind: kindWord(s.Kind),
		Severity: severityWord(s.Severity), Status: string(s.Status), Opened: Stamp(s.Opened), Over: Stamp(s.Over),
		Changed: Stamp(s.Changed), Due: Stamp(s.Due), Firing: s.Firing, Lines: s.Lines, Conflict: s.Conflict,
	}
	if !s.Manager.IsZero() {
		who := jsonOf{o}.person(s.Manager)
		r.Manager = &who
	}
	return r
}
