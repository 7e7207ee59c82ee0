package replica_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/replica"
)

// drawn is what several devices wrote, each naming events of the others; some clocks
// are wild, and some stores were copied.
func drawn(t *rapid.T) *world {
	w := newWorld()
	var hands []*hand
	for i := range rapid.IntRange(2, 4).Draw(t, "devices") {
		off := rapid.SampledFrom([]int64{0, 0, -3600_000, 10 * 365 * 24 * 3600_000, 1 << 48}).Draw(t, fmt.Sprint("off ", i))
		hands = append(hands, w.hand(byte(i+1), noon+off))
	}
	for range rapid.IntRange(1, 50).Draw(t, "events") {
		h := rapid.SampledFrom(hands).Draw(t, "who")
		switch rapid.IntRange(0, 9).Draw(t, "what") {
		case 0:
			h.now += rapid.Int64Range(-5000, 90_000).Draw(t, "passes")
		case 1:
			c := h.copy()
			c.now += rapid.Int64Range(1, 5).Draw(t, "copied") // else both write the same
			hands = append(hands, c)
		case 2:
			h.now = noon + rapid.Int64Range(0, 100).Draw(t, "set")
		default:
			obs := rapid.SliceOfN(rapid.SampledFrom(w.order), 0, 3).Draw(t, "names")
			var refs []model.Ref
			for _, e := range obs {
				refs = append(refs, e.Ref())
			}
			if rapid.Bool().Draw(t, "act") {
				h.write(incident, &model.SeveritySet{Level: model.SEV2}, refs...)
			} else {
				h.entry(refs...)
			}
		}
	}
	return w
}

// arrive takes everything in, line by line or in turns, in runs of any length, with
// what is held already among it.
func arrive(t *rapid.T, s *site, w *world, each func()) {
	var chains [][]*model.Event
	for _, tip := range w.tips() {
		chains = append(chains, w.chain(tip))
	}
	at := make([]int, len(chains))
	for {
		var open []int
		for i := range chains {
			if at[i] < len(chains[i]) {
				open = append(open, i)
			}
		}
		if len(open) == 0 {
			return
		}
		i := rapid.SampledFrom(open).Draw(t, "line")
		to := rapid.IntRange(at[i]+1, len(chains[i])).Draw(t, "to")
		from := max(0, at[i]-rapid.IntRange(0, 3).Draw(t, "again"))
		s.take(chains[i][from:to]...)
		at[i] = to
		if rapid.IntRange(0, 9).Draw(t, "restart") == 0 {
			s.open()
		}
		each()
	}
}

// Whatever the order in which the lines and their parts arrive, everything stands
// where the model has it, and the state is the same.
func TestEverythingStandsWhereTheModelHasIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawn(t)
		s := newSite(t)
		arrive(t, s, w, func() {
			held := held(t, s)
			want, _ := ordered(t, held, nil)
			require.Equal(t, want, s.effs(), "at each step, by what is held")
		})
		want, state := ordered(t, w.order, nil)
		require.Equal(t, want, s.effs())
		require.Zero(t, s.Awaited())
		in, people := s.folded()
		require.Equal(t, state.People.StateHash(), people.StateHash())
		if model := state.Incidents[incident]; model != nil {
			require.Equal(t, model.StateHash(), in.StateHash())
		}
		for ref, r := range s.records {
			require.Equal(t, ref, r.Ref)
		}
	})
}

// held are the store's events.
func held(t require.TestingT, s *site) (all []*model.Event) {
	for _, l := range s.Lines() {
		require.NoError(t, s.store.Log(l.ID, 1, func(e *model.Event) error {
			all = append(all, e)
			return nil
		}))
	}
	return all
}

// A fold that was told of what came and what moved is the fold of the store.
func TestRecordsAndMovesTellAFoldEverything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawn(t)
		s := newSite(t)
		effs := map[model.Ref]model.Clock{}
		var chains [][]*model.Event
		for _, tip := range w.tips() {
			chains = append(chains, w.chain(tip))
		}
		for _, c := range rapid.Permutation(chains).Draw(t, "order") {
			p := s.take(c...)
			for _, r := range p.Records {
				effs[r.Ref] = r.Eff
			}
			for _, m := range p.Moved {
				require.Equal(t, effs[m.Record.Ref], m.Was)
				effs[m.Record.Ref] = m.Record.Eff
				require.True(t, p.Touches(m.Record.Scope))
				require.Contains(t, p.Anew, m.Record.Scope)
			}
		}
		require.Equal(t, s.effs(), effs)
	})
}

// Events behind a bad signature, and the branches that leave the line there, count
// for nothing, whether they came before or after it was found, or never.
func TestWhatIsBehindABadSignatureCountsForNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawn(t)
		bad := rapid.SampledFrom(w.order).Draw(t, "bad")
		void := func(e *model.Event) bool {
			return slices.ContainsFunc(w.chain(e), func(b *model.Event) bool { return b == bad })
		}
		s := newSite(t)
		ended := false
		end := func() {
			_, _, line, err := s.store.Find(bad.Ref())
			if ended || err != nil {
				return
			}
			p, err := s.End(line, bad.Seq)
			require.NoError(t, err)
			was := s.effs()
			s.commit(p)
			for _, m := range p.Moved {
				require.Equal(t, was[m.Record.Ref], m.Was)
			}
			again, err := s.End(line, bad.Seq)
			require.NoError(t, err)
			require.True(t, again.Nothing())
			ended = true
		}
		arrive(t, s, w, func() {
			if rapid.Bool().Draw(t, "found") {
				end()
			}
			if ended {
				want, _ := ordered(t, held(t, s), func(e *model.Event) bool { return void(w.all[e.Ref()]) })
				require.Equal(t, want, s.effs(), "at each step, by what is held")
			}
		})
		end()
		want, state := ordered(t, w.order, void)
		require.Equal(t, want, s.effs())
		_, people := s.folded()
		require.Equal(t, state.People.StateHash(), people.StateHash())
	})
}

