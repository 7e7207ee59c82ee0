package storage

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"warroom/model"
)

// ledger is what a store already holds, as far as a new batch must fit it.
type ledger interface {
	// head is the end of a line; false for a line that is not held.
	head(line model.LogID) (model.Head, bool)
	// held is an event that stands in its line, at or before its end, with its text.
	held(at place) (holding, error)
	// known are the lines that are branches, or that end.
	known() lines
	// awaiting are the places of the events that name one that is not held.
	awaiting(ref model.Ref) map[place]bool
}

// holding is an event as it is held.
type holding struct {
	ev    *model.Event
	eff   model.Clock
	apart bool
}

// placing is one event of a batch that passed.
type placing struct {
	at    place
	ev    *model.Event
	hash  model.Hash
	eff   model.Clock
	apart bool
	// record is what the caller says that the event says, or nil.
	record *model.Record
	// fresh is an event that is not held yet; was and wasApart are how one stands
	// that is.
	fresh    bool
	was      model.Clock
	wasApart bool
}

func (p *placing) moved() bool { return !p.fresh && p.was != p.eff }

// plain is Event.Plain.
func (p *placing) plain() bool {
	if p.record != nil && p.record.Ref.Hash == p.hash.Short() {
		return p.record.Plain()
	}
	return p.ev.Plain()
}

// intake is a batch that passed: what is to be written.
type intake struct {
	placings []placing
	// index finds an event's placing; an event may stand in a batch twice.
	index    map[place]int
	durable  []int // the placing of each event of the batch
	heads    map[model.LogID]model.Head
	openings map[model.LogID]Opening
	rows     map[model.Scope][]byte
	settings map[string][]byte
	// lines are those that the batch begins or ends, known these and the others.
	lines, known lines
	// awaits are what is awaited from now on, arrived what is not any more.
	awaits  []Await
	arrived []model.Ref
	// writes are the keys that all this changes, and their new values.
	writes []write
}

// write changes one key; a nil value removes it.
type write struct{ key, value []byte }

// place is a number in a line.
type place struct {
	line model.LogID
	seq  uint64
}

// admit checks a batch against what is held. It writes nothing. Both stores
// use it, so that they refuse alike.
func admit(b Batch, held ledger) (*intake, error) {
	in := &intake{
		placings: make([]placing, 0, len(b.Events)),
		index:    make(map[place]int, len(b.Events)),
		durable:  make([]int, 0, len(b.Events)),
		heads:    map[model.LogID]model.Head{},
		openings: map[model.LogID]Opening{},
		rows:     make(map[model.Scope][]byte, len(b.Rows)),
		settings: make(map[string][]byte, len(b.Settings)),
	}
	if err := in.changeLines(b, held); err != nil {
		return nil, err
	}
	for i := range b.Events {
		if err := in.event(&b.Events[i], held); err != nil {
			return nil, err
		}
	}
	if err := in.seeLines(b, held); err != nil {
		return nil, err
	}
	for i := range b.Rows {
		raw := model.EncodeSummary(&b.Rows[i])
		if len(raw) > MaxValue {
			return nil, &TooBigError{"row", len(raw), MaxValue}
		}
		in.rows[b.Rows[i].ID] = raw
	}
	for name, v := range b.Settings {
		if name == "" || slices.Contains(ownSettings, name) {
			return nil, fmt.Errorf("the setting %q is the store's own", name)
		}
		if len(v) > MaxValue {
			return nil, &TooBigError{"setting", len(v), MaxValue}
		}
		in.settings[name] = slices.Clone(v)
	}
	return in, in.fits(held)
}

// end is where a line ends, as far as the batch was taken in.
func (in *intake) end(line model.LogID, held ledger) (model.Head, bool) {
	if head, ok := in.heads[line]; ok {
		return head, true
	}
	return held.head(line)
}

