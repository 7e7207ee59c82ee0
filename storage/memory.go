package storage

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"warroom/model"
)

// Memory is a store without a disk, for the demo and for tests. What it calls
// durable lasts as long as it does.
type Memory struct {
	mu       sync.RWMutex
	closed   bool
	logs     map[model.LogID][]stored // by line
	lines    lines
	awaits   awaiting
	heads    map[model.LogID]model.Head
	openings map[model.LogID]Opening
	rows     map[model.Scope][]byte
	settings map[string][]byte
	back     *Held
}

var _ Store = (*Memory)(nil)

// stored is an event with its place in the timeline. It is a copy, so that
// nobody's later change reaches the store.
type stored struct {
	ev    model.Event
	eff   model.Clock
	apart bool
}

// NewMemory gives an empty store.
func NewMemory() *Memory {
	return &Memory{
		logs:     map[model.LogID][]stored{},
		awaits:   awaiting{},
		heads:    map[model.LogID]model.Head{},
		openings: map[model.LogID]Opening{},
		rows:     map[model.Scope][]byte{},
		settings: map[string][]byte{},
	}
}

// Commit is Store.
func (m *Memory) Commit(ctx context.Context, b Batch) ([]Durable, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	in, err := admit(b, inMemory{m})
	if err != nil {
		return nil, err
	}
	m.lines = in.known
	for _, p := range in.placings {
		if p.fresh {
			m.logs[p.at.line] = append(m.logs[p.at.line], stored{copyOf(p.ev), p.eff, p.apart})
		} else {
			s := m.at(p.at)
			s.eff, s.apart = p.eff, p.apart
		}
	}
	m.awaits.change(in)
	for log, h := range in.heads {
		m.heads[log] = h
	}
	for log, o := range in.openings {
		m.openings[log] = o
	}
	for scope, row := range in.rows {
		m.rows[scope] = row
	}
	for name, v := range in.settings {
		if v == nil {
			delete(m.settings, name)
		} else {
			m.settings[name] = v
		}
	}
	return in.durables(), nil
}

func copyOf(e *model.Event) model.Event {
	c := *e
	c.Body, c.Text = slices.Clone(e.Body), slices.Clone(e.Text)
	return c
}

// at is the event at a place, which must be held.
func (m *Memory) at(at place) *stored { return &m.logs[at.line][at.seq-1-m.lines[at.line].Base] }

type inMemory struct{ m *Memory }

func (i inMemory) head(line model.LogID) (model.Head, bool) {
	h, ok := i.m.heads[line]
	return h, ok
}

func (i inMemory) held(at place) (holding, error) {
	s := i.m.at(at)
	e := copyOf(&s.ev)
	return holding{&e, s.eff, s.apart}, nil
}

func (i inMemory) known() lines { return i.m.lines }

func (i inMemory) awaiting(ref model.Ref) map[place]bool { return i.m.awaits[ref] }

// Heads is Store.
func (m *Memory) Heads() ([]model.Head, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return nil, ErrClosed
	}
	return sortedHeads(m.heads), nil
}

// Branches is Store.
func (m *Memory) Branches() ([]model.Branch, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return nil, ErrClosed
	}
	all := make([]model.Branch, 0, len(m.heads))
	for id, tip := range m.heads {
		held := m.logs[id]
		all = append(all, m.lines.branch(tip, held[len(held)-1].eff, m.openings))
	}
	return sortBranches(all), nil
}

// Log is Store.
func (m *Memory) Log(line model.LogID, from uint64, fn func(*model.Event) error) error {
	return m.Line(line, from, func(e *model.Event, _ model.Clock) error { return fn(e) })
}

// Line is Store.
func (m *Memory) Line(line model.LogID, from uint64, fn func(*model.Event, model.Clock) error) error {
	m.mu.RLock()
	closed, held, first := m.closed, m.logs[line], m.lines[line].Base+1
	held = slices.Clone(held[min(max(from, first)-first, uint64(len(held))):])
	m.mu.RUnlock()
	if closed {
		return ErrClosed
	}
	return giveAll(held, fn)
}

// Find is Store.
func (m *Memory) Find(ref model.Ref) (*model.Event, model.Clock, model.LogID, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return nil, 0, model.LogID{}, ErrClosed
	}
	for _, line := range m.lines.candidates(ref, inMemory{m}.head) {
		if s := m.at(place{line, ref.Seq}); s.ev.Ref() == ref {
			e := copyOf(&s.ev)
			return &e, s.eff, line, nil
		}
	}
	return nil, 0, model.LogID{}, unheld(ref)
}

