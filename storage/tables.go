package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/badger/v4/y"
)

// ErrTable is a table file whose index is not what was written. Badger would
// panic over it in a goroutine of its own, and take the process with it.
var ErrTable = errors.New("a table of the database is damaged")

// maxCheckers is how many goroutines check tables before an open.
const maxCheckers = 4

// checkTables checks the listed tables, before Badger opens them, as far as deep
// says. A table that is not there is left to Badger, which says so. It gives the
// tables of which more can be checked, open: what Badger makes of them meanwhile,
// and it may remove them, does not change what they held. What is wrong with the
// first table is the error.
func checkTables(db string, listed map[uint64]bool, deep depth) (rest []table, err error) {
	ids := slices.Sorted(maps.Keys(listed))
	tables, errs := make([]table, len(ids)), make([]error, len(ids))
	var next atomic.Int64
	check := func() {
		var space tableSpace
		for {
			i := int(next.Add(1)) - 1
			if i >= len(ids) {
				return
			}
			at := deep
			if !listed[ids[i]] { // blocks that are compressed or encrypted were not written by us
				at = indexes
			}
			tables[i], errs[i] = beginTable(db, ids[i], &space, at)
		}
	}
	var others sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), maxCheckers, len(ids)) - 1 {
		others.Go(check)
	}
	check()
	others.Wait()
	for _, t := range tables {
		if t.file != nil {
			rest = append(rest, t)
		}
	}
	for _, err := range errs {
		if err != nil {
			closeTables(rest)
			return nil, err
		}
	}
	return rest, nil
}

// beginTable checks a table. It gives it open when more of it can be checked.
func beginTable(db string, id uint64, space *tableSpace, deep depth) (table, error) {
	f, err := os.Open(filepath.Join(db, tableName(id)))
	if errors.Is(err, fs.ErrNotExist) {
		return table{}, nil
	}
	if err != nil {
		return table{}, err
	}
	if err := checkTable(f, space, deep, nil); err != nil {
		return table{}, errors.Join(&tableError{id, err}, f.Close())
	}
	if deep != derived {
		return table{}, f.Close()
	}
	return table{id, f}, nil
}

// table is an open table.
type table struct {
	id   uint64
	file *os.File
}

// removed reports a table that Badger has merged into others since it was opened
// here. It empties a file before it removes it.
func (t table) removed() bool {
	st, err := t.file.Stat()
	return err == nil && st.Size() == 0
}

// tableSpace is where parts of tables are read, one after the other.
type tableSpace struct{ index, blocks []byte }

// tableError is ErrTable with the table's name.
type tableError struct {
	id  uint64
	err error
}

func (e *tableError) Error() string {
	return fmt.Sprintf("%v: %s: %v", ErrTable, tableName(e.id), e.err)
}

func (e *tableError) Unwrap() []error { return []error{ErrTable, e.err} }

func tableName(id uint64) string { return fmt.Sprintf("%06d.sst", id) }

func closeTables(tables []table) {
	for _, t := range tables {
		_ = t.file.Close() // it was only read
	}
}

// checkTable checks the end of a table: the index, its length (4 bytes), its
// checksum, and the checksum's length (4 bytes); then the blocks. Space is used
// meanwhile, and kept.
func checkTable(f *os.File, space *tableSpace, deep depth, stopped func() bool) error {
	st, err := f.Stat()
	if err != nil {
		return err
	}
	end := st.Size()
	var foot [64]byte // as a rule it holds all but the index
	have := foot[:min(int64(len(foot)), end)]
	if _, err := f.ReadAt(have, end-int64(len(have))); err != nil {
		return err
	}
	before := func(n int64) ([]byte, error) {
		if n <= 0 || n > end {
			return nil, errShort
		}
		end -= n
		if n <= int64(len(have)) {
			b := have[int64(len(have))-n:]
			have = have[:int64(len(have))-n]
			return b, nil
		}
		have = nil
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
	if n <= 0 || n > end {
		return errShort
	}
	index := roomFor(&space.index, n)
	if _, err := f.ReadAt(index, end-n); err != nil {
		return err
	}
	if err := y.VerifyChecksum(index, sum); err != nil || deep == indexes {
		return err
	}
	return checkBlocks(f, index, &space.blocks, deep, stopped)
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
