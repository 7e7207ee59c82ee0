package model_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

// crew is several people with a device each in one workspace. Each knows only
// what it was told, and has a clock of its own, which may be wrong.
type crew struct {
	t      require.TestingT
	ws     model.WorkspaceID
	nonces uint64
	people []*author
	// events is everything that anybody sealed.
	events []*model.Event
}

// author is a person with a device.
type author struct {
	crew   *crew
	name   string
	person model.PersonID
	signer model.Signer
	head   model.Head
	state  *model.State
	// known is what this author holds, in the order it came.
	known []*model.Event
	held  map[model.Ref]bool
	// seen are the ends of other logs that it learned of since it last wrote.
	seen map[model.LogID]model.Ref
	now  time.Time
	// frozen is a clock that stands still.
	frozen bool
	// via is the door; the zero one is the console.
	via model.Door
}

// newCrew founds a workspace with the first name and brings the others in. All
// know each other, and nothing else.
func newCrew(t require.TestingT, names ...string) *crew {
	c := &crew{t: t}
	for i, name := range names {
		c.people = append(c.people, newAuthor(c, name, byte(i+1)))
	}
	founder := c.people[0]
	nonce := c.nonce()
	c.ws = model.NewWorkspaceID(founder.signer.Device(), nonce)
	for _, a := range c.people {
		a.signer.Workspace = c.ws
		a.state = model.NewState(c.ws.Scope())
	}
	founder.open(model.MembershipLog)
	founder.person = model.NewPersonID(founder.head.Log, nonce)
	founder.seal(model.Draft{
		Scope: c.ws.Scope(), Text: founder.name,
		Body: &model.Genesis{Founder: founder.signer.Device(), Nonce: nonce, Person: founder.person},
	})
	for _, a := range c.people {
		a.open(model.ContentLog)
	}
	for _, a := range c.people[1:] {
		founder.frozen = true // it is one act
		founder.must(model.Scope{}, model.AddDevice{Name: a.name, Access: model.Responder, Device: a.signer.Device()})
		founder.frozen, founder.now = false, founder.now.Add(time.Second)
		id, err := founder.state.People.Roster().Find(a.name)
		require.NoError(t, err)
		a.person = id
	}
	c.meet()
	return c
}

func newAuthor(c *crew, name string, seed byte) *author {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	return &author{
		crew: c, name: name, signer: model.Signer{Key: key}, now: modeltest.Start,
		held: map[model.Ref]bool{}, seen: map[model.LogID]model.Ref{},
	}
}

func (c *crew) nonce() (n model.Nonce) {
	c.nonces++
	binary.BigEndian.PutUint64(n[:], c.nonces)
	return n
}

// meet lets everybody know everything.
func (c *crew) meet() {
	for _, a := range c.people {
		a.learn(c.events...)
	}
}

// fold is the state that the events give in that order.
func (c *crew) fold(events []*model.Event) *model.State {
	s := model.NewState(c.ws.Scope())
	for _, e := range events {
		s.Apply(decode(c.t, e))
	}
	return s
}

func decode(t require.TestingT, e *model.Event) *model.Record {
	r, err := model.Decode(e)
	require.NoError(t, err)
	return r
}

func (a *author) open(kind model.LogKind) {
	nonce := a.crew.nonce()
	a.head = model.Head{Log: model.NewLogID(a.signer.Device(), nonce)}
	a.seal(model.Draft{Scope: a.crew.ws.Scope(), Body: &model.LogOpen{
		Device: a.signer.Device(), Workspace: a.crew.ws, Log: kind, Nonce: nonce, Reason: model.ReasonNew,
	}})
}

// learn takes over what others wrote.
func (a *author) learn(events ...*model.Event) {
	for _, e := range events {
		if a.held[e.Ref()] {
			continue
		}
		a.keep(e)
		if had := a.seen[e.Log]; e.Seq > had.Seq {
			a.seen[e.Log] = e.Ref()
		}
	}
}

