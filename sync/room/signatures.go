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

// checkSignatures makes the second proof. All of the first must hold.
func (r *Room) checkSignatures(heads []model.Head) (checked int, fault *model.Fault, err error) {
	before, err := r.readSigned()
	if err != nil {
		return 0, nil, err
	}
	for _, h := range heads {
		key, from, err := r.signedUntil(h.Log, before[h.Log])
		if err != nil {
			return checked, nil, err
		}
		checked += int(from - 1)
		for from <= h.Seq {
			if err := r.yield(); err != nil {
				return checked, nil, err
			}
			last, fault, err := r.checkSigned(h.Log, key, from, min(from+signatureRun-1, h.Seq))
			if fault != nil || err != nil {
				return checked, fault, err
			}
			checked += int(last.Seq - from + 1)
			r.signed[h.Log] = last
			r.fresh += int(last.Seq - from + 1)
			from = last.Seq + 1
		}
	}
	return checked, nil, nil
}

// signedUntil gives a log's key, and from where on its signatures are to be
// checked: behind the mark, when the mark's event is the one that stands there.
func (r *Room) signedUntil(log model.LogID, mark signedTo) (key model.DeviceKey, from uint64, err error) {
	err = r.store.Log(log, 1, func(e *model.Event) (err error) {
		if key, err = deviceOf(e); err == nil {
			err = errEnough
		}
		return err
	})
	from = 1
	if mark.Seq > 0 && errors.Is(err, errEnough) {
		err = r.store.Log(log, mark.Seq, func(e *model.Event) error {
			if e.Seq == mark.Seq && e.Hash() == mark.Hash {
				from = mark.Seq + 1
				r.signed[log] = mark
			}
			return errEnough
		})
	}
	if err != nil && !errors.Is(err, errEnough) {
		return key, 0, fmt.Errorf("check the signatures of log %s: %w", log, err)
	}
	return key, from, nil
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
