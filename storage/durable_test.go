package storage_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/storage/disk/disktest"
	"warroom/storage/storagetest"
)

var scope = model.Scope{1}

// begun gives a closed store with n entries, each a commit with its row, and
// their author.
func begun(t *testing.T, dir string, n int) *storagetest.Author {
	t.Helper()
	a := storagetest.NewAuthor(1)
	s := open(t, dir)
	write(t, s, a.Open())
	for range n {
		write(t, s, a.Write(scope, "the database is slow"))
	}
	require.NoError(t, s.Close())
	return a
}

func write(t *testing.T, s storage.Store, p storage.Placed) {
	t.Helper()
	_, err := s.Commit(context.Background(), storage.Batch{
		Events: []storage.Placed{p}, Rows: []model.Summary{{ID: scope, Lines: int(p.Event.Seq)}},
		Settings: map[string][]byte{"last": []byte(strconv.FormatUint(p.Event.Seq, 10))},
	})
	require.NoError(t, err)
}

// requireAll sees that a store holds what the author wrote, up to the last row
// and setting.
func requireAll(t *testing.T, s *storage.Badger, a *storagetest.Author) {
	t.Helper()
	last := a.Head().Seq
	seq := uint64(0)
	require.NoError(t, s.Log(a.Log(), 1, func(e *model.Event) error {
		seq++
		require.Equal(t, seq, e.Seq)
		return nil
	}))
	require.Equal(t, last, seq)
	entries := uint64(0)
	require.NoError(t, s.Scope(scope, func(e *model.Event, _ model.Clock) error {
		require.Equal(t, "the database is slow", string(e.Text))
		entries++
		return nil
	}))
	require.Equal(t, last-1, entries)
	heads, err := s.Heads()
	require.NoError(t, err)
	require.Equal(t, []model.Head{a.Head()}, heads)
	require.NoError(t, s.Rows(func(r model.Summary) error {
		require.Equal(t, int(last), r.Lines)
		return nil
	}))
	v, ok, err := s.Setting("last")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, strconv.FormatUint(last, 10), string(v))
}

// step gives the state of a step of the store's open.
func step(t *testing.T, s *storage.Badger, name storage.StepName) storage.State {
	t.Helper()
	for _, st := range s.Report().Steps {
		if st.Name == name {
			return st.State
		}
	}
	require.Fail(t, "no such step", name)
	return 0
}

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	require.NoError(t, os.RemoveAll(to))
	require.NoError(t, os.CopyFS(to, os.DirFS(from)))
}

func TestSoundStoreHasNothingToReport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := begun(t, dir, 3)
	s := open(t, dir)
	requireAll(t, s, a)
	require.Empty(t, s.Report().Behind)
	require.Len(t, s.Report().Steps, 10)
	for _, st := range s.Report().Steps {
		if st.Name != storage.StepSpace { // the machine's own matter
			require.Equal(t, storage.Fine, st.State, "%s: %v", st.Name, st.Detail)
		}
	}
	require.NoDirExists(t, filepath.Join(dir, "quarantine"))
}

// The database can be thrown away: what was answered is in the journal.
func TestLostDatabaseIsMadeAnewFromTheJournal(t *testing.T) {
	t.Parallel()
	manifest := func(change func([]byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, db string) {
			path := filepath.Join(db, "MANIFEST")
			raw, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, change(raw), 0o600))
		}
	}
	for name, c := range map[string]struct {
		hurt  func(t *testing.T, db string)
		aside bool
		step  storage.StepName
	}{
		"a manifest that is cut":   {manifest(func(b []byte) []byte { return b[:len(b)-3] }), true, storage.StepDatabase},
		"an empty manifest":        {manifest(func([]byte) []byte { return nil }), true, storage.StepDatabase},
		"a flipped bit in it":      {manifest(func(b []byte) []byte { b[len(b)-1] ^= 1; return b }), true, storage.StepDatabase},
		"a table that is gone":     {removeOne("*.sst"), true, storage.StepDatabase},
		"an empty list of keys":    {func(t *testing.T, db string) { require.NoError(t, os.Truncate(filepath.Join(db, "KEYREGISTRY"), 0)) }, true, storage.StepDatabase},
		"the whole database":       {func(t *testing.T, db string) { require.NoError(t, os.RemoveAll(db)) }, false, storage.StepReplay},
		"an older database":        {func(t *testing.T, db string) { copyDir(t, db+".old", db) }, false, storage.StepReplay},
		"a database of other bits": {scramble, true, storage.StepDatabase},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			db := filepath.Join(dir, "db")
			a := begun(t, dir, 4)
			copyDir(t, db, db+".old")
			s := open(t, dir)
			for range 20 {
				write(t, s, a.Write(scope, "the database is slow"))
			}
			require.NoError(t, s.Close())
			c.hurt(t, db)
			s = open(t, dir)
			requireAll(t, s, a)
			require.Equal(t, storage.Repaired, step(t, s, c.step), "%v", s.Report())
			require.Empty(t, s.Report().Behind)
			if c.aside {
				require.DirExists(t, filepath.Join(dir, "quarantine", "db-1"))
			}
			write(t, s, a.Write(scope, "the database is slow"))
			require.NoError(t, s.Close())
			requireAll(t, open(t, dir), a)
		})
	}
}

