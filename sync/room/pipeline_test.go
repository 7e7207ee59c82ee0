package room_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/storage/disk/disktest"
	"warroom/sync/room"
)

var errDisk = errors.New("disk on fire")

// gate is a store whose commits wait for the test, once it is shut.
type gate struct {
	kept
	shut atomic.Bool
	at   chan storage.Batch // a commit has come
	pass chan error         // nil lets it through
	over chan struct{}      // the test has ended: nothing waits any more
	once sync.Once
}

func (g *gate) end() { g.once.Do(func() { close(g.over) }) }

func (g *gate) Commit(ctx context.Context, b storage.Batch) ([]storage.Durable, error) {
	if g.shut.Load() {
		select {
		case g.at <- b:
		case <-g.over:
		}
		select {
		case err := <-g.pass:
			if err != nil {
				return nil, err
			}
		case <-g.over:
		}
	}
	return g.kept.Commit(ctx, b)
}

// slow is a room on a disk that the test makes wait.
type slow struct {
	*room.Room
	t       *testing.T
	store   *gate
	dir     string
	decided chan struct{} // one for each command that is being decided
	id      model.Scope   // an incident with an entry
	entry   model.Ref
}

func newSlow(t *testing.T) *slow {
	t.Helper()
	s := &slow{
		t: t, dir: t.TempDir(), decided: make(chan struct{}, 1000),
		store: &gate{kept: kept{storage.NewMemory()}, at: make(chan storage.Batch, 1), pass: make(chan error), over: make(chan struct{})},
	}
	s.open()
	s.id = do(t, s.Room, model.Scope{}, model.OpenIncident{Title: "one"}).Incident
	s.entry = do(t, s.Room, s.id, model.Write{Text: "kept"}).Refs[0]
	s.close()
	return s
}

func (s *slow) open() { s.openOn(s.store) }

func (s *slow) openOn(store storage.Store) {
	s.Room = open(s.t, room.Options{Store: store, Dir: s.dir, Now: func() time.Time {
		s.decided <- struct{}{}
		return time.Now()
	}})
	s.t.Cleanup(s.store.end) // before the room is closed
}

// close makes every commit wait, and forgets what was decided before.
func (s *slow) close() {
	s.store.shut.Store(true)
	for len(s.decided) > 0 {
		<-s.decided
	}
}

// begin sends a command off, and gives where its answer comes.
func (s *slow) begin(id model.Scope, c model.Command) <-chan answered {
	got := make(chan answered, 1)
	go func() {
		receipt, err := s.Do(s.t.Context(), me(s.Room), id, c)
		got <- answered{receipt, err}
	}()
	return got
}

// decide sends a command off that is to be decided now.
func (s *slow) decide(id model.Scope, c model.Command) <-chan answered {
	got := s.begin(id, c)
	<-s.decided
	return got
}

type answered struct {
	receipt model.Receipt
	err     error
}

func (s *slow) waits(got <-chan answered) {
	s.t.Helper()
	require.Empty(s.t, got, "answered, and not on the disk")
}

// proved checks that all of an incident, and both logs, are as they were signed.
func (s *slow) proved(id model.Scope) {
	s.t.Helper()
	ev, err := s.Evidence(s.t.Context(), id)
	require.NoError(s.t, err)
	verdict := model.Verify(ev, id)
	require.True(s.t, verdict.Proved(), verdict.Faults)
}

func TestTheNextCommitIsDecidedWhileTheLastIsOnItsWay(t *testing.T) {
	t.Parallel()
	s := newSlow(t)
	w := s.Watch()
	defer w.Close()
	before, overview := view(t, s.Room, s.id), s.Overview()
	a := s.decide(s.id, model.SetSeverity{Level: model.SEV1})
	require.Len(t, (<-s.store.at).Events, 1)
	b := s.decide(s.id, model.Write{Text: "second"}) // decided, while the first waits
	c := s.decide(model.Scope{}, model.OpenIncident{Title: "another"})
	s.waits(a)
	require.Empty(t, w.C())
	require.Same(t, before, view(t, s.Room, s.id), "what is not on the disk is not shown")
	require.Equal(t, overview, s.Overview())

	s.store.pass <- nil
	require.NoError(t, (<-a).err)
	require.Len(t, (<-s.store.at).Events, 2, "what was decided meanwhile is one commit")
	<-w.C()
	require.Equal(t, model.SEV1, view(t, s.Room, s.id).Severity.Value)
	require.Len(t, view(t, s.Room, s.id).Lines, 3)
	require.Equal(t, model.SEV1, s.Overview().Rows[0].Severity)
	require.Len(t, s.Overview().Rows, 1)
	s.waits(b)
	s.waits(c)
	s.store.pass <- nil
	require.NoError(t, (<-b).err)
	opened := <-c
	require.True(t, opened.receipt.Opened)
	require.Len(t, view(t, s.Room, s.id).Lines, 4)
	require.Len(t, s.Overview().Rows, 2)
	s.proved(s.id)
	s.proved(opened.receipt.Incident)
}

