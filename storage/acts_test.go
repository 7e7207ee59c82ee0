package storage

import (
	"crypto/ed25519"
	"testing"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/stretchr/testify/require"

	"warroom/model"
)

// places are the keys of an index.
func keysOf(t *testing.T, db *badger.DB, kind byte) (keys []string) {
	t.Helper()
	require.NoError(t, db.View(func(txn *badger.Txn) error {
		return scan(txn, []byte{kind}, nil, func(item *badger.Item) error {
			keys = append(keys, string(item.KeyCopy(nil)))
			return nil
		})
	}))
	return keys
}

// written is a store that has n acts and as many entries, and its acts' keys.
func written(t *testing.T, dir string, n int) []string {
	t.Helper()
	b, err := Open(dir, Options{})
	require.NoError(t, err)
	a := newAuthor(t)
	for range n {
		a.commit(b, &model.SeveritySet{Level: 1})
		a.commit(b, &model.EntryAdd{})
	}
	require.NoError(t, b.follower.wait())
	keys := keysOf(t, b.db, keyActs)
	require.NoError(t, b.Close())
	return keys
}

// without changes the database behind the store's back.
func without(t *testing.T, dir string, change func(*badger.Txn) error) {
	t.Helper()
	db, err := openDB(databaseOptions(dir+"/"+dbName, nil))
	require.NoError(t, err)
	require.NoError(t, db.Update(change))
	require.NoError(t, db.Close())
}

func TestAnIndexOfActsThatIsMissingOrOldIsMadeAnew(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(txn *badger.Txn, keys []string) error{
		"a store that never had one": func(txn *badger.Txn, keys []string) error {
			for _, k := range keys {
				if err := txn.Delete([]byte(k)); err != nil {
					return err
				}
			}
			return txn.Delete(settingKey(settingActs))
		},
		"an earlier version went on in it": func(txn *badger.Txn, keys []string) error {
			if err := txn.Delete([]byte(keys[len(keys)-1])); err != nil {
				return err
			}
			return txn.Set(settingKey(settingActs), encodeOrdinal(2))
		},
		"an earlier version moved an event": func(txn *badger.Txn, keys []string) error {
			stale := append([]byte(nil), keys[0]...)
			stale[len(stale)-1] ^= 1
			if err := txn.Set(stale, encodePlace(place{model.LogID{1}, 1})); err != nil {
				return err
			}
			return txn.Set(settingKey(settingActs), encodeOrdinal(2))
		},
		"the making was interrupted": func(txn *badger.Txn, keys []string) error {
			for _, k := range keys[2:] {
				if err := txn.Delete([]byte(k)); err != nil {
					return err
				}
			}
			return txn.Delete(settingKey(settingActs))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			keys := written(t, dir, 5)
			require.Len(t, keys, 6) // the log.open is one
			without(t, dir, func(txn *badger.Txn) error { return change(txn, keys) })
			b, err := Open(dir, Options{})
			require.NoError(t, err)
			require.Equal(t, keys, keysOf(t, b.db, keyActs))
			require.NoError(t, b.Close())
		})
	}
}

func TestActsAreReadWithoutTheirIndexWhereItCouldNotBeMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	written(t, dir, 5)
	b, err := Open(dir, Options{})
	require.NoError(t, err)
	acts := func() (n int) {
		require.NoError(t, b.Acts(model.Scope{7}, func(*model.Event, model.Clock) error { n++; return nil }))
		return n
	}
	require.Equal(t, 5, acts())
	b.acts.Store(false)
	require.NoError(t, b.db.Update(func(txn *badger.Txn) error {
		for _, k := range keysOf(t, b.db, keyActs) {
			if err := txn.Delete([]byte(k)); err != nil {
				return err
			}
		}
		return nil
	}))
	require.Equal(t, 5, acts())
	b.acts.Store(true)
	require.Zero(t, acts(), "else it is the index that is read")
	require.NoError(t, b.Close())
}

func TestACommitOfAnEarlierVersionInTheJournalIsIndexed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b, err := Open(dir, Options{})
	require.NoError(t, err)
	a := newAuthor(t)
	a.commit(b, &model.SeveritySet{Level: 1})
	a.commit(b, &model.EntryAdd{})
	require.NoError(t, b.follower.wait())
	keys := keysOf(t, b.db, keyActs)
	var all []write
	require.NoError(t, b.journal.Read(1, func(_ uint64, payload []byte) error {
		writes, err := decodeWrites(payload)
		all = append(all, writes...)
		return err
	}))
	require.NoError(t, b.Close())
	var old []write
	for _, w := range all {
		if w.key[0] != keyActs {
			old = append(old, w)
		}
	}
	db, err := openDB(databaseOptions(t.TempDir(), nil))
	require.NoError(t, err)
	require.NoError(t, addActs(db, old))
	require.Equal(t, keys, keysOf(t, db, keyActs))
	apart := write{seqKey(keyApart, a.head.Log, 2), []byte{}}
	for name, writes := range map[string][][]write{
		"with it": {append([]write{apart}, old...)}, "before it": {{apart}, old},
	} {
		other, err := openDB(databaseOptions(t.TempDir(), nil))
		require.NoError(t, err)
		for _, w := range writes {
			require.NoError(t, addActs(other, w))
			require.NoError(t, applyTo(other, 1, w))
		}
		require.Equal(t, keys[:1], keysOf(t, other, keyActs), name) // the log.open
		require.NoError(t, other.Close())
	}
	old = append(old, write{append([]byte{keyTimeline}, keys[0][1:]...), nil})
	require.NoError(t, addActs(db, old[len(old)-1:]), "an event that leaves its place")
	require.Equal(t, keys[1:], keysOf(t, db, keyActs))
	require.NoError(t, db.Close())
}

// author writes one log, a commit an event.
type author struct {
	t      *testing.T
	signer model.Signer
	head   model.Head
	now    int64
}

func newAuthor(t *testing.T) *author {
	t.Helper()
	a := &author{t: t, now: 1_772_704_800_000}
	a.signer.Workspace = model.WorkspaceID{1}
	a.signer.Key = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	return a
}

func (a *author) commit(s Store, body model.Body) {
	a.t.Helper()
	var batch Batch
	if a.head.Seq == 0 {
		nonce := model.Nonce{1}
		a.head.Log = model.NewLogID(a.signer.Device(), nonce)
		batch.Events = append(batch.Events, a.seal(a.signer.Workspace.Scope(), &model.LogOpen{
			Device: a.signer.Device(), Workspace: a.signer.Workspace, Log: model.ContentLog, Nonce: nonce, Reason: model.ReasonNew,
		}))
	}
	batch.Events = append(batch.Events, a.seal(model.Scope{7}, body))
	_, err := s.Commit(a.t.Context(), batch)
	require.NoError(a.t, err)
}

func (a *author) seal(scope model.Scope, body model.Body) Placed {
	a.t.Helper()
	a.now++
	e, head, err := model.Seal(a.signer, a.head, model.Draft{Scope: scope, Body: body}, a.now, model.Salt{})
	require.NoError(a.t, err)
	a.head = head
	return Placed{Event: e, Eff: e.Clock}
}
