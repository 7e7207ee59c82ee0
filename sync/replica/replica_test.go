package replica_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
	"warroom/sync/replica"
)

const noon = int64(1_772_704_800_000) // ms since 1970

var workspace = model.WorkspaceID{7}

// world is what several devices wrote, each event in the run of its line.
type world struct {
	nonces uint64
	all    map[model.Ref]*model.Event
	order  []*model.Event
}

func newWorld() *world { return &world{all: map[model.Ref]*model.Event{}} }

// hand is a device that writes one log, or a copy of one that does.
type hand struct {
	w      *world
	signer model.Signer
	head   model.Head
	now    int64
	scopes map[model.Scope]model.Ref
}

func (w *world) hand(seed byte, now int64) *hand {
	w.nonces++
	var n model.Nonce
	binary.BigEndian.PutUint64(n[:], w.nonces)
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	h := &hand{w: w, signer: model.Signer{Workspace: workspace, Key: key}, now: now, scopes: map[model.Scope]model.Ref{}}
	h.head.Log = model.NewLogID(h.signer.Device(), n)
	h.write(workspace.Scope(), &model.LogOpen{
		Device: h.signer.Device(), Workspace: workspace, Log: model.ContentLog, Nonce: n, Reason: model.ReasonNew,
	})
	return h
}

// copy is a store that was copied: both go on with the log.
func (h *hand) copy() *hand {
	c := *h
	c.scopes = map[model.Scope]model.Ref{}
	for s, ref := range h.scopes {
		c.scopes[s] = ref
	}
	return &c
}

func (h *hand) write(scope model.Scope, b model.Body, obs ...model.Ref) *model.Event {
	common(b).Obs = obs
	d := model.Draft{Scope: scope, Body: b, PrevInScope: h.scopes[scope]}
	e, next, err := model.Seal(h.signer, h.head, d, h.now, model.Salt{})
	if err != nil {
		panic(err)
	}
	h.head, h.now = next, h.now+1
	h.scopes[scope] = e.Ref()
	if same, ok := h.w.all[e.Ref()]; ok {
		return same // a copy wrote the same at the same time
	}
	h.w.all[e.Ref()] = e
	h.w.order = append(h.w.order, e)
	return e
}

func (h *hand) entry(obs ...model.Ref) *model.Event {
	return h.write(incident, &model.EntryAdd{}, obs...)
}

var incident = model.Scope{42}

func common(b model.Body) *model.Common {
	switch b := b.(type) {
	case *model.LogOpen:
		return &b.Common
	case *model.EntryAdd:
		return &b.Common
	case *model.SeveritySet:
		return &b.Common
	}
	panic("a body that these tests do not write")
}

// chain is the line that ends with an event, from its log.open.
func (w *world) chain(e *model.Event) []*model.Event {
	line := []*model.Event{e}
	for e.Seq > 1 {
		e = w.all[model.Ref{Log: e.Log, Seq: e.Seq - 1, Hash: e.Prev.Short()}]
		line = append(line, e)
	}
	slices.Reverse(line)
	return line
}

// tips are the events that none of their log follows.
func (w *world) tips() (all []*model.Event) {
	followed := map[model.Ref]bool{}
	for _, e := range w.order {
		followed[model.Ref{Log: e.Log, Seq: e.Seq - 1, Hash: e.Prev.Short()}] = true
	}
	for _, e := range w.order {
		if !followed[e.Ref()] {
			all = append(all, e)
		}
	}
	return all
}

// site is a store and its replica.
type site struct {
	t     require.TestingT
	store *storage.Memory
	*replica.Replica
	// moves counts what moved; records is what was given.
	moves   int
	records map[model.Ref]*model.Record
}

func newSite(t require.TestingT) *site {
	s := &site{t: t, store: storage.NewMemory(), records: map[model.Ref]*model.Record{}}
	s.open()
	return s
}

func (s *site) open() {
	var err error
	s.Replica, err = replica.Open(s.store)
	require.NoError(s.t, err)
}

func (s *site) take(events ...*model.Event) *replica.Plan {
	p, err := s.Plan(takeOf(events...))
	require.NoError(s.t, err)
	s.commit(p)
	return p
}

func takeOf(events ...*model.Event) peer.Take {
	return peer.Take{Log: events[0].Log, After: events[0].Seq - 1, Begins: true, Events: events}
}

