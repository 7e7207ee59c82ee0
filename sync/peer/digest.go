package peer

import (
	"warroom/model"
	"warroom/sync/wire"
)

// CountedDigest is of the tips of lines, and of which of them end before their tip: a
// state follows from both. Of one bad signature a room hears a moment after it has
// the line; until then it has the same tips as others, and rightly another state. It
// is for Hashed.
func CountedDigest(lines []model.Branch) wire.Digest {
	tips := make([]wire.Tip, 0, len(lines))
	for _, b := range lines {
		t := wire.Tip{Log: b.Log, Seq: b.Tip.Seq, Hash: b.Tip.Hash.Short()}
		if b.Ends != 0 {
			t.Seq = ^t.Seq // where it ends follows from the events
		}
		tips = append(tips, t)
	}
	return wire.DigestOf(tips)
}
