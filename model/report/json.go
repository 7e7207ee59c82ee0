package report

import (
	"encoding/json"
	"time"

	"warroom/model"
)

// Schema names the form of the JSON. Fields may be added under it; a field that
// changes its meaning makes another.
const Schema = "warroom.incident/1"

// Stamp is a time in ms since 1970; in JSON it is RFC 3339 in UTC with
// milliseconds. The zero Stamp is left out.
type Stamp int64

// MarshalJSON writes the time.
func (s Stamp) MarshalJSON() ([]byte, error) {
	return []byte(time.UnixMilli(int64(s)).UTC().Format(`"2006-01-02T15:04:05.000Z07:00"`)), nil
}

// UnmarshalJSON reads the time.
func (s *Stamp) UnmarshalJSON(raw []byte) error {
	t, err := time.Parse(`"`+time.RFC3339Nano+`"`, string(raw))
	if err != nil {
		return err
	}
	*s = Stamp(t.UnixMilli())
	return nil
}

func nanos(ns int64) Stamp { return Stamp(ns / int64(time.Millisecond)) }

// The JSON of an incident. Names are for ever; texts are as they were written.
type (
	// Incident is an incident as it stands, with its log where it is asked for.
	Incident struct {
		Schema   string `json:"schema"`
		Exported Stamp  `json:"exported_at"`
		ID       string `json:"id"`
		Key      string `json:"key"`
		Title    string `json:"title"`
		Kind     string `json:"kind"`
		Source   string `json:"source"`
		Severity string `json:"severity,omitempty"`
		Status   string `json:"status"`
		Topic    string `json:"topic"`
		Pinned   bool   `json:"topic_pinned"`
		// Named are those who alone may see it; nobody where all members may.
		Named    []string   `json:"restricted_to,omitempty"`
		Conflict []Conflict `json:"conflicts,omitempty"`
		Roles    []Holder   `json:"roles"`
		Impact   []Answer   `json:"impact"`
		Suggests *Suggested `json:"suggestion,omitempty"`
		Links    []Link     `json:"links"`
		Alerts   []Alert    `json:"alerts"`
		Updates  []Update   `json:"updates"`
		Drafts   []Drafted  `json:"drafts,omitempty"`
		Related  []Related  `json:"related,omitempty"`
		Work
		Pages   []Page   `json:"pages,omitempty"`
		Moments []Moment `json:"moments"`
		Figures []Figure `json:"figures"`
		Spans   []Span   `json:"severity_spans"`
		Phases  []Phase  `json:"phases"`
		Next    string   `json:"next,omitempty"`
		// Untold are the audiences that are still to hear that it is over.
		Untold []string `json:"last_updates_awaited,omitempty"`
		Newer  int      `json:"newer_events,omitempty"`
		Log    []Entry  `json:"log,omitempty"`
		Proof  *Proof   `json:"proof,omitempty"`
	}
	// Person is who did or holds something.
	Person struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	// Event is what a value comes from: who did it, when, and where it is logged.
	Event struct {
		Ref      string `json:"ref"`
		Log      string `json:"log"`
		Seq      uint64 `json:"seq"`
		Hash     string `json:"hash"`
		By       Person `json:"by"`
		Via      string `json:"via"`
		Happened Stamp  `json:"happened_at"`
		Recorded Stamp  `json:"recorded_at"`
	}
	// Conflict is a value beside the one that is shown, which nobody settled.
	Conflict struct {
		What  string `json:"what"`
		Value string `json:"value"`
		Event Event  `json:"event"`
	}
	// Holder is one who holds a role.
	Holder struct {
		Role   string `json:"role"`
		Name   string `json:"name,omitempty"` // of a role of the team's own
		Person Person `json:"person"`
		Event  Event  `json:"event"`
	}
	// Answer is a line of the checklist; without an event it is unanswered.
	Answer struct {
		Question string   `json:"question"`
		Answered bool     `json:"answered"`
		Choices  []string `json:"choices,omitempty"`
		Count    *int64   `json:"count,omitempty"`
		Time     Stamp    `json:"time,omitzero"`
		Text     string   `json:"text,omitempty"`
		Event    *Event   `json:"event,omitempty"`
		// Until is when another answer took the place of an earlier one. What was undone
		// has none.
		Until   Stamp    `json:"stood_until,omitzero"`
		Earlier []Answer `json:"earlier,omitempty"`
	}
	// Suggested is the severity that the answers speak for.
	Suggested struct {
		Severity string   `json:"severity"`
		Why      []string `json:"why"`
	}
	// Link is a link on the incident.
	Link struct {
		Kind  string `json:"kind"`
		URL   string `json:"url"`
		Label string `json:"label,omitempty"`
		Event Event  `json:"event"`
	}
	// Alert is an alert as it last was.
	Alert struct {
		Group       string          `json:"group"`
		Fingerprint string          `json:"fingerprint"`
		Firing      bool            `json:"firing"`
		Starts      Stamp           `json:"starts_at,omitzero"`
		Ends        Stamp           `json:"ends_at,omitzero"`
		Suggested   string          `json:"suggested_severity,omitempty"`
		Content     json.RawMessage `json:"content,omitempty"`
		Event       Event           `json:"event"`
	}
	// Update is an update that was given.
	Update struct {
		Audience string `json:"audience"`
		State    string `json:"state"`
		Text     string `json:"text"`
		Event    Event  `json:"event"`
		// How is how it went out: "command", "file", or left out for by hand. Corrects and
		// Corrected are the references of the updates before and after it.
		How       string    `json:"how,omitempty"`
		Drafts    []Drafted `json:"drafts,omitempty"`
		Approved  *Event    `json:"approved,omitempty"`
		Corrects  string    `json:"corrects,omitempty"`
		Corrected string    `json:"corrected,omitempty"`
	}
	// Related is another incident that this one stands to.
	Related struct {
		Relation string `json:"relation"`
		ID       string `json:"id"`
		Key      string `json:"key"`
	}
	// Moment is a point in the incident's life.
	Moment struct {
		Moment    string  `json:"moment"`
		At        Stamp   `json:"at"`
		Corrected bool    `json:"corrected,omitempty"`
		Derived   Stamp   `json:"before_correction,omitzero"`
		Others    []Stamp `json:"others,omitempty"`
	}
	// Figure is a duration between two moments.
	Figure struct {
		Figure string `json:"figure"`
		From   string `json:"from"`
		To     string `json:"to"`
		Millis int64  `json:"ms"`
	}
	// Span is a stretch of time at one severity; without an end it lasts.
	Span struct {
		Severity string `json:"severity"`
		From     Stamp  `json:"from"`
		To       Stamp  `json:"to,omitzero"`
	}
	// Phase is how far a phase is.
	Phase struct {
		Phase string `json:"phase"`
		State string `json:"state"`
	}
)

