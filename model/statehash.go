package model

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
	"strings"
)

// StateHash is a digest of the incident's state under FoldVersion. Replicas that
// hold the same events have the same hash; texts are no part of it, so that a
// removed text does not change it. The fold of a part has a hash of that part: only
// those of whole folds (see Whole) can be compared.
func (in *Incident) StateHash() Hash {
	in.sort()
	w := digest{sha256.New()}
	w.num(FoldVersion)
	w.raw(in.id[:])
	for i, g := range []*register{&in.opens, &in.title, &in.severity, &in.status, &in.topic, &in.links, &in.restrict} {
		w.num(uint64(i))
		w.register(g)
	}
	hashRegisters(w, in.answers, func(q Question) string { return string(q) })
	hashRegisters(w, in.roles, func(r Role) string { return string(r) })
	hashRegisters(w, in.moments, func(m Moment) string { return string(m) })
	hashRegisters(w, in.phases, func(p PhaseID) string { return string(p) })
	for _, m := range []map[Ref]*register{in.text, in.strike, in.star} {
		hashRegisters(w, m, refKey)
	}
	w.num(uint64(len(in.order)))
	for _, s := range in.order {
		w.record(s.rec)
	}
	for _, a := range in.viewAlerts() {
		w.raw(a.Group[:])
		w.raw([]byte(a.Fingerprint))
		w.record(a.By)
	}
	for _, u := range in.viewUpdates() {
		w.record(u.By)
	}
	w.num(uint64(len(in.pages.leases)))
	for _, r := range sortRecords(slices.Clone(in.pages.leases)) {
		w.record(r)
	}
	w.num(uint64(in.newer))
	return Hash(w.Sum(nil))
}

// StateHash is a digest of who is known, of the standing writes of their names and
// access, of the devices, and of the ways that stand.
func (p *People) StateHash() Hash {
	w := digest{sha256.New()}
	w.num(FoldVersion)
	hashRegisters(w, p.names, func(id PersonID) string { return string(id[:]) })
	ids := make([]PersonID, 0, len(p.added))
	for id := range p.added {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, comparePersons)
	for _, id := range ids {
		w.record(first(p.added[id]))
	}
	ids = ids[:0]
	for id := range p.members {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, comparePersons)
	w.num(uint64(len(ids)))
	for _, id := range ids {
		w.raw(id[:])
		w.register(p.membership(id))
	}
	ids = ids[:0]
	for id := range p.ways.by {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, comparePersons)
	w.num(uint64(len(ids)))
	for _, id := range ids {
		w.raw(id[:])
		var standing []*Record
		for _, r := range p.ways.by[id] {
			if p.granted(r) {
				standing = append(standing, r)
			}
		}
		w.num(uint64(len(standing)))
		for _, r := range sortRecords(standing) {
			w.record(r)
		}
	}
	p.hashDevices(w)
	hashRegisters(w, p.contacts, func(id PersonID) string { return string(id[:]) })
	w.register(&p.rota)
	w.num(uint64(p.newer))
	return Hash(w.Sum(nil))
}

type digest struct{ hash.Hash }

func (d digest) num(n uint64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], n)
	d.Write(b[:])
}

func (d digest) raw(b []byte) {
	d.num(uint64(len(b)))
	d.Write(b)
}

func (d digest) record(r *Record) {
	d.Write(r.Ref.Log[:])
	d.num(r.Ref.Seq)
	d.Write(r.Ref.Hash[:])
	d.num(uint64(r.Eff))
}

func (d digest) register(g *register) {
	standing := g.standing()
	d.num(uint64(len(standing)))
	for _, w := range standing {
		d.record(w)
	}
}

func refKey(r Ref) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], r.Seq)
	return string(r.Log[:]) + string(b[:]) + string(r.Hash[:])
}

func hashRegisters[K comparable](d digest, m map[K]*register, name func(K) string) {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b K) int { return strings.Compare(name(a), name(b)) })
	d.num(uint64(len(keys)))
	for _, k := range keys {
		d.raw([]byte(name(k)))
		d.register(m[k])
	}
}

func sortedScopes(m map[Scope]*Incident) []Scope {
	ids := make([]Scope, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, Scope.Compare)
	return ids
}
