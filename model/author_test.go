package model_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
)

const noon = int64(1_772_704_800_000) // ms since 1970

// pen is a store with an author, as the author's tests need one: what it holds,
// and in which order that stands.
type pen struct {
	t      require.TestingT
	signer model.Signer
	author model.Author
	nonces uint64
	now    int64
	held   map[model.Ref]*model.Record
	order  *model.Order
	lines  map[model.LogID]model.Branch
	// saved is what the store holds: own events are there only once something is heard.
	saved map[model.Ref]bool
}

func newPen(t require.TestingT, seed byte, now int64) *pen {
	p := &pen{
		t: t, signer: model.Signer{Key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))},
		nonces: uint64(seed) << 32, now: now,
		held: map[model.Ref]*model.Record{}, order: model.NewOrder(), lines: map[model.LogID]model.Branch{}, saved: map[model.Ref]bool{},
	}
	p.begin(model.MembershipLog)
	p.begin(model.ContentLog)
	return p
}

func (p *pen) begin(kind model.LogKind) *model.Record {
	p.nonces++
	var n model.Nonce
	binary.BigEndian.PutUint64(n[:], p.nonces)
	p.author.Begin(kind, model.NewLogID(p.signer.Device(), n))
	return p.seal(&model.LogOpen{Device: p.signer.Device(), Log: kind, Nonce: n, Reason: model.ReasonNew})
}

func (p *pen) seal(b model.Body) *model.Record {
	_, r, err := p.author.Seal(p.signer, model.Draft{Body: b}, p.now, model.Salt{}, p.eff)
	require.NoError(p.t, err)
	require.Empty(p.t, p.take(r), "what nobody has seen yet moves nothing")
	return r
}

func (p *pen) eff(ref model.Ref) (model.Clock, bool) {
	if p.saved[ref] {
		return p.held[ref].Eff, true
	}
	return 0, false
}

// take holds a record, and gives what moved.
func (p *pen) take(r *model.Record) []*model.Record {
	moved := p.order.Add(r)
	p.held[r.Ref] = r
	for _, m := range append(moved, r) {
		if b := p.lines[m.Ref.Log]; m.Ref.Seq >= b.Tip.Seq {
			tip := model.Head{Log: m.Ref.Log, Seq: m.Ref.Seq, Clock: m.Clock}
			copy(tip.Hash[:], m.Ref.Hash[:])
			p.lines[m.Ref.Log] = model.Branch{ID: m.Ref.Log, Log: m.Ref.Log, Tip: tip, Eff: m.Eff}
		}
	}
	return moved
}

// hear takes all that another has, and tells the author.
func (p *pen) hear(o *pen) {
	had := map[model.LogID]model.Branch{}
	for id, b := range p.lines {
		had[id] = b
	}
	for _, r := range inLogs(o.held) {
		if p.held[r.Ref] == nil {
			c := *r
			c.Eff = c.Clock
			p.take(&c)
		}
	}
	for ref := range p.held {
		p.saved[ref] = true
	}
	for _, id := range logsOf(p.lines) {
		if p.lines[id] != had[id] {
			b := p.lines[id]
			if head := p.author.Head(kindOf(p, id)); head.Log == id {
				b.Tip = head // with its whole hash
			}
			p.author.Seen(b)
		}
	}
}

func kindOf(p *pen, id model.LogID) model.LogKind {
	if p.author.Head(model.MembershipLog).Log == id {
		return model.MembershipLog
	}
	return model.ContentLog
}

func logsOf(lines map[model.LogID]model.Branch) (ids []model.LogID) {
	for id := range lines {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b model.LogID) int { return bytes.Compare(a[:], b[:]) })
	return ids
}

func inLogs(held map[model.Ref]*model.Record) (all []*model.Record) {
	for _, r := range held {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *model.Record) int {
		if a.Ref.Log != b.Ref.Log {
			return bytes.Compare(a.Ref.Log[:], b.Ref.Log[:])
		}
		return int(a.Ref.Seq) - int(b.Ref.Seq)
	})
	return all
}

