package storage

import (
	"fmt"
	"slices"

	"warroom/model"
)

// ledger is what a store already holds, as far as a new batch must fit it.
type ledger interface {
	// head is the end of a log; false for a log that is not held.
	head(model.LogID) (model.Head, bool)
	// held is an event that stands at or before the end of its log, with its
	// text and effective clock.
	held(log model.LogID, seq uint64) (*model.Event, model.Clock, error)
}

// placing is one event of a batch that passed.
type placing struct {
	ev   *model.Event
	hash model.Hash
	eff  model.Clock
	// fresh is an event that is not held yet; was is the effective clock of one
	// that is.
	fresh bool
	was   model.Clock
}

func (p *placing) moved() bool { return !p.fresh && p.was != p.eff }

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
	// writes are the keys that all this changes, and their new values.
	writes []write
}

// write changes one key; a nil value removes it.
type write struct{ key, value []byte }

type place struct {
	log model.LogID
	seq uint64
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
	for _, p := range b.Events {
		if err := in.event(p, held); err != nil {
			return nil, err
		}
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
	return in, in.fits()
}

// event admits one event.
func (in *intake) event(p Placed, held ledger) error {
	e := p.Event
	if err := whole(p); err != nil {
		return err
	}
	head, ok := in.heads[e.Log]
	if !ok {
		if head, ok = held.head(e.Log); !ok {
			head.Log = e.Log
		}
	}
	if e.Seq <= head.Seq {
		return in.again(p, held)
	}
	where := []any{"Log", e.Log.String(), "Seq", e.Seq}
	switch {
	case e.Seq != head.Seq+1:
		return model.Refuse(model.CodeEventGap, append(where, "Held", head.Seq)...)
	case e.Prev != head.Hash:
		return model.Refuse(model.CodeEventChain, where...)
	case e.Seq > 1 && e.Clock <= head.Clock:
		return model.Refuse(model.CodeEventClock, where...)
	}
	if e.Seq == 1 {
		o, err := opening(e)
		if err != nil {
			return err
		}
		in.openings[e.Log] = o
	}
	hash := e.Hash()
	in.put(placing{ev: e, hash: hash, eff: p.Eff, fresh: true})
	in.heads[e.Log] = model.Head{Log: e.Log, Seq: e.Seq, Hash: hash, Clock: e.Clock}
	return nil
}

// again admits an event in whose place one stands already.
func (in *intake) again(p Placed, held ledger) error {
	e := p.Event
	if i, ok := in.index[place{e.Log, e.Seq}]; ok {
		if in.placings[i].ev.Raw != e.Raw {
			return another(e)
		}
		in.placings[i].eff = p.Eff
		in.durable = append(in.durable, i)
		return nil
	}
	stands, was, err := held.held(e.Log, e.Seq)
	if err != nil {
		return err
	}
	if stands.Raw != e.Raw {
		return another(e)
	}
	in.put(placing{ev: stands, hash: stands.Hash(), eff: p.Eff, was: was})
	return nil
}

func another(e *model.Event) error {
	return model.Refuse(model.CodeEventChain, "Log", e.Log.String(), "Seq", e.Seq)
}

func (in *intake) put(p placing) {
	in.index[place{p.ev.Log, p.ev.Seq}] = len(in.placings)
	in.durable = append(in.durable, len(in.placings))
	in.placings = append(in.placings, p)
}

// whole checks what stands in an event alone, so that whatever is stored can be
// read back.
func whole(p Placed) error {
	e := p.Event
	parsed, err := model.ParseEvent(e.Raw[:], e.Body)
	if err != nil {
		return err
	}
	where := []any{"Log", e.Log.String(), "Seq", e.Seq}
	switch {
	case parsed.Envelope != e.Envelope:
		return model.Refuse(model.CodeEventMalformed, where...)
	case e.Text != nil && e.Flags&model.FlagText == 0:
		return model.Refuse(model.CodeEventTextHash, where...)
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
func (in *intake) fits() error {
	in.list()
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

func (in *intake) list() {
	put := func(key, value []byte) { in.writes = append(in.writes, write{key, value}) }
	for i := range in.placings {
		p := &in.placings[i]
		e := p.ev
		if p.fresh || p.moved() {
			put(seqKey(keyEvent, e.Log, e.Seq), encodeEvent(e, p.eff))
			put(placeKey(keyTimeline, e.Scope, p.eff, p.hash.Short()), encodePlace(e.Log, e.Seq))
		}
		if p.moved() {
			put(placeKey(keyTimeline, e.Scope, p.was, p.hash.Short()), nil)
		}
		if (p.fresh || p.moved()) && !e.Plain() {
			put(placeKey(keyActs, e.Scope, p.eff, p.hash.Short()), encodePlace(e.Log, e.Seq))
			if p.moved() {
				put(placeKey(keyActs, e.Scope, p.was, p.hash.Short()), nil)
			}
		}
		if p.fresh && e.Text != nil {
			put(seqKey(keyText, e.Log, e.Seq), encodeText(e))
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
