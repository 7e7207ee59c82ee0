package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
)

// damageEvent flips a bit in the body of the event whose text is this one, and
// gives its place as an error would name it.
func damageEvent(t *testing.T, dir, text string) (at string) {
	t.Helper()
	db, err := badger.Open(badger.DefaultOptions(filepath.Join(dir, "db")).WithExternalMagic(storage.Layout).WithLogger(nil))
	require.NoError(t, err)
	require.NoError(t, db.Update(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.DefaultIteratorOptions)
		defer it.Close()
		for it.Seek([]byte{'b'}); it.ValidForPrefix([]byte{'b'}); it.Next() {
			held, err := it.Item().ValueCopy(nil)
			if err != nil || !bytes.HasSuffix(held, []byte(text)) {
				continue
			}
			key := it.Item().KeyCopy(nil)
			at = fmt.Sprintf("%s:%d", hex.EncodeToString(key[1:17]), binary.BigEndian.Uint64(key[17:]))
			key[0] = 'e'
			item, err := txn.Get(key)
			if err != nil {
				return err
			}
			v, err := item.ValueCopy(nil)
			if err != nil {
				return err
			}
			v[model.EnvelopeSize] ^= 1
			return txn.Set(key, v)
		}
		return fs.ErrNotExist
	}))
	require.NoError(t, db.Close())
	return at
}

func filesWith(t *testing.T, dir, text string) (in []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(text)) {
			in = append(in, path)
		}
		return err
	}))
	return in
}

func TestTextOfADamagedEventIsRedactedByItsPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const secret = "the password is hunter2-9b1f7c"
	w.must("open", "first")
	w.must("log", "before")
	w.must("log", secret)
	w.must("log", "after")
	at := damageEvent(t, w.store(), secret)
	_, _, said := w.run("", "log", "--list")
	require.Contains(t, said, "warroom redact "+at)
	require.NotEmpty(t, filesWith(t, w.store(), secret))

	code, _, said := w.run("", "redact", at)
	require.Equal(t, exitUsage, code)
	require.Contains(t, said, "Nothing was removed. Add --yes")
	log, _, _ := bytes.Cut([]byte(at), []byte(":"))
	for wrong, want := range map[string]string{string(log) + ":1": "is whole", string(log) + ":99": "There is no e", "ffffffff:1": "There is no e"} {
		code, _, said = w.run("", "redact", wrong, "--yes")
		require.NotEqual(t, exitDone, code, wrong)
		require.Contains(t, said, want, wrong)
	}
	require.NotEmpty(t, filesWith(t, w.store(), secret))

	require.Contains(t, w.must("redact", at, "--yes"), "was removed from this store for good")
	require.Empty(t, filesWith(t, w.store(), secret))
	require.Contains(t, w.must("list"), "first")
}

// In a branch the numbers before it are not there: they stand in the line that it leaves.
func TestAPlaceBeforeABranchIsUnknown(t *testing.T) {
	t.Parallel()
	signer := model.Signer{Workspace: model.WorkspaceID{1}, Key: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))}
	nonce := model.Nonce{1}
	head := model.Head{Log: model.NewLogID(signer.Device(), nonce)}
	var events []storage.Placed
	seal := func(at model.Head, body model.Body, text string) model.Head {
		e, next, err := model.Seal(signer, at, model.Draft{Scope: model.Scope{1}, Body: body, Text: text}, 1_700_000_000_000, model.Salt{1})
		require.NoError(t, err)
		events = append(events, storage.Placed{Event: e, Eff: e.Clock})
		return next
	}
	open := seal(head, &model.LogOpen{Device: signer.Device(), Workspace: signer.Workspace, Log: model.ContentLog, Nonce: nonce, Reason: model.ReasonNew}, "")
	one := seal(open, &model.EntryAdd{}, "one")
	seal(one, &model.EntryAdd{}, "two")
	seal(one, &model.EntryAdd{}, "two, elsewhere")
	last := len(events) - 1
	branch := model.BranchID(head.Log, events[last].Event.Hash())
	events[last].Branch = branch
	store := storage.NewMemory()
	_, err := store.Commit(t.Context(), storage.Batch{Events: events, Begins: []model.Branch{{ID: branch, Log: head.Log, Parent: head.Log, Base: 2}}})
	require.NoError(t, err)
	for seq, want := range map[uint64]model.Code{1: model.CodeEntryUnknown, 2: model.CodeEntryUnknown, 3: "", 4: model.CodeEntryUnknown} {
		typed := branch.String() + ":" + strconv.FormatUint(seq, 10)
		found, err := headOf(store, typed, branch.String(), seq)
		if err == nil {
			var ref model.Ref
			ref, _, err = damagedAt(store, typed, found, seq)
			require.True(t, ref.IsZero())
		}
		require.Equal(t, want, model.CodeOf(err), "%d: %v", seq, err)
	}
}
