package peer

import "warroom/sync/wire"

// Sizes are how much the engine remembers of what one peer can make up, by name.
func (e *Engine) Sizes() map[string]int {
	out := map[string]int{
		"logs": len(e.logs), "lines": len(e.lines), "wants": len(e.wants), "takes": len(e.takes), "looks": len(e.looks),
		"accounts": len(e.accounts), "slowed": len(e.slowed), "openers": len(e.openers), "opened": len(e.opened), "flying": e.flying,
	}
	for _, m := range e.memories {
		out["heard"] += len(m.heard)
		out["tips"] += m.tips
		out["members"] += len(m.members)
		out["first"] += len(m.first)
	}
	for _, k := range e.links {
		out["stuck"] += len(k.stuck)
		out["proved"] += len(k.proved)
	}
	for _, a := range e.accounts {
		out["days"] += len(a.logs)
	}
	return out
}

// Remember notes of a log that it is a stranger's, and that no peer gives it.
func (e *Engine) Remember(t wire.Tip) {
	e.remembers(t.Log, opener{})
	for _, k := range e.links {
		e.stick(k, t, stuckFor)
	}
}

// What tests must know of the limits.
const (
	MaxHeard   = maxHeard
	MaxOpeners = maxOpeners
)
