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
	hashRegisters(w, in.drafts, func(a Audience) string { return string(a) })
	hashRegisters(w, in.waived, func(a Audience) string { return string(a) })
	for _, m := range []map[Ref]*register{in.text, in.strike, in.star, in.approvals} {
		hashRegisters(w, m, refKey)
	}
	hashRegisters(w, in.work.items, func(i itemID) string { return refKey(i.ref) + string(rune(i.kind)) })
	hashRegisters(w, in.work.objections, refKey)
	hashRegisters(w, in.work.relations, func(r Related) string { return string(r.Other[:]) + string(r.Relation) })
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
