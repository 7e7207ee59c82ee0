package room_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

// counted is a store that counts how often an incident is read.
type counted struct {
	storage.Store
	read int
}

func (c *counted) Scope(id model.Scope, fn func(*model.Event, model.Clock) error) error {
	c.read++
	return c.Store.Scope(id, fn)
}

func TestAHashOfWhatIsFoldedIsThatOfWhatIsOnTheDisk(t *testing.T) {
	t.Parallel()
	dir, store := t.TempDir(), &counted{Store: kept{storage.NewMemory()}}
	r := open(t, room.Options{Store: store, Dir: dir})
	for _, title := range []string{"one", "two", "three"} {
		id := do(t, r, model.Scope{}, model.OpenIncident{Title: title}).Incident
		do(t, r, id, model.SetSeverity{Level: model.SEV2})
		ref := do(t, r, id, model.Write{Text: "rolled back"}).Refs[0]
		do(t, r, id, model.Star{Target: ref, On: true})
	}
	read := store.read
	folded, err := r.Hashes(t.Context())
	require.NoError(t, err)
	require.Len(t, folded.Of, 4, "the workspace and three incidents")
	require.Equal(t, read+1, store.read, "only the workspace is read")

	require.NoError(t, r.Close())
	again := open(t, room.Options{Store: store, Dir: dir})
	fromDisk, err := again.Hashes(t.Context())
	require.NoError(t, err)
	require.Greater(t, store.read, read+3)
	require.Equal(t, fromDisk.Of, folded.Of)
}

func TestAHashIsNeverOfWhatIsAheadOfTheDisk(t *testing.T) {
	t.Parallel()
	s := newSlow(t)
	s.store.shut.Store(false)
	other := do(t, s.Room, model.Scope{}, model.OpenIncident{Title: "another"}).Incident
	before, err := s.Hashes(t.Context())
	require.NoError(t, err)
	do(t, s.Room, model.Scope{}, model.OpenIncident{Title: "a third"}) // what was remembered of the others stays
	s.close()
	first := s.decide(s.id, model.Write{Text: "on its way"})
	<-s.store.at
	second := s.decide(other, model.Write{Text: "decided on top of it"})
	// Forget what is remembered of the other incident, as a restart of the hashing would.
	s.ForgetHashes()
	during, err := s.Hashes(t.Context())
	require.NoError(t, err)
	require.NotContains(t, during.Of, s.id, "it changes now")
	require.Equal(t, before.Of[other], during.Of[other])
	s.waits(second)
	s.store.pass <- nil
	require.NoError(t, (<-first).err)
	<-s.store.at
	s.store.pass <- nil
	require.NoError(t, (<-second).err)
	after, err := s.Hashes(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, before.Of[other], after.Of[other])
}
