//go:build unix

package durability_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// oneStore is how many faults one store goes through before a new one is begun:
// enough that tables are written and merged, few enough to read it all each time.
const oneStore = 20

// killed lets a child write, kills it as told, and examines what it leaves, so
// many times.
func killed(t *testing.T, n int, do task, kill func(*writer, *rand.Rand)) {
	t.Helper()
	acked, total := acks{}, 0
	for round := range n {
		r := chance(t, round)
		if round%oneStore == 0 {
			acked, do.Dir = acks{}, t.TempDir()
		}
		do.Seed = r.Uint64()
		w := start(t, do, acked)
		kill(w, r)
		total += w.fresh
		v := examine(do.Dir, acked)
		v.requireSound(t)
	}
	t.Logf("seed %d: %d kills, %d events acknowledged, 0 lost", *seed, n, total)
}

func upTo(r *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(r.Int64N(int64(most)))
}

func TestProcessKilledAtRandomLosesNothing(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]task{
		"store":      {Do: writeStore},
		"room":       {Do: writeRoom, Writers: 3},
		"long texts": {Do: writeStore, Writers: 2, Text: 60_000}, // the database rotates its logs
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			killed(t, share(*kills, 9), do, func(w *writer, r *rand.Rand) {
				w.until(saidOpened, 1)
				w.killAfter(upTo(r, 300*time.Millisecond))
			})
		})
	}
}

// A third of the kills: Badger makes its files, and the journal is written anew.
func TestProcessKilledInItsFirstTwentyMillisecondsLosesNothing(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]task{
		"store": {Do: writeStore, Writers: 2},
		"room":  {Do: writeRoom, Writers: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			killed(t, share(*kills, 6), do, func(w *writer, r *rand.Rand) {
				w.until(saidOpening, 1)
				w.killAfter(upTo(r, 20*time.Millisecond))
				if r.IntN(3) == 0 { // so that the next ones have something to lose
					before := do
					before.Dir, before.Seed, before.Stop = w.dir, r.Uint64(), 60
					kept := start(t, before, w.acked)
					require.NoError(t, kept.drain(), kept.failed)
					w.fresh += kept.fresh
				}
			})
		})
	}
}

func TestProcessKilledDuringCloseLosesNothing(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]task{
		"store": {Do: writeStore, Reopen: 20},
		"room":  {Do: writeRoom, Writers: 2, Reopen: 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			killed(t, share(*kills, 9), do, func(w *writer, r *rand.Rand) {
				w.until(saidClosing, 1+r.IntN(2))
				w.killAfter(upTo(r, 12*time.Millisecond))
			})
		})
	}
}

// Four writers, one commit at a time: three are queued whenever the kill comes.
func TestProcessKilledWithCommitsQueuedLosesNothing(t *testing.T) {
	t.Parallel()
	killed(t, share(*kills, 9), task{Do: writeStore, Writers: 4}, func(w *writer, r *rand.Rand) {
		w.until("+", 1+r.IntN(200))
		w.killAfter(0)
	})
}
