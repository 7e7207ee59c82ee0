package storagetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
)

// Fork gives an author who wrote all that this one did, as a copy of its store
// would, and may go on differently.
func (a *Author) Fork() *Author {
	b := *a
	return &b
}

// BranchOf gives the branch that begins with an event, which leaves a line.
func BranchOf(parent model.LogID, first storage.Placed) model.Branch {
	e := first.Event
	return model.Branch{ID: model.BranchID(e.Log, e.Hash()), Log: e.Log, Parent: parent, Base: e.Seq - 1}
}

// In gives the events placed in a line.
func In(line model.LogID, placed ...storage.Placed) []storage.Placed {
	placed = slices.Clone(placed)
	for i := range placed {
		placed[i].Branch = line
	}
	return placed
}

// Line gives a line's events with their clocks.
func Line(t *testing.T, s Store, line model.LogID, from uint64) []storage.Placed {
	t.Helper()
	return reading(t, func(fn func(*model.Event, model.Clock) error) error { return s.Line(line, from, fn) })
}

// AwaitsOf gives what a store awaits.
func AwaitsOf(t *testing.T, s Store) (all []storage.Await) {
	t.Helper()
	require.NoError(t, s.Awaits(func(w storage.Await) error {
		all = append(all, w)
		return nil
	}))
	return all
}

func put(t *testing.T, s Store, b storage.Batch) {
	t.Helper()
	_, err := s.Commit(context.Background(), b)
	require.NoError(t, err)
}

// bare is the events as a reader of a scope or a line gives them.
func bare(placed ...storage.Placed) []storage.Placed {
	placed = append([]storage.Placed{}, In(model.LogID{}, placed...)...)
	for i := range placed {
		placed[i].Apart = false
	}
	return placed
}

// inOrder sorts as a timeline does.
func inOrder(placed ...storage.Placed) []storage.Placed {
	placed = bare(placed...)
	slices.SortFunc(placed, func(a, b storage.Placed) int {
		if position(a).Before(position(b)) {
			return -1
		}
		return 1
	})
	return placed
}

// forked is a log that was written from two copies, after two events.
type forked struct {
	a, b   *Author // who write the own line and the branch
	own    []storage.Placed
	branch model.Branch
	second []storage.Placed // the branch's own
}

func newForked() forked {
	f := forked{a: NewAuthor(1)}
	f.own = f.a.Begin(incident, 1)
	f.b = f.a.Fork()
	f.own = append(f.own, f.a.Write(incident, "restarted the database"), f.a.Write(incident, "it is back"))
	first := f.b.Write(incident, "failed over")
	f.branch = BranchOf(f.a.Log(), first)
	f.second = In(f.branch.ID, first, f.b.Seal(model.Draft{Scope: incident, Body: &model.SeveritySet{Level: 2}, Text: "it spreads"}))
	return f
}

func (f forked) commit(t *testing.T, s Store) {
	t.Helper()
	put(t, s, storage.Batch{Events: f.own})
	put(t, s, storage.Batch{Events: f.second, Begins: []model.Branch{f.branch}})
}

