// Package modeltest gives tests a workspace without a disk: a model.Room whose
// clock, key and nonces are fixed, so that the same acts make the same bytes.
package modeltest

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"warroom/model"
)

// Start is when a test's room begins: a quiet Thursday.
var Start = time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC)

// Room is a room in memory. Its clock moves only by Advance and, one second, by
// every command.
type Room struct {
	mu       sync.Mutex
	signer   model.Signer
	ws       model.WorkspaceID
	me       model.PersonID
	now      time.Time
	nonces   uint64
	content  model.Head
	members  model.Head
	state    *model.State
	events   []*model.Event
	records  map[model.Scope][]*model.Record
	version  uint64
	watchers []*watch
	// Warnings are shown to everybody in the room.
	Warnings []model.Phrase
	// Own are for whoever runs the room.
	Own   []model.Phrase
	peers *model.Peers
	// Part, when set, is how many events of an incident are loaded at first, as by
	// a room that keeps them in a store.
	Part   int
	loaded map[model.Scope]int
	// Pager is what Overview says of the room.
	Pager bool
	// Fail, when set, is what Do answers instead of doing anything.
	Fail error
}

// New makes a room founded by the named person, from a seed that changes every
// id in it.
func New(founder string, seed byte) *Room {
	key := ed25519.NewKeyFromSeed(slices.Repeat([]byte{seed + 1}, ed25519.SeedSize))
	r := &Room{now: Start, nonces: uint64(seed) << 32, records: map[model.Scope][]*model.Record{}, loaded: map[model.Scope]int{}}
	r.signer.Key = key
	dev := r.signer.Device()
	nonce := r.nonce()
	r.ws = model.NewWorkspaceID(dev, nonce)
	r.signer.Workspace = r.ws
	r.state = model.NewState(r.ws.Scope())
	r.openLog(model.MembershipLog, &r.members)
	r.me = model.NewPersonID(r.members.Log, nonce)
	r.seal(&r.members, model.Draft{Scope: r.ws.Scope(), Body: &model.Genesis{Founder: dev, Nonce: nonce, Person: r.me}, Text: founder})
	r.openLog(model.ContentLog, &r.content)
	return r
}

func (r *Room) openLog(kind model.LogKind, head *model.Head) {
	nonce := r.nonce()
	head.Log = model.NewLogID(r.signer.Device(), nonce)
	r.seal(head, model.Draft{Scope: r.ws.Scope(), Body: &model.LogOpen{
		Device: r.signer.Device(), Workspace: r.ws, Log: kind, Nonce: nonce, Reason: model.ReasonNew,
	}})
}

func (r *Room) nonce() (n model.Nonce) {
	r.nonces++
	binary.BigEndian.PutUint64(n[8:], r.nonces)
	return n
}

func (r *Room) seal(head *model.Head, d model.Draft) *model.Event {
	if in := r.state.Incidents[d.Scope]; in != nil {
		d.PrevInScope = in.LastIn(head.Log)
	} else if d.Scope == r.ws.Scope() {
		d.PrevInScope = r.state.People.LastIn(head.Log)
	}
	e, next, err := model.Seal(r.signer, *head, d, r.now.UnixMilli(), model.Salt(r.nonce()))
	if err != nil {
		panic(err)
	}
	*head = next
	rec, err := model.Decode(e)
	if err != nil {
		panic(err)
	}
	r.events = append(r.events, e)
	r.apply(rec)
	return e
}

func (r *Room) apply(rec *model.Record) {
	if r.state.Apply(rec) {
		r.records[rec.Scope] = append(r.records[rec.Scope], rec)
	}
}

// Me is the founder.
func (r *Room) Me() model.PersonID { return r.me }

// Actor is the founder at a console.
func (r *Room) Actor() model.Actor { return model.Actor{Person: r.me, Via: model.DoorConsole} }

// Now is the room's clock.
func (r *Room) Now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

