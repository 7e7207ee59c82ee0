package replica_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/replica"
)

// cuts are drawn for the devices of a world: none, all, or lists of ends, some of which
// nobody ever holds.
func cuts(t *rapid.T, w *world) map[model.DeviceKey]model.Cut {
	out := map[model.DeviceKey]model.Cut{}
	for _, e := range w.order {
		key := deviceOf(w, e)
		if _, had := out[key]; had || e.Seq != 1 {
			continue
		}
		switch rapid.IntRange(0, 3).Draw(t, "cut") {
		case 0:
		case 1:
			out[key] = model.Cut{Device: key, Whole: true}
		default:
			cut := model.Cut{Device: key}
			for range rapid.IntRange(1, 2).Draw(t, "lists") {
				list := []model.Ref{}
				for range rapid.IntRange(0, 3).Draw(t, "ends") {
					ref := rapid.SampledFrom(w.order).Draw(t, "end").Ref()
					if rapid.IntRange(0, 5).Draw(t, "nobody's") == 0 {
						ref.Hash[0]++
					}
					list = append(list, ref)
				}
				cut.Tips = append(cut.Tips, list)
			}
			out[key] = cut
		}
	}
	return out
}

func deviceOf(w *world, e *model.Event) model.DeviceKey {
	body, _, err := model.DecodeBody(model.KindLogOpen, w.chain(e)[0].Body)
	if err != nil {
		panic(err)
	}
	return body.(*model.LogOpen).Device
}

// counts says, by the words of the rule alone, whether an event counts when so many are
// held.
func counts(w *world, cut model.Cut, held map[model.Ref]bool, e *model.Event) bool {
	if cut.Whole || len(cut.Tips) == 0 {
		return false
	}
	for _, list := range cut.Tips {
		if !slices.ContainsFunc(list, func(tip model.Ref) bool {
			switch {
			case tip.Log != e.Log:
				return false
			case !held[tip]:
				return e.Seq <= tip.Seq
			}
			return slices.Contains(w.chain(w.all[tip]), e)
		}) {
			return false
		}
	}
	return true
}

// F-cut: whatever the order in which lines, branches and the ends of cuts come, what
// is given to readers is what the rule lets count of the events that are held.
func TestWhatIsHeldBackFollowsFromTheEventsAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawn(t)
		by := cuts(t, w)
		of := func(key model.DeviceKey) (model.Cut, bool) { cut, ok := by[key]; return cut, ok }
		s := newSite(t)
		var back *replica.Back
		check := func() {
			all, is := map[model.Ref]bool{}, map[model.Ref]bool{}
			for _, e := range held(t, s) {
				all[e.Ref()] = true
			}
			want, beyond := map[model.Ref]bool{}, map[model.LogID]int{}
			for ref := range all {
				e := w.all[ref]
				cut, has := of(deviceOf(w, e))
				if e.Scope != incident || !has || counts(w, cut, all, e) {
					want[ref] = true
				} else {
					beyond[e.Log]++
				}
			}
			s.store.Hold(back.Hold())
			for ref := range s.effs() {
				is[ref] = true
			}
			require.Equal(t, want, is)
			told := map[model.LogID]int{}
			for _, b := range s.Lines() {
				if n := back.Count(b.ID); n > 0 {
					told[b.Log] += n
				}
				whole, err := s.Counted(b, back)
				require.NoError(t, err)
				if whole.Ends == 0 && whole.Tip.Seq > 1 {
					require.True(t, want[whole.TipRef()], "what the author is told of counts")
				}
			}
			require.Equal(t, beyond, told)
		}
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
				break
			}
			i := rapid.SampledFrom(open).Draw(t, "line")
			to := rapid.IntRange(at[i]+1, len(chains[i])).Draw(t, "to")
			p, err := s.Plan(takeOf(chains[i][at[i]:to]...))
			require.NoError(t, err)
			outdated := s.Outdated(back, p)
			at[i] = to
			s.commit(p)
			for _, r := range p.Records {
				if back.Holds(p.Line(), r) {
					back = back.With(p.Line(), 1)
				}
			}
			if outdated {
				was := back
				if back, err = s.Back(of, workspace.Scope(), back); err != nil {
					require.NoError(t, err)
				}
				scopes, err := s.Changed(was, back, p)
				require.NoError(t, err)
				for _, e := range held(t, s) {
					_, _, line, err := s.store.Find(e.Ref())
					require.NoError(t, err)
					fresh := slices.ContainsFunc(p.Records, func(r *model.Record) bool { return r.Ref == e.Ref() })
					r := &model.Record{Scope: e.Scope, Ref: e.Ref()}
					if !fresh && was.Holds(line, r) != back.Holds(line, r) {
						require.True(t, scopes[e.Scope], "it is made anew")
					}
				}
			}
			check()
		}
		// And when the cuts move, and go.
		for range 2 {
			clear(by)
			for key, cut := range cuts(t, w) {
				by[key] = cut
			}
			var err error
			back, err = s.Back(of, workspace.Scope(), back)
			require.NoError(t, err)
			check()
		}
	})
}

