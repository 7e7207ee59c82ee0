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