func (s *site) commit(p *replica.Plan) {
	for _, b := range p.Batches {
		_, err := s.store.Commit(context.Background(), b)
		require.NoError(s.t, err)
	}
	require.NoError(s.t, s.Done(p))
	s.moves += len(p.Moved)
	for _, r := range p.Records {
		s.records[r.Ref] = r
	}
	lines, err := s.store.Branches()
	require.NoError(s.t, err)
	require.Equal(s.t, lines, s.Lines(), "what it knows is what the store holds")
	for _, b := range p.Lines {
		require.Contains(s.t, lines, b)
	}
}

// effs are the effective clocks of what the store holds and counts.
func (s *site) effs() map[model.Ref]model.Clock {
	effs := map[model.Ref]model.Clock{}
	for _, scope := range []model.Scope{workspace.Scope(), incident} {
		require.NoError(s.t, s.store.Scope(scope, func(e *model.Event, eff model.Clock) error {
			effs[e.Ref()] = eff
			return nil
		}))
	}
	return effs
}

// ordered are the effective clocks as the model has them, without what is void.
func ordered(t require.TestingT, events []*model.Event, void func(*model.Event) bool) (map[model.Ref]model.Clock, *model.State) {
	s := model.NewState(workspace.Scope())
	var all []*model.Record
	for _, e := range events {
		if void != nil && void(e) {
			continue
		}
		r, err := model.Decode(e)
		require.NoError(t, err)
		s.Apply(r)
		all = append(all, r)
	}
	effs := map[model.Ref]model.Clock{}
	for _, r := range all {
		effs[r.Ref] = r.Eff
	}
	return effs, s
}

// folded is the state by what the store says: each scope's events in order.
func (s *site) folded() (*model.Incident, *model.People) {
	in, people := model.NewIncident(incident), model.NewPeople(workspace.Scope())
	for _, scope := range []model.Scope{workspace.Scope(), incident} {
		require.NoError(s.t, s.store.Scope(scope, func(e *model.Event, eff model.Clock) error {
			r, err := model.Decode(e)
			require.NoError(s.t, err)
			r.Eff = eff
			if scope == incident {
				in.Apply(r)
			} else {
				people.Apply(r)
			}
			return nil
		}))
	}
	return in, people
}

func TestARunGoesOnAtTheEndOfItsLog(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ana := w.hand(1, noon)
	for range 5 {
		ana.entry()
	}
	s := newSite(t)
	p := s.take(w.order[:3]...)
	require.Len(t, p.Batches, 1)
	require.Len(t, p.Records, 3)
	require.Equal(t, []model.Scope{workspace.Scope(), incident}, p.Scopes)
	require.Empty(t, p.Anew)
	p = s.take(w.order[3:]...)
	require.Equal(t, []model.Scope{incident}, p.Scopes)
	require.True(t, p.Touches(incident))
	require.False(t, p.Touches(workspace.Scope()))
	require.Len(t, p.Lines, 1)
	require.Equal(t, uint64(6), p.Lines[0].Tip.Seq)
	require.Equal(t, ana.signer.Device(), p.Lines[0].Device)
	want, _ := ordered(t, w.order, nil)
	require.Equal(t, want, s.effs())
}

func TestWhatIsHeldIsSkipped(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ana := w.hand(1, noon)
	for range 9 {
		ana.entry()
	}
	s := newSite(t)
	s.take(w.order[:5]...)
	p := s.take(w.order[:5]...)
	require.True(t, p.Nothing())
	require.Empty(t, p.Lines)
	p = s.take(w.order[2:8]...)
	require.Len(t, p.Records, 3)
	require.Equal(t, uint64(6), p.Records[0].Ref.Seq)
	s.open()
	p = s.take(w.order[1:]...)
	require.Len(t, p.Records, 2, "what is not remembered is looked for in the store")
}

func TestARunThatAttachesToNothingIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ana := w.hand(1, noon)
	for range 9 {
		ana.entry()
	}
	other := newWorld()
	foreign := other.hand(1, noon+5)
	for range 5 {
		foreign.entry()
	}
	s := newSite(t)
	s.take(w.order[:5]...)
	for name, c := range map[string]struct {
		events []*model.Event
		want   model.Code
	}{
		"behind the end":       {w.order[6:], model.CodeEventGap},
		"of an unknown log":    {newWorld().hand(9, noon).w.order[:1], ""},
		"in the midst of one":  {[]*model.Event{w.order[5], w.order[7]}, model.CodeEventGap},
		"another's past":       {other.order[3:], model.CodeEventChain},
		"without its log.open": {[]*model.Event{{Envelope: model.Envelope{Log: model.LogID{1}, Seq: 2}}}, model.CodeEventGap},
		"another log among it": {[]*model.Event{w.order[5], newWorld().hand(8, noon).w.order[0]}, model.CodeEventLog},
	} {
		_, err := s.Plan(takeOf(c.events...))
		if c.want == "" {
			require.NoError(t, err, name)
			continue
		}
		require.Equal(t, c.want, model.CodeOf(err), "%s: %v", name, err)
	}
}

func TestALogForksOnlyWhenTheTakeSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ana := w.hand(1, noon)
	ana.entry()
	twin := ana.copy()
	one := ana.entry()
	two := twin.write(incident, &model.SeveritySet{Level: model.SEV1})
	s := newSite(t)
	s.take(w.chain(one)...)
	take := takeOf(two)
	take.Begins = false
	_, err := s.Plan(take)
	require.Equal(t, model.CodeEventChain, model.CodeOf(err))
	p := s.take(two)
	require.Len(t, p.Lines, 1)
	b := p.Lines[0]
	require.Equal(t, model.BranchID(two.Log, two.Hash()), b.ID)
	require.Equal(t, []any{two.Log, two.Log, uint64(2), uint64(3)}, []any{b.Log, b.Parent, b.Base, b.Tip.Seq})
	next := twin.entry()
	take = takeOf(next)
	take.Begins = false
	p, err = s.Plan(take)
	require.NoError(t, err, "a branch goes on at its end")
	s.commit(p)
}

func TestABranchLeavesABranch(t *testing.T) {
	t.Parallel()
	w := newWorld()
	a := w.hand(1, noon)
	a.entry()
	b := a.copy()
	a.entry()
	a.entry()
	b.write(incident, &model.SeveritySet{Level: model.SEV1})
	b.entry()
	c := b.copy()
	b.entry()
	c.write(incident, &model.SeveritySet{Level: model.SEV2})
	d := b.copy()
	d.entry()
	tips := w.tips()
	want, state := ordered(t, w.order, nil)
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}} {
		s := newSite(t)
		for _, i := range order {
			if i < len(tips) {
				s.take(w.chain(tips[i])...)
			}
		}
		require.Equal(t, want, s.effs())
		in, _ := s.folded()
		require.Equal(t, state.Incidents[incident].StateHash(), in.StateHash())
	}
}

// Three copies of a store go on at once.
func TestALogForksThreeWays(t *testing.T) {
	t.Parallel()
	w := newWorld()
	a := w.hand(1, noon)
	b, c := a.copy(), a.copy()
	a.entry()
	b.write(incident, &model.SeveritySet{Level: model.SEV1})
	c.write(incident, &model.SeveritySet{Level: model.SEV2})
	tips := w.tips()
	require.Len(t, tips, 3)
	s := newSite(t)
	for _, tip := range tips {
		s.take(w.chain(tip)...)
	}
	require.Len(t, s.Lines(), 3)
	for _, l := range s.Lines() {
		if !l.Own() {
			require.Equal(t, uint64(1), l.Base)
			require.Equal(t, l.Log, l.Parent)
		}
	}
	want, _ := ordered(t, w.order, nil)
	require.Equal(t, want, s.effs())
}

// A device that opens one log twice, at two times, forks it before its beginning.
func TestALogThatIsOpenedTwiceForks(t *testing.T) {
	t.Parallel()
	w := newWorld()
	a := w.hand(1, noon)
	w.nonces--
	b := w.hand(1, noon+1)
	require.Equal(t, a.head.Log, b.head.Log)
	a.entry()
	b.entry()
	s := newSite(t)
	for _, tip := range w.tips() {
		s.take(w.chain(tip)...)
	}
	require.Len(t, s.Lines(), 2)
	want, _ := ordered(t, w.order, nil)
	require.Equal(t, want, s.effs())
}

