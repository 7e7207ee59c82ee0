package sim

import (
	"warroom/storage"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// Defect is a bug that is planted, so that tests can show that it is found.
type Defect uint8

// The defects.
const (
	NoDefect Defect = iota
	// NoTipHash compares vectors by numbers alone.
	NoTipHash
	// EarlyAnswer tells people that an act is saved before the disk says so.
	EarlyAnswer
	// OwnClock orders events by their own clock, whatever they name.
	OwnClock
	// NoRenewal goes on under the same log after a store was put back.
	NoRenewal
	// LostAck loses one acknowledgement in five.
	LostAck
	// NoCut folds what devices write that may not.
	NoCut
	// NoCheck believes the signatures in the midst of a run.
	NoCheck
)

func (d Defect) engine() peer.Defect {
	if d == NoTipHash {
		return peer.NoTipHash
	}
	return peer.NoDefect
}

// drops reports a frame that is lost.
func (d Defect) drops(w *world, raw []byte) bool {
	return d == LostAck && wire.Type(raw[0]) == wire.TypeAck && w.chance(20)
}

// place spoils where an event stands.
func (d Defect) place(p *storage.Placed) {
	if d == OwnClock {
		p.Eff = p.Event.Clock
	}
}
