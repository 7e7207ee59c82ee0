package room_test

import (
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

// altering gives back an event that is not as it was written.
type altering struct {
	storage.Store
	// seq is the event that is altered, when the reading began at from, or anywhere
	// for 0; nothing from cut on is given.
	seq, from, cut uint64
	alter          func(e *model.Event)
	read           atomic.Int64
}

func (*altering) Close() error { return nil }

func (a *altering) Log(log model.LogID, from uint64, fn func(*model.Event) error) error {
	return a.Store.Log(log, from, func(e *model.Event) error {
		a.read.Add(1)
		if a.cut > 0 && e.Seq >= a.cut {
			return nil
		}
		if c := *e; c.Seq == a.seq && a.alter != nil && (a.from == 0 || a.from == from) {
			c.Text = append([]byte(nil), e.Text...)
			a.alter(&c)
			return fn(&c)
		}
		return fn(e)
	})
}

// author is the device of a closed room, which goes on writing in its log.
type author struct {
	signer model.Signer
	head   model.Head
	store  storage.Store
	salts  uint64
}

func authorOf(t testing.TB, r *room.Room, dir string, store storage.Store) *author {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "device.key"))
	require.NoError(t, err)
	seed, err := hex.DecodeString(strings.TrimSpace(string(raw)))
	require.NoError(t, err)
	a := &author{signer: model.Signer{Workspace: r.Workspace(), Key: ed25519.NewKeyFromSeed(seed)}, store: store}
	heads, err := store.Heads()
	require.NoError(t, err)
	for _, h := range heads {
		if content(t, store, h.Log) {
			a.head = h
		}
	}
	return a
}

func content(t testing.TB, store storage.Store, log model.LogID) (yes bool) {
	t.Helper()
	require.NoError(t, store.Log(log, 1, func(e *model.Event) error {
		body, _, err := model.DecodeBody(e.Kind, e.Body)
		if open, ok := body.(*model.LogOpen); ok && open.Log == model.ContentLog {
			yes = true
		}
		return err
	}))
	return yes
}

// write signs entries in turn in so many incidents, and commits them. bad spoils
// the signature of an event; nil spoils none.
func (a *author) write(t testing.TB, events, incidents int, bad func(seq uint64) bool) {
	t.Helper()
	last := make([]model.Ref, incidents)
	var batch storage.Batch
	for i := range events {
		at := i % incidents
		var scope model.Scope
		binary.BigEndian.PutUint32(scope[:], uint32(at+1)*2654435761)
		a.salts++
		e, head, err := model.Seal(a.signer, a.head, model.Draft{
			Scope: scope, Body: &model.EntryAdd{}, Text: "rolled back, error rate falling", PrevInScope: last[at],
		}, time.Now().UnixMilli(), model.Salt{15: byte(a.salts), 14: byte(a.salts >> 8), 13: byte(a.salts >> 16)})
		require.NoError(t, err)
		if bad != nil && bad(e.Seq) {
			e.Raw[model.EnvelopeSize-1] ^= 1
			e.Sig[len(e.Sig)-1] ^= 1
			head.Hash = e.Hash()
		}
		a.head, last[at] = head, e.Ref()
		batch.Events = append(batch.Events, storage.Placed{Event: e, Eff: e.Clock})
		if len(batch.Events) == 1000 || i == events-1 {
			_, err := a.store.Commit(t.Context(), batch)
			require.NoError(t, err)
			batch = storage.Batch{}
		}
	}
}

// founded is a closed room with so many events, and its author.
func founded(t *testing.T, events int, bad func(seq uint64) bool) (dir string, store kept) {
	t.Helper()
	dir, store = t.TempDir(), kept{storage.NewMemory()}
	r := open(t, room.Options{Store: store, Dir: dir})
	require.NoError(t, r.Close())
	authorOf(t, r, dir, store).write(t, events, 3, bad)
	return dir, store
}

