package storage

import (
	"encoding/binary"
	"errors"

	"warroom/model"
)

// Sizes of records in bytes.
const (
	placeSize = model.IDSize + seqSize
	headSize  = seqSize + model.HashSize + clockSize + 8 + 1 + 8
)

// What a record that was read back can have wrong.
var (
	errShort     = errors.New("it has the wrong length")
	errElsewhere = errors.New("another event stands in its place")
)

func appendEvent(v []byte, e *model.Event, eff model.Clock) []byte {
	v = append(append(v, e.Raw[:]...), e.Body...)
	return binary.BigEndian.AppendUint64(v, uint64(eff))
}

// decodeEvent reads an event and its effective clock. The event keeps v.
func decodeEvent(v []byte) (*model.Event, model.Clock, error) {
	if len(v) < model.EnvelopeSize+clockSize {
		return nil, 0, errShort
	}
	end := len(v) - clockSize
	e, err := model.ParseEvent(v[:model.EnvelopeSize], v[model.EnvelopeSize:end:end])
	if err != nil {
		return nil, 0, err
	}
	return e, model.Clock(binary.BigEndian.Uint64(v[end:])), nil
}

// setText gives the event the text from a record, of which it keeps the bytes.
func setText(e *model.Event, v []byte) error {
	if len(v) < model.IDSize {
		return errShort
	}
	e.SetText(model.Salt(v[:model.IDSize]), v[model.IDSize:])
	return nil
}

func encodePlace(at place) []byte { return appendPlace(make([]byte, 0, placeSize), at) }

func appendPlace(v []byte, at place) []byte {
	return binary.BigEndian.AppendUint64(append(v, at.line[:]...), at.seq)
}

func decodePlace(v []byte) (place, error) {
	if len(v) != placeSize {
		return place{}, errShort
	}
	return place{model.LogID(v[:model.IDSize]), binary.BigEndian.Uint64(v[model.IDSize:])}, nil
}

// encodeHead writes a line's end: seq, hash and clock of its last event, then
// what is kept for later, all zero: up to where its signatures are verified (8),
// whether it is sealed (1), and up to where a peer has it too (8).
func encodeHead(h model.Head) []byte {
	v := make([]byte, 0, headSize)
	v = binary.BigEndian.AppendUint64(v, h.Seq)
	v = append(v, h.Hash[:]...)
	v = binary.BigEndian.AppendUint64(v, uint64(h.Clock))
	return v[:headSize]
}

func decodeHead(line model.LogID, v []byte) (model.Head, error) {
	if len(v) != headSize {
		return model.Head{}, errShort
	}
	return model.Head{
		Log:   line,
		Seq:   binary.BigEndian.Uint64(v),
		Hash:  model.Hash(v[seqSize : seqSize+model.HashSize]),
		Clock: model.Clock(binary.BigEndian.Uint64(v[seqSize+model.HashSize:])),
	}, nil
}
