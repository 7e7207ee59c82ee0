package action

import (
	"slices"

	"warroom/model"
)

// The actions. Those of a pane are named after what they act on.
const (
	New       ID = "new"
	Severity  ID = "severity"
	Suggested ID = "severity.suggested"
	Status    ID = "status"
	Role      ID = "role"
	Release   ID = "role.release"
	Assess    ID = "assess"
	Answer    ID = "assess.answer"
	Update    ID = "update"
	Moments   ID = "moments"
	Links     ID = "links"
	Link      ID = "link"
	Write     ID = "write"
	At        ID = "write.at"
	Undo      ID = "undo"
	Redo      ID = "redo"
	Title     ID = "title"
	Pin       ID = "topic.pin"
	Phase     ID = "phase"
	Person    ID = "person"
	Restrict  ID = "restrict"
	Overdue   ID = "overdue"
	Next      ID = "next"
	Settle    ID = "settle"
	Who       ID = "who"
	Peers     ID = "peers"
	// Door shows who asks to come in, Members who is a member and their devices.
	Door     ID = "door"
	Members  ID = "members"
	Handover ID = "handover"
	Work     ID = "work"
	Relate   ID = "relate"
	// AnswerCall goes to where somebody was called by name.
	AnswerCall ID = "answer-call"
	// Escalate pages somebody; Comes acknowledges a page.
	Escalate ID = "escalate"
	Comes    ID = "acknowledge"
	Edit     ID = "edit"
	Suspend  ID = "suspend"

	Goto       ID = "goto"
	Open       ID = "incident.open"
	AnswerThis ID = "assess.this"
	GiveThis   ID = "role.this"
	Entry      ID = "entry"
	Star       ID = "star"
	Amend      ID = "amend"
	Strike     ID = "strike"

	Filter    ID = "filter"
	Palette   ID = "palette"
	Help      ID = "help"
	Copy      ID = "copy"
	CopyTopic ID = "copy.topic"
	Zone      ID = "zone"
	Theme     ID = "theme"
	Mouse     ID = "mouse"
	Quit      ID = "quit"
	Interrupt ID = "interrupt"
	Back      ID = "back"

	PaneIncidents ID = "pane.incidents"
	PaneImpact    ID = "pane.impact"
	PaneRoles     ID = "pane.roles"
	PaneLog       ID = "pane.log"
	PaneNext      ID = "pane.next"
	PanePrevious  ID = "pane.previous"
	Up            ID = "move.up"
	Down          ID = "move.down"
	PageUp        ID = "move.pageup"
	PageDown      ID = "move.pagedown"
	Top           ID = "move.top"
	Bottom        ID = "move.bottom"

	Send    ID = "line.send"
	NewLine ID = "line.newline"
	Leave   ID = "line.leave"
	// Complete completes a name after @.
	Complete ID = "line.complete"
	EditLine ID = "line.edit"

	LayerUp       ID = "overlay.up"
	LayerDown     ID = "overlay.down"
	LayerPageUp   ID = "overlay.pageup"
	LayerPageDown ID = "overlay.pagedown"
	LayerTop      ID = "overlay.top"
	LayerBottom   ID = "overlay.bottom"
	LayerChoose   ID = "overlay.choose"
	LayerTick     ID = "overlay.tick"
	LayerClose    ID = "overlay.close"
	LayerCancel   ID = "overlay.cancel"
)

// Reserved are the keys that the design of the console gives to actions still to
// come: back and forth in time, unread, catch up, reply.
// Nothing else may take them.
func Reserved() []string { return []string{"<", ">", "[", "]", "c", "R"} }

// Table lists every action, in the order of the help.
func Table() []Action { return slices.Clone(table) }

