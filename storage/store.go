// Package storage makes events durable and gives them back.
//
// It knows bytes, order and disks; it does not know what an event means. What
// it hands out as Durable is on the disk.
package storage

import (
	"context"

	"warroom/model"
)

// Limits of one batch. They are a little below those of one Badger transaction,
// so that a batch is either refused here, before anything is written, or fits.
// The room stays far below both (1,000 events or 1 MB).
const (
	// MaxBatchBytes is the most that the keys and values of a batch may take.
	MaxBatchBytes = 2 << 20
	// MaxBatchEntries is the most keys that a batch may write: three for an
	// event with a text, and one more for an act that is no plain entry; one for a row or a setting, two for a log.
	MaxBatchEntries = 20_000
	// MaxValue is the most that one row or setting may take.
	MaxValue = 64 << 10
)

// Store keeps events, and beside them what can be made anew from them. One
// goroutine commits; any number may read meanwhile and see the commits that
// were complete when their call began. A function that a reader passes in must
// not call the store.
//
// After Close every call gives ErrClosed.
type Store interface {
	// Commit makes a batch durable in one transaction: events (in order, may be
	// of several logs), their place in the timeline, the heads, rows and
	// settings. All or nothing.
	//
	// An event must follow the end of its log. It is refused with
	// model.CodeEventGap when events before it are missing, with
	// model.CodeEventChain when it does not attach to the hash that is held or
	// when another event stands in its place, and with the codes of
	// model.ParseEvent when its bytes are not whole. An event that is held
	// already is accepted again, and moved if its effective clock differs; the
	// text that is held stays, so that a removed text does not come back.
	// Signatures and what the body says are the caller's to check.
	//
	// A batch over the limits gives a *TooBigError. After an error of the disk
	// (an *UnusableError) what was written is unknown: the store takes no
	// further commit until it is opened again.
	Commit(ctx context.Context, b Batch) ([]Durable, error)
	// Remove removes the texts and salts of events for good, and replaces the
	// rows of the incidents that they are in, whose title may be such a text; a
	// row that is not given is dropped. Events, order, heads, openings, settings
	// and all other texts stay as they were. When it has returned without an
	// error, nothing of the texts is in the store; a text that was removed does
	// not come back when its event is committed again.
	//
	// It is refused with model.CodeEntryUnknown, and nothing is changed, for an
	// event that is not held. One whose own bytes cannot be read is named by its log
	// and number alone; its incident's row stays, without the text. An event without a text is none to remove.
	Remove(ctx context.Context, refs []model.Ref, rows []model.Summary) error
	// Heads gives the end of every log, ordered by log id.
	Heads() ([]model.Head, error)
	// Log gives the events of a log from a sequence number on, in order; none
	// for a log that is not held. An error of fn ends it and is returned as it is.
	Log(log model.LogID, from uint64, fn func(*model.Event) error) error
	// Scope gives the events of an incident, or of the workspace, in the order
	// of the timeline: effective clock, then hash. An error of fn ends it and is
	// returned as it is.
	Scope(scope model.Scope, fn func(*model.Event, model.Clock) error) error
	// Acts gives, as Scope does, the events of a scope that are more than plain
	// entries (see model.Event.Plain): what its state is made of.
	Acts(scope model.Scope, fn func(*model.Event, model.Clock) error) error
	// Tail gives, as Scope does, the last n events of a scope before a place; before
	// the zero Position, those at the end.
	Tail(scope model.Scope, before model.Position, n int, fn func(*model.Event, model.Clock) error) error
	// Rows gives the rows of the incident list, ordered by incident id. A row
	// that this binary cannot read gives ErrStaleRow: rows can be made anew from
	// the events.
	Rows(fn func(model.Summary) error) error
	// Setting gives what a Batch's Settings stored under the name.
	Setting(name string) ([]byte, bool, error)
	// Close ends the store. Commits and reads that run are waited for.
	Close() error
}

// Batch is what one Commit makes durable.
type Batch struct {
	Events []Placed
	// Rows replace the rows of the same incidents.
	Rows []model.Summary
	// Settings are stored by name; nil removes one. The names "format",
	// "journal", "host" and "acts" are the store's own.
	Settings map[string][]byte
}

// Placed is an event with its place in the timeline. Eff is never below the
// event's own clock.
type Placed struct {
	Event *model.Event
	Eff   model.Clock
}

// Durable is an event that is on the disk. Only a store makes one; so what may
// be shown as saved, or leave the process, is a matter of types.
type Durable struct{ ev *model.Event }

// Event is the event as the store holds it; nil for the zero Durable.
func (d Durable) Event() *model.Event { return d.ev }

// Ref is the reference to the event, which must not be that of a zero Durable.
func (d Durable) Ref() model.Ref { return d.ev.Ref() }

// Opening is what the log.open of a log said: who may write in it, and why it
// was begun. It is kept beside the events because every run that arrives for
// the log is checked against it.
type Opening struct {
	_         struct{} `cbor:",toarray"`
	Device    model.DeviceKey
	Workspace model.WorkspaceID
	Kind      model.LogKind
	Reason    model.OpenReason
	Nonce     model.Nonce
}
