//go:build unix

package storage

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestAReleasedLockIsFreeThoughAProcessThatIsStartingHasTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := takeLock(dir)
	require.NoError(t, err)
	starting, err := unix.Dup(int(l.f.Fd())) // what a process has between fork and exec
	require.NoError(t, err)
	require.NoError(t, l.release())
	again, err := takeLock(dir)
	require.NoError(t, err)
	require.NoError(t, again.release())
	require.NoError(t, unix.Close(starting))
}
