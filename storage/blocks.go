package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/dgraph-io/badger/v4/fb"
	"github.com/dgraph-io/badger/v4/y"
)

// ErrBlock is a table of which a part is not what was written. Badger reads on
// over it: it gives wrong values, or panics, in a goroutine of its own too.
var ErrBlock = errors.New("a part of a table is damaged")

// depth is how much of a table is checked.
type depth uint8

const (
	// indexes are the tables' ends: over a damaged one Badger panics as it opens.
	indexes depth = iota
	// derived is the index, and the blocks that hold anything but events, texts and
	// the timeline: nothing proves the rest, the list of incidents above all. It is
	// small, and every start reads it.
	derived
	// all is every block.
	all
)

// errStopped ends a check that is not needed any more.
var errStopped = errors.New("the check was stopped")

// checkBlocks checks the blocks of a table, as far as depth says, one at a time
// in memory. A block ends with its checksum and, in 4 bytes, the checksum's
// length. stopped, unless nil, is asked before each.
func checkBlocks(f io.ReaderAt, index []byte, deep depth, stopped func() bool) error {
	table := fb.GetRootAsTableIndex(index, 0)
	var at, after fb.BlockOffset
	var block []byte
	blocks := table.OffsetsLength()
	for i := range blocks {
		if !table.Offsets(&at, i) || at.Len() < 4 {
			return fmt.Errorf("%w: block %d: %w", ErrBlock, i, errShort)
		}
		if deep == derived {
			var end []byte
			if i+1 < blocks && table.Offsets(&after, i+1) {
				end = after.KeyBytes()
			}
			if proved(at.KeyBytes(), end) {
				continue
			}
		}
		if stopped != nil && stopped() {
			return errStopped
		}
		if n := int(at.Len()); n > cap(block) {
			block = make([]byte, n)
		}
		block = block[:at.Len()]
		if _, err := f.ReadAt(block, int64(at.Offset())); errors.Is(err, io.EOF) {
			return fmt.Errorf("%w: block %d, from byte %d: %w", ErrBlock, i, at.Offset(), errShort)
		} else if err != nil {
			return fmt.Errorf("read block %d: %w", i, err)
		}
		if err := checkBlock(block); err != nil {
			return fmt.Errorf("%w: block %d, from byte %d: %w", ErrBlock, i, at.Offset(), err)
		}
	}
	return nil
}

// proved reports a block that holds nothing but events, texts or places in the
// timeline, by its first key and that of the next one. Whoever reads an event sees
// that its bytes have its hash, and that it stands where the timeline says; the
// room proves hashes, order and texts.
func proved(first, next []byte) bool {
	if len(first) == 0 || len(next) == 0 || first[0] != next[0] {
		return false
	}
	return first[0] == keyEvent || first[0] == keyText || first[0] == keyTimeline
}

func checkBlock(block []byte) error {
	end := len(block) - 4
	n := int64(binary.BigEndian.Uint32(block[end:]))
	if n > int64(end) {
		return errShort
	}
	sum, err := readChecksum(block[int64(end)-n : end])
	if err != nil {
		return err
	}
	return y.VerifyChecksum(block[:int64(end)-n], sum)
}
