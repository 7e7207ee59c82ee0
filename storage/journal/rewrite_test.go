package journal_test

import (
	"bytes"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage/disk/disktest"
	"warroom/storage/journal"
)

// rewritten gives the journal as it is after Rewrite, in the same place on
// another file system: tests read it there.
func rewritten(t *testing.T, fs *disktest.FS, change func(uint64, []byte) ([]byte, error), more ...journal.Frame) *disktest.FS {
	t.Helper()
	require.NoError(t, journal.Rewrite(fs, dir, "new", change, more...))
	other := disktest.New()
	names, err := fs.List("new")
	require.NoError(t, err)
	for _, n := range names {
		other.Put(dir+"/"+n, fs.Content("new/"+n))
	}
	return other
}

func same(_ uint64, p []byte) ([]byte, error) { return p, nil }

func TestARewrittenJournalHasTheSameOrdinals(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	want := texts(60, 200)
	j, _ := open(t, fs)
	add(t, j, want[:30]...)
	require.NoError(t, j.Close()) // its mark has an ordinal too
	j, _ = open(t, fs)
	add(t, j, want[30:]...)
	last := j.Last()
	after := rewritten(t, fs, func(_ uint64, p []byte) ([]byte, error) {
		if strings.HasPrefix(string(p), "17 ") {
			return []byte("gone"), nil
		}
		return p, nil
	}, journal.Frame{Ordinal: last + 1, Payload: []byte("one more")})
	want[17] = "gone"
	for _, path := range segments(t, after) {
		require.NotContains(t, string(after.Content(path)), "17 xxx", "nothing of it is left behind a frame")
	}
	j, report := open(t, after)
	require.Empty(t, report.Damage)
	require.Nil(t, report.Torn)
	require.Equal(t, append(want, "one more"), all(t, j))
	require.Equal(t, last+1, j.Last())
	add(t, j, "on")
	require.Equal(t, append(want, "one more", "on"), all(t, j))
}

func TestARewrittenJournalIsAsTrimmedAndAsDamagedAsItWas(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	want := texts(60, 200)
	j, _ := open(t, fs)
	add(t, j, want...)
	require.NoError(t, j.Trim(30))
	left := all(t, j)
	require.Less(t, len(left), 60)
	require.NoError(t, j.Close())
	j, report := open(t, rewritten(t, fs, same))
	require.Empty(t, report.Damage)
	require.Equal(t, left, all(t, j))

	paths := segments(t, fs)
	bad := bytes.Clone(fs.Content(paths[1]))
	copy(bad[1100:], bytes.Repeat([]byte{7}, 400))
	fs.Put(paths[1], bad)
	j, before := open(t, fs)
	require.NotEmpty(t, before.Damage)
	kept := all(t, j)
	require.NoError(t, j.Close())
	j, report = open(t, rewritten(t, fs, same))
	require.Equal(t, len(before.Damage), len(report.Damage), "what is missing is still said")
	require.Equal(t, before.Damage[0].First, report.Damage[0].First)
	require.Equal(t, kept, all(t, j))
}

func TestAnErrorEndsARewrite(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	j, _ := open(t, fs)
	add(t, j, "one")
	broken := errors.New("broken")
	require.ErrorIs(t, journal.Rewrite(fs, dir, "new", func(uint64, []byte) ([]byte, error) { return nil, broken }), broken)
	fs.Fail(func(op, path string) error {
		if op == "sync" && strings.HasPrefix(path, "new") {
			return broken
		}
		return nil
	})
	require.ErrorIs(t, journal.Rewrite(fs, dir, "new", same), broken)
	require.NoError(t, journal.Rewrite(fs, "none", "new", same), "no journal gives none")
}

func of(payloads ...string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, p := range payloads {
			if !yield([]byte(p), nil) {
				return
			}
		}
	}
}

func TestAWrittenJournalIsReadLikeAnyOther(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	want := append(texts(20, 500_000), strings.Repeat("x", 5<<20), "last")
	require.NoError(t, journal.Write(fs, dir, of(want...)))
	require.Greater(t, len(segments(t, fs)), 2)
	var got []string
	report, err := journal.ReadIn(fs, dir, func(ordinal uint64, p []byte) error {
		require.Equal(t, uint64(len(got)+1), ordinal)
		got = append(got, string(p))
		return nil
	})
	require.NoError(t, err)
	require.Empty(t, report.Damage)
	require.Equal(t, want, got)
	j, report := open(t, fs)
	require.Empty(t, report.Damage)
	add(t, j, "on")
	require.Equal(t, append(want, "on"), all(t, j))
	require.ErrorIs(t, journal.Write(disktest.New(), dir, of("")), journal.ErrSize)
}
