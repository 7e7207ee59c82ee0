package storage_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/storage/storagetest"
)

// holdEnv makes the test binary a process that holds the store there until its
// standard input ends.
const holdEnv = "WARROOM_TEST_HOLD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(holdEnv); dir != "" {
		hold(dir)
		return
	}
	if dir := os.Getenv(writeEnv); dir != "" {
		writeUntilKilled(dir)
		return
	}
	if dir := os.Getenv(startEnv); dir != "" {
		startUp(dir)
	}
	os.Exit(m.Run())
}

func hold(dir string) {
	s, err := storage.Open(dir, storage.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("open")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	_ = s.Close()
}

func TestSecondProcessIsToldWhoHasTheStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), holdEnv+"="+dir)
	in, err := c.StdinPipe()
	require.NoError(t, err)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	lines := bufio.NewReader(out)
	said, err := lines.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "open\n", said)

	_, err = storage.Open(dir, storage.Options{})
	var locked *storage.LockedError
	require.ErrorAs(t, err, &locked)
	require.Equal(t, &storage.LockedError{PID: c.Process.Pid, Dir: dir}, locked)
	require.Contains(t, err.Error(), strconv.Itoa(c.Process.Pid))

	// It dies without a close; its lock file stays and locks nothing.
	require.NoError(t, c.Process.Kill())
	require.Error(t, c.Wait())
	_ = in.Close() // it may be gone with the process
	require.FileExists(t, filepath.Join(dir, "room.lock"))
	open(t, dir)
}

func TestSecondOpenInOneProcessIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	_, err := storage.Open(dir, storage.Options{})
	var locked *storage.LockedError
	require.ErrorAs(t, err, &locked)
	require.Equal(t, os.Getpid(), locked.PID)
	require.NoError(t, s.Close())
	open(t, dir)
}

func TestNewerFormatIsRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	newer := func(t *testing.T, dir string) {
		_, err := storage.Open(dir, storage.Options{})
		var e *storage.NewerError
		require.ErrorAs(t, err, &e)
		require.Equal(t, &storage.NewerError{Have: storage.Format + 1, Know: storage.Format}, e)
	}
	t.Run("said by the setting", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		require.NoError(t, open(t, dir).Close())
		db, err := badger.Open(badger.DefaultOptions(filepath.Join(dir, "db")).WithExternalMagic(storage.Layout).WithLogger(nil))
		require.NoError(t, err)
		require.NoError(t, db.Update(func(txn *badger.Txn) error {
			return txn.Set([]byte("cformat"), binary.BigEndian.AppendUint16(nil, storage.Format+1))
		}))
		require.NoError(t, db.Close())
		newer(t, dir)
		newer(t, dir) // the lock of the refused one is gone
	})
	t.Run("said by the manifest", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		require.NoError(t, open(t, dir).Close())
		path := filepath.Join(dir, "db", "MANIFEST")
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		require.NoError(t, err)
		_, err = f.WriteAt(binary.BigEndian.AppendUint16(nil, storage.Format+1), 4)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		before := listing(t, dir)
		newer(t, dir)
		require.Equal(t, before, listing(t, dir))
	})
}

// listing gives the names and sizes of what is in the database's directory.
func listing(t *testing.T, dir string) (out []string) {
	t.Helper()
	found, err := os.ReadDir(filepath.Join(dir, "db"))
	require.NoError(t, err)
	for _, f := range found {
		st, err := f.Info()
		require.NoError(t, err)
		out = append(out, fmt.Sprint(f.Name(), " ", st.Size()))
	}
	return out
}

func TestDirectoryIsForThisUserAlone(t *testing.T) {
	t.Parallel()
	mode := func(t *testing.T, dir string) os.FileMode {
		st, err := os.Stat(dir)
		require.NoError(t, err)
		return st.Mode().Perm()
	}
	t.Run("a new one", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), "share", "warroom")
		open(t, dir)
		require.Equal(t, os.FileMode(0o700), mode(t, dir))
		require.Equal(t, os.FileMode(0o700), mode(t, filepath.Join(dir, "db")))
	})
	t.Run("an empty one that others can read is closed to them", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		require.NoError(t, os.Chmod(dir, 0o755))
		open(t, dir)
		require.Equal(t, os.FileMode(0o700), mode(t, dir))
	})
	t.Run("a store that others can read is closed to them", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		require.NoError(t, open(t, dir).Close())
		require.NoError(t, os.Chmod(dir, 0o750))
		open(t, dir)
		require.Equal(t, os.FileMode(0o700), mode(t, dir))
	})
	t.Run("one that holds something else is left alone", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "letter"), nil, 0o600))
		require.NoError(t, os.Chmod(dir, 0o755))
		_, err := storage.Open(dir, storage.Options{})
		require.ErrorIs(t, err, storage.ErrOpenToOthers)
		require.Equal(t, os.FileMode(0o755), mode(t, dir))
		require.NoFileExists(t, filepath.Join(dir, "room.lock"))
	})
}

