package room

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func TestTheShelfHoldsSoManyIncidentsAndSoManyLines(t *testing.T) {
	t.Parallel()
	never := func(model.Scope) bool { return false }
	for name, c := range map[string]struct {
		lines      []int // of each incident, the one that was used last at the end
		incidents  int
		limit      int
		ahead      func(model.Scope) bool
		wantedLast int
	}{
		"all fit":                         {[]int{1, 2, 3}, 3, 6, never, 3},
		"one incident too many":           {[]int{1, 2, 3}, 2, 6, never, 2},
		"one line too many":               {[]int{1, 2, 3}, 3, 2, never, 2},
		"the one used last stays":         {[]int{1, 2, 30}, 3, 0, never, 1},
		"what is ahead of the disk stays": {[]int{1, 2, 3}, 1, 1, func(id model.Scope) bool { return true }, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShelf(nil)
			for i, n := range c.lines {
				in := model.NewIncident(model.Scope{byte(i + 1)})
				for seq := range n {
					body := &model.EntryAdd{}
					in.Apply(&model.Record{Ref: model.Ref{Log: model.LogID{1}, Seq: uint64(seq + 1)}, Scope: in.ID(), Body: body, Eff: model.Clock(seq + 1)})
				}
				require.Equal(t, n, in.Len())
				s.put(in)
			}
			s.trim(c.incidents, c.limit, c.ahead)
			require.Len(t, s.order, c.wantedLast)
			for i := range c.lines {
				require.Equal(t, i >= len(c.lines)-c.wantedLast, s.has(model.Scope{byte(i + 1)}))
			}
		})
	}
}
