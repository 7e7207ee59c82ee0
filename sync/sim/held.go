package sim

import (
	"slices"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/replica"
)

// What a device wrote counts as far as the membership lets it, here as in the product:
// see sync/room.

// refold makes the state anew from what the disk has, and what is held back of it.
func (p *process) refold() error {
	store, ws := p.n.disk.mem, p.w.ws.Scope()
	people := model.NewPeople(ws)
	err := store.Scope(ws, func(e *model.Event, eff model.Clock) error {
		rec, err := model.Decode(e)
		if err == nil {
			rec.Eff = eff
			people.Apply(rec)
		}
		return err
	})
	if err != nil {
		return err
	}
	if p.back, err = p.reckon(people); err != nil {
		return err
	}
	store.Hold(p.back.Hold())
	p.state, err = fold(store, ws, p.back)
	return err
}

func (p *process) reckon(people *model.People) (*replica.Back, error) {
	cuts := people.Cut
	if p.w.opt.Defect == NoCut {
		cuts = func(model.DeviceKey) (model.Cut, bool) { return model.Cut{}, false }
	}
	return p.lines.Back(cuts, p.w.ws.Scope(), p.back)
}

// fold is the state of all that a store counts. What is held back has its place.
func fold(store *storage.Memory, ws model.Scope, back *replica.Back) (*model.State, error) {
	state := model.NewState(ws)
	branches, err := store.Branches()
	if err != nil {
		return nil, err
	}
	for _, b := range branches {
		err := store.Line(b.ID, 1, func(e *model.Event, _ model.Clock) error {
			if b.Ends != 0 && e.Seq >= b.Ends {
				return errEnough
			}
			rec, err := model.Decode(e)
			switch {
			case err != nil:
				return err
			case back.Holds(b.ID, rec):
				state.Aside(rec)
			default:
				state.Apply(rec)
			}
			return nil
		})
		if err != nil && err != errEnough {
			return nil, err
		}
	}
	return state, nil
}

// rejudge is refold in the midst of a process's life.
func (p *process) rejudge() {
	was := p.back
	p.back = nil // all is counted anew
	if err := p.refold(); err != nil {
		p.w.fail("storage", "fold again: %v", err)
		return
	}
	p.seeAll(was)
}

// seeAll tells the author of the lines of which another part counts than before.
func (p *process) seeAll(was *replica.Back) {
	for _, b := range p.lines.Lines() {
		if !p.back.SameAt(was, b.ID) {
			p.see(b)
		}
	}
}

// fold folds what a plan brought, when it is on the disk.
func (p *process) fold(plan *replica.Plan, outdated bool) {
	if len(plan.Anew) > 0 {
		p.rejudge()
		return
	}
	held := 0
	for _, r := range plan.Records {
		if r.Scope == p.w.ws.Scope() {
			outdated = true
			p.state.Apply(r)
		} else if p.back.Holds(plan.Line(), r) {
			held++
		}
	}
	if held > 0 {
		p.back = p.back.With(plan.Line(), held)
	}
	if outdated && !p.judge(plan) {
		p.rejudge()
		return
	}
	for _, r := range plan.Records {
		switch {
		case r.Scope == p.w.ws.Scope():
		case p.back.Holds(plan.Line(), r):
			p.state.Aside(r)
		default:
			p.state.Apply(r)
		}
	}
}

// judge reckons what is held back by the people as they are folded now, those of a plan
// among them; false when something that is folded would not be, or the other way round.
// A new line of a device that is held back changes nothing that is folded.
func (p *process) judge(plan *replica.Plan) bool {
	back, err := p.reckon(p.state.People)
	if err != nil {
		return false
	}
	was := p.back
	if back.Same(was) {
		p.back = back
		return true
	}
	scopes, err := p.lines.Changed(was, back, plan)
	if err != nil || len(scopes) > 0 {
		return false
	}
	p.n.disk.mem.Hold(back.Hold())
	p.back = back
	p.seeAll(was)
	return true
}

// see tells the author of a line, as far as it counts.
func (p *process) see(b model.Branch) {
	if b.ID != p.id.Content && b.ID != p.id.Membership {
		var err error
		if b, err = p.lines.Counted(b, p.back); err != nil {
			p.w.fail("storage", "%s: %v", p.n.name, err)
			return
		}
	}
	p.author.Seen(b)
}

