package line

import (
	"strings"
	"time"

	"warroom/model"
	"warroom/tui/action"
)

// Refusals of this package; their sentences stand in the catalogue under
// "error.<code>".
const (
	CodeCommandUnknown model.Code = "command.unknown"
	CodeCommandArgs    model.Code = "command.args"
)

// Surroundings are what a command is read against.
type Surroundings struct {
	// Now is the time in the reader's zone: times are read in it.
	Now    time.Time
	Me     model.PersonID
	People *model.Roster
	// View is the incident on the screen, nil for none; Line the selected line of
	// its log, nil for none.
	View *model.View
	Line *model.Line
}

// Act is a command that was read: what to do.
type Act struct {
	Action action.ID
	// Command changes the room; nil where the console itself acts.
	Command model.Command
	// Arg is the rest, for what the console itself does.
	Arg string
}

// Slash takes a slash command apart; false for a text that is none. A text that
// should begin with a slash is written with two.
func Slash(text string) (word, rest string, ok bool) {
	body, cut := strings.CutPrefix(text, "/")
	if !cut || strings.HasPrefix(body, "/") {
		return "", "", false
	}
	word, rest = Split(body)
	return word, rest, true
}

// Plain is a text that is no command as it is to be written: the doubled slash
// is one.
func Plain(text string) string {
	if strings.HasPrefix(text, "//") {
		return text[1:]
	}
	return text
}

// Split parts a command's word from the rest.
func Split(text string) (word, rest string) {
	text = strings.TrimSpace(text)
	if i := strings.IndexAny(text, " \t\n"); i >= 0 {
		return strings.ToLower(text[:i]), strings.TrimSpace(text[i:])
	}
	return strings.ToLower(text), ""
}

// Read reads a command: its word and the rest of what was typed. It refuses with
// CodeCommandUnknown and the nearest word, with CodeCommandArgs and the usage,
// or as the model's readers refuse.
func Read(word, rest string, s Surroundings) (Act, error) {
	a, ok := action.ByWord(word)
	if !ok {
		near := Nearest(word)
		return Act{}, model.Refuse(CodeCommandUnknown, "Word", word, "Nearest", near)
	}
	act := Act{Action: a.ID, Arg: rest}
	var err error
	if read := readers[a.ID]; read != nil && (rest != "" || needsArgs(a)) {
		if rest == "" {
			return act, usage(a)
		}
		act.Command, err = read(a, rest, s)
	}
	return act, err
}

// needsArgs reports a command that means nothing by itself.
func needsArgs(a action.Action) bool {
	return len(a.Keys) == 0 && a.Args != "" && !strings.HasPrefix(a.Args, "[")
}

func usage(a action.Action) error {
	return model.Refuse(CodeCommandArgs, "Usage", strings.TrimPrefix(action.Usage(a), ":"))
}

// reader makes a command of what was typed after the word.
type reader func(action.Action, string, Surroundings) (model.Command, error)

// readers are the commands that change the room. The others are the console's.
var readers = map[action.ID]reader{
	action.New: func(_ action.Action, r string, _ Surroundings) (model.Command, error) {
		return model.OpenIncident{Title: r}, nil
	},
	action.Severity: readSeverity,
	action.Status:   readStatus,
	action.Role:     readRole,
	action.Release:  readRelease,
	action.Assess:   readAnswer,
	action.Update:   readUpdate,
	action.Write: func(_ action.Action, r string, _ Surroundings) (model.Command, error) {
		return model.Write{Text: r}, nil
	},
	action.At:   readAt,
	action.Link: readLink,
	action.Title: func(_ action.Action, r string, _ Surroundings) (model.Command, error) {
		return model.SetTitle{Title: r}, nil
	},
	action.Pin:   readTopic,
	action.Phase: readPhase,
	action.Person: func(_ action.Action, r string, _ Surroundings) (model.Command, error) {
		return model.AddPerson{Name: r}, nil
	},
	action.Restrict: func(_ action.Action, r string, s Surroundings) (model.Command, error) { return Restrict(r, s.People) },
	action.Amend:    readAmend,
	action.Strike:   readStrike,
}

func readSeverity(_ action.Action, rest string, _ Surroundings) (model.Command, error) {
	word, reason := Split(rest)
	level, err := model.ParseLevel(word)
	return model.SetSeverity{Level: level, Reason: reason}, err
}

func readStatus(_ action.Action, rest string, _ Surroundings) (model.Command, error) {
	word, reason := Split(rest)
	status, err := model.ParseStatus(word)
	return model.SetStatus{Status: status, Reason: reason}, err
}

// readRole reads "tl bob", "comms @ana", and "tl" or "tl me" for oneself.
func readRole(_ action.Action, rest string, s Surroundings) (model.Command, error) {
	word, name := Split(rest)
	role, err := s.People.Roles().Parse(word)
	if err != nil {
		return nil, err
	}
	if name == "" || strings.EqualFold(name, "me") {
		return model.AssignRole{Role: role, Person: s.Me}, nil
	}
	return model.AssignRole{Role: role, Name: name}, nil
}

