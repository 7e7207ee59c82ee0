package durability_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// After an error of its own, ext4 lets nobody write any more. A sync that meets
// that moment is answered as good; so what it makes durable must not hang on an
// entry in ext4's journal.
func TestDiskThatTurnsReadOnlyLosesNothing(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]task{
		"store": {Do: writeStore, Writers: 3},
		"room":  {Do: writeRoom, Writers: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for round := range share(*cuts, 3) {
				v := newExt4(t, "512", ",errors=remount-ro")
				do.Dir, do.Seed = filepath.Join(v.dir, "store"), chance(t, round).Uint64()
				acked := acks{}
				w := start(t, do, acked)
				require.True(t, w.until("+", 200), w.failed)
				require.NoError(t, os.WriteFile(filepath.Join("/sys/fs/ext4", v.device(), "trigger_fs_error"), []byte("a test"), 0))
				died := w.drain()
				t.Logf("it ended with %v: %s %s", died, w.failed, strings.SplitN(w.problem.String(), "\n", 2)[0])

				// Nothing can be done there, and nothing is thrown away.
				v1 := examineApart(t, do.Dir, acked, "a disk that turned read-only", 1)[0]
				require.NotEmpty(t, v1.Refused)
				require.NoDirExists(t, filepath.Join(do.Dir, "quarantine", "db-1"))
				v.umount()
				v.mount()
				examine(do.Dir, acked).requireSound(t)
				t.Logf("%d events acknowledged, 0 lost; while read-only: %s", w.fresh, v1.Refused)
			}
		})
	}
}

func TestStoreOnAReadOnlyDiskIsRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	v := newExt4(t, "512", "")
	do := task{Do: writeStore, Dir: filepath.Join(v.dir, "store"), Seed: 1, Writers: 2}
	acked := acks{}
	w := start(t, do, acked)
	require.True(t, w.until("+", 200), w.failed)
	w.kill()
	v.run("mount", "-o", "remount,ro", v.dir)
	found := examineApart(t, do.Dir, acked, "a read-only remount", 1)[0]
	require.NotEmpty(t, found.Refused)
	require.Contains(t, found.Refused, "read-only file system")
	v.run("mount", "-o", "remount,rw", v.dir)
	examine(do.Dir, acked).requireSound(t)
}
