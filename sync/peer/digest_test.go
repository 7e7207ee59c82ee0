package peer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/peer"
)

func TestTheSameTipsAreAnotherVectorWhenALineEnds(t *testing.T) {
	t.Parallel()
	a := model.Branch{ID: model.LogID{1}, Log: model.LogID{1}, Tip: model.Head{Seq: 9, Hash: model.Hash{1}}}
	b := model.Branch{ID: model.LogID{2}, Log: model.LogID{1}, Base: 4, Tip: model.Head{Seq: 9, Hash: model.Hash{2}}}
	digest := peer.CountedDigest([]model.Branch{a, b})
	// Another room had b first, and gives the lines other names.
	a.ID, b.ID, a.Base, b.Base = model.LogID{3}, model.LogID{1}, 4, 0
	require.Equal(t, digest, peer.CountedDigest([]model.Branch{b, a}))
	a.Ends = 5
	ended := peer.CountedDigest([]model.Branch{a, b})
	require.NotEqual(t, digest, ended)
	a.Ends = 3
	require.Equal(t, ended, peer.CountedDigest([]model.Branch{a, b}), "which number it is follows from the events")
}
