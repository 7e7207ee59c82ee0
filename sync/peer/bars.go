package peer

import "warroom/model"

// bars says why nothing of a log, which that device writes, is asked for or taken now; 0
// when it is. Nothing is barred before the membership is known, nor this room's own
// events.
func (e *Engine) bars(by opener, id model.LogID) model.SlowReason {
	if !e.judges() || by.device == e.cfg.Device {
		return 0
	}
	d, known := e.of[by.device]
	switch {
	case d.Muted:
		return model.SlowMuted
	case !known && by.kind != model.MembershipLog:
		return model.SlowStranger
	}
	a := e.account(by.device)
	g := e.logs[id]
	switch {
	case g != nil && g.size >= limit(d, e.cfg.Limits.LogBytes, e.cfg.Limits.ServiceLogBytes):
		return model.SlowDisk
	case (g == nil || len(g.lines) == 0 && g.flying == 0) && a.full(e.steady, e.cfg.Limits.Logs) && !a.opensPast(e.past(id)):
		return model.SlowLogs
	case a.left < 1000 && (a.past <= 0 || g.next() > e.past(id)):
		return model.SlowRate
	}
	return 0
}

// next is the number behind the last of a log's own line, or of its greatest; 1 for a log
// that is not here.
func (g *log) next() uint64 {
	far := uint64(0)
	if g != nil {
		for _, l := range g.lines {
			far = max(far, l.ahead.Seq)
		}
	}
	return far + 1
}

// credit is how much of a log may be asked for at once.
func (e *Engine) credit(id model.LogID, most int) int {
	by, known := e.writer(id)
	switch {
	case !e.judges() || by.device == e.cfg.Device && known:
		return most
	case !known:
		return min(most, sniff)
	}
	a := e.account(by.device)
	if a.past > 0 && e.logs[id].next() <= e.past(id) {
		return most
	}
	return min(most, max(int(min(a.left/1000, 1<<20))*eventSize, 1))
}
