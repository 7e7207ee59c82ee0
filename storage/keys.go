package storage

import (
	"encoding/binary"

	"warroom/model"
)

// Format is the version of what is kept. A store of a later one is not opened; a
// store of every earlier one is, and is of this one from then on.
//
//	1  the layout below, with events of version 0
//	2  events of version 1 too, which what knows only format 1 cannot read
const Format = 2

// Layout is the version of the layout below. It stands at the head of Badger's
// MANIFEST, where it can be read before Badger writes anything.
const Layout = 1

// The layout of the keys. Integers are big-endian, so that keys sort as their
// numbers do. Only e, b, l, f, q and the settings under c are the truth; h, t, k, s
// and a can be made anew.
//
//	e | line16 | seq8                 envelope (192 B), body, effective clock (8 B)
//	b | line16 | seq8                 salt and free text; removable
//	h | line16                        the line's end: see encodeHead
//	l | line16                        what the log.open in it said: Opening
//	f | line16                        a branch, or a line that ends: line
//	q | line16 | seq8                 the event stands apart; no value
//	t | scope16 | eff8 | hash16       the timeline: line16, seq8
//	k | scope16 | eff8 | hash16       of the timeline, what is no plain entry: line16, seq8
//	a | log16 | seq8 | hash16         an event that is not held, and one that names it: no value
//	    | line16 | seq8
//	s | scope16 | field               materialised fields of an incident
//	c | name                          settings; "format", "journal", "host" and "acts" are the store's own
//
// A line is a log's own, whose id is the log's, or a branch of it, whose id is
// made from its first event (model.BranchID).
//
// The effective clock stands with the event so that its place in the timeline
// can be found, and left, when the event moves. The timeline sorts by the
// event's hash below the clock, as the fold does.
//
// Kept for later:
//
//	m | ...                           materialised membership
//	p | device32                      a peer: addresses, last vector, clock offset
const (
	keyEvent    = 'e'
	keyText     = 'b'
	keyHead     = 'h'
	keyOpening  = 'l'
	keyLine     = 'f'
	keyApart    = 'q'
	keyAwait    = 'a'
	keyTimeline = 't'
	keyActs     = 'k'
	keyState    = 's'
	keySetting  = 'c'
)

// fieldRow is the field of an incident that holds its row in the list.
const fieldRow = 0

// Settings that are the store's own: the format, the ordinal of the last commit
// of the journal that the database has, where the store is, and the ordinal of the
// last commit that is in the index of acts. A warroom that knows no such index
// leaves that one behind.
const (
	settingFormat  = "format"
	settingJournal = "journal"
	settingHost    = "host"
	settingActs    = "acts"
)

var ownSettings = []string{settingFormat, settingJournal, settingHost, settingActs}

// Sizes in bytes.
const (
	clockSize   = 8
	seqSize     = 8
	logKeySize  = 1 + model.IDSize
	timelineKey = 1 + model.IDSize + clockSize + model.IDSize

	awaitKeySize = logKeySize + seqSize + model.IDSize + model.IDSize + seqSize
)

func logKey(kind byte, line model.LogID) []byte {
	return append([]byte{kind}, line[:]...)
}

func seqKey(kind byte, line model.LogID, seq uint64) []byte {
	return appendSeqKey(make([]byte, 0, logKeySize+seqSize), kind, line, seq)
}

func appendSeqKey(k []byte, kind byte, line model.LogID, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(append(append(k, kind), line[:]...), seq)
}

// seqPlace is the place in a seqKey.
func seqPlace(key []byte) (place, bool) {
	if len(key) != logKeySize+seqSize {
		return place{}, false
	}
	return place{model.LogID(key[1:]), binary.BigEndian.Uint64(key[logKeySize:])}, true
}

// indexPrefix begins the keys of a scope in an index: the timeline's or the acts'.
func indexPrefix(index byte, scope model.Scope) []byte {
	return append([]byte{index}, scope[:]...)
}

func placeKey(index byte, scope model.Scope, eff model.Clock, hash model.ShortHash) []byte {
	return appendPlaceKey(make([]byte, 0, timelineKey), index, scope, eff, hash)
}

func appendPlaceKey(k []byte, index byte, scope model.Scope, eff model.Clock, hash model.ShortHash) []byte {
	k = append(append(k, index), scope[:]...)
	k = binary.BigEndian.AppendUint64(k, uint64(eff))
	return append(k, hash[:]...)
}

// placeClock is the effective clock in a timeline key.
func placeClock(key []byte) model.Clock {
	return model.Clock(binary.BigEndian.Uint64(key[1+model.IDSize:]))
}

func rowKey(scope model.Scope) []byte {
	k := make([]byte, 0, logKeySize+1)
	k = append(append(k, keyState), scope[:]...)
	return append(k, fieldRow)
}

func settingKey(name string) []byte {
	return append([]byte{keySetting}, name...)
}
