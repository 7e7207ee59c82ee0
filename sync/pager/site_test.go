package pager_test

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/oncall"
	"warroom/sync/pager"
)

// net is several rooms of one workspace. What one writes the others have at once, but
// for those that are cut off, who get it when they are back.
type net struct {
	mu     sync.Mutex
	ws     model.WorkspaceID
	sites  []*site
	nonces uint64
	all    []*model.Event
}

// site is a room: a device of somebody's.
type site struct {
	net    *net
	signer model.Signer
	head   model.Head
	log    model.LogID
	state  *model.State
	cut    bool
	known  int            // events of net.all that it has
	held   []*model.Event // what it wrote while it was cut off
	me     model.PersonID
	bells  []*bell
	// skew is how far its clock on the wall is off.
	skew time.Duration
	// fails refuses what is written, as a full disk does.
	fails bool
	calls []model.PageCall
	sends bool
	read  int // views that were asked for
}

type bell struct {
	s *site
	c chan struct{}
}

func (b *bell) C() <-chan struct{} { return b.c }
func (b *bell) Close() {
	b.s.net.mu.Lock()
	defer b.s.net.mu.Unlock()
	b.s.bells = slices.DeleteFunc(b.s.bells, func(o *bell) bool { return o == b })
}

// newNet has a room for each name; all are members.
func newNet(t *testing.T, names ...string) *net {
	n := &net{}
	for i := range names {
		s := &site{net: n, signer: model.Signer{Key: ed25519.NewKeyFromSeed(slices.Repeat([]byte{byte(i + 1)}, ed25519.SeedSize))}}
		n.sites = append(n.sites, s)
	}
	first := n.sites[0]
	nonce := n.nonce()
	n.ws = model.NewWorkspaceID(first.signer.Device(), nonce)
	for _, s := range n.sites {
		s.signer.Workspace = n.ws
		s.state = model.NewState(n.ws.Scope())
	}
	first.begin(t, model.MembershipLog)
	first.me = model.NewPersonID(first.head.Log, nonce)
	first.seal(model.Draft{Scope: n.ws.Scope(), Text: names[0], Body: &model.Genesis{Founder: first.signer.Device(), Nonce: nonce, Person: first.me}})
	for _, s := range n.sites {
		s.begin(t, model.ContentLog)
	}
	for i, s := range n.sites[1:] {
		_, err := first.Do(t.Context(), first.actor(), model.Scope{}, model.AdmitMember{Name: names[i+1], Access: model.Responder})
		require.NoError(t, err)
		s.me = first.person(t, names[i+1])
		_, err = first.Do(t.Context(), first.actor(), model.Scope{}, model.AddDevice{Person: s.me, Device: s.signer.Device()})
		require.NoError(t, err)
	}
	return n
}

func (n *net) nonce() (x model.Nonce) {
	n.nonces++
	binary.BigEndian.PutUint64(x[:], n.nonces)
	return x
}

// share gives everybody who is not cut off what they lack.
func (n *net) share() {
	for _, s := range n.sites {
		if s.cut {
			continue
		}
		for _, e := range n.all[s.known:] {
			if rec, err := model.Decode(e); err == nil {
				s.state.Apply(rec)
			}
		}
		s.known = len(n.all)
		s.ring()
	}
}

func (s *site) ring() {
	for _, b := range s.bells {
		select {
		case b.c <- struct{}{}:
		default:
		}
	}
}

func (s *site) now() time.Time { return time.Now().Add(s.skew) }

func (s *site) begin(t *testing.T, kind model.LogKind) {
	nonce := s.net.nonce()
	s.head = model.Head{Log: model.NewLogID(s.signer.Device(), nonce)}
	s.log = s.head.Log
	s.seal(model.Draft{Scope: s.net.ws.Scope(), Body: &model.LogOpen{
		Device: s.signer.Device(), Workspace: s.net.ws, Log: kind, Nonce: nonce, Reason: model.ReasonNew,
	}})
}

// seal writes an event. Others get it at once, or when the site is back.
func (s *site) seal(d model.Draft) model.Ref {
	if in := s.state.Incidents[d.Scope]; in != nil {
		d.PrevInScope = in.LastIn(s.head.Log)
	}
	e, head, err := model.Seal(s.signer, s.head, d, s.now().UnixMilli(), model.Salt(s.net.nonce()))
	if err != nil {
		panic(err)
	}
	s.head = head
	rec, err := model.Decode(e)
	if err != nil {
		panic(err)
	}
	s.state.Apply(rec)
	if s.cut {
		s.held = append(s.held, e)
	} else {
		s.net.all = append(s.net.all, e)
	}
	return e.Ref()
}

func (s *site) actor() model.Actor { return model.Actor{Person: s.me, Via: model.DoorConsole} }

func (s *site) person(t *testing.T, name string) model.PersonID {
	id, err := s.Overview().People.Find(name)
	require.NoError(t, err)
	return id
}

