package storage_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/storage/disk/disktest"
	"warroom/storage/storagetest"
)

const (
	mib  = 1 << 20
	low  = 60 * mib // below the reserve, enough to close the database
	none = 10 * mib // not even that
	some = 90 * mib // above the reserve, not enough to come back
	full = 1 << 40
)

// ticked is a store that looks at the disk when it is told to.
type ticked struct {
	*storage.Badger
	ticks chan time.Time
}

func openTicked(t *testing.T, dir string, fs *disktest.FS) ticked {
	t.Helper()
	ticks := make(chan time.Time)
	s, err := storage.Open(dir, storage.WithTicks(storage.Options{Disk: fs}, ticks))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return ticked{s, ticks}
}

// tick returns when the tick was dealt with.
func (s ticked) tick() {
	for range 2 {
		s.ticks <- time.Time{}
	}
}

// requireWell sees that the database has everything, and is written.
func requireWell(t *testing.T, s ticked) {
	t.Helper()
	h := s.Health()
	h.Free = 0
	require.Equal(t, storage.Health{}, h)
}

const text = "the database is slow"

func hasBallast(dir string, fs *disktest.FS) bool {
	return fs.Content(filepath.Join(dir, "ballast")) != nil
}

func TestStoreLivesThroughAFullDisk(t *testing.T) {
	t.Parallel()
	dir, fs := t.TempDir(), disktest.New()
	s := openTicked(t, dir, fs)
	require.True(t, hasBallast(dir, fs))
	a := storagetest.NewAuthor(1)
	write(t, s, a.Open())
	write(t, s, a.Write(scope, text))
	requireAll(t, s.Badger, a)
	require.False(t, s.Health().JournalOnly)

	for range 2 {
		fs.SetRoom(low)
		s.tick()
		require.True(t, s.Health().JournalOnly)
		require.InDelta(t, low, s.Health().Free, mib)
		require.NoError(t, s.Health().Failed)
		require.False(t, hasBallast(dir, fs), "it gives its room to the database")
		for range 5 {
			write(t, s, a.Write(scope, text))
			requireAll(t, s.Badger, a)
		}
		s.tick()
		require.Equal(t, 5, s.Health().Waiting, "the database is not written")
		require.ErrorIs(t, s.Remove(context.Background(), []model.Ref{{Log: a.Log(), Seq: 2}}, nil), storage.ErrFull)

		fs.SetRoom(some)
		s.tick()
		require.True(t, s.Health().JournalOnly, "it does not go in and out")
		require.Equal(t, 5, s.Health().Waiting)
		fs.SetRoom(full)
		s.tick()
		requireWell(t, s)
		require.True(t, hasBallast(dir, fs))
		requireAll(t, s.Badger, a)
	}
	require.NoError(t, s.Close())
	requireAll(t, openTicked(t, dir, fs).Badger, a)
}

// Nobody ticks: a commit finds that there is no room.
func TestRoomIsLookedAtBeforeTheDatabaseIsWritten(t *testing.T) {
	t.Parallel()
	dir, fs := t.TempDir(), disktest.New()
	s := openTicked(t, dir, fs)
	a := storagetest.NewAuthor(1)
	write(t, s, a.Open())
	requireAllHeads(t, s, a)
	fs.SetRoom(low)
	for range 3 {
		write(t, s, a.Write(scope, text))
		requireAll(t, s.Badger, a)
	}
	require.True(t, s.Health().JournalOnly)
	require.Equal(t, 3, s.Health().Waiting)
	fs.SetRoom(full)
}

func requireAllHeads(t *testing.T, s ticked, a *storagetest.Author) {
	t.Helper()
	heads, err := s.Heads()
	require.NoError(t, err)
	require.Equal(t, []model.Head{a.Head()}, heads)
	_, _, err = s.Setting("last") // waits for the database
	require.NoError(t, err)
}

// The places of moved events, removed settings and replaced rows are seen from
// the journal as from the database.
func TestEverythingIsReadInAPause(t *testing.T) {
	t.Parallel()
	suite := storagetest.Suite{WithoutRoom: true, Open: func(t *testing.T) storagetest.Store {
		fs := disktest.New()
		fs.SetRoom(low)
		s, err := storage.Open(t.TempDir(), storage.Options{Disk: fs})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		require.True(t, s.Health().JournalOnly)
		return s
	}}
	suite.Run(t)
}

