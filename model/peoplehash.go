package model

import (
	"crypto/sha256"
	"maps"
	"slices"
)

// StateHash is a digest of who is known, of the standing writes of their names and
// access, of the devices, invites and recovery keys, and of the ways that stand: all of
// it as it counts.
func (p *People) StateHash() Hash {
	v := p.judge()
	w := digest{sha256.New()}
	w.num(FoldVersion)
	ids := make([]PersonID, 0, len(p.added))
	for id := range p.added {
		if p.Knows(id) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, comparePersons)
	w.num(uint64(len(ids)))
	for _, id := range ids {
		w.raw(id[:])
		w.record(first(slices.DeleteFunc(slices.Clone(p.added[id]), func(r *Record) bool { return !p.valid(r) })))
		w.register(p.naming(id))
	}
	ids = ids[:0]
	for id := range v.people {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, comparePersons)
	w.num(uint64(len(ids)))
	for _, id := range ids {
		w.raw(id[:])
		w.register(v.membership(id))
		w.flag(v.heldAt(v.people[id], nil))
		w.num(uint64(v.people[id].now))
	}
	names := slices.Sorted(maps.Keys(p.templates))
	w.num(uint64(len(names)))
	for _, name := range names {
		w.num(uint64(len(name)))
		w.raw([]byte(name))
		w.register(p.templatesOf(name))
	}
	ids = ids[:0]
	for id := range p.contacts {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, comparePersons)
	w.num(uint64(len(ids)))
	for _, id := range ids {
		w.raw(id[:])
		w.register(p.counting(p.contacts[id]))
	}
	w.register(p.counting(&p.rota))
	roles := slices.Sorted(maps.Keys(p.roles))
	w.num(uint64(len(roles)))
	for _, role := range roles {
		w.raw([]byte(role))
		w.register(p.counting(p.roles[role]))
	}
	p.hashWays(w)
	v.hashDevices(w)
	w.records(v.invites)
	var void []Ref
	for ref := range v.void {
		void = append(void, ref)
	}
	slices.SortFunc(void, compareRefs)
	for _, ref := range void {
		w.raw([]byte(refKey(ref)))
	}
	w.num(uint64(p.newer))
	return Hash(w.Sum(nil))
}

func (p *People) hashWays(w digest) {
	ids := make([]PersonID, 0, len(p.ways.by))
	for id := range p.ways.by {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, comparePersons)
	w.num(uint64(len(ids)))
	for _, id := range ids {
		w.raw(id[:])
		w.records(slices.DeleteFunc(slices.Clone(p.ways.by[id]), func(r *Record) bool { return !p.granted(r) }))
	}
}

// hashDevices adds the devices as they stand, and the recovery keys.
func (v *verdict) hashDevices(w digest) {
	keys := make([]DeviceKey, 0, len(v.devices))
	for key := range v.devices {
		keys = append(keys, key)
	}
	w.num(uint64(len(keys)))
	for _, key := range sortKeys(keys) {
		d, h := v.device(key), v.devices[key]
		w.raw(key[:])
		w.raw(d.Person[:])
		w.num(uint64(d.Standing))
		w.flag(d.Muted)
		w.flag(d.Service)
		w.register(&h.mutes)
		var given []*Record
		for _, g := range h.grants {
			given = append(given, g.rec)
		}
		w.records(given)
	}
	w.register(v.recoveries())
}

// records adds records in order.
func (d digest) records(rs []*Record) {
	d.num(uint64(len(rs)))
	for _, r := range sortRecords(slices.Clone(rs)) {
		d.record(r)
	}
}

func (d digest) flag(on bool) {
	if on {
		d.num(1)
	} else {
		d.num(0)
	}
}
