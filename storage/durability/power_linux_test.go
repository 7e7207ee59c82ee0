package durability_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The cut comes while commits are written and queued. What a child says after
// the cut counts too: it was durable before.
func TestPowerCutLosesNothingThatWasAnswered(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]task{
		"store":      {Do: writeStore, Writers: 4},
		"room":       {Do: writeRoom, Writers: 3},
		"long texts": {Do: writeStore, Writers: 2, Text: 60_000},
		"closing":    {Do: writeStore, Reopen: 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acked, total := acks{}, 0
			var v *volume
			n := share(*cuts, 4)
			for round := range n {
				r := chance(t, round)
				if round%oneStore == 0 {
					acked, v = acks{}, newExt4(t, "512", "")
				}
				do.Dir, do.Seed = filepath.Join(v.dir, "store"), r.Uint64()
				w := start(t, do, acked)
				w.until(saidOpening, 1)
				if r.IntN(5) > 0 {
					w.until("+", 1)
				}
				dark := make(chan struct{})
				timer := time.AfterFunc(upTo(r, 400*time.Millisecond), func() {
					defer close(dark)
					v.cut()
					_ = w.cmd.Process.Kill() // its machine is off
				})
				_ = w.drain() // by the kill, or by the error of the dead disk
				require.False(t, timer.Stop(), "it ended before the cut: %s%s", w.failed, firstLines(w.problem.String()))
				<-dark
				total += w.fresh
				v.umount()
				v.mount()
				examine(do.Dir, acked).requireSound(t)
			}
			t.Logf("seed %d: %d power cuts, %d events acknowledged, 0 lost", *seed, n, total)
		})
	}
}