func readRelease(_ action.Action, rest string, s Surroundings) (model.Command, error) {
	word, name := Split(rest)
	role, err := s.People.Roles().ParseHeld(word, s.View)
	if err != nil || name == "" {
		return model.ReleaseRole{Role: role}, err
	}
	who, err := s.People.Find(name)
	return model.ReleaseRole{Role: role, Person: who}, err
}

func readAnswer(a action.Action, rest string, s Surroundings) (model.Command, error) {
	word, typed := Split(rest)
	q, err := model.ParseQuestion(word)
	if err != nil {
		return nil, err
	}
	if typed == "" {
		return nil, usage(a)
	}
	answer, text, err := model.ParseAnswer(q, typed, s.Now)
	return model.AnswerQuestion{Question: q, Answer: answer, Text: text}, err
}

func readUpdate(a action.Action, rest string, _ Surroundings) (model.Command, error) {
	to, rest := Split(rest)
	state, text := Split(rest)
	if text == "" {
		return nil, usage(a)
	}
	audience, err := model.ParseAudience(to)
	if err != nil {
		return nil, err
	}
	st, err := model.ParseUpdateState(state)
	return model.PostUpdate{Audience: audience, State: st, Text: text}, err
}

// longestTime is how many words a time may have: "yesterday 23:50 CET".
const longestTime = 3

// readAt reads a time and the text after it: the longest beginning that is a
// time counts, as long as some text is left.
func readAt(a action.Action, rest string, s Surroundings) (model.Command, error) {
	words := strings.Fields(rest)
	if len(words) < 2 {
		return nil, usage(a)
	}
	var refusal error
	for n := min(longestTime, len(words)-1); n > 0; n-- {
		when, err := model.ParseWhen(strings.Join(words[:n], " "), s.Now)
		if err == nil {
			return model.Write{Text: after(rest, n), At: when}, nil
		}
		if refusal == nil || model.CodeOf(err) != model.CodeTimeUnreadable || n == 1 {
			refusal = err
		}
	}
	return nil, refusal
}

// after is the text behind the first n words, as it was typed.
func after(text string, n int) string {
	for range n {
		text = strings.TrimLeft(text, " \t\n")
		if i := strings.IndexAny(text, " \t\n"); i >= 0 {
			text = text[i:]
		}
	}
	return strings.TrimSpace(text)
}

// readLink reads "URL text", with a kind before it if one is said.
func readLink(_ action.Action, rest string, _ Surroundings) (model.Command, error) {
	var link model.AddLink
	word, tail := Split(rest)
	if kind, err := model.ParseLinkKind(word); err == nil && tail != "" {
		link.Kind, rest = kind, tail
	}
	link.URL, link.Label = rest, ""
	if i := strings.IndexAny(rest, " \t\n"); i >= 0 {
		link.URL, link.Label = rest[:i], strings.TrimSpace(rest[i:])
	}
	return link, nil
}

// Restrict reads for whom alone an incident is, names with commas between them, as
// the command for it; a dash opens it to everybody.
func Restrict(names string, people *model.Roster) (model.Command, error) {
	if strings.TrimSpace(names) == "-" {
		return model.Unrestrict{}, nil
	}
	var c model.Restrict
	for name := range strings.SplitSeq(names, ",") {
		if name = strings.TrimPrefix(strings.TrimSpace(name), "@"); name == "" {
			continue
		}
		who, err := people.Find(name)
		if err != nil {
			return nil, err
		}
		c.People = append(c.People, who)
	}
	return c, nil
}

func readTopic(_ action.Action, rest string, _ Surroundings) (model.Command, error) {
	if rest == "-" {
		rest = ""
	}
	return model.PinTopic{Text: rest}, nil
}

// readPhase ticks a phase, or unticks one that somebody ticked.
func readPhase(_ action.Action, rest string, s Surroundings) (model.Command, error) {
	if s.View == nil {
		return nil, model.Refuse(model.CodeIncidentNone)
	}
	p, err := model.ParsePhase(rest, s.View.Kind)
	return model.MarkPhase{Phase: p, Done: !s.View.Marks[p].Value}, err
}

func readAmend(_ action.Action, rest string, s Surroundings) (model.Command, error) {
	if s.Line == nil {
		return nil, model.Refuse(model.CodeEntryUnknown, "Entry", "")
	}
	return model.Amend{Target: s.Line.Ref(), Text: rest}, nil
}

func readStrike(_ action.Action, rest string, s Surroundings) (model.Command, error) {
	if s.Line == nil {
		return nil, model.Refuse(model.CodeEntryUnknown, "Entry", "")
	}
	return model.Strike{Target: s.Line.Ref(), Reason: rest, Back: s.Line.Struck != nil}, nil
}

// Nearest is the command word that is most like the one that was typed.
func Nearest(word string) string {
	best, least := "", 1<<30
	for _, a := range action.Table() {
		for _, w := range a.Words {
			if d := distance(word, w); d < least {
				best, least = w, d
			}
		}
	}
	return best
}

// distance counts the letters to insert, drop or replace to make b of a
// (Levenshtein).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	above := make([]int, len(y)+1)
	for j := range above {
		above[j] = j
	}
	for i := range x {
		row := make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			change := above[j]
			if x[i] != y[j] {
				change++
			}
			row[j+1] = min(change, above[j+1]+1, row[j]+1)
		}
		above = row
	}
	return above[len(y)]
}
