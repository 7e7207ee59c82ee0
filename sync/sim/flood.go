package sim

import (
	"slices"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// The ways to flood.
const (
	floodRate = "F6 writes too fast"
	floodLogs = "F6 begins too many logs"
)

func floods() []string { return []string{floodRate, floodLogs} }

// maxFlood is how many logs a flooder begins: more than it may in a day, and no more than
// in two.
const maxFlood = 110

// flooder is a member whose software does the right things too often. It goes on after
// all other faults have ended, until the others have the same.
type flooder struct {
	*liar
	lie   string
	logs  []*face
	ready map[peer.ID]bool
}

func newFlooder(w *world, n *node, lie string) *flooder {
	f := &flooder{
		liar: &liar{w: w, n: n, lie: lie, signer: model.Signer{Workspace: w.ws, Key: n.key}}, lie: lie, ready: map[peer.ID]bool{},
	}
	f.open()
	w.in(w.between(8*second, 25*second), func() {
		w.happened(lie, n)
		f.flood()
	})
	w.in(4*second, f.ping)
	return f
}

// open begins a log.
func (f *flooder) open() *face {
	nonce := f.w.nonce()
	log := &face{head: model.Head{Log: model.NewLogID(f.signer.Device(), nonce)}}
	open := &model.LogOpen{Device: f.signer.Device(), Workspace: f.w.ws, Log: model.ContentLog, Nonce: nonce, Reason: model.ReasonNew}
	f.seal(log, model.Draft{Scope: f.w.ws.Scope(), Body: open})
	f.logs = append(f.logs, log)
	return log
}

// flood writes some more, gives it to some without asking, and tells all of it.
func (f *flooder) flood() {
	if f.quiet {
		return
	}
	log, from := f.logs[0], 0
	if f.lie == floodLogs {
		if len(f.logs) >= maxFlood {
			return
		}
		log = f.open()
		f.entry(log)
	} else {
		from = len(log.events)
		for range 15 {
			f.entry(log)
		}
	}
	fresh := log.events[from:]
	for _, id := range f.links() {
		if !f.ready[id] {
			continue
		}
		if f.w.chance(70) {
			f.say(id, wire.Run{Fresh: true, Log: log.head.Log, Events: fresh})
		}
		f.say(id, wire.Ack{Tips: []wire.Tip{tipOf(log)}})
	}
	f.w.in(250*ms, f.flood)
}

func (f *flooder) ping() {
	for _, id := range f.links() {
		f.say(id, wire.Ping{T0: f.w.now})
	}
	f.w.in(4*second, f.ping)
}

func (f *flooder) links() []peer.ID {
	ids := make([]peer.ID, 0, len(f.ready))
	for id := range f.ready {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func tipOf(log *face) wire.Tip {
	return wire.Tip{Log: log.head.Log, Seq: log.head.Seq, Hash: log.head.Hash.Short()}
}

func (f *flooder) vectors(id peer.ID) {
	v := wire.Vector{Full: true}
	for _, log := range f.logs {
		v.Tips = append(v.Tips, tipOf(log))
	}
	v.Digest = wire.DigestOf(v.Tips)
	f.say(id, v)
}

func (f *flooder) up(id peer.ID, _ model.DeviceKey) {
	f.ready[id] = false
	f.say(id, wire.Hello{
		Oldest: wire.Oldest, Version: wire.Version, Workspace: f.w.ws, Instance: [16]byte{1, byte(f.n.index)}, Store: [16]byte{2},
		Fold: model.FoldVersion, Format: model.FormatVersion, Software: "another",
	})
}

func (f *flooder) down(id peer.ID) { delete(f.ready, id) }

func (f *flooder) frame(id peer.ID, raw []byte) {
	m, err := wire.Decode(raw)
	if _, up := f.ready[id]; !up || err != nil {
		return
	}
	switch m := m.(type) {
	case wire.Hello:
		f.ready[id] = true
		f.say(id, wire.Vector{Members: true, Full: true})
		f.vectors(id)
	case wire.Vector:
		if m.Again {
			f.vectors(id)
		}
	case wire.Want:
		f.say(id, wire.Run{Last: true, Log: m.Tip.Log, Events: f.asked(m)})
	case wire.Ping:
		f.say(id, wire.Pong{T0: m.T0, T1: f.w.now, T2: f.w.now})
	}
}

// asked are events that a peer asked for, as many as fit its credit.
func (f *flooder) asked(m wire.Want) (out []*model.Event) {
	for _, log := range f.logs {
		if log.head.Log != m.Tip.Log || m.From < 1 {
			continue
		}
		size := 0
		for _, e := range log.events[min(m.From-1, uint64(len(log.events))):] {
			if size += e.Size(); e.Seq > m.Tip.Seq || len(out) > 0 && size > min(int(m.Credit), wire.MaxRun) {
				break
			}
			out = append(out, e)
		}
	}
	return out
}

// flooding are those who flood now.
func (w *world) flooding() (all []*flooder) {
	for _, n := range w.nodes {
		if f, ok := n.who.(*flooder); ok && !f.quiet {
			all = append(all, f)
		}
	}
	return all
}

// others waits until the correct nodes have the same but for what is flooded, while it
// is. Then the flood ends, and a day passes, so that no limit holds anything back: of
// that too all must come to have the same.
func (w *world) others() {
	all := w.flooding()
	if len(all) == 0 {
		return
	}
	apart, end := w.apart(), w.now+patience
	for w.failed == nil && apart != nil && w.now < end {
		w.run(w.now + second/2)
		apart = w.apart()
	}
	if w.failed == nil && apart != nil {
		w.fail("O3", "while %s floods, after %d s: %v", all[0].n.name, patience/second, apart)
	}
	if len(w.chosen) == 1 {
		w.bounded(all)
	}
	for _, f := range all {
		f.quiet = true
	}
	w.later += 24 * 3_600 * second / ms
}

// bounded is O10 of a flood, in a run with no other fault: what a device made others
// take is within its limits.
func (w *world) bounded(all []*flooder) {
	l := peer.DefaultLimits()
	for _, n := range w.correct() {
		branches, _ := n.disk.lines()
		for _, f := range all {
			events, logs := 0, 0
			for _, b := range branches {
				if b.Device == f.n.device() {
					events, logs = events+int(b.Tip.Seq), logs+1
				}
			}
			if most := l.Burst + l.Rate*int(w.now/second+10); events > most || logs > l.Logs+1 {
				w.fail("O10", "%s took %d events (%d may be) and %d logs of %s, which floods", n.name, events, most, logs, f.n.name)
			}
		}
	}
}
