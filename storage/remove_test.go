package storage_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/storage/storagetest"
)

// secretText is a text that nothing else holds, and that cannot be made shorter.
func secretText(t *testing.T) string {
	t.Helper()
	raw := make([]byte, 48)
	_, err := rand.Read(raw)
	require.NoError(t, err)
	return "password " + base64.RawURLEncoding.EncodeToString(raw)
}

// grep names the files that hold the text, as it is or in another dress.
func grep(t *testing.T, dir, text string) (in []string) {
	t.Helper()
	dresses := [][]byte{[]byte(text), []byte(hex.EncodeToString([]byte(text)))}
	for i := range 3 { // base64 at every offset, without the ends that depend on what is around
		shifted := base64.StdEncoding.EncodeToString(append(make([]byte, i), text...))
		dresses = append(dresses, []byte(shifted[4:len(shifted)-4]))
	}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, dress := range dresses {
			if bytes.Contains(raw, dress) {
				in = append(in, path)
				break
			}
		}
		return err
	}))
	return in
}

// withSecret gives a store with a secret in the middle of other entries, in several
// segments of the journal, several files of the database, and in copies.
func withSecret(t *testing.T, dir, secret string) (*storage.Badger, *storagetest.Author, model.Ref) {
	t.Helper()
	a := storagetest.NewAuthor(1)
	s := open(t, dir)
	write(t, s, a.Open())
	fill := func() {
		for range 30 {
			write(t, s, a.Write(scope, string(bytes.Repeat([]byte("x"), 50_000))))
		}
	}
	fill()
	p := a.Write(scope, secret)
	_, err := s.Commit(context.Background(), storage.Batch{
		Events: []storage.Placed{p}, Rows: []model.Summary{{ID: scope, Title: secret}},
		Settings: map[string][]byte{"last": []byte(strconv.FormatUint(p.Event.Seq, 10))},
	})
	require.NoError(t, err)
	require.NoError(t, s.Close()) // into a table
	s = open(t, dir)
	fill()
	for _, copied := range []string{"quarantine/db-1/000001.sst", "snap/0.cbor", "journal/00000001.torn"} {
		path := filepath.Join(dir, copied)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(secret), 0o600))
	}
	require.GreaterOrEqual(t, len(grep(t, dir, secret)), 5)
	return s, a, p.Event.Ref()
}

func TestARemovedTextIsInNoFile(t *testing.T) {
	t.Parallel()
	dir, secret := t.TempDir(), secretText(t)
	s, a, ref := withSecret(t, dir, secret)
	require.NoError(t, s.Remove(context.Background(), []model.Ref{ref}, []model.Summary{{ID: scope, Title: "removed"}}))
	require.Empty(t, grep(t, dir, secret), "in use")
	write(t, s, a.Write(scope, "and on"))
	require.Empty(t, grep(t, dir, secret))
	require.NoError(t, s.Close())
	require.Empty(t, grep(t, dir, secret), "closed")

	// The database is thrown away: the journal alone gives it back, without the text.
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "db")))
	s = open(t, dir)
	n := 0
	require.NoError(t, s.Log(a.Log(), 1, func(e *model.Event) error {
		n++
		require.Equal(t, e.Ref() == ref || e.Seq == 1, e.Text == nil, e.Seq)
		return nil
	}))
	require.Equal(t, a.Head().Seq, uint64(n))
	require.Empty(t, s.Report().Behind)
	require.Empty(t, grep(t, dir, secret))
}

// reopenedState opens what a crash left behind, sees that it is one whole store,
// and says whether it is the old one or the new one.
func reopenedState(t *testing.T, dir, secret string, a *storagetest.Author, last uint64, ref model.Ref) string {
	t.Helper()
	s := open(t, dir)
	n, text, filled := uint64(0), "", 0
	require.NoError(t, s.Log(a.Log(), 1, func(e *model.Event) error {
		n++
		if e.Ref() == ref {
			text = string(e.Text)
		} else if len(e.Text) == 50_000 {
			filled++
		}
		return nil
	}))
	require.Equal(t, last, n)
	require.Equal(t, 60, filled)
	require.Empty(t, s.Report().Behind)
	title := ""
	require.NoError(t, s.Rows(func(row model.Summary) error {
		title = row.Title
		return nil
	}))
	v, _, err := s.Setting("last")
	require.NoError(t, err)
	require.Equal(t, strconv.FormatUint(last, 10), string(v))
	require.NoError(t, s.Close())
	require.NoDirExists(t, filepath.Join(dir, "next"))
	require.NoDirExists(t, filepath.Join(dir, "swap"))
	if text == secret {
		require.NotEmpty(t, grep(t, dir, secret))
		return "old"
	}
	require.Empty(t, text)
	require.Equal(t, "removed", title)
	require.Empty(t, grep(t, dir, secret))
	return "new"
}

// Wherever the process ends, what is left is the old store or the new one, and
// from the decision on the new one.
func TestACrashDuringARemovalLeavesOneStoreWhole(t *testing.T) {
	t.Parallel()
	dir, secret := t.TempDir(), secretText(t)
	s, a, ref := withSecret(t, dir, secret)
	last := a.Head().Seq
	var points []string
	crashes := t.TempDir()
	s.At(func(point string) {
		points = append(points, point)
		copyDir(t, dir, filepath.Join(crashes, point))
	})
	require.NoError(t, s.Remove(context.Background(), []model.Ref{ref}, []model.Summary{{ID: scope, Title: "removed"}}))
	require.Equal(t, []string{
		"begun", "journal", "database", "decided", "old journal removed", "new journal in place",
		"old db removed", "new db in place", "copies removed",
	}, points)
	for i, point := range points {
		want := "old"
		if i >= 3 {
			want = "new"
		}
		require.Equal(t, want, reopenedState(t, filepath.Join(crashes, point), secret, a, last, ref), point)
	}
}