func TestARefusedCommitTakesWithItWhatWasDecidedOnIt(t *testing.T) {
	t.Parallel()
	s := newSlow(t)
	before, overview := view(t, s.Room, s.id), s.Overview()
	lost := []<-chan answered{s.decide(s.id, model.AssignRole{Role: model.TechLead, Name: "bob"})}
	<-s.store.at
	lost = append(lost,
		s.decide(s.id, model.SetSeverity{Level: model.SEV1}),
		s.decide(s.id, model.AssignRole{Role: model.Communications, Name: "bob"}), // known by the one before only
		s.decide(model.Scope{}, model.OpenIncident{Title: "lost"}),
	)
	s.store.pass <- errDisk
	for _, got := range lost {
		require.ErrorIs(t, (<-got).err, errDisk)
	}
	require.Empty(t, s.store.at, "the second was not tried without the first")
	require.Same(t, before, view(t, s.Room, s.id))
	require.Equal(t, overview, s.Overview())

	s.store.shut.Store(false)
	do(t, s.Room, s.id, model.SetSeverity{Level: model.SEV1}) // it is none, as ever
	do(t, s.Room, s.id, model.AssignRole{Role: model.TechLead, Name: "bob"})
	do(t, s.Room, model.Scope{}, model.OpenIncident{Title: "another"})
	require.Len(t, s.Overview().People.All(), 2)
	require.Len(t, s.Overview().Rows, 2)
	require.Len(t, view(t, s.Room, s.id).Lines, 4)
	s.proved(s.id)
	require.NoError(t, s.Room.Close())
	s.open()
	require.Len(t, view(t, s.Room, s.id).Lines, 4)
	require.Len(t, s.Overview().People.All(), 2)
}

func TestARefusalOfTheSecondCommitLeavesTheFirst(t *testing.T) {
	t.Parallel()
	s := newSlow(t)
	a := s.decide(s.id, model.Write{Text: "first"})
	<-s.store.at
	b := s.decide(s.id, model.Write{Text: "second"})
	s.store.pass <- nil
	require.NoError(t, (<-a).err)
	<-s.store.at
	c := s.decide(s.id, model.Write{Text: "third"})
	s.store.pass <- errDisk
	require.ErrorIs(t, (<-b).err, errDisk)
	require.ErrorIs(t, (<-c).err, errDisk)
	s.store.shut.Store(false)
	do(t, s.Room, s.id, model.Write{Text: "fourth"})
	var texts []string
	for _, l := range view(t, s.Room, s.id).Lines[1:] {
		texts = append(texts, l.Text)
	}
	require.Equal(t, []string{"kept", "first", "fourth"}, texts)
	s.proved(s.id)
}

func TestActsInFollowingCommitsSeeEachOther(t *testing.T) {
	t.Parallel()
	s := newSlow(t)
	a := s.decide(s.id, model.SetSeverity{Level: model.SEV1})
	<-s.store.at
	b := s.decide(s.id, model.Undo{})
	c := s.decide(s.id, model.SetSeverity{Level: model.SEV1})
	s.store.pass <- nil
	<-s.store.at
	s.store.pass <- nil
	for _, got := range []<-chan answered{a, b, c} {
		require.NoError(t, (<-got).err)
	}
	lines := view(t, s.Room, s.id).Lines
	require.Len(t, lines, 5)
	require.Equal(t, lines[3].Rec.Common().Undoes, lines[2].Ref())
	s.proved(s.id)
}

