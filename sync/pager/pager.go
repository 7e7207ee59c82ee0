package pager

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"warroom/model"
	"warroom/model/oncall"
)

// Room is what the pager needs of a room.
type Room interface {
	// Do, Overview and Watch are those of model.Room, Glance that of model.Pager.
	Do(ctx context.Context, who model.Actor, incident model.Scope, c model.Command) (model.Receipt, error)
	Overview() *model.Overview
	Watch() model.Watch
	Glance(ctx context.Context, id model.Scope) (*model.View, error)
	// Me is whose room it is, Writes are the logs that it writes now.
	Me() model.PersonID
	Writes() (content, membership model.LogID)
	// SetPages tells everybody in the room whom pages wait for, and whether this room
	// can send any.
	SetPages(calls []model.PageCall, sends bool)
}

// Page is what a transport is to carry.
type Page struct {
	// Key is the same wherever this page is sent from, and when it is sent again.
	Key string
	// Person is the name, Contact the card of who is paged.
	Person  string
	Contact model.Contact
	// Incident is its short name.
	Incident, Title, Severity string
	Policy                    string
	Round, Step               int
	Text                      string
}

// Transport carries a page to a person. It must bear being asked twice for one key.
type Transport interface {
	// Send gives what the transport said. A *Failure says in words what went wrong; the
	// transport then has tried all that it should.
	Send(ctx context.Context, p Page) (said string, err error)
}

// Failure is why a page was not sent.
type Failure struct {
	Why model.Phrase
	// Said is what came from the transport itself.
	Said  string
	Cause error
}

// Error is the form for logs and tests.
func (f *Failure) Error() string { return f.Why.Key + " " + f.Said }

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Cause }

// Options are what a pager needs.
type Options struct {
	Room Room
	// Transport gives what carries pages now; nil for a room that can send none. It takes
	// the next steps of what it asked for all the same. What is being sent stays with
	// what it began with.
	Transport func() Transport
	// Book reads the text of the workspace's rotas; it may give nil.
	Book func(text string) *oncall.Book
	// Say puts into words why a page failed, and Clean makes what a transport said fit
	// to keep.
	Say   func(model.Phrase) string
	Clean func(string) string
	// Now is the clock on the wall: at what time who is on call is looked up. How long
	// something takes is measured by a clock that never jumps.
	Now func() time.Time
	Log *slog.Logger
}

const (
	// lookEvery is how often the pager looks whether something is due.
	lookEvery = time.Second
	// renewEvery is how often a room says that it still is at a page.
	renewEvery = 10 * time.Second
	// againAfter is when an act that had no effect is tried again.
	againAfter = 30 * time.Second
)

// Run sees to the room's pages until ctx ends. What is being sent then is given up,
// and sent again when the room is back.
func Run(ctx context.Context, o Options) {
	p := &pager{
		Options: o, seen: map[model.Ref]time.Time{}, live: map[model.Scope]*model.View{}, rows: map[model.Scope]rowMark{},
		flying: map[model.Nonce]bool{}, tried: map[model.Ref]time.Time{}, landed: make(chan model.Nonce),
	}
	p.run(ctx)
	p.sending.Wait()
}

// rowMark tells whether an incident's log grew.
type rowMark struct {
	lines   int
	changed int64
}

type pager struct {
	Options
	// seen is when this room came to know of a record about a page.
	seen map[model.Ref]time.Time
	// live are the open incidents that have pages.
	live   map[model.Scope]*model.View
	rows   map[model.Scope]rowMark
	told   []model.PageCall
	toldIt bool

	// transport is what carries pages, since the last look; toldSends whether the room was
	// told that there is one.
	transport Transport
	toldSends bool

	flying  map[model.Nonce]bool
	landed  chan model.Nonce
	tried   map[model.Ref]time.Time
	sending sync.WaitGroup
}