// lines are the two as Branches gives them.
func (f forked) lines() []model.Branch {
	own := model.Branch{ID: f.a.Log(), Log: f.a.Log(), Tip: f.a.Head(), Eff: f.own[len(f.own)-1].Eff}
	second := f.branch
	second.Tip, second.Eff = f.b.Head(), f.second[len(f.second)-1].Eff
	second.Tip.Log = second.ID
	all := []model.Branch{own, second}
	for i := range all {
		all[i].Device, all[i].Kind, all[i].Nonce = f.a.Device(), model.ContentLog, model.Nonce{1}
	}
	slices.SortFunc(all, func(a, b model.Branch) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return all
}

func branchesOf(t *testing.T, s Store) []model.Branch {
	t.Helper()
	all, err := s.Branches()
	require.NoError(t, err)
	return all
}

func (s Suite) branches(t *testing.T, store Store) {
	f := newForked()
	require.Empty(t, branchesOf(t, store))
	f.commit(t, store)
	check := func() {
		t.Helper()
		require.Equal(t, f.lines(), branchesOf(t, store))
		heads, err := store.Heads()
		require.NoError(t, err)
		require.ElementsMatch(t, []model.Head{f.lines()[0].Tip, f.lines()[1].Tip}, heads)
		require.Equal(t, f.own, Line(t, store, f.a.Log(), 1))
		require.Equal(t, bare(f.second...), Line(t, store, f.branch.ID, 0))
		require.Equal(t, events(f.second), read(t, store, f.branch.ID, 1), "its own events alone")
		require.Equal(t, events(f.second[1:]), read(t, store, f.branch.ID, 4))
		require.Empty(t, read(t, store, f.branch.ID, f.b.Head().Seq+1))
		require.Equal(t, inOrder(append(f.own[1:], f.second...)...), timelineOf(t, store, incident))
		require.Equal(t, bare(f.second[1]), Acts(t, store, incident))
		for _, p := range append(f.own, f.second...) {
			e, eff, line, err := store.Find(p.Event.Ref())
			require.NoError(t, err)
			require.Equal(t, p.Event, e)
			require.Equal(t, p.Eff, eff)
			if p.Branch == (model.LogID{}) {
				p.Branch = f.a.Log()
			}
			require.Equal(t, p.Branch, line)
		}
		o, ok, err := store.Opening(f.branch.ID)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, f.a.Device(), o.Device)
	}
	check()
	store = s.reopened(t, store)
	check()

	put(t, store, storage.Batch{Events: f.second, Begins: []model.Branch{f.branch}}) // a peer may tell it again
	check()
	more := In(f.branch.ID, f.b.Write(incident, "and on"))
	f.second = append(f.second, more...)
	put(t, store, storage.Batch{Events: more})
	also := f.a.Write(incident, "here too")
	f.own = append(f.own, also)
	put(t, store, storage.Batch{Events: In(f.a.Log(), also)}) // the log's id names its own line
	check()
	store = s.reopened(t, store)
	check()

	for name, ref := range map[string]model.Ref{
		"another hash":   {Log: f.a.Log(), Seq: 3, Hash: model.ShortHash{9}},
		"another log":    {Log: model.LogID{9}, Seq: 1, Hash: f.own[0].Event.Hash().Short()},
		"no number":      {Log: f.a.Log()},
		"beyond the end": {Log: f.a.Log(), Seq: 99},
		"another number": {Log: f.a.Log(), Seq: 4, Hash: f.own[2].Event.Hash().Short()},
	} {
		_, _, _, err := store.Find(ref)
		require.Equal(t, model.CodeEntryUnknown, model.CodeOf(err), name)
	}
}

func (s Suite) branchesOfBranches(t *testing.T, store Store) {
	f := newForked()
	third := f.b.Fork()
	p := third.Write(incident, "a third copy")
	branch := BranchOf(f.branch.ID, p)
	other := NewAuthor(1) // and one that differs from its first event on
	other.now += 7
	fourth := other.Open()
	fresh := BranchOf(f.a.Log(), fourth)
	f.second = append(f.second, In(f.branch.ID, f.b.Write(incident, "the second goes on"))...)
	events := append(append(f.own, f.second...), In(branch.ID, p)...)
	events = append(events, In(fresh.ID, fourth, other.Write(incident, "from the beginning"))...)
	put(t, store, storage.Batch{Events: events, Begins: []model.Branch{fresh, branch, f.branch}})
	for _, st := range []Store{store, s.reopened(t, store)} {
		if _, err := st.Heads(); errors.Is(err, storage.ErrClosed) {
			continue
		}
		require.Len(t, branchesOf(t, st), 4)
		require.Equal(t, bare(p), Line(t, st, branch.ID, 1))
		require.Len(t, read(t, st, fresh.ID, 1), 2)
		require.Len(t, timelineOf(t, st, incident), 3+3+1+1)
		require.Len(t, timelineOf(t, st, Workspace.Scope()), 2)
		for _, b := range branchesOf(t, st) {
			require.Equal(t, f.a.Log(), b.Log)
			require.Equal(t, f.a.Device(), b.Device)
			_, eff, line, err := st.Find(b.TipRef())
			require.NoError(t, err)
			require.Equal(t, b.ID, line)
			require.Equal(t, b.Eff, eff)
		}
	}
}

func (s Suite) branchesMove(t *testing.T, store Store) {
	f := newForked()
	f.commit(t, store)
	f.second[1].Eff += 1 << 20
	put(t, store, storage.Batch{Events: f.second[1:]})
	store = s.reopened(t, store)
	require.Equal(t, inOrder(append(f.own[1:], f.second...)...), timelineOf(t, store, incident))
	require.Equal(t, bare(f.second[1]), Acts(t, store, incident))
	require.Equal(t, bare(f.second[1]), tailOf(t, store, incident, model.Position{}, 1))
	require.Equal(t, f.lines(), branchesOf(t, store))
	_, eff, _, err := store.Find(f.second[1].Event.Ref())
	require.NoError(t, err)
	require.Equal(t, f.second[1].Eff, eff)
}

