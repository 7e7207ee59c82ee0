// Package action is the one table of what a person can do at the console. The
// key handlers, the footer, the help, the palette and the README's key table
// are all made from it.
package action

import (
	"slices"

	"charm.land/bubbles/v2/key"

	"warroom/model"
)

// ID names an action. It is stable: configs and scripts hold it.
type ID string

// Scope is where an action's keys count. The keys of the place that has the
// focus come before those of Everywhere.
type Scope string

// The scopes.
const (
	Everywhere Scope = "everywhere"
	Incidents  Scope = "incidents"
	Impact     Scope = "impact"
	Roles      Scope = "roles"
	Log        Scope = "log"
	// Typing is the log line while it takes the keys.
	Typing Scope = "typing"
	// Overlay is the layer on top, whichever it is.
	Overlay Scope = "overlay"
)

// Scopes lists them in the order of the help.
func Scopes() []Scope {
	return []Scope{Everywhere, Incidents, Impact, Roles, Log, Typing, Overlay}
}

// Phrase is the scope's name.
func (s Scope) Phrase() model.Phrase { return model.Say("help.scope." + string(s)) }

// State is what of the console decides whether an action can be taken now.
type State struct {
	Incident bool // one is open on the screen
	ReadOnly bool
	Row      bool // the focused pane has a selected row
	Line     bool // a line of the log is selected
	Entry    bool // ... which somebody wrote
	Struck   bool // ... and is struck
	Overdue  bool
	Conflict bool
	Step     bool // the rail shows a next step
	Themes   bool // there is more than one
	Called   bool // somebody called this person by name
	Paged    bool // a page waits for this person
	Editor   bool // the reader's own editor can be opened
	Suspend  bool // the console can be put aside for the shell
	Claimed  bool // nothing proves who the reader is
}

// Action is a row of the table.
type Action struct {
	ID    ID
	Scope Scope
	// Keys do it, as the terminal library names them; the first is the one that
	// is shown. Without keys it is done through the palette.
	Keys []string
	// Words are its names as a command (":sev 1", "/sev 1"); the first is shown.
	Words []string
	// Args says what a command takes, as it is typed; empty for nothing.
	Args string
	// Hint orders the footer, from 1; 0 keeps it out.
	Hint int
	// Hidden keeps it out of the palette: motions, and what only makes sense as
	// a key.
	Hidden bool
	// Off gives the reason why it cannot be taken now, or the zero Phrase.
	Off func(State) model.Phrase
}

// Short is the action's name, for footer and palette.
func (a Action) Short() model.Phrase { return model.Say("action." + string(a.ID)) }

// Long is one sentence on what it does.
func (a Action) Long() model.Phrase { return model.Say("action." + string(a.ID) + ".help") }

// Key is the key to show, or "".
func (a Action) Key() string {
	if len(a.Keys) == 0 {
		return ""
	}
	return Shown(a.Keys[0])
}

// Disabled is the reason why it cannot be taken now, or the zero Phrase.
func (a Action) Disabled(s State) model.Phrase {
	if a.Off == nil {
		return model.Phrase{}
	}
	return a.Off(s)
}

// Shown writes a key as people read it.
func Shown(key string) string {
	switch key {
	case "up":
		return "↑"
	case "down":
		return "↓"
	case "left":
		return "←"
	case "right":
		return "→"
	}
	return key
}

// ByID finds an action; false for one that the table has not.
func ByID(id ID) (Action, bool) {
	for _, a := range table {
		if a.ID == id {
			return a, true
		}
	}
	return Action{}, false
}

// Hints are the actions of a scope that the footer shows, in its order.
func Hints(scope Scope) []Action { return hints[scope] }

// hints never changes.
var hints = func() map[Scope][]Action {
	out := map[Scope][]Action{}
	for _, a := range table {
		if a.Hint > 0 {
			out[a.Scope] = append(out[a.Scope], a)
		}
	}
	for _, all := range out {
		slices.SortFunc(all, func(a, b Action) int { return a.Hint - b.Hint })
	}
	return out
}()

// ByWord finds the action that a command word names; false for none.
func ByWord(word string) (Action, bool) {
	for _, a := range table {
		if slices.Contains(a.Words, word) {
			return a, true
		}
	}
	return Action{}, false
}

// Keymap finds actions by key within a scope, for the handlers: made once.
type Keymap struct {
	bound map[Scope][]bound
}

// bound is an action with its keys as the widgets' library holds them.
type bound struct {
	keys   key.Binding
	action Action
}

// pressed is the name of a key, as a key press says it.
type pressed string

func (p pressed) String() string { return string(p) }

// NewKeymap indexes the table.
func NewKeymap(table []Action) Keymap {
	m := Keymap{bound: map[Scope][]bound{}}
	for _, a := range table {
		if len(a.Keys) > 0 {
			m.bound[a.Scope] = append(m.bound[a.Scope], bound{key.NewBinding(key.WithKeys(a.Keys...)), a})
		}
	}
	return m
}

// Find gives the action of a key in the first of the scopes that binds it.
func (m Keymap) Find(name string, scopes ...Scope) (Action, bool) {
	for _, s := range scopes {
		for _, b := range m.bound[s] {
			if key.Matches(pressed(name), b.keys) {
				return b.action, true
			}
		}
	}
	return Action{}, false
}