// event admits one event.
func (in *intake) event(p *Placed, held ledger) error {
	e := p.Event
	if err := whole(p); err != nil {
		return err
	}
	at := place{p.line(), e.Seq}
	if in.known.of(at.line).Log != e.Log {
		return in.strange(at, e, held)
	}
	head, ok := in.end(at.line, held)
	if ok && e.Seq <= head.Seq && e.Seq > in.known[at.line].Base {
		return in.again(p, at, held)
	}
	if !ok {
		var err error
		if head, err = in.attach(at.line, held); err != nil {
			return err
		}
	}
	switch {
	case e.Seq <= head.Seq:
		return another(e) // it stands before the branch
	case e.Seq != head.Seq+1:
		return model.Refuse(model.CodeEventGap, append(where(e), "Held", head.Seq)...)
	case e.Prev != head.Hash:
		return another(e)
	case e.Seq > 1 && e.Clock <= head.Clock:
		return model.Refuse(model.CodeEventClock, where(e)...)
	}
	if e.Seq == 1 {
		o, err := opening(e)
		if err != nil {
			return err
		}
		in.openings[at.line] = o
	}
	hash := e.Hash()
	if !ok && at.line != e.Log {
		if err := in.differs(at.line, e, hash, held); err != nil {
			return err
		}
	}
	in.put(placing{at: at, ev: e, hash: hash, eff: p.Eff, apart: in.apart(p, at), record: p.Record, fresh: true})
	in.heads[at.line] = model.Head{Log: at.line, Seq: e.Seq, Hash: hash, Clock: e.Clock}
	return nil
}

// apart says whether an event is to stand apart: behind its line's end all do.
func (in *intake) apart(p *Placed, at place) bool { return p.Apart || in.known.behind(at) }

// again admits an event in whose place one stands already.
func (in *intake) again(p *Placed, at place, held ledger) error {
	e := p.Event
	if i, ok := in.index[at]; ok {
		if in.placings[i].ev.Raw != e.Raw {
			return another(e)
		}
		in.placings[i].eff, in.placings[i].apart = p.Eff, in.apart(p, at)
		in.durable = append(in.durable, i)
		return nil
	}
	stands, err := held.held(at)
	if err != nil {
		return err
	}
	if stands.ev.Raw != e.Raw {
		return another(e)
	}
	in.put(placing{
		at: at, ev: stands.ev, hash: stands.ev.Hash(), eff: p.Eff, apart: in.apart(p, at),
		record: p.Record, was: stands.eff, wasApart: stands.apart,
	})
	return nil
}

func another(e *model.Event) error { return model.Refuse(model.CodeEventChain, where(e)...) }

// where says of which event a refusal is.
func where(e *model.Event) []any { return []any{"Log", e.Log.String(), "Seq", e.Seq} }

func (in *intake) put(p placing) {
	in.index[p.at] = len(in.placings)
	in.durable = append(in.durable, len(in.placings))
	in.placings = append(in.placings, p)
}

// whole checks what stands in an event alone, so that whatever is stored can be
// read back.
func whole(p *Placed) error {
	e := p.Event
	v, err := model.ParseEnvelope(e.Raw[:])
	if err != nil {
		return err
	}
	switch {
	case len(e.Body) != int(v.BodyLen) || sha256.Sum256(e.Body) != v.BodyHash:
		return model.Refuse(model.CodeEventBodyHash, where(e)...)
	case v != e.Envelope:
		return model.Refuse(model.CodeEventMalformed, where(e)...)
	case e.Text != nil && e.Flags&model.FlagText == 0:
		return model.Refuse(model.CodeEventTextHash, where(e)...)
	case len(e.Text) > model.MaxText:
		return model.Refuse(model.CodeTextLong, "Length", len(e.Text), "Limit", model.MaxText)
	case p.Eff < e.Clock:
		return fmt.Errorf("event %d of log %s is placed at %d, before its own clock %d", e.Seq, e.Log, p.Eff, e.Clock)
	}
	return nil
}

