package storage_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/storage/storagetest"
)

// wide gives a closed store whose tables have blocks with nothing but events, and
// its author.
func wide(t *testing.T, dir string) *storagetest.Author {
	t.Helper()
	a := storagetest.NewAuthor(1)
	s := open(t, dir)
	batch := storage.Batch{Events: []storage.Placed{a.Open()}}
	for i := range 2000 {
		batch.Events = append(batch.Events, a.Write(scope, fmt.Sprint("entry number ", i, " of many")))
	}
	_, err := s.Commit(context.Background(), batch)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	return a
}

// spoil changes bytes of a store's table where that holds the pattern, well
// within a run of them, and gives what puts them right again.
func spoil(t *testing.T, dir string, pattern []byte) (mend func()) {
	t.Helper()
	tables, err := filepath.Glob(filepath.Join(dir, "db", "*.sst"))
	require.NoError(t, err)
	for _, path := range tables {
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		if at := bytes.Index(raw, pattern); at >= 0 {
			hurt := bytes.Clone(raw)
			hurt[at] ^= 1
			require.NoError(t, os.WriteFile(path, hurt, 0o600))
			return func() { require.NoError(t, os.WriteFile(path, raw, 0o600)) }
		}
	}
	require.Fail(t, "no table holds it")
	return nil
}

var inAText = []byte("entry number 1000 of many")

// requireText reads the store and sees that the text is as it was written.
func requireText(t *testing.T, s *storage.Badger, want string) {
	t.Helper()
	found := false
	require.NoError(t, s.Scope(scope, func(e *model.Event, _ model.Clock) error {
		found = found || string(e.Text) == want
		return nil
	}))
	require.True(t, found)
}

func TestBlocksAreCheckedBesideTheWorkAfterACloseInOrder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wide(t, dir)
	require.FileExists(t, filepath.Join(dir, "clean"))
	mend := spoil(t, dir, inAText)
	s := open(t, dir)
	require.NoFileExists(t, filepath.Join(dir, "clean"), "it is in use")
	require.Equal(t, storage.Fine, step(t, s, storage.StepDatabase), "not looked at before the open")
	require.ErrorIs(t, s.CheckTables(), storage.ErrBlock)
	require.ErrorIs(t, s.Health().Damaged, storage.ErrBlock)
	require.NoError(t, s.Close())
	require.NoFileExists(t, filepath.Join(dir, "clean"))

	// What Badger made of it since may look whole.
	mend()
	s = open(t, dir)
	require.Equal(t, storage.Repaired, step(t, s, storage.StepDatabase), "%v", s.Report())
	require.DirExists(t, filepath.Join(dir, "quarantine", "db-1"))
	require.NoFileExists(t, filepath.Join(dir, "suspect"))
	requireText(t, s, string(inAText))
	require.NoError(t, s.Close())
	s = open(t, dir)
	require.Equal(t, storage.Fine, step(t, s, storage.StepDatabase))
	require.NoError(t, s.CheckTables())
	require.NoError(t, s.Health().Damaged)
}

// Badger merges tables and removes the old ones while their check is still to come.
func TestATableThatWasMergedMeanwhileIsNoDamage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wide(t, dir)
	db := filepath.Join(dir, "db")
	before, err := filepath.Glob(filepath.Join(db, "*.sst"))
	require.NoError(t, err)
	require.NotEmpty(t, before)
	require.NoError(t, storage.CheckBeside(db, func() {
		d, err := badger.Open(badger.DefaultOptions(db).WithExternalMagic(storage.Layout).WithLogger(nil).WithCompactL0OnClose(true))
		require.NoError(t, err)
		require.NoError(t, d.Close())
		for _, path := range before {
			require.NoFileExists(t, path)
		}
	}))
}

// A verb that comes and goes checks a part, each time another.
func TestCloseBeginsTheCheckOfTheTables(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wide(t, dir)
	spoil(t, dir, inAText)
	s := open(t, dir)
	s.EndCheck(time.Hour)
	require.ErrorIs(t, s.Health().Damaged, storage.ErrBlock)
	require.NoError(t, s.Close())
	require.Equal(t, storage.Repaired, step(t, open(t, dir), storage.StepDatabase))
}

func TestAllBlocksAreCheckedBeforeAnOpenAfterAnEndWithoutOrder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wide(t, dir)
	spoil(t, dir, inAText)
	require.NoError(t, os.Remove(filepath.Join(dir, "clean"))) // as an open does, and a kill leaves it
	s := open(t, dir)
	require.Equal(t, storage.Repaired, step(t, s, storage.StepDatabase), "%v", s.Report())
	requireText(t, s, string(inAText))
}

