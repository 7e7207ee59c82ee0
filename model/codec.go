package model

import (
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
func (r Ref) MarshalCBOR() ([]byte, error) { return encMode.Marshal(refRow(r)) }

// UnmarshalCBOR reads what MarshalCBOR wrote.
func (r *Ref) UnmarshalCBOR(raw []byte) error { return decMode.Unmarshal(raw, (*refRow)(r)) }

// MarshalCBOR writes how a time was said as [precision, offset, zone].
func (s Said) MarshalCBOR() ([]byte, error) { return encMode.Marshal(saidRow(s)) }

// UnmarshalCBOR reads what MarshalCBOR wrote.
func (s *Said) UnmarshalCBOR(raw []byte) error { return decMode.Unmarshal(raw, (*saidRow)(s)) }
