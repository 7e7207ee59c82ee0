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

// checkedAtOpen is how much of tables is checked through at an open, in bytes:
// a quarter of a million events, and about 50 ms. What is beyond it is left to
// the proof of the logs.
const checkedAtOpen = 64 << 20

// checkBlocks checks every block of a table. A block ends with its checksum and,
// in 4 bytes, the checksum's length.
func checkBlocks(f io.ReaderAt, index []byte) error {
	table := fb.GetRootAsTableIndex(index, 0)
	var at fb.BlockOffset
	var block []byte
	for i := range table.OffsetsLength() {
		if !table.Offsets(&at, i) || at.Len() < 4 {
			return fmt.Errorf("%w: block %d: %w", ErrBlock, i, errShort)
		}
		block = append(block[:0], make([]byte, at.Len())...)
		if _, err := f.ReadAt(block, int64(at.Offset())); err != nil {
			return fmt.Errorf("read block %d: %w", i, err)
		}
		if err := checkBlock(block); err != nil {
			return fmt.Errorf("%w: block %d, from byte %d: %w", ErrBlock, i, at.Offset(), err)
		}
	}
	return nil
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
