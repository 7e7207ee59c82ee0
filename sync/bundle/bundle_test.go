package bundle_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/sync/bundle"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// shelf is a room that keeps lines and nothing else. It takes what attaches.
type shelf struct {
	ws     model.WorkspaceID
	lines  []model.Branch
	events map[model.LogID][]*model.Event // of each line, its own
	writes model.LogID
	// renewed is why it went on under new logs, and full when it takes no more.
	renewed []model.OpenReason
	full    int
	takes   int
}

func newShelf(ws model.WorkspaceID) *shelf {
	return &shelf{ws: ws, events: map[model.LogID][]*model.Event{}, full: 1 << 30}
}

// shelfOf holds some events.
func shelfOf(t testing.TB, ws model.WorkspaceID, events []*model.Event) *shelf {
	s := newShelf(ws)
	for _, e := range events {
		require.NoError(t, s.Take(t.Context(), peer.Take{Log: e.Log, Branch: e.Log, After: e.Seq - 1, Events: []*model.Event{e}}))
	}
	s.takes = 0
	return s
}

func (s *shelf) Workspace() model.WorkspaceID { return s.ws }
func (s *shelf) Lines() []model.Branch        { return slices.Clone(s.lines) }
func (s *shelf) Writes(log model.LogID) bool  { return log == s.writes }
func (s *shelf) line(id model.LogID) (int, bool) {
	i := slices.IndexFunc(s.lines, func(b model.Branch) bool { return b.ID == id })
	return i, i >= 0
}

func (s *shelf) Renew(_ context.Context, reason model.OpenReason) error {
	s.renewed = append(s.renewed, reason)
	s.writes = model.LogID{}
	return nil
}

