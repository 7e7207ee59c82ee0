package journal_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage/disk/disktest"
	"warroom/storage/journal"
)

// The suite in storage/durability shows on an ext4 why.
func TestSegmentIsWrittenThroughBeforeItIsUsed(t *testing.T) {
	t.Parallel()
	fs, written, named := disktest.New(), 0, false
	fs.Fail(func(op, _ string) error {
		switch op {
		case "write":
			written++
		case "rename":
			named = true
			require.GreaterOrEqual(t, written, journal.SegmentSize>>17, "pieces of 128 KiB, before it has its name")
		}
		return nil
	})
	j, _, err := journal.Open(fs, "j", journal.Options{})
	require.NoError(t, err)
	require.True(t, named)
	require.NoError(t, j.Close())
}

// A new segment is zeros, and payloads may end in some: what is read of them is
// held, the zeros behind are not.
func TestPayloadsOfZerosComeBack(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	j, _, err := journal.Open(fs, dir, journal.Options{})
	require.NoError(t, err)
	want := []string{"a", string(make([]byte, 200_000)), "b" + string(make([]byte, 100_000)), "\x00"}
	add(t, j, want...)
	journal.Wait(j)
	for range 2 {
		var report journal.Report
		j, report, err = journal.Open(fs, dir, journal.Options{})
		require.NoError(t, err)
		require.Nil(t, report.Torn)
		require.Empty(t, report.Damage)
		require.Equal(t, want, all(t, j))
		require.Less(t, journal.Held(fs, segments(t, fs)[0]), 500_000)
	}
}
