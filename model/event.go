package model

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"unicode/utf8"
)

// Sizes and limits of an event, in bytes.
const (
	EnvelopeSize = 192
	signedSize   = 128 // what the signature covers besides the domain and workspace
	MaxBody      = 65_536
	MaxText      = 60_000
)

// FormatVersion is the envelope version that this binary writes. From 1 on every
// version is decodable for ever; 0 was written until membership was built, and has
// the same layout.
const FormatVersion = 1

// Flags of an envelope. Unknown bits are kept.
const (
	FlagText     = 1 << 0 // a free text stands beside the body
	FlagSealed   = 1 << 1 // the text is sealed to the members of a restricted incident
	FlagImported = 1 << 2 // the event was written elsewhere and imported
)

const signDomain = "warroom event v1\x00"

// Envelope is the fixed part of an event; its 192 bytes are
//
//	off  len
//	0    1   version
//	1    1   flags
//	2    2   kind
//	4    8   seq, from 1, contiguous in a log
//	12   8   hybrid clock
//	20   8   wall clock in ms as the author's machine showed it (display only)
//	28   16  log id
//	44   16  scope
//	60   32  prev, SHA-256 of the whole previous envelope; zeros at seq 1
//	92   32  SHA-256 of the body
//	124  4   body length
//	128  64  Ed25519 signature
//
// with all integers big-endian.
type Envelope struct {
	Version  uint8
	Flags    uint8
	Kind     Kind
	Seq      uint64
	Clock    Clock
	Wall     int64
	Log      LogID
	Scope    Scope
	Prev     Hash
	BodyHash Hash
	BodyLen  uint32
	Sig      [ed25519.SignatureSize]byte
}

// Event is one act as it was signed. The envelope and body are kept byte for
// byte and never encoded again; salt and text may be removed together, which
// is redaction.
type Event struct {
	Envelope
	// Raw is the envelope's bytes.
	Raw [EnvelopeSize]byte
	// Body is CBOR in core deterministic encoding.
	Body []byte
	// Salt and Text stand beside the signed body. Text is nil when the event
	// has none, or had one that was removed.
	Salt Salt
	Text []byte
}

// Hash is the SHA-256 of the whole envelope, signature included.
func (e *Event) Hash() Hash { return sha256.Sum256(e.Raw[:]) }

// Ref is the reference to this event.
func (e *Event) Ref() Ref { return Ref{Log: e.Log, Seq: e.Seq, Hash: e.Hash().Short()} }

// Size is what the event takes on a wire or a disk, in bytes.
func (e *Event) Size() int { return EnvelopeSize + len(e.Body) + len(e.Salt) + len(e.Text) }

func (v *Envelope) put(raw *[EnvelopeSize]byte) {
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
	copy(raw[signedSize:], v.Sig[:])
}

func (v *Envelope) get(raw *[EnvelopeSize]byte) {
	v.Version, v.Flags = raw[0], raw[1]
	v.Kind = Kind(binary.BigEndian.Uint16(raw[2:]))
	v.Seq = binary.BigEndian.Uint64(raw[4:])
	v.Clock = Clock(binary.BigEndian.Uint64(raw[12:]))
	v.Wall = int64(binary.BigEndian.Uint64(raw[20:]))
	copy(v.Log[:], raw[28:])
	copy(v.Scope[:], raw[44:])
	copy(v.Prev[:], raw[60:])
	copy(v.BodyHash[:], raw[92:])
	v.BodyLen = binary.BigEndian.Uint32(raw[124:])
	copy(v.Sig[:], raw[signedSize:])
}

// ParseEnvelope reads the fixed part of an event. It refuses a wrong length, a
// version that this binary does not know (CodeEventVersion), a body length over
// MaxBody, sequence 0, and a clock over MaxClock.
func ParseEnvelope(raw []byte) (Envelope, error) {
	var v Envelope
	if len(raw) != EnvelopeSize {
		return v, Refuse(CodeEventMalformed, "Length", len(raw))
	}
	v.get((*[EnvelopeSize]byte)(raw))
	switch {
	case v.Version > FormatVersion:
		return v, Refuse(CodeEventVersion, "Version", int(v.Version), "Known", FormatVersion)
	case v.BodyLen > MaxBody:
		return v, Refuse(CodeEventTooLarge, "Length", int(v.BodyLen), "Limit", MaxBody)
	case v.Seq == 0:
		return v, Refuse(CodeEventMalformed, "Seq", 0)
	case v.Clock > MaxClock:
		return v, Refuse(CodeEventMalformed, "Clock", uint64(v.Clock))
	}
	return v, nil
}

// ParseEvent puts an event together from its stored or received parts and
// checks what stands in the event alone: lengths and the body's hash. The text
// is checked by CheckText, the chain and signature by Run.
func ParseEvent(raw, body []byte) (*Event, error) {
	v, err := ParseEnvelope(raw)
	if err != nil {
		return nil, err
	}
	e := &Event{Envelope: v, Body: body}
	copy(e.Raw[:], raw)
	if len(body) != int(v.BodyLen) || sha256.Sum256(body) != v.BodyHash {
		return nil, Refuse(CodeEventBodyHash, "Log", v.Log.String(), "Seq", v.Seq)
	}
	return e, nil
}

// SetText gives the event the text that stands beside it, as it was stored or
// received. It does not check it; CheckText does.
func (e *Event) SetText(salt Salt, text []byte) { e.Salt, e.Text = salt, text }