func removeOne(pattern string) func(*testing.T, string) {
	return func(t *testing.T, db string) {
		found, err := filepath.Glob(filepath.Join(db, pattern))
		require.NoError(t, err)
		require.NotEmpty(t, found)
		require.NoError(t, os.Remove(found[0]))
	}
}

func scramble(t *testing.T, db string) {
	found, err := filepath.Glob(filepath.Join(db, "*.sst"))
	require.NoError(t, err)
	require.NotEmpty(t, found)
	for _, path := range found {
		require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("scrambled", 300)), 0o600))
	}
}

func TestDatabaseThatTheJournalDoesNotCoverIsLeftAlone(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string][]string{
		"no journal":             {"journal"},
		"no journal and no HEAD": {"journal", "HEAD.0", "HEAD.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			begun(t, dir, 4)
			for _, n := range remove {
				require.NoError(t, os.RemoveAll(filepath.Join(dir, n)))
			}
			require.NoError(t, os.Truncate(filepath.Join(dir, "db", "MANIFEST"), 20))
			before := listing(t, dir)
			_, err := storage.Open(dir, storage.Options{})
			require.ErrorIs(t, err, storage.ErrNotCovered)
			require.ErrorIs(t, err, storage.ErrManifest)
			require.Equal(t, before, listing(t, dir))
			require.NoDirExists(t, filepath.Join(dir, "quarantine"))
		})
	}
}

func TestLostJournalIsSaidAndGoesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := filepath.Join(dir, "db")
	a := begun(t, dir, 4)
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "journal")))
	s := open(t, dir)
	require.Equal(t, storage.Warned, step(t, s, storage.StepReplay))
	requireAll(t, s, a)
	require.NoError(t, s.Close())

	// The new journal counts from 1 again, and so does the database: what a kill
	// leaves in the journal alone is taken from there.
	copyDir(t, db, db+".old")
	s = open(t, dir)
	last := a.Write(scope, "the database is slow")
	write(t, s, last)
	require.NoError(t, s.Close())
	copyDir(t, db+".old", db)
	s = open(t, dir)
	require.Equal(t, storage.Repaired, step(t, s, storage.StepReplay))
	requireAll(t, s, a)

	// It does not cover the database, however often it holds the last event: the
	// first ones are not in it.
	for range 20 {
		last.Eff++
		write(t, s, last)
	}
	require.NoError(t, s.Close())
	require.NoError(t, os.Truncate(filepath.Join(db, "MANIFEST"), 20))
	_, err := storage.Open(dir, storage.Options{})
	require.ErrorIs(t, err, storage.ErrNotCovered)
}

func TestStoreBehindHeadIsNamedUntilItCatchesUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := begun(t, dir, 4)
	for _, n := range []string{"db", "journal"} {
		copyDir(t, filepath.Join(dir, n), filepath.Join(dir, n+".old"))
	}
	held := a.Head()
	s := open(t, dir)
	write(t, s, a.Write(scope, "the database is slow"))
	require.NoError(t, s.Close())
	for _, n := range []string{"db", "journal"} {
		copyDir(t, filepath.Join(dir, n+".old"), filepath.Join(dir, n))
	}
	want := []storage.Behind{{Log: a.Log(), Have: held.Seq, Want: held.Seq + 1}}
	for range 2 {
		s = open(t, dir)
		require.Equal(t, want, s.Report().Behind)
		require.Equal(t, storage.Warned, step(t, s, storage.StepCompare))
		b := storagetest.NewAuthor(2)
		_, err := s.Commit(context.Background(), storage.Batch{Events: b.Begin(scope, 1)})
		require.NoError(t, err)
		require.NoError(t, s.Close())
	}
}

