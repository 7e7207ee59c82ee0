// Package link connects a room with its peers: it finds them, proves who they are,
// carries frames both ways, and runs the engine (sync/peer) between them and the
// room.
//
//	peers.toml ──▶ Keeper ──dial──▶ carrier ──TLS──▶ Link ──frames──▶ Shell ──▶ engine
//	               gate ◀──knock── carrier                             │
//	                                                                   ▼ room
//
// A carrier is any stream of bytes that keeps its order: TCP, the standard input
// and output of ssh, or a pipe in memory. Inside each is TLS 1.3, in which both sides
// prove a device's key. There is no authority: a key is known by its pin.
package link
