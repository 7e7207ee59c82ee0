package model

// CheckRun checks a contiguous run of one log against the head it attaches to
// (the zero Head but for its Log at the log's beginning): sequence, log id,
// previous hash, rising clock, the log.open at sequence 1, and the signature of
// the last event. It gives back the new head, or on an error the one it was given.
//
// Because each event's prev covers the whole event before it, signature
// included, one good signature at the end of the run proves that nothing before
// it was altered since its author wrote it. Body hashes were checked by
// ParseEvent. Source: the run rules of the sync design.
func CheckRun(ws WorkspaceID, key DeviceKey, head Head, run []*Event) (Head, error) {
	end, err := CheckChain(ws, key, head, run)
	if err != nil || len(run) == 0 {
		return end, err
	}
	if err := run[len(run)-1].VerifySignature(ws, key); err != nil {
		return head, err
	}
	return end, nil
}

// CheckChain is CheckRun but for the signature, which is left to the caller.
func CheckChain(ws WorkspaceID, key DeviceKey, head Head, run []*Event) (Head, error) {
	held := head
	for _, e := range run {
		if err := checkLink(head, e); err != nil {
			return held, err
		}
		if e.Seq == 1 {
			if err := checkOpen(ws, key, e); err != nil {
				return held, err
			}
		}
		head = Head{Log: e.Log, Seq: e.Seq, Hash: e.Hash(), Clock: e.Clock}
	}
	return head, nil
}

func checkLink(head Head, e *Event) error {
	var code Code
	switch {
	case e.Log != head.Log:
		code = CodeEventLog
	case e.Seq != head.Seq+1:
		return Refuse(CodeEventGap, "Log", e.Log.String(), "Seq", e.Seq, "Held", head.Seq)
	case e.Prev != head.Hash:
		code = CodeEventChain
	case e.Seq > 1 && e.Clock <= head.Clock:
		code = CodeEventClock
	default:
		return nil
	}
	return Refuse(code, "Log", e.Log.String(), "Seq", e.Seq)
}

// checkOpen checks the first event of a log: nobody can open a log in the name
// of another's key, because the log's id is made from the key.
func checkOpen(ws WorkspaceID, key DeviceKey, e *Event) error {
	body, _, err := DecodeBody(e.Kind, e.Body)
	if err != nil {
		return err
	}
	open, ok := body.(*LogOpen)
	if !ok || open.Device != key || open.Workspace != ws || NewLogID(open.Device, open.Nonce) != e.Log {
		return Refuse(CodeEventOpen, "Log", e.Log.String())
	}
	return nil
}