// JSON writes the whole incident, its log included.
func JSON(v *model.View, o Options) ([]byte, error) {
	in := Of(v, o)
	in.Log = Log(v, o)
	if o.Evidence != nil {
		in.Proof = proofOf(*o.Evidence)
	}
	return json.MarshalIndent(in, "", "  ")
}

// Of is the incident without its log.
func Of(v *model.View, o Options) Incident {
	j := jsonOf{o}
	now := o.Now.UnixMilli()
	in := Incident{
		Schema: Schema, Exported: Stamp(now), ID: v.ID.String(), Key: model.KeyPrefix + o.Key(v.ID),
		Title: v.Title.Value, Kind: kindWord(v.Kind), Source: string(v.Source), Severity: severityWord(v.Severity.Value),
		Status: string(v.Status.Value), Pinned: v.Topic.Value != "", Newer: v.Newer,
		Topic: j.topic(v), Named: named(v, o), Conflict: j.conflicts(v),
		Roles: []Holder{}, Impact: []Answer{}, Links: []Link{}, Alerts: []Alert{}, Updates: []Update{},
		Moments: []Moment{}, Figures: []Figure{}, Spans: []Span{}, Phases: []Phase{},
		Next: o.Say(v.Next(now).Say), Pages: j.pages(v),
	}
	for _, a := range v.Untold() {
		in.Untold = append(in.Untold, string(a))
	}
	for _, h := range v.Roles {
		for _, who := range h.Holders {
			in.Roles = append(in.Roles, Holder{string(h.Card.Role), h.Card.Name, j.person(who.Person), j.event(who.By)})
		}
	}
	for _, a := range v.Answers {
		in.Impact = append(in.Impact, j.answer(a))
	}
	if s := v.Suggests; !s.IsZero() {
		why := make([]string, 0, len(s.Why))
		for _, w := range s.Why {
			why = append(why, w.Key)
		}
		in.Suggests = &Suggested{s.Level.String(), why}
	}
	for _, l := range v.Links {
		in.Links = append(in.Links, Link{string(l.Kind), l.URL, l.Label, j.event(l.By)})
	}
	for _, a := range v.Alerts {
		in.Alerts = append(in.Alerts, j.alert(a))
	}
	for _, u := range v.Updates {
		in.Updates = append(in.Updates, j.update(u))
	}
	if drafts := DraftsOf(v, o); len(drafts) > 0 {
		in.Drafts = drafts
	}
	for _, r := range v.Related {
		in.Related = append(in.Related, Related{string(r.Relation), r.Other.String(), model.KeyPrefix + o.Key(r.Other)})
	}
	in.Work = j.work(v)
	for _, m := range model.Moments() {
		if t, ok := v.Moments[m]; ok && t.At != 0 {
			in.Moments = append(in.Moments, moment(t))
		}
	}
	for _, f := range model.Figures() {
		if ms, ok := f.Of(v.Moments); ok {
			from, to := f.Ends()
			in.Figures = append(in.Figures, Figure{string(f), string(from), string(to), ms})
		}
	}
	for _, s := range v.Spans {
		in.Spans = append(in.Spans, Span{s.Level.String(), Stamp(s.From), Stamp(s.To)})
	}
	for _, p := range v.Phases(now) {
		in.Phases = append(in.Phases, Phase{string(p.Phase), progressWord(p.Progress)})
	}
	return in
}