// table never changes.
var table = []Action{
	// What people do to an incident.
	{ID: New, Scope: Everywhere, Keys: []string{"n"}, Words: []string{"new", "open"}, Args: "TITLE", Hint: 1, Off: writing},
	{ID: Severity, Scope: Everywhere, Keys: []string{"s"}, Words: []string{"sev", "severity"}, Args: "1|2|3 [REASON]", Hint: 2, Off: acting},
	{ID: Status, Scope: Everywhere, Keys: []string{"t"}, Words: []string{"status"}, Args: "STATUS [REASON]", Hint: 3, Off: acting},
	{ID: Role, Scope: Everywhere, Keys: []string{"r"}, Words: []string{"role"}, Args: "ROLE [NAME]", Hint: 4, Off: acting},
	{ID: Assess, Scope: Everywhere, Keys: []string{"a"}, Words: []string{"assess"}, Args: "[QUESTION ANSWER]", Hint: 5, Off: acting},
	{ID: Update, Scope: Everywhere, Keys: []string{"p"}, Words: []string{"update", "post"}, Args: "[AUDIENCE STATE TEXT]", Hint: 6, Off: acting},
	{ID: Handover, Scope: Everywhere, Keys: []string{"o"}, Words: []string{"handover"}, Args: "[ROLE]", Off: acting},
	{ID: Work, Scope: Everywhere, Keys: []string{"B"}, Words: []string{"work"}, Args: "[LIST]", Off: onIncident},
	{ID: Relate, Scope: Everywhere, Words: []string{"relate", "merge"}, Args: "[KEY]", Off: acting},
	{ID: Links, Scope: Everywhere, Keys: []string{"L"}, Words: []string{"links", "channels"}, Hint: 9, Off: onIncident},
	{ID: Moments, Scope: Everywhere, Keys: []string{"m"}, Words: []string{"moments", "times"}, Hint: 10, Off: onIncident},
	{ID: Escalate, Scope: Everywhere, Keys: []string{"e"}, Words: []string{"page", "escalate"}, Args: "[WHO]", Off: acting},
	{ID: Write, Scope: Everywhere, Keys: []string{"i"}, Words: []string{"log", "write"}, Args: "TEXT", Hint: 7, Off: acting},
	{ID: Undo, Scope: Everywhere, Keys: []string{"u"}, Words: []string{"undo"}, Off: acting},
	{ID: Redo, Scope: Everywhere, Keys: []string{"U"}, Words: []string{"redo"}, Off: acting},
	{ID: Overdue, Scope: Everywhere, Keys: []string{"!"}, Words: []string{"overdue"}, Off: overdue},
	{ID: Settle, Scope: Everywhere, Keys: []string{"x"}, Words: []string{"settle", "conflict"}, Off: settling},
	{ID: Who, Scope: Everywhere, Keys: []string{"w"}, Words: []string{"who", "here"}, Hint: 11},
	{ID: Peers, Scope: Everywhere, Words: []string{"peers"}},
	{ID: Door, Scope: Everywhere, Keys: []string{"J"}, Words: []string{"door", "waiting"}, Off: admitting},
	{ID: Members, Scope: Everywhere, Keys: []string{"W"}, Words: []string{"people", "devices"}},
	{ID: AnswerCall, Scope: Everywhere, Words: []string{"calls"}, Off: called},
	{ID: Comes, Scope: Everywhere, Words: []string{"ack"}, Off: paged},
	{ID: Next, Scope: Everywhere, Words: []string{"next"}, Off: stepping},
	{ID: Suggested, Scope: Everywhere, Words: []string{"suggested"}, Off: acting},
	{ID: Release, Scope: Everywhere, Words: []string{"release"}, Args: "ROLE [NAME]", Off: acting},
	{ID: Link, Scope: Everywhere, Words: []string{"link"}, Args: "URL [TEXT]", Off: acting},
	{ID: At, Scope: Everywhere, Words: []string{"at"}, Args: "TIME TEXT", Off: acting},
	{ID: Title, Scope: Everywhere, Words: []string{"title"}, Args: "TITLE", Off: acting},
	{ID: Pin, Scope: Everywhere, Words: []string{"topic"}, Args: "TEXT|-", Off: acting},
	{ID: Phase, Scope: Everywhere, Words: []string{"phase"}, Args: "PHASE", Off: acting},
	{ID: Person, Scope: Everywhere, Words: []string{"person"}, Args: "NAME", Off: writing},
	{ID: Restrict, Scope: Everywhere, Words: []string{"restrict"}, Args: "[NAMES|-]", Off: acting},

	// What the selected row offers.
	{ID: Open, Scope: Incidents, Keys: []string{"enter"}, Hidden: true},
	{ID: AnswerThis, Scope: Impact, Keys: []string{"enter", "space"}, Hidden: true, Off: acting},
	{ID: GiveThis, Scope: Roles, Keys: []string{"enter", "space"}, Hidden: true, Off: acting},
	{ID: Entry, Scope: Log, Keys: []string{"enter"}, Words: []string{"entry"}, Off: onLine},
	{ID: Star, Scope: Log, Keys: []string{"*"}, Words: []string{"star"}, Off: changingLine},
	{ID: Amend, Scope: Log, Keys: []string{"A"}, Words: []string{"amend"}, Args: "[TEXT]", Off: changingEntry},
	{ID: Strike, Scope: Log, Keys: []string{"D"}, Words: []string{"strike"}, Args: "[REASON]", Off: changingEntry},

	// Finding, reading, copying.
	{ID: Filter, Scope: Everywhere, Keys: []string{"/"}, Words: []string{"filter"}, Args: "[TEXT]"},
	{ID: Palette, Scope: Everywhere, Keys: []string{":", "ctrl+p"}, Hint: 8, Hidden: true},
	{ID: Help, Scope: Everywhere, Keys: []string{"?"}, Words: []string{"help"}, Hint: 12},
	{ID: Goto, Scope: Everywhere, Words: []string{"goto"}, Args: "KEY"},
	{ID: Copy, Scope: Everywhere, Keys: []string{"y"}, Words: []string{"copy"}, Off: onRow},
	{ID: CopyTopic, Scope: Everywhere, Keys: []string{"Y"}, Words: []string{"copy-topic"}, Off: onIncident},
	{ID: Zone, Scope: Everywhere, Keys: []string{"T"}, Words: []string{"zone"}},
	{ID: Theme, Scope: Everywhere, Words: []string{"theme"}, Args: "[NAME]", Off: themed},
	{ID: Mouse, Scope: Everywhere, Words: []string{"mouse"}},
	{ID: Edit, Scope: Everywhere, Words: []string{"edit"}, Off: editing},
	{ID: Suspend, Scope: Everywhere, Keys: []string{"ctrl+z"}, Words: []string{"suspend"}, Hidden: true, Off: suspending},
	{ID: Back, Scope: Everywhere, Keys: []string{"esc"}, Hidden: true},
	{ID: Quit, Scope: Everywhere, Keys: []string{"q"}, Words: []string{"quit"}},
	{ID: Interrupt, Scope: Everywhere, Keys: []string{"ctrl+c"}, Hidden: true},

	// Moving about.
	{ID: PaneIncidents, Scope: Everywhere, Keys: []string{"1"}},
	{ID: PaneImpact, Scope: Everywhere, Keys: []string{"2"}},
	{ID: PaneRoles, Scope: Everywhere, Keys: []string{"3"}},
	{ID: PaneLog, Scope: Everywhere, Keys: []string{"4"}},
	{ID: PaneNext, Scope: Everywhere, Keys: []string{"tab", "l", "right"}, Hidden: true},
	{ID: PanePrevious, Scope: Everywhere, Keys: []string{"shift+tab", "h", "left"}, Hidden: true},
	{ID: Down, Scope: Everywhere, Keys: []string{"j", "down"}, Hidden: true},
	{ID: Up, Scope: Everywhere, Keys: []string{"k", "up"}, Hidden: true},
	{ID: PageDown, Scope: Everywhere, Keys: []string{"pgdown"}, Hidden: true},
	{ID: PageUp, Scope: Everywhere, Keys: []string{"pgup"}, Hidden: true},
	{ID: Top, Scope: Everywhere, Keys: []string{"g", "home"}, Hidden: true},
	{ID: Bottom, Scope: Everywhere, Keys: []string{"G", "end"}, Hidden: true},

	// The log line while it takes the keys.
	{ID: Send, Scope: Typing, Keys: []string{"enter"}, Hint: 1, Hidden: true},
	{ID: NewLine, Scope: Typing, Keys: []string{"ctrl+o"}, Hint: 2, Hidden: true},
	{ID: Complete, Scope: Typing, Keys: []string{"tab"}, Hidden: true},
	{ID: EditLine, Scope: Typing, Keys: []string{"ctrl+e"}, Hidden: true, Off: editing},
	// ctrl+g is the second way out, for terminals and links that swallow esc.
	{ID: Leave, Scope: Typing, Keys: []string{"esc", "ctrl+g"}, Hint: 3, Hidden: true},

	// The layer on top. Where it takes text, only the keys that write nothing.
	{ID: LayerDown, Scope: Overlay, Keys: []string{"j", "down"}, Hidden: true},
	{ID: LayerUp, Scope: Overlay, Keys: []string{"k", "up"}, Hidden: true},
	{ID: LayerPageDown, Scope: Overlay, Keys: []string{"pgdown"}, Hidden: true},
	{ID: LayerPageUp, Scope: Overlay, Keys: []string{"pgup"}, Hidden: true},
	{ID: LayerTop, Scope: Overlay, Keys: []string{"g", "home"}, Hidden: true},
	{ID: LayerBottom, Scope: Overlay, Keys: []string{"G", "end"}, Hidden: true},
	{ID: LayerChoose, Scope: Overlay, Keys: []string{"enter"}, Hidden: true},
	{ID: LayerTick, Scope: Overlay, Keys: []string{"space"}, Hidden: true},
	{ID: LayerClose, Scope: Overlay, Keys: []string{"q"}, Hidden: true},
	{ID: LayerCancel, Scope: Overlay, Keys: []string{"esc", "ctrl+g"}, Hidden: true},
}

