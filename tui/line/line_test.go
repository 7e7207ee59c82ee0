package line_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/lang"
	"warroom/tui/line"
)

// 10:00 on a quiet Thursday in Brussels.
var now = modeltest.Start.In(time.FixedZone("CET", 3600))

func around(t testing.TB) line.Surroundings {
	t.Helper()
	room := modeltest.New("ana", 1)
	room.As("bob")
	room.Must(model.Scope{}, model.AddRole{Name: "Läufer", Role: "runner", Letter: "b", Duty: "Carries messages.", Words: []string{"run"}})
	id := room.Must(model.Scope{}, model.OpenIncident{Title: "Checkout"}).Incident
	room.Must(id, model.Write{Text: "hello"})
	v, err := room.Incident(t.Context(), id)
	require.NoError(t, err)
	return line.Surroundings{Now: now, Me: room.Me(), People: room.Overview().People, View: v, Line: v.Lines[len(v.Lines)-1]}
}

func TestCommandsAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	s := around(t)
	at := func(clock string) model.When {
		w, err := model.ParseWhen(clock, now)
		require.NoError(t, err)
		return w
	}
	for typed, want := range map[string]model.Command{
		"/sev 1":                        model.SetSeverity{Level: model.SEV1},
		"/SEV sev-2 half the customers": model.SetSeverity{Level: model.SEV2, Reason: "half the customers"},
		"/role tl bob":                  model.AssignRole{Role: model.TechLead, Name: "bob"},
		"/role comms @bob":              model.AssignRole{Role: model.Communications, Name: "@bob"},
		"/role im me":                   model.AssignRole{Role: model.IncidentManager, Person: s.Me},
		"/role im":                      model.AssignRole{Role: model.IncidentManager, Person: s.Me},
		"/role läufer bob":              model.AssignRole{Role: "runner", Name: "bob"},
		"/role run":                     model.AssignRole{Role: "runner", Person: s.Me},
		"/release b":                    model.ReleaseRole{Role: "runner"},
		"/release tl":                   model.ReleaseRole{Role: model.TechLead},
		"/status mitigated":             model.SetStatus{Status: model.Mitigated},
		"/status open it is back":       model.SetStatus{Status: model.Open, Reason: "it is back"},
		"/link https://a.example/x The  dashboard": model.AddLink{URL: "https://a.example/x", Label: "The  dashboard"},
		"/link chat https://a.example/x":           model.AddLink{Kind: model.ChatLink, URL: "https://a.example/x"},
		"/topic all hands":                         model.PinTopic{Text: "all hands"},
		"/topic -":                                 model.PinTopic{},
		"/log one\ntwo":                            model.Write{Text: "one\ntwo"},
		"/at 10:05 rolled  back":                   model.Write{Text: "rolled  back", At: at("10:05")},
		"/at 10:05 CET rolled back":                model.Write{Text: "rolled back", At: at("10:05 CET")},
		"/at -12m first alert":                     model.Write{Text: "first alert", At: at("-12m")},
		"/at yesterday 23:50 CET first alert":      model.Write{Text: "first alert", At: at("yesterday 23:50 CET")},
		"/at 12m ago first alert":                  model.Write{Text: "first alert", At: at("12m ago")},
		"/update c identified we know":             model.PostUpdate{Audience: model.ToCustomers, State: model.Identified, Text: "we know"},
		"/assess many all":                         model.AnswerQuestion{Question: model.AskMany, Answer: model.Answer{Type: model.ChoiceAnswer, Choices: []string{model.All}}},
		"/new Mail delays":                         model.OpenIncident{Title: "Mail delays"},
		"/amend other words":                       model.Amend{Target: s.Line.Ref(), Text: "other words"},
		"/strike wrong window":                     model.Strike{Target: s.Line.Ref(), Reason: "wrong window"},
		"/phase escalate":                          model.MarkPhase{Phase: model.PhaseEscalate, Done: true},
		"/undo":                                    nil, // the console's own
		"/severity":                                nil, // opens the menu
	} {
		word, rest, ok := line.Slash(typed)
		require.True(t, ok, typed)
		act, err := line.Read(word, rest, s)
		require.NoError(t, err, typed)
		require.Equal(t, want, act.Command, typed)
		require.NotEmpty(t, act.Action, typed)
	}
}

func TestWhatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	s, say := around(t), lang.New(lang.Options{})
	for typed, want := range map[string]model.Code{
		"/sve 1":               line.CodeCommandUnknown,
		"/":                    line.CodeCommandUnknown,
		"/var/log is full":     line.CodeCommandUnknown,
		"/sev 9":               model.CodeSeverityUnknown,
		"/role pilot bob":      model.CodeRoleUnknown,
		"/status done":         model.CodeStatusUnknown,
		"/at":                  line.CodeCommandArgs,
		"/at 14:05":            line.CodeCommandArgs,
		"/at noonish it broke": model.CodeTimeUnreadable,
		"/link":                line.CodeCommandArgs,
		"/update c now":        line.CodeCommandArgs,
		"/assess many":         line.CodeCommandArgs,
		"/release tl zoe":      model.CodePersonUnknown,
		"/phase":               line.CodeCommandArgs,
		"/phase containment":   model.CodePhaseUnknown,
	} {
		word, rest, ok := line.Slash(typed)
		require.True(t, ok, typed)
		_, err := line.Read(word, rest, s)
		require.Equal(t, want, model.CodeOf(err), "%s: %v", typed, err)
		require.NotEmpty(t, say.Error(err))
	}
	require.Empty(t, say.Faults())
}

