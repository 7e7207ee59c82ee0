// Package wire is "warroom/1", what two rooms say to each other over a stream of
// bytes that keeps its order: the frames and what is in them. It does no I/O
// and decides nothing.
//
// A frame is the length of what follows in four bytes, at most MaxFrame, one byte
// for its type, and the payload. A reader skips types that it does not know.
// Numbers are big-endian.
package wire

import "warroom/model"

// Protocol is what is spoken; it is also the name in the TLS handshake.
const Protocol = "warroom/1"

// Version is the version of the protocol, from Oldest on, that this binary speaks.
const (
	Version = 1
	Oldest  = 1
)

// Limits.
const (
	// MaxFrame is the most that a frame's type and payload may take, in bytes.
	MaxFrame = 1 << 20
	// MaxRun is the most bytes of events that one frame is filled with, unless one event
	// alone is larger: 4 s of a link of 16 kB/s, so that pings come between.
	MaxRun = 64 << 10
	// MaxTips is how many tips one frame may have; a longer vector takes several.
	MaxTips = 16_384
	// MaxName is the length of a name or a version in bytes.
	MaxName = 128
	// MaxConsoles is how many consoles one Presence may tell of.
	MaxConsoles = 256
)

// Type says what a frame is.
type Type uint8

// The types of frames. The numbers are for ever. Those of joining, 2 to 5, stand before
// the first Hello and never after it.
const (
	TypeHello    Type = 1
	TypeJoin     Type = 2
	TypeProof    Type = 3
	TypeAdmit    Type = 4
	TypeRefuse   Type = 5
	TypeMembers  Type = 6 // a vector of membership logs
	TypeVector   Type = 7 // a vector of content logs
	TypeWant     Type = 8
	TypeEvents   Type = 9  // asked for
	TypeLive     Type = 10 // fresh, and not asked for
	TypeAck      Type = 11
	TypeFork     Type = 12
	TypeState    Type = 13
	TypePresence Type = 14
	TypePing     Type = 15
	TypePong     Type = 16
	TypeBye      Type = 17
)

// Message is one frame's content.
type Message interface{ Type() Type }

// Digest is the first 16 bytes of a SHA-256.
type Digest [16]byte

// Tip is the end of one line of a log, as its holder has it on its disk.
type Tip struct {
	Log  model.LogID
	Seq  uint64
	Hash model.ShortHash
}

// The messages.
type (
	// Hello is the first frame of each side.
	Hello struct {
		Oldest, Version uint16 // of the protocol
		// Features are reserved bits; unknown ones are left alone.
		Features  uint32
		Workspace model.WorkspaceID
		// Instance is of this process; Store of this store, another one in a copy.
		Instance, Store [16]byte
		// Wall is the sender's clock in ms since 1970.
		Wall int64
		// Fold is the sender's model.FoldVersion, Format its model.FormatVersion.
		Fold, Format uint16
		// Software names the sender's version.
		Software string
	}

	// Vector says what the sender holds: the tips of all lines of its logs. After the
	// first exchange it has only the logs that changed since the last one. The tips of a
	// log stand together, in one frame, and take the place of all that was told of it.
	Vector struct {
		// Members says that it is of membership logs alone, which come first.
		Members bool
		// Full says that what was told before is void. A vector that is longer than
		// one frame is Full in the first and not in the others.
		Full bool
		// Again asks the other side for its whole vector: what it told does not fit.
		Again bool
		// More says that another frame of the same vector follows; Digest counts only
		// without it.
		More bool
		// Digest is of all that the sender holds, as DigestOf makes it; not in a frame
		// with Members.
		Digest Digest
		Tips   []Tip
	}

	// Want asks for the events From and on of the line that ends at Tip, up to Credit
	// bytes of them.
	Want struct {
		Tip    Tip
		From   uint64
		Credit uint32
	}

	// Run is a contiguous run of events of one line, from one log.
	Run struct {
		// Fresh makes it a TypeLive frame, which nobody asked for.
		Fresh bool
		// Last says that this frame ends the answer to the want: there is no more of
		// what was asked, or the credit is used.
		Last   bool
		Log    model.LogID
		Events []*model.Event
	}

	// Ack says what the sender has on its disk now, of some logs, as a Vector does.
	Ack struct{ Tips []Tip }

	// Forked is the proof that a log was written from two copies.
	Forked struct{ Fork model.Fork }

	// State is the sender's digest of one incident, or of the workspace, to compare.
	State struct {
		Scope model.Scope
		// Vector is the digest of all that the sender holds; only the same can have
		// the same state.
		Vector Digest
		Fold   uint16
		Hash   model.Hash
	}

	// Presence is who has a console open in the sender's room.
	Presence struct{ Consoles []Console }

	// Ping asks for a Pong. T0 is the asker's clock in µs since 1970.
	Ping struct{ T0 int64 }

	// Pong answers a Ping: its T0, when it came in and when this left.
	Pong struct{ T0, T1, T2 int64 }

	// Bye ends the link.
	Bye struct{ Reason Reason }

	// Unknown is a frame of a type that a newer warroom sent.
	Unknown struct{ Kind Type }
)

// Console is an open console, as Presence tells of it.
type Console struct {
	Person   model.PersonID
	Via      model.Door
	Incident model.Scope
	Since    int64
	Active   int64
	Typing   bool
	Claimed  bool
}

// Reason says why a link ends.
type Reason uint8

// The reasons.
const (
	ByeClosing   Reason = iota + 1 // the room is closing
	ByeProtocol                    // a frame that must not be
	ByeWorkspace                   // another workspace
	ByeVersion                     // no version that both speak
	ByeSlow                        // nothing was read for too long
	ByeAgain                       // there is a newer link of the same peer
	ByeSelf                        // the peer has this store's own key
	ByeOut                         // the membership took the peer's device out
)

// Type is what the message is.
func (Hello) Type() Type { return TypeHello }

// Type is what the message is.
func (v Vector) Type() Type {
	if v.Members {
		return TypeMembers
	}
	return TypeVector
}

// Type is what the message is.
func (Want) Type() Type { return TypeWant }

// Type is what the message is.
func (r Run) Type() Type {
	if r.Fresh {
		return TypeLive
	}
	return TypeEvents
}

// Type is what the message is.
func (Ack) Type() Type { return TypeAck }

// Type is what the message is.
func (Forked) Type() Type { return TypeFork }

// Type is what the message is.
func (State) Type() Type { return TypeState }

// Type is what the message is.
func (Presence) Type() Type { return TypePresence }

// Type is what the message is.
func (Ping) Type() Type { return TypePing }

// Type is what the message is.
func (Pong) Type() Type { return TypePong }

// Type is what the message is.
func (Bye) Type() Type { return TypeBye }

// Type is what the message is.
func (u Unknown) Type() Type { return u.Kind }
