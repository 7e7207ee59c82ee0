package model

import (
	"encoding/json"
	"slices"
	"strings"
)

// Held is a register as it stands: the value to show, who wrote it, and the
// values of concurrent writes that nobody has settled.
type Held[T any] struct {
	Value T
	// By is the write; nil while nobody wrote.
	By     *Record
	Others []Other[T]
}

// Other is a concurrent value beside the one that is shown.
type Other[T any] struct {
	Value T
	By    *Record
}

// Conflict reports that two people set it at once, and nobody has settled it.
func (h Held[T]) Conflict() bool { return len(h.Others) > 0 }

func held[T comparable](g *register, value func(*Record) T) Held[T] {
	var h Held[T]
	if g == nil {
		return h
	}
	standing := g.standing()
	if len(standing) == 0 {
		return h
	}
	n := len(standing) - 1
	h.By, h.Value = standing[n], value(standing[n])
	for _, w := range standing[:n] {
		if v := value(w); v != h.Value { // two who agree are no conflict
			h.Others = append(h.Others, Other[T]{v, w})
		}
	}
	return h
}

// Answered is a line of the checklist as it stands.
type Answered struct {
	Card   QuestionCard
	Answer Answer
	Text   string
	By     *Record // nil while unanswered
	Others []*Record
	// Earlier are the answers before this one, oldest first.
	Earlier []*Record
}

// Done reports an answer.
func (a Answered) Done() bool { return a.By != nil && !a.Answer.Cleared }

// Holding is a line of the roster. Of an own role that somebody holds, Card.Many is as
// it was last given.
type Holding struct {
	Card    RoleCard
	Holders []Holder
}

// Holder is one who holds a role.
type Holder struct {
	Person PersonID
	By     *Record
}

// Conflict reports two holders of a role that one person holds.
func (h Holding) Conflict() bool { return !h.Card.Many && len(h.Holders) > 1 }

// Link is a link on the incident.
type Link struct {
	Ref   Ref
	Kind  LinkKind
	URL   string
	Label string
	By    *Record
}

// AttachedAlert is an alert as it last was.
type AttachedAlert struct {
	Group       Hash
	Fingerprint string
	Firing      bool
	Starts      int64 // ns since 1970
	Ends        int64
	Name        string
	Summary     string
	// Suggested is the severity that its labels speak for; Unset if none.
	Suggested Level
	By        *Record
}

// Update is an update that was given.
type Update struct {
	Audience Audience
	State    UpdateState
	Text     string
	At       int64
	By       *Record
	// How is how it went out, Draft what it was made of, if anything.
	How   Handing
	Draft Ref
	// Drafts are the drafts that led to it, the oldest first; Approved is the approval of
	// the last of them, nil for none.
	Drafts   []*Record
	Approved *Record
	// Corrects is the earlier update that it corrects, Corrected the later one that
	// corrects it; zero for none.
	Corrects, Corrected Ref
}

// Related is another incident that this one stands to.
type Related struct {
	Other    Scope
	Relation Relation
}

// View is an incident as it stands, for reading: nothing in it changes, and any
// number of readers may hold it.
type View struct {
	ID       Scope
	Opened   *Record // nil while the opening has not arrived
	Kind     IncidentKind
	Source   Source
	Title    Held[string]
	Severity Held[Level]
	Status   Held[Status]
	// Restricted reports that only those in Named, by id, may see it.
	Restricted bool
	Named      []PersonID
	// Restricts are the writes that say who may see it, when people set it
	// differently at once and nobody has settled it.
	Restricts []*Record
	// Topic is the pinned topic line; empty while it is composed.
	Topic   Held[string]
	Answers []Answered
	Roles   []Holding
	Links   []Link
	Alerts  []AttachedAlert
	Updates []Update
	// Drafts is what is being written for each audience.
	Drafts map[Audience]Desk
	// Waived are the audiences of which a person said that they need no last update, or
	// took that back; see Untold for what counts.
	Waived  map[Audience]Held[bool]
	Related []Related
	// What people hand each other, in the order in which it was added.
	Handovers  []Handover
	Tasks      []Task
	Decisions  []Decision
	Hypotheses []Hypothesis
	FollowUps  []FollowUp
	// Shifts are those of the people who hold a role.
	Shifts []Shift
	// Pages are the escalations, in the order of their beginning.
	Pages   []*Escalation
	Moments map[Moment]Time
	Marks   map[PhaseID]Held[bool]
	Spans   []Span
	Lines   []*Line
	// Earlier is how many lines stand before Lines and are not loaded; 0 when
	// Lines is the whole log.
	Earlier int
	// From is the place of the first of Lines; zero when they are the whole log.
	From     Position
	Newer    int
	Suggests Suggestion

	changed  int64   // when the last act was recorded, ms since 1970
	reopened *Record // by which work last went on again, nil for never
}

