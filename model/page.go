package model

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// PageResult is what became of a page.
type PageResult uint8

// The results. 6 is kept.
const (
	// PageSent: a transport took it.
	PageSent PageResult = 1
	// PageDelivered: it reached the person's device.
	PageDelivered PageResult = 2
	// PageAcknowledged: the person says that they come.
	PageAcknowledged PageResult = 3
	// PageFailed: no transport took it.
	PageFailed PageResult = 4
	// PageTimedOut: nobody answered in the time that the policy gives.
	PageTimedOut PageResult = 5
	// PageReached: somebody spoke with the person.
	PageReached PageResult = 7
	// PageNoAnswer: somebody tried to, and could not.
	PageNoAnswer PageResult = 8
	// PageStopped: somebody ended the paging.
	PageStopped PageResult = 9
)

var pageResults = map[PageResult]string{
	PageSent: "sent", PageDelivered: "delivered", PageAcknowledged: "acknowledged", PageFailed: "failed", PageTimedOut: "timed-out",
	PageReached: "reached", PageNoAnswer: "no-answer", PageStopped: "stopped",
}

// String is the result as it is typed and exported; "" for an unknown one.
func (r PageResult) String() string { return pageResults[r] }

// Phrase is the result's name.
func (r PageResult) Phrase() Phrase {
	if s := r.String(); s != "" {
		return Say("page." + s)
	}
	return Say("page.other")
}

// RecordedResults lists what a person, or a transport that hears of it later, may say of
// a page.
func RecordedResults() []PageResult {
	return []PageResult{PageReached, PageNoAnswer, PageDelivered, PageFailed}
}

// ParsePageResult reads one of RecordedResults. It refuses with CodePageResult.
func ParsePageResult(typed string) (PageResult, error) {
	for _, r := range RecordedResults() {
		if trimWord(typed) == r.String() {
			return r, nil
		}
	}
	return 0, Refuse(CodePageResult, "Result", cutText(typed, 40))
}

// The bodies of pages. Field numbers are for ever.
type (
	// PageSend asks a person to come. Its text is what the page says.
	PageSend struct {
		Common
		// Person is who is paged; zero when nobody could be found, which is said too.
		Person PersonID `cbor:"16,keyasint,omitzero"`
		// Policy is the policy's name, "" for a page of its own; Round and Step are
		// where of it this is, from 0.
		Policy string `cbor:"17,keyasint,omitzero"`
		Round  uint8  `cbor:"18,keyasint,omitzero"`
		Step   uint8  `cbor:"19,keyasint,omitzero"`
		// Key is the same wherever this page is sent from: a transport that has seen
		// it pages nobody again.
		Key Nonce `cbor:"20,keyasint"`
		// Chain is the same in all pages of one escalation.
		Chain Nonce `cbor:"21,keyasint"`
		// Wait is how many seconds the person has to answer.
		Wait uint32 `cbor:"22,keyasint"`
		// By is how the person was found, as a policy says it: "rota payments".
		By string `cbor:"23,keyasint,omitzero"`
		// Last says that no step follows.
		Last bool `cbor:"24,keyasint,omitzero"`
	}

	// PageState says what became of a page. Its text is what the transport said, or
	// what a person has to say of it.
	PageState struct {
		Common
		Page   Ref        `cbor:"16,keyasint"`
		Result PageResult `cbor:"17,keyasint"`
	}

	// PageLease says that the room which wrote it is at a page.
	PageLease struct {
		Common
		Page Ref `cbor:"16,keyasint"`
		// Until is when the room will have renewed it, in ms since 1970 by its clock.
		Until int64 `cbor:"17,keyasint"`
	}
)

func (*PageSend) Kind() Kind  { return KindPageSend }
func (*PageState) Kind() Kind { return KindPageState }
func (*PageLease) Kind() Kind { return KindPageLease }

// newPageBody is newBody for how people are reached; nil for another kind.
func newPageBody(k Kind) Body {
	switch k {
	case KindContactSet:
		return &ContactSet{}
	case KindRotaSet:
		return &RotaSet{}
	case KindPageSend:
		return &PageSend{}
	case KindPageState:
		return &PageState{}
	case KindPageLease:
		return &PageLease{}
	}
	return nil
}

