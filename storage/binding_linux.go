package storage

import "golang.org/x/sys/unix"

// fileSystem is the id that the file system says of itself; 0 for none.
func fileSystem(dir string) uint64 {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0
	}
	return uint64(uint32(st.Fsid.Val[0])) | uint64(uint32(st.Fsid.Val[1]))<<32
}
