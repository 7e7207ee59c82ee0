package room

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/replica"
)

// What a device wrote counts as far as the membership lets it. The rest is kept, given
// to peers and acknowledged like everything else, and no reader is given it: the store
// leaves it out of its timelines. Which events that are follows from the membership and
// the lines, and is reckoned anew whenever these change; nothing of it is stored but by
// what the rows on the disk were made.

// heldSetting says what was held back when the rows were made. Where that is not what
// is held back now, the incidents between the two are made anew.
const heldSetting = "held"

// heldRow is a line of heldSetting.
type heldRow struct {
	_    struct{} `cbor:",toarray"`
	Line model.LogID
	From uint64
}

// heldRows is heldSetting. Where there are too many lines for a setting, Sum alone
// tells whether they are the same.
type heldRows struct {
	_    struct{} `cbor:",toarray"`
	Sum  model.Hash
	Rows []heldRow
}

func encodeHeld(from map[model.LogID]uint64) ([]byte, error) {
	var rows heldRows
	for _, id := range slices.SortedFunc(maps.Keys(from), compareLogs) {
		rows.Rows = append(rows.Rows, heldRow{Line: id, From: from[id]})
	}
	raw, err := model.EncodeRow(rows.Rows)
	if err != nil {
		return nil, fmt.Errorf("note what is held back: %w", err)
	}
	rows.Sum = sha256.Sum256(raw)
	if len(raw) > storage.MaxValue-100 {
		rows.Rows = nil
	}
	if raw, err = model.EncodeRow(rows); err != nil {
		return nil, fmt.Errorf("note what is held back: %w", err)
	}
	return raw, nil
}

func compareLogs(a, b model.LogID) int { return slices.Compare(a[:], b[:]) }

// judge reckons what is held back by the people and the lines as they are folded now,
// those of a plan among them; nil for none. What is folded of the incidents concerned
// is forgotten, and read again when the commit is durable: nothing is decided on top of
// it before.
func (r *Room) judge(c *commit, p *replica.Plan) error {
	if err := r.knowLines(); err != nil {
		return err
	}
	is, err := r.replica.Back(r.people.Cut, r.workspace.Scope(), r.back)
	if err != nil {
		return err
	}
	was := r.back
	if r.back = is; is.Same(was) {
		return nil
	}
	scopes, err := r.replica.Changed(was, is, p)
	if err != nil {
		return err
	}
	c.cuts = true
	for id := range scopes {
		c.anew[id], r.later.anew[id] = true, true
		r.incidents.remove(id)
	}
	for _, b := range r.replica.Lines() {
		if !is.SameAt(was, b.ID) {
			if err := r.see(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// see tells the author of a line, as far as it counts: what does not is not named.
func (r *Room) see(b model.Branch) error {
	if id := r.hand.id; b.ID == id.Content || b.ID == id.Membership {
		r.hand.author.Seen(b)
		return nil
	}
	b, err := r.replica.Counted(b, r.back)
	if err == nil {
		r.hand.author.Seen(b)
	}
	return err
}

// rejudge reckons what is held back when the people were read again, with nothing on
// its way to the disk.
func (r *Room) rejudge() {
	r.unjudged = false
	c := newCommit()
	if err := r.knowPeople(); err != nil {
		return // it is read again, and judged, when it is needed
	}
	r.unjudged = false
	if err := r.judge(c, nil); err != nil {
		r.people = nil
		return
	}
	r.hold(r.back, nil)
	r.mu.Lock()
	r.seenBack = r.back
	r.roster, r.newer = r.people.Roster(), r.people.Newer()
	for id := range c.anew {
		r.sent[id]++
		r.written[id]++
		r.again(id)
	}
	r.version++
	r.mu.Unlock()
	r.bells.ring()
}

// hold has the store hold back what readers are not to see, and before it is on the
// disk, what begins with the next commit; nil for none. So nobody sees it in between.
func (r *Room) hold(seen *replica.Back, next *commit) {
	hold := seen.Hold()
	if next == nil || next.back == seen {
		r.store.Hold(hold)
		return
	}
	from := maps.Clone(next.back.Hold().From)
	r.mu.Lock()
	for id := range from {
		if _, there := r.lines.of[id]; there {
			delete(from, id)
		}
	}
	r.mu.Unlock()
	maps.Copy(from, hold.From)
	r.store.Hold(storage.Held{Except: r.workspace.Scope(), From: from})
}

// holdLine has the store hold back all of a line that begins, of which it is not known
// yet what counts.
func (r *Room) holdLine(id model.LogID) {
	from := map[model.LogID]uint64{id: 1}
	maps.Copy(from, r.seenBack.Hold().From)
	r.store.Hold(storage.Held{Except: r.workspace.Scope(), From: from})
}

// noteHeld has a commit say what is held back, when no rows are older than that.
func (r *Room) noteHeld(c *commit) {
	if r.later.owes() || r.back.Same(r.noted) {
		return
	}
	if raw, err := encodeHeld(r.back.Hold().From); err == nil {
		c.set(heldSetting, raw)
		r.noted = r.back
	}
}

// openHeld reckons what is held back when the room is opened, and has the incidents
// made anew whose rows were made by something else.
func (r *Room) openHeld() error {
	if err := r.holdHeld(); err != nil {
		return err
	}
	raw, ok, err := r.store.Setting(heldSetting)
	if err != nil {
		return fmt.Errorf("read what was held back: %w", err)
	}
	var was heldRows
	if ok && model.DecodeRow(raw, &was) != nil {
		was.Sum[0]++ // it says nothing: all is made anew
	}
	is, err := encodeHeld(r.back.Hold().From)
	if err != nil {
		return err
	}
	if ok && slices.Equal(raw, is) {
		r.noted = r.back
		return nil
	}
	noted := &replica.Back{}
	noted.From = map[model.LogID]uint64{}
	for _, row := range was.Rows {
		noted.From[row.Line] = row.From
	}
	var scopes map[model.Scope]bool
	if ok && len(was.Rows) == 0 && was.Sum != sumOf(nil) {
		scopes, err = r.allScopes()
	} else {
		scopes, err = r.replica.Changed(noted, r.back, nil)
	}
	for id := range scopes {
		r.later.anew[id] = true
	}
	r.noted = noted
	return err
}

func sumOf(rows []heldRow) model.Hash {
	raw, _ := model.EncodeRow(rows)
	return sha256.Sum256(raw)
}

// holdHeld reckons what is held back by the people and the lines that the store has, and
// has it hold that back.
func (r *Room) holdHeld() error {
	if err := r.knowLines(); err != nil {
		return err
	}
	is, err := r.replica.Back(r.people.Cut, r.workspace.Scope(), nil)
	if err != nil {
		return err
	}
	r.back, r.seenBack = is, is
	r.hold(is, nil)
	return nil
}

// tips are the ends of all lines that a device wrote, what is on its way to the disk among
// them.
func (r *Room) tips(device model.DeviceKey) []model.Ref {
	if r.knowLines() != nil {
		return nil
	}
	if device != r.signer.Device() {
		return r.replica.Tips(device)
	}
	return r.replica.Tips(device, r.hand.author.Head(model.MembershipLog), r.hand.author.Head(model.ContentLog))
}

// heldBack lists what is held back. The caller holds mu.
func (r *Room) heldBack() []model.HeldBack {
	var out []model.HeldBack
	at := map[model.LogID]int{}
	for _, id := range slices.SortedFunc(maps.Keys(r.seenBack.Hold().From), compareLogs) {
		n, line := r.seenBack.Count(id), r.lines.of[id]
		if n == 0 {
			continue
		}
		from := r.seenBack.From[id]
		if i, ok := at[line.Log]; ok {
			out[i].From, out[i].Count = min(out[i].From, from), out[i].Count+n
			continue
		}
		d, _ := r.roster.Device(line.Device)
		at[line.Log] = len(out)
		out = append(out, model.HeldBack{Device: line.Device, Person: d.Person, Log: line.Log, From: from, Count: n})
	}
	return out
}

// HeldBack lists what is kept and does not count, because who wrote it may not, or not
// any more.
func (r *Room) HeldBack() []model.HeldBack {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.heldBack()
}

// withoutHeld is the calls of entries that are not held back.
func (r *Room) withoutHeld(calls []model.Call) []model.Call {
	if r.replica == nil {
		return calls
	}
	return slices.DeleteFunc(slices.Clone(calls), func(c model.Call) bool {
		line, ok := r.replica.Stands(c.Entry)
		hold := r.seenBack.Hold()
		return ok && hold.Back(line, c.Entry.Seq, c.Incident)
	})
}