// The reasons why something cannot be done now.

func off(when bool, reason string) model.Phrase {
	if when {
		return model.Say("action.off." + reason)
	}
	return model.Phrase{}
}

// first gives the first reason of several.
func first(reasons ...model.Phrase) model.Phrase {
	for _, r := range reasons {
		if !r.IsZero() {
			return r
		}
	}
	return model.Phrase{}
}

func writing(s State) model.Phrase    { return off(s.ReadOnly, "readonly") }
func onIncident(s State) model.Phrase { return off(!s.Incident, "incident") }
func admitting(s State) model.Phrase  { return first(writing(s), off(s.Claimed, "claimed")) }
func acting(s State) model.Phrase     { return first(writing(s), onIncident(s)) }
func onRow(s State) model.Phrase      { return off(!s.Row, "row") }
func onLine(s State) model.Phrase     { return first(onIncident(s), off(!s.Line, "line")) }
func themed(s State) model.Phrase     { return off(!s.Themes, "themes") }
func called(s State) model.Phrase     { return off(!s.Called, "calls") }
func paged(s State) model.Phrase      { return first(writing(s), off(!s.Paged, "paged")) }
func suspending(s State) model.Phrase { return off(!s.Suspend, "suspend") }

func editing(s State) model.Phrase { return first(acting(s), off(!s.Editor, "editor")) }

func changingLine(s State) model.Phrase { return first(writing(s), onLine(s)) }

func changingEntry(s State) model.Phrase {
	return first(changingLine(s), off(!s.Entry, "entry"))
}

func overdue(s State) model.Phrase {
	return first(writing(s), off(!s.Overdue, "overdue"))
}

func settling(s State) model.Phrase {
	return first(acting(s), off(!s.Conflict, "conflict"))
}

func stepping(s State) model.Phrase {
	return first(writing(s), off(!s.Step && !s.Incident, "incident"), off(!s.Step, "step"))
}
