package disk_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage/disk"
)

func TestFilesOfTheMachine(t *testing.T) {
	t.Parallel()
	fsys, dir := disk.OS{}, filepath.Join(t.TempDir(), "new")
	require.NoError(t, fsys.MakeDir(dir))
	require.NoError(t, fsys.MakeDir(dir), "one that is there is fine")
	path := filepath.Join(dir, "file")
	_, err := fsys.Open(path)
	require.ErrorIs(t, err, fs.ErrNotExist)
	f, err := fsys.Create(path)
	require.NoError(t, err)
	_, err = fsys.Create(path)
	require.ErrorIs(t, err, fs.ErrExist)
	st, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), st.Mode().Perm())

	require.NoError(t, f.Allocate(100_000))
	size, err := f.Size()
	require.NoError(t, err)
	require.Equal(t, int64(100_000), size)
	_, err = f.WriteAt([]byte("here"), 99_990)
	require.NoError(t, err)
	require.NoError(t, f.Sync())
	got := make([]byte, 6)
	_, err = f.ReadAt(got, 99_988)
	require.NoError(t, err)
	require.Equal(t, "\x00\x00here", string(got))
	require.NoError(t, f.Close())
	require.Error(t, f.Sync())

	require.NoError(t, fsys.Rename(path, filepath.Join(dir, "a")))
	require.NoError(t, fsys.SyncDir(dir))
	names, err := fsys.List(dir)
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, names)
	require.NoError(t, fsys.Remove(filepath.Join(dir, "a")))
	space, err := fsys.Space(dir)
	require.NoError(t, err)
	require.NotZero(t, space.Free)
	_, err = fsys.Space(path)
	require.Error(t, err)
}
