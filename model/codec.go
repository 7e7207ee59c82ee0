package model

import (
	"encoding/binary"
	"errors"

	"github.com/fxamacker/cbor/v2"
)

// This is the one file that knows the CBOR library. Bodies are written in core
// deterministic encoding (RFC 8949, 4.2.1) with integer keys, so that the same
// act has the same bytes everywhere.

var encMode = must(cbor.EncOptions{
	Sort:          cbor.SortCoreDeterministic,
	ShortestFloat: cbor.ShortestFloat16,
	NaNConvert:    cbor.NaNConvert7e00,
	InfConvert:    cbor.InfConvertFloat16,
	IndefLength:   cbor.IndefLengthForbidden,
	TagsMd:        cbor.TagsForbidden,
}.EncMode())

func decOptions() cbor.DecOptions {
	return cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		IndefLength:      cbor.IndefLengthForbidden,
		TagsMd:           cbor.TagsForbidden,
		UTF8:             cbor.UTF8RejectInvalid,
		MaxNestedLevels:  8,
		MaxMapPairs:      256,
		MaxArrayElements: 4096, // references of one body; the body's 64 KiB holds fewer
	}
}

var (
	decMode = must(decOptions().DecMode())
	// decStrict also reports a field that this binary does not know.
	decStrict = must(func() (cbor.DecMode, error) {
		o := decOptions()
		o.ExtraReturnErrors = cbor.ExtraDecErrorUnknownField
		return o.DecMode()
	}())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // the options are constants: a mistake here fails every test
	}
	return v
}

// EncodeBody writes a body's deterministic bytes.
func EncodeBody(b Body) ([]byte, error) { return encMode.Marshal(b) }

// cborMap is the major type of a map, in the first three bits of an item.
const cborMap = 5

// DecodeBody reads the body of a kind. newer reports that it has fields, or is
// of a kind, that a newer warroom wrote: it is kept and counted, never dropped.
// For an unknown kind the body is an *Unknown with the common fields.
//
// It refuses indefinite lengths, duplicate keys, depth over 8, maps over 256
// pairs, tags and bad UTF-8, all as CodeEventMalformed.
func DecodeBody(kind Kind, raw []byte) (body Body, newer bool, err error) {
	if len(raw) == 0 || raw[0]>>5 != cborMap {
		return nil, false, Refuse(CodeEventMalformed, "Kind", int(kind)) // null would pass as an empty body
	}
	body = newBody(kind)
	if _, ok := body.(*Unknown); ok {
		newer = true
	}
	err = decStrict.Unmarshal(raw, body)
	var field *cbor.UnknownFieldError
	if errors.As(err, &field) {
		newer = true
		body = newBody(kind)
		err = decMode.Unmarshal(raw, body)
	}
	if err != nil {
		return nil, false, Refuse(CodeEventMalformed, "Kind", int(kind)).Because(err)
	}
	return body, newer, nil
}

// EncodeRow writes a value that is kept beside the events and can be made anew
// from them (a summary, say), with the same rules as a body.
func EncodeRow(v any) ([]byte, error) { return encMode.Marshal(v) }

// DecodeRow reads what EncodeRow wrote.
func DecodeRow(raw []byte, v any) error { return decMode.Unmarshal(raw, v) }

// The codec writes a struct that becomes an array even where its field says
// omitzero: 38 bytes for every reference to nothing, and an event has three.
// With methods of their own they are left out.
type (
	refRow  Ref
	saidRow Said
)

// MarshalCBOR writes the reference as [log id, seq, hash16].
func (r Ref) MarshalCBOR() ([]byte, error) {
	raw := append(make([]byte, 0, refMost), refItems, refID)
	raw = append(raw, r.Log[:]...)
	switch {
	case r.Seq < cborOne:
		raw = append(raw, byte(r.Seq))
	case r.Seq < 1<<8:
		raw = append(raw, cborOne, byte(r.Seq))
	case r.Seq < 1<<16:
		raw = binary.BigEndian.AppendUint16(append(raw, cborTwo), uint16(r.Seq))
	case r.Seq < 1<<32:
		raw = binary.BigEndian.AppendUint32(append(raw, cborFour), uint32(r.Seq))
	default:
		raw = binary.BigEndian.AppendUint64(append(raw, cborEight), r.Seq)
	}
	return append(append(raw, refID), r.Hash[:]...), nil
}

// UnmarshalCBOR reads what MarshalCBOR wrote. Most of what a body says are references,
// so they are read by hand; any other spelling is left to the library.
func (r *Ref) UnmarshalCBOR(raw []byte) error {
	if seq, ok := refSeq(raw); ok {
		r.Log, r.Seq, r.Hash = LogID(raw[2:2+IDSize]), seq, ShortHash(raw[len(raw)-IDSize:])
		return nil
	}
	return decMode.Unmarshal(raw, (*refRow)(r))
}

// The bytes of a reference: an array of three, and two strings of 16 bytes. What stands
// between them is a number below cborOne, or how many bytes of one follow.
const (
	refItems = 0x83
	refID    = 0x50
	refMost  = 2 + IDSize + 9 + 1 + IDSize

	cborOne, cborTwo, cborFour, cborEight = 24, 25, 26, 27
)

// refSeq gives the number in a reference that is spelled as MarshalCBOR does; false for
// another spelling.
func refSeq(raw []byte) (seq uint64, ok bool) {
	number := len(raw) - (2 + IDSize) - (1 + IDSize)
	if number < 1 || raw[0] != refItems || raw[1] != refID || raw[len(raw)-IDSize-1] != refID {
		return 0, false
	}
	n := raw[2+IDSize:][:number]
	switch {
	case number == 1 && n[0] < cborOne:
		return uint64(n[0]), true
	case number == 2 && n[0] == cborOne:
		return uint64(n[1]), true
	case number == 3 && n[0] == cborTwo:
		return uint64(binary.BigEndian.Uint16(n[1:])), true
	case number == 5 && n[0] == cborFour:
		return uint64(binary.BigEndian.Uint32(n[1:])), true
	case number == 9 && n[0] == cborEight:
		return binary.BigEndian.Uint64(n[1:]), true
	}
	return 0, false
}

// MarshalCBOR writes how a time was said as [precision, offset, zone].
func (s Said) MarshalCBOR() ([]byte, error) { return encMode.Marshal(saidRow(s)) }

// UnmarshalCBOR reads what MarshalCBOR wrote.
func (s *Said) UnmarshalCBOR(raw []byte) error { return decMode.Unmarshal(raw, (*saidRow)(s)) }
