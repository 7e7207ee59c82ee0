package room

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"warroom/model"
	"warroom/storage"
)

// The proof of every log, beside the work. It comes in two parts.
//
// The first says that nothing was altered, left out or put in since its author
// wrote it: sequence, clock, chain, the hash of each body and text, and the end of
// each log as the store names it. Since the chain covers each event with its
// signature, one signature at the end of a run proves the run. It is made at once,
// on every processor that has nothing else to do.
//
// The second is each event's own signature, by which one incident can be proved
// without the others: an author could have signed badly in the middle. That is
// fifty times the work. It is made by one goroutine, goes on at the next start
// where it ended, and never looks at an event again.
const (
	// proofRun is how many events are read and proved at once: a few milliseconds.
	proofRun = 4000
	// signatureRun is the same for signatures, of which each takes 50 µs.
	signatureRun = 200
	// proofPatience is how long a proof waits between two runs for those who write.
	proofPatience = 50 * time.Millisecond
	// maxProvers is how many goroutines make the first proof.
	maxProvers = 4
)

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
	// signatures counts those that were looked at, before this start too.
	signatures int
	signed     bool // all
}

// Verified gives how many events have been proved since the room was opened,
// whether all that was there then has been, and the first fault.
func (r *Room) Verified() (events int, done bool, fault *model.Fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.verified.events, r.verified.done, r.verified.fault
}

// Signatures gives how many events of those that were there when the room was
// opened had their own signature checked, now or before, and whether all had.
func (r *Room) Signatures() (events int, done bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.verified.signatures, r.verified.signed
}

// Proved is closed when Verified has come to its end, or the room to its own.
func (r *Room) Proved() <-chan struct{} { return r.proved }

// SignaturesChecked is Proved for Signatures.
func (r *Room) SignaturesChecked() <-chan struct{} { return r.checked }

// verify makes both proofs. A fault is told to everybody in the room; nothing is
// changed.
func (r *Room) verify() {
	defer r.checks.Done()
	defer close(r.checked)
	wait := time.NewTimer(verifyAfter)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-r.quit:
		close(r.proved)
		return
	}
	if heads, ok := r.verifyChains(); ok {
		r.verifySignatures(heads)
	}
}

// verifyChains makes the first proof, of the logs up to the ends that it gives.
func (r *Room) verifyChains() (heads []model.Head, whole bool) {
	defer close(r.proved)
	v := verification{}
	heads, err := r.store.Heads()
	if err == nil {
		v.events, v.fault, err = r.prove(heads)
	}
	if errors.Is(err, errQuit) {
		return nil, false
	}
	v.done, v.err = err == nil, err
	r.conclude(v)
	return heads, v.fault == nil && err == nil
}

// verifySignatures makes the second proof.
func (r *Room) verifySignatures(heads []model.Head) {
	checked, fault, err := r.checkSignatures(heads)
	if errors.Is(err, errQuit) {
		return
	}
	r.mu.Lock()
	v := r.verified
	r.mu.Unlock()
	v.signatures, v.signed = checked, err == nil && fault == nil
	v.fault, v.err = fault, err
	r.conclude(v)
}

func (r *Room) conclude(v verification) {
	r.mu.Lock()
	r.verified = v
	r.mu.Unlock()
	if v.fault != nil || v.err != nil {
		r.Ring()
	}
}

// yield waits while somebody writes, but not for ever: a room in which there is
// always somebody is proved too.
func (r *Room) yield() error {
	select {
	case <-r.quit:
		return errQuit
	default:
	}
	if r.asking.Load() == 0 {
		return nil
	}
	pause := time.NewTimer(proofPatience)
	defer pause.Stop()
	select {
	case <-r.quit:
		return errQuit
	case <-pause.C:
		return nil
	}
}

// stretch is a part of a log that is proved by itself, and what came of it.
type stretch struct {
	log      model.LogID
	key      model.DeviceKey
	from, to uint64
	// begin is the event before the stretch, as it was read for it, and end its last.
	begin, end model.Head
	fault      *model.Fault
	err        error
}

