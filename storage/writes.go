package storage

import (
	"encoding/binary"
	"errors"
	"slices"
)

// A commit stands in the journal as the keys that it writes: a version byte,
// then for each the key's length, the key, the value's length and one more (0
// for a key that is removed), the value; lengths as unsigned varints. Applying
// commits in order, from any of them on that the database had already, gives the
// same database.
const writesVersion = 1

var errWrites = errors.New("a commit in the journal cannot be read")

// keptEncoded is how much memory is kept for the next commit, in bytes.
const keptEncoded = 1 << 20

func encodeWrites(writes []write) []byte { return appendWrites(nil, writes) }

// appendWrites puts a commit behind b.
func appendWrites(b []byte, writes []write) []byte {
	size := 1
	for _, w := range writes {
		size += len(w.key) + len(w.value) + 2*binary.MaxVarintLen32
	}
	b = append(slices.Grow(b, size), writesVersion)
	for _, w := range writes {
		b = binary.AppendUvarint(b, uint64(len(w.key)))
		b = append(b, w.key...)
		if w.value == nil {
			b = binary.AppendUvarint(b, 0)
			continue
		}
		b = binary.AppendUvarint(b, uint64(len(w.value))+1)
		b = append(b, w.value...)
	}
	return b
}

// decodeWrites gives the keys and values in b, which it keeps.
func decodeWrites(b []byte) ([]write, error) {
	if len(b) == 0 || b[0] != writesVersion {
		return nil, errWrites
	}
	var writes []write
	take := func(n uint64) []byte {
		v := b[:n:n]
		b = b[n:]
		return v
	}
	for b = b[1:]; len(b) > 0; {
		n, used := binary.Uvarint(b)
		if used <= 0 || n == 0 || n > uint64(len(b)-used) {
			return nil, errWrites
		}
		b = b[used:]
		w := write{key: take(n)}
		n, used = binary.Uvarint(b)
		if used <= 0 || n > 0 && n-1 > uint64(len(b)-used) {
			return nil, errWrites
		}
		b = b[used:]
		if n > 0 {
			w.value = take(n - 1)
		}
		writes = append(writes, w)
	}
	return writes, nil
}
