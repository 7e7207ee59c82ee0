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
	// signaturePauses is how many such pauses signatures wait for peers who bring
	// more: a catch-up needs every processor, and what it brings is known to be whole.
	signaturePauses = 40
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

// verify makes both proofs, of the lines as they were when the room was opened. A fault
// is told to everybody in the room; nothing is changed. What peers bring is proved when
// it comes, and while they bring much the proofs wait a little.
func (r *Room) verify(lines []model.Branch) {
	defer r.checks.Done()
	var once sync.Once
	defer once.Do(func() { close(r.checked) })
	wait := time.NewTimer(verifyAfter)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-r.quit:
		close(r.proved)
		return
	}
	if r.verifyChains(lines) {
		r.verifySignatures(lines)
	}
	once.Do(func() { close(r.checked) })
	r.checkTaken()
}

// verifyChains makes the first proof.
func (r *Room) verifyChains(lines []model.Branch) (whole bool) {
	defer close(r.proved)
	v, err := verification{}, error(nil)
	if len(stretches(lines)) > 0 {
		err = r.yieldToTakes()
	}
	if err == nil {
		v.events, v.fault, err = r.prove(lines)
	}
	if errors.Is(err, errQuit) {
		return false
	}
	v.done, v.err = err == nil, err
	r.conclude(v)
	return v.fault == nil && err == nil
}

// verifySignatures makes the second proof.
func (r *Room) verifySignatures(lines []model.Branch) {
	checked, fault, err := r.checkSignatures(lines)
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
	return r.pause()
}

func (r *Room) pause() error {
	pause := time.NewTimer(proofPatience)
	defer pause.Stop()
	select {
	case <-r.quit:
		return errQuit
	case <-pause.C:
		return nil
	}
}

// stretch is a part of a line that is proved by itself, and what came of it.
type stretch struct {
	line     model.Branch
	from, to uint64
	// begin is the event before the stretch, as it was read for it, and end its last.
	begin, end model.Head
	fault      *model.Fault
	err        error
}

// stretches divides the lines.
func stretches(lines []model.Branch) (all []*stretch) {
	for _, b := range lines {
		for from := b.Base + 1; from <= counted(b); from += proofRun {
			all = append(all, &stretch{line: b, from: from, to: min(from+proofRun-1, counted(b))})
		}
	}
	return all
}

// counted is the number of a line's last event that counts. What follows is kept, and
// not proved: that its author signed badly is known, and is why the line ends.
func counted(b model.Branch) uint64 {
	if b.Ends != 0 {
		return min(b.Tip.Seq, b.Ends-1)
	}
	return b.Tip.Seq
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
func (r *Room) prove(lines []model.Branch) (events int, fault *model.Fault, err error) {
	all := stretches(lines)
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
	return joined(lines, all[:given])
}

// joined goes through what was proved by itself: each stretch must begin where the
// one before it ended, a branch at the event that it leaves its parent behind, and
// the last of a line must end as the store says, where all of it counts.
func joined(lines []model.Branch, all []*stretch) (events int, fault *model.Fault, err error) {
	for _, b := range lines {
		at := model.Head{Log: b.Log}
		for ; len(all) > 0 && all[0].line.ID == b.ID; all = all[1:] {
			s := all[0]
			switch {
			case s.fault != nil || s.err != nil:
				return events, s.fault, s.err
			case s.begin != at && (b.Own() || s.from != b.Base+1):
				return events, broken(b.Log, s.from, model.CodeEventChain), nil
			}
			events += int(s.to - s.from + 1)
			at = s.end
		}
		if counted(b) == b.Tip.Seq && (at.Seq != b.Tip.Seq || at.Hash != b.Tip.Hash) {
			return events, broken(b.Log, b.Tip.Seq, model.CodeEventGap), nil
		}
	}
	return events, nil, nil
}

func broken(log model.LogID, seq uint64, code model.Code) *model.Fault {
	return &model.Fault{Ref: model.Ref{Log: log, Seq: seq}, Err: model.Refuse(code, "Log", log.String(), "Seq", seq)}
}

// proveStretch proves a part of a line: what stands in each event, the chain from
// the event before it on, and the last signature.
func (r *Room) proveStretch(s *stretch) {
	s.begin = model.Head{Log: s.line.Log}
	if !s.line.Own() && s.from == s.line.Base+1 && s.from > 1 {
		if s.begin, s.err = r.headAt(s.line.Parent, s.line.Base); s.err != nil {
			s.fault, s.err = asFault(s.line.Log, s.err)
			return
		}
	}
	run := make([]*model.Event, 0, s.to-s.from+1)
	err := r.store.Log(s.line.ID, max(s.from-1, 1), func(e *model.Event) error {
		if e.Seq < s.from {
			s.begin = headOf(e)
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
		s.fault, s.err = asFault(s.line.Log, err)
		return
	case uint64(len(run)) != s.to-s.from+1:
		s.fault = broken(s.line.Log, s.from+uint64(len(run)), model.CodeEventGap)
		return
	}
	s.end, err = model.CheckRun(r.workspace, s.line.Device, s.begin, run)
	if model.CodeOf(err) == model.CodeEventSignature && s.to < counted(s.line) {
		// The chain is whole, and the signature at its end proves it. That its author
		// signed badly in the midst is for the second proof to say.
		s.end, err = headOf(run[len(run)-1]), nil
	}
	if err != nil {
		// The run is wrong somewhere: look at each event by itself.
		s.fault = r.firstFault(s.line.Device, s.begin, run)
	}
}

func headOf(e *model.Event) model.Head {
	return model.Head{Log: e.Log, Seq: e.Seq, Hash: e.Hash(), Clock: e.Clock}
}

// headAt is the event at a number of a line, which may stand in one that it left.
func (r *Room) headAt(line model.LogID, seq uint64) (head model.Head, err error) {
	for _, s := range r.sections(line, seq, seq) {
		err = r.store.Log(s.id, s.from, func(e *model.Event) error {
			head = headOf(e)
			return errEnough
		})
		if errors.Is(err, errEnough) {
			err = nil
		}
	}
	return head, err
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
