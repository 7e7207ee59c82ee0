package room

import "warroom/model"

// maxCalls is how many times of somebody being called are remembered: those who
// were away for a while find the last ones.
const maxCalls = 64

// callsIn finds who is called by name in what was just written.
func callsIn(records []*model.Record, people *model.Roster) []model.Call {
	var out []model.Call
	for _, rec := range records {
		switch rec.Body.(type) {
		case *model.EntryAdd, *model.EntryAmend:
		default:
			continue
		}
		common := rec.Common()
		for _, to := range model.Mentions(rec.Text, people) {
			if to != common.Actor {
				out = append(out, model.Call{To: to, By: common.Actor, Incident: rec.Scope, Entry: rec.Ref, At: rec.Wall})
			}
		}
	}
	return out
}

// withCalls is the last calls with some more, in a slice of its own.
func withCalls(last, more []model.Call) []model.Call {
	if len(more) == 0 {
		return last
	}
	all := append(append(make([]model.Call, 0, len(last)+len(more)), last...), more...)
	return all[max(len(all)-maxCalls, 0):]
}
