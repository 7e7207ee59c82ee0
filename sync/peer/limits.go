package peer

import "warroom/model"

// Limits bound what one device can make this room fetch and keep, once the membership
// is known. They are of who wrote it, not of who passes it on: a relay has no part in
// it. They only delay the fetching, so rooms with the same vector have the same
// events.
type Limits struct {
	// Logs is how many new logs of one device are taken in 24 hours.
	Logs int
	// Rate is how many events of one device are taken in a second in the long run;
	// Burst is how many at once of one that was linked all the while. A device that
	// was away may bring Rate times as long as it was away at full speed.
	Rate, Burst int
	// Past is how many events, of those that peers told of when they first greeted
	// this process, are taken whatever the rate is: it is what a new room catches up with.
	// A log that was told of then counts as 1,000 of them, and not among Logs.
	Past int
	// LogBytes is how much of one log is kept, in bytes. What comes behind is not
	// fetched until somebody sets this higher.
	LogBytes int64
	// The same for a service, which signs for many people.
	ServiceRate, ServiceBurst, ServicePast int
	ServiceLogBytes                        int64
}

// DefaultLimits are those of a room that sets none.
func DefaultLimits() Limits {
	return Limits{
		Logs: 64, Rate: 20, Burst: 500, Past: 250_000, LogBytes: 64 << 20,
		ServiceRate: 2_000, ServiceBurst: 50_000, ServicePast: 4_000_000, ServiceLogBytes: 1 << 30,
	}
}

const (
	// day is in ms.
	day = 24 * 3_600_000
	// sniff is the credit of a want for a log of which nobody knows yet who writes it:
	// its first event says so.
	sniff = 8 << 10
	// eventSize is what an event takes in bytes, about, to make a credit of a number.
	eventSize = 256
	// logPast is how many events of Limits.Past a log counts as.
	logPast = 1_000
	// slowFor is how long a device is said to be slowed down after it was last, in ms.
	slowFor = 10_000
)

// account is what a device has left of its limits. All strangers share one: keys cost
// nothing.
type account struct {
	device model.DeviceKey // zero for strangers
	// left is how many events may be taken, in thousandths; it may be below zero, when
	// an answer had more. at is up to when it was reckoned, steady.
	left, at int64
	past     int     // left of Limits.Past
	logs     []int64 // steady times at which logs were taken, of the last day
}

// limit gives the one of two limits that is a device's.
func limit[T any](d model.Device, one, service T) T {
	if d.Service {
		return service
	}
	return one
}

// account is the one of a device; strangers have one together.
func (e *Engine) account(key model.DeviceKey) *account {
	d, known := e.of[key]
	if !known {
		key = model.DeviceKey{}
	}
	a := e.accounts[key]
	if a == nil {
		a = &account{
			device: key, at: e.steady, left: 1000 * int64(limit(d, e.cfg.Limits.Burst, e.cfg.Limits.ServiceBurst)),
			past: limit(d, e.cfg.Limits.Past, e.cfg.Limits.ServicePast),
		}
		e.accounts[key] = a
	}
	a.left += max(e.steady-a.at, 0) * int64(limit(d, e.cfg.Limits.Rate, e.cfg.Limits.ServiceRate))
	a.at = e.steady
	return a
}

// refill gives each device its rate. What one has left that was away may be any number,
// because it may have written all the while; of one that is linked, and brought all
// that it has, no more than a burst.
func (e *Engine) refill() {
	present := map[model.DeviceKey]bool{}
	direct := map[model.DeviceKey][]*link{}
	for _, k := range e.links {
		if k.ready && k.heardAll {
			present[k.device] = true
			direct[k.device] = append(direct[k.device], k)
		}
	}
	for _, g := range e.logs {
		for _, k := range direct[g.device] {
			if e.lacks(g.id, k.mem.heard[g.id]) > 0 {
				present[g.device] = false
			}
		}
	}
	for key := range e.accounts {
		if a := e.account(key); present[key] || key == (model.DeviceKey{}) {
			a.left = min(a.left, 1000*int64(limit(e.of[key], e.cfg.Limits.Burst, e.cfg.Limits.ServiceBurst)))
		}
	}
}

// past is up to which number of a log peers told of it when they greeted.
func (e *Engine) past(id model.LogID) (far uint64) {
	for _, m := range e.memories {
		far = max(far, m.first[id])
	}
	return far
}

// bill is what a take was charged for.
type bill struct {
	account     *account
	fresh, past int
	opens       bool
}

// bill takes what is about to be taken off what its writer has left.
func (e *Engine) bill(device model.DeviceKey, t Take) bill {
	if !e.judges() || device == e.cfg.Device {
		return bill{}
	}
	b := bill{account: e.account(device), opens: !t.Begins && t.After == 0}
	until := e.past(t.Log)
	for _, ev := range t.Events {
		if ev.Seq <= until && b.past < b.account.past {
			b.past++
		} else {
			b.fresh++
		}
	}
	switch {
	case b.opens && b.account.opensPast(until):
		b.past += logPast
		b.opens = false
	case b.opens:
		b.account.logs = append(b.account.logs, e.steady)
	}
	b.account.left -= 1000 * int64(b.fresh)
	b.account.past -= b.past
	return b
}

// refunds gives back what was not taken after all.
func (e *Engine) refunds(b bill) {
	if b.account == nil {
		return
	}
	b.account.left += 1000 * int64(b.fresh)
	b.account.past += b.past
	if n := len(b.account.logs); b.opens && n > 0 {
		b.account.logs = b.account.logs[:n-1]
	}
}

// opensPast reports that a log may be opened which peers told of, up to a number, when they
// greeted.
func (a *account) opensPast(told uint64) bool { return told > 0 && a.past >= logPast }

// full reports that a device opened as many logs today as it may.
func (a *account) full(steady int64, most int) bool {
	for len(a.logs) > 0 && steady-a.logs[0] >= day {
		a.logs = a.logs[1:]
	}
	return len(a.logs) >= most
}