// forkedSite has a log whose branch left it below its end.
func forkedSite(t *testing.T) (w *world, s *site, own, branch []*model.Event) {
	w = newWorld()
	ana := w.hand(1, noon)
	for range 3 {
		ana.entry()
	}
	other := ana.copy()
	other.now += 60_000
	for range 3 {
		ana.entry()
	}
	tip := other.entry()
	last := other.entry()
	require.NotEqual(t, tip, last)
	own, branch = w.chain(w.order[6]), w.chain(last)
	s = newSite(t)
	s.take(own...)
	s.take(branch...)
	return w, s, own, branch
}

// M4: one who was taken out writes beside what counts, as if it had been before.
func TestABranchThatLeavesBelowTheCutDoesNotCount(t *testing.T) {
	t.Parallel()
	_, s, own, branch := forkedSite(t)
	for name, c := range map[string]struct {
		tips []model.Ref
		// counts are how many of the line's entries do, and of the branch's own.
		own, branch int
	}{
		"the cut is at the end of the line":          {[]model.Ref{own[6].Ref()}, 6, 0},
		"it is between the fork and the end":         {[]model.Ref{own[5].Ref()}, 5, 0},
		"it is below the fork":                       {[]model.Ref{own[2].Ref()}, 2, 0},
		"it is on the branch":                        {[]model.Ref{branch[4].Ref()}, 3, 1},
		"it is on both":                              {[]model.Ref{branch[5].Ref(), own[4].Ref()}, 4, 2},
		"it names an event that nobody has":          {[]model.Ref{{Log: own[0].Log, Seq: 5, Hash: model.ShortHash{9}}}, 4, 1},
		"it says nothing of the log":                 {[]model.Ref{{Log: model.LogID{8}, Seq: 5}}, 0, 0},
		"it has no end at all":                       {nil, 0, 0},
		"it is beyond all that is held, for numbers": {[]model.Ref{{Log: own[0].Log, Seq: 50}}, 6, 2},
	} {
		t.Run(name, func(t *testing.T) {
			back, err := s.Back(func(key model.DeviceKey) (model.Cut, bool) {
				return model.Cut{Device: key, Tips: [][]model.Ref{c.tips}}, true
			}, workspace.Scope(), nil)
			require.NoError(t, err)
			counted := func(run []*model.Event) (n int) {
				for _, e := range run {
					_, _, line, err := s.store.Find(e.Ref())
					require.NoError(t, err)
					if !back.Holds(line, &model.Record{Scope: e.Scope, Ref: e.Ref()}) {
						n++
					}
				}
				return n
			}
			require.Equal(t, c.own, counted(own[1:]), "of the line")
			require.Equal(t, c.branch, counted(branch[4:]), "of the branch")
			require.Zero(t, counted(own[:1])-1, "its log.open is always read")
		})
	}
}

// Of several lists an event must be within each.
func TestSeveralCutsCountTogether(t *testing.T) {
	t.Parallel()
	_, s, own, branch := forkedSite(t)
	for i, c := range []struct {
		lists [][]model.Ref
		from  uint64
	}{
		{[][]model.Ref{{own[6].Ref()}, {own[3].Ref()}}, 5},
		{[][]model.Ref{{own[4].Ref()}, {branch[5].Ref()}}, 5}, // to where they part
		{[][]model.Ref{{own[4].Ref()}, {}}, 1},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			back, err := s.Back(func(key model.DeviceKey) (model.Cut, bool) {
				return model.Cut{Device: key, Tips: c.lists}, true
			}, workspace.Scope(), nil)
			require.NoError(t, err)
			require.Equal(t, c.from, back.Hold().From[own[0].Log])
		})
	}
}

// An event that is held back keeps its place: what named it does not move.
func TestWhatIsHeldBackMovesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ana, bob := w.hand(1, noon), w.hand(2, noon+3600_000)
	wild := bob.entry()
	late := ana.entry(wild.Ref())
	s := newSite(t)
	s.take(w.chain(wild)...)
	s.take(w.chain(late)...)
	was := s.effs()[late.Ref()]
	require.Equal(t, wild.Clock+1, was)
	s.store.Hold(storage.Held{Except: workspace.Scope(), From: map[model.LogID]uint64{wild.Log: 1}})
	require.Equal(t, was, s.effs()[late.Ref()])
	require.NotContains(t, s.effs(), wild.Ref())
}
