// Package model is the domain of warroom: commands, events, and the fold that
// turns events into what people see.
//
// It is pure. It does no I/O, starts no goroutine, reads no clock and makes no
// random number: time, identifiers and nonces come in as arguments. It imports
// the standard library, and the CBOR codec in codec.go alone. A test over
// `go list` keeps it so.
//
// The path of a person's act:
//
//	Command --Decide--> []Draft --Seal--> Event --Apply--> Incident --View--> screen
//
// State is never the truth; the events are. The fold gives the same state for
// the same set of events, in whatever order and however often they arrive.
package model