func TestAnInterruptedRemovalIsToldAtOpen(t *testing.T) {
	t.Parallel()
	dir, secret := t.TempDir(), secretText(t)
	s, _, ref := withSecret(t, dir, secret)
	var undecided, decided string
	s.At(func(point string) {
		switch point {
		case "journal":
			undecided = filepath.Join(t.TempDir(), "undecided")
			copyDir(t, dir, undecided)
		case "old journal removed":
			decided = filepath.Join(t.TempDir(), "decided")
			copyDir(t, dir, decided)
			// The removal of the old database had begun too.
			require.NoError(t, os.Remove(filepath.Join(decided, "db", "MANIFEST")))
		}
	})
	require.NoError(t, s.Remove(context.Background(), []model.Ref{ref}, nil))
	require.Equal(t, storage.Repaired, step(t, open(t, undecided), storage.StepRemoval))
	require.Equal(t, storage.Repaired, step(t, open(t, decided), storage.StepRemoval))
	require.Empty(t, grep(t, decided, secret))
}

func TestARemovalThatCannotBePreparedLeavesTheStoreInUse(t *testing.T) {
	t.Parallel()
	dir, secret := t.TempDir(), secretText(t)
	s, a, ref := withSecret(t, dir, secret)
	s.At(func(point string) {
		if point == "database" { // something goes wrong with what was written
			require.NoError(t, os.RemoveAll(filepath.Join(dir, "next", "journal")))
		}
	})
	require.Error(t, s.Remove(context.Background(), []model.Ref{ref}, nil))
	require.NoDirExists(t, filepath.Join(dir, "next"))
	write(t, s, a.Write(scope, "and on"))
	s.At(nil)
	require.NoError(t, s.Remove(context.Background(), []model.Ref{ref}, nil))
	require.Empty(t, grep(t, dir, secret))
}

func TestReadersAndWritersWaitForARemoval(t *testing.T) {
	t.Parallel()
	dir, secret := t.TempDir(), secretText(t)
	s, a, ref := withSecret(t, dir, secret)
	log := a.Log()
	var all sync.WaitGroup
	all.Go(func() {
		for range 20 {
			write(t, s, a.Write(scope, "meanwhile"))
		}
	})
	for range 2 {
		all.Go(func() {
			for range 20 {
				n := uint64(0)
				err := s.Log(log, 1, func(e *model.Event) error {
					n++
					return nil
				})
				if err != nil || n < ref.Seq {
					t.Error(n, err)
				}
			}
		})
	}
	require.NoError(t, s.Remove(context.Background(), []model.Ref{ref}, []model.Summary{{ID: scope}}))
	all.Wait()
	heads, err := s.Heads()
	require.NoError(t, err)
	require.Equal(t, []model.Head{a.Head()}, heads)
	require.NoError(t, s.Close())
	require.Empty(t, grep(t, dir, secret))
}

// The event's own bytes are damaged; its text, beside it, must go all the same.
func TestTextOfADamagedEventIsRemovedFromEveryFile(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]bool{"its place is known": false, "the timeline has lost it": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, secret := t.TempDir(), secretText(t)
			s, a, ref := withSecret(t, dir, secret)
			_, err := s.Commit(context.Background(), storage.Batch{Rows: []model.Summary{{ID: scope, Title: secret}}})
			require.NoError(t, err)
			require.NoError(t, s.Close())
			log := a.Log()
			db, err := badger.Open(badger.DefaultOptions(filepath.Join(dir, "db")).WithExternalMagic(storage.Layout).WithLogger(nil))
			require.NoError(t, err)
			require.NoError(t, db.Update(func(txn *badger.Txn) error {
				key := binary.BigEndian.AppendUint64(append([]byte{'e'}, log[:]...), ref.Seq)
				item, err := txn.Get(key)
				if err != nil {
					return err
				}
				v, err := item.ValueCopy(nil)
				if err != nil {
					return err
				}
				v[model.EnvelopeSize] ^= 1
				if lost {
					it := txn.NewIterator(badger.DefaultIteratorOptions)
					defer it.Close()
					at := binary.BigEndian.AppendUint64(bytes.Clone(log[:]), ref.Seq)
					for it.Seek([]byte{'t'}); it.ValidForPrefix([]byte{'t'}); it.Next() {
						if held, err := it.Item().ValueCopy(nil); err == nil && bytes.Equal(held, at) {
							err = txn.Delete(it.Item().KeyCopy(nil))
							require.NoError(t, err)
						}
					}
				}
				return txn.Set(key, v)
			}))
			require.NoError(t, db.Close())
			s = open(t, dir)
			require.NotEmpty(t, grep(t, dir, secret))
			require.NoError(t, s.Remove(context.Background(), []model.Ref{{Log: log, Seq: ref.Seq}}, nil))
			require.Empty(t, grep(t, dir, secret))
			rows := 0
			require.NoError(t, s.Rows(func(r model.Summary) error {
				rows++
				require.Equal(t, scope, r.ID)
				return nil
			}))
			require.Equal(t, 1, rows, "the incident stays in the list")
			require.NoError(t, s.Close())
			require.NoError(t, os.RemoveAll(filepath.Join(dir, "db"))) // and the journal has none
			s = open(t, dir)
			require.Empty(t, grep(t, dir, secret))
			require.Equal(t, []model.Head{a.Head()}, must(s.Heads()))
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
