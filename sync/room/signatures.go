package room

import (
	"context"
	"errors"
	"fmt"

	"warroom/model"
	"warroom/storage"
)

// signedSetting is the store's setting that says up to where each log's signatures
// have been checked.
const signedSetting = "signed"

// worthNoting is how many more signatures must have been checked for that to be
// written down: they take as long as a few writes to the disk.
const worthNoting = 1000

// signedTo is the last event of a log that was checked by its own signature, as
// were all before it. Its hash says that they are the same events still: the first
// proof has shown by then that the chain is whole.
type signedTo struct {
	_    struct{} `cbor:",toarray"`
	Log  model.LogID
	Seq  uint64
	Hash model.Hash
}

// checkSignatures makes the second proof. All of the first must hold. A line of which
// a signature is bad is ended before it.
func (r *Room) checkSignatures(lines []model.Branch) (checked int, first *model.Fault, err error) {
	before, err := r.readSigned()
	if err != nil {
		return 0, nil, err
	}
	for _, b := range lines {
		to := counted(b)
		from, err := r.signedUntil(b, before[b.ID])
		if err != nil {
			return checked, nil, err
		}
		checked += int(from - b.Base - 1)
		n, fault, err := r.checkSpan(span{b, from, to})
		checked += n
		if err != nil {
			return checked, fault, err
		}
		if first == nil {
			first = fault
		}
	}
	return checked, first, nil
}

// span are events of a line whose own signatures are to be checked.
type span struct {
	line     model.Branch
	from, to uint64
}

// checkSpan checks signatures, and gives way to those who write and to peers. At the first that is
// bad the line is ended.
func (r *Room) checkSpan(s span) (checked int, fault *model.Fault, err error) {
	for s.from <= s.to {
		if err := r.yieldToTakes(); err != nil {
			return checked, nil, err
		}
		last, fault, err := r.checkSigned(s.line.ID, s.line.Device, s.from, min(s.from+signatureRun-1, s.to))
		if err != nil {
			return checked, nil, err
		}
		if fault != nil {
			if model.CodeOf(fault.Err) == model.CodeEventSignature {
				r.endBad(s.line.ID, fault.Ref.Seq)
			}
			return checked, fault, nil
		}
		n := int(last.Seq - s.from + 1)
		if mark, ok := r.signed[s.line.ID]; s.from == s.line.Base+1 || ok && mark.Seq+1 == s.from {
			r.signed[s.line.ID] = last
		}
		checked, r.fresh, s.from = checked+n, r.fresh+n, last.Seq+1
	}
	return checked, nil, nil
}

// yieldToTakes waits until peers bring no more, then as yield does; and neither for
// ever: a peer who always brings something does not keep its signatures from being
// looked at.
func (r *Room) yieldToTakes() error {
	for range signaturePauses {
		taken := r.taken.Load()
		if r.taking.Load() == 0 && taken == r.seenTaken {
			break
		}
		r.seenTaken = taken
		if err := r.pause(); err != nil {
			return err
		}
	}
	return r.yield()
}

// endBad ends a line before an event that its author signed badly. If the store
// refuses, the next proof finds it again.
func (r *Room) endBad(line model.LogID, seq uint64) {
	if r.badSignature != nil {
		r.badSignature(line, seq)
	}
	_ = r.End(context.Background(), line, seq)
}

// uncheck notes what came from peers: of each run the last signature alone was
// checked when it came. The caller holds mu.
func (r *Room) uncheck(fed []Fed) {
	for _, f := range fed {
		if len(f.Events) == 0 || f.Branch.Ends != 0 {
			continue
		}
		from := f.Events[0].Event().Seq
		if n := len(r.unchecked); n > 0 && r.unchecked[n-1].line.ID == f.Branch.ID && r.unchecked[n-1].to+1 == from {
			r.unchecked[n-1].to = f.Branch.Tip.Seq
			continue
		}
		r.unchecked = append(r.unchecked, span{f.Branch, from, f.Branch.Tip.Seq})
	}
	select {
	case r.check <- struct{}{}:
	default:
	}
}

// checkTaken checks the signatures of what comes from peers, until the room closes.
func (r *Room) checkTaken() {
	for {
		r.mu.Lock()
		todo := r.unchecked
		r.unchecked = nil
		r.mu.Unlock()
		for _, s := range todo {
			if _, _, err := r.checkSpan(s); errors.Is(err, errQuit) {
				return
			}
		}
		select {
		case <-r.check:
		case <-r.quit:
			return
		}
	}
}

// signedUntil gives from where on a line's signatures are to be checked: behind the
// mark, when the mark's event is the one that stands there.
func (r *Room) signedUntil(b model.Branch, mark signedTo) (from uint64, err error) {
	from = b.Base + 1
	if mark.Seq < from {
		return from, nil
	}
	err = r.store.Log(b.ID, mark.Seq, func(e *model.Event) error {
		if e.Seq == mark.Seq && e.Hash() == mark.Hash {
			from = mark.Seq + 1
			r.signed[b.ID] = mark
		}
		return errEnough
	})
	if err != nil && !errors.Is(err, errEnough) {
		return 0, fmt.Errorf("check the signatures of log %s: %w", b.Log, err)
	}
	return from, nil
}

// checkSigned checks the signatures of some events of a log.
func (r *Room) checkSigned(log model.LogID, key model.DeviceKey, from, to uint64) (last signedTo, fault *model.Fault, err error) {
	var run []*model.Event
	err = r.store.Log(log, from, func(e *model.Event) error {
		if run = append(run, e); e.Seq >= to {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		fault, err = asFault(log, err)
		return last, fault, err
	}
	if len(run) == 0 {
		return last, broken(log, from, model.CodeEventGap), nil
	}
	for _, e := range run {
		if err := e.VerifySignature(r.workspace, key); err != nil {
			return last, &model.Fault{Ref: e.Ref(), Wall: e.Wall, Err: err}, nil
		}
	}
	end := run[len(run)-1]
	return signedTo{Log: log, Seq: end.Seq, Hash: end.Hash()}, nil, nil
}

// readSigned reads how far the signatures were checked. What cannot be read says
// nothing, and all are checked again.
func (r *Room) readSigned() (map[model.LogID]signedTo, error) {
	raw, ok, err := r.store.Setting(signedSetting)
	if err != nil {
		return nil, fmt.Errorf("read how far signatures were checked: %w", err)
	}
	var marks []signedTo
	if !ok || model.DecodeRow(raw, &marks) != nil {
		return nil, nil
	}
	before := make(map[model.LogID]signedTo, len(marks))
	for _, m := range marks {
		before[m.Log] = m
	}
	return before, nil
}

// noteSigned writes down how far the signatures were checked, when the committer
// and the proof have ended. If it fails, they are checked again.
func (r *Room) noteSigned() {
	if r.fresh < worthNoting {
		return
	}
	marks := make([]signedTo, 0, len(r.signed))
	for _, m := range r.signed {
		marks = append(marks, m)
	}
	raw, err := model.EncodeRow(marks)
	if err != nil || len(raw) > storage.MaxValue {
		return
	}
	_, _ = r.store.Commit(context.Background(), storage.Batch{Settings: map[string][]byte{signedSetting: raw}})
}
