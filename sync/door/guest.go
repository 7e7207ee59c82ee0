package door

import (
	"encoding/base64"
	"errors"
	"strconv"

	gossh "golang.org/x/crypto/ssh"
)

// Guest is somebody at a door, as the door has proved them to be. It says nothing
// about what they may do.
type Guest struct {
	// Local reports the socket on this machine; otherwise it is SSH.
	Local bool
	// UID is the user id of the process at the other end of the socket.
	UID uint32
	// Key is the public key that signed, in wire format; of a certificate, the key
	// that it certifies.
	Key []byte
	// Principal is the name that a certificate of a trusted authority gives.
	Principal string
	// Listed is what the file of keys says about the key, the zero value for a key
	// that is not in it.
	Listed Listed
	// User is the login that the client asked for over SSH. It proves nothing.
	User string
	// From is the address of the other end, for the log.
	From string
}

// Listed is a line of the file of keys.
type Listed struct {
	Name   string // whose key it is
	Access string // "" for the default
}

// Fingerprint names the key in logs: SHA256 and base64, as ssh-keygen -l shows it.
// It is "" at the socket.
func (g Guest) Fingerprint() string {
	if len(g.Key) == 0 {
		return ""
	}
	key, err := gossh.ParsePublicKey(g.Key)
	if err != nil {
		return ""
	}
	return gossh.FingerprintSHA256(key)
}

// Names of the facts in the Permissions of an authentication. Permissions belong
// to one attempt: those of the attempt that succeeded are the connection's.
const (
	factDoor      = "door@warroom"
	factUID       = "uid@warroom"
	factKey       = "key@warroom"
	factPrincipal = "principal@warroom"
	factName      = "name@warroom"
	factAccess    = "access@warroom"

	doorSocket = "socket"
	doorSSH    = "ssh"
)

// errNobody is a connection whose authentication left no proof: it must not be
// served.
var errNobody = errors.New("the connection proves nobody")

// permissions writes down what was proved.
func (g Guest) permissions() *gossh.Permissions {
	facts := map[string]string{factDoor: doorSSH}
	if g.Local {
		facts[factDoor], facts[factUID] = doorSocket, strconv.FormatUint(uint64(g.UID), 10)
	}
	for name, value := range map[string]string{
		factKey: base64.StdEncoding.EncodeToString(g.Key), factPrincipal: g.Principal,
		factName: g.Listed.Name, factAccess: g.Listed.Access,
	} {
		if value != "" {
			facts[name] = value
		}
	}
	return &gossh.Permissions{Extensions: facts}
}

// guestOf reads the guest from the permissions of the successful authentication,
// and from nothing else.
func guestOf(conn *gossh.ServerConn) (Guest, error) {
	if conn.Permissions == nil {
		return Guest{}, errNobody
	}
	facts := conn.Permissions.Extensions
	g := Guest{
		Principal: facts[factPrincipal], Listed: Listed{facts[factName], facts[factAccess]},
		User: conn.User(), From: conn.RemoteAddr().String(),
	}
	switch facts[factDoor] {
	case doorSocket:
		uid, err := strconv.ParseUint(facts[factUID], 10, 32)
		if err != nil {
			return Guest{}, errNobody
		}
		g.Local, g.UID = true, uint32(uid)
	case doorSSH:
		key, err := base64.StdEncoding.DecodeString(facts[factKey])
		if err != nil || len(key) == 0 {
			return Guest{}, errNobody
		}
		g.Key = key
	default:
		return Guest{}, errNobody
	}
	return g, nil
}