// tips are the ends of all lines that a device wrote, as far as they are held.
func (p *process) tips(device model.DeviceKey) []model.Ref {
	if device != p.signer.Device() {
		return p.lines.Tips(device)
	}
	return p.lines.Tips(device, p.author.Head(model.MembershipLog), p.author.Head(model.ContentLog))
}

// rogueEntry is an entry that is written whatever the membership says, by a device that
// keeps no rule.
type rogueEntry struct {
	model.Command
	text string
}

func (p *process) rogue(b *storage.Batch, a *asked, c rogueEntry) ([]*model.Record, error) {
	body := &model.EntryAdd{}
	body.Actor = a.person
	return p.seal(b, []model.Draft{{Scope: a.incident, Body: body, Text: c.text}})
}

// counts is the rule of cuts by its own words: whether an event of a store counts, by
// the people of that store. It is what O5 goes by, and shares nothing with the product
// but who is a member.
func counts(people *model.People, inv *inventory, device model.DeviceKey, e one) bool {
	cut, has := people.Cut(device)
	if !has {
		return true
	}
	if cut.Whole || len(cut.Tips) == 0 {
		return false
	}
	for _, list := range cut.Tips {
		if !slices.ContainsFunc(list, func(tip model.Ref) bool { return tip.Log == e.Log && inv.before(e, tip) }) {
			return false
		}
	}
	return true
}

// before reports that an event is that of a reference or stands before it on its line;
// of one that is not there, that its number is not above it.
func (inv *inventory) before(e one, tip model.Ref) bool {
	at := inv.refs[tip]
	if at == nil {
		return e.Seq <= tip.Seq
	}
	for at != nil && at.Seq > e.Seq {
		at = inv.events[at.Prev]
	}
	return at != nil && at.Raw == e.Raw
}

// voidOf are the events of a disk that stand behind a bad signature.
func voidOf(n *node) (map[model.Hash]bool, error) {
	void := map[model.Hash]bool{}
	branches, err := n.disk.lines()
	if err != nil {
		return nil, err
	}
	for _, b := range branches {
		if b.Ends == 0 {
			continue
		}
		err := n.disk.mem.Line(b.ID, b.Ends, func(e *model.Event, _ model.Clock) error {
			void[e.Hash()] = true
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return void, nil
}

// members is O5: no event of a device that may not write is folded anywhere, and every
// event of one that may is.
func (w *world) members(all map[*node]*inventory) error {
	for _, n := range w.correct() {
		inv, people := all[n], n.who.(*process).state.People
		void, err := voidOf(n)
		if err != nil {
			w.fail("O5", "%s: %v", n.name, err)
			return w.failed
		}
		for _, e := range inv.sorted {
			device := inv.devices[e.Log]
			may := e.Scope == w.ws.Scope() || counts(people, inv, device, e)
			switch is := inv.folded[e.hash]; {
			case is && e.Scope != w.ws.Scope() && w.strangers[device]:
				w.fail("O5", "%s folds event %d of log %s, whose device was never let in", n.name, e.Seq, e.Log)
			case is && !may:
				w.fail("O5", "%s folds event %d of log %s, whose device may not write it", n.name, e.Seq, e.Log)
			case !is && may && !void[e.hash]:
				w.fail("O5", "%s holds event %d of log %s back, whose device may write it", n.name, e.Seq, e.Log)
			default:
				continue
			}
			return w.failed
		}
	}
	return nil
}

// strange looks now and then at what a node shows: nothing of a device that, by what the
// node knows, is nobody's.
func (w *world) strange(p *process) {
	whole := map[model.LogID]bool{} // the logs of such devices, which wrote all lines of them
	for _, b := range p.lines.Lines() {
		if cut, has := p.state.People.Cut(b.Device); has && cut.Whole {
			whole[b.Log] = true
		}
	}
	for id, in := range p.state.Incidents {
		for _, l := range in.View().Lines {
			if !whole[l.Ref().Log] {
				continue
			}
			if line, held := p.lines.Stands(l.Ref()); held { // else it is on its way to the disk
				b, _ := p.lines.Line(line)
				w.fail("O5", "%s shows event %d of log %s in %s, whose device may not write", p.n.name, l.Rec.Ref.Seq, b.Log, id.Key())
				return
			}
		}
	}
}
