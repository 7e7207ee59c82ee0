package model

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Sizes in bytes of the identifiers that stand in events.
const (
	IDSize   = 16
	HashSize = 32
)

type (
	// LogID names one log: the events that one incarnation of one store wrote.
	LogID [IDSize]byte
	// Scope says what an event is about: an incident, or the workspace itself
	// (the first 16 bytes of its id).
	Scope [IDSize]byte
	// PersonID names a person; a display name is only a register on it.
	PersonID [IDSize]byte
	// Nonce is 16 random bytes that the caller supplies.
	Nonce [IDSize]byte
	// Salt is the 16 random bytes that stand with a free text, so that the hash
	// in the signed body tells nothing of a short text once both are removed.
	Salt [IDSize]byte
	// Hash is a SHA-256.
	Hash [HashSize]byte
	// ShortHash is the first 16 bytes of an event's hash, as references carry it.
	ShortHash [IDSize]byte
	// WorkspaceID names a workspace.
	WorkspaceID [HashSize]byte
	// DeviceKey is a device's Ed25519 public key.
	DeviceKey [ed25519.PublicKeySize]byte
)

// Short is the form of a hash that references carry.
func (h Hash) Short() ShortHash { return ShortHash(h[:IDSize]) }

func (id LogID) String() string           { return hex.EncodeToString(id[:]) }
func (s Scope) String() string            { return hex.EncodeToString(s[:]) }
func (p PersonID) String() string         { return hex.EncodeToString(p[:]) }
func (h Hash) String() string             { return hex.EncodeToString(h[:]) }
func (h ShortHash) String() string        { return hex.EncodeToString(h[:]) }
func (w WorkspaceID) String() string      { return hex.EncodeToString(w[:]) }
func (p PersonID) IsZero() bool           { return p == PersonID{} }
func (s Scope) IsZero() bool              { return s == Scope{} }
func (w WorkspaceID) Scope() Scope        { return Scope(w[:IDSize]) }
func (k DeviceKey) Bytes() []byte         { return k[:] }
func (k DeviceKey) String() string        { return hex.EncodeToString(k[:]) }
func (s Scope) Compare(o Scope) int       { return strings.Compare(string(s[:]), string(o[:])) }
func (h ShortHash) Less(o ShortHash) bool { return string(h[:]) < string(o[:]) }

// Ref points at one event: where it stands in which log, and the start of its
// hash, so that a reference into a forked log says which branch it means.
type Ref struct {
	_    struct{} `cbor:",toarray"`
	Log  LogID
	Seq  uint64
	Hash ShortHash
}

// IsZero reports whether the reference points at nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// String is the form people and scripts use: eight hexadecimal digits of the
// event's hash, enough to find it in one incident.
func (r Ref) String() string { return hex.EncodeToString(r.Hash[:4]) }

func derive(label string, parts ...[]byte) (h Hash) {
	d := sha256.New()
	d.Write([]byte(label))
	for _, p := range parts {
		d.Write(p)
	}
	d.Sum(h[:0])
	return h
}

// NewLogID is the id of the log that the device opens with the nonce. Nobody
// else can open a log under this id, because it binds the device's key.
func NewLogID(key DeviceKey, nonce Nonce) LogID {
	h := derive("warroom log v1", key[:], nonce[:])
	return LogID(h[:IDSize])
}

// NewWorkspaceID is the id of the workspace that the founder begins with the nonce.
func NewWorkspaceID(founder DeviceKey, nonce Nonce) WorkspaceID {
	return WorkspaceID(derive("warroom workspace v1", founder[:], nonce[:]))
}

// NewIncidentID is the id of the incident that the log opens with the nonce.
func NewIncidentID(log LogID, nonce Nonce) Scope {
	h := derive("warroom incident v1", log[:], nonce[:])
	return Scope(h[:IDSize])
}

// NewPersonID is the id of the person that the log adds with the nonce.
func NewPersonID(log LogID, nonce Nonce) PersonID {
	h := derive("warroom person v1", log[:], nonce[:])
	return PersonID(h[:IDSize])
}