func TestWhatNamesAnEventMovesWhenThatComes(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ana, bob := w.hand(1, noon), w.hand(2, noon+10*365*24*3600_000)
	wild := bob.entry()
	saw := ana.entry(wild.Ref())
	after := ana.entry()
	s := newSite(t)
	s.take(w.chain(after)...)
	require.Equal(t, 1, s.Awaited())
	require.Equal(t, saw.Clock, s.effs()[saw.Ref()])
	p := s.take(w.chain(wild)...)
	require.Zero(t, s.Awaited())
	require.Len(t, p.Moved, 2)
	require.Equal(t, saw.Clock, p.Moved[1].Was)
	require.Equal(t, wild.Clock+1, p.Moved[1].Record.Eff)
	require.Equal(t, wild.Clock+2, p.Moved[0].Record.Eff)
	require.Equal(t, []model.Scope{incident}, p.Anew)
	require.Len(t, p.Lines, 2, "the moved line's end is elsewhere now")
	want, _ := ordered(t, w.order, nil)
	require.Equal(t, want, s.effs())
	next := ana.entry()
	s.take(next)
	require.Equal(t, wild.Clock+3, s.effs()[next.Ref()])
}

func TestAPlanThatWasOvertakenIsNotDone(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ana := w.hand(1, noon)
	s := newSite(t)
	one, err := s.Plan(takeOf(w.order...))
	require.NoError(t, err)
	two, err := s.Plan(takeOf(w.order...))
	require.NoError(t, err)
	s.commit(one)
	require.ErrorIs(t, s.Done(two), replica.ErrOvertaken)
	require.Equal(t, ana.head.Seq, s.Lines()[0].Tip.Seq)
}

func TestADroppedPlanLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ana, bob := w.hand(1, noon), w.hand(2, noon)
	saw := ana.entry(bob.entry().Ref())
	s := newSite(t)
	_, err := s.Plan(takeOf(w.chain(saw)...))
	require.NoError(t, err)
	require.Empty(t, s.Lines())
	require.Zero(t, s.Awaited())
}

func TestWhatIsOwnNeedsNoPlan(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ana := w.hand(1, noon)
	ana.entry()
	var events []*model.Event
	var records []*model.Record
	var batch storage.Batch
	for _, e := range w.order {
		r, err := model.Decode(e)
		require.NoError(t, err)
		events, records = append(events, e), append(records, r)
		batch.Events = append(batch.Events, storage.Placed{Event: e, Eff: r.Eff})
	}
	s := newSite(t)
	_, err := s.store.Commit(context.Background(), batch)
	require.NoError(t, err)
	_, err = s.Own(events[1:], records[1:])
	require.Equal(t, model.CodeEventGap, model.CodeOf(err))
	lines, err := s.Own(events, records)
	require.NoError(t, err)
	held, err := s.store.Branches()
	require.NoError(t, err)
	require.Equal(t, held, s.Lines())
	require.Equal(t, held, lines)
	eff, ok := s.Eff(events[1].Ref())
	require.True(t, ok)
	require.Equal(t, events[1].Clock, eff)
	require.True(t, func() bool { p := s.take(events...); return p.Nothing() }(), "it comes back from a peer")
}

func TestAnEventWithAnotherTextIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ana := w.hand(1, noon)
	e := *ana.entry()
	e.Text = []byte("a text that was not signed")
	_, err := newSite(t).Plan(takeOf(w.order[0], &e))
	require.Equal(t, model.CodeEventTextHash, model.CodeOf(err))
}

// failing is a store whose reads fail.
type failing struct {
	*storage.Memory
	err error
}

func (f failing) Find(model.Ref) (*model.Event, model.Clock, model.LogID, error) {
	return nil, 0, model.LogID{}, f.err
}

func TestAStoreThatCannotBeReadPlansNothing(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ana, bob := w.hand(1, noon), w.hand(2, noon)
	first := bob.entry()
	for range 3 {
		bob.entry()
	}
	ana.entry(first.Ref())
	s := newSite(t)
	s.take(w.chain(w.tips()[0])...)
	broken := errors.New("the disk is gone")
	r, err := replica.Open(failing{s.store, broken})
	require.NoError(t, err)
	_, err = r.Plan(takeOf(w.chain(w.tips()[1])...))
	require.ErrorIs(t, err, broken)
}
