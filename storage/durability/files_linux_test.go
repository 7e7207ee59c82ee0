package durability_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// ulimit -n 40: what needs one more file than that fails, in the journal and in
// the database, and what was answered is there all the same. With a few more the files
// run out while the database is written, and while it puts its tables together.
func TestProcessWithoutFilesLosesNothing(t *testing.T) {
	t.Parallel()
	for _, limits := range [][]uint64{{200}, {160}, {130}, {40, 24, 16, 12}} {
		t.Run(fmt.Sprint(limits), func(t *testing.T) {
			t.Parallel()
			do := task{Do: writeStore, Dir: t.TempDir(), Seed: chance(t, 0).Uint64(), Writers: 2, Text: 60_000}
			acked := acks{}
			for _, limit := range limits {
				do.Files, do.Stop = limit, 800 // twenty of Badger's logs
				w := start(t, do, acked)
				err := w.drain()
				t.Logf("%d files: %d events acknowledged; %v %s", limit, w.fresh, err, w.failed)
				if limit == limits[0] {
					require.NoError(t, err, "%s %s", w.failed, firstLines(w.problem.String()))
				}
				require.NoDirExists(t, filepath.Join(do.Dir, "quarantine", "db-1"), "the database was sound")
				examineApart(t, do.Dir, acked, "a process without files", 1)[0].requireSound(t)
			}
		})
	}
}
