package room_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/room"
)

// forger writes in the log of a closed site what its room would not.
type forger struct {
	t      *testing.T
	signer model.Signer
	line   model.Branch
	head   model.Head
	last   model.Ref // in the scope
	events []*model.Event
}

func forge(t *testing.T, s *site, scope model.Scope) *forger {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(s.dir, "device.key"))
	require.NoError(t, err)
	seed, err := hex.DecodeString(strings.TrimSpace(string(raw)))
	require.NoError(t, err)
	f := &forger{t: t, signer: model.Signer{Workspace: s.Workspace(), Key: ed25519.NewKeyFromSeed(seed)}}
	content, _ := s.Writes()
	for _, b := range s.Lines() {
		if b.ID == content {
			f.line, f.head = b, b.Tip
		}
	}
	for _, b := range s.Lines() { // it stands after all that its device has seen
		f.head.Clock = max(f.head.Clock, b.Tip.Clock)
	}
	require.NoError(t, s.store.Log(content, 1, func(e *model.Event) error {
		if e.Scope == scope {
			f.last = e.Ref()
		}
		return nil
	}))
	return f
}

func (f *forger) write(scope model.Scope, body model.Body, text string, spoil bool) model.Ref {
	f.t.Helper()
	e, head, err := model.Seal(f.signer, f.head, model.Draft{Scope: scope, Body: body, Text: text, PrevInScope: f.last}, time.Now().UnixMilli(), model.Salt{byte(f.head.Seq)})
	require.NoError(f.t, err)
	if spoil {
		e.Raw[model.EnvelopeSize-1] ^= 1
		e.Sig[len(e.Sig)-1] ^= 1
		head.Hash = e.Hash()
	}
	f.head, f.last, f.events = head, e.Ref(), append(f.events, e)
	return e.Ref()
}

func (f *forger) take() peer.Take {
	return peer.Take{Log: f.line.Log, Branch: f.line.ID, After: f.line.Tip.Seq, Events: f.events}
}

func remover(s *site, target model.Ref) *model.TextRemove {
	body := &model.TextRemove{Target: target}
	body.Actor = s.Me()
	return body
}

func textOf(t *testing.T, s *site, ref model.Ref) string {
	t.Helper()
	e, _, _, err := s.store.Find(ref)
	require.NoError(t, err)
	return string(e.Text)
}

func TestARemovalThatAResponderForgedLeavesTheText(t *testing.T) {
	t.Parallel()
	a, b, id := linked(t)
	entry := do(t, a.Room, id, model.Write{Text: "evidence"}).Refs[0]
	meet(t, a, b)
	f := forge(t, b, id)
	f.write(id, remover(b, entry), "", false)
	require.NoError(t, a.Take(t.Context(), f.take()))
	require.NoError(t, a.Settled(t.Context()))
	line := view(t, a.Room, id).Lines[1]
	require.Equal(t, "evidence", line.Text)
	require.Nil(t, line.Removed)
	require.Equal(t, "evidence", textOf(t, a, entry))

	// A room that hears of the removal first takes the text all the same.
	c := openSite(t, room.Options{Workspace: a.Workspace()})
	meet(t, a, c)
	require.Equal(t, "evidence", textOf(t, c, entry))
}

func TestAnOwnersRemovalRemovesTheTextEverywhere(t *testing.T) {
	t.Parallel()
	a, b, id := linked(t)
	entry := do(t, b.Room, id, model.Write{Text: "password hunter2"}).Refs[0]
	meet(t, a, b)
	c := openSite(t, room.Options{Workspace: a.Workspace()})
	for _, run := range all(t, b, c) {
		require.NoError(t, c.Take(t.Context(), run))
	}
	do(t, a.Room, id, model.RemoveText{Target: entry})
	meet(t, a, b)
	require.Empty(t, textOf(t, b, entry))
	require.NotNil(t, view(t, b.Room, id).Lines[1].Removed)
	require.NotEmpty(t, textOf(t, c, entry))

	// One that has the removal before the text does not take the text.
	d := openSite(t, room.Options{Workspace: a.Workspace()})
	var content model.LogID
	content, _ = b.Writes()
	for _, run := range all(t, a, d) {
		if run.Log != content {
			require.NoError(t, d.Take(t.Context(), run))
		}
	}
	for _, run := range all(t, c, d) {
		require.NoError(t, d.Take(t.Context(), run))
	}
	require.Empty(t, textOf(t, d, entry))
	meet(t, b, d)
	same(t, b, d)
}

func TestARemovalCountsWhenItsActorTurnsOutToHaveBeenAnOwner(t *testing.T) {
	t.Parallel()
	a, b, id := linked(t)
	entry := do(t, a.Room, id, model.Write{Text: "password hunter2"}).Refs[0]
	meet(t, a, b)
	c := openSite(t, room.Options{Workspace: a.Workspace()})
	meet(t, a, c)
	do(t, a.Room, model.Scope{}, model.SetAccess{Person: b.Me(), Access: model.Owner})
	meet(t, a, b)
	removal := do(t, b.Room, id, model.RemoveText{Target: entry}).Refs[0]
	for _, run := range all(t, b, c) {
		if run.Log == removal.Log {
			require.NoError(t, c.Take(t.Context(), run))
		}
	}
	require.NoError(t, c.Settled(t.Context()))
	require.Equal(t, "password hunter2", textOf(t, c, entry), "nobody has said that bob is an owner")
	require.NoError(t, c.Close())
	c = openSite(t, room.Options{Store: c.store, Dir: c.dir})
	require.Equal(t, "password hunter2", view(t, c.Room, id).Lines[1].Text)
	meet(t, b, c)
	require.Empty(t, textOf(t, c, entry))
	require.NotNil(t, view(t, c.Room, id).Lines[1].Removed)
	same(t, b, c)
}