// jsonOf makes the parts of an incident's JSON.
type jsonOf struct{ o Options }

func (j jsonOf) person(id model.PersonID) Person {
	if id.IsZero() {
		return Person{}
	}
	return Person{id.String(), j.o.Name(id)}
}

func (j jsonOf) event(r *model.Record) Event {
	c := r.Common()
	return Event{
		Ref: r.Ref.String(), Log: r.Ref.Log.String(), Seq: r.Ref.Seq, Hash: r.Ref.Hash.String(),
		By: j.person(c.Actor), Via: string(c.Via), Happened: Stamp(r.HappenedAt()), Recorded: Stamp(r.Wall),
	}
}

func (j jsonOf) topic(v *model.View) string {
	s := ""
	for i, p := range v.TopicLine(j.o.Key(v.ID)) {
		if i > 0 {
			s += " · "
		}
		s += j.o.Say(p)
	}
	return s
}

func (j jsonOf) conflicts(v *model.View) []Conflict {
	var out []Conflict
	for _, o := range v.Title.Others {
		out = append(out, Conflict{"title", o.Value, j.event(o.By)})
	}
	for _, o := range v.Severity.Others {
		out = append(out, Conflict{"severity", severityWord(o.Value), j.event(o.By)})
	}
	for _, o := range v.Status.Others {
		out = append(out, Conflict{"status", string(o.Value), j.event(o.By)})
	}
	for _, o := range v.Topic.Others {
		out = append(out, Conflict{"topic", o.Value, j.event(o.By)})
	}
	return out
}

func (j jsonOf) answer(a model.Answered) Answer {
	if a.By == nil {
		return Answer{Question: string(a.Card.Question)}
	}
	until := map[model.Ref]int64{}
	for _, s := range a.Stood() {
		until[s.By.Ref] = s.To
	}
	out := j.answerOf(a.Card.Question, a.By)
	for _, r := range a.Earlier {
		e := j.answerOf(a.Card.Question, r)
		e.Until = Stamp(until[r.Ref])
		out.Earlier = append(out.Earlier, e)
	}
	return out
}

func (j jsonOf) answerOf(q model.Question, r *model.Record) Answer {
	event := j.event(r)
	out := Answer{Question: string(q), Event: &event}
	b, ok := r.Body.(*model.AnswerSet)
	if !ok || b.Answer.Cleared {
		return out
	}
	out.Answered = true
	switch b.Answer.Type {
	case model.CountAnswer:
		out.Count = &b.Answer.Count
	case model.TimeAnswer:
		out.Time = Stamp(b.Answer.Time)
	case model.TextAnswer:
		out.Text = r.Text
	default:
		out.Choices = b.Answer.Choices
	}
	return out
}

func (j jsonOf) alert(a model.AttachedAlert) Alert {
	out := Alert{
		Group: a.Group.String(), Fingerprint: a.Fingerprint, Firing: a.Firing,
		Starts: nanos(a.Starts), Ends: nanos(a.Ends), Event: j.event(a.By),
	}
	if b, ok := a.By.Body.(*model.AlertState); ok {
		out.Suggested = severityWord(b.Suggested)
	}
	if json.Valid([]byte(a.By.Text)) {
		out.Content = json.RawMessage(a.By.Text)
	}
	return out
}

func moment(t model.Time) Moment {
	out := Moment{Moment: string(t.Moment), At: Stamp(t.At), Corrected: t.Corrected}
	if t.Corrected {
		out.Derived = Stamp(t.Derived)
	}
	for _, o := range t.Others {
		out.Others = append(out.Others, Stamp(o))
	}
	return out
}

func kindWord(k model.IncidentKind) string {
	if k == model.SecurityIncident {
		return "security"
	}
	return "outage"
}

// severityWord is the severity's name; empty while none is set.
func severityWord(l model.Level) string {
	if l == model.Unset {
		return ""
	}
	return l.String()
}

func progressWord(p model.Progress) string {
	switch p {
	case model.Done:
		return "done"
	case model.Active:
		return "active"
	}
	return "todo"
}
