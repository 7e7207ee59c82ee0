package room

import (
	"slices"
	"sync"

	"warroom/model"
)

// maxFresh is how many acts may wait on a sheet that nobody looks at.
const maxFresh = 4096

// sheet is an incident as readers see it: a fold of durable acts alone. It is not
// the committer's, which runs ahead of the disk; so a reader sees nothing that may
// be lost, and waits neither for the disk nor for what others write. The readers
// fold: a commit only puts its acts on the sheet.
type sheet struct {
	id model.Scope
	// extent is how much there was when the sheet was begun. What came later is put
	// on it, whatever is read from the store meanwhile.
	extent model.Extent
	// lines is how many lines are read at least.
	lines int

	// The room's mu guards these.
	fresh   []*model.Record // durable, and not in the view
	stale   bool            // who was an owner has changed
	view    *model.View     // nil until somebody has read
	readers int             // at work

	folding sync.Mutex      // guards in
	in      *model.Incident // nil until somebody has read
}

// desk is the sheets that were read last. The room's mu guards it.
type desk struct {
	sheets map[model.Scope]*sheet
	order  []model.Scope // least recently used first
}

// put lays a sheet on the desk as the one used last, in the place of another.
func (d *desk) put(s *sheet) {
	d.drop(s.id)
	if d.sheets == nil {
		d.sheets = map[model.Scope]*sheet{}
	}
	d.sheets[s.id] = s
	d.order = append(d.order, s.id)
}

func (d *desk) drop(id model.Scope) {
	if d.sheets[id] == nil {
		return
	}
	delete(d.sheets, id)
	i := slices.Index(d.order, id)
	d.order = slices.Delete(d.order, i, i+1)
}

// add puts durable acts on the sheets of their incidents.
func (d *desk) add(records []*model.Record) {
	for _, rec := range records {
		s := d.sheets[rec.Scope]
		if s == nil {
			continue
		}
		if s.fresh = append(s.fresh, rec); len(s.fresh) > maxFresh && s.readers == 0 {
			d.drop(s.id)
		}
	}
}

// replace puts a fold in the place of what is shown, which must not be any more.
func (d *desk) replace(in *model.Incident, people *model.Roster) {
	if d.sheets[in.ID()] != nil {
		in.Judge(people)
		d.put(&sheet{id: in.ID(), in: in, view: in.View()})
	}
}

// again begins a sheet anew, because what it shows stands elsewhere now. Who reads
// it looks again, and finds as much of the log as before.
func (r *Room) again(id model.Scope) {
	s := r.desk.sheets[id]
	switch {
	case s == nil:
	case s.view == nil && s.readers == 0:
		r.desk.drop(id)
	default:
		next := &sheet{id: id, extent: r.extentHeld(id), lines: s.lines}
		if s.view != nil {
			next.lines = max(next.lines, len(s.view.Lines))
		}
		r.desk.put(next)
	}
}

// trim drops the least recently used sheets beyond the limit that nobody reads.
func (d *desk) trim(limit int) {
	for i := 0; len(d.order) > limit && i < len(d.order); {
		if s := d.sheets[d.order[i]]; s.readers == 0 {
			d.drop(s.id)
		} else {
			i++
		}
	}
}

// look takes up an incident's sheet, or begins one. leave must follow.
func (r *Room) look(id model.Scope) *sheet {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.desk.sheets[id]
	if s == nil {
		s = &sheet{id: id, extent: r.extentHeld(id), lines: pageLines}
	}
	r.desk.put(s)
	s.readers++
	return s
}

// leave gives a sheet back. It reports false for one that was taken away
// meanwhile: a text was removed, and the reader must look again.
func (r *Room) leave(s *sheet) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	s.readers--
	if r.desk.sheets[s.id] != s {
		return false
	}
	if s.view == nil && s.readers == 0 {
		r.desk.drop(s.id) // it could not be read
	}
	r.desk.trim(maxFolded)
	return true
}

// seen gives the view that is on a sheet, and whether it is of all that is
// durable; nil when nobody has read yet.
func (r *Room) seen(s *sheet) (v *model.View, current bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return s.view, s.view != nil && len(s.fresh) == 0 && !s.stale
}

// draw folds what was read, and what is fresh, and gives the view of it.
func (r *Room) draw(s *sheet, read func()) *model.View {
	s.folding.Lock()
	defer s.folding.Unlock()
	read()
	r.mu.Lock()
	fresh, people := s.fresh, r.roster
	s.stale = false
	r.mu.Unlock()
	for _, rec := range fresh {
		s.in.Apply(rec)
	}
	s.in.Judge(people)
	v := s.in.View()
	r.mu.Lock()
	defer r.mu.Unlock()
	// Only now, so that nobody takes the old view for one that has them.
	if s.fresh = s.fresh[len(fresh):]; len(s.fresh) == 0 {
		s.fresh = nil
	}
	s.view = v
	return v
}
