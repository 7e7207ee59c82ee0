package report

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"warroom/model"
)

// Proof is the evidence in an export: enough to prove the log without the room
// that it came from.
type Proof struct {
	Workspace string   `json:"workspace"`
	Openings  []Sealed `json:"openings"`
	Events    []Sealed `json:"events"`
}

// Sealed is an event as it was signed, each part in base64. A text that was
// removed has neither salt nor text.
type Sealed struct {
	Envelope string  `json:"envelope"`
	Body     string  `json:"body"`
	Salt     string  `json:"salt,omitempty"`
	Text     *string `json:"text,omitempty"`
}

func proofOf(ev model.Evidence) *Proof {
	return &Proof{Workspace: ev.Workspace.String(), Openings: sealedAll(ev.Openings), Events: sealedAll(ev.Events)}
}

func sealedAll(events []*model.Event) []Sealed {
	out := make([]Sealed, 0, len(events))
	for _, e := range events {
		b64 := base64.StdEncoding
		s := Sealed{Envelope: b64.EncodeToString(e.Raw[:]), Body: b64.EncodeToString(e.Body)}
		if e.Text != nil {
			text := b64.EncodeToString(e.Text)
			s.Salt, s.Text = b64.EncodeToString(e.Salt[:]), &text
		}
		out = append(out, s)
	}
	return out
}

// ErrNoProof is an export without evidence in it, such as one in Markdown.
var ErrNoProof = errors.New("the export carries no proof")

// MaxExport is the largest export that is checked, in bytes: that of a hundred
// thousand entries.
const MaxExport = 256 << 20

// Checked is what the check of an export came to.
type Checked struct {
	ID    model.Scope
	Key   string
	Title string
	// Verdict is about the signed events.
	Verdict model.Verdict
	// Altered names what the export says beside its signed events and they do not
	// say: "title", "severity", "status", or the reference of a line.
	Altered []string
}

// Proved reports an export that is as it was written.
func (c Checked) Proved() bool { return c.Verdict.Proved() && len(c.Altered) == 0 }

// Check proves an export that was made elsewhere: its signed events by
// themselves, and that what it says for people is what they say. Names of people
// are not signed in an incident's log; they are taken as they stand.
//
// It gives ErrNoProof, or an error that says what cannot be read.
func Check(export []byte) (Checked, error) {
	var in Incident
	if err := json.Unmarshal(export, &in); err != nil {
		return Checked{}, fmt.Errorf("read the export: %w", err)
	}
	if in.Proof == nil {
		return Checked{}, ErrNoProof
	}
	c := Checked{Key: in.Key, Title: in.Title}
	id, err := hex.DecodeString(in.ID)
	if err != nil || len(id) != model.IDSize {
		return Checked{}, fmt.Errorf("read the export: %q is no id of an incident", in.ID)
	}
	c.ID = model.Scope(id)
	ev, err := in.Proof.evidence(&c.Verdict)
	if err != nil {
		return Checked{}, err
	}
	faults := c.Verdict.Faults
	c.Verdict = model.Verify(ev, c.ID)
	c.Verdict.Faults = append(faults, c.Verdict.Faults...)
	c.Altered = altered(in, ev, c.ID)
	return c, nil
}

// evidence reads the events. One that does not hold together is a fault of the
// verdict; one that is not even an event is an error.
func (p *Proof) evidence(v *model.Verdict) (model.Evidence, error) {
	var ev model.Evidence
	ws, err := hex.DecodeString(p.Workspace)
	if err != nil || len(ws) != model.HashSize {
		return ev, fmt.Errorf("read the proof: %q is no workspace", p.Workspace)
	}
	ev.Workspace = model.WorkspaceID(ws)
	for _, part := range []struct {
		from []Sealed
		to   *[]*model.Event
	}{{p.Openings, &ev.Openings}, {p.Events, &ev.Events}} {
		for i, s := range part.from {
			e, err := s.event()
			if err != nil {
				return ev, fmt.Errorf("read event %d of the proof: %w", i+1, err)
			}
			whole, err := model.ParseEvent(e.Raw[:], e.Body)
			if err != nil {
				v.Faults = append(v.Faults, model.Fault{Ref: e.Ref(), Wall: e.Wall, Err: err})
				continue
			}
			whole.SetText(e.Salt, e.Text)
			*part.to = append(*part.to, whole)
		}
	}
	return ev, nil
}

func (s Sealed) event() (*model.Event, error) {
	b64 := base64.StdEncoding
	raw, err := b64.DecodeString(s.Envelope)
	if err != nil {
		return nil, err
	}
	envelope, err := model.ParseEnvelope(raw)
	if err != nil {
		return nil, err
	}
	e := &model.Event{Envelope: envelope}
	copy(e.Raw[:], raw)
	if e.Body, err = b64.DecodeString(s.Body); err != nil {
		return nil, err
	}
	if s.Text == nil {
		return e, nil
	}
	salt, err := b64.DecodeString(s.Salt)
	if err != nil || len(salt) != model.IDSize {
		return nil, errors.Join(err, fmt.Errorf("a salt of %d bytes", len(salt)))
	}
	text, err := b64.DecodeString(*s.Text)
	e.SetText(model.Salt(salt), text)
	return e, err
}

// altered folds the signed events again and compares what they say with what the
// export says.
func altered(in Incident, ev model.Evidence, id model.Scope) []string {
	names := map[string]string{}
	for _, l := range in.Log {
		names[l.By.ID] = l.By.Name
	}
	fold := model.NewIncident(id)
	for _, e := range ev.Events {
		if rec, err := model.Decode(e); err == nil {
			fold.Apply(rec)
		}
	}
	v := fold.View()
	again := Options{
		Say: func(p model.Phrase) string { return p.Key }, Key: func(s model.Scope) string { return s.Key() },
		Name: func(p model.PersonID) string { return names[p.String()] }, Now: time.UnixMilli(int64(in.Exported)),
	}
	var out []string
	for what, same := range map[string]bool{
		"title":    in.Title == v.Title.Value,
		"severity": in.Severity == severityWord(v.Severity.Value),
		"status":   in.Status == string(v.Status.Value),
	} {
		if !same {
			out = append(out, what)
		}
	}
	signed := map[string]Entry{}
	for _, l := range v.Lines {
		signed[l.Rec.Ref.Hash.String()] = Line(l, again)
	}
	for _, said := range in.Log {
		if !sameEntry(said, signed[said.Hash]) {
			out = append(out, said.Ref)
		}
		delete(signed, said.Hash)
	}
	for _, missing := range signed {
		out = append(out, missing.Ref)
	}
	return out
}

// sameEntry compares two lines, but for the names of people.
func sameEntry(a, b Entry) bool {
	x, err := plain(a)
	if err != nil {
		return false
	}
	y, err := plain(b)
	return err == nil && reflect.DeepEqual(x, y)
}

// plain is a line as JSON has it, without the names of people.
func plain(e Entry) (any, error) {
	raw, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	var v any
	err = json.Unmarshal(raw, &v)
	return nameless(v), err
}

func nameless(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["id"]; ok && len(v) == 2 {
			delete(v, "name")
		}
		for _, inner := range v {
			nameless(inner)
		}
	case []any:
		for _, inner := range v {
			nameless(inner)
		}
	}
	return v
}