func TestUnusableDirectoryIsSaid(t *testing.T) {
	t.Parallel()
	unusable := func(t *testing.T, dir string) *storage.UnusableError {
		_, err := storage.Open(dir, storage.Options{})
		var e *storage.UnusableError
		require.ErrorAs(t, err, &e)
		require.Equal(t, dir, e.Dir)
		return e
	}
	t.Run("a file in its place", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		require.ErrorIs(t, unusable(t, path), storage.ErrNotDirectory)
	})
	t.Run("a file above it", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		unusable(t, filepath.Join(path, "store"))
	})
	t.Run("a directory in the place of the lock", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(dir, "room.lock"), 0o700))
		unusable(t, dir)
	})
	t.Run("a database that does not open", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		require.NoError(t, open(t, dir).Close())
		require.NoError(t, os.WriteFile(filepath.Join(dir, "db", "MANIFEST"), nil, 0o600))
		for _, name := range []string{"HEAD.0", "HEAD.1", "journal"} {
			require.NoError(t, os.RemoveAll(filepath.Join(dir, name)))
		}
		unusable(t, dir)
		require.ErrorIs(t, unusable(t, dir), storage.ErrNotCovered) // and not: in use
	})
	t.Run("a home that cannot be written", func(t *testing.T) {
		t.Parallel()
		if os.Getuid() == 0 {
			t.Skip("root writes where the mode forbids it")
		}
		home := t.TempDir()
		require.NoError(t, os.Chmod(home, 0o500))
		require.ErrorIs(t, unusable(t, filepath.Join(home, "store")), os.ErrPermission)
	})
}

// A kill while Badger opens leaves such files, and it does not open over them.
func TestEmptyLogFilesAreRemovedAtOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := storagetest.NewAuthor(1)
	s := open(t, dir)
	_, err := s.Commit(context.Background(), storage.Batch{Events: a.Begin(model.Scope{1}, 3)})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	for _, name := range []string{"00099.mem", "000099.vlog"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "db", name), nil, 0o600))
	}
	heads, err := open(t, dir).Heads()
	require.NoError(t, err)
	require.Equal(t, []model.Head{a.Head()}, heads)
}

func TestPartsOfACommitFitATransaction(t *testing.T) {
	t.Parallel()
	bytes, entries := open(t, t.TempDir()).TransactionLimits()
	require.Less(t, int64(storage.TxnBytes), bytes)
	require.Less(t, int64(storage.TxnEntries), entries)
}

// A batch may take more than a transaction of the database.
func TestAReaderSeesALargeCommitWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	a := storagetest.NewAuthor(1)
	write(t, s, a.Open())
	count := func() (n int) {
		require.NoError(t, s.Scope(scope, func(*model.Event, model.Clock) error { n++; return nil }))
		return n
	}
	const events, commits = 120, 40
	done := make(chan error, 1)
	go func() {
		for range commits {
			var b storage.Batch
			for range events {
				b.Events = append(b.Events, a.Write(scope, strings.Repeat("x", 12_000)))
			}
			if _, err := s.Commit(context.Background(), b); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for {
		select {
		case err := <-done:
			require.NoError(t, err)
			require.Equal(t, events*commits, count())
			return
		default:
			require.Zero(t, count()%events)
		}
	}
}

func TestDatabaseSpeaksThroughLogf(t *testing.T) {
	t.Parallel()
	var said []string
	s, err := storage.Open(t.TempDir(), storage.Options{Logf: func(f string, a ...any) {
		said = append(said, fmt.Sprintf(f, a...))
	}})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.NotEmpty(t, strings.Join(said, ""))
}

func TestDamagedEventIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := storagetest.NewAuthor(1)
	s := open(t, dir)
	_, err := s.Commit(context.Background(), storage.Batch{Events: a.Begin(model.Scope{1}, 3)})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	edit := func(change func(*badger.Txn) error) {
		db, err := badger.Open(badger.DefaultOptions(filepath.Join(dir, "db")).WithExternalMagic(storage.Layout).WithLogger(nil))
		require.NoError(t, err)
		require.NoError(t, db.Update(change))
		require.NoError(t, db.Close())
	}
	log := a.Log()
	key := binary.BigEndian.AppendUint64(append([]byte{'e'}, log[:]...), 3)
	edit(func(txn *badger.Txn) error {
		item, err := txn.Get(key)
		if err != nil {
			return err
		}
		v, err := item.ValueCopy(nil)
		v[model.EnvelopeSize] ^= 1
		if err != nil {
			return err
		}
		return txn.Set(key, v)
	})
	damaged := func(want model.Code) {
		s := open(t, dir)
		for _, err := range []error{
			s.Log(log, 1, func(*model.Event) error { return nil }),
			s.Scope(model.Scope{1}, func(*model.Event, model.Clock) error { return nil }),
		} {
			var d *storage.DamagedError
			require.ErrorAs(t, err, &d)
			require.Equal(t, log, d.Log)
			require.Equal(t, uint64(3), d.Seq)
			require.Equal(t, want, model.CodeOf(err))
		}
		require.NoError(t, s.Close())
	}
	damaged(model.CodeEventBodyHash)
	edit(func(txn *badger.Txn) error { return txn.Delete(key) })
	damaged("")
}
