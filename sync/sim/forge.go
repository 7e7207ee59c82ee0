package sim

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"

	"warroom/model"
)

// signed is how much of an envelope its signature covers, and what stands before it.
const (
	signed       = 128
	signedDomain = "warroom event v1\x00"
)

// forge signs what an author who keeps no rule may sign: whatever the envelope says
// stands in the event. Body and its hash are put in; a text is not.
func forge(s model.Signer, v model.Envelope, body []byte) *model.Event {
	v.BodyHash, v.BodyLen = sha256.Sum256(body), uint32(len(body))
	e := &model.Event{Envelope: v, Body: body}
	raw := &e.Raw
	raw[0], raw[1] = v.Version, v.Flags
	binary.BigEndian.PutUint16(raw[2:], uint16(v.Kind))
	binary.BigEndian.PutUint64(raw[4:], v.Seq)
	binary.BigEndian.PutUint64(raw[12:], uint64(v.Clock))
	binary.BigEndian.PutUint64(raw[20:], uint64(v.Wall))
	copy(raw[28:], v.Log[:])
	copy(raw[44:], v.Scope[:])
	copy(raw[60:], v.Prev[:])
	copy(raw[92:], v.BodyHash[:])
	binary.BigEndian.PutUint32(raw[124:], v.BodyLen)
	copy(e.Sig[:], signs(s, raw))
	copy(raw[signed:], e.Sig[:])
	return e
}

// signs makes the signature of an envelope.
func signs(s model.Signer, raw *[model.EnvelopeSize]byte) []byte {
	msg := append([]byte(signedDomain), s.Workspace[:]...)
	return ed25519.Sign(s.Key, append(msg, raw[:signed]...))
}

// spoil gives an event another signature, which does not verify.
func spoil(e *model.Event) {
	e.Sig[7] ^= 0x40
	copy(e.Raw[signed:], e.Sig[:])
}
