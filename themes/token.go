package themes

import (
	"strconv"
	"strings"
)

// Token names what a piece of the screen means. Its text is its key in a theme
// file; a token of a table is written with a dot ("severity.1").
type Token string

// The tokens of the frame, and of all text.
const (
	Text          Token = "text"           // ordinary text
	Dim           Token = "dim"            // of less weight: help texts, units, separators
	Accent        Token = "accent"         // what should catch the eye and is not a state
	Border        Token = "border"         // the frame of a pane
	Focus         Token = "focus"          // the frame of the pane that takes the keys
	Dialog        Token = "dialog"         // the frame of an overlay
	Title         Token = "title"          // titles of panes, incidents and overlays
	Header        Token = "header"         // the first line of the screen
	Selection     Token = "selection"      // the selected row of the pane that takes the keys
	SelectionIdle Token = "selection-idle" // the selected row of every other pane
	Key           Token = "key"            // the key in a key hint
	Disabled      Token = "disabled"       // an action that cannot be taken now
	Match         Token = "match"          // letters that a filter or the palette matched
	Input         Token = "input"          // what is being typed
	Placeholder   Token = "placeholder"    // what an empty input says
	Banner        Token = "banner"         // a line over the whole width: DEMO, read-only, offline
	Toast         Token = "toast"          // a short message that goes by itself
)

// The tokens of the log and of people.
const (
	Time     Token = "time"     // when
	Name     Token = "name"     // a teammate
	Self     Token = "self"     // yourself
	Here     Token = "here"     // the sign of somebody present
	Away     Token = "away"     // the sign of somebody absent
	Link     Token = "link"     // an address
	Command  Token = "command"  // a command that was run
	Struck   Token = "struck"   // an entry that was struck
	Unread   Token = "unread"   // what came since you looked
	Star     Token = "star"     // a starred entry
	Mention  Token = "mention"  // your name in somebody's entry
	Stale    Token = "stale"    // what may be out of date
	Conflict Token = "conflict" // two values, until one is chosen
)

// The tokens of states.
const (
	OK     Token = "ok"
	Warn   Token = "warn"
	Danger Token = "danger"
	Info   Token = "info"

	Sev1 Token = "severity.1"
	Sev2 Token = "severity.2"
	Sev3 Token = "severity.3"

	PhaseDone   Token = "phase.done"
	PhaseActive Token = "phase.active"
	PhaseTodo   Token = "phase.todo"

	StatusOpen      Token = "status.open"
	StatusFixing    Token = "status.fixing"
	StatusMitigated Token = "status.mitigated"
	StatusResolved  Token = "status.resolved"
	StatusClosed    Token = "status.closed"
	StatusCancelled Token = "status.cancelled"
)

// maxLevel is the last severity level that a theme can name: one digit, as in
// the keys that set it.
const maxLevel = 9

// Severity gives the token of a severity level: 1 is the worst. Levels past 9
// look like 9. A level under 1 is none, and gives Text.
func Severity(level int) Token {
	if level < 1 {
		return Text
	}
	return Token("severity." + strconv.Itoa(min(level, maxLevel)))
}

// Status gives the token of a status by its word ("fixing"). An unknown word
// gives a token that is drawn as Text.
func Status(word string) Token { return Token("status." + word) }

// Phase gives the token of a phase's state by its word ("done"). An unknown
// word gives a token that is drawn as Text.
func Phase(word string) Token { return Token("phase." + word) }

// Tokens gives every token a theme can hold, in the order of the documentation,
// all nine severity levels included.
func Tokens() []Token {
	tokens := []Token{
		Text, Dim, Accent, Border, Focus, Dialog, Title, Header, Selection, SelectionIdle,
		Key, Disabled, Match, Input, Placeholder, Banner, Toast,
		Time, Name, Self, Here, Away, Link, Command, Struck, Unread, Star, Mention, Stale, Conflict,
		OK, Warn, Danger, Info,
	}
	for level := 1; level <= maxLevel; level++ {
		tokens = append(tokens, Severity(level))
	}
	return append(tokens,
		PhaseDone, PhaseActive, PhaseTodo,
		StatusOpen, StatusFixing, StatusMitigated, StatusResolved, StatusClosed, StatusCancelled)
}

// tables gives the names of the tables of a theme file.
func tables() []string { return []string{"severity", "phase", "status"} }

// table gives the table a token stands in, or nothing.
func (t Token) table() string {
	name, _, found := strings.Cut(string(t), ".")
	if !found {
		return ""
	}
	return name
}
