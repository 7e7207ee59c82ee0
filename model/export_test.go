package model

import (
	"crypto/ed25519"
	"crypto/sha256"
)

// What tests from outside need of the inside.

// CommonOf gives the fields that every body has.
func CommonOf(b Body) *Common { return b.common() }

// UnknownBody is a body of a kind that this binary does not know.
func UnknownBody(k Kind) Body { return &Unknown{kind: k} }

// NewBody is the empty body of a kind.
func NewBody(k Kind) Body { return newBody(k) }

// SealRaw signs any body bytes at all, as a newer or a hostile author could.
func SealRaw(s Signer, head Head, kind Kind, scope Scope, body []byte, nowMS int64) (*Event, Head) {
	return Resign(s, &Event{Body: body, Envelope: Envelope{
		Version: FormatVersion, Kind: kind, Seq: head.Seq + 1, Clock: head.Clock.Next(nowMS), Wall: nowMS,
		Log: head.Log, Scope: scope, Prev: head.Hash,
	}})
}

// Resign makes the event's bytes and signature anew from its envelope and body.
func Resign(s Signer, e *Event) (*Event, Head) {
	e.BodyHash, e.BodyLen = sha256.Sum256(e.Body), uint32(len(e.Body))
	return ResignEnvelope(s, e)
}

// ResignEnvelope is Resign that leaves the body's hash and length as they are.
func ResignEnvelope(s Signer, e *Event) (*Event, Head) {
	e.Sig = [64]byte{}
	e.put(&e.Raw)
	copy(e.Sig[:], ed25519.Sign(s.Key, e.signedBytes(s.Workspace)))
	copy(e.Raw[signedSize:], e.Sig[:])
	return e, Head{Log: e.Log, Seq: e.Seq, Hash: e.Hash(), Clock: e.Clock}
}

// Judged is what the membership was judged to be: another one when it was judged anew.
func (p *People) Judged() any { return p.judge() }

// RefByLibrary reads a reference without the reader by hand.
func RefByLibrary(raw []byte) (r Ref, err error) { return r, decMode.Unmarshal(raw, (*refRow)(&r)) }

// RefBytesByLibrary writes a reference without the writer by hand.
func RefBytesByLibrary(r Ref) ([]byte, error) { return encMode.Marshal(refRow(r)) }
