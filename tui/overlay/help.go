package overlay

import (
	"strings"

	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/pane"
)

// helpKeys is the width of the column of keys, helpCommand that of commands.
const (
	helpKeys    = 15
	helpCommand = 32
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
		if k = action.Shown(k); env.ASCII {
			k = clean.Line(asciiKey(k))
		}
		keys = append(keys, k)
	}
	r := newRow(env, w, false).column(themes.Key, strings.Join(keys, " "), helpKeys)
	tok, text := themes.Text, env.Say.Say(a.Long())
	if why := a.Disabled(s); !why.IsZero() {
		tok, text = themes.Disabled, text+" ("+env.Say.Say(why)+")"
	}
	usage := ""
	if len(a.Words) > 0 {
		usage = action.Usage(a)
	}
	if w < helpKeys+helpCommand+24 { // no room for three columns
		if usage != "" {
			text = usage + "  " + text
		}
		return []string{r.add(tok, text).String()}
	}
	return []string{r.column(themes.Command, usage, helpCommand).add(tok, text).String()}
}

func asciiKey(k string) string {
	return strings.NewReplacer("↑", "up", "↓", "down", "←", "left", "→", "right").Replace(k)
}