func write() *model.EntryAdd     { return &model.EntryAdd{} }
func admit() *model.MemberAccess { return &model.MemberAccess{} }

func TestAnAuthorNamesWhatItSawSinceItsLastEvent(t *testing.T) {
	t.Parallel()
	ana, bob := newPen(t, 1, noon), newPen(t, 2, noon)
	first := bob.seal(write())
	ana.hear(bob)
	opened := bob.author.Head(model.MembershipLog)
	r := ana.seal(write())
	require.ElementsMatch(t, []model.Ref{first.Ref, {Log: opened.Log, Seq: 1, Hash: opened.Hash.Short()}}, r.Common().Obs)
	require.Greater(t, r.Clock, first.Clock)
	require.Empty(t, ana.seal(write()).Common().Obs, "each log names it once")
	require.Len(t, ana.seal(admit()).Common().Obs, 2, "the other log names it too")

	bob.seal(write())
	last := bob.seal(write())
	ana.hear(bob)
	require.Equal(t, []model.Ref{last.Ref}, ana.seal(write()).Common().Obs, "the end of a line says all before it")
}

func TestAnAuthorNamesNothingTwice(t *testing.T) {
	t.Parallel()
	ana, bob := newPen(t, 1, noon), newPen(t, 2, noon)
	ana.hear(bob)
	ana.seal(write())
	seen := bob.seal(write())
	ana.hear(bob)
	b := write()
	b.Pred = []model.Ref{seen.Ref}
	require.Empty(t, ana.seal(b).Common().Obs, "it replaces it, and so names it")
	ana.author.Seen(ana.lines[seen.Ref.Log])
	require.Empty(t, ana.seal(write()).Common().Obs, "the event before names it")
	for _, ref := range ana.seal(write()).Common().Obs {
		require.NotEqual(t, ana.author.Head(model.ContentLog).Log, ref.Log)
	}
}

func TestAnAuthorNamesAtMostSoManyAtATime(t *testing.T) {
	t.Parallel()
	ana := newPen(t, 1, noon)
	var want []model.Ref
	for i := range 3*model.MaxObs + 5 {
		b := model.Branch{ID: model.LogID{byte(i), byte(i >> 8), 9}, Eff: model.ClockAt(noon) + model.Clock(i)}
		b.Log, b.Tip = b.ID, model.Head{Log: b.ID, Seq: 7, Hash: model.Hash{byte(i)}}
		ana.author.Seen(b)
		want = append(want, b.TipRef())
	}
	slices.Reverse(want) // those that stand last go first
	for _, n := range []int{model.MaxObs, model.MaxObs, model.MaxObs, 5, 0} {
		obs := ana.seal(write()).Common().Obs
		require.Len(t, obs, n)
		if n > 0 {
			require.Equal(t, want[:n], obs)
		}
		want = want[n:]
	}
}

func TestARefusedDraftLeavesTheAuthorAsItWas(t *testing.T) {
	t.Parallel()
	ana, bob := newPen(t, 1, noon), newPen(t, 2, noon)
	ana.hear(bob)
	before, d := ana.author, model.Draft{Body: write(), Text: "\xff"}
	_, _, err := ana.author.Seal(ana.signer, d, noon, model.Salt{}, nil)
	require.Equal(t, model.CodeTextNotUTF8, model.CodeOf(err))
	require.Equal(t, before, ana.author)
	require.Empty(t, model.CommonOf(d.Body).Obs)
}

