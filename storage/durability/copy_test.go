//go:build unix

package durability_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

func copyOf(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	out, err := exec.Command("cp", "-a", from, to).CombinedOutput()
	for complaint := range strings.Lines(string(out)) {
		// A file that was given its name meanwhile: whoever copies a store in use is told
		// of it, and has the rest.
		require.Contains(t, complaint, "No such file or directory", string(out))
	}
	if len(out) == 0 {
		require.NoError(t, err)
	}
	return to
}

// doubt is what the program does with a store that may have forgotten events, or
// that is a copy: it goes on under a new log.
func doubt(t *testing.T, s *storage.Badger) model.OpenReason {
	t.Helper()
	if len(s.Report().Behind) > 0 || s.Report().Cut {
		return model.ReasonRestored
	}
	if s.Report().Copied {
		return model.ReasonCopied
	}
	return 0
}

// write writes n entries in a room on the store, as the program does, and adds
// what it was answered.
func write(t *testing.T, dir string, n int, acked acks) (renewed model.OpenReason) {
	t.Helper()
	s, err := storage.Open(dir, storage.Options{})
	require.NoError(t, err)
	renewed = doubt(t, s)
	r, err := room.Open(context.Background(), room.Options{Store: s, Dir: dir, Name: "ana", Renew: renewed})
	require.NoError(t, err)
	if renewed != 0 {
		require.NoError(t, s.Adopt())
	}
	who := model.Actor{Person: r.Me(), Via: model.DoorConsole}
	var incident model.Scope
	do := func(c model.Command) {
		got, err := r.Do(context.Background(), who, incident, c)
		require.NoError(t, err)
		incident = got.Incident
		for _, ref := range got.Refs {
			if have, ok := acked[ref.Log][ref.Seq]; ok {
				require.Equal(t, have, ref.Hash, "a number of a log was used twice: event %d of %s", ref.Seq, ref.Log)
			}
			acked.add(ref)
		}
	}
	if rows := r.Overview().Rows; len(rows) > 0 {
		incident = rows[0].ID
	} else {
		do(model.OpenIncident{Title: "incident 0"})
	}
	for i := range n {
		do(model.Write{Text: fmt.Sprint(dir, " ", i)})
	}
	require.NoError(t, r.Close())
	return renewed
}

func TestCopyOfAStoreInUseHoldsWhatWasAnsweredBefore(t *testing.T) {
	t.Parallel()
	do := task{Do: writeRoom, Dir: filepath.Join(t.TempDir(), "store"), Seed: chance(t, 0).Uint64(), Writers: 3}
	acked := acks{}
	w := start(t, do, acked)
	for range 5 {
		require.True(t, w.until("+", 100), w.failed)
		before := acks{}
		for log, seqs := range acked {
			for seq, hash := range seqs {
				before.add(model.Ref{Log: log, Seq: seq, Hash: hash})
			}
		}
		v := examineApart(t, copyOf(t, do.Dir), before, "a copy of a store in use", 1)[0]
		require.Empty(t, v.Refused)
		v.requireHealedOrNamed(t, "a copy of a store in use")
		require.Empty(t, v.Lost)
	}
	w.kill()
}

// Both are written: no number of a log may ever stand for two events.
func TestCopiedStoreGoesOnUnderALogOfItsOwn(t *testing.T) {
	t.Parallel()
	dir, all := filepath.Join(t.TempDir(), "store"), acks{}
	require.Zero(t, write(t, dir, 20, all))
	second := copyOf(t, dir)
	require.Zero(t, write(t, dir, 20, all), "the original goes on")
	require.Equal(t, model.ReasonCopied, write(t, second, 20, all))
	write(t, second, 20, all)
	require.Zero(t, write(t, dir, 20, all))
}

// HEAD knows what is missing when only the database and the journal went back.
func TestRolledBackStoreIsNamedAndGoesOnUnderALogOfItsOwn(t *testing.T) {
	t.Parallel()
	dir, all := filepath.Join(t.TempDir(), "store"), acks{}
	write(t, dir, 20, all)
	before := copyOf(t, dir)
	write(t, dir, 20, all)
	for _, name := range []string{"db", "journal"} {
		require.NoError(t, os.RemoveAll(filepath.Join(dir, name)))
		require.NoError(t, os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(before, name))))
	}
	v := examineApart(t, dir, all, "a roll-back", 1)[0]
	require.Len(t, v.Behind, 1, "%v", v.Steps)
	require.Len(t, v.Lost, int(v.Behind[0].Want-v.Behind[0].Have), "what is missing is named, event by event")
	require.Equal(t, model.ReasonRestored, write(t, dir, 20, all))
}

// The whole folder went back, HEAD with it: only where it stands, or others, can
// tell. Put in from a copy it is another folder, with another lock file.
func TestFolderPutBackFromACopyGoesOnUnderALogOfItsOwn(t *testing.T) {
	t.Parallel()
	dir, all := filepath.Join(t.TempDir(), "store"), acks{}
	write(t, dir, 20, all)
	before := copyOf(t, dir)
	write(t, dir, 20, all)
	require.NoError(t, os.Rename(dir, dir+".gone"))
	require.NoError(t, os.Rename(before, dir))
	require.NotZero(t, write(t, dir, 20, all))
}

// The journal was cut, and the database has less than was answered too: as when
// both were lost with the last second. No number of the log is used again.
func TestStoreWithoutTheEndOfItsJournalGoesOnUnderALogOfItsOwn(t *testing.T) {
	t.Parallel()
	for name, hurt := range map[string]func(t *testing.T, before, dir string){
		"removed": func(t *testing.T, _, dir string) {
			require.NoError(t, os.Remove(filepath.Join(dir, "journal", "00000001.wj")))
		},
		"cut": func(t *testing.T, _, dir string) {
			require.NoError(t, os.Truncate(filepath.Join(dir, "journal", "00000001.wj"), 9000))
		},
		"put back": func(t *testing.T, before, dir string) {
			raw, err := os.ReadFile(filepath.Join(before, "journal", "00000001.wj"))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(dir, "journal", "00000001.wj"), raw, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, all := filepath.Join(t.TempDir(), "store"), acks{}
			write(t, dir, 20, all)
			before := copyOf(t, dir)
			write(t, dir, 20, all)
			hurt(t, before, dir)
			if name != "put back" { // and the database and HEAD are those from before
				for _, n := range []string{"db", "HEAD.0", "HEAD.1"} {
					require.NoError(t, os.RemoveAll(filepath.Join(dir, n)))
					if _, err := os.Stat(filepath.Join(before, n)); err != nil {
						continue // HEAD is in one of them
					}
					out, err := exec.Command("cp", "-a", filepath.Join(before, n), dir).CombinedOutput()
					require.NoError(t, err, string(out))
				}
			}
			require.Equal(t, model.ReasonRestored, write(t, dir, 20, all))
			require.Zero(t, write(t, dir, 20, all), "it is told once")
		})
	}
}
