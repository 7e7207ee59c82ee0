// Package invite is how somebody who is in no workspace yet is let in: the text that
// is handed over, the proof that one has it, the four words that two people compare,
// and the desk of the room that made it. It does no I/O, and has no clock and no
// randomness of its own.
//
// The text has a secret in it, which is never sent: who asks shows by a MAC over what
// is of this one connection alone that they have it. It opens no door by itself: a
// person at the other end lets in or turns away.
package invite

import (
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"warroom/model"
	"warroom/sync/typed"
)

// Invite is what the text says.
type Invite struct {
	Workspace model.WorkspaceID
	// Pin is SHA-256 of the public key of the device that made it: who answers with
	// another key is somebody else.
	Pin    model.Hash
	Token  model.TokenID
	Secret Secret
	// Expires is in whole minutes. It is by the clock of who made it, who decides.
	Expires time.Time
	// Addresses are tried in turn: host:port, or "ssh:" and a host that ssh knows.
	Addresses []string
}

// Limits of an invite.
const (
	MaxAddresses = 3
	// MaxAddress is the length of an address in bytes.
	MaxAddress = 255
)

// What can be wrong with a text. No error has anything of the text in it.
var (
	// ErrNoInvite is a text that is none.
	ErrNoInvite = typed.ErrNone
	// ErrNewer is an invite of a newer warroom.
	ErrNewer = typed.ErrNewer
	// ErrLength is an invite of which a part is missing, or has something behind it.
	ErrLength = typed.ErrLength
	// ErrMistyped is an invite with another sum than its own.
	ErrMistyped = typed.ErrMistyped
	// ErrMake is an invite that cannot be written: no workspace or pin, too many
	// addresses, or one that is none.
	ErrMake = errors.New("no such invite can be made")
)

const (
	leastSize = 32 + 32 + 8 + SecretSize + 4 + 1
	mostSize  = leastSize + MaxAddresses*(1+MaxAddress)
)

var form = typed.Form{Mark: "wr1-", Domain: "warroom invite v1", Least: leastSize, Most: mostSize}

// Text is the invite as one word: with the secret, for the one person who is
// invited. It fails with ErrMake.
func (i Invite) Text() (string, error) {
	minutes := i.Expires.Unix() / 60
	if i.Workspace == (model.WorkspaceID{}) || i.Pin == (model.Hash{}) || i.Secret.IsZero() || len(i.Addresses) > MaxAddresses ||
		minutes < 0 || minutes > 1<<32-1 {
		return "", ErrMake
	}
	raw := make([]byte, 0, leastSize)
	raw = append(raw, i.Workspace[:]...)
	raw = append(raw, i.Pin[:]...)
	raw = append(raw, i.Token[:]...)
	raw = append(raw, i.Secret.bytes()...)
	raw = binary.BigEndian.AppendUint32(raw, uint32(minutes))
	raw = append(raw, byte(len(i.Addresses)))
	for _, a := range i.Addresses {
		if !GoodAddress(a) {
			return "", ErrMake
		}
		raw = append(raw, byte(len(a)))
		raw = append(raw, a...)
	}
	return form.Text(raw), nil
}

// String names the invite without its secret.
func (i Invite) String() string { return "invite " + typed.Letters.EncodeToString(i.Token[:]) }

// GoString is String.
func (i Invite) GoString() string { return i.String() }

// GoodAddress reports what may stand in an invite as an address. Whether it can be
// dialed is for who dials to see.
func GoodAddress(address string) bool {
	bare := strings.TrimPrefix(address, "ssh:")
	if bare == "" || len(address) > MaxAddress || bare[0] == '-' {
		return false
	}
	for _, c := range []byte(bare) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

// Parse reads an invite as it was pasted or typed: capitals are as good, and blanks
// and line breaks in its midst do not count. It fails with ErrNoInvite, ErrNewer,
// ErrLength or ErrMistyped.
func Parse(text string) (Invite, error) {
	raw, err := form.Read(text)
	if raw == nil {
		return Invite{}, err
	}
	i, whole := read(raw)
	switch {
	case err != nil && !whole:
		return Invite{}, ErrLength
	case err != nil, !whole:
		return Invite{}, ErrMistyped
	}
	if _, err := i.Text(); err != nil {
		return Invite{}, ErrMistyped
	}
	return i, nil
}

// read reads an invite without its sum, and says whether its length is as it says.
func read(raw []byte) (i Invite, whole bool) {
	take := func(n int) []byte {
		out := raw[:n]
		raw = raw[n:]
		return out
	}
	i.Workspace, i.Pin, i.Token = model.WorkspaceID(take(32)), model.Hash(take(32)), model.TokenID(take(8))
	i.Secret = NewSecret([SecretSize]byte(take(SecretSize)))
	i.Expires = time.Unix(int64(binary.BigEndian.Uint32(take(4)))*60, 0).UTC()
	n := int(take(1)[0])
	if n > MaxAddresses {
		return i, false
	}
	for range n {
		if len(raw) == 0 || len(raw) < 1+int(raw[0]) {
			return i, false
		}
		i.Addresses = append(i.Addresses, string(take(int(take(1)[0]))))
	}
	return i, len(raw) == 0
}