// View gives the incident as it stands. Two calls without an Apply between give
// the same view.
func (in *Incident) View() *View {
	if in.view != nil {
		return in.view
	}
	v := in.outline()
	hidden := in.hidden()
	v.Earlier, v.From = in.earlier+hidden, in.from
	v.Lines = make([]*Line, len(in.order)-hidden)
	for i, s := range in.order[hidden:] {
		v.Lines[i] = in.line(s)
	}
	in.view = v
	return v
}

// outline is the view without its lines, which are only counted.
func (in *Incident) outline() *View {
	in.sort()
	v := &View{ID: in.id, Newer: in.newer, changed: in.changed, Opened: in.opened(), Marks: map[PhaseID]Held[bool]{}}
	if v.Opened != nil {
		open := v.Opened.Body.(*IncidentOpen)
		v.Kind, v.Source = open.Type, open.Source
	}
	v.Title = held(&in.title, func(r *Record) string { return r.Text })
	v.Severity = held(&in.severity, levelOf)
	v.Status = held(&in.status, statusOf)
	r := in.restriction()
	v.Restricted, v.Named, v.Restricts = r.on, r.named, r.differ
	v.Topic = held(&in.topic, func(r *Record) string { return r.Text })
	v.Answers = in.viewAnswers()
	v.Roles = in.viewRoles()
	v.Links = in.viewLinks()
	v.Alerts = in.viewAlerts()
	v.Updates, v.Drafts = in.viewUpdates(), in.viewDrafts()
	v.Related = in.viewRelated()
	v.Handovers, v.Tasks = in.viewHandovers(), in.viewTasks()
	v.Decisions, v.Hypotheses, v.FollowUps = in.viewDecisions(), in.viewHypotheses(), in.viewFollowUps()
	v.Shifts = in.viewShifts(v.Roles)
	v.Pages = in.escalations()
	for ph, g := range in.phases {
		v.Marks[ph] = held(g, func(r *Record) bool { return r.Body.(*PhaseMark).Done })
	}
	answers := map[Question]Answer{}
	for _, a := range v.Answers {
		if a.Done() {
			answers[a.Card.Question] = a.Answer
		}
	}
	v.Waived = map[Audience]Held[bool]{}
	for a, g := range in.waived {
		v.Waived[a] = held(g, func(r *Record) bool { return !r.Body.(*UpdateWaive).Off })
	}
	v.reopened = in.reopening()
	v.Suggests = Suggest(answers).withAlerts(v.Alerts)
	v.Moments = in.viewMoments(v)
	v.Spans = in.spans()
	v.Earlier = in.Total()
	return v
}

// Total is how many lines the log has, those that are not loaded among them.
func (v *View) Total() int { return v.Earlier + len(v.Lines) }

func levelOf(r *Record) Level { return r.Body.(*SeveritySet).Level }

// statusOf is the status that a write sets. A reopened incident reads as open.
func statusOf(r *Record) Status {
	if b, ok := r.Body.(*StatusSet); ok && b.Status != Reopened {
		return b.Status
	}
	return Open
}

func (in *Incident) viewAnswers() []Answered {
	var out []Answered
	for _, card := range Checklist() {
		a := Answered{Card: card}
		if g := in.answers[card.Question]; g != nil {
			standing := g.standing()
			n := len(standing) - 1
			a.By = standing[n]
			a.Answer, a.Text = a.By.Body.(*AnswerSet).Answer, a.By.Text
			for _, w := range standing[:n] {
				if !w.Body.(*AnswerSet).Answer.Equal(a.Answer) || w.Text != a.Text {
					a.Others = append(a.Others, w)
				}
			}
			for _, w := range g.history() {
				if !slices.Contains(standing, w) {
					a.Earlier = append(a.Earlier, w)
				}
			}
		}
		out = append(out, a)
	}
	return out
}