// What an author signed badly in the midst of a run ends the log there, everywhere.
func TestALineEndsBeforeABadSignature(t *testing.T) {
	t.Parallel()
	a, b, id := linked(t)
	f := forge(t, b, id)
	entry := func() model.Body {
		body := &model.EntryAdd{}
		body.Actor = b.Me()
		return body
	}
	f.write(id, entry(), "good", false)
	bad := f.write(id, entry(), "bad", true)
	f.write(id, entry(), "behind it", false)
	require.NoError(t, a.Close())
	told := make(chan model.LogID, 1)
	a = openSite(t, room.Options{Store: a.store, Dir: a.dir, BadSignature: func(branch model.LogID, seq uint64) {
		require.Equal(t, bad.Seq, seq)
		told <- branch
	}})
	w := a.Watch()
	defer w.Close()
	require.NoError(t, a.Take(t.Context(), f.take()))
	require.Equal(t, f.line.ID, <-told)
	for len(a.Overview().Warnings) == 0 {
		<-w.C()
	}
	require.NoError(t, a.Settled(t.Context()))
	require.Equal(t, "warning.ended", a.Overview().Warnings[0].Key)
	lines := view(t, a.Room, id).Lines
	require.Len(t, lines, 2)
	require.Equal(t, "good", lines[1].Text)
	row, _ := a.Overview().Row(id)
	require.Equal(t, 2, row.Lines)
	_, _, _, err := a.store.Find(bad)
	require.NoError(t, err, "it is kept")
	a.mu.Lock()
	require.Equal(t, bad.Seq, a.told[f.line.ID].Ends)
	a.mu.Unlock()

	do(t, a.Room, id, model.Write{Text: "and on"})
	require.NoError(t, a.Close())
	a = openSite(t, room.Options{Store: a.store, Dir: a.dir})
	require.Len(t, view(t, a.Room, id).Lines, 3)
	require.Len(t, a.Overview().Warnings, 1)
	<-a.SignaturesChecked()
	_, done, fault := a.Verified()
	require.True(t, done)
	require.Nil(t, fault)
}

// A store that was copied writes twice under one log: both lines are kept.
func TestBothLinesOfALogThatWasWrittenTwiceAreShown(t *testing.T) {
	t.Parallel()
	a, b, id := linked(t)
	f := forge(t, b, id)
	body := &model.EntryAdd{}
	body.Actor = b.Me()
	f.write(id, body, "from the copy", false)
	do(t, b.Room, id, model.Write{Text: "from the store"})
	meet(t, a, b)
	branch := f.take()
	branch.Begins, branch.Parent, branch.Branch = true, f.line.ID, model.BranchID(f.line.Log, f.events[0].Hash())
	for _, s := range []*site{a, b} {
		require.NoError(t, s.Take(t.Context(), branch))
		require.NoError(t, s.Settled(t.Context()))
		require.Len(t, view(t, s.Room, id).Lines, 3)
		held, err := s.Look(f.line.Log, f.events[0].Seq, f.events[0].Seq)
		require.NoError(t, err)
		require.Len(t, held, 2)
	}
	same(t, a, b)
	require.NoError(t, b.Renew(t.Context(), model.ReasonForked))
	do(t, b.Room, id, model.Write{Text: "and on"})
	meet(t, a, b)
	same(t, a, b)
	require.NoError(t, a.Close())
	a = openSite(t, room.Options{Store: a.store, Dir: a.dir})
	<-a.SignaturesChecked()
	n, done, fault := a.Verified()
	require.True(t, done)
	require.Nil(t, fault, "a branch is proved from the event that it leaves the log behind")
	want := 0
	for _, line := range a.Lines() {
		want += int(line.Tip.Seq - line.Base)
	}
	require.Equal(t, want, n)
}

// A line that ends at its last event, which its author signed badly, is proved up to
// there at the next start, and so is all else.
func TestWhatStandsBehindALinesEndIsNoDamage(t *testing.T) {
	t.Parallel()
	a, b, id := linked(t)
	f := forge(t, b, id)
	entry := func() model.Body {
		body := &model.EntryAdd{}
		body.Actor = b.Me()
		return body
	}
	f.write(id, entry(), "good", false)
	bad := f.write(id, entry(), "bad", true)
	require.NoError(t, a.Take(t.Context(), f.take()))
	require.NoError(t, a.End(t.Context(), f.line.ID, bad.Seq))
	want := 0
	for _, line := range a.Lines() {
		want += int(line.Tip.Seq - line.Base)
	}
	require.NoError(t, a.Close())

	a = openSite(t, room.Options{Store: a.store, Dir: a.dir})
	<-a.SignaturesChecked()
	n, done, fault := a.Verified()
	require.True(t, done)
	require.Nil(t, fault)
	require.Equal(t, want-1, n)
	_, signed := a.Signatures()
	require.True(t, signed, "the signatures of the others are looked at")
}