func TestStoreIsOpenedOnAFullDisk(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end func(*testing.T, ticked, *disktest.FS) // how it ended the last time
		db  string                                 // the detail of the database's step
	}{
		"closed in order": {func(t *testing.T, s ticked, _ *disktest.FS) { require.NoError(t, s.Close()) }, "store.full.read"},
		"left on a full disk": {func(t *testing.T, s ticked, fs *disktest.FS) {
			fs.SetRoom(none)
			require.NoError(t, s.Close())
			mem, err := filepath.Glob(filepath.Join(s.Dir(), "db", "*.mem"))
			require.NoError(t, err)
			require.NotEmpty(t, mem, "it was not closed")
		}, "store.full.journal"},
		"left in a pause": {func(t *testing.T, s ticked, fs *disktest.FS) {
			fs.SetRoom(none)
			s.tick()
			require.NoError(t, s.Close())
		}, "store.full.journal"},
		"lost": {func(t *testing.T, s ticked, _ *disktest.FS) {
			require.NoError(t, s.Close())
			require.NoError(t, os.RemoveAll(filepath.Join(s.Dir(), "db")))
		}, "store.full.none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, fs := t.TempDir(), disktest.New()
			s := openTicked(t, dir, fs)
			a := storagetest.NewAuthor(1)
			write(t, s, a.Open())
			for range 4 {
				write(t, s, a.Write(scope, text))
			}
			c.end(t, s, fs)
			fs.SetRoom(none)
			for range 2 {
				s = openTicked(t, dir, fs)
				require.True(t, s.Health().JournalOnly)
				require.Equal(t, storage.Warned, step(t, s.Badger, storage.StepSpace))
				require.Equal(t, storage.Warned, step(t, s.Badger, storage.StepDatabase))
				require.Equal(t, c.db, s.Report().Steps[len(s.Report().Steps)-3].Detail.Key)
				require.Empty(t, s.Report().Behind)
				requireAll(t, s.Badger, a)
				write(t, s, a.Write(scope, text))
				requireAll(t, s.Badger, a)
				require.NoError(t, s.Close())
			}
			s = openTicked(t, dir, fs)
			write(t, s, a.Write(scope, text))
			fs.SetRoom(full)
			s.tick()
			requireWell(t, s)
			requireAll(t, s.Badger, a)
			write(t, s, a.Write(scope, text))
			requireAll(t, s.Badger, a)
			require.NoError(t, s.Close())
			s = openTicked(t, dir, fs)
			require.Equal(t, storage.Fine, step(t, s.Badger, storage.StepReplay))
			requireAll(t, s.Badger, a)
		})
	}
}

func TestDatabaseThatIsNeitherReadNorCoveredIsLeftAloneOnAFullDisk(t *testing.T) {
	t.Parallel()
	dir, fs := t.TempDir(), disktest.New()
	s := openTicked(t, dir, fs)
	a := storagetest.NewAuthor(1)
	write(t, s, a.Open())
	require.NoError(t, s.Close())
	require.NoError(t, os.Truncate(filepath.Join(dir, "db", "MANIFEST"), 20))
	require.NoError(t, fs.Remove(filepath.Join(dir, "journal", "00000001.wj")))
	before := listing(t, dir)
	fs.SetRoom(20 * mib)
	_, err := storage.Open(dir, storage.Options{Disk: fs})
	require.ErrorIs(t, err, storage.ErrFull)
	require.ErrorIs(t, err, storage.ErrNotCovered)
	require.Equal(t, before, listing(t, dir))
}

func TestDatabaseThatFailsIsSaidAndPeopleGoOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTicked(t, dir, disktest.New())
	a := storagetest.NewAuthor(1)
	write(t, s, a.Open())
	requireAllHeads(t, s, a)
	require.NoError(t, s.CloseDatabase())
	for range 3 {
		write(t, s, a.Write(scope, text))
	}
	s.tick()
	h := s.Health()
	require.True(t, h.JournalOnly)
	require.Error(t, h.Failed)
	require.Equal(t, 3, h.Waiting)
	require.Error(t, s.Close())
}

