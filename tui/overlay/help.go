package overlay

import (
	"strings"

	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/pane"
)

// The widths of the columns; helpText is the least for which there are three.
const (
	helpKeys    = 16
	helpCommand = 32
	helpText    = 60
)

// Help gives the rows of the help: the table of actions by scope, with the
// reason beside what cannot be done now.
func Help(env pane.Env, s action.State, w int) []string {
	rows := prose(env, themes.Dim, env.Say.T("help.mouse"), w)
	for _, scope := range action.Scopes() {
		rows = append(rows, newRow(env, w, false).String(), newRow(env, w, false).add(themes.Title, env.Say.Say(scope.Phrase())).String())
		for _, a := range action.Table() {
			if a.Scope == scope {
				rows = append(rows, helpRows(env, a, s, w)...)
			}
		}
	}
	return rows
}

func helpRows(env pane.Env, a action.Action, s action.State, w int) []string {
	var keys []string
	for _, k := range a.Keys {
		keys = append(keys, strings.TrimSpace(Shown(env, action.Shown(k))))
	}
	tok, text := themes.Text, env.Say.Say(a.Long())
	if why := a.Disabled(s); !why.IsZero() {
		tok, text = themes.Disabled, text+" ("+env.Say.Say(why)+")"
	}
	usage, left := action.Usage(a), helpKeys
	if w >= helpKeys+helpCommand+helpText {
		left += helpCommand
	} else if usage != "" {
		text, usage = text+" "+usage, ""
	}
	if w < helpKeys+20 {
		return prose(env, tok, strings.Join(keys, " ")+"  "+text, w)
	}
	var rows []string
	for i, l := range clean.Wrap(text, w-left) {
		r := newRow(env, w, false)
		if i == 0 {
			r.column(themes.Key, strings.Join(keys, " "), helpKeys)
			r.column(themes.Command, usage, left-helpKeys)
		} else {
			r.column(themes.Text, "", left)
		}
		rows = append(rows, r.add(tok, l).String())
	}
	return rows
}
