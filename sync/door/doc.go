// Package door lets people into a running room: through a unix socket on this
// machine, and through SSH from anywhere. Both speak SSH, so that a console and a
// verb are the same thing at either.
//
// Who somebody is comes from the door and from nothing else: at the socket, the
// uid that the kernel says the other end has; over SSH, the key or certificate of
// the authentication that succeeded. Neither is read from anything that a client
// said before it was proved: keys that were only offered count for nothing
// (GHSA-pchf-49fh-w34r is what happens otherwise).
//
// A door runs no shell and no program, forwards nothing, and knows no subsystem.
// What a session may do is the business of the handler that it is given.
package door