func (p *pager) run(ctx context.Context) {
	watch := p.Room.Watch()
	defer watch.Close()
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	for {
		p.look(ctx)
		p.do(ctx)
		select {
		case <-ctx.Done():
			return
		case <-watch.C():
		case <-every.C:
		case key := <-p.landed:
			delete(p.flying, key)
		}
	}
}

// look reads what changed of the open incidents.
func (p *pager) look(ctx context.Context) {
	p.transport = p.Transport()
	open := p.Room.Overview().OpenRows()
	known := map[model.Scope]bool{}
	for i := range open {
		row := &open[i]
		known[row.ID] = true
		mark, first := rowMark{row.Lines, row.Changed}, false
		if had, ok := p.rows[row.ID]; ok && had == mark && p.live[row.ID] == nil {
			continue
		} else if !ok {
			first = true
		}
		if !row.Paged { // to read all that is open would take long where much comes in
			p.rows[row.ID] = mark
			continue
		}
		v, err := p.Room.Glance(ctx, row.ID)
		if err != nil {
			if ctx.Err() == nil {
				p.Log.Error("an incident's pages cannot be read", "incident", row.ID.Key(), "error", err)
			}
			continue
		}
		p.rows[row.ID] = mark
		delete(p.live, row.ID)
		if len(v.Pages) > 0 {
			p.live[row.ID] = v
			p.see(v, first)
		}
	}
	for id := range p.rows {
		if !known[id] {
			delete(p.rows, id)
			delete(p.live, id)
		}
	}
	p.tell()
}

// see notes when this room came to know of what is said about pages. What is found
// at the first look is as old as it says when this room wrote it itself, and else no
// older than a lease: a clock that is wrong then costs that long, and no page.
func (p *pager) see(v *model.View, first bool) {
	mine, _ := p.Room.Writes()
	v.EachPageRecord(func(r *model.Record) {
		if _, ok := p.seen[r.Ref]; ok {
			return
		}
		now := time.Now()
		if !first {
			p.seen[r.Ref] = now
			return
		}
		most := model.LeaseFor
		if _, state := r.Body.(*model.PageState); r.Ref.Log == mine && (state || p.transport == nil) {
			most = model.MaxPageWait
		}
		p.seen[r.Ref] = now.Add(-min(max(p.Now().Sub(time.UnixMilli(r.Wall)), 0), most))
	})
}

func (p *pager) since(r *model.Record) time.Duration { return time.Since(p.seen[r.Ref]) }

// tell says whom pages wait for, when that changed.
func (p *pager) tell() {
	var calls []model.PageCall
	for _, v := range p.live {
		calls = append(calls, v.PageCalls()...)
	}
	slices.SortFunc(calls, func(a, b model.PageCall) int {
		if a.At != b.At {
			return int(a.At - b.At)
		}
		return slices.Compare(a.Key[:], b.Key[:])
	})
	sends := p.transport != nil
	if p.toldIt && sends == p.toldSends && slices.Equal(calls, p.told) {
		return
	}
	p.told, p.toldIt, p.toldSends = calls, true, sends
	p.Room.SetPages(calls, sends)
}

// do does what is due.
func (p *pager) do(ctx context.Context) {
	mine, _ := p.Room.Writes()
	for id, v := range p.live {
		for _, due := range v.DuePages(mine, p.since, p.transport != nil) {
			page := due.Page
			switch due.Act {
			case model.PageNow:
				if p.flying[page.Key] {
					continue
				}
				p.flying[page.Key] = true
				by := p.transport
				p.sending.Go(func() {
					p.send(ctx, by, v, page)
					select {
					case p.landed <- page.Key:
					case <-ctx.Done():
					}
				})
			case model.PageTake:
				if p.mayTry(page.Ref) {
					p.write(ctx, id, page, model.LeasePage{Page: page.Ref, Until: p.Now().Add(model.LeaseFor)})
				}
			case model.PageNext:
				if p.mayTry(page.Ref) {
					p.next(ctx, v, page)
				}
			}
		}
	}
}

// mayTry keeps an act from being tried at every look when it has no effect.
func (p *pager) mayTry(ref model.Ref) bool {
	if last, ok := p.tried[ref]; ok && time.Since(last) < againAfter {
		return false
	}
	p.tried[ref] = time.Now()
	return true
}

