package model

import (
	"cmp"
	"slices"
)

// Evidence is what an incident's log is proved by: the workspace, the log.open of
// every log that wrote in it, and its events in any order. It is enough to check
// an export made elsewhere; nothing else of the workspace is in it.
type Evidence struct {
	Workspace WorkspaceID
	Openings  []*Event
	Events    []*Event
}

// Fault is one thing that is wrong with an event.
type Fault struct {
	Ref  Ref
	Wall int64
	// Err is why: a refusal with one of the event codes.
	Err error
}

// Verdict is what a proof came to.
type Verdict struct {
	// Events were checked, from Logs logs.
	Events, Logs int
	// Removed counts texts that were taken out and left their proof.
	Removed int
	// Newer counts events of kinds or with fields that this binary does not know.
	// They are proved like the others.
	Newer int
	// Faults are in the order of the logs; none means that the log is as it was
	// written.
	Faults []Fault
}

// Proved reports a log without a fault, and with something in it.
func (v Verdict) Proved() bool { return len(v.Faults) == 0 && v.Events > 0 }

// Verify proves the log of one incident, or of the workspace, from its first
// event: each log's opening binds its key; every body and text has the hash that
// was signed; every signature verifies under the key of its log; and each log's
// events in the scope follow one another without a gap, by the reference that
// each signed to the one before it. A log that was written from two copies has two
// lines, which are proved each along its own.
//
// What it cannot show is that a line's newest events were cut off the end; for
// that the end must be known from elsewhere.
func Verify(ev Evidence, scope Scope) Verdict {
	var v Verdict
	keys := map[LogID]DeviceKey{}
	for _, e := range ev.Openings {
		key, err := opening(ev.Workspace, e)
		if err != nil {
			v.fault(e, err)
			continue
		}
		keys[e.Log] = key
	}
	logs := map[LogID][]*Event{}
	for _, e := range ev.Events {
		if e.Scope != scope {
			v.fault(e, Refuse(CodeEventLog, "Log", e.Log.String(), "Seq", e.Seq))
			continue
		}
		logs[e.Log] = append(logs[e.Log], e)
	}
	for _, log := range sortedLogs(logs) {
		v.Logs++
		v.log(ev.Workspace, keys, logs[log])
	}
	return v
}

// opening checks a log.open by itself and gives the key it binds.
func opening(ws WorkspaceID, e *Event) (DeviceKey, error) {
	body, _, err := DecodeBody(e.Kind, e.Body)
	if err != nil {
		return DeviceKey{}, err
	}
	open, ok := body.(*LogOpen)
	if !ok {
		return DeviceKey{}, Refuse(CodeEventOpen, "Log", e.Log.String())
	}
	_, err = CheckRun(ws, open.Device, Head{Log: e.Log}, []*Event{e})
	return open.Device, err
}

// log checks the events that one log wrote in the scope. A log that forked has several
// lines; each event names the one before it in its own. So what it names must be there,
// and nothing else says in which line it stands.
func (v *Verdict) log(ws WorkspaceID, keys map[LogID]DeviceKey, events []*Event) {
	slices.SortFunc(events, func(a, b *Event) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), slices.Compare(a.Raw[:], b.Raw[:]))
	})
	there := map[Ref]bool{}
	var last uint64
	for i, e := range events {
		if i > 0 && e.Raw == events[i-1].Raw {
			continue // told twice
		}
		v.Events++
		key, ok := keys[e.Log]
		if !ok {
			v.fault(e, Refuse(CodeEventOpen, "Log", e.Log.String()))
			continue
		}
		c, newer, err := verifyOne(ws, key, e)
		if newer {
			v.Newer++
		}
		if err == nil && !c.PrevInScope.IsZero() && !there[c.PrevInScope] {
			err = Refuse(CodeEventGap, "Log", e.Log.String(), "Seq", e.Seq, "Held", last)
		}
		if err != nil {
			v.fault(e, err)
		}
		if e.Flags&FlagText != 0 && e.Text == nil {
			v.Removed++
		}
		there[e.Ref()], last = true, e.Seq
	}
}

// verifyOne checks what stands in one event, and its own signature.
func verifyOne(ws WorkspaceID, key DeviceKey, e *Event) (*Common, bool, error) {
	whole, err := ParseEvent(e.Raw[:], e.Body)
	if err != nil {
		return nil, false, err
	}
	whole.SetText(e.Salt, e.Text)
	body, newer, err := DecodeBody(whole.Kind, whole.Body)
	if err != nil {
		return nil, false, err
	}
	if err := whole.CheckText(body.common()); err != nil {
		return nil, newer, err
	}
	return body.common(), newer, whole.VerifySignature(ws, key)
}

func (v *Verdict) fault(e *Event, err error) {
	v.Faults = append(v.Faults, Fault{Ref: e.Ref(), Wall: e.Wall, Err: err})
}

func sortedLogs(logs map[LogID][]*Event) []LogID {
	ids := make([]LogID, 0, len(logs))
	for id := range logs {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b LogID) int { return Scope(a).Compare(Scope(b)) })
	return ids
}