// setCut cuts a site off, or brings it back.
func (s *site) setCut(yes bool) {
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	s.cut = yes
	if !yes {
		s.net.all = append(s.net.all, s.held...)
		s.held = nil
		s.net.share()
	}
}

var errDisk = errors.New("the disk is full")

func (s *site) Do(_ context.Context, who model.Actor, incident model.Scope, c model.Command) (model.Receipt, error) {
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	if s.fails {
		return model.Receipt{}, errDisk
	}
	var in *model.Incident
	if !incident.IsZero() {
		in = s.state.Incidents[incident]
	}
	drafts, err := model.Decide(model.Act{
		Now: s.now(), Actor: who.Person, Via: who.Via, Workspace: s.net.ws.Scope(), Log: s.head.Log, Nonce: s.net.nonce,
	}, s.state.People, in, c)
	if err != nil {
		return model.Receipt{}, err
	}
	got := model.Receipt{Incident: incident}
	for _, d := range drafts {
		got.Refs = append(got.Refs, s.seal(d))
		got.Incident = d.Scope
	}
	s.net.share()
	s.ring()
	return got, nil
}

func (s *site) Overview() *model.Overview {
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	o := &model.Overview{People: s.state.People.Roster(), Keys: map[model.Scope]string{}, Me: s.me}
	for _, in := range s.state.Incidents {
		o.Rows = append(o.Rows, model.Summarise(in.View()))
	}
	slices.SortFunc(o.Rows, model.CompareSummaries)
	return o
}

func (s *site) Watch() model.Watch {
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	b := &bell{s, make(chan struct{}, 1)}
	s.bells = append(s.bells, b)
	return b
}

func (s *site) Glance(_ context.Context, id model.Scope) (*model.View, error) {
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	s.read++
	return s.state.Incidents[id].View(), nil
}

func (s *site) Me() model.PersonID { return s.me }

func (s *site) Writes() (content, membership model.LogID) { return s.log, model.LogID{} }

func (s *site) SetPages(calls []model.PageCall, sends bool) {
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	s.calls, s.sends = calls, sends
}

// waits is whom pages wait for, by name.
func (s *site) waits() (names []string) {
	people := s.Overview().People
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	for _, c := range s.calls {
		names = append(names, people.Name(c.To))
	}
	return names
}

// must does a command as the person of the room.
func (s *site) must(t *testing.T, id model.Scope, c model.Command) model.Scope {
	t.Helper()
	got, err := s.Do(t.Context(), s.actor(), id, c)
	require.NoError(t, err)
	return got.Incident
}

// said is everything that the log says of pages, as keys of sentences.
func (s *site) said(t *testing.T, id model.Scope) (keys []string) {
	v, err := s.Glance(t.Context(), id)
	require.NoError(t, err)
	for _, l := range v.Lines {
		switch l.Rec.Body.(type) {
		case *model.PageSend, *model.PageState:
			keys = append(keys, l.Describe().Key)
		}
	}
	return keys
}

// mail is a transport that notes what it is given.
type mail struct {
	mu   sync.Mutex
	sent []pager.Page
	at   []time.Time
	// takes is how long it takes, hangs one that never ends.
	takes time.Duration
	hangs bool
	err   error
}

func (m *mail) Send(ctx context.Context, p pager.Page) (string, error) {
	m.mu.Lock()
	m.sent, m.at = append(m.sent, p), append(m.at, time.Now())
	takes, hangs, err := m.takes, m.hangs, m.err
	m.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return "", ctx.Err()
	}
	select {
	case <-time.After(takes):
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return "", err
}

func (m *mail) to() (names []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.sent {
		names = append(names, p.Person)
	}
	return names
}

// run runs a pager for the site until the end it gives is called.
func (s *site) run(t *testing.T, m pager.Transport) (end func()) {
	return s.runBy(t, func() pager.Transport { return m })
}

// runBy runs one that asks what carries pages.
func (s *site) runBy(t *testing.T, by func() pager.Transport) (end func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		pager.Run(ctx, pager.Options{
			Room: s, Transport: by, Now: s.now, Log: slog.New(slog.DiscardHandler), Book: book,
			Say: func(p model.Phrase) string { return p.Key }, Clean: func(s string) string { return s },
		})
	}()
	return func() {
		cancel()
		<-done
	}
}

// book is the plan that every text stands for: bob, then cleo.
func book(text string) *oncall.Book {
	if text == "" {
		return nil
	}
	person := func(name string) oncall.Step {
		return oncall.Step{Who: []oncall.Target{{Kind: oncall.ToPerson, Name: name}}, Wait: 5 * time.Minute}
	}
	return oncall.Open(oncall.Plan{Policies: []oncall.Policy{{Name: "night", Steps: []oncall.Step{person("bob"), person("cleo")}}}}, time.LoadLocation)
}
