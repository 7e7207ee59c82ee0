package room_test

import (
	"crypto/ed25519"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
	"warroom/sync/room"
)

// benchLine is a device that writes elsewhere.
type benchLine struct {
	signer model.Signer
	head   model.Head
	last   model.Ref
	salts  uint64
	events []*model.Event
}

func newBenchLine(b testing.TB, ws model.WorkspaceID, seed byte) *benchLine {
	b.Helper()
	key := ed25519.NewKeyFromSeed(append(make([]byte, ed25519.SeedSize-1), seed))
	l := &benchLine{signer: model.Signer{Workspace: ws, Key: key}, salts: uint64(seed) << 32}
	n := model.Nonce{seed}
	dev := l.signer.Device()
	l.head.Log = model.NewLogID(dev, n)
	l.write(b, ws.Scope(), &model.LogOpen{Device: dev, Workspace: ws, Log: model.ContentLog, Nonce: n, Reason: model.ReasonNew}, "")
	return l
}

func (l *benchLine) write(b testing.TB, scope model.Scope, body model.Body, text string) *model.Event {
	b.Helper()
	l.salts++
	var salt model.Salt
	binary.BigEndian.PutUint64(salt[:], l.salts)
	d := model.Draft{Scope: scope, Body: body, Text: text}
	if l.last != (model.Ref{}) && body.Kind() == model.KindEntryAdd {
		d.PrevInScope = l.last
	}
	e, head, err := model.Seal(l.signer, l.head, d, time.Now().UnixMilli(), salt)
	require.NoError(b, err)
	l.head, l.events = head, append(l.events, e)
	l.last = e.Ref()
	return e
}

// benchMembers is the membership log of a founder, who was given the devices of those
// lines.
func benchMembers(b testing.TB, seeds ...byte) (model.WorkspaceID, *benchLine) {
	b.Helper()
	key := ed25519.NewKeyFromSeed(append(make([]byte, ed25519.SeedSize-1), 99))
	n := model.Nonce{99}
	m := &benchLine{signer: model.Signer{Key: key}, salts: 99 << 32}
	dev := m.signer.Device()
	ws := model.NewWorkspaceID(dev, n)
	m.signer.Workspace = ws
	m.head.Log = model.NewLogID(dev, n)
	me := model.NewPersonID(m.head.Log, n)
	m.write(b, ws.Scope(), &model.LogOpen{Device: dev, Workspace: ws, Log: model.MembershipLog, Nonce: n, Reason: model.ReasonNew}, "")
	m.write(b, ws.Scope(), &model.Genesis{Founder: dev, Nonce: n, Person: me}, "ana")
	for _, seed := range seeds {
		m.write(b, ws.Scope(), &model.MemberDevice{Person: me, Device: newBenchLine(b, ws, seed).signer.Device()}, "")
	}
	return ws, m
}

// BenchmarkTake100k is a catch-up: 100,000 entries of one incident, by two authors who
// answered each other, in runs of 500, several on their way at once.
func BenchmarkTake100k(b *testing.B) {
	const total, run = 100_000, 500
	ws, members := benchMembers(b, 1, 2)
	x, y := newBenchLine(b, ws, 1), newBenchLine(b, ws, 2)
	nonce := model.Nonce{9}
	id := model.NewIncidentID(x.head.Log, nonce)
	x.last = model.Ref{}
	x.write(b, id, &model.IncidentOpen{Nonce: nonce}, "Checkout 5xx")
	text := strings.Repeat("rolled back, ", 8)[:100]
	for i := range total / 2 {
		for _, l := range []*benchLine{x, y} {
			body := &model.EntryAdd{}
			if i%10 == 0 {
				other := x
				if l == x {
					other = y
				}
				l.head.Clock = max(l.head.Clock, other.head.Clock)
				body.Obs = []model.Ref{{Log: other.head.Log, Seq: other.head.Seq, Hash: other.head.Hash.Short()}}
			}
			l.write(b, id, body, text)
		}
	}
	for b.Loop() {
		b.StopTimer()
		dir := b.TempDir()
		s, err := storage.Open(dir, storage.Options{})
		require.NoError(b, err)
		r, err := room.Open(b.Context(), room.Options{Store: s, Dir: dir, Workspace: ws})
		require.NoError(b, err)
		require.NoError(b, r.Take(b.Context(), members.run()))
		began := time.Now()
		b.StartTimer()
		answers := make(chan error, 2)
		for _, l := range []*benchLine{x, y} {
			go func() {
				gate := make(chan error, 1<<10)
				n := 0
				for from := 0; from < len(l.events); from += run {
					// A link has some runs in hand, in their order.
					t := peer.Take{Log: l.head.Log, Branch: l.head.Log, After: uint64(from), Events: l.events[from:min(from+run, len(l.events))]}
					gate <- r.Take(b.Context(), t)
					n++
				}
				for range n {
					if err := <-gate; err != nil {
						answers <- err
						return
					}
				}
				answers <- nil
			}()
		}
		for range 2 {
			require.NoError(b, <-answers)
		}
		b.StopTimer()
		b.ReportMetric(float64(len(x.events)+len(y.events))/time.Since(began).Seconds(), "events/s")
		row, ok := r.Overview().Row(id)
		require.True(b, ok)
		require.Equal(b, total+1, row.Lines)
		require.NoError(b, r.Close())
		b.StartTimer()
	}
}
