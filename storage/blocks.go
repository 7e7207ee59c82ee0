package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sort"

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

// blocksAtOnce is how many bytes of blocks are read at once: one system call for
// sixty blocks costs less than one for each.
const blocksAtOnce = 256 << 10

// block is where a block lies in its table.
type block struct {
	number   int
	from, to int64
}

// checkBlocks checks the blocks of a table, as far as depth says, a few at a time
// in memory, of which space is kept between calls. stopped, unless nil, is asked
// before each reading.
func checkBlocks(f io.ReaderAt, index []byte, space *[]byte, deep depth, stopped func() bool) error {
	table := fb.GetRootAsTableIndex(index, 0)
	var at fb.BlockOffset
	var run []block
	blocks := table.OffsetsLength()
	for i := 0; i < blocks; i++ {
		if deep == derived {
			if i = unproved(table, i); i == blocks {
				break
			}
		}
		if !table.Offsets(&at, i) || at.Len() < 4 {
			return fmt.Errorf("%w: block %d: %w", ErrBlock, i, errShort)
		}
		b := block{number: i, from: int64(at.Offset()), to: int64(at.Offset()) + int64(at.Len())}
		if n := len(run); n > 0 && (run[n-1].to != b.from || b.to-run[0].from > blocksAtOnce) {
			if err := checkRun(f, run, space, stopped); err != nil {
				return err
			}
			run = run[:0]
		}
		run = append(run, b)
	}
	return checkRun(f, run, space, stopped)
}

// checkRun checks blocks that lie one behind the other.
func checkRun(f io.ReaderAt, run []block, space *[]byte, stopped func() bool) error {
	if len(run) == 0 {
		return nil
	}
	if stopped != nil && stopped() {
		return errStopped
	}
	from, n := run[0].from, run[len(run)-1].to-run[0].from
	read, err := f.ReadAt(roomFor(space, n), from)
	for _, b := range run {
		switch whole := b.to-from <= int64(read); {
		case whole:
			if err := checkBlock((*space)[b.from-from : b.to-from]); err != nil {
				return fmt.Errorf("%w: block %d, from byte %d: %w", ErrBlock, b.number, b.from, err)
			}
		case errors.Is(err, io.EOF):
			return fmt.Errorf("%w: block %d, from byte %d: %w", ErrBlock, b.number, b.from, errShort)
		default:
			return fmt.Errorf("read block %d: %w", b.number, err)
		}
	}
	return nil
}

// roomFor gives so many bytes of a space that grows at need: the first use of fresh
// memory costs more than the reading.
func roomFor(space *[]byte, n int64) []byte {
	if int64(cap(*space)) < n {
		*space = make([]byte, max(n, blocksAtOnce))
	}
	*space = (*space)[:n]
	return *space
}

// unproved is the first block from i on that may hold something that nothing else
// proves, or their number. Keys are in order, so most are passed over unseen.
func unproved(table *fb.TableIndex, i int) int {
	blocks := table.OffsetsLength()
	key := func(i int) []byte {
		var at fb.BlockOffset
		if i < blocks && table.Offsets(&at, i) {
			return at.KeyBytes()
		}
		return nil
	}
	first := key(i)
	if !proved(first, key(i+1)) {
		return i
	}
	// The last block that begins with the same kind may end with another.
	return i + sort.Search(blocks-i-1, func(n int) bool { return !proved(first, key(i+n+1)) })
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

// checkBlock checks a block, which ends with its checksum and, in 4 bytes, the
// checksum's length.
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