func TestFailingJournalRefusesUntilItIsOpenedAgain(t *testing.T) {
	t.Parallel()
	dir, fs := t.TempDir(), disktest.New()
	openOn := func() *storage.Badger {
		s, err := storage.Open(dir, storage.Options{Disk: fs})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		return s
	}
	a := storagetest.NewAuthor(1)
	s := openOn()
	write(t, s, a.Open())
	write(t, s, a.Write(scope, "the database is slow"))
	lost := a.Write(scope, "the database is slow")
	fs.Fail(func(op, path string) error {
		if op == "sync" && strings.Contains(path, "journal") {
			return syscall.EIO
		}
		return nil
	})
	for range 2 {
		_, err := s.Commit(context.Background(), storage.Batch{Events: []storage.Placed{lost}})
		var unusable *storage.UnusableError
		require.ErrorAs(t, err, &unusable)
		require.ErrorIs(t, err, syscall.EIO)
		fs.Fail(nil)
	}
	heads, err := s.Heads()
	require.NoError(t, err)
	require.Equal(t, lost.Event.Seq-1, heads[0].Seq)
	require.NoError(t, s.Close())
	s = openOn()
	write(t, s, lost) // whether it is there or not
	requireAll(t, s, a)
}

func TestFullDiskRefusesAndThenGoesOn(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	s, err := storage.Open(t.TempDir(), storage.Options{Disk: fs})
	require.NoError(t, err)
	a := storagetest.NewAuthor(1)
	write(t, s, a.Open())
	fs.SetRoom(0)
	for {
		p := a.Write(scope, strings.Repeat("x", 50_000))
		_, err := s.Commit(context.Background(), storage.Batch{Events: []storage.Placed{p}})
		if err != nil {
			require.ErrorIs(t, err, syscall.ENOSPC)
			fs.SetRoom(1 << 30)
			_, err = s.Commit(context.Background(), storage.Batch{Events: []storage.Placed{p}})
			require.NoError(t, err, "the same act is taken when there is room")
			break
		}
	}
	heads, err := s.Heads()
	require.NoError(t, err)
	require.Equal(t, []model.Head{a.Head()}, heads)
	require.Greater(t, a.Head().Seq, uint64(15), "the reserved megabyte was used first")
	require.NoError(t, s.Close())
}

// writeEnv makes the test binary a process that writes there until it is killed,
// saying each sequence number that was answered.
const writeEnv = "WARROOM_TEST_WRITE"

func writeUntilKilled(dir string) {
	s, err := storage.Open(dir, storage.Options{})
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(1)
	}
	a := storagetest.NewAuthor(1)
	p := a.Open()
	for {
		// What is there already is accepted again.
		d, err := s.Commit(context.Background(), storage.Batch{Events: []storage.Placed{p}})
		if err != nil {
			fmt.Println("commit:", err)
			os.Exit(1)
		}
		fmt.Println(d[0].Event().Seq)
		p = a.Write(scope, "the database is slow")
	}
}

func TestKilledProcessLosesNothingThatWasAnswered(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for round := range 6 {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), writeEnv+"="+dir)
		out, err := c.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, c.Start())
		lines := bufio.NewScanner(out)
		answered := 0
		for lines.Scan() {
			answered, err = strconv.Atoi(lines.Text())
			require.NoError(t, err, lines.Text())
			if answered == 40*(round+1) {
				require.NoError(t, c.Process.Kill())
			}
		}
		_ = c.Wait() // killed
		s := open(t, dir)
		heads, err := s.Heads()
		require.NoError(t, err)
		require.GreaterOrEqual(t, heads[0].Seq, uint64(answered))
		read := 0
		require.NoError(t, s.Scope(scope, func(*model.Event, model.Clock) error { read++; return nil }))
		require.Equal(t, int(heads[0].Seq)-1, read)
		require.Empty(t, s.Report().Behind)
		require.NoError(t, s.Close())
	}
}
