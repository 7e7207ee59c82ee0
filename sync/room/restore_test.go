package room_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
	"warroom/sync/room"
	"warroom/sync/wire"
)

// on opens the room in a directory.
func on(t *testing.T, dir string) *room.Room {
	t.Helper()
	s, err := storage.Open(dir, storage.Options{})
	require.NoError(t, err)
	return open(t, room.Options{Store: s, Dir: dir})
}

// backup gives a backup of the room in a directory, in use or not.
func backup(t *testing.T, dir string) []byte {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "backup"))
	require.NoError(t, err)
	defer f.Close()
	_, err = storage.Backup(dir, f, time.Now())
	require.NoError(t, err)
	raw, err := os.ReadFile(f.Name())
	require.NoError(t, err)
	return raw
}

type number struct {
	log model.LogID
	seq uint64
}

// numbers gives every number that a room's logs have used, with the event there.
func numbers(t *testing.T, dir string) map[number]model.Hash {
	t.Helper()
	s, err := storage.Open(dir, storage.Options{})
	require.NoError(t, err)
	heads, err := s.Heads()
	require.NoError(t, err)
	used := map[number]model.Hash{}
	for _, h := range heads {
		require.NoError(t, s.Log(h.Log, 1, func(e *model.Event) error {
			used[number{e.Log, e.Seq}] = e.Hash()
			return nil
		}))
	}
	require.NoError(t, s.Close())
	return used
}

// grant has the room in a directory give its person the device of a restored one, which
// hears of it: before that, nothing that is written there counts.
func grant(t *testing.T, dir string, restored *room.Room) model.Ref {
	t.Helper()
	r := on(t, dir)
	ref := do(t, r, model.Scope{}, model.AddDevice{Person: r.Me(), Device: restored.Device()}).Refs[0]
	for _, b := range r.Lines() {
		if b.Log != ref.Log {
			continue
		}
		run, err := r.ReadLine(wire.Tip{Log: b.Log, Seq: b.Tip.Seq, Hash: b.Tip.Hash.Short()}, 1, 1<<20)
		require.NoError(t, err)
		require.NoError(t, restored.Take(t.Context(), peer.Take{Log: b.Log, Branch: b.ID, Events: run}))
	}
	require.NoError(t, r.Close())
	return ref
}

// Whatever is written in the room, in one copy that is restored and in another:
// beyond the backup no two of them use the same number of the same log.
func TestARestoredRoomUsesNoNumberTwice(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	dir := filepath.Join(home, "first")
	five := func(r *room.Room, id model.Scope) {
		for range 5 {
			do(t, r, id, model.Write{Text: "after"})
		}
		require.NoError(t, r.Close())
	}
	r := on(t, dir)
	id := do(t, r, model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident
	do(t, r, id, model.AssignRole{Role: model.TechLead, Name: "bob"})
	do(t, r, id, model.Write{Text: "before"})
	raw := backup(t, dir) // in use
	five(r, id)
	common := numbers(t, dir)

	dirs := []string{dir}
	var granted []model.Ref
	for _, name := range []string{"second", "third"} {
		to := filepath.Join(home, name)
		_, err := room.Restore(t.Context(), to, bytes.NewReader(raw), room.Options{}, storage.Options{})
		require.NoError(t, err)
		r := on(t, to)
		require.Equal(t, "Checkout 5xx", r.Overview().Rows[0].Title)
		v := view(t, r, id)
		require.Equal(t, "before", v.Lines[len(v.Lines)-1].Text)
		require.Equal(t, "bob", r.Overview().People.Name(v.Holders(model.TechLead)[0].Person))
		require.Equal(t, "ana", r.Overview().People.Name(r.Me()))
		granted = append(granted, grant(t, dir, r))
		five(r, id)
		r = on(t, to)
		v = view(t, r, id)
		require.Equal(t, "after", v.Lines[len(v.Lines)-1].Text)
		ev, err := r.Evidence(t.Context(), id)
		require.NoError(t, err)
		require.True(t, model.Verify(ev, id).Proved())
		require.NoError(t, r.Close())
		dirs = append(dirs, to)
	}
	back := numbers(t, filepath.Join(home, "second"))
	for at := range common {
		if _, ok := back[at]; !ok {
			delete(common, at) // written after the backup
		}
	}
	for _, ref := range granted {
		common[number{ref.Log, ref.Seq}] = numbers(t, dir)[number{ref.Log, ref.Seq}]
	}
	for i, one := range dirs {
		for _, other := range dirs[i+1:] {
			theirs := numbers(t, other)
			n := 0
			for at, hash := range numbers(t, one) {
				if theirs[at] == (model.Hash{}) {
					n++
					continue
				}
				require.Equal(t, hash, theirs[at])
				require.Contains(t, common, at, "%s and %s", one, other)
			}
			require.GreaterOrEqual(t, n, 5)
		}
	}
}

func TestARestoredRoomHasAKeyOfItsOwn(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	dir, to := filepath.Join(home, "first"), filepath.Join(home, "second")
	r := on(t, dir)
	do(t, r, model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"})
	old := r.Device()
	require.NoError(t, r.Close())
	raw := backup(t, dir)
	key, err := os.ReadFile(filepath.Join(dir, "device.key"))
	require.NoError(t, err)
	require.NotContains(t, string(raw), string(bytes.TrimSpace(key)))
	require.NoError(t, os.Mkdir(to, 0o700), "an empty folder may be there")
	info, err := room.Restore(t.Context(), to, bytes.NewReader(raw), room.Options{}, storage.Options{})
	require.NoError(t, err)
	require.Equal(t, 2, info.Logs)
	r = on(t, to)
	require.NotEqual(t, old, r.Device())
	left, err := os.ReadDir(home)
	require.NoError(t, err)
	require.Len(t, left, 2, "nothing else is left behind")
}

func TestAFailedRestoreLeavesNothing(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	dir, to := filepath.Join(home, "first"), filepath.Join(home, "second")
	r := on(t, dir)
	do(t, r, model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"})
	require.NoError(t, r.Close())
	raw := backup(t, dir)
	_, err := room.Restore(t.Context(), dir, bytes.NewReader(raw), room.Options{}, storage.Options{})
	require.ErrorIs(t, err, room.ErrRoomThere)
	_, err = room.Restore(t.Context(), to, bytes.NewReader(raw[:len(raw)-1]), room.Options{}, storage.Options{})
	require.ErrorIs(t, err, storage.ErrBackupCut)
	broken := errors.New("no random numbers")
	_, err = room.Restore(t.Context(), to, bytes.NewReader(raw), room.Options{Random: failingReader{broken}}, storage.Options{})
	require.ErrorIs(t, err, broken)
	require.NoDirExists(t, to)
	left, err := os.ReadDir(home)
	require.NoError(t, err)
	require.Len(t, left, 1)
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }
