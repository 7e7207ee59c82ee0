package room

import (
	"errors"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
	"warroom/sync/replica"
)

// Limits of one commit. It takes what queued up during the last one and never
// waits for more.
const (
	maxRequests = 512
	maxEvents   = 1_000
	maxBytes    = 1 << 20
)

// request is a command for the committer to do.
type request struct {
	who      model.Actor
	incident model.Scope
	command  model.Command
	// read is the incident as the caller read it, so that the committer need not.
	read *reading
	// alone, instead of a command, makes a commit of which nothing else is part.
	alone func(*commit) error
	// run, instead of a command, is what a peer brought.
	run    *peer.Take
	answer chan answer // buffered: the committer never waits for who asked
}

type answer struct {
	receipt model.Receipt
	// whole is the incident of which the command needs everything: it is to be read,
	// and the command to be sent again.
	whole model.Scope
	err   error
}

// commit is one transaction in the making, and then on its way to the disk.
type commit struct {
	batch   storage.Batch
	records []*model.Record // of the batch's events, those that count
	// aside are the others: they are held back. back is what is held back with this
	// commit, and cuts says that it is something else than before.
	aside   []*model.Record
	back    *replica.Back
	cuts    bool
	bytes   int
	hand    hand              // with this commit
	durable []storage.Durable // once it is on the disk
	waiting []pending
	touched map[model.Scope]bool
	// people says that it changes who is known; roster and newer are what is
	// published then.
	people bool
	roster *model.Roster
	newer  int
	// anew are the scopes of which something moved, or left the timeline: what is
	// folded of them is read again.
	anew map[model.Scope]bool
	// unread are those of which something came that is not folded yet.
	unread map[model.Scope]bool
	// planned says that the replica has taken it over, taken that it is of peers.
	// judged says that a removal may be somebody's to do now.
	planned, taken, judged bool
	early                  []early
	// learned is how many records were looked at for what is to be done about them,
	// and learnedAt is no event behind that of the next.
	learned, learnedAt int
	// removing are the incidents in which a text is to be removed for good.
	removing []model.Scope
}

func newCommit() *commit {
	return &commit{touched: map[model.Scope]bool{}, anew: map[model.Scope]bool{}, unread: map[model.Scope]bool{}}
}

func (c *commit) empty() bool { return len(c.batch.Events) == 0 }

// nothing reports a commit that changes nothing.
func (c *commit) nothing() bool { return c.empty() && len(c.batch.Ends) == 0 }

// set stores a setting with the commit.
func (c *commit) set(name string, raw []byte) {
	if c.batch.Settings == nil {
		c.batch.Settings = map[string][]byte{}
	}
	c.batch.Settings[name] = raw
}

// full reports that the next act is for another commit.
func (c *commit) full() bool {
	return c.cuts || len(c.waiting) >= maxRequests || len(c.batch.Events) >= maxEvents || c.bytes >= maxBytes
}

// pending is a request with what it is answered once the commit is durable.
type pending struct {
	req    *request
	answer answer
}

// take decides one request into the next commit. One with nothing to commit is
// answered at once, unless the answer rests on what is not durable yet.
func (r *Room) take(req *request) {
	c := r.next
	receipt, err := r.decide(c, req)
	if needs := new(wholeError); errors.As(err, &needs) {
		req.answer <- answer{whole: needs.incident}
		return
	}
	nothing := err != nil || receipt.Nothing()
	atOnce := nothing && !r.undurable(receipt.Incident)
	if err != nil {
		receipt = model.Receipt{}
	}
	p := pending{req, answer{receipt: receipt, err: err}}
	switch {
	case atOnce:
		req.answer <- p.answer
	case nothing && c.empty():
		r.flying.waiting = append(r.flying.waiting, p)
	default:
		c.waiting = append(c.waiting, p)
	}
}

// undurable reports that what is folded of the incident, or of the people, is
// not all durable.
func (r *Room) undurable(id model.Scope) bool {
	for _, c := range []*commit{r.flying, r.next} {
		if c != nil && (c.people || c.touched[id]) {
			return true
		}
	}
	return false
}

// decide turns a request into sealed and folded events of the commit. A refusal
// leaves the commit as it was; the receipt says which incident it was about.
func (r *Room) decide(c *commit, req *request) (model.Receipt, error) {
	receipt := model.Receipt{Incident: req.incident}
	if r.hand.id.Me.IsZero() {
		return receipt, model.Refuse(model.CodeRoomWaits)
	}
	if err := r.knowPeople(); err != nil {
		return receipt, err
	}
	if !r.people.Knows(req.who.Person) {
		return receipt, model.Refuse(model.CodePersonUnknown, "Person", req.who.Person.String()[:8])
	}
	if alerts, ok := req.command.(model.ReceiveAlerts); ok {
		receipt.Incident = r.place(alerts, req.who.Sees())
	}
	var in *model.Incident
	if !receipt.Incident.IsZero() {
		var err error
		if in, err = r.incident(receipt.Incident, req.read); err != nil {
			return receipt, err
		}
	}
	if in != nil && in.NeedsWhole(req.who.Person, r.hand.id.Content, req.command) {
		return receipt, &wholeError{receipt.Incident}
	}
	now := r.now()
	drafts, err := model.Decide(model.Act{
		Now: now, Actor: req.who.Person, Via: req.who.Via,
		Workspace: r.workspace.Scope(), Log: r.hand.id.Content, Membership: r.hand.id.Membership, Peers: r.linked.Load(),
		Device: r.signer.Device(), Tips: r.tips, Nonce: r.nonce,
	}, r.people, in, req.command)
	if err != nil {
		return receipt, err
	}
	sealed, err := r.seal(c, drafts, now.UnixMilli())
	if err != nil {
		return receipt, err
	}
	member := false
	for _, rec := range sealed {
		receipt.Refs = append(receipt.Refs, rec.Ref)
		if _, ok := rec.Body.(*model.IncidentOpen); ok {
			receipt.Incident, receipt.Opened = rec.Scope, true
		}
		if rec.Scope == r.workspace.Scope() {
			c.people = true
			member = member || rec.Body.Kind().Log() == model.MembershipLog
		} else {
			c.touched[rec.Scope] = true
		}
		if _, ok := rec.Body.(*model.TextRemove); ok {
			c.removing = append(c.removing, rec.Scope)
		}
	}
	if member {
		// What it is decided by is sealed: if it cannot be judged now, it is when the
		// people are read again.
		if err := r.judge(c, nil); err != nil {
			r.unjudged = true
		}
	}
	return receipt, nil
}

// knowPeople reads the people when they were forgotten, because the store refused a
// commit.
func (r *Room) knowPeople() (err error) {
	if r.people == nil {
		r.people, err = r.readPeople()
		r.unjudged = true
	}
	return err
}

// incident gives the fold on which a command is decided, with all that is sealed,
// durable or not. What the caller read is taken when it has more than is held.
func (r *Room) incident(id model.Scope, read *reading) (*model.Incident, error) {
	held := r.incidents.held[id]
	if read == nil || read.in.ID() != id || held != nil && (held.Whole() || !read.in.Whole()) {
		return r.incidents.get(id)
	}
	in := read.in
	if held != nil {
		in.Merge(held) // what was sealed since it was read
	}
	if r.removals.Load() != read.removals || r.commits(id) != read.commits && !(held != nil && in.Whole() && in.Total() == held.Total()) {
		var err error
		if in, err = read.again(id, r.extent(id), pageLines); err != nil {
			return nil, err
		}
		if held != nil {
			in.Merge(held)
		}
	}
	r.incidents.put(in)
	return in, nil
}

// place finds the incident that alerts belong to, those that are on their way to
// the disk among them.
func (r *Room) place(alerts model.ReceiveAlerts, who model.PersonID) model.Scope {
	r.mu.Lock()
	rows, _ := r.list.sorted()
	r.mu.Unlock()
	ahead := map[model.Scope]bool{}
	for _, c := range []*commit{r.flying, r.next} {
		if c != nil {
			for id := range c.touched {
				ahead[id] = true
			}
		}
	}
	if len(ahead) > 0 {
		fresh := make([]model.Summary, 0, len(rows)+len(ahead))
		for _, row := range rows {
			if !ahead[row.ID] {
				fresh = append(fresh, row)
			}
		}
		for id := range ahead {
			in := r.incidents.held[id]
			if in == nil {
				continue // it is read anew
			}
			if row := in.Summary(); row.Opened != 0 {
				fresh = append(fresh, row)
			}
		}
		rows = fresh
	}
	return alerts.Place(rows, who)
}

// seal makes all drafts of one command events of the commit, or none of them.
func (r *Room) seal(c *commit, drafts []model.Draft, nowMS int64) ([]*model.Record, error) {
	author := r.hand.author
	placed := make([]storage.Placed, 0, len(drafts))
	records := make([]*model.Record, 0, len(drafts))
	for _, d := range drafts {
		d.PrevInScope = r.lastIn(author.Head(d.Log()).Log, d.Scope, records)
		e, rec, err := author.Seal(r.signer, d, nowMS, model.Salt(r.nonce()), r.clockOf)
		if err != nil {
			return nil, err
		}
		placed = append(placed, storage.Placed{Event: e, Eff: rec.Eff})
		records = append(records, rec)
	}
	for i, rec := range records {
		r.apply(rec)
		c.bytes += placed[i].Event.Size()
	}
	r.hand.author = author
	c.batch.Events = append(c.batch.Events, placed...)
	c.records = append(c.records, records...)
	return records, nil
}

// clockOf is where an event stands that the store holds.
func (r *Room) clockOf(ref model.Ref) (model.Clock, bool) {
	if r.replica != nil {
		return r.replica.Eff(ref)
	}
	_, eff, _, err := r.store.Find(ref)
	return eff, err == nil
}

// lastIn is the log's last event in the scope, of those that are being sealed too.
func (r *Room) lastIn(log model.LogID, scope model.Scope, sealed []*model.Record) model.Ref {
	for i := len(sealed) - 1; i >= 0; i-- {
		if sealed[i].Scope == scope && sealed[i].Ref.Log == log {
			return sealed[i].Ref
		}
	}
	if scope == r.workspace.Scope() {
		return r.people.LastIn(log)
	}
	if in := r.incidents.held[scope]; in != nil {
		return in.LastIn(log)
	}
	return model.Ref{} // a new incident
}

func (r *Room) apply(rec *model.Record) {
	if rec.Scope == r.workspace.Scope() {
		r.people.Apply(rec)
		return
	}
	in := r.incidents.held[rec.Scope]
	if in == nil {
		in = model.NewIncident(rec.Scope)
	}
	in.Apply(rec)
	r.incidents.put(in)
}