// stretches divides the logs.
func (r *Room) stretches(heads []model.Head) (all []*stretch, fault *model.Fault, err error) {
	for _, h := range heads {
		var key model.DeviceKey
		err := r.store.Log(h.Log, 1, func(e *model.Event) (err error) {
			if key, err = deviceOf(e); err != nil {
				fault = &model.Fault{Ref: e.Ref(), Wall: e.Wall, Err: err}
			}
			return errEnough
		})
		if fault == nil && err != nil && !errors.Is(err, errEnough) {
			fault, err = asFault(h.Log, err)
			if err != nil {
				return nil, nil, err
			}
		}
		if fault != nil {
			return nil, fault, nil
		}
		for from := uint64(1); from <= h.Seq; from += proofRun {
			all = append(all, &stretch{log: h.Log, key: key, from: from, to: min(from+proofRun-1, h.Seq)})
		}
	}
	return all, nil, nil
}

// asFault makes a fault of what a store says of one event.
func asFault(log model.LogID, err error) (*model.Fault, error) {
	if damaged := new(storage.DamagedError); errors.As(err, &damaged) {
		return &model.Fault{Ref: model.Ref{Log: damaged.Log, Seq: damaged.Seq}, Err: err}, nil
	}
	return nil, fmt.Errorf("verify log %s: %w", log, err)
}

// prove makes the first proof of all logs up to the ends that are given. It gives
// the first fault, in the order of the logs.
func (r *Room) prove(heads []model.Head) (events int, fault *model.Fault, err error) {
	all, fault, err := r.stretches(heads)
	if fault != nil || err != nil {
		return 0, fault, err
	}
	work := make(chan *stretch)
	var provers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), maxProvers) {
		provers.Go(func() {
			for s := range work {
				r.proveStretch(s)
			}
		})
	}
	given := 0
	for _, s := range all {
		if err = r.yield(); err != nil {
			break
		}
		work <- s
		given++
	}
	close(work)
	provers.Wait()
	if err != nil {
		return 0, nil, err
	}
	return joined(heads, all[:given])
}

// joined goes through what was proved by itself: each stretch must begin where the
// one before it ended, and the last of a log must end as the store says.
func joined(heads []model.Head, all []*stretch) (events int, fault *model.Fault, err error) {
	for _, h := range heads {
		at := model.Head{Log: h.Log}
		for ; len(all) > 0 && all[0].log == h.Log; all = all[1:] {
			s := all[0]
			switch {
			case s.fault != nil || s.err != nil:
				return events, s.fault, s.err
			case s.begin != at:
				return events, broken(h.Log, s.from, model.CodeEventChain), nil
			}
			events += int(s.to - s.from + 1)
			at = s.end
		}
		if at.Seq != h.Seq || at.Hash != h.Hash {
			return events, broken(h.Log, h.Seq, model.CodeEventGap), nil
		}
	}
	return events, nil, nil
}

func broken(log model.LogID, seq uint64, code model.Code) *model.Fault {
	return &model.Fault{Ref: model.Ref{Log: log, Seq: seq}, Err: model.Refuse(code, "Log", log.String(), "Seq", seq)}
}

// proveStretch proves a part of a log: what stands in each event, the chain from
// the event before it on, and the last signature.
func (r *Room) proveStretch(s *stretch) {
	s.begin = model.Head{Log: s.log}
	run := make([]*model.Event, 0, s.to-s.from+1)
	err := r.store.Log(s.log, max(s.from-1, 1), func(e *model.Event) error {
		if e.Seq < s.from {
			s.begin = model.Head{Log: e.Log, Seq: e.Seq, Hash: e.Hash(), Clock: e.Clock}
			return nil
		}
		if err := e.CheckTextFast(); err != nil {
			s.fault = &model.Fault{Ref: e.Ref(), Wall: e.Wall, Err: err}
			return errEnough
		}
		if run = append(run, e); e.Seq >= s.to {
			return errEnough
		}
		return nil
	})
	switch {
	case s.fault != nil:
		return
	case err != nil && !errors.Is(err, errEnough):
		s.fault, s.err = asFault(s.log, err)
		return
	case uint64(len(run)) != s.to-s.from+1:
		s.fault = broken(s.log, s.from+uint64(len(run)), model.CodeEventGap)
		return
	}
	if s.end, err = model.CheckRun(r.workspace, s.key, s.begin, run); err != nil {
		// The run is wrong somewhere: look at each event by itself.
		s.fault = r.firstFault(s.key, s.begin, run)
	}
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

// firstFault names the first event of a run that is not as it was written.
func (r *Room) firstFault(key model.DeviceKey, head model.Head, run []*model.Event) *model.Fault {
	for _, e := range run {
		next, err := model.CheckRun(r.workspace, key, head, []*model.Event{e})
		if err != nil {
			return &model.Fault{Ref: e.Ref(), Wall: e.Wall, Err: err}
		}
		head = next
	}
	return nil
}