func TestTheLogsAreProvedInTheBackground(t *testing.T) {
	t.Parallel()
	dir, store := founded(t, 8500, nil) // more than two runs of 4000
	for name, c := range map[string]struct {
		seq   uint64
		store *altering
		fault bool
	}{
		"as written":                    {0, &altering{}, false},
		"a text":                        {1500, &altering{alter: func(e *model.Event) { e.Text[0] ^= 1 }}, true},
		"a salt":                        {1500, &altering{alter: func(e *model.Event) { e.Salt[0] ^= 1 }}, true},
		"a signature":                   {1500, &altering{alter: func(e *model.Event) { e.Raw[130] ^= 1 }}, true},
		"a clock":                       {1500, &altering{alter: func(e *model.Event) { e.Clock = 0 }}, true},
		"at the end of a run":           {4000, &altering{alter: func(e *model.Event) { e.Raw[130] ^= 1 }}, true},
		"at the beginning of a run":     {4001, &altering{alter: func(e *model.Event) { e.Raw[130] ^= 1 }}, true},
		"for the next run only":         {4000, &altering{from: 4000, alter: func(e *model.Event) { e.Raw[130] ^= 1 }}, true},
		"for its own run only":          {4000, &altering{from: 1, alter: func(e *model.Event) { e.Raw[130] ^= 1 }}, true},
		"the last of a log":             {8501, &altering{alter: func(e *model.Event) { e.Raw[130] ^= 1 }}, true},
		"the end of a log is not there": {8501, &altering{cut: 8501}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &altering{Store: store, seq: c.seq, from: c.store.from, cut: c.store.cut, alter: c.store.alter}
			r := open(t, room.Options{Store: s, Dir: dir})
			<-r.Proved()
			events, done, fault := r.Verified()
			require.True(t, done)
			if c.fault {
				require.NotNil(t, fault)
				require.InDelta(t, c.seq, fault.Ref.Seq, 1, "the event, or the one that follows it and finds it changed")
				require.Len(t, r.Overview().Warnings, 1)
				return
			}
			require.Nil(t, fault)
			require.Equal(t, 8500+3, events, "and the beginnings of both logs")
			require.Empty(t, r.Overview().Warnings)
		})
	}
}

// allSigned waits until the signatures have been checked, and gives the fault.
func allSigned(t *testing.T, r *room.Room) *model.Fault {
	t.Helper()
	<-r.SignaturesChecked()
	_, _, fault := r.Verified()
	return fault
}

// The chain says that nothing was altered since it was written; this was written so.
func TestASignatureThatItsAuthorSpoiledIsFound(t *testing.T) {
	t.Parallel()
	dir, store := founded(t, 1500, func(seq uint64) bool { return seq == 700 })
	r := open(t, room.Options{Store: store, Dir: dir})
	<-r.Proved()
	_, done, fault := r.Verified()
	require.True(t, done)
	require.Nil(t, fault, "it is as it was written")
	fault = allSigned(t, r)
	require.NotNil(t, fault)
	require.Equal(t, uint64(700), fault.Ref.Seq)
	require.Equal(t, model.CodeEventSignature, model.CodeOf(fault.Err))
	require.Len(t, r.Overview().Warnings, 1)
}

func TestASignatureIsCheckedOnceInTheLifeOfAStore(t *testing.T) {
	t.Parallel()
	dir, store := founded(t, 1500, nil)
	checks := func() (read int64) {
		t.Helper()
		s := &altering{Store: store}
		r := open(t, room.Options{Store: s, Dir: dir})
		require.Nil(t, allSigned(t, r))
		n, all := r.Signatures()
		require.True(t, all)
		require.Equal(t, 1503, n)
		require.NoError(t, r.Close())
		return s.read.Load()
	}
	first := checks()
	again := checks()
	require.Greater(t, first-again, int64(1400), "%d events were read, then %d", first, again)

	// A mark of other events says nothing.
	raw, ok, err := store.Setting("signed")
	require.NoError(t, err)
	require.True(t, ok)
	for i := range raw {
		if i > len(raw)-20 {
			raw[i] ^= 1
		}
	}
	_, err = store.Commit(t.Context(), storage.Batch{Settings: map[string][]byte{"signed": raw}})
	require.NoError(t, err)
	require.Greater(t, checks(), again)
}
