package peer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/peer"
)

// Who brings a check of signatures has it asked of what comes in, and believed.
func TestSignaturesAreCheckedByWhoeverIsToCheckThem(t *testing.T) {
	t.Parallel()
	for name, refuses := range map[string]bool{"good": false, "bad": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newNet(t, 2)
			a, b := w.nodes[0], w.nodes[1]
			asked := map[model.Hash]model.DeviceKey{}
			lines, err := b.store.Branches()
			require.NoError(t, err)
			b.engine = peer.New(peer.Config{
				Workspace: workspace, Device: b.device(), Lines: lines, Writes: peer.Writes{Content: b.head.Log},
				Verify: func(e *model.Event, device model.DeviceKey) error {
					asked[e.Hash()] = device
					if refuses {
						return model.Refuse(model.CodeEventSignature)
					}
					return e.VerifySignature(workspace, device)
				},
			})
			events := a.write("one", "two")
			w.join(a, b)
			w.run()
			last := events[len(events)-1]
			require.Equal(t, a.device(), asked[last.Hash()])
			require.Equal(t, !refuses, b.all()[event(last)])
		})
	}
}
