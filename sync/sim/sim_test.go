package sim_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/sync/sim"
)

var (
	seeds  = flag.Int("seeds", 200, "how many seeds TestSeeds runs")
	first  = flag.Uint64("first", 1, "the first of them")
	seed   = flag.Uint64("seed", 0, "the seed that TestSeed runs again")
	only   = flag.String("only", "", "the one class of faults to inject")
	traced = flag.Bool("trace", false, "tell each step of TestSeed")
)

// many runs seeds, one goroutine a core, until all are run or one fails.
func many(o sim.Options, from uint64, count int) (reports []sim.Report, failed error) {
	var next atomic.Int64
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				i := next.Add(1) - 1
				if i >= int64(count) {
					return
				}
				o := o
				o.Seed = from + uint64(i)
				r, err := sim.Run(o)
				mu.Lock()
				reports = append(reports, r)
				if err != nil && failed == nil {
					failed = err
				}
				stop := failed != nil
				mu.Unlock()
				if stop {
					return
				}
			}
		})
	}
	wg.Wait()
	return reports, failed
}

func TestSeeds(t *testing.T) {
	t.Parallel()
	count := *seeds
	if testing.Short() {
		count = min(count, 20)
	}
	reports, err := many(sim.Options{Only: *only}, *first, count)
	require.NoError(t, err)
	if *only != "" {
		return
	}
	steps, acts, frames, events, healed := 0, 0, 0, 0, int64(0)
	in := map[string]int{}
	for _, r := range reports {
		require.GreaterOrEqual(t, r.Steps, 500, "seed %d", r.Seed)
		steps, acts, frames, events, healed = steps+r.Steps, acts+r.Acts, frames+r.Frames, events+r.Events, max(healed, r.Healed)
		for name := range r.Classes {
			in[name]++
		}
	}
	n := len(reports)
	t.Logf("%d seeds, a seed on average: %d steps, %d acts, %d frames, %d events; at most %d ms until all were the same", n, steps/n, acts/n, frames/n, events/n, healed)
	for _, name := range sim.Classes() {
		t.Logf("%5.1f %% of seeds: %s", 100*float64(in[name])/float64(n), name)
		if n >= 100 {
			require.GreaterOrEqual(t, 20*in[name], n, "in at least 5 %% of seeds: %s", name)
		}
	}
}

// TestSeed runs one seed again, to look at it.
func TestSeed(t *testing.T) {
	t.Parallel()
	if *seed == 0 {
		t.Skip("for -seed")
	}
	o := sim.Options{Seed: *seed, Only: *only}
	if *traced {
		o.Trace = os.Stdout
	}
	r, err := sim.Run(o)
	t.Logf("%+v", r)
	require.NoError(t, err)
}

func TestSeedGivesTheSameStepsAgain(t *testing.T) {
	t.Parallel()
	for s := range uint64(4) {
		a, errA := sim.Run(sim.Options{Seed: 1 + s})
		b, errB := sim.Run(sim.Options{Seed: 1 + s})
		require.Equal(t, fmt.Sprint(errA), fmt.Sprint(errB))
		require.Equal(t, a, b)
		c, _ := sim.Run(sim.Options{Seed: 1_000 + s})
		require.NotEqual(t, a.Digest, c.Digest)
	}
}

// Each bug is one that a careless change could bring. It is found in a few seeds of
// the faults that it shows in.
func TestPlantedBugsAreFound(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("-short: it runs many seeds, to look for races too slowly")
	}
	for name, c := range map[string]struct {
		defect sim.Defect
		only   string
		oracle string
	}{
		"a vector without tip hashes":                    {sim.NoTipHash, "S6 rolled back by a moment", "O"},
		"an answer before the journal is synced":         {sim.EarlyAnswer, "D3 failed sync", "O"},
		"the clock before causality":                     {sim.OwnClock, "C1 an hour ahead", "O"},
		"a number used again after a store was put back": {sim.NoRenewal, "S1 restored, written, linked", "O6"},
		"acknowledgements that are lost":                 {sim.LostAck, "", "O2"},
		"O5: a cut that is not applied":                  {sim.NoCut, "M3 a person is taken out, and writes on", "O5"},
		"O5: a stranger who is believed":                 {sim.NoCut, "M2 a stranger writes and gives on", "O5"},
		"a signature in mid-run that nobody looks at":    {sim.NoCheck, "F2 bad signature in mid-run", "O"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const bound = 40
			for s := range uint64(bound) {
				_, err := sim.Run(sim.Options{Seed: 1 + s, Only: c.only, Defect: c.defect})
				if err == nil {
					continue
				}
				t.Logf("found with seed %d: %v", 1+s, err)
				failure := new(sim.Failure)
				require.ErrorAs(t, err, &failure)
				require.True(t, strings.HasPrefix(failure.Oracle, c.oracle), failure.Oracle)
				return
			}
			t.Fatalf("not found in %d seeds", bound)
		})
	}
}
