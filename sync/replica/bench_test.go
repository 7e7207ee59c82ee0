package replica_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// A run of plain entries whose clocks are in order, as nearly all are; each names
// the last of another log.
func BenchmarkPlan(b *testing.B) {
	const n = 1000
	w := newWorld()
	ana, bob := w.hand(1, noon), w.hand(2, noon)
	var mine, his []*model.Event
	for range n {
		e := bob.entry()
		his = append(his, e)
		ana.now = max(ana.now, bob.now)
		mine = append(mine, ana.entry(e.Ref()))
	}
	for name, c := range map[string]struct {
		held, run []*model.Event
	}{
		"alone":    {nil, his},
		"named":    {his, mine},
		"awaiting": {nil, mine},
		"awaited":  {mine, his},
	} {
		b.Run(name, func(b *testing.B) {
			s := newSite(b)
			s.take(w.chain(his[0])[:1]...)
			s.take(w.chain(mine[0])[:1]...)
			if c.held != nil {
				s.take(c.held...)
			}
			b.ReportAllocs()
			for b.Loop() {
				p, err := s.Plan(takeOf(c.run...))
				if err != nil || len(p.Records) != n || len(p.Moved) > 0 {
					b.Fatal(err, len(p.Records))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/event")
		})
	}
}

// Two chatted all day, one of them ten years ahead: his part comes last, and all of
// hers moves.
func BenchmarkMove(b *testing.B) {
	const n = 10_000
	w := newWorld()
	ana, bob := w.hand(1, noon), w.hand(2, noon+10*365*24*3600_000)
	for range n {
		ana.entry(bob.entry().Ref())
	}
	mine, his := w.chain(w.tips()[0]), w.chain(w.tips()[1])
	if mine[0].Log != ana.head.Log {
		mine, his = his, mine
	}
	for b.Loop() {
		b.StopTimer()
		s := newSite(b)
		for at := 0; at < len(mine); at += 1000 {
			s.take(mine[at:min(at+1000, len(mine))]...)
		}
		b.StartTimer()
		for at := 0; at < len(his); at += 1000 {
			s.take(his[at:min(at+1000, len(his))]...)
		}
		require.Zero(b, s.Awaited())
	}
}
