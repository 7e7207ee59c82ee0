package storage_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/storage"
)

// following is a follower in a bubble, with what its database has.
func following(t *testing.T) (f storage.Follower, has *atomic.Uint64) {
	t.Helper()
	has = &atomic.Uint64{}
	f = storage.Follow(make(chan time.Time), func() bool { return true }, func(o uint64) error {
		has.Store(o)
		return nil
	})
	t.Cleanup(func() { require.NoError(t, f.End()) })
	return f, has
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
		"it begins when too much waits": {300, size, func(_ storage.Follower, has *atomic.Uint64, _ uint64) {
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
