package peer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// hash tells a node's engine its state hash of a scope.
func (n *node) hash(scope model.Scope, vector byte, is byte) {
	n.net.post(n, peer.Hashed{Vector: wire.Digest{vector}, Hashes: map[model.Scope]model.Hash{scope: {is}}})
	n.net.run()
}

// Each peer that has another state of the same events is told of once, whoever was
// before, and again when it has another one after they were the same.
func TestEachPeerThatDiffersIsToldOfUntilItAgrees(t *testing.T) {
	t.Parallel()
	w := newNet(t, 3)
	a := w.nodes[0]
	for _, other := range w.nodes[1:] {
		w.join(a, other)
	}
	w.run()
	scope := model.Scope{9}
	for range 2 {
		a.hash(scope, 1, 1)
		w.nodes[1].hash(scope, 1, 2)
		w.nodes[2].hash(scope, 1, 3)
	}
	differs := count[peer.Differs](a)
	require.Len(t, differs, 2)
	require.NotEqual(t, differs[0].Link, differs[1].Link)
	require.Equal(t, peer.Differs{Link: differs[0].Link, Scope: scope, Vector: wire.Digest{1}, Here: model.Hash{1}, His: model.Hash{2}}, differs[0])
	require.Empty(t, count[peer.Agrees](a))

	w.nodes[1].hash(scope, 2, 1) // of other events: that says nothing
	require.Empty(t, count[peer.Agrees](a))
	w.nodes[1].hash(scope, 1, 1)
	require.Equal(t, []peer.Agrees{{Link: differs[0].Link, Scope: scope}}, count[peer.Agrees](a))
	w.nodes[1].hash(scope, 1, 2)
	require.Len(t, count[peer.Differs](a), 3)
}
