package door

import (
	"errors"
	"net"
	"syscall"
)

// errNotSocket is a connection that has no uid at its other end.
var errNotSocket = errors.New("not a unix socket")

// peerUID is the uid of the process at the other end of a unix socket.
func peerUID(c net.Conn) (uid uint32, err error) {
	for {
		k, ok := c.(interface{ raw() net.Conn })
		if !ok {
			break
		}
		c = k.raw()
	}
	sc, ok := c.(syscall.Conn)
	if _, unix := c.(*net.UnixConn); !ok || !unix {
		return 0, errNotSocket
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return 0, err
	}
	if ctrl := raw.Control(func(fd uintptr) { uid, err = uidOf(int(fd)) }); ctrl != nil {
		return 0, ctrl
	}
	return uid, err
}

// PeerUID is the uid of the process at the other end of a unix socket: for a
// client that wants to know whose room it is before it says anything.
func PeerUID(c net.Conn) (uint32, error) { return peerUID(c) }