// next takes the next step of a policy.
func (p *pager) next(ctx context.Context, v *model.View, after *model.Paged) {
	people := p.Room.Overview().People
	text, _, _ := people.Rota()
	policy := ""
	for _, e := range v.Pages {
		if e.Chain == after.Chain {
			policy = e.Policy
		}
	}
	p.write(ctx, v.ID, after, p.Book(text).Next(policy, after, oncall.World{People: people, View: v, At: p.Now()}))
}

// write has the room write what the pager did. It acts for whose room it is, and in an
// incident that is hidden from them for who asked.
func (p *pager) write(ctx context.Context, id model.Scope, page *model.Paged, c model.Command) bool {
	_, err := p.Room.Do(ctx, model.Actor{Person: p.Room.Me(), Via: model.DoorPager}, id, c)
	if model.CodeOf(err) == model.CodeIncidentUnknown {
		_, err = p.Room.Do(ctx, model.Actor{Person: page.AskedBy(), Via: model.DoorPager}, id, c)
	}
	if err != nil && ctx.Err() == nil {
		p.Log.Error("what was done about a page cannot be written", "incident", id.Key(), "error", err)
	}
	return err == nil
}

// send hands a page to the transport, says meanwhile that this room is at it, and
// writes what became of it. When the room ends first nothing is written: the page is
// sent again.
func (p *pager) send(ctx context.Context, by Transport, v *model.View, page *model.Paged) {
	sent := make(chan model.RecordPage, 1)
	p.sending.Go(func() { sent <- p.carry(ctx, by, v, page) })
	renew := time.NewTicker(renewEvery)
	defer renew.Stop()
	for {
		select {
		case c := <-sent:
			if ctx.Err() == nil {
				p.keep(ctx, v.ID, page, c)
			}
			return
		case <-renew.C:
			p.write(ctx, v.ID, page, model.LeasePage{Page: page.Ref, Until: p.Now().Add(model.LeaseFor)})
		}
	}
}

// carry is one try of the transport, as what is to be written of it.
func (p *pager) carry(ctx context.Context, by Transport, v *model.View, page *model.Paged) model.RecordPage {
	o := p.Room.Overview()
	text := v.Title.Value
	for _, e := range v.Pages {
		if e.Chain == page.Chain {
			text = e.Text
		}
	}
	key := o.Keys[v.ID]
	if key == "" {
		key = v.ID.Key()
	}
	policy := ""
	for _, e := range v.Pages {
		if e.Chain == page.Chain {
			policy = e.Policy
		}
	}
	severity := ""
	if v.Severity.Value.Known() {
		severity = v.Severity.Value.String()
	}
	c := model.RecordPage{Page: page.Ref, Result: model.PageSent}
	said, err := by.Send(ctx, Page{
		Key: page.Key.String(), Person: p.Clean(o.People.Name(page.Person)), Contact: o.People.Contact(page.Person),
		Incident: key, Title: p.Clean(v.Title.Value), Severity: severity, Policy: policy, Round: page.Round, Step: page.Step, Text: p.Clean(text),
	})
	c.Text = p.Clean(said)
	if err == nil {
		return c
	}
	c.Result = model.PageFailed
	var f *Failure
	if errors.As(err, &f) {
		c.Text = p.Say(f.Why)
		if said := p.Clean(f.Said); said != "" {
			c.Text += ": " + said
		}
	} else {
		c.Text = p.Clean(err.Error())
	}
	p.Log.Warn("a page was not sent", "incident", v.ID.Key(), "key", page.Key.String(), "why", c.Text)
	return c
}

// keep writes what became of a page, as often as it takes: were it lost, the page
// would be sent again.
func (p *pager) keep(ctx context.Context, id model.Scope, page *model.Paged, c model.RecordPage) {
	for wait := time.Second; !p.write(ctx, id, page, c); wait = min(2*wait, againAfter) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}
