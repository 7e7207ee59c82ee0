package storage

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"

	"warroom/model"
)

// line is what is kept of a line that is a branch, or that ends. Nearly every line
// is neither: the log's own, of which there is none.
type line struct {
	_ struct{} `cbor:",toarray"`
	// Log is the log that it is of. Parent is the line that it leaves behind the
	// event Base; none for the log's own line.
	Log, Parent model.LogID
	Base        uint64
	// Ends is the number from which on its events do not count; 0 for none.
	Ends uint64
}

func (l line) encode() []byte {
	raw, err := model.EncodeRow(l)
	if err != nil {
		panic(err) // fixed arrays and numbers: they always encode
	}
	return raw
}

func decodeLine(v []byte) (l line, err error) { return l, model.DecodeRow(v, &l) }

// lines are what is kept of lines, by their id. It never changes once it is made.
type lines map[model.LogID]line

// of gives what is known of a line; of one that nothing is kept of, that it is a
// log's own.
func (l lines) of(id model.LogID) line {
	if at, ok := l[id]; ok {
		return at
	}
	return line{Log: id}
}

// behind reports an event behind its line's end.
func (l lines) behind(at place) bool {
	end := l[at.line].Ends
	return end > 0 && at.seq >= end
}

// with gives the lines with others in their place.
func (l lines) with(more lines) lines {
	if len(more) == 0 {
		return l
	}
	next := make(lines, len(l)+len(more))
	maps.Copy(next, l)
	maps.Copy(next, more)
	return next
}

// candidates gives the lines that have an event of their own under the number of a
// reference: first the one that ends with it, then the log's own.
func (l lines) candidates(ref model.Ref, head func(model.LogID) (model.Head, bool)) []model.LogID {
	var found []model.LogID
	see := func(id model.LogID, base uint64) {
		h, ok := head(id)
		switch {
		case !ok || ref.Seq <= base || ref.Seq > h.Seq:
		case ref.Seq == h.Seq && h.Hash.Short() == ref.Hash:
			found = slices.Insert(found, 0, id)
		default:
			found = append(found, id)
		}
	}
	see(ref.Log, l.of(ref.Log).Base)
	for id, at := range l {
		if at.Log == ref.Log && id != ref.Log {
			see(id, at.Base)
		}
	}
	return found
}

// branch puts together what Branches gives of a line.
func (l lines) branch(tip model.Head, eff model.Clock, openings map[model.LogID]Opening) model.Branch {
	at := l.of(tip.Log)
	o, ok := openings[tip.Log]
	if !ok {
		o = openings[at.Log]
	}
	return model.Branch{
		ID: tip.Log, Log: at.Log, Parent: at.Parent, Base: at.Base, Tip: tip, Eff: eff,
		Device: o.Device, Kind: o.Kind, Nonce: o.Nonce, Ends: at.Ends,
	}
}

func sortBranches(all []model.Branch) []model.Branch {
	slices.SortFunc(all, func(a, b model.Branch) int {
		return cmp.Or(compareID(a.Log, b.Log), compareID(a.ID, b.ID))
	})
	return all
}

func compareID[ID ~[model.IDSize]byte](a, b ID) int { return slices.Compare(a[:], b[:]) }

// awaiting are the places of events that name one that is not held, by its
// reference.
type awaiting map[model.Ref]map[place]bool

func (a awaiting) add(w Await) {
	at := a[w.For]
	if at == nil {
		at = map[place]bool{}
		a[w.For] = at
	}
	at[place{w.Branch, w.Seq}] = true
}

// change takes over what a batch says of them.
func (a awaiting) change(in *intake) {
	for _, w := range in.awaits {
		a.add(w)
	}
	for _, ref := range in.arrived {
		delete(a, ref)
	}
}

// all gives them in the order of their keys.
func (a awaiting) all() []Await {
	var all []Await
	for ref, at := range a {
		for p := range at {
			all = append(all, Await{ref, p.line, p.seq})
		}
	}
	slices.SortFunc(all, compareAwaits)
	return all
}

func compareAwaits(a, b Await) int {
	return cmp.Or(compareID(a.For.Log, b.For.Log), cmp.Compare(a.For.Seq, b.For.Seq), compareID(a.For.Hash, b.For.Hash),
		compareID(a.Branch, b.Branch), cmp.Compare(a.Seq, b.Seq))
}

func awaitKey(w Await) []byte {
	k := make([]byte, 0, awaitKeySize)
	k = append(append(k, keyAwait), w.For.Log[:]...)
	k = binary.BigEndian.AppendUint64(k, w.For.Seq)
	k = append(append(k, w.For.Hash[:]...), w.Branch[:]...)
	return binary.BigEndian.AppendUint64(k, w.Seq)
}

func decodeAwait(k []byte) (w Await, err error) {
	if len(k) != awaitKeySize {
		return w, errShort
	}
	w.For.Log = model.LogID(k[1:])
	w.For.Seq = binary.BigEndian.Uint64(k[logKeySize:])
	k = k[logKeySize+seqSize:]
	w.For.Hash = model.ShortHash(k)
	w.Branch = model.LogID(k[model.IDSize:])
	w.Seq = binary.BigEndian.Uint64(k[2*model.IDSize:])
	return w, nil
}
