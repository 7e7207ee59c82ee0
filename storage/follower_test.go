package storage_test

import (
	"bytes"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/storage"
	"warroom/storage/disk/disktest"
	"warroom/storage/journal"
)

// following is a follower in a bubble, with what its database has.
func following(t *testing.T) (f storage.Follower, has *atomic.Uint64) {
	t.Helper()
	has = &atomic.Uint64{}
	f = storage.Follow(openJournal(t, disktest.New()), make(chan time.Time), func() bool { return true }, func(o uint64, _ []byte) error {
		has.Store(o)
		return nil
	})
	t.Cleanup(func() { require.NoError(t, f.End()) })
	return f, has
}

func openJournal(t *testing.T, fs *disktest.FS) *journal.Journal {
	t.Helper()
	j, _, err := journal.Open(fs, "j", journal.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, j.Close()) })
	return j
}

// bring queues commits of a size, 5 ms after each other, from a number on, and gives the next number.
func bring(f storage.Follower, from uint64, n, size int) uint64 {
	value := make([]byte, size)
	for range n {
		f.Push(from, value)
		time.Sleep(5 * time.Millisecond)
		from++
	}
	return from
}

func TestTheDatabaseFollowsAtOnceWhatPeopleWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, has := following(t)
		next := bring(f, 1, 100, 400)
		time.Sleep(50 * time.Millisecond)
		require.Equal(t, next-1, has.Load())
		f.Push(next, nil)
		time.Sleep(10 * time.Millisecond)
		require.Less(t, has.Load(), next, "it waits for more")
		time.Sleep(20 * time.Millisecond)
		require.Equal(t, next, has.Load())
	})
}

func TestTheDatabaseWaitsForTheEndOfABurst(t *testing.T) {
	t.Parallel()
	const size = 128 << 10
	for name, c := range map[string]struct {
		commits, size int
		during        func(f storage.Follower, has *atomic.Uint64, last uint64)
	}{
		"it begins when no more comes": {200, size, func(_ storage.Follower, has *atomic.Uint64, _ uint64) {
			require.Zero(t, has.Load())
		}},
		"it begins when too much waits": {390, size, func(_ storage.Follower, has *atomic.Uint64, _ uint64) {
			require.NotZero(t, has.Load())
		}},
		"it does not wait for ever": {500, size / 2, func(_ storage.Follower, has *atomic.Uint64, _ uint64) {
			require.NotZero(t, has.Load())
		}},
		"a reader does not wait for its end, and it stays near then": {150, size, func(f storage.Follower, has *atomic.Uint64, last uint64) {
			require.Zero(t, has.Load())
			require.NoError(t, f.Wait())
			require.Equal(t, last, has.Load())
			last = bring(f, last+1, 40, size) - 1
			require.Greater(t, has.Load(), last-20)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f, has := following(t)
				last := bring(f, 1, c.commits, c.size) - 1
				c.during(f, has, last)
				time.Sleep(100 * time.Millisecond)
				require.GreaterOrEqual(t, has.Load(), last)
			})
		})
	}
}

// burst is a follower after a burst of which the most waits in the journal alone, and the
// values of the commits that its database has.
func burst(t *testing.T, fs *disktest.FS, room func() bool) (f storage.Follower, ticks chan time.Time, has func() [][]byte) {
	t.Helper()
	var mu sync.Mutex
	var got [][]byte
	ticks = make(chan time.Time)
	f = storage.Follow(openJournal(t, fs), ticks, room, func(_ uint64, v []byte) error {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, v[:8:8])
		return nil
	})
	t.Cleanup(func() { _ = f.End() })
	for i := range uint64(waiting) {
		f.Push(i+1, value(i))
		time.Sleep(5 * time.Millisecond)
	}
	require.LessOrEqual(t, f.Held(), 4<<20)
	return f, ticks, func() [][]byte {
		mu.Lock()
		defer mu.Unlock()
		return got
	}
}

// waiting is how many commits a burst has.
const waiting = 80

// value is one that fills a transaction, so that each commit is applied by itself.
func value(i uint64) []byte { return bytes.Repeat([]byte{byte(i), 'v'}, 256<<10) }

func TestWhatWaitsInTheJournalAloneIsAppliedInItsOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, _, has := burst(t, disktest.New(), func() bool { return true })
		require.NoError(t, f.Wait())
		got := has()
		require.Len(t, got, waiting)
		for i, v := range got {
			require.Equal(t, value(uint64(i))[:8], v, "commit %d", i+1)
		}
		require.Zero(t, f.Held())
	})
}

func TestInAPauseReadersAreGivenWhatWaitsInTheJournalAlone(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"", "open", "read"} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var room atomic.Bool
				fs, broken := disktest.New(), errors.New("the disk is broken")
				f, ticks, has := burst(t, fs, room.Load)
				fs.Fail(func(is, _ string) error {
					if is == op {
						return broken
					}
					return nil
				})
				if err := f.Wait(); op == "" {
					require.ErrorIs(t, err, storage.ErrFull)
				} else {
					require.ErrorIs(t, err, broken)
					_, err := f.Look()
					require.ErrorIs(t, err, broken)
					fs.Fail(nil)
					ticks <- time.Time{}
					ticks <- time.Time{}
				}
				require.Equal(t, waiting, looks(t, f))
				f.Push(waiting+1, value(waiting))
				require.Equal(t, waiting+1, looks(t, f), "what comes in a pause is there at once")
				require.Greater(t, f.Held(), 40<<20)
				require.Empty(t, has())
				room.Store(true)
				ticks <- time.Time{}
				require.NoError(t, f.Wait())
				require.Len(t, has(), waiting+1)
				require.Zero(t, f.Held())
			})
		})
	}
}

func TestACommitThatCannotBeReadAgainStopsTheDatabaseUntilItCan(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fs, broken := disktest.New(), errors.New("the disk is broken")
		f, ticks, has := burst(t, fs, func() bool { return true })
		fs.Fail(func(is, _ string) error {
			if is == "read" {
				return broken
			}
			return nil
		})
		require.ErrorIs(t, f.Wait(), broken)
		_, err := f.Look()
		require.ErrorIs(t, err, broken)
		require.NotEmpty(t, has(), "what was in memory")
		require.Less(t, len(has()), waiting)
		ticks <- time.Time{}
		_, _, err = f.State()
		require.ErrorIs(t, err, broken, "it is as it was")
		fs.Fail(nil)
		ticks <- time.Time{}
		ticks <- time.Time{}
		require.NoError(t, f.Wait())
		require.Len(t, has(), waiting)
	})
}
