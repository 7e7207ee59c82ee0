package storage

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/dgraph-io/badger/v4/y"
	"github.com/stretchr/testify/require"
)

func TestWritesComeBack(t *testing.T) {
	t.Parallel()
	want := []write{
		{[]byte("k"), []byte("v")}, {[]byte("gone"), nil}, {[]byte("empty"), []byte{}},
		{bytes.Repeat([]byte("k"), 300), []byte(strings.Repeat("v", 70_000))},
	}
	raw := encodeWrites(want)
	got, err := decodeWrites(raw)
	require.NoError(t, err)
	require.Equal(t, want, got)
	whole := 0
	for cut := range raw {
		if got, err := decodeWrites(raw[:cut]); err == nil {
			require.Equal(t, len(got), whole, "cut at %d: only between two writes", cut)
			whole++
		}
	}
	require.Equal(t, len(want), whole)
	_, err = decodeWrites(append([]byte{writesVersion + 1}, raw[1:]...))
	require.Error(t, err)
}

// A database that the system does not let us open is not damaged.
func TestTroubleOfTheSystemIsToldFromDamage(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]bool{
		&os.PathError{Op: "open", Path: "x", Err: syscall.EACCES}:         true,
		fmt.Errorf("create file err: %+v", syscall.ENOSPC):                true,
		y.Wrapf(syscall.EMFILE, "while opening %s", "a table"):            true,
		fmt.Errorf("%w: 3 of 7 bytes are whole", ErrManifest):             false,
		errors.New("file does not exist for table 3"):                     false,
		fmt.Errorf("%w: 000001.sst: %w", ErrTable, y.ErrChecksumMismatch): false,
	} {
		require.Equal(t, want, systemTrouble(err), "%v", err)
	}
}

func FuzzDecodeWrites(f *testing.F) {
	f.Add(encodeWrites([]write{{[]byte("k"), []byte("v")}, {[]byte("x"), nil}}))
	f.Add([]byte{writesVersion, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, raw []byte) {
		writes, err := decodeWrites(raw)
		if err != nil {
			return
		}
		again, err := decodeWrites(encodeWrites(writes))
		require.NoError(t, err)
		require.Equal(t, writes, again)
	})
}
