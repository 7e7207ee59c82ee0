package peer

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func hashOf(seq uint64) (h model.ShortHash) {
	binary.BigEndian.PutUint64(h[:], seq)
	return h
}

// Whatever the number that a line was found to end at, its last events are known from
// there on, and nothing else is.
func TestTheLastEventsOfALineAreRemembered(t *testing.T) {
	t.Parallel()
	for _, begins := range []uint64{1, 2, 3, 7, 63, 64, 65, 1_000_000} {
		var known tail
		_, ok := known.at(begins)
		require.False(t, ok)
		for seq := begins; seq < begins+300; seq++ {
			known.put(seq, hashOf(seq))
			for at := uint64(0); at < begins+400; at++ {
				if at < begins && at+400 < begins {
					at = begins - 400 // all before it are as unknown as these
				}
				hash, ok := known.at(at)
				require.Equal(t, at >= begins && at <= seq && at+recent > seq, ok, "%d of %d to %d", at, begins, seq)
				if ok {
					require.Equal(t, hashOf(at), hash)
				}
			}
		}
		require.Len(t, known, recent)
	}
}

// A log in which one event was written, as that which opens it, takes little.
func TestALineOfOneEventRemembersLittle(t *testing.T) {
	t.Parallel()
	var known tail
	known.put(1, hashOf(1))
	require.Len(t, known, firstTail)
}
