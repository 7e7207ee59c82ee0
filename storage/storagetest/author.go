// Package storagetest is what every store must do, as a suite of tests, and the
// events to test one with.
package storagetest

import (
	"crypto/ed25519"
	"encoding/binary"
	"slices"

	"warroom/model"
	"warroom/storage"
)

// Workspace is the workspace of every author here.
var Workspace = model.WorkspaceID{1, 2, 3}

// Author writes one log with a fixed key and clock: the same calls make the
// same bytes.
type Author struct {
	signer model.Signer
	head   model.Head
	now    int64
	salts  uint64
}

// NewAuthor gives an author whose log is named by the seed.
func NewAuthor(seed byte) *Author {
	a := &Author{now: 1_772_704_800_000}
	a.signer.Workspace = Workspace
	a.signer.Key = ed25519.NewKeyFromSeed(slices.Repeat([]byte{seed + 1}, ed25519.SeedSize))
	a.head.Log = model.NewLogID(a.signer.Device(), model.Nonce{seed})
	return a
}

// Log is the id of the author's log.
func (a *Author) Log() model.LogID { return a.head.Log }

// Head is the end of the log as the author wrote it.
func (a *Author) Head() model.Head { return a.head }

// Device is the author's key.
func (a *Author) Device() model.DeviceKey { return a.signer.Device() }

// Open writes the log's first event, in the workspace's scope.
func (a *Author) Open() storage.Placed {
	nonce := model.Nonce{byte(a.signer.Key.Seed()[0] - 1)}
	return a.Seal(model.Draft{Scope: Workspace.Scope(), Body: &model.LogOpen{
		Device: a.Device(), Workspace: Workspace, Log: model.ContentLog, Nonce: nonce, Reason: model.ReasonNew,
	}})
}

// Write writes an entry in a scope, a millisecond after the one before.
func (a *Author) Write(scope model.Scope, text string) storage.Placed {
	return a.Seal(model.Draft{Scope: scope, Body: &model.EntryAdd{}, Text: text})
}

// Begin gives the log.open and n entries.
func (a *Author) Begin(scope model.Scope, n int) []storage.Placed {
	batch := []storage.Placed{a.Open()}
	for range n {
		batch = append(batch, a.Write(scope, "the database is slow"))
	}
	return batch
}

// Seal makes the draft the log's next event, placed at its own clock.
func (a *Author) Seal(d model.Draft) storage.Placed {
	a.salts++
	var salt model.Salt
	binary.BigEndian.PutUint64(salt[:], a.salts)
	a.now++
	e, head, err := model.Seal(a.signer, a.head, d, a.now, salt)
	if err != nil {
		panic(err) // a mistake in a test's set-up
	}
	a.head = head
	return storage.Placed{Event: e, Eff: e.Clock}
}
