package pane

import (
	"warroom/model"
	"warroom/themes"
)

// signs are what colour alone must not say. Each is one cell wide.
type signs struct {
	corners             [4]string // top left, top right, bottom left, bottom right
	side                string
	edge, focusEdge     string
	selected, idle      string
	current             string
	sev                 [4]string // by level; those past the third look like it
	status              map[model.Status]string
	done, active, todo  string
	filled, empty, need string
	conflict            string
	star, amended       string
	undone, struck      string
	late, ahead, fail   string
	up, down            string
	or, dot, add        string
	reply               string
	here, away          string // of people
	alone, come         string // what is only here, and what is still to come
}

var unicodeSigns = signs{
	corners: [4]string{"╭", "╮", "╰", "╯"}, side: "│", edge: "─", focusEdge: "━",
	selected: "▌", idle: "▏", current: "▸",
	sev:    [4]string{"○", "▲", "◆", "●"},
	status: map[model.Status]string{model.Resolved: "✓", model.Closed: "■", model.Cancelled: "✗"},
	done:   "✓", active: "●", todo: "·",
	filled: "●", empty: "○", need: "!", conflict: "≠",
	star: "★", amended: "✎", undone: "↶", struck: "~", late: "↰", ahead: "±", fail: "✗",
	up: "↑", down: "↓", or: "|", dot: "·", add: "+", reply: "↳",
	here: "●", away: "○", alone: "⇡", come: "⇣",
}

var asciiSigns = signs{
	corners: [4]string{"+", "+", "+", "+"}, side: "|", edge: "-", focusEdge: "=",
	selected: ">", idle: ":", current: "*",
	sev:    [4]string{"?", "!", "=", "-"},
	status: map[model.Status]string{model.Resolved: "+", model.Closed: "#", model.Cancelled: "/"},
	done:   "+", active: "*", todo: ".",
	filled: "*", empty: ".", need: "!", conflict: "%",
	star: "*", amended: "&", undone: "<", struck: "~", late: "^", ahead: "?", fail: "!",
	up: "^", down: "v", or: "|", dot: "-", add: "+", reply: ">",
	here: "*", away: "o", alone: "^", come: "_",
}

func (e Env) signs() *signs {
	if e.ASCII {
		return &asciiSigns
	}
	return &unicodeSigns
}

// severity is a level's shape and word, and its style.
func (e Env) severity(l model.Level) (string, themes.Style) {
	s := e.signs()
	return s.sev[min(int(l), len(s.sev)-1)] + " " + l.String(), e.style(themes.Severity(int(l)))
}

func (e Env) status(s model.Status) (string, themes.Style) {
	return e.Say.Say(s.Phrase()), e.style(themes.Status(string(s)))
}
