package durability_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// volume is a file system in a file, mounted on a loop device; or, without an
// image, one in memory.
type volume struct {
	t     *testing.T
	image string
	dir   string // where it is mounted
	opts  string
}

// cannotMount says why this machine cannot mount an image, asked once; empty
// when it can.
var cannotMount = sync.OnceValue(func() string {
	if os.Getuid() != 0 {
		return "only root may mount"
	}
	if os.Getenv(ownEnv) == "" {
		return "root may not have mounts of its own here (a container?)"
	}
	for _, program := range []string{"mkfs.ext4", "mount", "umount"} {
		if _, err := exec.LookPath(program); err != nil {
			return program + " is not installed (e2fsprogs, mount)"
		}
	}
	dir, err := os.MkdirTemp("", "warroom-mount")
	if err != nil {
		return err.Error()
	}
	defer os.RemoveAll(dir)
	image, point := filepath.Join(dir, "image"), filepath.Join(dir, "point")
	steps := [][]string{
		{"truncate", "-s", "8M", image}, {"mkfs.ext4", "-q", "-F", image}, {"mkdir", point},
		{"mount", "-o", "loop", image, point}, {"umount", point},
	}
	for _, s := range steps {
		if out, err := exec.Command(s[0], s[1:]...).CombinedOutput(); err != nil {
			return "root cannot mount a loop device here: " + strings.TrimSpace(string(out))
		}
	}
	return ""
})

// newExt4 mounts a new ext4 of so many MiB.
func newExt4(t *testing.T, mib string, opts string) *volume {
	t.Helper()
	required(t, cannotMount())
	dir := t.TempDir()
	v := &volume{t: t, image: filepath.Join(dir, "image"), dir: filepath.Join(dir, "disk"), opts: "loop" + opts}
	require.NoError(t, os.Mkdir(v.dir, 0o700))
	v.run("truncate", "-s", mib+"M", v.image)
	v.run("mkfs.ext4", "-q", "-F", "-m", "0", v.image)
	v.mount()
	return v
}

// newTmpfs mounts a tmpfs of a size.
func newTmpfs(t *testing.T, size string) *volume {
	t.Helper()
	required(t, cannotMount())
	v := &volume{t: t, dir: filepath.Join(t.TempDir(), "disk"), opts: "size=" + size}
	require.NoError(t, os.Mkdir(v.dir, 0o700))
	v.mount()
	return v
}

func (v *volume) run(name string, args ...string) {
	v.t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(v.t, err, "%s %v: %s", name, args, out)
}

func (v *volume) mount() {
	v.t.Helper()
	if v.image == "" {
		v.run("mount", "-t", "tmpfs", "-o", v.opts, "tmpfs", v.dir)
	} else {
		v.run("mount", "-o", v.opts, v.image, v.dir)
	}
	v.t.Cleanup(func() { _ = unix.Unmount(v.dir, unix.MNT_DETACH) }) // it may not be mounted any more
}

// A process that is just being started holds what this one has open until its
// program begins, so a busy volume is tried again for so long.
const (
	umountTries = 200
	umountPause = 5 * time.Millisecond
)

func (v *volume) umount() {
	v.t.Helper()
	err := unix.Unmount(v.dir, 0)
	for try := 0; try < umountTries && errors.Is(err, unix.EBUSY); try++ {
		time.Sleep(umountPause)
		err = unix.Unmount(v.dir, 0)
	}
	require.NoError(v.t, err)
}

// The file system stops at once, and drops what is not on the disk, its own
// journal included: as when the power goes.
const (
	ext4Shutdown        = 0x8004587d
	ext4ShutdownNoFlush = 2
)

// cut cuts the power. What the processes hold open gives errors from now on.
func (v *volume) cut() {
	v.t.Helper()
	f, err := os.Open(v.dir)
	require.NoError(v.t, err)
	defer f.Close()
	require.NoError(v.t, unix.IoctlSetPointerInt(int(f.Fd()), ext4Shutdown, ext4ShutdownNoFlush))
}

// device is the name of its loop device.
func (v *volume) device() string {
	v.t.Helper()
	out, err := exec.Command("findmnt", "-n", "-o", "SOURCE", "--mountpoint", v.dir).Output()
	require.NoError(v.t, err)
	return filepath.Base(strings.TrimSpace(string(out)))
}
