package door

import "golang.org/x/sys/unix"

// uidOf asks the kernel who is at the other end of a unix socket.
func uidOf(fd int) (uint32, error) {
	cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return 0, err
	}
	return cred.Uid, nil
}