func (s Suite) apart(t *testing.T, store Store) {
	f := newForked()
	f.own[2].Apart, f.second[1].Apart = true, true
	f.commit(t, store)
	check := func(timeline, acts []storage.Placed) {
		t.Helper()
		for range 2 {
			require.Equal(t, inOrder(timeline...), timelineOf(t, store, incident))
			require.Equal(t, inOrder(timeline...), tailOf(t, store, incident, model.Position{}, 99))
			require.Equal(t, bare(acts...), Acts(t, store, incident))
			require.Equal(t, bare(f.own...), Line(t, store, f.a.Log(), 1))
			require.Equal(t, bare(f.second...), Line(t, store, f.branch.ID, 1))
			require.Equal(t, f.lines(), branchesOf(t, store))
			_, eff, _, err := store.Find(f.second[1].Event.Ref())
			require.NoError(t, err)
			require.Equal(t, f.second[1].Eff, eff)
			store = s.reopened(t, store)
		}
	}
	check([]storage.Placed{f.own[1], f.own[3], f.second[0]}, nil)
	f.second[1].Eff += 1000
	put(t, store, storage.Batch{Events: f.second[1:]}) // what moves stays apart
	check([]storage.Placed{f.own[1], f.own[3], f.second[0]}, nil)
	f.second[1].Apart = false
	f.second[0].Apart = true
	put(t, store, storage.Batch{Events: f.second})
	check([]storage.Placed{f.own[1], f.own[3], f.second[1]}, f.second[1:])
	f.second[1].Apart = true
	f.second[1].Eff += 1000
	put(t, store, storage.Batch{Events: f.second[1:]})
	f.second[0].Apart = false
	f.second[0].Eff += 1000
	put(t, store, storage.Batch{Events: f.second[:1]})
	check([]storage.Placed{f.own[1], f.own[3], f.second[0]}, nil)
	twice := f.second[1]
	twice.Apart = false
	put(t, store, storage.Batch{Events: []storage.Placed{twice, f.second[1]}}) // the last one counts
	check([]storage.Placed{f.own[1], f.own[3], f.second[0]}, nil)
}

func (s Suite) ends(t *testing.T, store Store) {
	f := newForked()
	f.commit(t, store)
	end := func(line model.LogID, from uint64, more ...storage.Placed) {
		t.Helper()
		put(t, store, storage.Batch{Events: more, Ends: []storage.End{{Branch: line, From: from}}})
	}
	check := func(own, branch uint64, timeline, acts []storage.Placed) {
		t.Helper()
		for range 2 {
			require.Equal(t, inOrder(timeline...), timelineOf(t, store, incident))
			require.Equal(t, bare(acts...), Acts(t, store, incident))
			for n := range 5 {
				all := inOrder(timeline...)
				require.Equal(t, all[max(len(all)-n, 0):], tailOf(t, store, incident, model.Position{}, n))
			}
			require.Equal(t, bare(f.own...), Line(t, store, f.a.Log(), 1))
			require.Equal(t, bare(f.second...), Line(t, store, f.branch.ID, 1))
			for _, b := range branchesOf(t, store) {
				require.Equal(t, map[model.LogID]uint64{f.a.Log(): own, f.branch.ID: branch}[b.ID], b.Ends)
			}
			store = s.reopened(t, store)
		}
	}
	end(f.branch.ID, 4)
	check(0, 4, []storage.Placed{f.own[1], f.own[2], f.own[3], f.second[0]}, nil)
	more := f.a.Write(incident, "behind the end")
	f.own = append(f.own, more)
	end(f.a.Log(), 4, more)
	check(4, 4, []storage.Placed{f.own[1], f.own[2], f.second[0]}, nil)
	end(f.a.Log(), 9)
	check(4, 4, []storage.Placed{f.own[1], f.own[2], f.second[0]}, nil)
	f.own[3].Eff += 1000 // what moves behind an end comes not back
	put(t, store, storage.Batch{Events: f.own[3:4]})
	last := f.a.Write(incident, "and more")
	f.own = append(f.own, last)
	put(t, store, storage.Batch{Events: []storage.Placed{last}})
	end(f.branch.ID, 3)
	check(4, 3, []storage.Placed{f.own[1], f.own[2]}, nil)
}

