package storage_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/storage/storagetest"
)

var made = time.UnixMilli(1_772_704_800_000)

// backedUp gives a backup of the store in a directory.
func backedUp(t *testing.T, dir string) ([]byte, storage.BackupInfo) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "backup")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	require.NoError(t, err)
	defer f.Close()
	info, err := storage.Backup(dir, f, made)
	require.NoError(t, err)
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, int64(len(raw)), info.Size)
	return raw, info
}

func restored(t *testing.T, raw []byte) (*storage.Badger, storage.BackupInfo) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "restored")
	info, err := storage.Restore(dir, bytes.NewReader(raw))
	require.NoError(t, err)
	return open(t, dir), info
}

func TestABackupIsRestoredWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := begun(t, dir, 200)
	raw, info := backedUp(t, dir)
	require.Equal(t, storage.BackupInfo{Made: made.UnixMilli(), Events: 201, Logs: 1, Size: int64(len(raw))}, info)
	s, said := restored(t, raw)
	require.Equal(t, info, said)
	requireAll(t, s, a)
	require.Empty(t, s.Report().Behind)
	write(t, s, a.Write(scope, "the database is slow"))
	requireAll(t, s, a)
}

// A store that is written all the while gives what was durable when the backup
// began, at least, and never half of a commit.
func TestABackupIsMadeWhileTheStoreIsWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	a := storagetest.NewAuthor(1)
	write(t, s, a.Open())
	log := a.Log()
	acked := make(chan uint64, 1)
	acked <- 1
	// So many commits for each backup: where a sync costs nothing, as in memory, the
	// store would grow faster than it can be read.
	rounds, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for range rounds {
			for range 100 {
				events := []storage.Placed{a.Write(scope, string(bytes.Repeat([]byte("x"), 9_000))), a.Write(scope, "the second of two")}
				if _, err := s.Commit(context.Background(), storage.Batch{Events: events}); err != nil {
					t.Error(err)
					break
				}
				<-acked
				acked <- events[1].Event.Seq
			}
		}
	}()
	for range 6 {
		rounds <- struct{}{}
		before := <-acked
		acked <- before
		raw, info := backedUp(t, dir)
		require.False(t, info.Locked)
		require.GreaterOrEqual(t, info.Events, before)
		back, _ := restored(t, raw)
		heads, err := back.Heads()
		require.NoError(t, err)
		require.Equal(t, info.Events, heads[0].Seq)
		require.EqualValues(t, 1, heads[0].Seq%2, "a commit has two events, and the first had one")
		n := uint64(0)
		require.NoError(t, back.Log(log, 1, func(e *model.Event) error {
			n++
			return nil
		}))
		require.Equal(t, heads[0].Seq, n)
		require.NoError(t, back.Close())
	}
	close(rounds)
	<-stopped
}

func TestAStoreOlderThanItsJournalIsBackedUpUnderItsLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := begun(t, dir, 5)
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "journal")))
	held := open(t, dir)
	f, err := os.Create(filepath.Join(t.TempDir(), "backup"))
	require.NoError(t, err)
	defer f.Close()
	_, err = storage.Backup(dir, f, made)
	var locked *storage.LockedError
	require.ErrorAs(t, err, &locked)
	require.NoError(t, held.Close())

	raw, info := backedUp(t, dir)
	require.True(t, info.Locked)
	s, _ := restored(t, raw)
	requireAll(t, s, a)
}

func TestABackupOfNothing(t *testing.T) {
	t.Parallel()
	f, err := os.Create(filepath.Join(t.TempDir(), "backup"))
	require.NoError(t, err)
	defer f.Close()
	for _, dir := range []string{t.TempDir(), filepath.Join(t.TempDir(), "none")} {
		_, err := storage.Backup(dir, f, made)
		require.ErrorIs(t, err, storage.ErrNoStore)
	}
}

func TestAStoreIsNotRestoredOverAnother(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begun(t, dir, 1)
	raw, _ := backedUp(t, dir)
	_, err := storage.Restore(dir, bytes.NewReader(raw))
	require.ErrorIs(t, err, storage.ErrNotEmpty)
}

// Whatever happened to the file, nothing is made of it.
func TestADamagedBackupIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begun(t, dir, 60)
	raw, _ := backedUp(t, dir)
	refused := func(raw []byte, want ...error) {
		t.Helper()
		to := filepath.Join(t.TempDir(), "restored")
		_, err := storage.Restore(to, bytes.NewReader(raw))
		require.Error(t, err)
		found := false
		for _, w := range want {
			found = found || errors.Is(err, w)
		}
		require.True(t, found, "%v", err)
		require.NoDirExists(t, to)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for n := range len(raw) {
		if n > 100 && n < len(raw)-100 && n%997 != 0 {
			continue
		}
		want := storage.ErrBackupCut
		if n == 0 {
			want = storage.ErrNotBackup
		}
		refused(raw[:n], want)
	}
	for range 300 {
		bad := bytes.Clone(raw)
		bad[8+r.IntN(len(raw)-8)] ^= 1 << r.IntN(8)
		var newer *storage.NewerError
		if _, err := storage.CheckBackup(bytes.NewReader(bad)); errors.As(err, &newer) {
			continue // in the version
		}
		refused(bad, storage.ErrBackupAltered, storage.ErrBackupCut)
	}
	refused(append(bytes.Clone(raw), 0), storage.ErrBackupAltered)
	refused([]byte("PK\x03\x04 something else that is long enough to be read as a whole backup, if it were one"), storage.ErrNotBackup)
	newer := bytes.Clone(raw)
	binary.BigEndian.PutUint32(newer[8:], 2)
	_, err := storage.CheckBackup(bytes.NewReader(newer))
	require.Equal(t, &storage.NewerError{Have: 2, Know: 1}, err)
	info, err := storage.CheckBackup(bytes.NewReader(raw))
	require.NoError(t, err)
	require.Equal(t, uint64(61), info.Events)
}

func FuzzABackupIsReadWithoutAPanic(f *testing.F) {
	f.Add([]byte("wrbackup"))
	f.Add(fmt.Appendf(nil, "wrbackup%s", make([]byte, 100)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := storage.CheckBackup(bytes.NewReader(raw)); err == nil {
			_, err := storage.Restore(filepath.Join(t.TempDir(), "x"), bytes.NewReader(raw))
			require.NoError(t, err)
		}
	})
}