func TestFullJournalIsSaidAndTriedAgain(t *testing.T) {
	t.Parallel()
	dir, fs := t.TempDir(), disktest.New()
	s := openTicked(t, dir, fs)
	a := storagetest.NewAuthor(1)
	write(t, s, a.Open())
	fs.SetRoom(0)
	s.tick()
	var p storage.Placed
	var err error
	for err == nil {
		p = a.Write(scope, strings.Repeat("x", 60_000))
		_, err = s.Commit(context.Background(), storage.Batch{Events: []storage.Placed{p}})
	}
	require.ErrorIs(t, err, storage.ErrFull)
	require.ErrorIs(t, err, syscall.ENOSPC)
	heads, readErr := s.Heads()
	require.NoError(t, readErr)
	require.Equal(t, p.Event.Seq-1, heads[0].Seq, "nothing is half-written")
	require.Greater(t, p.Event.Seq, uint64(60), "a segment was reserved")
	_, err = s.Commit(context.Background(), storage.Batch{Events: []storage.Placed{p}})
	require.ErrorIs(t, err, storage.ErrFull)
	fs.SetRoom(full)
	_, err = s.Commit(context.Background(), storage.Batch{Events: []storage.Placed{p}})
	require.NoError(t, err)
	s.tick()
	require.False(t, s.Health().JournalOnly)
	requireAllHeads(t, s, a)
}

func looks(t *testing.T, f storage.Follower) int {
	t.Helper()
	n, err := f.Look()
	require.NoError(t, err)
	return n
}

func TestFollowerPausesAndGoesOn(t *testing.T) {
	t.Parallel()
	var room, broken atomic.Bool
	room.Store(true)
	var applied atomic.Uint64
	ticks := make(chan time.Time)
	tick := func() { ticks <- time.Time{}; ticks <- time.Time{} }
	failure := errors.New("the database is broken")
	f := storage.Follow(openJournal(t, disktest.New()), ticks, room.Load, func(o uint64, _ []byte) error {
		if broken.Load() {
			return failure
		}
		applied.Store(o)
		return nil
	})
	f.Push(1, nil)
	require.NoError(t, f.Wait())
	require.Zero(t, looks(t, f))
	room.Store(false)
	tick() // from now on all is held in memory
	big := make([]byte, 60*mib)
	for n := uint64(2); n < 6; n++ {
		f.Push(n, big) // more than may wait otherwise: nobody is held up in a pause
		require.Equal(t, int(n)-1, looks(t, f))
		require.ErrorIs(t, f.Wait(), storage.ErrFull)
		require.NoError(t, f.Crowded())
	}
	f.Push(6, big)
	require.ErrorIs(t, f.Crowded(), storage.ErrCrowded)
	require.Equal(t, uint64(1), applied.Load())
	room.Store(true)
	tick()
	require.NoError(t, f.Wait())
	require.Equal(t, uint64(6), applied.Load())
	require.NoError(t, f.Crowded())
	require.Zero(t, looks(t, f))

	broken.Store(true)
	f.Push(7, nil)
	require.ErrorIs(t, f.Wait(), failure)
	require.Equal(t, 1, looks(t, f))
	broken.Store(false)
	tick()
	waiting, paused, err := f.State()
	require.Equal(t, 1, waiting)
	require.True(t, paused, "what it has then is not known: it is opened again")
	require.ErrorIs(t, err, failure)
	require.ErrorIs(t, f.End(), failure)
	require.Equal(t, uint64(6), applied.Load())
}

func TestWhatIsSuspectedIsNotedAsSoonAsItCanBe(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"at a tick", "at the close"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			dir, fs, a := t.TempDir(), disktest.New(), storagetest.NewAuthor(1)
			ticks := make(chan time.Time)
			b, err := storage.Open(dir, storage.WithTicks(storage.Options{Disk: fs}, ticks))
			require.NoError(t, err)
			s := ticked{b, ticks}
			write(t, b, a.Open())
			requireAllHeads(t, s, a) // the database has it
			fs.Fail(func(op, _ string) error {
				if op == "create" {
					return syscall.EMFILE
				}
				return nil
			})
			s.LackFiles()
			if how == "at a tick" {
				s.tick()
				fs.Fail(nil)
				s.tick()
				fs.Fail(func(op, _ string) error {
					if op == "create" {
						return syscall.EMFILE
					}
					return nil
				})
			} else {
				fs.Fail(nil)
			}
			require.NoError(t, s.Close())
			fs.Fail(nil)
			again := openTicked(t, dir, fs)
			require.Equal(t, storage.Repaired, step(t, again.Badger, storage.StepDatabase), "%v", again.Report())
			requireAllHeads(t, again, a)
		})
	}
}