// Advance moves the clock.
func (r *Room) Advance(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

// Events are all events so far, in the order they were sealed.
func (r *Room) Events() []*model.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

// Workspace is the workspace's id.
func (r *Room) Workspace() model.WorkspaceID { return r.ws }

// Signer is the device's signer.
func (r *Room) Signer() model.Signer { return r.signer }

// Inject applies an event that another device wrote, decoded, as a merge would.
func (r *Room) Inject(rec *model.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.apply(rec)
	r.ring()
}

// Must does a command as the founder and gives the incident; it panics on a
// refusal, for use in a test's set-up.
func (r *Room) Must(incident model.Scope, c model.Command) model.Receipt {
	got, err := r.Do(context.Background(), r.Actor(), incident, c)
	if err != nil {
		panic(err)
	}
	return got
}

// As gives the person of that name, added when nobody has it, and a responder when
// no member.
func (r *Room) As(name string) model.PersonID {
	r.Must(model.Scope{}, model.AddPerson{Name: name})
	people := r.Overview().People
	id, err := people.Find(name)
	if err != nil {
		panic(err)
	}
	if people.Access(id) == model.NoAccess {
		r.admit(id, model.Responder)
	}
	return id
}

// admit makes a person a member without the clock moving, and with a salt that is
// not asked for, so that the bytes of all that follows stay as they were.
func (r *Room) admit(id model.PersonID, a model.Access) {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.nonces
	r.seal(&r.members, model.Draft{Scope: r.ws.Scope(), Body: &model.MemberAdmit{
		Common: model.Common{Actor: r.me, Via: model.DoorConsole}, Person: id, Access: a,
	}})
	r.nonces = was
	r.ring()
}

// Do is model.Room.
func (r *Room) Do(_ context.Context, who model.Actor, incident model.Scope, c model.Command) (model.Receipt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Fail != nil {
		return model.Receipt{}, r.Fail
	}
	if a, ok := c.(model.ReceiveAlerts); ok {
		incident = a.Place(r.rows(), who.Sees())
	}
	var in *model.Incident
	if !incident.IsZero() {
		if in = r.state.Incidents[incident]; in == nil {
			return model.Receipt{}, model.Refuse(model.CodeIncidentUnknown, "Key", incident.Key())
		}
	}
	drafts, err := model.Decide(model.Act{
		Now: r.now, Actor: who.Person, Via: who.Via, Workspace: r.ws.Scope(), Log: r.content.Log, Membership: r.members.Log, Nonce: r.nonce,
	}, r.state.People, in, c)
	if err != nil {
		return model.Receipt{}, err
	}
	got := model.Receipt{Incident: incident}
	for _, d := range drafts {
		head := &r.content
		if d.Body.Kind().Log() == model.MembershipLog {
			head = &r.members
		}
		got.Refs = append(got.Refs, r.seal(head, d).Ref())
		if _, ok := d.Body.(*model.IncidentOpen); ok {
			got.Incident, got.Opened = d.Scope, true
		}
	}
	r.now = r.now.Add(time.Second)
	r.ring()
	return got, nil
}

func (r *Room) rows() []model.Summary {
	var rows []model.Summary
	for _, in := range r.state.Incidents {
		rows = append(rows, model.Summarise(in.View()))
	}
	slices.SortFunc(rows, model.CompareSummaries)
	return rows
}

// pages are whom pages wait for, as a pager tells the room.
func (r *Room) pages() []model.PageCall {
	var out []model.PageCall
	for _, row := range r.rows() {
		out = append(out, r.state.Incidents[row.ID].View().PageCalls()...)
	}
	return out
}

// Overview is model.Room.
func (r *Room) Overview() *model.Overview {
	r.mu.Lock()
	defer r.mu.Unlock()
	rows := r.rows()
	ids := make([]model.Scope, 0, len(rows))
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	return &model.Overview{Rows: rows, People: r.state.People.Roster(), Keys: model.Keys(ids), Me: r.me, Access: model.Owner, Newer: r.state.People.Newer(), Warnings: r.Warnings, Own: r.Own, Peers: r.peers, Version: r.version, Pages: r.pages(), Pager: r.Pager}
}

// Incident is model.Room.
func (r *Room) Incident(_ context.Context, id model.Scope) (*model.View, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	in := r.state.Incidents[id]
	if in == nil {
		return nil, model.Refuse(model.CodeIncidentUnknown, "Key", id.Key())
	}
	r.loaded[id] = len(r.records[id]) // what is loaded once stays
	in.Judge(r.state.People.Roster())
	return in.View(), nil
}

// StateHash is the digest of the whole state.
func (r *Room) StateHash() model.Hash {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state.Hash()
}

// Evidence is model.Archive.
func (r *Room) Evidence(_ context.Context, id model.Scope) (model.Evidence, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ev := model.Evidence{Workspace: r.ws}
	for _, e := range r.events {
		switch {
		case e.Kind == model.KindLogOpen:
			ev.Openings = append(ev.Openings, e)
		case e.Scope == id:
			ev.Events = append(ev.Events, e)
		}
	}
	if len(ev.Events) == 0 {
		return ev, model.Refuse(model.CodeIncidentUnknown, "Key", id.Key())
	}
	return ev, nil
}

// SetPeers says what the room knows of its peers; nil for none.
func (r *Room) SetPeers(p *model.Peers) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.peers = p
	r.ring()
}

type watch struct {
	room *Room
	c    chan struct{}
}

func (w *watch) C() <-chan struct{} { return w.c }

func (w *watch) Close() {
	w.room.mu.Lock()
	defer w.room.mu.Unlock()
	w.room.watchers = slices.DeleteFunc(w.room.watchers, func(o *watch) bool { return o == w })
}

// Watch is model.Room.
func (r *Room) Watch() model.Watch {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := &watch{r, make(chan struct{}, 1)}
	r.watchers = append(r.watchers, w)
	return w
}

func (r *Room) ring() {
	r.version++
	for _, w := range r.watchers {
		select {
		case w.c <- struct{}{}:
		default:
		}
	}
}

var _ model.Room = (*Room)(nil)
