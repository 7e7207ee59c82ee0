package model

import "slices"

// register is a value that several people may write: it keeps every write, and
// each write names what it replaced. Those that nothing replaced stand side by
// side; the last in the order is shown first, and the others beside it until
// somebody settles it. A set from which things are taken by name is the same
// structure: the standing writes that add are its members.
//
// The zero register is empty and ready.
type register struct {
	writes   []*Record
	replaced map[Ref]bool
}

func (g *register) add(r *Record) {
	g.writes = append(g.writes, r)
	for _, p := range r.Common().Pred {
		if g.replaced == nil {
			g.replaced = map[Ref]bool{}
		}
		if p != r.Ref {
			g.replaced[p] = true
		}
	}
}

// standing are the writes that nothing replaced, in order. Writes that replace
// each other in a ring, which no honest author can make, all stand, so that a
// register is never empty by a trick.
func (g *register) standing() []*Record {
	var out []*Record
	for _, w := range g.writes {
		if !g.replaced[w.Ref] {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		out = slices.Clone(g.writes)
	}
	slices.SortFunc(out, compareRecords)
	return out
}

// history is every write in order.
func (g *register) history() []*Record {
	out := slices.Clone(g.writes)
	slices.SortFunc(out, compareRecords)
	return out
}

// replacedBy is the last write here that r named as replaced, nil if none is.
// What r names elsewhere is not looked at.
func (g *register) replacedBy(r *Record) *Record {
	if g == nil {
		return nil
	}
	var last *Record
	for _, w := range g.writes {
		if slices.Contains(r.Common().Pred, w.Ref) && (last == nil || before(last, w)) {
			last = w
		}
	}
	return last
}

// last is the write to show, nil if there is none.
func (g *register) last() *Record {
	if g == nil {
		return nil
	}
	s := g.standing()
	if len(s) == 0 {
		return nil
	}
	return s[len(s)-1]
}

// refs are the references to the standing writes: what a new write replaces.
func (g *register) refs() []Ref {
	if g == nil {
		return nil
	}
	var out []Ref
	for _, w := range g.standing() {
		out = append(out, w.Ref)
	}
	return out
}

// at gives the register under a key, made when it is not there.
func at[K comparable](m map[K]*register, k K) *register {
	g, ok := m[k]
	if !ok {
		g = &register{}
		m[k] = g
	}
	return g
}

func sortRecords(rs []*Record) []*Record {
	slices.SortFunc(rs, compareRecords)
	return rs
}
