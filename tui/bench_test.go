package tui

import (
	"context"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/model/modeltest"
)

// big is a room of the size that the console promises to answer in: ten thousand
// incidents in the list, a hundred thousand entries in the log.
type big struct {
	over  *model.Overview
	view  *model.View
	rings chan struct{}
	who   model.Actor
}

const (
	manyIncidents = 10_000
	manyEntries   = 100_000
)

func newBig() *big {
	small := modeltest.New("ana", 1)
	id := small.Must(model.Scope{}, model.OpenIncident{Title: "Checkout 5xx in eu-west", Severity: model.SEV1}).Incident
	small.Must(id, model.Write{Text: "the first of very many"})
	over := *small.Overview()
	view, err := small.Incident(context.Background(), id)
	if err != nil {
		panic(err)
	}
	first := over.Rows[0]
	keys := map[model.Scope]string{id: id.Key()}
	for i := range manyIncidents - 1 {
		row := first
		binary.BigEndian.PutUint64(row.ID[:], uint64(i+1)*0x9E3779B97F4A7C15)
		row.Title, row.Severity = fmt.Sprintf("Incident number %d in région %d", i, i%17), model.SEV3
		keys[row.ID] = row.ID.Key()
		over.Rows = append(over.Rows, row)
	}
	over.Keys = keys
	v := *view
	entry := v.Lines[len(v.Lines)-1]
	for i := range manyEntries {
		rec := *entry.Rec
		rec.Ref.Seq += uint64(i + 1)
		rec.Text = fmt.Sprintf("entry %d: the error rate is %d%% and falling", i, i%100)
		line := *entry
		line.Rec, line.Text = &rec, rec.Text
		v.Lines = append(v.Lines, &line)
	}
	return &big{over: &over, view: &v, rings: make(chan struct{}), who: small.Actor()}
}

func (b *big) Do(context.Context, model.Actor, model.Scope, model.Command) (model.Receipt, error) {
	v := *b.view
	v.Lines = append(v.Lines[:len(v.Lines):len(v.Lines)], v.Lines[len(v.Lines)-1])
	b.view = &v
	return model.Receipt{Incident: v.ID, Refs: []model.Ref{{}}}, nil
}
func (b *big) Overview() *model.Overview                                  { return b.over }
func (b *big) Incident(context.Context, model.Scope) (*model.View, error) { return b.view, nil }
func (b *big) Watch() model.Watch                                         { return b }
func (b *big) C() <-chan struct{}                                         { return b.rings }
func (b *big) Close()                                                     {}

func bigPump(b *testing.B) *pump {
	b.Helper()
	room := newBig()
	now := modeltest.Start.Add(time.Hour)
	p := newPump(b, room, room.who, func() time.Time { return now })
	p.send(tea.WindowSizeMsg{Width: 200, Height: 60})
	p.c.View()
	return p
}

// Key to composed frame at 200x60: under 16 ms.
func BenchmarkKeyToFrame(b *testing.B) {
	for _, c := range []struct {
		name   string
		before []string
		keys   []string
	}{
		{"log", []string{"4", "g"}, []string{"j", "k"}},
		{"log page", []string{"4"}, []string{"pgdown", "g"}},
		{"incidents", []string{"1", "g"}, []string{"j", "k"}},
		{"typing", []string{"i"}, []string{"a", "backspace"}},
		{"palette", []string{":"}, []string{"e", "backspace"}},
		{"menu", nil, []string{"s", "esc"}},
		{"filter incidents", []string{"1", "/"}, []string{"9", "backspace"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := bigPump(b)
			defer p.c.Close()
			p.send(key("1"))
			p.send(key("enter"))
			for _, k := range c.before {
				p.send(key(k))
			}
			b.ResetTimer()
			for i := 0; b.Loop(); i++ {
				p.send(key(c.keys[i%len(c.keys)]))
				p.c.View()
			}
		})
	}
}

// A new entry, from enter to the composed frame, without the disk.
func BenchmarkEntryToFrame(b *testing.B) {
	p := bigPump(b)
	defer p.c.Close()
	p.send(key("1"))
	p.send(key("enter"))
	p.send(key("i"))
	b.ResetTimer()
	for b.Loop() {
		p.send(tea.PasteMsg{Content: "rolled back"})
		p.send(key("enter"))
		p.c.View()
	}
}

// team is a room of a usual size with ten people in it, in which a teammate
// writes: two states of it take turns, so that it costs nothing itself.
type team struct {
	*big
	overs [2]*model.Overview
	views [2]*model.View
	n     uint64
}

const (
	usualIncidents = 200
	usualEntries   = 500
)

func newTeam() *team {
	b := newBig()
	b.over.Rows = b.over.Rows[:usualIncidents]
	s := &team{big: b}
	for i := range s.overs {
		over, view := *b.over, *b.view
		view.Lines = b.view.Lines[:usualEntries+i]
		over.Access = model.Responder
		for n := range 10 {
			over.Here = append(over.Here, model.Presence{Seat: uint64(n), Person: model.PersonID{byte(n)}, Incident: view.ID})
		}
		s.overs[i], s.views[i] = &over, &view
	}
	return s
}

func (s *team) Overview() *model.Overview {
	over := *s.overs[s.n%2]
	over.Version = s.n
	return &over
}
func (s *team) Incident(context.Context, model.Scope) (*model.View, error) {
	return s.views[s.n%2], nil
}

func teamPump(b *testing.B) (*pump, *team) {
	b.Helper()
	room := newTeam()
	now := modeltest.Start.Add(time.Hour)
	p := newPump(b, room, room.who, func() time.Time { now = now.Add(40 * time.Millisecond); return now })
	p.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	p.c.View()
	return p, room
}

// One console of many, from the bell to the composed frame at 120x40: what a
// teammate's entry costs each of the others.
func BenchmarkTeammateEntryToFrame(b *testing.B) {
	p, room := teamPump(b)
	defer p.c.Close()
	b.ReportAllocs()
	for b.Loop() {
		room.n++
		p.ring()
	}
}

// Somebody comes, goes or begins to write: nothing else has changed.
func BenchmarkPresenceToFrame(b *testing.B) {
	p, room := teamPump(b)
	defer p.c.Close()
	b.ReportAllocs()
	for b.Loop() {
		room.n += 2
		p.ring()
	}
}

// A second of a console at which nobody does anything.
func BenchmarkIdleSecond(b *testing.B) {
	p, _ := teamPump(b)
	defer p.c.Close()
	b.ReportAllocs()
	for b.Loop() {
		p.c.Update(ticked{p.c.ticks})
		p.c.changed(true)
		p.c.View()
	}
}

// ring has the console read the room and compose, on this goroutine.
func (p *pump) ring() {
	r := p.c.reload()().(result)
	p.c.Update(r)
	p.c.changed(true)
	p.c.View()
}
