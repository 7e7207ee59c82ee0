// Package peer decides what a room says to its peers: which events it asks for,
// which it gives, what it makes of what comes in. It is a state machine for one
// goroutine: Step takes one input and gives effects. The network, the disk and the
// clock are outside, so that a simulation runs the very same code.
//
//	link: frames in ──▶ Step ──▶ Send, Close
//	room: Durable, Taken, Read ──▶ Step ──▶ Take, Read, Renew
package peer

import (
	"warroom/model"
	"warroom/storage"
	"warroom/sync/wire"
)

// ID names a link to a peer; a new link gets a new number.
type ID uint64

// Input is one thing that happened. At is when, in ms since 1970, by this room's
// clock; it may jump.
type Input struct {
	At int64
	// Steady is a clock in ms that never jumps, from any beginning: what is awaited
	// is reckoned by it.
	Steady int64
	What   any // one of the types below
}

// The inputs.
type (
	// Up says that a link is there: mutual authentication succeeded, with this key.
	Up struct {
		Link   ID
		Device model.DeviceKey
	}

	// Down says that a link is gone.
	Down struct{ Link ID }

	// Frame is a frame that came in, with its type and without its length.
	Frame struct {
		Link ID
		Raw  []byte
	}

	// Drained says that what was sent over the link has left this machine, but for
	// Left bytes.
	Drained struct {
		Link ID
		Left int
	}

	// Durable says that events are on the disk now, and what their line is.
	// Own ones are among them, and those of a Take. They are in order.
	Durable struct {
		Branch model.Branch
		Events []storage.Durable
	}

	// Taken answers a Take. When Err is nil, Durable inputs told of its events
	// before.
	Taken struct {
		Take uint64
		Err  error
	}

	// ReadDone answers a Read. Events are what was asked for, none when it is not
	// there or cannot be read.
	ReadDone struct {
		Read   uint64
		Events []*model.Event
	}

	// LookDone answers a Look.
	LookDone struct {
		Look uint64
		Held []Held
	}

	// Writes says under which logs this room writes from now on.
	Writes struct{ Content, Membership model.LogID }

	// Members says what the membership makes of the devices that it knows; one that is
	// not in it is a stranger's. It comes at first and whenever it changes. While nobody is
	// in it, and before the first one, all are as members, and without limits.
	Members struct {
		Of map[model.DeviceKey]model.Device
	}

	// Hashed gives the state hashes that a Hash asked for: of the workspace, and of
	// each incident that lasts. Vector is the CountedDigest of all lines, as they were
	// at that moment.
	Hashed struct {
		Vector wire.Digest
		Hashes map[model.Scope]model.Hash
	}

	// Here says who has a console open in this room.
	Here struct{ Consoles []wire.Console }

	// Tick says that time passed; one every 250 ms is enough.
	Tick struct{}
)

// Held is an event of a line that stands at a number, for a Look.
type Held struct {
	Branch model.LogID
	Event  *model.Event // without its text
}

// The effects. They are to be carried out in their order.
type (
	// Send sends a frame over a link. Bulk ones may wait for others.
	Send struct {
		Link ID
		Raw  []byte // type and payload
	}

	// Close ends a link after what was sent before. Why is for people.
	Close struct {
		Link ID
		Why  model.Phrase
	}

	// Take makes a run durable: events that were checked, and follow event After of
	// the line Parent, at its end or in its midst. Then they begin a branch, whose id
	// is Branch. A new log's run has neither, and begins with its log.open.
	Take struct {
		Take   uint64
		Link   ID
		Log    model.LogID
		Branch model.LogID // the line that it goes on or begins
		Parent model.LogID // with Begins: the line that it leaves
		After  uint64
		Begins bool
		Events []*model.Event
	}

	// Read asks for events of the line that holds Tip, from a number on to Tip's, as
	// many as fit Bytes and at least one.
	Read struct {
		Read  uint64
		Tip   wire.Tip
		From  uint64
		Bytes int
	}

	// Look asks which events stand at the numbers from From to To of a log, in all its
	// lines.
	Look struct {
		Look     uint64
		Log      model.LogID
		From, To uint64
	}

	// Renew asks for new logs: this room may have forgotten what it wrote, or a copy
	// of it writes. No number of the old ones may be used again.
	Renew struct{ Reason model.OpenReason }

	// Hash asks for the state hashes of what is open, to tell peers.
	Hash struct{}

	// Differs says that a peer with the same events has another state of a scope: of
	// each peer and scope once, until they are the same again. Vector is the
	// CountedDigest of which both states are.
	Differs struct {
		Link      ID
		Scope     model.Scope
		Vector    wire.Digest
		Here, His model.Hash
	}

	// Agrees says that a peer of which Differs told has the same state again.
	Agrees struct {
		Link  ID
		Scope model.Scope
	}

	// Forked says that a log was written from two copies; each log once.
	Forked struct{ Fork model.Fork }

	// Consoles tells who has a console open at the peer; none when the link ends.
	Consoles struct {
		Link ID
		Here []wire.Console
	}

	// Changed says that Status has something new.
	Changed struct{}
)
