package room

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// Fed is what a commit added to one line of a log: events that are on the disk,
// with the line as it is with them. One without events tells of a line that was
// there when the room was opened, that ends now, or whose last event moved.
type Fed struct {
	Branch model.Branch
	Events []storage.Durable
}

// lines are all lines that the store holds, as readers see them. The room's mu
// guards it.
type lines struct {
	of map[model.LogID]model.Branch
	// branches counts, by log, those that are not the log's own.
	branches map[model.LogID]int
	// ended are those that count only before a number.
	ended []model.Branch
}

func newLines(all []model.Branch) lines {
	l := lines{of: make(map[model.LogID]model.Branch, len(all)), branches: map[model.LogID]int{}}
	for _, b := range all {
		l.put(b)
	}
	return l
}

func (l *lines) put(b model.Branch) {
	if _, had := l.of[b.ID]; !had && !b.Own() {
		l.branches[b.Log]++
	}
	l.of[b.ID] = b
	if b.Ends == 0 {
		return
	}
	for i := range l.ended {
		if l.ended[i].ID == b.ID {
			l.ended[i] = b
			return
		}
	}
	l.ended = append(l.ended, b)
}

// endedAt reports that the line of an event ends there or before it.
func (l *lines) endedAt(ref model.Ref) bool {
	return slices.ContainsFunc(l.ended, func(b model.Branch) bool { return b.Log == ref.Log && b.Ends <= ref.Seq })
}

// forked reports a log of several lines.
func (l *lines) forked(log model.LogID) bool { return l.branches[log] > 0 }

// all lists the lines by log, and then by id.
func (l *lines) all() []model.Branch {
	out := slices.Collect(maps.Values(l.of))
	slices.SortFunc(out, func(a, b model.Branch) int {
		if c := slices.Compare(a.Log[:], b.Log[:]); c != 0 {
			return c
		}
		return slices.Compare(a.ID[:], b.ID[:])
	})
	return out
}

// take adds what a commit made durable, and says what there is to tell of it.
func (l *lines) take(b *storage.Batch, durable []storage.Durable) []Fed {
	for _, begins := range b.Begins {
		parent := l.of[begins.Parent]
		begins.Device, begins.Kind, begins.Nonce = parent.Device, parent.Kind, parent.Nonce
		begins.Tip = model.Head{Log: begins.ID, Seq: begins.Base}
		l.put(begins)
	}
	var fed []Fed
	for i := range b.Events {
		p := &b.Events[i]
		id := p.Branch
		if id == (model.LogID{}) {
			id = p.Event.Log
		}
		line, held := l.of[id]
		if held && p.Event.Seq <= line.Tip.Seq {
			if p.Event.Seq == line.Tip.Seq {
				line.Eff = p.Eff // it moved
				l.put(line)
				fed = append(fed, Fed{Branch: line})
			}
			continue
		}
		if !held {
			line = model.Branch{ID: id, Log: id}
			if open := opened(p.Event); open != nil {
				line.Device, line.Kind, line.Nonce = open.Device, open.Log, open.Nonce
			}
		}
		line.Tip = model.Head{Log: id, Seq: p.Event.Seq, Hash: p.Event.Hash(), Clock: p.Event.Clock}
		line.Eff = p.Eff
		l.put(line)
		if n := len(fed); n == 0 || fed[n-1].Branch.ID != id || len(fed[n-1].Events) == 0 {
			fed = append(fed, Fed{})
		}
		last := &fed[len(fed)-1]
		last.Branch, last.Events = line, append(last.Events, durable[i])
	}
	for _, end := range b.Ends {
		line := l.of[end.Branch]
		if line.Ends == 0 || end.From < line.Ends {
			line.Ends = end.From
			l.put(line)
			fed = append(fed, Fed{Branch: line})
		}
	}
	return fed
}

// opened is what a log.open says; nil for another event, with which the store lets
// no log begin.
func opened(e *model.Event) *model.LogOpen {
	body, _, err := model.DecodeBody(e.Kind, e.Body)
	if err != nil {
		return nil
	}
	open, _ := body.(*model.LogOpen)
	return open
}

// Lines lists every line of every log that the room holds, by log and then by id,
// as far as it has told of them.
func (r *Room) Lines() []model.Branch {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lines.all()
}

// linesOf are the lines of one log.
func (r *Room) linesOf(log model.LogID) []model.Branch {
	r.mu.Lock()
	defer r.mu.Unlock()
	own, ok := r.lines.of[log]
	if !ok {
		return nil
	}
	out := []model.Branch{own}
	for id, b := range r.lines.of {
		if b.Log == log && id != log {
			out = append(out, b)
		}
	}
	return out
}

// Look gives the events that stand at the numbers from from to to of a log, in each
// of its lines, by line and number. It is for any goroutine.
func (r *Room) Look(log model.LogID, from, to uint64) ([]peer.Held, error) {
	var held []peer.Held
	for _, b := range r.linesOf(log) {
		err := r.store.Log(b.ID, from, func(e *model.Event) error {
			if e.Seq > to {
				return errEnough
			}
			e.SetText(model.Salt{}, nil)
			held = append(held, peer.Held{Branch: b.ID, Event: e})
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			return nil, fmt.Errorf("look at log %s: %w", log, err)
		}
	}
	return held, nil
}

// ReadLine gives the events of the line that has that event, from a number on to it,
// as many as fit so many bytes and at least one; none when there is no such line. It
// is for any goroutine.
func (r *Room) ReadLine(tip wire.Tip, from uint64, bytes int) ([]*model.Event, error) {
	_, _, id, err := r.store.Find(model.Ref{Log: tip.Log, Seq: tip.Seq, Hash: tip.Hash})
	if model.CodeOf(err) == model.CodeEntryUnknown {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read log %s: %w", tip.Log, err)
	}
	var run []*model.Event
	for _, s := range r.sections(id, max(from, 1), tip.Seq) {
		err := r.store.Log(s.id, s.from, func(e *model.Event) error {
			bytes -= e.Size()
			if e.Seq > s.to || bytes < 0 && len(run) > 0 {
				return errEnough
			}
			run = append(run, e)
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			return nil, fmt.Errorf("read log %s: %w", tip.Log, err)
		}
		if bytes < 0 {
			break
		}
	}
	return run, nil
}

// section is a part of a line that stands in one place of the store.
type section struct {
	id       model.LogID
	from, to uint64
}

// sections divide a line, up to a number, at the branches that it goes through.
func (r *Room) sections(id model.LogID, from, to uint64) []section {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []section
	for from <= to {
		b, ok := r.lines.of[id]
		if !ok {
			break
		}
		if to > b.Base {
			out = append(out, section{id, max(from, b.Base+1), to})
		}
		if b.Own() {
			break
		}
		id, to = b.Parent, min(to, b.Base)
	}
	slices.Reverse(out)
	return out
}
