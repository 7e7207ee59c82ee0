package disk

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFileSystemsOfOtherMachinesAreKnown(t *testing.T) {
	t.Parallel()
	for magic, want := range map[uint32]string{
		0x6969: "nfs", 0xff534d42: "cifs", 0xfe534d42: "smb2", 0x01021997: "9p", 0x00c36400: "ceph", 0x0bd00bd0: "lustre",
		0x5346414f: "afs", 0xef53: "", 0x9123683e: "", 0x58465342: "", 0x01021994: "", 0x794c7630: "", fuse: "",
	} {
		require.Equal(t, want, networkOf(magic, ""), "%#x", magic)
	}
	require.Equal(t, "fuse.sshfs", networkOf(fuse, "fuse.sshfs"))
	for _, local := range []string{"fuse.gocryptfs", "fuse.fuse-overlayfs", "fuseblk", "virtiofs"} {
		require.Empty(t, networkOf(fuse, local))
	}
}

func TestFileSystemOfAProgramIsFoundAmongTheMounts(t *testing.T) {
	t.Parallel()
	const mounts = `25 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
36 25 0:52 / /home/ana/far rw,nosuid shared:9 master:2 - fuse.sshfs ana@there: rw,user_id=1000
`
	require.Equal(t, "fuse.sshfs", mountedAs(mounts, 52))
	require.Equal(t, "ext4", mountedAs(mounts, 254<<8|1))
	require.Empty(t, mountedAs(mounts, 99))
}