func TestACopyOfAnAuthorGoesOnByItself(t *testing.T) {
	t.Parallel()
	ana, bob := newPen(t, 1, noon), newPen(t, 2, noon)
	bob.now += 1000 * 24 * 3600 * 1000
	bob.seal(write())
	ana.hear(bob)
	kept := ana.author
	sealed := func() (refs []model.Ref) {
		for range 3 {
			_, r, err := ana.author.Seal(ana.signer, model.Draft{Body: write()}, noon, model.Salt{}, ana.eff)
			require.NoError(t, err)
			refs = append(refs, r.Ref)
		}
		return refs
	}
	lost := sealed()
	ana.author = kept // the store refused them
	require.Equal(t, lost, sealed())
}

func TestAClockTenYearsAheadDragsNobody(t *testing.T) {
	t.Parallel()
	ana, bob := newPen(t, 1, noon), newPen(t, 2, noon)
	bob.now += 10 * 365 * 24 * 3600 * 1000
	for range 1000 {
		wild := bob.seal(write())
		ana.hear(bob)
		r := ana.seal(write())
		require.LessOrEqual(t, r.Clock.Millis(), noon+model.MaxAhead.Milliseconds())
		require.Greater(t, r.Eff, wild.Eff, "what came after it stands after it")
		require.Less(t, r.Clock, r.Eff)
	}
}

func TestTheLastClockOfAllIsNoEndOfWriting(t *testing.T) {
	t.Parallel()
	ana := newPen(t, 1, noon)
	ana.author.Seen(model.Branch{ID: model.LogID{7}, Log: model.LogID{7}, Tip: model.Head{Seq: 1}, Eff: math.MaxUint64})
	for range 3 {
		_, r, err := ana.author.Seal(ana.signer, model.Draft{Body: write()}, noon, model.Salt{}, ana.eff)
		require.NoError(t, err)
		require.Equal(t, model.Clock(math.MaxUint64), r.Eff)
		require.LessOrEqual(t, r.Clock.Millis(), noon+model.MaxAhead.Milliseconds())
	}
}

// What an own event names may move it after it was written, when something arrives
// that this had named.
func TestTheOtherLogStandsAfterAnOwnEventThatMoved(t *testing.T) {
	t.Parallel()
	const year = int64(365 * 24 * 3600 * 1000)
	ana, bob, cleo := newPen(t, 1, noon), newPen(t, 2, noon+year), newPen(t, 3, noon+2*year)
	far := cleo.seal(write())
	bob.hear(cleo)
	near := bob.seal(write())
	require.Greater(t, near.Eff, far.Eff)
	// Of the two ana has bob's event first.
	c := *near
	c.Eff = c.Clock
	ana.take(&c)
	ana.saved[c.Ref] = true
	ana.author.Seen(ana.lines[c.Ref.Log])
	mine := ana.seal(write())
	was := mine.Eff
	ana.hear(cleo)
	require.Greater(t, mine.Eff, was, "it moved")
	_, r, err := ana.author.Seal(ana.signer, model.Draft{Body: admit()}, ana.now, model.Salt{}, ana.eff)
	require.NoError(t, err)
	require.Greater(t, r.Eff, mine.Eff)
	said := r.Eff
	ana.take(r)
	require.Equal(t, r.Eff, said, "what it says is what the order makes of it")
}

func TestANewLogGoesOnWithTheClock(t *testing.T) {
	t.Parallel()
	ana := newPen(t, 1, noon)
	last := ana.seal(write())
	ana.now -= 3600 * 1000
	open := ana.begin(model.ContentLog)
	require.Equal(t, uint64(1), open.Ref.Seq)
	require.Equal(t, []model.Ref{last.Ref}, open.Common().Obs)
	require.Greater(t, open.Clock, last.Clock)
}

