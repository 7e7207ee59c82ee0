// Package storage makes events durable and gives them back.
//
// It knows bytes, order and disks; it does not know what an event means. What
// it hands out as Durable is on the disk.
package storage

import (
	"context"

	"warroom/model"
)

// Limits of one batch. One that is over them is refused before anything is written.
// The room stays below both (1,000 events or 1 MB).
const (
	// MaxBatchBytes is the most that the keys and values of a batch may take.
	MaxBatchBytes = 2 << 20
	// MaxBatchEntries is the most keys that a batch may write: three for an
	// event with a text, and one more for an act that is no plain entry; one for a
	// row, a setting, an end, or an event that is awaited; two for a log, or for a
	// branch.
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
	// A branch begins with a batch that names it in Begins and has its first event,
	// which must attach to the event Base of the line Parent, give the branch its
	// name, and be another than the one that stands there in Parent; else it is
	// refused with the codes above, or with model.CodeEventMalformed. A line that is
	// of another log is refused with model.CodeEventLog, an await or an end of what
	// is not held with model.CodeEntryUnknown.
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
	// Heads gives the end of every line, ordered by its id, which is Head.Log.
	Heads() ([]model.Head, error)
	// Branches gives every line, a log's own as well, ordered by log, then by id.
	Branches() ([]model.Branch, error)
	// Log gives the events of a line from a sequence number on, in order: its own
	// ones, which are after Base in a branch. It gives none for a line that is not
	// held. An error of fn ends it and is returned as it is.
	Log(line model.LogID, from uint64, fn func(*model.Event) error) error
	// Line is Log with the effective clocks.
	Line(line model.LogID, from uint64, fn func(*model.Event, model.Clock) error) error
	// Find gives the event of a reference, its effective clock, and the line that it
	// stands in. It is refused with model.CodeEntryUnknown when it is not held.
	Find(ref model.Ref) (e *model.Event, eff model.Clock, line model.LogID, err error)
	// Awaits gives what Batch.Awaits stored and no Batch.Arrived ended, ordered by
	// what is awaited. An error of fn ends it and is returned as it is.
	Awaits(fn func(Await) error) error
	// Hold says which events are held back from now on, in place of what was said
	// before: Scope, Acts and Tail do not give them. At first none is.
	Hold(h Held)
	// Scope gives the events of an incident, or of the workspace, in the order
	// of the timeline: effective clock, then hash. Those that stand apart, behind
	// their line's end, or are held back, are not among them. An error of fn ends it
	// and is returned as it is.
	Scope(scope model.Scope, fn func(*model.Event, model.Clock) error) error
	// Acts gives, as Scope does, the events of a scope that are more than plain
	// entries (see model.Event.Plain): what its state is made of.
	Acts(scope model.Scope, fn func(*model.Event, model.Clock) error) error
	// Tail gives, as Scope does, the last n events of a scope before a place; before
	// the zero Position, those at the end.
	Tail(scope model.Scope, before model.Position, n int, fn func(*model.Event, model.Clock) error) error
	// Had reports whether a reader of a scope was given anything when the store was opened;
	// it may say so too of what was committed since, and of what is held back. It does not
	// wait for commits, as a reader does.
	Had(scope model.Scope) (bool, error)
	// Behind is for how many commits a reader would have to wait. It does not wait itself.
	Behind() int
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
	// Begins are the branches that begin with an event of this batch. Of each, ID,
	// Log, Parent and Base count.
	Begins []model.Branch
	// Awaits are events that were named and are not held, Arrived those that are
	// held now: what awaited them is forgotten.
	Awaits  []Await
	Arrived []model.Ref
	// Ends are lines that count only before a number. Their events from there on
	// are kept, and leave the timeline and the acts, for good. Of several ends of a
	// line the lowest counts.
	Ends []End
}

// Placed is an event with its place in the timeline. Eff is never below the
// event's own clock.
type Placed struct {
	Event *model.Event
	Eff   model.Clock
	// Branch is the line it stands in; zero, or the log's id, for the log's own.
	Branch model.LogID
	// Apart says that it is quarantined: it is kept, and stands neither in the
	// timeline nor among the acts. An event that is held changes with it.
	Apart bool
	// Record is what the event says, where the caller has decoded it; the store then
	// need not decode it again. nil is always right.
	Record *model.Record
}

// line is the id of the line it stands in.
func (p *Placed) line() model.LogID {
	if p.Branch == (model.LogID{}) {
		return p.Event.Log
	}
	return p.Branch
}

// Await says that the event at a place of a line names one that is not held.
type Await struct {
	For    model.Ref
	Branch model.LogID // the line's id
	Seq    uint64
}

// End says that a line counts only before a number.
type End struct {
	Branch model.LogID // the line's id
	From   uint64
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
