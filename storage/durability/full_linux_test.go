package durability_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// reserveMiB is more than what a store wants to see free before it goes back to
// its database.
const reserveMiB = 128

// filler takes the room of a volume away and gives it back.
type filler struct {
	*volume
	path string
}

// fill writes a ballast until nothing fits any more.
func (f filler) fill() {
	f.t.Helper()
	file, err := os.OpenFile(f.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	require.NoError(f.t, err)
	for _, block := range []int{1 << 20, 4 << 10, 1} {
		for err = nil; err == nil; {
			_, err = file.Write(make([]byte, block))
		}
		require.ErrorIs(f.t, err, unix.ENOSPC)
	}
	// What was written may only be promised yet.
	require.NoError(f.t, errors.Join(ignore(file.Sync(), unix.ENOSPC), file.Close()))
}

// giveBack frees so many MiB.
func (f filler) giveBack(mib int64) {
	f.t.Helper()
	st, err := os.Stat(f.path)
	require.NoError(f.t, err)
	require.NoError(f.t, os.Truncate(f.path, max(0, st.Size()-mib<<20)))
}

func ignore(err, but error) error {
	if errors.Is(err, but) {
		return nil
	}
	return err
}

// requireAlive sees that the child did not die of it. Badger writes through mapped
// files, and a full disk kills whoever does that.
func (w *writer) requireAlive(alive bool) {
	w.t.Helper()
	if !alive {
		died := w.drain()
		require.Fail(w.t, "the process ended", "%v: %s %s", died, w.failed, firstLines(w.problem.String()))
	}
}

// press lets a child write a full volume, until it is refused or so many events
// fitted all the same; false when the child died of it.
func press(w *writer, refusals, events int) bool {
	refused, fresh := w.refused+refusals, w.fresh+events
	for w.refused < refused && w.fresh < fresh {
		if !w.line() {
			return false
		}
	}
	return true
}

func TestFullDiskLosesNothingAndWorksAgainWithSpace(t *testing.T) {
	t.Parallel()
	volumes := map[string]func(*testing.T) *volume{
		"tmpfs": func(t *testing.T) *volume { return newTmpfs(t, "256M") },
		"ext4":  func(t *testing.T) *volume { return newExt4(t, "256", "") },
	}
	tasks := map[string]task{
		"store": {Do: writeStore, Writers: 3, Text: 3000, Patient: true},
		"room":  {Do: writeRoom, Writers: 3, Text: 3000, Patient: true},
	}
	for on, make := range volumes {
		for what, do := range tasks {
			t.Run(fmt.Sprint(what, " on ", on), func(t *testing.T) {
				t.Parallel()
				v := make(t)
				f := filler{v, filepath.Join(v.dir, "ballast-of-the-test")}
				do.Dir, do.Seed = filepath.Join(v.dir, "store"), chance(t, 0).Uint64()
				acked := acks{}
				w := start(t, do, acked)
				require.True(t, w.until("+", 200), w.failed)

				f.fill()
				w.requireAlive(press(w, 20, 5_000))
				full := w.fresh
				f.giveBack(4)
				w.requireAlive(press(w, 20, 1_000))
				f.giveBack(reserveMiB)
				w.requireAlive(w.until("+", 300))
				w.kill()
				examineApart(t, do.Dir, acked, "a full disk", 1)[0].requireSound(t)
				// And it is written again.
				do.Seed++
				w = start(t, do, acked)
				require.True(t, w.until("+", 100), w.failed)
				w.kill()
				examineApart(t, do.Dir, acked, "a full disk", 1)[0].requireSound(t)
				t.Logf("%d events acknowledged, %d of them by the time that nothing fitted, 0 lost", acked.count(), full)
			})
		}
	}
}

// People must be able to write in a room that is opened on a full disk, too.
func TestOpenOnAFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	for on, make := range map[string]func(*testing.T) *volume{
		"tmpfs": func(t *testing.T) *volume { return newTmpfs(t, "256M") },
		"ext4":  func(t *testing.T) *volume { return newExt4(t, "256", "") },
	} {
		t.Run(on, func(t *testing.T) {
			t.Parallel()
			v := make(t)
			f := filler{v, filepath.Join(v.dir, "ballast-of-the-test")}
			do := task{Do: writeStore, Dir: filepath.Join(v.dir, "store"), Seed: chance(t, 0).Uint64(), Writers: 2, Text: 3000}
			acked := acks{}
			w := start(t, do, acked)
			require.True(t, w.until("+", 500), w.failed)
			w.kill()
			f.fill()
			do.Patient = true
			w = start(t, do, acked)
			w.requireAlive(w.until(saidOpened, 1) && press(w, 20, 3_000))
			w.kill()
			f.giveBack(reserveMiB)
			examineApart(t, do.Dir, acked, "an open on a full disk", 1)[0].requireSound(t)
		})
	}
}

func TestDiskWithoutInodesLosesNothingAndWorksAgain(t *testing.T) {
	t.Parallel()
	required(t, cannotMount())
	v := newTmpfs(t, "512M,nr_inodes=300")
	do := task{Do: writeStore, Dir: filepath.Join(v.dir, "store"), Seed: chance(t, 0).Uint64(), Writers: 2, Text: 60_000, Patient: true}
	acked := acks{}
	w := start(t, do, acked)
	require.True(t, w.until("+", 20), w.failed)
	var taken []string
	for n := 0; ; n++ {
		path := filepath.Join(v.dir, fmt.Sprint("inode-", n))
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			require.ErrorIs(t, err, unix.ENOSPC)
			break
		}
		taken = append(taken, path)
	}
	alive := press(w, 20, 700) // two of Badger's logs
	for _, path := range taken {
		require.NoError(t, os.Remove(path))
	}
	w.requireAlive(alive && w.until("+", 50))
	w.kill()
	examineApart(t, do.Dir, acked, "a disk without inodes", 1)[0].requireSound(t)
	t.Logf("%d events acknowledged, %d commits refused, 0 lost", w.fresh, w.refused)
}