func TestTheNearestCommandIsNamed(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{"sve": "sev", "rol": "role", "lnik": "link", "stauts": "status", "undu": "undo"} {
		require.Equal(t, want, line.Nearest(typed), typed)
	}
}

func TestOnlyASlashAtTheBeginningIsACommand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"//var/log is full": "/var/log is full", "see /tmp": "see /tmp", " /sev 1": " /sev 1"} {
		_, _, ok := line.Slash(text)
		require.False(t, ok, text)
		require.Equal(t, want, line.Plain(text))
	}
}

// A command's word in the table must be one that can be read.
func TestEveryWordOfTheTableIsRead(t *testing.T) {
	t.Parallel()
	s := around(t)
	for _, a := range action.Table() {
		for _, w := range a.Words {
			_, err := line.Read(w, "", s)
			require.NotEqual(t, line.CodeCommandUnknown, model.CodeOf(err), w)
		}
	}
}

func press(e *line.Editor, keys ...string) {
	codes := map[string]tea.KeyPressMsg{
		"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
		"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "backspace": {Code: tea.KeyBackspace}, "delete": {Code: tea.KeyDelete},
		"ctrl+w": {Code: 'w', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl}, "ctrl+k": {Code: 'k', Mod: tea.ModCtrl},
		"ctrl+left": {Code: tea.KeyLeft, Mod: tea.ModCtrl}, "ctrl+right": {Code: tea.KeyRight, Mod: tea.ModCtrl},
	}
	for _, k := range keys {
		if c, ok := codes[k]; ok {
			e.Key(c)
			continue
		}
		e.Key(tea.KeyPressMsg{Code: []rune(k)[0], Text: k})
	}
}

func TestEditing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		keys       []string
		want       string
	}{
		{"typing", "", []string{"h", "é", "漢"}, "hé漢"},
		{"at the beginning", "b", []string{"home", "a"}, "ab"},
		{"a letter of several parts goes as one", "ae\u0301", []string{"backspace"}, "a"},
		{"an accent joins the letter before it", "e", []string{"\u0301", "left", "x"}, "xe\u0301"},
		{"a family goes as one", "a👨\u200d👩\u200d👧", []string{"backspace"}, "a"},
		{"delete", "abc", []string{"home", "delete"}, "bc"},
		{"a word", "one two  ", []string{"ctrl+w"}, "one "},
		{"to the beginning", "one\ntwo", []string{"ctrl+u"}, "one\n"},
		{"to the end", "one\ntwo", []string{"home", "ctrl+k"}, "one\n"},
		{"up keeps the column", "one\ntwo", []string{"left", "up", "x"}, "onxe\ntwo"},
		{"down stops at the end", "long line\nab", []string{"up", "end", "down", "x"}, "long line\nabx"},
		{"by words", "one two", []string{"ctrl+left", "ctrl+left", "ctrl+right", "x"}, "onex two"},
		{"nothing to erase", "", []string{"backspace", "delete", "ctrl+w", "left", "up"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var e line.Editor
			e.Set(c.text)
			press(&e, c.keys...)
			require.Equal(t, c.want, e.Text())
		})
	}
}

func TestAPasteKeepsItsLinesAndLosesItsControls(t *testing.T) {
	t.Parallel()
	var e line.Editor
	e.Insert("one\r\ntwo\rthree\x1b[31m red\x1b[0m\x07\ttab\x00")
	require.Equal(t, "one\ntwo\nthree red\ttab", e.Text())
	require.Equal(t, 3, e.Lines())
}

// Whatever is typed: the rows fit, the cursor is in them, nothing is lost.
func TestRowsAlwaysFit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var e line.Editor
		for range rapid.IntRange(1, 30).Draw(r, "steps") {
			if rapid.Bool().Draw(r, "insert") {
				e.Insert(rapid.StringMatching(`[a-c \n漢é👍\x{0301}\x{200d}]{0,12}`).Draw(r, "text"))
			} else {
				press(&e, rapid.SampledFrom([]string{"left", "right", "up", "down", "home", "end", "backspace", "delete", "ctrl+w", "ctrl+left"}).Draw(r, "key"))
			}
			w, h := rapid.IntRange(1, 20).Draw(r, "w"), rapid.IntRange(1, 4).Draw(r, "h")
			rows, x, y := e.Rows(w, h)
			require.LessOrEqual(r, len(rows), h)
			require.True(r, x >= 0 && x < w && y >= 0 && y < len(rows), "cursor %d,%d in %q", x, y, rows)
			for _, row := range rows {
				require.LessOrEqual(r, clean.Width(row), w, "%q", row)
			}
		}
	})
}

func TestALineThatIsCutOnTheLeftSaysSoAndFillsAWiderRow(t *testing.T) {
	t.Parallel()
	for ascii, mark := range map[bool]string{false: "…", true: "~"} {
		e := line.Editor{ASCII: ascii}
		e.Insert("the quick brown fox jumps over the lazy dog")
		rows, _, _ := e.Rows(10, 1)
		require.True(t, strings.HasPrefix(rows[0], mark), rows[0])
		rows, x, _ := e.Rows(20, 1)
		require.Equal(t, mark+" over the lazy dog", rows[0])
		require.Equal(t, 19, x, "all but the cursor's own cell is text")
		rows, _, _ = e.Rows(60, 1)
		require.Equal(t, "the quick brown fox jumps over the lazy dog", rows[0])
	}
}