// String is the nonce in hexadecimal: the form in which a page's key is shown.
func (n Nonce) String() string { return hex.EncodeToString(n[:]) }

// NewPageKey is the idempotency key of a page: the same in every room that takes the
// step, so that what two of them send is one page.
func NewPageKey(chain Nonce, round, step uint8, person PersonID, by string) Nonce {
	h := derive("warroom page v1", chain[:], []byte{round, step}, person[:], []byte(by))
	return Nonce(h[:len(Nonce{})])
}

// Limits of pages.
const (
	// MaxPaged is how many people one step pages.
	MaxPaged = 64
	// MaxPageText bounds what a page says, MaxPageSaid what is kept of what a
	// transport said, in bytes.
	MaxPageText = 500
	MaxPageSaid = 2000
	// DefaultWait is how long a page waits for an answer that no policy sends, in
	// which MinPageWait and MaxPageWait bound it.
	DefaultWait = 5 * time.Minute
	MinPageWait = time.Second
	MaxPageWait = 24 * time.Hour
	// LeaseFor is how long a room that said nothing more is taken to be at a page.
	LeaseFor = 30 * time.Second
	// LeaseSettles is how long a room that took a page over waits whether another did
	// at the same time.
	LeaseSettles = 2 * time.Second
)

// PageTarget is somebody to page, and how they were found. The zero person is nobody:
// a rota with a hole, a role that nobody holds.
type PageTarget struct {
	Person PersonID
	By     string
}

// The commands.
type (
	// SendPage asks people to come, and begins an escalation.
	SendPage struct {
		To     []PageTarget
		Text   string
		Policy string
		Wait   time.Duration
		Last   bool
	}
	// NextPage takes the next step of an escalation, the step of which the caller has
	// found to be over. Where it was taken already there is nothing to do. Without To
	// no step follows, and the pages are noted as timed out.
	NextPage struct {
		Chain       Nonce
		After       Ref // any page of the step that is over
		To          []PageTarget
		Round, Step int
		Wait        time.Duration
		Last        bool
	}
	// AcknowledgePage says that the actor comes: to all pages for them in the
	// incident that are not answered.
	AcknowledgePage struct{}
	// RecordPage says what became of a page: of one, by the beginning of its event or
	// its key.
	RecordPage struct {
		Page   Ref
		Result PageResult
		Text   string
	}
	// StopPages ends an escalation.
	StopPages struct{ Chain Nonce }
	// LeasePage says that this room is at a page.
	LeasePage struct {
		Page  Ref
		Until time.Time
	}
)

func (c SendPage) decide(d *decision) error {
	text := oneLine(c.Text)
	if text == "" {
		if last := d.in.title.last(); last != nil {
			text = last.Text
		}
	}
	text, err := checkLineText(text, MaxPageText, CodeTextEmpty, CodeTextLong)
	if err != nil {
		return err
	}
	chain := d.Nonce()
	return d.page(chain, c.Policy, 0, 0, c.Wait, c.Last || c.Policy == "", c.To, text)
}

// page drafts the pages of a step, each person's once.
func (d *decision) page(chain Nonce, policy string, round, step int, wait time.Duration, last bool, to []PageTarget, text string) error {
	if wait == 0 {
		wait = DefaultWait
	}
	if wait < MinPageWait || wait > MaxPageWait {
		return Refuse(CodePageWait, "Wait", wait)
	}
	if len(to) == 0 {
		return Refuse(CodePageNobody)
	}
	paged := map[PersonID]bool{}
	for _, t := range to {
		if len(paged) == MaxPaged || !t.Person.IsZero() && paged[t.Person] {
			continue
		}
		if !t.Person.IsZero() {
			if err := d.known(t.Person); err != nil {
				return err
			}
			paged[t.Person] = true
		}
		b := &PageSend{
			Person: t.Person, Policy: policy, Round: uint8(round), Step: uint8(step), Chain: chain, Last: last,
			Key: NewPageKey(chain, uint8(round), uint8(step), t.Person, t.By), Wait: uint32(wait / time.Second), By: t.By,
		}
		d.add(b, text)
	}
	return nil
}

