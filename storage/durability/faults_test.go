//go:build unix

package durability_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage"
	"warroom/storage/disk/disktest"
)

// bench is a store whose journal and HEAD are on a disk that can be told to fail.
type bench struct {
	t     *testing.T
	fs    *disktest.FS
	dir   string
	store *storage.Badger
	hand  *hand
	acked acks
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, fs: disktest.New(), dir: filepath.Join(t.TempDir(), "store"), acked: acks{}}
	b.open()
	return b
}

func (b *bench) open() {
	b.t.Helper()
	s, err := storage.Open(b.dir, storage.Options{Disk: b.fs})
	require.NoError(b.t, err)
	b.t.Cleanup(func() { _ = s.Close() }) // closed by the test, unless it failed
	b.store = s
	b.hand, err = newHand(s, 0)
	require.NoError(b.t, err)
}

// reopen closes the store, whatever its disk says to that, and opens it again.
func (b *bench) reopen() {
	b.t.Helper()
	_ = b.store.Close() // its disk may have failed
	b.open()
}

// batch signs one entry.
func (b *bench) batch() storage.Batch {
	b.t.Helper()
	p, err := b.hand.next(strings.Repeat("x", 1000))
	require.NoError(b.t, err)
	return storage.Batch{Events: []storage.Placed{p}, Rows: rowsOf(b.hand)}
}

func (b *bench) commit(batch storage.Batch) error {
	durable, err := b.store.Commit(context.Background(), batch)
	for _, d := range durable {
		b.acked.add(d.Ref())
	}
	return err
}

// cutPower leaves what the disk had written, and no database: the journal alone
// must have what was answered.
func (b *bench) cutPower(r *rand.Rand) {
	b.t.Helper()
	b.fs.Fail(nil)
	_ = b.store.Close()
	require.NoError(b.t, os.RemoveAll(filepath.Join(b.dir, "db")))
	b.fs = b.fs.Crash(r)
}

func (b *bench) requireSound() {
	b.t.Helper()
	examineWith(b.dir, storage.Options{Disk: b.fs}, b.acked).requireSound(b.t)
}

// After a failed sync the system takes what it could not write for written, so
// the next sync succeeds and says nothing. The disk of this test does the same.
func TestFailedSyncIsNeverTakenForGood(t *testing.T) {
	t.Parallel()
	for round := range 12 {
		r := chance(t, round)
		b := newBench(t)
		left := int64(1 + r.IntN(30))
		b.fs.Fail(func(op, path string) error {
			if op == "sync" && strings.Contains(path, "journal") {
				if left--; left == 0 {
					return syscall.EIO
				}
			}
			return nil
		})
		for range 60 { // the sync of a segment that is made ahead fails without an answer
			batch := b.batch()
			if err := b.commit(batch); err != nil {
				require.ErrorIs(t, err, syscall.EIO)
				for range 3 {
					require.Error(t, b.commit(batch), "the disk works again, and what it lost is not known")
				}
				break
			}
		}
		if r.IntN(2) == 0 {
			b.reopen()
			for range 5 {
				require.NoError(t, b.commit(b.batch()))
			}
		}
		b.cutPower(r)
		b.requireSound()
	}
}

func TestQuotaThatIsUsedUpRefusesAndThenGoesOn(t *testing.T) {
	t.Parallel()
	for _, failing := range []string{"allocate", "create", "write", "rename"} {
		t.Run(failing, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			require.NoError(t, b.commit(b.batch()))
			b.fs.Fail(func(op, path string) error {
				if op == failing && strings.Contains(path, "journal") {
					return syscall.EDQUOT
				}
				return nil
			})
			var refused storage.Batch
			n := 0
			for ; n < 20_000; n++ {
				refused = b.batch()
				if err := b.commit(refused); err != nil {
					require.ErrorIs(t, err, syscall.EDQUOT)
					break
				}
			}
			require.Less(t, n, 20_000, "20 MB do not fit what was reserved")
			b.fs.Fail(nil)
			if b.commit(refused) != nil { // its own write failed: only an open knows what is there
				b.reopen()
				require.NoError(t, b.commit(b.batch()))
			}
			b.cutPower(chance(t, 0))
			b.requireSound()
			t.Logf("%d events were taken before the quota was met", n)
		})
	}
}

// Every sync takes so long that whoever does not wait for it is first.
func TestNothingIsAnsweredBeforeItsSync(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var synced atomic.Int64
	b.fs.Fail(func(op, path string) error {
		if op == "sync" && strings.Contains(path, "journal") {
			for range 1000 {
				runtime.Gosched()
			}
			synced.Add(1)
		}
		return nil
	})
	for range 40 {
		before := synced.Load()
		require.NoError(t, b.commit(b.batch()))
		require.Greater(t, synced.Load(), before, "an answer came before its sync")
	}
	b.cutPower(chance(t, 0))
	b.requireSound()
}