// What awaits another event stands earlier when one that it named counts for nothing
// any more; and moves when the other comes, which is ahead of it by less.
func TestWhatAwaitsMovesAlsoAfterItFell(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ana, bob, cleo := w.hand(1, noon), w.hand(2, noon+10*365*24*3600_000), w.hand(3, noon+3600_000)
	wild, ahead := bob.entry(), cleo.entry()
	waits := ana.entry(wild.Ref(), ahead.Ref())
	s := newSite(t)
	s.take(w.chain(wild)...)
	s.take(w.chain(waits)...)
	require.Equal(t, wild.Clock+1, s.effs()[waits.Ref()])
	p, err := s.End(wild.Log, wild.Seq)
	require.NoError(t, err)
	s.commit(p)
	require.Equal(t, waits.Clock, s.effs()[waits.Ref()])
	s.take(w.chain(ahead)...)
	require.Equal(t, ahead.Clock+1, s.effs()[waits.Ref()])
}

// far writes a wild event, and so many of another that follow one that names it.
func far(n int) (w *world, wild, tip *model.Event) {
	w = newWorld()
	ana, bob := w.hand(1, noon), w.hand(2, noon+10*365*24*3600_000)
	wild = bob.entry()
	ana.entry(wild.Ref())
	for range n {
		tip = ana.entry()
	}
	return w, wild, tip
}

// What moves may be more than a store takes at once. However few of the batches are
// durable, the rest is done at the next opening.
func TestAPlanThatEndsInItsMidstIsFinished(t *testing.T) {
	t.Parallel()
	const n = 6000
	w, wild, tip := far(n)
	want, _ := ordered(t, w.order, nil)
	var chain = w.chain(tip)
	for done := 1; ; done++ {
		s := newSite(t)
		for len(chain) > 0 {
			s.take(chain[:min(1000, len(chain))]...)
			chain = chain[min(1000, len(chain)):]
		}
		chain = w.chain(tip)
		p, err := s.Plan(takeOf(w.chain(wild)...))
		require.NoError(t, err)
		require.Greater(t, len(p.Batches), 2)
		if done > len(p.Batches) {
			return
		}
		for _, b := range p.Batches[:done] {
			_, err := s.store.Commit(context.Background(), b)
			require.NoError(t, err)
		}
		s.open()
		rest, err := s.Unfinished()
		require.NoError(t, err)
		require.Equal(t, done == len(p.Batches), rest.Nothing())
		s.commit(rest)
		require.Equal(t, want, s.effs())
		require.Zero(t, s.Awaited())
	}
}

func TestAnEndThatIsDividedIsFoundAgain(t *testing.T) {
	t.Parallel()
	const n = 6000
	w, wild, tip := far(n)
	void := func(e *model.Event) bool { return e.Ref() == wild.Ref() }
	want, _ := ordered(t, w.order, void)
	for done := 0; ; done++ {
		s := newSite(t)
		s.take(w.chain(wild)...)
		for chain := w.chain(tip); len(chain) > 0; chain = chain[min(1000, len(chain)):] {
			s.take(chain[:min(1000, len(chain))]...)
		}
		p, err := s.End(wild.Log, wild.Seq)
		require.NoError(t, err)
		require.Greater(t, len(p.Batches), 2)
		if done >= len(p.Batches) {
			return
		}
		for _, b := range p.Batches[:done] {
			_, err := s.store.Commit(context.Background(), b)
			require.NoError(t, err)
		}
		s.open()
		p, err = s.End(wild.Log, wild.Seq)
		require.NoError(t, err)
		s.commit(p)
		require.Equal(t, want, s.effs())
	}
}

func TestTheGreatestClockIsNoEndOfTheOrder(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ana, bob := w.hand(1, noon), w.hand(2, math.MaxInt64)
	wild := bob.entry()
	ana.entry(wild.Ref())
	last := ana.entry()
	s := newSite(t)
	s.take(w.chain(last)...)
	s.take(w.chain(wild)...)
	want, _ := ordered(t, w.order, nil)
	require.Equal(t, want, s.effs())
	require.Equal(t, wild.Clock+2, s.effs()[last.Ref()])
}

// An end is told of lines that are held, at numbers that they have.
func TestAnEndOfWhatIsNotHeldIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.hand(1, noon)
	s := newSite(t)
	s.take(w.order...)
	for _, c := range []struct {
		line model.LogID
		from uint64
	}{{model.LogID{9}, 1}, {w.order[0].Log, 0}, {w.order[0].Log, 2}} {
		_, err := s.End(c.line, c.from)
		require.Equal(t, model.CodeEntryUnknown, model.CodeOf(err))
	}
}

var _ replica.Held = storage.Store(nil)