func (c NextPage) decide(d *decision) error {
	e := d.in.escalation(c.Chain)
	if e == nil {
		return Refuse(CodePageUnknown)
	}
	over := e.last()
	if e.Over() || !slices.ContainsFunc(over, func(p *Paged) bool { return p.Is(c.After) }) {
		return nil // another room took the step, or somebody answered
	}
	for _, p := range over {
		if !p.Ended() {
			d.add(&PageState{Page: p.Ref, Result: PageTimedOut}, "")
		}
	}
	if len(c.To) == 0 || c.Round < 0 || c.Round > 255 || c.Step < 0 || c.Step > 255 {
		return nil
	}
	return d.page(c.Chain, e.Policy, c.Round, c.Step, c.Wait, c.Last, c.To, e.Text)
}

func (AcknowledgePage) decide(d *decision) error {
	done := false
	for _, e := range d.in.escalations() {
		if e.Over() {
			continue
		}
		for _, p := range e.Pages {
			if p.Person == d.Actor {
				d.add(&PageState{Page: p.Ref, Result: PageAcknowledged}, "")
				done = true
				break // one answer ends the escalation
			}
		}
	}
	if !done {
		return Refuse(CodePageNone)
	}
	return nil
}

func (c RecordPage) decide(d *decision) error {
	p := d.in.paged(c.Page)
	if p == nil {
		return Refuse(CodePageUnknown)
	}
	if c.Result == PageAcknowledged || c.Result == PageTimedOut || c.Result == PageStopped || c.Result.String() == "" {
		return Refuse(CodePageResult, "Result", int(c.Result))
	}
	text := c.Text
	if !blank(text) {
		var err error
		if text, err = checkText(text); err != nil {
			return err
		}
		text = cutBytes(text, MaxPageSaid)
	} else {
		text = ""
	}
	d.add(&PageState{Page: c.Page, Result: c.Result}, text)
	return nil
}

func (c StopPages) decide(d *decision) error {
	e := d.in.escalation(c.Chain)
	if e == nil {
		return Refuse(CodePageUnknown)
	}
	if e.Over() {
		return Refuse(CodePageOver)
	}
	last := e.last()
	d.add(&PageState{Page: last[len(last)-1].Ref, Result: PageStopped}, "")
	return nil
}

func (c LeasePage) decide(d *decision) error {
	if d.in.paged(c.Page) == nil {
		return Refuse(CodePageUnknown)
	}
	d.add(&PageLease{Page: c.Page, Until: c.Until.UnixMilli()}, "")
	return nil
}

// page is what happened to a page, in words.
func (l *Line) page(b *PageSend) Phrase {
	by := ByPhrase(b.By)
	switch {
	case b.Person.IsZero():
		return Say("log.page.nobody", "By", by)
	case b.By == "", strings.HasPrefix(b.By, "person "):
		return Say("log.page", "Person", b.Person, "Text", l.Rec.Text)
	}
	return Say("log.page.by", "Person", b.Person, "By", by, "Text", l.Rec.Text)
}

func (l *Line) pageState(b *PageState) Phrase {
	p := Phrase{Key: "log.page." + b.Result.String()}
	if b.Result.String() == "" {
		return Say("log.newer")
	}
	if l.Again {
		p.Key = "log.page.again"
	}
	p.Args = map[string]any{"Person": l.Paged}
	if l.Rec.Text != "" {
		p.Key += ".text"
		p.Args["Text"] = l.Rec.Text
	}
	return p
}

// ByPhrase is how somebody was found, in words: a target as policies write it.
func ByPhrase(by string) Phrase {
	for _, kind := range []string{"person", "role", "rota"} {
		if name, ok := strings.CutPrefix(by, kind+" "); ok && name != "" {
			if kind == "role" {
				role, err := ParseRole(name)
				if err != nil {
					role = Role(name) // one of the workspace's own
				}
				return Say("page.by.role", "Name", role.Phrase())
			}
			return Say("page.by."+kind, "Name", name)
		}
	}
	if by == "everybody" {
		return Say("page.by.everybody")
	}
	return Say("page.by.person", "Name", by)
}
