package pane

import (
	"warroom/model"
	"warroom/themes"
	"warroom/tui/clean"
)

// Banner is what everybody in the room must know, in the place of the hints.
type Banner struct {
	Say model.Phrase
	// Grave is one that is shown as a danger.
	Grave bool
	// Key shows all of it; empty where there is no more.
	Key string
	// More shows all of it where it is too long and there is no Key.
	More string
}

// Warning is the row of a banner. Where it is too long its end goes, but not the
// key.
func Warning(env Env, b Banner, w int) string {
	r := env.row(w)
	tok, sign, key := themes.Banner, env.signs().need, ""
	if b.Grave {
		tok, sign = themes.Danger, env.signs().fail
	}
	if b.Key != "" {
		key = " (" + b.Key + ")"
	}
	text := " " + sign + " " + env.Say.Say(b.Say)
	if key == "" && b.More != "" && clean.Width(text) > w-1 {
		key = " (" + b.More + ")"
	}
	if room := w - clean.Width(key) - 1; clean.Width(text) > room && room > 0 {
		text = env.cut(text, room)
	}
	r.put(tok, text+key+" ")
	return r.end()
}
