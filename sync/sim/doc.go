// Package sim runs several rooms in one goroutine, on a clock, a network and disks
// that are made up, and breaks what can break: links, disks, clocks, copies of
// stores, members who lie. A seed decides all of it, so that a run can be repeated
// step by step.
//
// What is simulated is what surrounds the rooms. The rules are the product's own:
// the engine of sync/peer, the lines of sync/replica, the codec of sync/wire, the
// store of storage.Memory and the fold of model.State.
//
//	people ──▶ node ──▶ disk ──sync──▶ durable ──▶ engine ──▶ network ──▶ other nodes
//	                                      │
//	                                   oracles
//
// When the faults have ended, all that is left is linked and given time. Then the
// oracles say whether a promise was broken: what was said to be saved is there,
// everybody has the same, and the same events mean the same.
package sim
