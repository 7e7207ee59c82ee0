package storage_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage"
	"warroom/storage/disk/disktest"
)

func TestStoreOnANetworkFileSystemIsRefusedUnlessForced(t *testing.T) {
	t.Parallel()
	dir, fs := filepath.Join(t.TempDir(), "store"), disktest.New()
	for _, kind := range []string{"nfs", "cifs", "9p", "fuse.sshfs", "ceph", "lustre", "afs"} {
		fs.SetNetwork(kind)
		_, err := storage.Open(dir, storage.Options{Disk: fs})
		var network *storage.NetworkError
		require.ErrorAs(t, err, &network)
		require.Equal(t, kind, network.Kind)
		require.NoDirExists(t, dir, "nothing is made there")
	}
	s, err := storage.Open(dir, storage.Options{Disk: fs, NetworkFS: true})
	require.NoError(t, err)
	require.Equal(t, storage.Warned, step(t, s, storage.StepSpace))
	require.NoError(t, s.Close())
	fs.SetNetwork("")
	s, err = storage.Open(dir, storage.Options{Disk: fs})
	require.NoError(t, err)
	require.Equal(t, storage.Fine, step(t, s, storage.StepSpace))
	require.NoError(t, s.Close())
}
