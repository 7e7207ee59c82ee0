package model

import "slices"

// Peers is what a room knows of the rooms that it is linked with; immutable. It is
// no part of the state: each room sees its own links.
type Peers struct {
	All []Peer
	// Unshared counts this room's own events that no other device has yet.
	Unshared int
	// Behind counts the events that peers have told of and this room has not.
	Behind int
	// Forks are the logs that were written from two copies.
	Forks []ForkedLog
	// Ended are the lines that count only before a number.
	Ended []EndedLog
	// Slowed are the devices of whose events some are not fetched now.
	Slowed []Slowed
	// saved says, by log, up to which number each peer has it, in rising order.
	saved map[LogID][]uint64
}

// LinkState is how a link stands.
type LinkState uint8

// The states of a link.
const (
	LinkOffline LinkState = iota
	LinkConnecting
	// LinkBehind is a link over which something is still on its way, in either
	// direction.
	LinkBehind
	LinkLive
)

// Peer is another room as this one sees it now.
type Peer struct {
	// Name is what the file of peers calls it.
	Name   string
	Device DeviceKey // zero until it is known
	Pin    Hash      // SHA-256 of its public key, as the file says
	State  LinkState
	// Since is when the link came to be up or down, in ms since 1970; 0 when it was
	// never up.
	Since int64
	// Addresses are those of the file; Route is the one that is in use, or was tried
	// last.
	Addresses []string
	Route     string
	// Problem is why the last try failed; the zero Phrase for none.
	Problem Phrase
	// Behind is how many events it has told of that this room has not; Lacks how many
	// of this room's it has not.
	Behind, Lacks int
	// RTT is how long an answer takes, in µs; 0 until it is known.
	RTT int64
	// Offset is how far its clock is ahead of this one, in ms; it counts once
	// RTT is known.
	Offset int64
	// Version is the software there, Old that this room's is newer in a way that
	// matters: it writes or reads less.
	Version string
	Old     bool
	// Differs are the scopes of which it has another state though it has the same
	// events.
	Differs []Scope
}

// ClockOff is how far another clock may be off before people are told, in ms: more
// than a bad NTP leaves, and less than what makes a timeline read wrong.
const ClockOff = 5_000

// ClockWrong reports a peer whose clock, or this one's, is so far off that people
// must know.
func (p Peer) ClockWrong() bool { return p.RTT > 0 && (p.Offset > ClockOff || p.Offset < -ClockOff) }

// ForkedLog is a log that was written from two copies of a store.
type ForkedLog struct {
	Log    LogID
	Seq    uint64
	Device DeviceKey
	// Person is whose device it is, zero where that is not known. At is when the
	// first of the two events was recorded, in ms since 1970.
	Person PersonID
	At     int64
}

// EndedLog is a line of a log that counts only before the event at From, because
// the signature of that event is bad.
type EndedLog struct {
	Log    LogID
	From   uint64
	Device DeviceKey
	// Person is whose device it is, zero where that is not known.
	Person PersonID
}

// NewPeers puts together what is known. saved says, by log, up to which number
// each peer has it; it is kept and must not change.
func NewPeers(all []Peer, unshared, behind int, forks []ForkedLog, saved map[LogID][]uint64) *Peers {
	return &Peers{All: all, Unshared: unshared, Behind: behind, Forks: forks, saved: saved}
}

// Devices is on how many devices an event is saved, this one among them, as far as
// they have said so. nil knows of this one alone.
func (p *Peers) Devices(ref Ref) int {
	n := 1
	if p == nil {
		return n
	}
	for _, seq := range p.saved[ref.Log] {
		if seq >= ref.Seq {
			n++
		}
	}
	return n
}

// Tells reports that a log is among those that are told to end; nil tells of none.
func (p *Peers) Tells(log LogID) bool {
	return p != nil && slices.ContainsFunc(p.Ended, func(e EndedLog) bool { return e.Log == log })
}

// Linked counts the peers with a link that is up.
func (p *Peers) Linked() int {
	n := 0
	if p == nil {
		return n
	}
	for i := range p.All {
		if p.All[i].State >= LinkBehind {
			n++
		}
	}
	return n
}

// State is how the room stands to its peers: offline when no link is up, behind
// while something is on its way, else live. A room without peers has LinkOffline;
// ask for len(All) first.
func (p *Peers) State() LinkState {
	if p.Linked() == 0 {
		return LinkOffline
	}
	for i := range p.All {
		if p.All[i].State == LinkBehind {
			return LinkBehind
		}
	}
	return LinkLive
}