func (s Suite) awaits(t *testing.T, store Store) {
	f := newForked()
	f.commit(t, store)
	require.Empty(t, AwaitsOf(t, store))
	one, two := model.Ref{Log: model.LogID{1}, Seq: 7, Hash: model.ShortHash{1}}, model.Ref{Log: model.LogID{1}, Seq: 7, Hash: model.ShortHash{2}}
	want := []storage.Await{
		{For: one, Branch: f.a.Log(), Seq: 2}, {For: one, Branch: f.a.Log(), Seq: 3},
		{For: two, Branch: f.a.Log(), Seq: 2}, {For: two, Branch: f.branch.ID, Seq: 4},
	}
	put(t, store, storage.Batch{Awaits: []storage.Await{want[3], want[1], want[1], want[0]}})
	put(t, store, storage.Batch{Awaits: []storage.Await{want[2], want[0]}})
	sorted := slices.Clone(want)
	if f.branch.ID.String() < f.a.Log().String() {
		sorted[2], sorted[3] = sorted[3], sorted[2]
	}
	require.Equal(t, sorted, AwaitsOf(t, store))
	store = s.reopened(t, store)
	require.Equal(t, sorted, AwaitsOf(t, store))
	put(t, store, storage.Batch{Arrived: []model.Ref{one, {Log: model.LogID{5}}}})
	require.Equal(t, sorted[2:], AwaitsOf(t, store))
	store = s.reopened(t, store)
	require.Equal(t, sorted[2:], AwaitsOf(t, store))
	next := f.a.Write(incident, "names two events")
	put(t, store, storage.Batch{
		Events:  []storage.Placed{next},
		Awaits:  []storage.Await{{For: one, Branch: f.a.Log(), Seq: 5}, {For: two, Branch: f.a.Log(), Seq: 5}},
		Arrived: []model.Ref{two},
	})
	store = s.reopened(t, store)
	require.Equal(t, []storage.Await{{For: one, Branch: f.a.Log(), Seq: 5}}, AwaitsOf(t, store))
	enough := errors.New("enough")
	require.ErrorIs(t, store.Awaits(func(storage.Await) error { return enough }), enough)
	require.ErrorIs(t, store.Line(f.a.Log(), 1, func(*model.Event, model.Clock) error { return enough }), enough)
}

func (s Suite) removesFromBranches(t *testing.T, store Store) {
	f := newForked()
	f.commit(t, store)
	ref := f.second[0].Event.Ref()
	require.NoError(t, store.Remove(context.Background(), []model.Ref{ref}, nil))
	for range 2 {
		e, _, line, err := store.Find(ref)
		require.NoError(t, err)
		require.Equal(t, f.branch.ID, line)
		require.Nil(t, e.Text)
		require.Zero(t, e.Salt)
		require.Equal(t, f.second[0].Event.Raw, e.Raw)
		require.Equal(t, events(f.own), read(t, store, f.a.Log(), 1), "the event of that number in the other line stays")
		require.Equal(t, "it spreads", string(read(t, store, f.branch.ID, 4)[0].Text))
		require.Equal(t, f.lines(), branchesOf(t, store))
		store = s.reopened(t, store)
	}
	put(t, store, storage.Batch{Events: f.second})
	require.Nil(t, read(t, store, f.branch.ID, 3)[0].Text, "a peer may tell it again")
}

