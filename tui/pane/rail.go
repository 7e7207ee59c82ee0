package pane

import (
	"warroom/model"
	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
)

// Rail is the second line of the screen: how far each phase is, and the next
// useful step with its key. How the phases are spelled follows from the width
// alone, so that they stay where they are while the steps change; a step that has
// no room is cut, but not its key. What waits for this person, if anything does,
// takes the place of the incident's next step, and of an incident.
func Rail(env Env, v *model.View, mine model.Step, w int) string {
	r := env.row(w)
	if v == nil && !mine.IsZero() {
		env.step(r, mine, 1)
		return r.end()
	}
	if v == nil {
		r.gap(1)
		r.put(themes.Dim, env.Say.T("pane.rail.none", "Key", env.key(action.New)))
		return r.end()
	}
	phases := v.Phases(env.Now)
	room := w - 1 - stepRoom
	for _, s := range spellings {
		if env.railWidth(phases, s) > room && s.letters > 0 {
			continue
		}
		r.gap(1)
		for _, p := range phases {
			env.phase(r, p, s)
		}
		break
	}
	if mine.IsZero() {
		mine = v.Next(env.Now)
	}
	env.step(r, mine, 2)
	return r.end()
}

// step writes a step into what is left of the row, after a gap.
func (e Env) step(r *row, step model.Step, gap int) {
	next, keys, tok := e.next(step)
	if next == "" {
		return
	}
	need := clean.Width(next) + clean.Width(keys)
	r.gap(max(min(gap, r.left-need), 1))
	if need > r.left && clean.Width(keys) < r.left {
		next = e.cut(next, r.left-clean.Width(keys))
	}
	r.put(tok, next+keys)
}

// stepRoom is what the phases leave to the next step, in cells: as many as most
// steps have.
const stepRoom = 37

// spelling is how phases are written: how many letters of the name, and whether
// the sign stands close to it.
type spelling struct {
	letters int
	close   bool
}

// spellings are tried from the widest on.
var spellings = []spelling{{letters: wide}, {wide, true}, {8, true}, {6, true}, {5, true}, {4, true}, {3, true}, {2, true}, {1, true}, {0, true}}

func (e Env) phaseName(p model.PhaseState, letters int) string {
	name := e.Say.Say(p.Phase.Phrase())
	if clean.Width(name) <= letters {
		return name
	}
	// No ellipsis: seven of them would be noise.
	short := ""
	for _, c := range name {
		if clean.Width(short+string(c)) > letters {
			break
		}
		short += string(c)
	}
	return short
}

func (e Env) railWidth(phases []model.PhaseState, s spelling) int {
	n := 0
	for _, p := range phases {
		n += clean.Width(e.phaseName(p, s.letters)) + s.around()
	}
	return n
}

// around is what a phase takes besides its name: the sign, and blanks.
func (s spelling) around() int {
	switch {
	case !s.close:
		return 4
	case s.letters == 0:
		return 1
	}
	return 2
}

// phase writes a phase: its name, its sign, and the gap after it.
func (e Env) phase(r *row, p model.PhaseState, s spelling) {
	tok, sign := themes.PhaseTodo, e.signs().todo
	switch p.Progress {
	case model.Done:
		tok, sign = themes.PhaseDone, e.signs().done
	case model.Active:
		tok, sign = themes.PhaseActive, e.signs().active
	}
	r.put(tok, e.phaseName(p, s.letters))
	if !s.close {
		r.gap(1)
	}
	r.put(tok, sign)
	switch {
	case !s.close:
		r.gap(2)
	case s.letters > 0:
		r.gap(1)
	}
}

// next is the next step in words, the keys that do it, and its style.
func (e Env) next(step model.Step) (text, keys string, tok themes.Token) {
	if step.IsZero() {
		return "", "", themes.Text
	}
	if k := e.stepKeys(step); k != "" && !e.ReadOnly {
		keys = " (" + k + ")"
	}
	if step.Urgent {
		return e.signs().need + " " + e.Say.Say(step.Say), keys, themes.Danger
	}
	return e.Say.T("pane.rail.next", "Step", step.Say), keys, themes.Accent
}

// stepKeys are the keys of a step: "r c" for a role, "t m" for a status. An action that
// has none has its word.
func (e Env) stepKeys(step model.Step) string {
	key := e.key(action.ID(step.Action))
	if key == "" {
		if a, ok := action.ByID(action.ID(step.Action)); ok && len(a.Words) > 0 {
			return ":" + a.Words[0]
		}
		return ""
	}
	switch action.ID(step.Action) {
	case action.Role:
		if card, ok := model.Role(step.Arg).Card(); ok {
			return key + " " + card.Letter
		}
	case action.Status:
		if l := model.Status(step.Arg).Letter(); l != "" {
			return key + " " + l
		}
	}
	return key
}