// Awaits is Store.
func (m *Memory) Awaits(fn func(Await) error) error {
	m.mu.RLock()
	closed, all := m.closed, m.awaits.all()
	m.mu.RUnlock()
	if closed {
		return ErrClosed
	}
	for _, w := range all {
		if err := fn(w); err != nil {
			return err
		}
	}
	return nil
}

// Hold is Store.
func (m *Memory) Hold(h Held) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.back = &h
}

// Scope is Store.
func (m *Memory) Scope(scope model.Scope, fn func(*model.Event, model.Clock) error) error {
	found, err := m.timeline(scope)
	if err != nil {
		return err
	}
	return giveAll(found, fn)
}

// Acts is Store.
func (m *Memory) Acts(scope model.Scope, fn func(*model.Event, model.Clock) error) error {
	found, err := m.timeline(scope)
	if err != nil {
		return err
	}
	return giveAll(slices.DeleteFunc(found, func(s stored) bool { return s.ev.Plain() }), fn)
}

// Tail is Store.
func (m *Memory) Tail(scope model.Scope, before model.Position, n int, fn func(*model.Event, model.Clock) error) error {
	found, err := m.timeline(scope)
	if err != nil {
		return err
	}
	if !before.IsZero() {
		end, _ := slices.BinarySearchFunc(found, before, func(s stored, p model.Position) int {
			return orderOf(s.position().Before(p), p.Before(s.position()))
		})
		found = found[:end]
	}
	return giveAll(found[max(len(found)-max(n, 0), 0):], fn)
}

// Had is Store.
func (m *Memory) Had(scope model.Scope) (bool, error) {
	found, err := m.timeline(scope)
	return len(found) > 0, err
}

// Behind is Store.
func (m *Memory) Behind() int { return 0 }

func (s *stored) position() model.Position {
	return model.Position{Eff: s.eff, Hash: s.ev.Hash().Short()}
}

func orderOf(less, more bool) int {
	switch {
	case less:
		return -1
	case more:
		return 1
	}
	return 0
}

// timeline is a scope's events in order.
func (m *Memory) timeline(scope model.Scope) ([]stored, error) {
	m.mu.RLock()
	closed := m.closed
	var found []stored
	for id, log := range m.logs {
		for i := range log {
			e := &log[i].ev
			if e.Scope == scope && !log[i].apart && !m.lines.behind(place{id, e.Seq}) && !m.back.Back(id, e.Seq, scope) {
				found = append(found, log[i])
			}
		}
	}
	m.mu.RUnlock()
	if closed {
		return nil, ErrClosed
	}
	slices.SortFunc(found, func(a, b stored) int {
		if a.eff != b.eff {
			return orderOf(a.eff < b.eff, a.eff > b.eff)
		}
		x, y := a.ev.Hash(), b.ev.Hash()
		return slices.Compare(x[:], y[:])
	})
	return found, nil
}

func giveAll(found []stored, fn func(*model.Event, model.Clock) error) error {
	for i := range found {
		e := copyOf(&found[i].ev)
		if err := fn(&e, found[i].eff); err != nil {
			return err
		}
	}
	return nil
}

// Rows is Store.
func (m *Memory) Rows(fn func(model.Summary) error) error {
	m.mu.RLock()
	closed := m.closed
	ids := make([]model.Scope, 0, len(m.rows))
	rows := make(map[model.Scope][]byte, len(m.rows))
	for id, raw := range m.rows {
		ids = append(ids, id)
		rows[id] = raw
	}
	m.mu.RUnlock()
	if closed {
		return ErrClosed
	}
	slices.SortFunc(ids, model.Scope.Compare)
	for _, id := range ids {
		var row model.Summary
		if err := model.DecodeSummary(rows[id], &row); err != nil {
			return fmt.Errorf("%w: %w", ErrStaleRow, err)
		}
		if err := fn(row); err != nil {
			return err
		}
	}
	return nil
}

// Setting is Store.
func (m *Memory) Setting(name string) ([]byte, bool, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return nil, false, ErrClosed
	}
	v, ok := m.settings[name]
	return slices.Clone(v), ok, nil
}

// Opening gives what the log.open of a line's log said; false for one that is not
// held.
func (m *Memory) Opening(line model.LogID) (Opening, bool, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return Opening{}, false, ErrClosed
	}
	o, ok := m.openings[line]
	if !ok {
		o, ok = m.openings[m.lines.of(line).Log]
	}
	return o, ok, nil
}

// Close is Store. What was stored is gone.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.logs, m.lines, m.awaits, m.heads, m.openings, m.rows, m.settings = nil, nil, nil, nil, nil, nil, nil
	return nil
}