// What is shown without a proof of its own is checked before every open.
func TestListIsCheckedBeforeEveryOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := wide(t, dir)
	s := open(t, dir)
	_, err := s.Commit(context.Background(), storage.Batch{
		Events: []storage.Placed{a.Write(scope, "one more")}, Rows: []model.Summary{{ID: scope, Title: "Checkout answers with 500"}},
	})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.FileExists(t, filepath.Join(dir, "clean"))
	spoil(t, dir, []byte("answers with 500"))
	s = open(t, dir)
	require.Equal(t, storage.Repaired, step(t, s, storage.StepDatabase), "%v", s.Report())
	require.NoError(t, s.Rows(func(r model.Summary) error {
		require.Equal(t, "Checkout answers with 500", r.Title)
		return nil
	}))
}

func TestDamageThatTheJournalDoesNotCoverIsToldAtEveryOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wide(t, dir)
	remove(t, filepath.Join(dir, "journal"))
	spoil(t, dir, inAText)
	s := open(t, dir)
	require.ErrorIs(t, s.CheckTables(), storage.ErrBlock)
	require.NoError(t, s.Close())
	for range 2 {
		s = open(t, dir)
		require.Equal(t, storage.Warned, step(t, s, storage.StepDatabase), "%v", s.Report())
		require.Error(t, s.Health().Damaged)
		require.NoError(t, s.Close())
	}
}

// Badger panics, or ends a walk, over a block that is not one. Whoever reads it
// gets an error, and not less than there is.
func TestReaderOfADamagedBlockGetsAnError(t *testing.T) {
	t.Parallel()
	whole := t.TempDir()
	a := wide(t, whole)
	tables, err := filepath.Glob(filepath.Join(whole, "db", "*.sst"))
	require.NoError(t, err)
	raw, err := os.ReadFile(tables[0])
	require.NoError(t, err)
	remove(t, filepath.Join(whole, "ballast")) // it is long
	log := a.Log()
	first := bytes.Index(raw, append([]byte{'e'}, log[:]...))
	require.GreaterOrEqual(t, first, 0)
	told := 0
	for at := first + 8192; at < first+16384; at += 409 {
		dir := t.TempDir()
		require.NoError(t, os.CopyFS(dir, os.DirFS(whole)))
		require.NoError(t, os.Chmod(dir, 0o700))
		hurt := bytes.Clone(raw)
		for i := range 24 {
			hurt[at+i] = 0xff
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, "db", filepath.Base(tables[0])), hurt, 0o600))
		s := open(t, dir)
		read := 0
		err := s.Log(log, 1, func(e *model.Event) error { read++; return e.CheckTextFast() })
		if err != nil {
			told++
		} else {
			require.Equal(t, 2001, read, "at %d", at)
		}
		require.Error(t, s.CheckTables(), "at %d", at)
		require.NoError(t, s.Close())
	}
	require.Greater(t, told, 10)
}

// The timeline is not checked before an open, so what it says is compared.
func TestTimelineThatNamesAnotherEventIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := wide(t, dir)
	db, err := badger.Open(badger.DefaultOptions(filepath.Join(dir, "db")).WithExternalMagic(storage.Layout).WithLogger(nil))
	require.NoError(t, err)
	require.NoError(t, db.Update(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.DefaultIteratorOptions)
		defer it.Close()
		it.Seek(append([]byte{'t'}, scope[:]...))
		log := a.Log()
		return txn.Set(it.Item().KeyCopy(nil), binary.BigEndian.AppendUint64(bytes.Clone(log[:]), 7))
	}))
	require.NoError(t, db.Close())
	err = open(t, dir).Scope(scope, func(*model.Event, model.Clock) error { return nil })
	var damaged *storage.DamagedError
	require.ErrorAs(t, err, &damaged)
}

// Badger reads all of them, however many there are.
func TestTablesAreCheckedWhateverTheirSize(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wide(t, dir)
	db := filepath.Join(dir, "db")
	tables, err := filepath.Glob(filepath.Join(db, "*.sst"))
	require.NoError(t, err)
	raw, err := os.ReadFile(tables[0])
	require.NoError(t, err)
	var ids []uint64
	for size := 0; size < 80<<20; size += len(raw) {
		id := uint64(1000 + len(ids))
		require.NoError(t, os.Link(tables[0], filepath.Join(db, fmt.Sprintf("%06d.sst", id))))
		ids = append(ids, id)
	}
	require.NoError(t, storage.CheckEveryBlock(db, ids...))
	hurt := bytes.Clone(raw)
	hurt[bytes.Index(hurt, inAText)] ^= 1
	require.NoError(t, os.WriteFile(filepath.Join(db, "009999.sst"), hurt, 0o600))
	require.ErrorIs(t, storage.CheckEveryBlock(db, append(ids, 9999)...), storage.ErrBlock)
}
