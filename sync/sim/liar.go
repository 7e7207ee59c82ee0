package sim

import (
	"slices"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// liar is a member who keeps no rule: it has a key and a log, speaks the protocol,
// and says to each what its lie wants. It has up to two faces, and a peer sees one of
// them. A newer warroom is a liar too, who only says what is not known yet.
type liar struct {
	w      *world
	n      *node
	lie    string
	signer model.Signer
	faces  [2]face
	talks  map[peer.ID]*talk
	quiet  bool // it says nothing new any more
}

// face is what some peers are shown: the events of one line of the liar's log.
type face struct {
	head   model.Head
	events []*model.Event
}

// talk is a link to a peer.
type talk struct {
	face  *face
	ready bool
}

// Lies.
const (
	lieEquivocate = "F1 two events of one number"
	lieSignature  = "F2 bad signature in mid-run"
	lieGap        = "F3 gap in a run"
	lieBody       = "F4 body that is not the signed one"
	lieFar        = "F5 clock and number of 2^63"
	lieAck        = "F10 says durable, keeps nothing"
	newKind       = "V1 unknown kind"
	newField      = "V2 unknown field"
	newEnvelope   = "V3 envelope version 2"
)

func lies() []string {
	return []string{lieEquivocate, lieSignature, lieGap, lieBody, lieFar, lieAck, newKind, newField, newEnvelope}
}

func newLiar(w *world, n *node, lie string) *liar {
	l := &liar{w: w, n: n, lie: lie, talks: map[peer.ID]*talk{}, signer: model.Signer{Workspace: w.ws, Key: n.key}}
	nonce := w.nonce()
	log := model.NewLogID(l.signer.Device(), nonce)
	open := &model.LogOpen{Device: l.signer.Device(), Workspace: w.ws, Log: model.ContentLog, Nonce: nonce, Reason: model.ReasonNew}
	l.faces[0].head.Log = log
	l.seal(&l.faces[0], model.Draft{Scope: w.ws.Scope(), Body: open})
	for range 3 {
		l.entry(&l.faces[0])
	}
	l.faces[1] = face{l.faces[0].head, slices.Clone(l.faces[0].events)}
	w.in(w.between(10*second, 30*second), l.act)
	w.in(5*second, l.chat)
	return l
}

func (l *liar) seal(f *face, d model.Draft) *model.Event {
	e, next, err := model.Seal(l.signer, f.head, d, l.w.now/ms+start, model.Salt(l.w.nonce()))
	if err != nil {
		l.w.fail("harness", "seal: %v", err)
		return nil
	}
	f.head = next
	f.events = append(f.events, e)
	return e
}

// somewhere is an incident that people know, or one that nobody does.
func (l *liar) somewhere() model.Scope {
	if n := len(l.w.truth.acts); n > 0 {
		return l.w.truth.acts[l.w.rng.IntN(n)].incident
	}
	return model.Scope(l.w.nonce())
}

func (l *liar) entry(f *face) {
	body := &model.EntryAdd{}
	body.Actor = l.w.people[0]
	l.seal(f, model.Draft{Scope: l.somewhere(), Body: body, Text: l.w.words("said")})
}

// add forges the next event of a face.
func (l *liar) add(f *face, change func(*model.Envelope), body []byte) *model.Event {
	v := model.Envelope{
		Version: model.FormatVersion, Kind: model.KindEntryAdd, Seq: f.head.Seq + 1, Clock: f.head.Clock.Next(l.w.now/ms + start),
		Wall: l.w.now/ms + start, Log: f.head.Log, Scope: l.somewhere(), Prev: f.head.Hash,
	}
	change(&v)
	e := forge(l.signer, v, body)
	l.push(f, e)
	return e
}

func (l *liar) push(f *face, e *model.Event) {
	f.events = append(f.events, e)
	f.head = model.Head{Log: e.Log, Seq: e.Seq, Hash: e.Hash(), Clock: e.Clock}
}

// act is the lie.
func (l *liar) act() {
	if l.quiet {
		return
	}
	w, a, b := l.w, &l.faces[0], &l.faces[1]
	w.happened(l.lie, l.n)
	empty := []byte{0xa0} // a body of no fields
	from := len(a.events)
	switch l.lie {
	case lieEquivocate:
		l.entry(a)
		l.entry(b)
		for range w.rng.IntN(4) {
			l.entry(a)
			l.entry(b)
		}
	case lieSignature:
		for i := range 8 {
			e := l.add(a, func(*model.Envelope) {}, empty)
			if i == 3 {
				spoil(e)
				a.head.Hash = e.Hash()
			}
		}
		*b = face{a.head, slices.Clone(a.events)}
	case lieFar:
		l.add(a, func(v *model.Envelope) { v.Clock = 1<<63 - 2 }, empty)
		l.add(a, func(v *model.Envelope) { v.Clock = 1<<63 - 1 }, empty)
		if w.chance(50) {
			l.add(a, func(v *model.Envelope) { v.Clock = 1 << 63 }, empty)
		}
		*b = face{a.head, slices.Clone(a.events)}
	case newKind:
		l.add(a, func(v *model.Envelope) { v.Kind = 60_000 }, []byte{0xa1, 0x18, 0x20, 0x01})
		l.add(a, func(v *model.Envelope) { v.Kind, v.Scope = 12, w.ws.Scope() }, []byte{0xa1, 0x10, 0x01})
		l.entry(a)
		*b = face{a.head, slices.Clone(a.events)}
	case newField:
		l.add(a, func(*model.Envelope) {}, []byte{0xa1, 0x18, 0x64, 0x01}) // field 100
		l.entry(a)
		*b = face{a.head, slices.Clone(a.events)}
	default:
		l.entry(a)
		l.entry(b)
		*b = face{a.head, slices.Clone(a.events)}
	}
	for _, id := range l.peers() {
		t := l.talks[id]
		l.wrong(id, t, t.face.events[min(from, len(t.face.events)):])
	}
}

// wrong says the lie to a peer who asked for nothing.
func (l *liar) wrong(id peer.ID, t *talk, fresh []*model.Event) {
	if len(fresh) == 0 {
		return
	}
	switch l.lie {
	case lieGap:
		more := slices.Clone(fresh)
		l.entry(t.face)
		l.entry(t.face)
		more = append(more, t.face.events[len(t.face.events)-1])
		l.say(id, wire.Run{Fresh: true, Log: more[0].Log, Events: more[len(more)-1:]})
		t.face.events = t.face.events[:len(t.face.events)-2]
		t.face.head = headOf(t.face.events)
	case lieBody:
		raw, err := wire.Encode(wire.Run{Fresh: true, Log: fresh[0].Log, Events: fresh})
		if err != nil {
			l.w.fail("harness", "encode: %v", err)
			return
		}
		raw = slices.Clone(raw)
		raw[len(raw)-1] ^= 1 // the text that stands last, or the body
		l.send(id, raw)
	case lieFar:
		tip := wire.Tip{Log: fresh[0].Log, Seq: 1 << 63, Hash: fresh[0].Hash().Short()}
		l.say(id, wire.Ack{Tips: []wire.Tip{tip}})
		e := forge(l.signer, model.Envelope{
			Kind: model.KindEntryAdd, Seq: 1 << 63, Clock: 1<<64 - 1, Log: fresh[0].Log, Scope: l.somewhere(),
		}, []byte{0xa0})
		l.say(id, wire.Run{Fresh: true, Log: e.Log, Events: []*model.Event{e}})
	case newEnvelope:
		e := forge(l.signer, model.Envelope{
			Version: 2, Kind: model.KindEntryAdd, Seq: t.face.head.Seq + 1, Clock: t.face.head.Clock.Next(l.w.now/ms + start),
			Log: t.face.head.Log, Scope: l.somewhere(), Prev: t.face.head.Hash,
		}, []byte{0xa0})
		l.say(id, wire.Run{Fresh: true, Log: e.Log, Events: []*model.Event{e}})
	default:
		l.say(id, wire.Run{Fresh: true, Log: fresh[0].Log, Events: fresh})
	}
}

func headOf(events []*model.Event) model.Head {
	e := events[len(events)-1]
	return model.Head{Log: e.Log, Seq: e.Seq, Hash: e.Hash(), Clock: e.Clock}
}

// chat goes on as one who is a member: it writes a little, and tells of it.
func (l *liar) chat() {
	if !l.quiet {
		for _, id := range l.peers() {
			t := l.talks[id]
			l.say(id, wire.Ping{T0: l.w.now})
			if t.ready {
				l.say(id, l.vector(t, false))
			}
		}
	} else {
		for _, id := range l.peers() {
			l.say(id, wire.Ping{T0: l.w.now})
		}
	}
	l.w.in(4*second, l.chat)
}

func (l *liar) peers() []peer.ID {
	ids := make([]peer.ID, 0, len(l.talks))
	for id := range l.talks {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func (l *liar) tip(t *talk) wire.Tip {
	h := t.face.head
	return wire.Tip{Log: h.Log, Seq: h.Seq, Hash: h.Hash.Short()}
}

func (l *liar) vector(t *talk, members bool) wire.Vector {
	v := wire.Vector{Members: members, Full: true}
	if !members {
		v.Tips = []wire.Tip{l.tip(t)}
	}
	v.Digest = wire.DigestOf(v.Tips)
	return v
}

func (l *liar) say(id peer.ID, m wire.Message) {
	raw, err := wire.Encode(m)
	if err != nil {
		l.w.fail("harness", "encode: %v", err)
		return
	}
	l.send(id, raw)
}

func (l *liar) send(id peer.ID, raw []byte) {
	if e := l.n.links[id]; e != nil {
		e.send(raw)
	}
}

func (l *liar) up(id peer.ID, _ model.DeviceKey) {
	other := l.n.links[id].other().node
	l.talks[id] = &talk{face: &l.faces[other.index%2]}
	l.say(id, wire.Hello{
		Oldest: wire.Oldest, Version: wire.Version, Workspace: l.w.ws, Instance: [16]byte{1, byte(l.n.index)}, Store: [16]byte{2},
		Fold: model.FoldVersion, Format: model.FormatVersion, Software: "another",
	})
}

func (l *liar) down(id peer.ID)         { delete(l.talks, id) }
func (l *liar) drained(peer.ID, int)    {}
func (l *liar) thirsty(id peer.ID) bool { return false }

func (l *liar) frame(id peer.ID, raw []byte) {
	t := l.talks[id]
	m, err := wire.Decode(raw)
	if t == nil || err != nil {
		return
	}
	switch m := m.(type) {
	case wire.Hello:
		t.ready = true
		l.say(id, l.vector(t, true))
		l.say(id, l.vector(t, false))
	case wire.Vector:
		if m.Again {
			l.say(id, l.vector(t, false))
		}
		l.claim(id, t, m.Tips)
	case wire.Run:
		if len(m.Events) > 0 {
			e := m.Events[len(m.Events)-1]
			l.claim(id, t, []wire.Tip{{Log: e.Log, Seq: e.Seq, Hash: e.Hash().Short()}})
		}
	case wire.Ack:
		l.claim(id, t, m.Tips)
	case wire.Want:
		var events []*model.Event
		if m.Tip.Log == t.face.head.Log && m.From >= 1 && m.From <= uint64(len(t.face.events)) {
			events = t.face.events[m.From-1 : min(m.Tip.Seq, uint64(len(t.face.events)))]
		}
		l.say(id, wire.Run{Last: true, Log: m.Tip.Log, Events: events})
	case wire.Ping:
		l.say(id, wire.Pong{T0: m.T0, T1: l.w.now, T2: l.w.now})
	}
}

// claim says that what a peer has is on this disk too.
func (l *liar) claim(id peer.ID, t *talk, tips []wire.Tip) {
	if l.lie == lieAck && len(tips) > 0 && !l.quiet {
		l.w.happened(l.lie, l.n)
		l.say(id, wire.Ack{Tips: tips})
	}
}