// A refusal says something of what is not on the disk yet; it may never be.
func TestAnAnswerThatRestsOnACommitWaitsForIt(t *testing.T) {
	t.Parallel()
	for name, fate := range map[string]error{"durable": nil, "refused": errDisk} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSlow(t)
			other := s.begin(model.Scope{}, model.OpenIncident{Title: "other"})
			<-s.store.at
			s.store.pass <- nil
			elsewhere := (<-other).receipt.Incident
			<-s.decided
			a := s.decide(s.id, model.SetTitle{Title: "two"})
			<-s.store.at
			same := s.decide(s.id, model.SetTitle{Title: "two"}) // nothing to do, if it lasts
			apart := s.decide(elsewhere, model.SetTitle{Title: "other"})
			require.NoError(t, (<-apart).err, "nothing of it is on its way")
			s.waits(same)
			s.store.pass <- fate
			require.ErrorIs(t, (<-a).err, fate)
			got := <-same
			require.ErrorIs(t, got.err, fate)
			require.True(t, got.receipt.Nothing())
		})
	}
}

func TestAlertsFindTheIncidentThatIsOnItsWay(t *testing.T) {
	t.Parallel()
	s := newSlow(t)
	alert := func(fingerprint string) model.Command {
		return model.ReceiveAlerts{Group: model.Hash{1}, Title: "HighErrorRate", Signals: []model.AlertSignal{{Fingerprint: fingerprint, Firing: true, Starts: 1, Text: "{}"}}}
	}
	a := s.decide(model.Scope{}, alert("f"))
	<-s.store.at
	b := s.decide(model.Scope{}, alert("f"))
	c := s.decide(model.Scope{}, alert("g"))
	s.waits(b)
	s.store.pass <- nil
	<-s.store.at
	s.store.pass <- nil
	first := (<-a).receipt
	require.True(t, first.Opened)
	require.True(t, (<-b).receipt.Nothing())
	require.Equal(t, first.Incident, (<-c).receipt.Incident)
	require.Len(t, s.Overview().Rows, 2)
}

// An incident that nobody has read yet is shown as it is on the disk, at once.
func TestAReaderDoesNotWaitForTheDisk(t *testing.T) {
	t.Parallel()
	s := newSlow(t)
	require.NoError(t, s.Room.Close())
	s.open()
	a := s.decide(s.id, model.Write{Text: "first"})
	<-s.store.at
	b := s.decide(s.id, model.Write{Text: "second"})
	require.Len(t, view(t, s.Room, s.id).Lines, 2)
	require.Len(t, glance(t, s.Room, s.id).Lines, 2)
	s.store.pass <- nil
	require.NoError(t, (<-a).err)
	<-s.store.at
	require.Len(t, view(t, s.Room, s.id).Lines, 3, "and what is durable is shown while the next waits")
	s.waits(b)
	s.store.pass <- nil
	require.NoError(t, (<-b).err)
	require.Len(t, view(t, s.Room, s.id).Lines, 4)
}

func TestARoomThatClosesAnswersWhatWasQueued(t *testing.T) {
	t.Parallel()
	s := newSlow(t)
	a := s.decide(s.id, model.Write{Text: "first"})
	<-s.store.at
	b := s.decide(s.id, model.Write{Text: "second"})
	closed := make(chan error, 1)
	go func() { closed <- s.Room.Close() }()
	s.store.pass <- nil
	<-s.store.at
	require.Empty(t, closed)
	s.store.pass <- nil
	require.NoError(t, <-closed)
	require.NoError(t, (<-a).err)
	require.NoError(t, (<-b).err)
	s.store.shut.Store(false)
	s.open()
	require.Len(t, view(t, s.Room, s.id).Lines, 4)
}

// witness looks at the store at the moment at which texts are removed.
type witness struct {
	*gate
	mu   sync.Mutex
	seen []string
}

func (w *witness) Remove(ctx context.Context, refs []model.Ref, rows []model.Summary) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(refs) > 0 {
		heads, err := w.Heads()
		if err != nil {
			return err
		}
		for _, h := range heads {
			if err := w.Log(h.Log, 1, func(e *model.Event) error {
				w.seen = append(w.seen, string(e.Text))
				return nil
			}); err != nil {
				return err
			}
		}
	}
	return w.gate.Remove(ctx, refs, rows)
}

