package sim

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// That a signature was found good says nothing of another one, and nothing of the same
// event under another key: each comes to what the product's own check says.
func TestASignatureIsBelievedOnlyAsItStands(t *testing.T) {
	t.Parallel()
	w := &world{rng: rand.New(rand.NewPCG(1, 2)), signed: newSignatures(), ws: model.WorkspaceID{3}}
	n, other := w.add(nil), w.add(nil)
	good := forge(model.Signer{Workspace: w.ws, Key: n.key}, model.Envelope{Version: model.FormatVersion, Kind: model.KindEntryAdd, Seq: 1}, []byte{0xa0})
	changed := func(change func(*model.Event)) *model.Event {
		e := *good
		change(&e)
		return &e
	}
	foreign := forge(model.Signer{Workspace: model.WorkspaceID{4}, Key: n.key}, good.Envelope, good.Body)
	for name, c := range map[string]struct {
		event  *model.Event
		device model.DeviceKey
		good   bool
	}{
		"good":                       {good, n.device(), true},
		"of another device":          {good, other.device(), false},
		"of a device that is unseen": {good, model.DeviceKey{9}, false},
		"spoiled":                    {changed(spoil), n.device(), false},
		"spoiled beside its bytes":   {changed(func(e *model.Event) { e.Sig[7] ^= 0x40 }), n.device(), false},
		"another clock":              {changed(func(e *model.Event) { e.Raw[12] ^= 1 }), n.device(), false},
		"for another workspace":      {foreign, n.device(), false},
	} {
		for range 2 { // the second time from memory
			require.NoError(t, w.verify(good, n.device()), name)
			require.Equal(t, c.event.VerifySignature(w.ws, c.device), w.verify(c.event, c.device), name)
			require.Equal(t, c.good, w.verify(c.event, c.device) == nil, name)
		}
	}
}
