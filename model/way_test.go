package model_test

import (
	"bytes"
	"encoding/binary"
)

// sshKey is an ed25519 public key in ssh's wire format.
func sshKey(seed byte) []byte {
	field := func(out, b []byte) []byte {
		return append(binary.BigEndian.AppendUint32(out, uint32(len(b))), b...)
	}
	return field(field(nil, []byte("ssh-ed25519")), bytes.Repeat([]byte{seed}, 32))
}