// opening reads a log's first event, which must be its log.open.
func opening(e *model.Event) (Opening, error) {
	body, _, err := model.DecodeBody(e.Kind, e.Body)
	if err != nil {
		return Opening{}, err
	}
	o, ok := body.(*model.LogOpen)
	if !ok {
		return Opening{}, model.Refuse(model.CodeEventOpen, "Log", e.Log.String())
	}
	return Opening{Device: o.Device, Workspace: o.Workspace, Kind: o.Log, Reason: o.Reason, Nonce: o.Nonce}, nil
}

// entryOverhead is what Badger counts for an entry besides its key and value, and
// a little more.
const entryOverhead = 16

// fits lists what is to be written, and compares it with what one transaction
// takes.
func (in *intake) fits(held ledger) error {
	in.list(held)
	if len(in.writes) > MaxBatchEntries {
		return &TooBigError{"number of entries in the batch", len(in.writes), MaxBatchEntries}
	}
	size := 0
	for _, w := range in.writes {
		size += len(w.key) + len(w.value) + entryOverhead
	}
	if size > MaxBatchBytes {
		return &TooBigError{"batch", size, MaxBatchBytes}
	}
	return nil
}

func (in *intake) list(held ledger) {
	in.writes = make([]write, 0, 4*len(in.placings)+8)
	put := func(key, value []byte) { in.writes = append(in.writes, write{key, value}) }
	for id, l := range in.lines { // before the events, so that who reads them in order knows their line
		put(logKey(keyLine, id), l.encode())
	}
	room := in.slab()
	for i := range in.placings {
		p := &in.placings[i]
		e := p.ev
		if p.fresh || p.moved() {
			put(room.seqKey(keyEvent, p.at), room.event(e, p.eff))
		}
		switch {
		case p.apart && (p.fresh || p.moved() || !p.wasApart):
			put(room.seqKey(keyApart, p.at), []byte{})
		case !p.apart && p.wasApart:
			put(room.seqKey(keyApart, p.at), nil)
		}
		in.listIndexes(p, &room, put)
		if p.fresh && e.Text != nil {
			put(room.seqKey(keyText, p.at), room.text(e))
		}
	}
	for _, w := range in.awaits {
		put(awaitKey(w), []byte{})
	}
	for _, ref := range in.arrived {
		for at := range held.awaiting(ref) {
			put(awaitKey(Await{ref, at.line, at.seq}), nil)
		}
	}
	for log, h := range in.heads {
		put(logKey(keyHead, log), encodeHead(h))
	}
	for log, o := range in.openings {
		put(logKey(keyOpening, log), o.encode())
	}
	for scope, row := range in.rows {
		put(rowKey(scope), row)
	}
	for name, v := range in.settings {
		put(settingKey(name), v)
	}
}

// listIndexes lists what changes in the timeline and among the acts.
func (in *intake) listIndexes(p *placing, room *slab, put func(key, value []byte)) {
	stood, stands := !p.fresh && !p.wasApart, !p.apart
	if !stood && !stands || stood && stands && !p.moved() {
		return
	}
	indexes := []byte{keyTimeline, keyActs}
	if p.plain() {
		indexes = indexes[:1]
	}
	var at []byte
	if stands {
		at = room.place(p.at)
	}
	for _, index := range indexes {
		if stands {
			put(room.placeKey(index, p.ev.Scope, p.eff, p.hash.Short()), at)
		}
		if stood {
			put(room.placeKey(index, p.ev.Scope, p.was, p.hash.Short()), nil)
		}
	}
}

// durables are the batch's events as the store holds them now.
func (in *intake) durables() []Durable {
	d := make([]Durable, len(in.durable))
	for i, at := range in.durable {
		d[i] = Durable{in.placings[at].ev}
	}
	return d
}

func (o Opening) encode() []byte {
	raw, err := model.EncodeRow(o)
	if err != nil {
		panic(err) // fixed arrays and numbers: they always encode
	}
	return raw
}