// Whoever goes on after a restart has forgotten what it named, and still writes
// after all that it holds.
func TestAnAuthorGoesOnWithWhatTheStoreHolds(t *testing.T) {
	t.Parallel()
	ana, bob := newPen(t, 1, noon), newPen(t, 2, noon)
	ana.hear(bob)
	named := ana.seal(write())
	bob.now += 1000 * 24 * 3600 * 1000
	wild := bob.seal(write())
	ana.hear(bob)
	var lines []model.Branch
	for _, id := range logsOf(ana.lines) {
		b := ana.lines[id]
		if head := ana.author.Head(kindOf(ana, id)); head.Log == id {
			b.Tip = head
		}
		lines = append(lines, b)
	}
	ana.author = model.NewAuthor(named.Ref.Log, ana.author.Head(model.MembershipLog).Log, lines)
	r := ana.seal(write())
	require.Equal(t, named.Ref, r.Prev)
	require.Equal(t, []model.Ref{wild.Ref}, r.Common().Obs)
	require.Greater(t, r.Eff, wild.Eff)
}

func TestTheEndOfALineWithABadSignatureIsNotNamed(t *testing.T) {
	t.Parallel()
	ana, bob := newPen(t, 1, noon), newPen(t, 2, noon)
	ana.hear(bob)
	ana.seal(write())
	bad := bob.seal(write())
	ana.hear(bob)
	b := ana.lines[bad.Ref.Log]
	b.Ends = 1
	ana.author.Seen(b)
	require.Empty(t, ana.seal(write()).Common().Obs)
}

// An author's own log may have been found longer than it knew: a copy wrote in it.
func TestAnAuthorTakesOverWhatStandsInItsOwnLog(t *testing.T) {
	t.Parallel()
	ana := newPen(t, 1, noon)
	older := ana.author
	last := ana.seal(write())
	ana.author = older
	b := ana.lines[last.Ref.Log]
	ana.author.Seen(b)
	_, r, err := ana.author.Seal(ana.signer, model.Draft{Body: write()}, noon, model.Salt{}, nil)
	require.NoError(t, err)
	require.Equal(t, last.Ref, r.Prev)
}

// What an author says is the place of its event is what the order makes of it, the
// event stands after all that was seen and written, and its clock rises.
func TestWhatAnAuthorWritesStandsAfterAllThatItSaw(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var pens []*pen
		for i := range 3 {
			off := rapid.SampledFrom([]int64{0, 0, -3600_000, 10 * 365 * 24 * 3600_000, 1 << 47}).Draw(t, fmt.Sprint("off ", i))
			pens = append(pens, newPen(t, byte(i+1), noon+off))
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			p := rapid.SampledFrom(pens).Draw(t, "who")
			switch rapid.IntRange(0, 6).Draw(t, "what") {
			case 0, 1:
				p.hear(rapid.SampledFrom(pens).Draw(t, "whom"))
				continue
			case 2:
				p.now += rapid.Int64Range(-5000, 5000).Draw(t, "passes")
				continue
			case 3:
				p.begin(rapid.SampledFrom([]model.LogKind{model.ContentLog, model.MembershipLog}).Draw(t, "log"))
				continue
			}
			var top, written model.Clock
			for _, r := range p.held {
				top = max(top, r.Eff)
			}
			for _, kind := range []model.LogKind{model.ContentLog, model.MembershipLog} {
				written = max(written, p.author.Head(kind).Clock)
			}
			b := rapid.SampledFrom([]model.Body{write(), admit()}).Draw(t, "kind")
			if all := inLogs(p.held); rapid.Bool().Draw(t, "replaces") {
				model.CommonOf(b).Pred = []model.Ref{rapid.SampledFrom(all).Draw(t, "pred").Ref}
			}
			_, r, err := p.author.Seal(p.signer, model.Draft{Body: b}, p.now, model.Salt{}, p.eff)
			require.NoError(t, err)
			said := r.Eff
			require.Empty(t, p.take(r))
			require.Equal(t, r.Eff, said, "what it says is what the order makes of it")
			require.Greater(t, r.Eff, top, "it stands after all that is held")
			require.Greater(t, r.Clock, written)
			require.LessOrEqual(t, r.Clock.Millis(), max(written.Millis(), p.now+model.MaxAhead.Milliseconds())+1)
			require.LessOrEqual(t, len(r.Common().Obs), model.MaxObs)
		}
	})
}
