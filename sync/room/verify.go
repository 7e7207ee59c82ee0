package room

import (
	"errors"
	"fmt"
	"time"

	"warroom/model"
	"warroom/storage"
)

// verifyRun is how many events are checked by one signature: the chain proves the
// others. A thousand cost less than a millisecond.
const verifyRun = 1000

// verifyAfter is how long a room has been open before its logs are verified. It
// takes a whole core, which the first screen needs, and most verbs have ended by
// then.
const verifyAfter = 250 * time.Millisecond

// errQuit ends a verification that is not needed any more.
var errQuit = errors.New("the room is closing")

// verification is what the check in the background has come to.
type verification struct {
	events int
	done   bool
	fault  *model.Fault
	err    error
}

// Verified gives how many events have been proved since the room was opened,
// whether all that was there then has been, and the first fault.
func (r *Room) Verified() (events int, done bool, fault *model.Fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.verified.events, r.verified.done, r.verified.fault
}

// verify proves every log from its first event, beside the work: sequence, hashes
// and chain of each event, its text, and a signature for every run. A fault is
// told to everybody in the room; nothing is changed.
func (r *Room) verify() {
	defer r.checks.Done()
	wait := time.NewTimer(verifyAfter)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-r.quit:
		return
	}
	var v verification
	heads, err := r.store.Heads()
	for _, h := range heads {
		if err == nil && v.fault == nil {
			err = r.verifyLog(h, &v)
		}
	}
	if errors.Is(err, errQuit) {
		return
	}
	v.done, v.err = err == nil, err
	r.mu.Lock()
	r.verified = v
	r.mu.Unlock()
	if v.fault != nil || err != nil {
		r.Ring()
	}
}

// verifyLog proves one log up to the head that it has now.
func (r *Room) verifyLog(until model.Head, v *verification) error {
	head := model.Head{Log: until.Log}
	var key model.DeviceKey
	run := make([]*model.Event, 0, verifyRun)
	check := func() error {
		next, err := model.CheckRun(r.id.Workspace, key, head, run)
		if err != nil {
			// The run is wrong somewhere: look at each event by itself.
			v.fault = r.firstFault(key, head, run)
			return errFault
		}
		head, v.events = next, v.events+len(run)
		run = run[:0]
		return nil
	}
	err := r.store.Log(until.Log, 1, func(e *model.Event) error {
		select {
		case <-r.quit:
			return errQuit
		default:
		}
		if e.Seq > until.Seq {
			return errEnough
		}
		err := e.CheckTextFast()
		if e.Seq == 1 && err == nil {
			key, err = deviceOf(e)
		}
		if err != nil {
			v.fault = &model.Fault{Ref: e.Ref(), Wall: e.Wall, Err: err}
			return errFault
		}
		if run = append(run, e); len(run) == verifyRun {
			return check()
		}
		return nil
	})
	if err == nil || errors.Is(err, errEnough) {
		err = check()
	}
	if errors.Is(err, errFault) {
		return nil
	}
	if damaged := new(storage.DamagedError); errors.As(err, &damaged) {
		v.fault = &model.Fault{Ref: model.Ref{Log: damaged.Log, Seq: damaged.Seq}, Err: err}
		return nil
	}
	if err != nil {
		return fmt.Errorf("verify log %s: %w", until.Log, err)
	}
	return nil
}

// deviceOf is the key that a log.open binds.
func deviceOf(e *model.Event) (model.DeviceKey, error) {
	body, _, err := model.DecodeBody(e.Kind, e.Body)
	if err != nil {
		return model.DeviceKey{}, err
	}
	open, ok := body.(*model.LogOpen)
	if !ok {
		return model.DeviceKey{}, model.Refuse(model.CodeEventOpen, "Log", e.Log.String())
	}
	return open.Device, nil
}

var errFault = errors.New("a fault was found")

// firstFault names the first event of a run that is not as it was written.
func (r *Room) firstFault(key model.DeviceKey, head model.Head, run []*model.Event) *model.Fault {
	for _, e := range run {
		next, err := model.CheckRun(r.id.Workspace, key, head, []*model.Event{e})
		if err != nil {
			return &model.Fault{Ref: e.Ref(), Wall: e.Wall, Err: err}
		}
		head = next
	}
	return nil
}