func (s Suite) branchRefusals(t *testing.T, store Store) {
	f := newForked()
	f.commit(t, store)
	put(t, store, storage.Batch{Ends: []storage.End{{Branch: f.branch.ID, From: 9}}})
	stranger := NewAuthor(2)
	put(t, store, storage.Batch{Events: stranger.Begin(other, 2)})
	before := branchesOf(t, store)
	timeline := timelineOf(t, store, incident)

	third := fork(1, 1)
	p := third.Write(incident, "a third copy")
	good := BranchOf(f.a.Log(), p)
	next := third.Write(incident, "and on")
	atTip := f.a.Write(incident, "the next of the own line")
	with := func(change func(*model.Branch)) []model.Branch {
		b := good
		change(&b)
		return []model.Branch{b}
	}
	for name, c := range map[string]struct {
		batch storage.Batch
		want  model.Code
	}{
		"an event for a branch that did not begin": {storage.Batch{Events: In(good.ID, p)}, model.CodeEventGap},
		"a branch without an event":                {storage.Batch{Begins: []model.Branch{good}}, model.CodeEventGap},
		"a branch with a hole":                     {storage.Batch{Events: In(good.ID, next), Begins: []model.Branch{good}}, model.CodeEventGap},
		"another name": {storage.Batch{Events: In(model.LogID{9}, p), Begins: with(func(b *model.Branch) {
			b.ID = model.LogID{9}
		})}, model.CodeEventMalformed},
		"the log's own name": {storage.Batch{Events: In(good.ID, p), Begins: with(func(b *model.Branch) {
			b.ID = b.Log
		})}, model.CodeEventMalformed},
		"the name of another log": {storage.Batch{Begins: with(func(b *model.Branch) {
			b.ID = stranger.Log()
		})}, model.CodeEventMalformed},
		"a branch that leaves itself": {storage.Batch{Events: In(good.ID, p), Begins: with(func(b *model.Branch) {
			b.Parent = b.ID
		})}, model.CodeEventMalformed},
		"a branch that leaves another log": {storage.Batch{Events: In(good.ID, p), Begins: with(func(b *model.Branch) {
			b.Parent = stranger.Log()
		})}, model.CodeEventMalformed},
		"a branch that leaves what is not held": {storage.Batch{Events: In(good.ID, p), Begins: with(func(b *model.Branch) {
			b.Parent = model.LogID{9}
		})}, model.CodeEventGap},
		"a branch of another log": {storage.Batch{Events: In(good.ID, p), Begins: with(func(b *model.Branch) {
			b.Log = stranger.Log()
		})}, model.CodeEventLog},
		"a branch that leaves before its parent begins": {storage.Batch{Events: In(good.ID, p), Begins: with(func(b *model.Branch) {
			b.Parent = f.branch.ID
		})}, model.CodeEventMalformed},
		"a branch that leaves behind another event": {storage.Batch{Events: In(good.ID, p), Begins: with(func(b *model.Branch) {
			b.Base = 3
		})}, model.CodeEventChain},
		"a branch that leaves elsewhere": {storage.Batch{Events: In(good.ID, p), Begins: with(func(b *model.Branch) {
			b.Base = 1
		})}, model.CodeEventGap},
		"a branch at the end of its parent": {storage.Batch{
			Events: In(BranchOf(f.a.Log(), atTip).ID, atTip), Begins: []model.Branch{BranchOf(f.a.Log(), atTip)},
		}, model.CodeEventGap},
		"a branch that begins with the same event": {storage.Batch{
			Events: In(BranchOf(f.a.Log(), f.own[2]).ID, f.own[2]), Begins: []model.Branch{BranchOf(f.a.Log(), f.own[2])},
		}, model.CodeEventChain},
		"a branch that is held and leaves elsewhere": {storage.Batch{Begins: []model.Branch{{
			ID: f.branch.ID, Log: f.a.Log(), Parent: f.a.Log(), Base: 1,
		}}}, model.CodeEventMalformed},
		"an event of another log":             {storage.Batch{Events: In(f.branch.ID, stranger.Write(other, "x"))}, model.CodeEventLog},
		"another event in a branch's place":   {storage.Batch{Events: In(f.branch.ID, p)}, model.CodeEventChain},
		"an event before the branch":          {storage.Batch{Events: In(f.branch.ID, f.own[1])}, model.CodeEventChain},
		"the parent's next event in a branch": {storage.Batch{Events: In(f.branch.ID, atTip)}, model.CodeEventChain},
		"an await of an event that is not held": {storage.Batch{Awaits: []storage.Await{
			{For: model.Ref{Seq: 1}, Branch: f.a.Log(), Seq: 9},
		}}, model.CodeEntryUnknown},
		"an await of an event before the branch": {storage.Batch{Awaits: []storage.Await{
			{For: model.Ref{Seq: 1}, Branch: f.branch.ID, Seq: 2},
		}}, model.CodeEntryUnknown},
		"an end of what is not held": {storage.Batch{Ends: []storage.End{{Branch: good.ID, From: 3}}}, model.CodeEntryUnknown},
		"an end before the first":    {storage.Batch{Ends: []storage.End{{Branch: f.a.Log()}}}, model.CodeEventMalformed},
	} {
		// What is good comes with it: nothing of it may stay.
		c.batch.Events = append(NewAuthor(9).Begin(incident, 1), c.batch.Events...)
		c.batch.Ends = append(c.batch.Ends, storage.End{Branch: f.a.Log(), From: 2})
		c.batch.Awaits = append(c.batch.Awaits, storage.Await{For: model.Ref{Seq: 5}, Branch: f.a.Log(), Seq: 1})
		d, err := store.Commit(context.Background(), c.batch)
		require.Error(t, err, name)
		require.Equal(t, c.want, model.CodeOf(err), "%s: %v", name, err)
		require.Nil(t, d, name)
		require.Equal(t, before, branchesOf(t, store), name)
		require.Equal(t, timeline, timelineOf(t, store, incident), name)
		require.Empty(t, AwaitsOf(t, store), name)
	}
	store = s.reopened(t, store)
	require.Equal(t, before, branchesOf(t, store))
	put(t, store, storage.Batch{Events: In(good.ID, p, next), Begins: []model.Branch{good}})
	require.Len(t, branchesOf(t, store), 4)
}