func textHash(salt Salt, text []byte) Hash {
	d := sha256.New()
	d.Write(salt[:])
	d.Write(text)
	return Hash(d.Sum(nil))
}

// CheckText compares the text with the hash in the body. An event whose text
// was removed passes: what is gone cannot be wrong.
func (e *Event) CheckText(c *Common) error {
	if e.Text == nil {
		return nil
	}
	if textHash(e.Salt, e.Text) != c.TextHash || len(e.Text) != int(c.TextLen) {
		return Refuse(CodeEventTextHash, "Log", e.Log.String(), "Seq", e.Seq)
	}
	return nil
}

// textField is how a body writes the hash of its text: key 6, 32 bytes.
const textField = "\x06\x58\x20"

// CheckTextFast is CheckText without decoding the body: the hash of the text must
// stand in the body as its field. It is for reading a million events; Verify
// decodes.
func (e *Event) CheckTextFast() error {
	if e.Text == nil {
		return nil
	}
	h := textHash(e.Salt, e.Text)
	want := append([]byte(textField), h[:]...)
	if !bytes.Contains(e.Body, want) {
		return Refuse(CodeEventTextHash, "Log", e.Log.String(), "Seq", e.Seq)
	}
	return nil
}

func (e *Event) signedBytes(ws WorkspaceID) []byte {
	msg := make([]byte, 0, len(signDomain)+len(ws)+signedSize)
	msg = append(msg, signDomain...)
	msg = append(msg, ws[:]...)
	return append(msg, e.Raw[:signedSize]...)
}

// VerifySignature checks the event's own signature.
func (e *Event) VerifySignature(ws WorkspaceID, key DeviceKey) error {
	if !ed25519.Verify(key[:], e.signedBytes(ws), e.Sig[:]) {
		return Refuse(CodeEventSignature, "Log", e.Log.String(), "Seq", e.Seq)
	}
	return nil
}

// Signer is what seals an event: the workspace it is for and the device's key.
type Signer struct {
	Workspace WorkspaceID
	Key       ed25519.PrivateKey
}

// Device is the signer's public key.
func (s Signer) Device() DeviceKey { return DeviceKey(s.Key.Public().(ed25519.PublicKey)) }

// Head is the end of a log: what the next event attaches to.
type Head struct {
	Log   LogID
	Seq   uint64
	Hash  Hash
	Clock Clock
}

// sealable checks a text that is to stand beside an event.
func sealable(text string) error {
	switch {
	case len(text) > MaxText:
		return Refuse(CodeTextLong, "Length", len(text), "Limit", MaxText)
	case !utf8.ValidString(text):
		return Refuse(CodeTextNotUTF8)
	}
	return nil
}

// Seal makes the draft the next event of the log that ends at head. The clock
// is taken from now (ms since 1970, as the machine shows it), and rises even
// when now does not. The draft's own lengths are checked; a text over MaxText
// or not UTF-8 is refused, as is a body that could not be read again, and nothing
// is made.
func Seal(s Signer, head Head, d Draft, nowMS int64, salt Salt) (*Event, Head, error) {
	e, _, next, err := SealRecord(s, head, d, nowMS, salt)
	return e, next, err
}

// SealRecord is Seal, and gives the record that Decode would make of the event.
// The body is decoded in any case before it is signed, so it need not be again.
func SealRecord(s Signer, head Head, d Draft, nowMS int64, salt Salt) (*Event, *Record, Head, error) {
	c := d.Body.common()
	c.PrevInScope = d.PrevInScope
	var flags uint8
	if d.Text != "" {
		if err := sealable(d.Text); err != nil {
			return nil, nil, head, err
		}
		flags |= FlagText
		c.TextHash, c.TextLen = textHash(salt, []byte(d.Text)), uint32(len(d.Text))
	}
	body, err := EncodeBody(d.Body)
	if err != nil {
		return nil, nil, head, err
	}
	if len(body) > MaxBody {
		return nil, nil, head, Refuse(CodeEventTooLarge, "Length", len(body), "Limit", MaxBody)
	}
	// What is signed stays for ever, so nothing is signed that cannot be read: a
	// name that is not UTF-8, say. It costs a twentieth of the signature.
	read, newer, err := DecodeBody(d.Body.Kind(), body)
	if err != nil {
		return nil, nil, head, err
	}
	e := &Event{Body: body, Envelope: Envelope{
		Version:  FormatVersion,
		Flags:    flags,
		Kind:     d.Body.Kind(),
		Seq:      head.Seq + 1,
		Clock:    head.Clock.Next(nowMS),
		Wall:     nowMS,
		Log:      head.Log,
		Scope:    d.Scope,
		Prev:     head.Hash,
		BodyHash: sha256.Sum256(body),
		BodyLen:  uint32(len(body)),
	}}
	if d.Text != "" {
		e.Salt, e.Text = salt, []byte(d.Text)
	}
	e.put(&e.Raw)
	copy(e.Sig[:], ed25519.Sign(s.Key, e.signedBytes(s.Workspace)))
	copy(e.Raw[signedSize:], e.Sig[:])
	next := Head{Log: head.Log, Seq: e.Seq, Hash: e.Hash(), Clock: e.Clock}
	return e, recordOf(e, next.Hash, read, newer), next, nil
}
