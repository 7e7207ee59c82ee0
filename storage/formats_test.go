package storage_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/storage/storagetest"
)

// With -update the store of this version's format is made anew. That is right
// only while no release has written the format: afterwards it gets a new number,
// and the old store stays.
var update = flag.Bool("update", false, "make the golden store of this format anew")

func goldenDir(format int) string { return filepath.Join("testdata", fmt.Sprintf("format-%d", format)) }

// What the golden stores hold: two incidents in two logs, texts, one of them
// removed, a moved event, rows and a setting.
var goldenTexts = []string{"Zürich 東京 🚒", "rolled back api v412", "error rate falling", "a removed text"}

func writeGolden(t *testing.T, dir string) {
	t.Helper()
	ctx := context.Background()
	s := open(t, dir)
	a, b := storagetest.NewAuthor(1), storagetest.NewAuthor(2)
	commit := func(batch storage.Batch) {
		_, err := s.Commit(ctx, batch)
		require.NoError(t, err)
	}
	commit(storage.Batch{Events: []storage.Placed{a.Open(), b.Open()}, Settings: map[string][]byte{"identity": {1, 2, 3}}})
	var removed model.Ref
	for _, text := range goldenTexts {
		p := a.Write(scope, text)
		removed = p.Event.Ref()
		commit(storage.Batch{Events: []storage.Placed{p}, Rows: []model.Summary{{ID: scope, Title: "Checkout 5xx", Severity: 1, Lines: int(p.Event.Seq)}}})
	}
	moved := b.Write(model.Scope{2}, "elsewhere")
	commit(storage.Batch{Events: []storage.Placed{moved}, Rows: []model.Summary{{ID: model.Scope{2}, Title: "Search"}}})
	moved.Eff += 1000
	commit(storage.Batch{Events: []storage.Placed{moved}})
	require.NoError(t, s.Remove(ctx, []model.Ref{removed}, []model.Summary{{ID: scope, Title: "Checkout 5xx", Severity: 1, Lines: 5}}))
	require.NoError(t, s.Close())
}

// keepGolden copies what a store needs. Files are made longer than what is in
// them when a store opens, so the zeros at their ends are left out.
func keepGolden(t *testing.T, from, to string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(from, path)
		require.NoError(t, err)
		switch {
		case d.Name() == "ballast", d.Name() == "room.lock", d.Name() == "LOCK", d.Name() == "DISCARD":
			return nil
		}
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		if strings.HasSuffix(path, ".wj") {
			n := len(bytes.TrimRight(raw, "\x00"))
			raw = raw[:min(len(raw), (n+7)&^7)]
		}
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(to, rel)), 0o755))
		return os.WriteFile(filepath.Join(to, rel), raw, 0o644)
	}))
}

// copyGolden copies a golden store. A segment of the journal says how long it is, and
// gets the zeros again that were left out.
func copyGolden(t *testing.T, format int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "store")
	require.NoError(t, os.CopyFS(dir, os.DirFS(goldenDir(format))))
	segments, err := filepath.Glob(filepath.Join(dir, "journal", "*.wj"))
	require.NoError(t, err)
	require.NotEmpty(t, segments)
	for _, path := range segments {
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		if length := binary.BigEndian.Uint64(raw[40:]); length != 0 { // 0: from before it was said
			require.NoError(t, os.Truncate(path, int64(length)))
		}
	}
	return dir
}

func TestAStoreOfEveryFormatOpens(t *testing.T) {
	t.Parallel()
	if *update {
		dir := t.TempDir()
		writeGolden(t, dir)
		require.NoError(t, os.RemoveAll(goldenDir(storage.Format)))
		keepGolden(t, dir, goldenDir(storage.Format))
	}
	for format := 1; format <= storage.Format; format++ {
		t.Run(strconv.Itoa(format), func(t *testing.T) {
			t.Parallel()
			require.DirExists(t, goldenDir(format), "every format has its golden store: run the test with -update")
			whole, journalAlone := copyGolden(t, format), copyGolden(t, format)
			require.NoError(t, os.RemoveAll(filepath.Join(journalAlone, "db")))
			require.NoError(t, os.Chmod(journalAlone, 0o700)) // nothing else tells that it is a store's
			for _, dir := range []string{whole, journalAlone} {
				s := open(t, dir)
				for _, st := range s.Report().Steps {
					if st.Name == storage.StepHost {
						continue // it is a copy, and says so
					}
					require.NotEqual(t, storage.Warned, st.State, "%s: %v", st.Name, st.Detail)
				}
				requireGolden(t, s)
				next := storagetest.NewAuthor(3)
				_, err := s.Commit(context.Background(), storage.Batch{Events: []storage.Placed{next.Open()}})
				require.NoError(t, err)
				require.NoError(t, s.Close())
				s = open(t, dir)
				requireGolden(t, s)
				heads, err := s.Heads()
				require.NoError(t, err)
				require.Contains(t, heads, next.Head())
			}
		})
	}
}

// requireGolden sees that a store holds what writeGolden wrote. Bytes are
// compared through what was signed, so that this outlives the codec of today.
func requireGolden(t *testing.T, s *storage.Badger) {
	t.Helper()
	for seed, want := range map[byte]uint64{1: 5, 2: 2} {
		a := storagetest.NewAuthor(seed)
		var run []*model.Event
		require.NoError(t, s.Log(a.Log(), 1, func(e *model.Event) error {
			run = append(run, e)
			return nil
		}))
		require.Len(t, run, int(want))
		head, err := model.CheckRun(storagetest.Workspace, a.Device(), model.Head{Log: a.Log()}, run)
		require.NoError(t, err)
		require.Equal(t, want, head.Seq)
		o, ok, err := s.Opening(a.Log())
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, a.Device(), o.Device)
	}
	var texts []string
	require.NoError(t, s.Scope(scope, func(e *model.Event, eff model.Clock) error {
		require.Equal(t, e.Clock, eff)
		texts = append(texts, string(e.Text))
		return nil
	}))
	require.Equal(t, append(goldenTexts[:3:3], ""), texts)
	require.NoError(t, s.Scope(model.Scope{2}, func(e *model.Event, eff model.Clock) error {
		require.Equal(t, e.Clock+1000, eff)
		require.Equal(t, "elsewhere", string(e.Text))
		return nil
	}))
	titles := map[model.Scope]string{}
	require.NoError(t, s.Rows(func(row model.Summary) error {
		titles[row.ID] = row.Title
		return nil
	}))
	require.Equal(t, "Checkout 5xx", titles[scope])
	require.Equal(t, "Search", titles[model.Scope{2}])
	v, ok, err := s.Setting("identity")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, []byte{1, 2, 3}, v)
}