func (a *author) keep(e *model.Event) {
	a.held[e.Ref()] = true
	a.known = append(a.known, e)
	a.state.Apply(decode(a.crew.t, e))
}

// observed takes what was seen since the last event, in a fixed order.
func (a *author) observed() []model.Ref {
	var obs []model.Ref
	for _, o := range a.crew.people {
		if ref, ok := a.seen[o.head.Log]; ok { // another line of its own log too
			obs = append(obs, ref)
		}
	}
	clear(a.seen)
	return obs
}

func (a *author) seal(d model.Draft) *model.Event {
	model.CommonOf(d.Body).Obs = a.observed()
	if in := a.state.Incidents[d.Scope]; in != nil {
		d.PrevInScope = in.LastIn(a.head.Log)
	}
	e, rec, head, err := model.SealRecord(a.signer, a.head, d, a.now.UnixMilli(), model.Salt(a.crew.nonce()))
	require.NoError(a.crew.t, err)
	require.Equal(a.crew.t, decode(a.crew.t, e), rec, "whoever sealed it folds what others read")
	a.wrote(e, head)
	return e
}

// sealRaw signs body bytes that this binary would not write.
func (a *author) sealRaw(kind model.Kind, scope model.Scope, body []byte) *model.Event {
	e, head := model.SealRaw(a.signer, a.head, kind, scope, body, a.now.UnixMilli())
	a.wrote(e, head)
	return e
}

func (a *author) wrote(e *model.Event, head model.Head) {
	a.head = head
	a.crew.events = append(a.crew.events, e)
	a.keep(e)
	if !a.frozen {
		a.now = a.now.Add(time.Second)
	}
}

// do decides a command on what the author knows, and seals it.
func (a *author) do(incident model.Scope, cmd model.Command) ([]*model.Event, error) {
	var in *model.Incident
	if !incident.IsZero() {
		in = a.state.Incidents[incident]
		if in == nil {
			return nil, model.Refuse(model.CodeIncidentUnknown)
		}
	}
	via := a.via
	if via == "" {
		via = model.DoorConsole
	}
	drafts, err := model.Decide(model.Act{
		Now: a.now, Actor: a.person, Via: via, Workspace: a.crew.ws.Scope(),
		Log: a.head.Log, Nonce: a.crew.nonce, Device: a.signer.Device(), Tips: a.tips,
	}, a.state.People, in, cmd)
	if err != nil {
		return nil, err
	}
	var out []*model.Event
	for _, d := range drafts {
		out = append(out, a.seal(d))
	}
	return out, nil
}

// tips are the ends of the logs of a device, as far as the author knows.
func (a *author) tips(key model.DeviceKey) []model.Ref {
	ends := map[model.LogID]model.Ref{}
	var logs []model.LogID
	for _, e := range a.known {
		if by, ok := a.state.People.Roster().Author(e.Log); ok && by == key {
			if ends[e.Log].Seq == 0 {
				logs = append(logs, e.Log)
			}
			if e.Seq > ends[e.Log].Seq {
				ends[e.Log] = e.Ref()
			}
		}
	}
	var out []model.Ref
	for _, log := range logs {
		out = append(out, ends[log])
	}
	return out
}

// must does a command that has to succeed, and gives its last event.
func (a *author) must(incident model.Scope, cmd model.Command) *model.Event {
	events, err := a.do(incident, cmd)
	require.NoError(a.crew.t, err)
	require.NotEmpty(a.crew.t, events)
	return events[len(events)-1]
}

// begin opens an incident that everybody knows.
func (c *crew) begin() model.Scope {
	e := c.people[0].must(model.Scope{}, model.OpenIncident{Title: "Checkout fails", Source: model.ByTicket})
	c.meet()
	return e.Scope
}

func (a *author) view(incident model.Scope) *model.View { return a.state.Incidents[incident].View() }