func (in *Incident) viewRoles() []Holding {
	var out []Holding
	seen := map[Role]bool{}
	add := func(card RoleCard) {
		seen[card.Role] = true
		out = append(out, Holding{Card: card, Holders: in.holders(card.Role)})
	}
	for _, card := range in.book.Offered() {
		add(card)
	}
	// Then those that are held and not offered: retired, or of a card that has not
	// arrived.
	var more []Role
	for role := range in.roles {
		if !seen[role] && len(in.holders(role)) > 0 {
			more = append(more, role)
		}
	}
	slices.Sort(more)
	for _, role := range more {
		card, _ := in.book.Card(role)
		add(card)
	}
	for i := range out {
		if h := &out[i]; h.Card.Own && len(h.Holders) > 0 {
			h.Card.Many = !in.single(h.Card.Role)
		}
	}
	return out
}

// holders lists who holds the role, each once, in the order they came to it.
func (in *Incident) holders(role Role) []Holder {
	g := in.roles[role]
	if g == nil {
		return nil
	}
	var out []Holder
	for _, w := range g.standing() {
		b, ok := w.Body.(*RoleAssign)
		if ok && !slices.ContainsFunc(out, func(h Holder) bool { return h.Person == b.Person }) {
			out = append(out, Holder{b.Person, w})
		}
	}
	return out
}

func (in *Incident) viewLinks() []Link {
	var out []Link
	for _, w := range in.links.standing() {
		if b, ok := w.Body.(*LinkAdd); ok {
			address, label := splitLink(w.Text)
			out = append(out, Link{Ref: w.Ref, Kind: b.Link, URL: address, Label: label, By: w})
		}
	}
	return out
}

// lastAlert is the state that counts of several that one alert was said to be
// in: the latest start; of one start, resolved beats firing.
func lastAlert(rs []*Record) *Record {
	return slices.MaxFunc(rs, func(a, b *Record) int {
		x, y := a.Body.(*AlertState), b.Body.(*AlertState)
		switch {
		case x.Starts != y.Starts:
			return compareInt(x.Starts, y.Starts)
		case x.State != y.State:
			return compareInt(int64(x.State), int64(y.State))
		}
		return compareRecords(a, b)
	})
}

func compareInt(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (in *Incident) viewAlerts() []AttachedAlert {
	var out []AttachedAlert
	for key, rs := range in.alerts {
		r := lastAlert(rs)
		b := r.Body.(*AlertState)
		a := AttachedAlert{Group: key.group, Fingerprint: key.fingerprint, Firing: b.State == Firing, Starts: b.Starts, Ends: b.Ends, Suggested: b.Suggested, By: r}
		a.Name, a.Summary = AlertWords(r.Text)
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b AttachedAlert) int {
		if c := compareInt(a.Starts, b.Starts); c != 0 {
			return c
		}
		if c := strings.Compare(string(a.Group[:]), string(b.Group[:])); c != 0 {
			return c
		}
		return strings.Compare(a.Fingerprint, b.Fingerprint)
	})
	return out
}

// AlertWords reads an alert's name and summary out of its text.
func AlertWords(text string) (name, summary string) {
	var a struct {
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	}
	if json.Unmarshal([]byte(text), &a) != nil {
		return "", ""
	}
	name, summary = a.Labels["alertname"], a.Annotations["summary"]
	if summary == "" {
		summary = a.Annotations["description"]
	}
	return name, summary
}

func (in *Incident) viewUpdates() []Update {
	rs := slices.Clone(in.updates)
	slices.SortFunc(rs, compareRecords)
	var out []Update
	for _, r := range rs {
		if in.undone[r.Ref] {
			continue
		}
		b := r.Body.(*UpdatePost)
		out = append(out, Update{
			Audience: b.Audience, State: b.State, Text: r.Text, At: r.HappenedAt(), By: r, How: b.How, Draft: b.Draft, Corrects: b.Corrects,
			Drafts: in.draftsTo(b.Draft), Approved: in.approval(b.Draft),
		})
	}
	for _, u := range out {
		if i := slices.IndexFunc(out, func(w Update) bool { return w.By.Ref == u.Corrects }); i >= 0 {
			out[i].Corrected = u.By.Ref
		}
	}
	return out
}
