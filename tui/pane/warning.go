package pane

import (
	"warroom/model"
	"warroom/themes"
)

// Warning is a row that says what everybody in the room must know of the machine
// that keeps it, in the place of the hints.
func Warning(env Env, what model.Phrase, w int) string {
	r := env.row(w)
	r.put(themes.Banner, " ! "+env.Say.Say(what)+" ")
	return r.end()
}
