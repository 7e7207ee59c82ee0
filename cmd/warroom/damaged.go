package main

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"

	"warroom/model"
	"warroom/storage"
)

// An event whose own bytes are damaged is in no incident that can be shown, and
// nobody can record that its text was removed: the event cannot be named by its
// hash. The text stands beside it all the same, and may have to go.

// leastLog is how much of a log's id is typed at least.
const leastLog = 4

// placeOf reads LOG:NUMBER, a place in a log as an error names it.
func placeOf(typed string) (log string, seq uint64, ok bool) {
	log, number, ok := strings.Cut(strings.ToLower(strings.TrimSpace(typed)), ":")
	seq, err := strconv.ParseUint(number, 10, 64)
	return log, seq, ok && err == nil && seq > 0 && len(log) >= leastLog && strings.Trim(log, "0123456789abcdef") == ""
}

// redactDamaged removes the text of a damaged event from the store. One that is
// whole is refused: its line has a reference, and says afterwards who removed it.
func (a *app) redactDamaged(ctx context.Context, typed, prefix string, seq uint64, yes bool) (err error) {
	if !yes {
		if err := a.canAsk(); err != nil {
			return err
		}
		if err := a.askRedact(ctx); err != nil {
			return err
		}
	}
	dir, err := a.storeDir()
	if err != nil {
		return err
	}
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return model.Refuse(model.CodeEntryUnknown, "Entry", typed)
	}
	store, err := a.wait(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	head, err := headOf(store, typed, prefix, seq)
	if err != nil {
		return err
	}
	ref, rows, err := damagedAt(store, typed, head, seq)
	if err != nil {
		return err
	}
	if ref.IsZero() {
		return refuse("shell.redact.whole", "Entry", typed)
	}
	if err := store.Remove(ctx, []model.Ref{ref}, rows); err != nil {
		return err
	}
	if a.asJSON() {
		return a.json(redaction{Removed: 1, Still: []string{}})
	}
	a.line(a.T("shell.redact.damaged", "Log", head.Log.String(), "Seq", seq))
	a.tell(a.T("shell.redact.copies"))
	return nil
}

// headOf finds the one log with the prefix, which must reach the number.
func headOf(store storage.Store, typed, prefix string, seq uint64) (found model.Head, err error) {
	heads, err := store.Heads()
	if err != nil {
		return found, err
	}
	for _, h := range heads {
		if !strings.HasPrefix(h.Log.String(), prefix) {
			continue
		}
		if found.Seq != 0 {
			return found, model.Refuse(model.CodeEntryAmbiguous, "Entry", typed)
		}
		found = h
	}
	if seq > found.Seq {
		return found, model.Refuse(model.CodeEntryUnknown, "Entry", typed)
	}
	return found, nil
}

// errRead ends a walk that has what it needs.
var errRead = errors.New("no more is needed")

// damagedAt looks at an event: its ref where it is damaged, and the row of its
// incident without the text where that can be told; a zero ref for a whole one. A
// number that does not stand in the line, because it is a branch that begins behind it,
// is refused.
func damagedAt(store storage.Store, typed string, head model.Head, seq uint64) (model.Ref, []model.Summary, error) {
	var held, next *model.Event
	err := store.Log(head.Log, seq, func(e *model.Event) error {
		if e.Seq == seq {
			held = e
			return nil
		}
		next = e
		return errRead
	})
	damaged := new(storage.DamagedError)
	switch {
	case errors.As(err, &damaged) && damaged.Seq == seq:
		return model.Ref{Log: head.Log, Seq: seq}, nil, nil
	case err != nil && !errors.Is(err, errRead) && !errors.As(err, &damaged):
		return model.Ref{}, nil, err
	case held == nil:
		return model.Ref{}, nil, model.Refuse(model.CodeEntryUnknown, "Entry", typed)
	}
	follows := seq == head.Seq && head.Hash == held.Hash() || next != nil && next.Prev == held.Hash() || next == nil && seq < head.Seq
	if follows && held.CheckTextFast() == nil {
		return model.Ref{}, nil, nil
	}
	var rows []model.Summary
	err = store.Rows(func(row model.Summary) error {
		if row.ID == held.Scope {
			if text := string(held.Text); text != "" && strings.Contains(row.Title, text) {
				row.Title = ""
			}
			rows = append(rows, row)
		}
		return nil
	})
	return held.Ref(), rows, err
}