func TestATextIsRemovedAloneWhenAllBeforeItIsDurable(t *testing.T) {
	t.Parallel()
	for name, fate := range map[string]error{"durable": nil, "refused": errDisk} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSlow(t)
			require.NoError(t, s.Room.Close())
			w := &witness{gate: s.store}
			s.openOn(w)
			a := s.decide(s.id, model.Write{Text: "before"})
			<-s.store.at
			gone := s.begin(s.id, model.RemoveText{Target: s.entry, Reason: "a password"})
			s.store.pass <- fate
			require.ErrorIs(t, (<-a).err, fate)
			<-s.decided // the removal
			batch := <-s.store.at
			require.Len(t, batch.Events, 1)
			require.Equal(t, model.KindTextRemove, batch.Events[0].Event.Kind)
			after := s.begin(s.id, model.Write{Text: "after"})
			s.waits(gone)
			require.Empty(t, view(t, s.Room, s.id).Lines[1].Removed)
			s.store.pass <- nil
			require.Empty(t, (<-s.store.at).Events, "the room notes that it is done")
			require.Empty(t, s.decided, "what came later waits")
			s.store.pass <- nil
			require.Len(t, (<-s.store.at).Events, 1)
			require.NoError(t, (<-gone).err)
			require.Empty(t, holds(view(t, s.Room, s.id), "kept"))
			s.store.pass <- nil
			require.NoError(t, (<-after).err)
			w.mu.Lock()
			defer w.mu.Unlock()
			require.Equal(t, fate == nil, strings.Contains(strings.Join(w.seen, "\n"), "before"))
			require.Contains(t, w.seen, "a password")
			require.NotContains(t, w.seen, "after")
		})
	}
}

// The same on the store in a directory, whose disk refuses a write of the journal
// while the next commit is decided.
func TestADiskThatFailsUnderTwoCommitsLosesBothAndNoMore(t *testing.T) {
	t.Parallel()
	dir, fs := t.TempDir(), disktest.New()
	s, err := storage.Open(dir, storage.Options{Disk: fs})
	require.NoError(t, err)
	decided := make(chan struct{}, 100)
	r := open(t, room.Options{Store: s, Dir: dir, Now: func() time.Time {
		decided <- struct{}{}
		return time.Now()
	}})
	id := do(t, r, model.Scope{}, model.OpenIncident{Title: "one"}).Incident
	do(t, r, id, model.Write{Text: "kept"})
	for len(decided) > 0 {
		<-decided
	}
	before := view(t, r, id)
	writing, fate := make(chan struct{}, 1), make(chan error)
	var once atomic.Bool
	fs.Fail(func(op, path string) error {
		if op == "write" && strings.HasPrefix(filepath.Base(path), "00000001.") && once.CompareAndSwap(false, true) {
			writing <- struct{}{}
			return <-fate
		}
		return nil
	})
	slow := &slow{Room: r, t: t, decided: decided}
	a := slow.decide(id, model.Write{Text: "first"})
	<-writing
	b := slow.decide(id, model.Write{Text: "second"})
	slow.waits(a)
	fate <- syscall.EIO
	require.ErrorIs(t, (<-a).err, syscall.EIO)
	require.ErrorIs(t, (<-b).err, syscall.EIO)
	require.Same(t, before, view(t, r, id))
	_, err = r.Do(t.Context(), me(r), id, model.Write{Text: "third"})
	require.Error(t, err, "the store takes no more until it is opened again")
	require.Len(t, view(t, r, id).Lines, 2)
	_ = r.Close() // it says that its disk failed

	s, err = storage.Open(dir, storage.Options{Disk: fs})
	require.NoError(t, err)
	r = open(t, room.Options{Store: s, Dir: dir})
	do(t, r, id, model.Write{Text: "and on"})
	lines := view(t, r, id).Lines
	require.Len(t, lines, 3)
	require.Equal(t, "kept", lines[1].Text)
}

func TestMoreIncidentsThanAreKeptFoldedMayBeOnTheirWay(t *testing.T) {
	t.Parallel()
	s := newSlow(t)
	a := s.decide(s.id, model.Write{Text: "first"})
	<-s.store.at
	var opened []<-chan answered
	for range 100 {
		opened = append(opened, s.decide(model.Scope{}, model.OpenIncident{Title: "many"}))
	}
	s.store.pass <- nil
	require.NoError(t, (<-a).err)
	batch := <-s.store.at
	require.Len(t, batch.Events, len(opened))
	first := batch.Events[0].Event.Scope
	again := s.decide(first, model.Write{Text: "second"}) // its opening is not in the store yet
	s.store.pass <- nil
	for _, got := range opened {
		require.NoError(t, (<-got).err)
	}
	<-s.store.at
	s.store.pass <- nil
	require.NoError(t, (<-again).err)
	require.Len(t, s.Overview().Rows, 101)
	require.Len(t, view(t, s.Room, first).Lines, 2)
	s.proved(first)
}
