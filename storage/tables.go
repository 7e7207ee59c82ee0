package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/badger/v4/y"
)

// ErrTable is a table file whose index is not what was written. Badger would
// panic over it in a goroutine of its own, and take the process with it.
var ErrTable = errors.New("a table of the database is damaged")

// checkTables checks the index of every listed table, before Badger opens them,
// and with blocks also what is in them, as far as checkedAtOpen. A table that is
// not there is left to Badger, which says so.
func checkTables(db string, listed map[uint64]bool, blocks bool) error {
	left := int64(checkedAtOpen)
	for _, id := range slices.Sorted(maps.Keys(listed)) {
		path := filepath.Join(db, fmt.Sprintf("%06d.sst", id))
		st, err := os.Stat(path)
		if err != nil {
			continue
		}
		left -= st.Size()
		if err := checkTable(path, blocks && listed[id] && left >= 0); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrTable, filepath.Base(path), err)
		}
	}
	return nil
}

// checkTable checks the end of a table: the index, its length (4 bytes), its
// checksum, and the checksum's length (4 bytes); then the blocks.
func checkTable(path string, blocks bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	end := st.Size()
	before := func(n int64) ([]byte, error) {
		if n <= 0 || n > end {
			return nil, errShort
		}
		end -= n
		b := make([]byte, n)
		_, err := f.ReadAt(b, end)
		return b, err
	}
	length := func() (int64, error) {
		b, err := before(4)
		if err != nil {
			return 0, err
		}
		return int64(binary.BigEndian.Uint32(b)), nil
	}
	n, err := length()
	if err != nil {
		return err
	}
	raw, err := before(n)
	if err != nil {
		return err
	}
	sum, err := readChecksum(raw)
	if err != nil {
		return err
	}
	if n, err = length(); err != nil {
		return err
	}
	index, err := before(n)
	if err != nil {
		return err
	}
	if err := y.VerifyChecksum(index, sum); err != nil || !blocks {
		return err
	}
	return checkBlocks(f, index)
}

// readChecksum reads the two numbers of a pb.Checksum: 1 the algorithm, 2 the
// sum.
func readChecksum(b []byte) (*pb.Checksum, error) {
	sum := &pb.Checksum{}
	for len(b) > 0 {
		tag := b[0]
		v, n := binary.Uvarint(b[1:])
		if n <= 0 {
			return nil, errShort
		}
		b = b[1+n:]
		switch {
		case tag == 1<<3 && v <= uint64(pb.Checksum_XXHash64):
			sum.Algo = pb.Checksum_Algorithm(v)
		case tag == 2<<3:
			sum.Sum = v
		default:
			return nil, errChecksum
		}
	}
	return sum, nil
}

var errChecksum = errors.New("its checksum cannot be read")
