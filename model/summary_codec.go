package model

import (
	"encoding/binary"
	"errors"
	"unicode/utf8"
)

// A row is written by hand, because ten thousand of them are read before the
// first frame is shown, and the codec of the bodies takes 3 µs for each:
//
//	1   version, 4
//	16  incident id
//	1   kind, 1 severity, 1 conflict (0 or 1)
//	16  the manager
//	    varints: opened, over, changed, due, firing, lines
//	    uvarint and as many bytes: the status, and again: the title
//	    uvarint, then 32 B each: the groups of alerts
//	1   restricted (0 or 1)
//	    uvarint, then 16 B each: the people who may see it
//	16  the incident that it was merged into
//	    what is pending (see appendPending)
//	1   paged (0 or 1)
//
// Rows of version 3 end before that: they may have pages. Rows of version 2 end before the merging, those of version 1 before the restriction, and those of the first version
// were CBOR arrays, which begin with 0x8e: nothing was restricted then.
const (
	summaryVersion = 4
	summaryPending = 3 // the first version with a merging and what is pending
	summaryAlone   = 2 // the first version with a restriction
	summaryOpen    = 1
	summaryFixed   = 1 + IDSize + 3 + IDSize
	summaryCBOR    = 0x8e // an array of 14
)

var errSummary = errors.New("a row cannot be read")

// EncodeSummary writes a row for DecodeSummary.
func EncodeSummary(s *Summary) []byte {
	b := make([]byte, 0, summaryFixed+6*binary.MaxVarintLen64+3*binary.MaxVarintLen32+len(s.Status)+len(s.Title)+HashSize*len(s.Groups)+2+IDSize*len(s.Named))
	b = append(append(b, summaryVersion), s.ID[:]...)
	b = append(b, byte(s.Kind), byte(s.Severity), yes(s.Conflict))
	b = append(b, s.Manager[:]...)
	for _, n := range [...]int64{s.Opened, s.Over, s.Changed, s.Due, int64(s.Firing), int64(s.Lines)} {
		b = binary.AppendVarint(b, n)
	}
	for _, text := range [...]string{string(s.Status), s.Title} {
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	b = binary.AppendUvarint(b, uint64(len(s.Groups)))
	for i := range s.Groups {
		b = append(b, s.Groups[i][:]...)
	}
	b = append(b, yes(s.Restricted))
	b = binary.AppendUvarint(b, uint64(len(s.Named)))
	for i := range s.Named {
		b = append(b, s.Named[i][:]...)
	}
	b = append(b, s.Into[:]...)
	return append(appendPending(b, s.Pending), yes(s.Paged))
}

func yes(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// DecodeSummary reads a row, also one of an earlier version. What is not a whole
// row gives an error: it can be made anew from the events.
func DecodeSummary(raw []byte, s *Summary) error {
	if len(raw) > 0 && raw[0] == summaryCBOR {
		return decodeFirst(raw, s)
	}
	if len(raw) < summaryFixed || raw[0] < summaryOpen || raw[0] > summaryVersion || raw[1+IDSize+2] > 1 {
		return errSummary
	}
	row := Summary{ID: Scope(raw[1 : 1+IDSize])}
	b := raw[1+IDSize:]
	row.Kind, row.Severity, row.Conflict = IncidentKind(b[0]), Level(b[1]), b[2] == 1
	row.Manager = PersonID(b[3 : 3+IDSize])
	b = b[3+IDSize:]
	var firing, lines int64
	for _, to := range [...]*int64{&row.Opened, &row.Over, &row.Changed, &row.Due, &firing, &lines} {
		n, used := binary.Varint(b)
		if used <= 0 {
			return errSummary
		}
		*to, b = n, b[used:]
	}
	row.Firing, row.Lines = int(firing), int(lines)
	for at := range 2 {
		n, used := binary.Uvarint(b)
		if used <= 0 || n > uint64(len(b)-used) {
			return errSummary
		}
		text := b[used : used+int(n)]
		b = b[used+int(n):]
		switch {
		case !utf8.Valid(text):
			return errSummary
		case at == 0:
			row.Status = statusIn(text)
		default:
			row.Title = string(text)
		}
	}
	var err error
	if row.Groups, b, err = many[Hash](b, HashSize); err != nil {
		return err
	}
	if raw[0] >= summaryAlone {
		if len(b) == 0 || b[0] > 1 {
			return errSummary
		}
		row.Restricted = b[0] == 1
		if row.Named, b, err = many[PersonID](b[1:], IDSize); err != nil {
			return err
		}
	}
	if raw[0] >= summaryPending {
		if len(b) < IDSize {
			return errSummary
		}
		row.Into = Scope(b[:IDSize])
		if row.Pending, b, err = pendingIn(b[IDSize:]); err != nil {
			return err
		}
	}
	row.Paged = true
	if raw[0] == summaryVersion {
		if len(b) == 0 || b[0] > 1 {
			return errSummary
		}
		row.Paged, b = b[0] == 1, b[1:]
	}
	if len(b) > 0 {
		return errSummary
	}
	*s = row
	return nil
}

// many reads how many there are, and as many of a size each.
func many[T Hash | PersonID](b []byte, size int) (out []T, rest []byte, err error) {
	n, used := binary.Uvarint(b)
	if used <= 0 || n > uint64(len(b)-used)/uint64(size) {
		return nil, nil, errSummary
	}
	b = b[used:]
	for range n {
		out, b = append(out, T(b[:size])), b[size:]
	}
	return out, b, nil
}

// decodeFirst reads a row of the first version.
func decodeFirst(raw []byte, s *Summary) error {
	var r struct {
		_        struct{} `cbor:",toarray"`
		ID       Scope
		Title    string
		Kind     IncidentKind
		Severity Level
		Status   Status
		Conflict bool
		Opened   int64
		Over     int64
		Changed  int64
		Manager  PersonID
		Firing   int
		Lines    int
		Groups   []Hash
		Due      int64
	}
	if err := DecodeRow(raw, &r); err != nil {
		return err
	}
	if len(r.Groups) == 0 {
		r.Groups = nil // as in a row of today
	}
	*s = Summary{
		ID: r.ID, Title: r.Title, Kind: r.Kind, Severity: r.Severity, Status: r.Status, Conflict: r.Conflict, Opened: r.Opened,
		Over: r.Over, Changed: r.Changed, Manager: r.Manager, Firing: r.Firing, Lines: r.Lines, Groups: r.Groups, Due: r.Due,
		Paged: true,
	}
	return nil
}

// statusIn keeps one copy of the statuses that there are.
func statusIn(text []byte) Status {
	for _, s := range [...]Status{Open, Fixing, Mitigated, Resolved, Closed, Cancelled, Reopened} {
		if string(text) == string(s) {
			return s
		}
	}
	return Status(text)
}
