package disk

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// syncData leaves out what is not needed to read the data again, such as the
// time of the last change: half the cost of a sync in a file that does not grow.
func syncData(f *os.File) error {
	for {
		err := unix.Fdatasync(int(f.Fd()))
		if !errors.Is(err, unix.EINTR) {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}

func syncNames(d *os.File) error { return d.Sync() }

func allocate(f *os.File, size int64) error {
	for {
		err := unix.Fallocate(int(f.Fd()), 0, 0, size)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.ENOSYS):
			return fill(f, size)
		}
		return os.NewSyscallError("fallocate", err)
	}
}

// remote are the file systems on another machine, by their magic number.
var remote = map[uint32]string{
	0x6969: "nfs", 0x517b: "smb", 0xfe534d42: "smb2", 0xff534d42: "cifs", 0x01021997: "9p",
	0x00c36400: "ceph", 0x0bd00bd0: "lustre", 0x47504653: "gpfs", 0x5346414f: "afs", 0x6b414653: "afs",
	0x73757245: "coda", 0x19830326: "beegfs",
}

// fuse is any file system of a program. Its name says which one, and only those
// that are known to reach another machine are taken for one that does: homes and
// containers stand on others.
const fuse = 0x65735546

var remoteFuse = []string{
	"sshfs", "rclone", "s3fs", "goofys", "gcsfuse", "glusterfs", "ceph", "ceph-fuse", "davfs", "davfs2", "curlftpfs", "smbnetfs",
	"juicefs", "seaweedfs", "moosefs", "mfs", "beegfs",
}

// networkOf names a file system on another machine, by its magic number and its
// name among the mounts; empty for a local one.
func networkOf(magic uint32, mounted string) string {
	if magic != fuse {
		return remote[magic]
	}
	if program, ok := strings.CutPrefix(mounted, "fuse."); ok && slices.Contains(remoteFuse, program) {
		return mounted
	}
	return ""
}

// mountedAs is the name of the file system of a device, as the list of mounts has
// it; empty where it cannot be told.
func mountedAs(mounts string, device uint64) string {
	want := fmt.Sprintf("%d:%d", unix.Major(device), unix.Minor(device))
	for line := range strings.Lines(mounts) {
		fields := strings.Fields(line)
		if at := slices.Index(fields, "-"); len(fields) > 2 && fields[2] == want && at > 0 && at+1 < len(fields) {
			return fields[at+1]
		}
	}
	return ""
}

func space(dir string) (Space, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return Space{}, os.NewSyscallError("statfs", err)
	}
	mounted := ""
	if uint32(st.Type) == fuse {
		var at unix.Stat_t
		if err := unix.Stat(dir, &at); err == nil {
			list, _ := os.ReadFile("/proc/self/mountinfo") // without it nothing is known of it
			mounted = mountedAs(string(list), at.Dev)
		}
	}
	return Space{Free: st.Bavail * uint64(st.Bsize), Network: networkOf(uint32(st.Type), mounted)}, nil
}