func (s *shelf) ReadLine(id model.LogID, from uint64, fn func(*model.Event) error) error {
	for _, e := range s.events[id] {
		if e.Seq >= from {
			if err := fn(e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *shelf) Look(log model.LogID, from, to uint64) ([]peer.Held, error) {
	var out []peer.Held
	for _, b := range s.lines {
		for _, e := range s.events[b.ID] {
			if b.Log == log && from <= e.Seq && e.Seq <= to {
				out = append(out, peer.Held{Branch: b.ID, Event: e})
			}
		}
	}
	return out, nil
}

var errFull = errors.New("the disk is full")

func (s *shelf) Take(_ context.Context, t peer.Take) error {
	if s.takes++; s.takes > s.full {
		return errFull
	}
	first, last := t.Events[0], t.Events[len(t.Events)-1]
	tip := model.Head{Log: t.Branch, Seq: last.Seq, Hash: last.Hash(), Clock: last.Clock}
	if i, ok := s.line(t.Branch); ok {
		if s.lines[i].Tip.Seq != t.After || s.lines[i].Tip.Hash != first.Prev {
			return errors.New("it does not attach")
		}
		s.lines[i].Tip = tip
	} else {
		b := model.Branch{ID: t.Branch, Log: t.Log, Tip: tip, Kind: first.Kind.Log()}
		if t.Begins {
			p, ok := s.line(t.Parent)
			if !ok || t.Branch != model.BranchID(t.Log, first.Hash()) {
				return errors.New("no such line")
			}
			b.Parent, b.Base, b.Kind, b.Device = t.Parent, t.After, s.lines[p].Kind, s.lines[p].Device
		} else {
			body, _, err := model.DecodeBody(first.Kind, first.Body)
			if err != nil {
				return err
			}
			open := body.(*model.LogOpen)
			b.Device, b.Kind = open.Device, open.Log
		}
		s.lines = append(s.lines, b)
	}
	s.events[t.Branch] = append(s.events[t.Branch], t.Events...)
	return nil
}

// all are the events of all lines, by log and number.
func (s *shelf) all() []string {
	var out []string
	for _, es := range s.events {
		for _, e := range es {
			out = append(out, e.Log.String()+string(binary.BigEndian.AppendUint64(nil, e.Seq))+string(e.Raw[:])+string(e.Body)+string(e.Salt[:])+string(e.Text))
		}
	}
	slices.Sort(out)
	return out
}

// talk is a room in which something was said.
func talk(t testing.TB, n int) *modeltest.Room {
	r := modeltest.New("ana", 1)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout fails", Source: model.ByTicket}).Incident
	r.Must(model.Scope{}, model.AdmitMember{Name: "bob", Access: model.Responder})
	for range n {
		r.Must(id, model.Write{Text: strings.Repeat("word ", 20)})
	}
	return r
}

func write(t testing.TB, s *shelf, c bundle.Choice) ([]byte, bundle.Info) {
	var out bytes.Buffer
	info, err := bundle.Write(&out, s, c)
	require.NoError(t, err)
	require.EqualValues(t, out.Len(), info.Bytes)
	return out.Bytes(), info
}

func read(t testing.TB, raw []byte, s *shelf) (bundle.Taken, error) {
	return bundle.Read(t.Context(), bytes.NewReader(raw), s)
}

func TestABundleCarriesARoom(t *testing.T) {
	t.Parallel()
	r := talk(t, 3000)
	from := shelfOf(t, r.Workspace(), r.Events())
	raw, info := write(t, from, bundle.Choice{Made: 1234})
	require.EqualValues(t, len(r.Events()), info.Events)
	require.Equal(t, 2, info.Logs)

	to := newShelf(r.Workspace())
	got, err := read(t, raw, to)
	require.NoError(t, err)
	require.Equal(t, from.all(), to.all())
	require.EqualValues(t, len(r.Events()), got.Events)
	require.Greater(t, got.Runs, 3, "in more than one run for a log")
	require.Equal(t, bundle.Head{Workspace: r.Workspace(), Made: 1234}, got.Head)
	require.Len(t, got.Tips, 2)
	require.Equal(t, model.MembershipLog, to.lines[0].Kind, "who is a member is known first")

	again, err := read(t, raw, to)
	require.NoError(t, err)
	require.Zero(t, again.Events)
	require.Zero(t, again.Runs)
	require.EqualValues(t, len(r.Events()), again.Held)
	require.Equal(t, from.all(), to.all())
}

func TestWhatTheOthersHaveIsLeftOut(t *testing.T) {
	t.Parallel()
	r := talk(t, 10)
	to := shelfOf(t, r.Workspace(), r.Events())
	theirs, written := write(t, to, bundle.Choice{})
	inside, tips, err := bundle.Inspect(bytes.NewReader(theirs))
	require.NoError(t, err)
	require.Equal(t, written, inside)
	id := r.Overview().Rows[0].ID
	for range 5 {
		r.Must(id, model.Write{Text: "more"})
	}
	from := shelfOf(t, r.Workspace(), r.Events())
	raw, info := write(t, from, bundle.Choice{Theirs: tips})
	require.EqualValues(t, 5, info.Events)
	got, err := read(t, raw, to)
	require.NoError(t, err)
	require.EqualValues(t, 5, got.Events)
	require.Equal(t, from.all(), to.all())

	// They have more than we, or another line: they get it whole, which is not wrong.
	for i := range tips {
		tips[i].Seq, tips[i].Hash = tips[i].Seq+100, model.ShortHash{9}
	}
	_, info = write(t, from, bundle.Choice{Theirs: tips})
	require.EqualValues(t, len(r.Events()), info.Events)
	for i := range tips {
		tips[i].Seq = 2
	}
	_, info = write(t, from, bundle.Choice{Theirs: tips})
	require.EqualValues(t, len(r.Events()), info.Events)

	_, _, err = bundle.Inspect(bytes.NewReader(theirs[:len(theirs)-1]))
	require.ErrorIs(t, err, bundle.ErrCut, "what half a file says they have may be wrong")
}

func TestSomeLogsGoWithTheMembership(t *testing.T) {
	t.Parallel()
	r := talk(t, 1)
	from := shelfOf(t, r.Workspace(), r.Events())
	raw, info := write(t, from, bundle.Choice{Logs: map[model.LogID]bool{}})
	require.Equal(t, 1, info.Logs)
	to := newShelf(r.Workspace())
	_, err := read(t, raw, to)
	require.NoError(t, err)
	require.Len(t, to.lines, 1)
	require.Equal(t, model.MembershipLog, to.lines[0].Kind)
}

// What does not attach is told, and all else is taken.
func TestWhatIsMissingIsTold(t *testing.T) {
	t.Parallel()
	r := talk(t, 10)
	id := r.Overview().Rows[0].ID
	var tips []wire.Tip
	for _, l := range shelfOf(t, r.Workspace(), r.Events()).lines {
		tips = append(tips, wire.Tip{Log: l.Log, Seq: l.Tip.Seq, Hash: l.Tip.Hash.Short()})
	}
	before := len(r.Events())
	r.Must(id, model.Write{Text: "more"})
	r.Must(model.Scope{}, model.AdmitMember{Name: "cleo", Access: model.Observer})
	from := shelfOf(t, r.Workspace(), r.Events())
	raw, _ := write(t, from, bundle.Choice{Theirs: tips})

	// The membership is held up to there, the content to its fifth event.
	events := slices.DeleteFunc(r.Events()[:before], func(e *model.Event) bool {
		return e.Kind.Log() == model.ContentLog && e.Seq > 5
	})
	to := shelfOf(t, r.Workspace(), events)
	got, err := read(t, raw, to)
	require.NoError(t, err)
	require.EqualValues(t, 1, got.Events)
	require.EqualValues(t, 1, got.Apart)
	last := r.Events()[len(r.Events())-2]
	require.Equal(t, []bundle.Gap{{Log: last.Log, From: 6, To: last.Seq - 1}}, got.Gaps)
}

func TestWhatIsNoWholeBundleIsRefused(t *testing.T) {
	t.Parallel()
	r := talk(t, 3)
	from := shelfOf(t, r.Workspace(), r.Events())
	raw, _ := write(t, from, bundle.Choice{})
	change := func(at int, to ...byte) []byte {
		out := slices.Clone(raw)
		copy(out[at:], to)
		return out
	}
	huge := slices.Clone(raw[:56])
	huge = append(huge, 0xff, 0xff, 0xff, 0xff, byte(wire.TypeEvents))
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{
		"nothing":         {nil, bundle.ErrNoBundle},
		"a text":          {[]byte(strings.Repeat("no bundle at all ", 10)), bundle.ErrNoBundle},
		"a short text":    {[]byte("warroom-bund"), bundle.ErrNoBundle},
		"the mark alone":  {raw[:16], bundle.ErrCut},
		"no frame":        {raw[:56], bundle.ErrCut},
		"a later format":  {change(15, 2), bundle.ErrNewer},
		"a format of 0":   {change(15, 0), bundle.ErrNoBundle},
		"a workspace":     {change(16, 1, 2, 3), bundle.ErrWorkspace},
		"another time":    {change(48, 1), bundle.ErrAltered},
		"a huge length":   {huge, bundle.ErrAltered},
		"something more":  {append(slices.Clone(raw), 0), bundle.ErrAltered},
		"a frame of none": {frames(raw[:56], wire.Bye{Reason: wire.ByeClosing}), bundle.ErrAltered},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := read(t, c.raw, newShelf(r.Workspace()))
			require.ErrorIs(t, err, c.want)
		})
	}
	for n := range len(raw) {
		to := newShelf(r.Workspace())
		got, err := read(t, raw[:n], to)
		require.Error(t, err, "%d bytes", n)
		require.EqualValues(t, got.Events, len(to.all()))
		require.Contains(t, []uint64{0, 3, uint64(len(r.Events()))}, got.Events, "whole runs alone: one of each log")
	}
	for n := 56; n < len(raw); n++ {
		to := newShelf(r.Workspace())
		_, err := read(t, change(n, raw[n]^0x10), to)
		require.Error(t, err, "a bit of byte %d", n)
		for _, e := range to.all() {
			require.Contains(t, from.all(), e)
		}
	}
}

// frames makes a whole bundle of a beginning and some frames.
func frames(head []byte, ms ...wire.Message) []byte {
	out := slices.Clone(head)
	for _, m := range ms {
		raw, err := wire.Encode(m)
		if err != nil {
			panic(err)
		}
		out = wire.AppendFrame(out, raw)
	}
	out = append(out, 0, 0, 0, 0)
	sum := sha256.Sum256(out)
	return append(out, sum[:]...)
}

// What has a signature that is not its author's is not taken, though the sum is
// right: whoever made the bundle could have changed it.
func TestAForgedRunIsNotTaken(t *testing.T) {
	t.Parallel()
	r := talk(t, 3)
	raw, _ := write(t, shelfOf(t, r.Workspace(), r.Events()), bundle.Choice{})
	membership := slices.DeleteFunc(r.Events(), func(e *model.Event) bool { return e.Log != r.Events()[0].Log })
	forged := *membership[1]
	forged.Raw[130] ^= 1
	forged.Sig[2] ^= 1
	to := newShelf(r.Workspace())
	got, err := read(t, frames(raw[:56], wire.Run{Log: forged.Log, Events: []*model.Event{membership[0], &forged}}), to)
	require.NoError(t, err)
	require.EqualValues(t, 1, got.Events)
	require.EqualValues(t, 1, got.Unsigned)
	require.Len(t, to.all(), 1, "what is before the bad signature is good")

	// Something else in its place breaks the chain.
	torn := *membership[2]
	got, err = read(t, frames(raw[:56], wire.Run{Log: torn.Log, Events: []*model.Event{membership[0], &forged, &torn}}), newShelf(r.Workspace()))
	require.ErrorIs(t, err, bundle.ErrAltered)
	require.Equal(t, model.CodeEventChain, model.CodeOf(err))
	require.Zero(t, got.Events)

	// A frame of a later warroom is passed over.
	unknown := wire.AppendFrame(slices.Clone(raw[:56]), []byte{200, 1, 2})
	got, err = read(t, frames(unknown), to)
	require.NoError(t, err)
	require.Equal(t, 1, got.Newer)
}

func TestAFullDiskKeepsWhatWasGood(t *testing.T) {
	t.Parallel()
	r := talk(t, 3)
	raw, _ := write(t, shelfOf(t, r.Workspace(), r.Events()), bundle.Choice{})
	to := newShelf(r.Workspace())
	to.full = 1
	got, err := read(t, raw, to)
	require.ErrorIs(t, err, errFull)
	require.Equal(t, 1, got.Runs)
	require.EqualValues(t, len(to.all()), got.Events)
	to.full = 1 << 30
	_, err = read(t, raw, to)
	require.NoError(t, err)
	require.Len(t, to.all(), len(r.Events()))
}

// A log that was written from two copies comes with both lines.
func TestBothLinesOfAForkAreCarried(t *testing.T) {
	t.Parallel()
	one, two := talk(t, 2), talk(t, 2) // the same room twice
	id := one.Overview().Rows[0].ID
	shared := len(one.Events())
	for range 3 {
		one.Must(id, model.Write{Text: "here"})
	}
	for range 2 {
		two.Must(id, model.Write{Text: "there"})
	}
	ws := one.Workspace()
	a, b := shelfOf(t, ws, one.Events()), shelfOf(t, ws, two.Events())
	fromA, _ := write(t, a, bundle.Choice{})
	fromB, _ := write(t, b, bundle.Choice{})
	a.writes = two.Events()[shared].Log
	_, err := read(t, fromB, a)
	require.NoError(t, err)
	require.Equal(t, []model.OpenReason{model.ReasonForked}, a.renewed, "no number is used twice")
	_, err = read(t, fromA, b)
	require.NoError(t, err)
	require.Empty(t, b.renewed, "it writes elsewhere")
	require.Len(t, a.lines, 3)
	require.Equal(t, a.all(), b.all())

	both, info := write(t, a, bundle.Choice{})
	require.EqualValues(t, shared+5, info.Events)
	require.Equal(t, 2, info.Logs)
	c := newShelf(ws)
	_, err = read(t, both, c)
	require.NoError(t, err)
	require.Equal(t, a.all(), c.all())
}

func TestARoomThatForgotWritesOnUnderAnotherLog(t *testing.T) {
	t.Parallel()
	r := talk(t, 5)
	raw, _ := write(t, shelfOf(t, r.Workspace(), r.Events()), bundle.Choice{})
	events := r.Events()
	to := shelfOf(t, r.Workspace(), events[:len(events)-2])
	to.writes = events[len(events)-1].Log
	got, err := read(t, raw, to)
	require.NoError(t, err)
	require.EqualValues(t, 2, got.Events)
	require.Equal(t, []model.OpenReason{model.ReasonRestored}, to.renewed)
}

// ownLog is a log of a device that signs as it likes.
type ownLog struct {
	ws   model.WorkspaceID
	sign model.Signer
	head model.Head
	log  model.LogID
}

func newLog() *ownLog {
	l := &ownLog{ws: model.WorkspaceID{1}, sign: model.Signer{Key: ed25519.NewKeyFromSeed(make([]byte, 32)), Workspace: model.WorkspaceID{1}}}
	l.log = model.NewLogID(l.sign.Device(), model.Nonce{2})
	l.head.Log = l.log
	return l
}

// next seals an event, with a bad signature if it is told to.
func (l *ownLog) next(bad bool) *model.Event {
	var body model.Body = &model.PersonAdd{Person: model.PersonID{1}}
	if l.head.Seq == 0 {
		body = &model.LogOpen{Device: l.sign.Device(), Workspace: l.ws, Log: model.ContentLog, Nonce: model.Nonce{2}, Reason: model.ReasonNew}
	}
	e, head, err := model.Seal(l.sign, l.head, model.Draft{Scope: l.ws.Scope(), Body: body}, 1000, model.Salt{})
	if err != nil {
		panic(err)
	}
	if bad {
		e.Raw[130] ^= 1
		e.Sig[2] ^= 1
		head.Hash = e.Hash()
	}
	l.head = head
	return e
}

// An author may have signed badly in the midst of a log. What stands around it is
// proved by the next good signature, wherever the runs are cut.
func TestABadSignatureWithinALogIsProvedByTheNext(t *testing.T) {
	t.Parallel()
	l, events := newLog(), []*model.Event(nil)
	for n := range 6 {
		events = append(events, l.next(n == 3))
	}
	empty, _ := write(t, newShelf(l.ws), bundle.Choice{})
	for cut := 1; cut < len(events); cut++ {
		to := newShelf(l.ws)
		got, err := read(t, frames(empty[:56], wire.Run{Log: l.log, Events: events[:cut]}, wire.Run{Log: l.log, Events: events[cut:]}), to)
		require.NoError(t, err, cut)
		require.EqualValues(t, len(events), got.Events, cut)
		require.Zero(t, got.Unsigned)
		require.Empty(t, got.Gaps)
	}
	got, err := read(t, frames(empty[:56], wire.Run{Log: l.log, Events: events[:4]}), newShelf(l.ws))
	require.NoError(t, err)
	require.EqualValues(t, 3, got.Events)
	require.EqualValues(t, 1, got.Unsigned)
}

func FuzzBundle(f *testing.F) {
	r := talk(f, 2)
	from := shelfOf(f, r.Workspace(), r.Events())
	raw, _ := write(f, from, bundle.Choice{})
	f.Add(raw)
	f.Add(raw[:len(raw)/2])
	f.Add(append(slices.Clone(raw[:56]), 0xff, 0xff, 0xff, 0xff, 9))
	f.Add(frames(raw[:56], wire.Run{Log: model.LogID{1}}))
	// What was signed; a text may be left out.
	signed := func(e string) string { return e[:2*model.IDSize+8+model.EnvelopeSize] }
	good := map[string]bool{}
	for _, e := range from.all() {
		good[signed(e)] = true
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		to := newShelf(r.Workspace())
		got, err := read(t, raw, to)
		if int(got.Events) != len(to.all()) {
			t.Fatalf("says %d events, holds %d", got.Events, len(to.all()))
		}
		for _, e := range to.all() {
			if !good[signed(e)] {
				t.Fatal("an event that nobody signed")
			}
		}
		if err == nil {
			again, err := read(t, raw, to)
			if err != nil || again.Events != 0 {
				t.Fatalf("twice: %d events, %v", again.Events, err)
			}
		}
	})
}
