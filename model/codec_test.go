package model_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// spelled is a reference as it stands in a body, with the number spelled as given.
func spelled(log model.LogID, number []byte, hash model.ShortHash) []byte {
	return slices.Concat([]byte{0x83, 0x50}, log[:], number, []byte{0x50}, hash[:])
}

func TestAReferenceIsWrittenAndReadAsTheLibraryDoes(t *testing.T) {
	t.Parallel()
	for _, seq := range []uint64{0, 1, 23, 24, 255, 256, 65_535, 65_536, 1<<32 - 1, 1 << 32, 1 << 63, math.MaxUint64} {
		t.Run(fmt.Sprint(seq), func(t *testing.T) {
			t.Parallel()
			r := model.Ref{Log: model.LogID{1, 0x50, 3}, Seq: seq, Hash: model.ShortHash{0x50, 2, 0x83}}
			want, err := model.RefBytesByLibrary(r)
			require.NoError(t, err)
			raw, err := r.MarshalCBOR()
			require.NoError(t, err)
			require.Equal(t, want, raw)
			read := model.Ref{Log: model.LogID{9}, Seq: 9, Hash: model.ShortHash{9}}
			require.NoError(t, read.UnmarshalCBOR(raw))
			require.Equal(t, r, read)
		})
	}
}

// sameAsTheLibrary holds that the reader by hand makes of any bytes what the library does.
func sameAsTheLibrary(t *testing.T, raw []byte) {
	t.Helper()
	want, refused := model.RefByLibrary(raw)
	var r model.Ref
	err := r.UnmarshalCBOR(raw)
	require.Equal(t, refused == nil, err == nil, "%x: %v, and by the library: %v", raw, err, refused)
	require.Equal(t, want, r, "%x", raw)
}

func TestAReferenceThatIsSpelledOtherwiseIsReadAsBefore(t *testing.T) {
	t.Parallel()
	log, hash := model.LogID{1, 2, 3}, model.ShortHash{4, 5, 6}
	good := spelled(log, []byte{7}, hash)
	for name, raw := range map[string][]byte{
		"a longer number than it needs": spelled(log, []byte{0x1b, 0, 0, 0, 0, 0, 0, 0, 7}, hash),
		"a number below zero":           spelled(log, []byte{0x20}, hash),
		"a text for a number":           spelled(log, []byte{0x61, 'a'}, hash),
		"a number that is cut off":      spelled(log, []byte{0x19, 1}, hash),
		"two numbers":                   spelled(log, []byte{1, 2}, hash),
		"no number":                     spelled(log, nil, hash),
		"a list of four":                append(append([]byte{0x84}, good[1:]...), 1),
		"a list of two":                 append([]byte{0x82}, good[1:19]...),
		"a short hash":                  append(bytes.Clone(good[:19]), 0x41, 1),
		"nothing":                       {},
		"null":                          {0xf6},
		"an empty list":                 {0x80},
		"something behind":              append(bytes.Clone(good), 0),
		"cut off":                       good[:len(good)-1],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sameAsTheLibrary(t, raw)
		})
	}
}

func FuzzReference(f *testing.F) {
	for _, number := range [][]byte{{7}, {0x18, 200}, {0x19, 1, 0}, {0x1a, 0, 1, 0, 0}, {0x1b, 0, 0, 0, 1, 0, 0, 0, 0}, {0x20}} {
		f.Add(spelled(model.LogID{1}, number, model.ShortHash{2}))
	}
	f.Fuzz(sameAsTheLibrary)
}
