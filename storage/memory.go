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
	logs     map[model.LogID][]stored
	heads    map[model.LogID]model.Head
	openings map[model.LogID]Opening
	rows     map[model.Scope][]byte
	settings map[string][]byte
}

var _ Store = (*Memory)(nil)

// stored is an event with its place in the timeline. It is a copy, so that
// nobody's later change reaches the store.
type stored struct {
	ev  model.Event
	eff model.Clock
}

// NewMemory gives an empty store.
func NewMemory() *Memory {
	return &Memory{
		logs:     map[model.LogID][]stored{},
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
	for _, p := range in.placings {
		if p.fresh {
			m.logs[p.ev.Log] = append(m.logs[p.ev.Log], stored{copyOf(p.ev), p.eff})
		} else {
			m.logs[p.ev.Log][p.ev.Seq-1].eff = p.eff
		}
	}
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

type inMemory struct{ m *Memory }

func (i inMemory) head(log model.LogID) (model.Head, bool) {
	h, ok := i.m.heads[log]
	return h, ok
}

func (i inMemory) held(log model.LogID, seq uint64) (*model.Event, model.Clock, error) {
	s := i.m.logs[log][seq-1]
	e := copyOf(&s.ev)
	return &e, s.eff, nil
}

// Heads is Store.
func (m *Memory) Heads() ([]model.Head, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return nil, ErrClosed
	}
	return sortedHeads(m.heads), nil
}

// Log is Store.
func (m *Memory) Log(log model.LogID, from uint64, fn func(*model.Event) error) error {
	m.mu.RLock()
	closed, held := m.closed, m.logs[log]
	held = slices.Clone(held[min(max(from, 1)-1, uint64(len(held))):])
	m.mu.RUnlock()
	if closed {
		return ErrClosed
	}
	for i := range held {
		e := copyOf(&held[i].ev)
		if err := fn(&e); err != nil {
			return err
		}
	}
	return nil
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
	for _, log := range m.logs {
		for i := range log {
			if log[i].ev.Scope == scope {
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

// Opening gives what a log's log.open said; false for a log that is not held.
func (m *Memory) Opening(log model.LogID) (Opening, bool, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return Opening{}, false, ErrClosed
	}
	o, ok := m.openings[log]
	return o, ok, nil
}

// Close is Store. What was stored is gone.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.logs, m.heads, m.openings, m.rows, m.settings = nil, nil, nil, nil, nil
	return nil
}
