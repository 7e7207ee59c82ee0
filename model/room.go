package model

import (
	"context"
	"slices"
	"sort"
)

// Actor is who asks for something, and through which door. It comes from the
// door, never from what somebody typed.
type Actor struct {
	Person PersonID
	Via    Door
}

// Receipt is what a command did: the events are on disk.
type Receipt struct {
	// Incident is the one that was opened or changed; zero for none.
	Incident Scope
	// Opened reports that the command opened it.
	Opened bool
	// Refs are the events written; none means that there was nothing to do.
	Refs []Ref
}

// Nothing reports a command that changed nothing.
func (r Receipt) Nothing() bool { return len(r.Refs) == 0 }

// Overview is everything about a room but the incidents' own logs: immutable.
type Overview struct {
	// Rows are the incidents in the order of the list.
	Rows   []Summary
	People *Roster
	// AllOpen says that no row is of a restricted incident. When it is not set, each
	// row is looked at.
	AllOpen bool
	// Keys are the incidents' short names.
	Keys map[Scope]string
	// Me is the person at this console, Access what this person may do.
	Me     PersonID
	Access Access
	// Here are the consoles that are open, by person and then by how long they
	// have been, this one among them.
	Here []Presence
	// Calls are the last times that somebody was called by name, the newest last.
	Calls []Call
	// Pages are those that somebody is to answer, the oldest first.
	Pages []PageCall
	// Pager says that this room can send pages.
	Pager bool
	// Newer counts the events that need a newer warroom.
	Newer int
	// Loading reports that the rows are not complete yet.
	Loading bool
	// Out says that this room's device has no part in the workspace, or not any more:
	// what is here is shown, and nothing that is done here would count.
	Out bool
	// Peers is what is known of the rooms that this one is linked with; nil for a room
	// that has none.
	Peers *Peers
	// Waiting are the devices that ask to come in, the first first; for those alone who
	// may let somebody in.
	Waiting []Waiting
	// HeldBack is what is kept and does not count, because who wrote it may not, or not
	// any more. Warnings say it too.
	HeldBack []HeldBack
	// Warnings are what everybody in the room must know of the machine that
	// keeps it, the worst first: a disk that is full, something that is missing.
	Warnings []Phrase
	// Own are what whoever runs the room must know besides, and nobody else: their
	// config is not what it was meant to be.
	Own []Phrase
	// Version rises with every change.
	Version uint64
}

// Faults are what the reader must know of the machine that keeps the room, the worst
// first.
func (o *Overview) Faults() []Phrase { return slices.Concat(o.Warnings, o.Own) }

// Row finds an incident's row.
func (o *Overview) Row(id Scope) (Summary, bool) {
	for i := range o.Rows {
		if o.Rows[i].ID == id {
			return o.Rows[i], true
		}
	}
	return Summary{}, false
}

// OpenRows are the rows of the incidents that last. They stand before all others,
// so they are a part of Rows, which the caller leaves as it is.
func (o *Overview) OpenRows() []Summary {
	n := sort.Search(len(o.Rows), func(i int) bool { return o.Rows[i].Status.Over() })
	return slices.Clip(o.Rows[:n])
}

// Room is the running thing behind every screen and verb. All its methods are
// safe to call from any goroutine.
type Room interface {
	// Do decides a command and makes it durable before it returns. The incident
	// is the zero Scope for a command about none. A refusal is an *Error; then
	// nothing was written.
	Do(ctx context.Context, who Actor, incident Scope, c Command) (Receipt, error)
	// Overview gives the room as it stands; it does not wait.
	Overview() *Overview
	// Incident gives an incident as it stands, reading it from the store when it
	// is not in memory. Unknown incidents are refused with CodeIncidentUnknown.
	Incident(ctx context.Context, id Scope) (*View, error)
	// Watch tells of changes.
	Watch() Watch
}

// Pager gives a part of a long incident, which is there at once, and more of it
// at need. A room that keeps its events in a store is one.
type Pager interface {
	// Glance gives an incident as it stands, as Incident does, with the last lines
	// of its log; View.Earlier says how many there are before them. What was
	// loaded once is given as long as it is in memory.
	Glance(ctx context.Context, id Scope) (*View, error)
	// Older is Glance with at least the n events before those that are loaded.
	Older(ctx context.Context, id Scope, n int) (*View, error)
}

// Archive gives what an incident's log is proved by; a room that keeps its events
// has one.
type Archive interface {
	// Evidence reads an incident's events as they were signed. Unknown incidents
	// are refused with CodeIncidentUnknown.
	Evidence(ctx context.Context, id Scope) (Evidence, error)
}

// Watch is one subscriber's bell. It says that something changed since it last
// rang, never what: the subscriber then reads the room. A subscriber that does
// not listen is not waited for.
type Watch interface {
	// C receives when something changed.
	C() <-chan struct{}
	// Close ends the watch.
	Close()
}
