package model_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// stage is an incident of one person and what was done in it last.
type stage struct {
	*author
	id   model.Scope
	last model.Ref
}

func newStage(t require.TestingT, names ...string) *stage {
	c := newCrew(t, append([]string{"ana"}, names...)...)
	return &stage{author: c.people[0], id: c.begin()}
}

// play does commands; the last may be refused.
func (s *stage) play(cmds ...model.Command) (written []*model.Event, err error) {
	for i, cmd := range cmds {
		written, err = s.do(s.id, s.aim(cmd))
		if i < len(cmds)-1 {
			require.NoError(s.crew.t, err)
		}
		for _, e := range written {
			if e.Scope == s.id {
				s.last = e.Ref()
			}
		}
	}
	return written, err
}

// last stands in a command for the reference to the act before it.
var last = model.Ref{Seq: 77}

func (s *stage) aim(cmd model.Command) model.Command {
	at := func(r model.Ref) model.Ref {
		if r == last {
			return s.last
		}
		return r
	}
	switch c := cmd.(type) {
	case model.Amend:
		c.Target = at(c.Target)
		return c
	case model.Strike:
		c.Target = at(c.Target)
		return c
	case model.Star:
		c.Target = at(c.Target)
		return c
	case model.RemoveLink:
		c.Target = at(c.Target)
		return c
	case model.ChangeTask:
		c.Task = at(c.Task)
		return c
	case model.Object:
		c.Decision = at(c.Decision)
		return c
	case model.CloseDecision:
		c.Decision = at(c.Decision)
		return c
	case model.JudgeHypothesis:
		c.Hypothesis = at(c.Hypothesis)
		return c
	case model.ChangeFollowUp:
		c.FollowUp = at(c.FollowUp)
		return c
	case model.Settle:
		c.Choose = at(c.Choose)
		return c
	}
	return cmd
}

func do(cmds ...model.Command) []model.Command { return cmds }

// nothing marks a command that is accepted and writes no event.
const nothing model.Code = "nothing"

type commandCase struct {
	cmds []model.Command
	code model.Code
}

// decides plays each case on a fresh incident; the last command is the one that
// is looked at.
func decides(t *testing.T, cases map[string]commandCase) {
	t.Helper()
	t.Parallel()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "bob", "bea")
			before := len(s.known)
			written, err := s.play(c.cmds...)
			switch c.code {
			case "":
				require.NoError(t, err)
				require.NotEmpty(t, written)
			case nothing:
				require.NoError(t, err)
				require.Empty(t, written)
			default:
				require.Equal(t, c.code, model.CodeOf(err))
				require.Empty(t, written)
			}
			require.LessOrEqual(t, before, len(s.known))
		})
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", model.MaxTitle)
	for name, c := range map[string]struct {
		cmd   model.OpenIncident
		code  model.Code
		count int
	}{
		"plain":             {model.OpenIncident{Title: "Down"}, "", 1},
		"with severity":     {model.OpenIncident{Title: "Down", Severity: 1}, "", 2},
		"security":          {model.OpenIncident{Title: "Down", Kind: model.SecurityIncident, Source: model.BySocial}, "", 1},
		"longest title":     {model.OpenIncident{Title: long}, "", 1},
		"title too long":    {model.OpenIncident{Title: long + "a"}, model.CodeTitleLong, 0},
		"enormous title":    {model.OpenIncident{Title: strings.Repeat("a", 10_000)}, model.CodeTitleLong, 0},
		"no title":          {model.OpenIncident{}, model.CodeTitleEmpty, 0},
		"blank title":       {model.OpenIncident{Title: " \t\x1b\n"}, model.CodeTitleEmpty, 0},
		"title not UTF-8":   {model.OpenIncident{Title: "a\xff"}, model.CodeTextNotUTF8, 0},
		"unknown severity":  {model.OpenIncident{Title: "Down", Severity: 4}, model.CodeSeverityUnknown, 0},
		"unknown source":    {model.OpenIncident{Title: "Down", Source: "dream"}, model.CodeSourceUnknown, 0},
		"unknown kind":      {model.OpenIncident{Title: "Down", Kind: 9}, model.CodeKindUnknown, 0},
		"title of two rows": {model.OpenIncident{Title: "Down\nand out"}, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newCrew(t, "ana").people[0]
			events, err := a.do(model.Scope{}, c.cmd)
			require.Equal(t, c.code, model.CodeOf(err))
			require.Len(t, events, c.count)
			if c.count > 0 {
				v := a.view(events[0].Scope)
				require.Equal(t, strings.ReplaceAll(c.cmd.Title, "\n", " "), v.Title.Value)
				require.Equal(t, c.cmd.Severity, v.Severity.Value)
				require.Equal(t, model.Open, v.Status.Value)
			}
		})
	}
}

func TestACommandNeedsItsIncident(t *testing.T) {
	t.Parallel()
	a := newCrew(t, "ana").people[0]
	_, err := a.do(model.Scope{}, model.SetSeverity{Level: 1})
	require.Equal(t, model.CodeIncidentNone, model.CodeOf(err))
	// The opening is still on its way.
	a.seal(model.Draft{Scope: model.Scope{5}, Body: &model.SeveritySet{Level: 1}})
	_, err = a.do(model.Scope{5}, model.SetSeverity{Level: 2})
	require.Equal(t, model.CodeIncidentUnopened, model.CodeOf(err))
	require.Equal(t, "next.unopened", a.view(model.Scope{5}).Next(0).Say.Key)
}

func TestTitle(t *testing.T) {
	decides(t, map[string]commandCase{
		"another":    {do(model.SetTitle{Title: "Search fails"}), ""},
		"the same":   {do(model.SetTitle{Title: "Checkout fails"}), nothing},
		"empty":      {do(model.SetTitle{}), model.CodeTitleEmpty},
		"too long":   {do(model.SetTitle{Title: strings.Repeat("é", 151)}), model.CodeTitleLong},
		"not UTF-8":  {do(model.SetTitle{Title: "\xc3"}), model.CodeTextNotUTF8},
		"back again": {do(model.SetTitle{Title: "b"}, model.SetTitle{Title: "Checkout fails"}), ""},
	})
}

func TestSeverityCommand(t *testing.T) {
	decides(t, map[string]commandCase{
		"set":               {do(model.SetSeverity{Level: 1, Reason: "all are hit"}), ""},
		"changed":           {do(model.SetSeverity{Level: 1}, model.SetSeverity{Level: 2}), ""},
		"the same":          {do(model.SetSeverity{Level: 1}, model.SetSeverity{Level: 1}), model.CodeSeveritySame},
		"none":              {do(model.SetSeverity{}), model.CodeSeverityUnknown},
		"unknown":           {do(model.SetSeverity{Level: 4}), model.CodeSeverityUnknown},
		"reason too long":   {do(model.SetSeverity{Level: 1, Reason: strings.Repeat("a", model.MaxReason+1)}), model.CodeTextLong},
		"reason not UTF-8":  {do(model.SetSeverity{Level: 1, Reason: "\xff"}), model.CodeTextNotUTF8},
		"nothing suggested": {do(model.ApplySuggestion{}), model.CodeSuggestionNone},
		"suggested":         {do(answer(model.AskImpact, model.External), answer(model.AskMany, model.All), model.ApplySuggestion{}), ""},
		"suggested and set": {do(answer(model.AskImpact, model.Internal), model.SetSeverity{Level: 3}, model.ApplySuggestion{}), model.CodeSeveritySame},
	})
}

func answer(q model.Question, choices ...string) model.AnswerQuestion {
	card, _ := q.Card()
	return model.AnswerQuestion{Question: q, Answer: model.Answer{Type: card.Type, Choices: choices}}
}

func TestTheSuggestionIsAppliedWithItsReasons(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, err := s.play(answer(model.AskImpact, model.External), answer(model.AskMany, model.Some), answer(model.AskOther, model.CoreHurt),
		model.ApplySuggestion{Say: func(p model.Phrase) string { return p.Key }})
	require.NoError(t, err)
	require.Equal(t, model.SEV2, s.view(s.id).Severity.Value)
	require.Equal(t, "why.external.some, why.core", s.view(s.id).Severity.By.Text)
}

func TestStatusSteps(t *testing.T) {
	t.Parallel()
	ways := map[model.Status][]model.Command{
		model.Open:      nil,
		model.Fixing:    do(model.SetStatus{Status: model.Fixing}),
		model.Mitigated: do(model.SetStatus{Status: model.Mitigated}),
		model.Resolved:  do(model.SetStatus{Status: model.Resolved}),
		model.Closed:    do(model.SetStatus{Status: model.Resolved}, model.SetStatus{Status: model.Closed}),
		model.Cancelled: do(model.SetStatus{Status: model.Cancelled}),
	}
	ok, same, stepped, why := model.Code(""), model.CodeStatusSame, model.CodeStatusStep, model.CodeReasonNeeded
	targets := append(model.Statuses(), model.Reopened)
	// Rows are where it stands, columns where it is wished to, in the order of
	// Statuses with reopened at the end.
	for from, codes := range map[model.Status][]model.Code{
		model.Open:      {same, ok, ok, ok, stepped, ok, same},
		model.Fixing:    {ok, same, ok, ok, stepped, ok, same},
		model.Mitigated: {ok, ok, same, ok, stepped, ok, same},
		model.Resolved:  {why, why, why, same, ok, stepped, why},
		model.Closed:    {why, why, why, ok, same, stepped, why},
		model.Cancelled: {why, why, why, stepped, stepped, same, why},
	} {
		for i, to := range targets {
			t.Run(string(from)+" to "+string(to), func(t *testing.T) {
				t.Parallel()
				s := newStage(t)
				_, err := s.play(append(ways[from][:len(ways[from]):len(ways[from])], model.SetStatus{Status: to})...)
				require.Equal(t, codes[i], model.CodeOf(err))
				if codes[i] != why {
					return
				}
				_, err = s.play(model.SetStatus{Status: to, Reason: "it came back"})
				require.NoError(t, err)
				want := to
				if to == model.Reopened {
					want = model.Open
				}
				require.Equal(t, want, s.view(s.id).Status.Value)
				if want == model.Open {
					require.Equal(t, model.Reopened, s.view(s.id).Status.By.Body.(*model.StatusSet).Status, "both ways are a reopening")
				}
			})
		}
	}
}

func TestUnknownStatusIsRefused(t *testing.T) {
	decides(t, map[string]commandCase{
		"unknown": {do(model.SetStatus{Status: "melting"}), model.CodeStatusUnknown},
		"empty":   {do(model.SetStatus{}), model.CodeStatusUnknown},
		"letter":  {do(model.SetStatus{Status: "f"}), model.CodeStatusUnknown},
	})
}

func TestRoles(t *testing.T) {
	im, sme := model.IncidentManager, model.Expert
	decides(t, map[string]commandCase{
		"known name":          {do(model.AssignRole{Role: im, Name: "bob"}), ""},
		"new name":            {do(model.AssignRole{Role: im, Name: "zoe"}), ""},
		"ambiguous name":      {do(model.AssignRole{Role: im, Name: "b"}), model.CodePersonAmbiguous},
		"no name":             {do(model.AssignRole{Role: im}), model.CodePersonEmpty},
		"name too long":       {do(model.AssignRole{Role: im, Name: strings.Repeat("z", model.MaxPerson+1)}), model.CodePersonLong},
		"unknown person":      {do(model.AssignRole{Role: im, Person: model.PersonID{1}}), model.CodePersonUnknown},
		"unknown role":        {do(model.AssignRole{Role: "king", Name: "bob"}), model.CodeRoleUnknown},
		"held already":        {do(model.AssignRole{Role: im, Name: "bob"}, model.AssignRole{Role: im, Name: "bob"}), model.CodeRoleHeld},
		"handed over":         {do(model.AssignRole{Role: im, Name: "bob"}, model.AssignRole{Role: im, Name: "bea"}), ""},
		"two experts":         {do(model.AssignRole{Role: sme, Name: "bob"}, model.AssignRole{Role: sme, Name: "bea"}), ""},
		"the same expert":     {do(model.AssignRole{Role: sme, Name: "bob"}, model.AssignRole{Role: sme, Name: "bea"}, model.AssignRole{Role: sme, Name: "bob"}), model.CodeRoleHeld},
		"released":            {do(model.AssignRole{Role: im, Name: "bob"}, model.ReleaseRole{Role: im}), ""},
		"released twice":      {do(model.AssignRole{Role: im, Name: "bob"}, model.ReleaseRole{Role: im}, model.ReleaseRole{Role: im}), model.CodeRoleNotHeld},
		"not held":            {do(model.ReleaseRole{Role: im}), model.CodeRoleNotHeld},
		"held by another":     {do(model.AssignRole{Role: im, Name: "bob"}, model.ReleaseRole{Role: im, Person: model.PersonID{1}}), model.CodeRoleNotHeld},
		"release of no role":  {do(model.ReleaseRole{Role: "king"}), model.CodeRoleUnknown},
		"taken after release": {do(model.AssignRole{Role: sme, Name: "bob"}, model.ReleaseRole{Role: sme}, model.AssignRole{Role: sme, Name: "bob"}), ""},
	})
}

func TestHoldersOfARole(t *testing.T) {
	t.Parallel()
	s := newStage(t, "bob", "bea")
	names := func(r model.Role) (out []string) {
		for _, h := range s.view(s.id).Holders(r) {
			out = append(out, s.state.People.Roster().Name(h.Person))
		}
		return out
	}
	assign := func(r model.Role, name string) model.Command { return model.AssignRole{Role: r, Name: name} }
	_, err := s.play(assign(model.IncidentManager, "bob"), assign(model.IncidentManager, "bea"))
	require.NoError(t, err)
	require.Equal(t, []string{"bea"}, names(model.IncidentManager))
	_, err = s.play(assign(model.Expert, "bob"), assign(model.Expert, "bea"))
	require.NoError(t, err)
	require.Equal(t, []string{"bob", "bea"}, names(model.Expert))
	bob, _ := s.state.People.Roster().Find("bob")
	_, err = s.play(model.ReleaseRole{Role: model.Expert, Person: bob})
	require.NoError(t, err)
	require.Equal(t, []string{"bea"}, names(model.Expert))
	_, err = s.play(assign(model.Expert, "bob"))
	require.NoError(t, err)
	require.Equal(t, []string{"bea", "bob"}, names(model.Expert))
	_, err = s.play(model.ReleaseRole{Role: model.Expert})
	require.NoError(t, err)
	require.Empty(t, names(model.Expert))
}

func TestAnswers(t *testing.T) {
	count := func(n int64) model.AnswerQuestion {
		return model.AnswerQuestion{Question: model.AskCases, Answer: model.Answer{Type: model.CountAnswer, Count: n}}
	}
	text := func(s string) model.AnswerQuestion {
		return model.AnswerQuestion{Question: model.AskSee, Answer: model.Answer{Type: model.TextAnswer}, Text: s}
	}
	decides(t, map[string]commandCase{
		"choice":              {do(answer(model.AskImpact, model.External)), ""},
		"no choice":           {do(answer(model.AskImpact)), model.CodeAnswerChoice},
		"two of one":          {do(answer(model.AskImpact, model.External, model.Internal)), model.CodeAnswerChoice},
		"unknown choice":      {do(answer(model.AskMany, "few")), model.CodeAnswerChoice},
		"several":             {do(answer(model.AskOther, model.Social, model.DataLoss)), ""},
		"none of them":        {do(answer(model.AskOther, model.None)), ""},
		"none and another":    {do(answer(model.AskOther, model.None, model.Social)), model.CodeAnswerChoice},
		"same in other order": {do(answer(model.AskOther, model.Social, model.DataLoss), answer(model.AskOther, model.DataLoss, model.Social)), model.CodeAnswerSame},
		"count":               {do(count(0)), ""},
		"revised":             {do(count(1), count(2)), ""},
		"same count":          {do(count(1), count(1)), model.CodeAnswerSame},
		"below nothing":       {do(count(-1)), model.CodeAnswerCount},
		"text":                {do(text("a blank page")), ""},
		"no text":             {do(text(" ")), model.CodeTextEmpty},
		"text too long":       {do(text(strings.Repeat("a", model.MaxText+1))), model.CodeTextLong},
		"other text":          {do(text("a"), text("b")), ""},
		"time":                {do(model.AnswerQuestion{Question: model.AskStarted, Answer: model.Answer{Type: model.TimeAnswer, Time: at0}}), ""},
		"another type":        {do(model.AnswerQuestion{Question: model.AskCases, Answer: model.Answer{Type: model.TextAnswer}, Text: "many"}), model.CodeAnswerChoice},
		"unknown question":    {do(model.AnswerQuestion{Question: "why"}), model.CodeQuestionUnknown},
	})
}

func TestARevisedAnswerKeepsTheEarlierOne(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, err := s.play(answer(model.AskMany, model.Some), answer(model.AskMany, model.All))
	require.NoError(t, err)
	a := s.view(s.id).Answers[2]
	require.True(t, a.Done())
	require.Equal(t, []string{model.All}, a.Answer.Choices)
	require.Len(t, a.Earlier, 1)
	require.Equal(t, []string{model.Some}, a.Earlier[0].Body.(*model.AnswerSet).Answer.Choices)
	n, all := s.view(s.id).Assessed()
	require.Equal(t, []int{1, 6}, []int{n, all})
}

func TestEntries(t *testing.T) {
	w := model.Write{Text: "db is slow"}
	decides(t, map[string]commandCase{
		"written":               {do(w), ""},
		"longest":               {do(model.Write{Text: strings.Repeat("a", model.MaxText)}), ""},
		"too long":              {do(model.Write{Text: strings.Repeat("a", model.MaxText+1)}), model.CodeTextLong},
		"empty":                 {do(model.Write{Text: "\n"}), model.CodeTextEmpty},
		"not UTF-8":             {do(model.Write{Text: "\xff"}), model.CodeTextNotUTF8},
		"amended":               {do(w, model.Amend{Target: last, Text: "db is down"}), ""},
		"amended to the same":   {do(w, model.Amend{Target: last, Text: "db is slow"}), model.CodeEntrySame},
		"amended to nothing":    {do(w, model.Amend{Target: last}), model.CodeEntrySame},
		"amended in time":       {do(w, model.Amend{Target: last, At: ago(time.Hour)}), ""},
		"amended, not UTF-8":    {do(w, model.Amend{Target: last, Text: "\xff"}), model.CodeTextNotUTF8},
		"amended, unknown":      {do(w, model.Amend{Target: model.Ref{}, Text: "x"}), model.CodeEntryUnknown},
		"an act is not amended": {do(model.SetSeverity{Level: 1}, model.Amend{Target: last, Text: "x"}), model.CodeEntryNotText},
		"an act is not struck":  {do(model.SetSeverity{Level: 1}, model.Strike{Target: last}), model.CodeEntryNotText},
		"an act is starred":     {do(model.SetSeverity{Level: 1}, model.Star{Target: last, On: true}), ""},
		"struck":                {do(w, model.Strike{Target: last, Reason: "wrong db"}), ""},
		"not struck":            {do(w, model.Strike{Target: last, Back: true}), model.CodeEntryNotStruck},
		"starred":               {do(w, model.Star{Target: last, On: true}), ""},
		"not starred":           {do(w, model.Star{Target: last}), nothing},
		"unknown entry":         {do(model.Star{Target: model.Ref{Seq: 1}, On: true}), model.CodeEntryUnknown},
	})
}

func ago(d time.Duration) model.When {
	return model.When{At: time.UnixMilli(at0).Add(-d), Said: model.Said{Precision: model.ToMinute, Zone: "UTC"}}
}

func TestAnEntryKeepsItsHistory(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.must(s.id, model.Write{Text: "db is slow", At: ago(time.Hour)})
	line := func() *model.Line {
		lines := s.view(s.id).Lines
		require.Len(t, lines, 2, "amendments, strokes and stars are no lines")
		return lines[1]
	}
	require.True(t, line().Late())
	s.must(s.id, model.Amend{Target: e.Ref(), Text: "db is down"})
	require.Equal(t, ago(time.Hour).Happened(), line().At, "the corrected time stays")
	s.must(s.id, model.Amend{Target: e.Ref(), At: ago(2 * time.Hour)})
	s.must(s.id, model.Star{Target: e.Ref(), On: true})
	l := line()
	require.Equal(t, "db is down", l.Text)
	require.Equal(t, ago(2*time.Hour).Happened(), l.At)
	require.Len(t, l.Amends, 2)
	require.True(t, l.Star)
	require.Equal(t, "db is slow", l.Rec.Text)
	s.must(s.id, model.Strike{Target: e.Ref(), Reason: "wrong db"})
	require.Equal(t, "wrong db", line().Struck.Text)
	_, err := s.do(s.id, model.Amend{Target: e.Ref(), Text: "x"})
	require.Equal(t, model.CodeEntryStruck, model.CodeOf(err))
	_, err = s.do(s.id, model.Strike{Target: e.Ref()})
	require.Equal(t, model.CodeEntryStruck, model.CodeOf(err))
	s.must(s.id, model.Strike{Target: e.Ref(), Back: true})
	require.Nil(t, line().Struck)
}

func TestFindEntry(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.must(s.id, model.Write{Text: "here"})
	v := s.view(s.id)
	l, err := v.FindEntry(" " + strings.ToUpper(e.Ref().String()) + " ")
	require.NoError(t, err)
	require.Equal(t, "here", l.Text)
	for typed, code := range map[string]model.Code{"": model.CodeEntryUnknown, "abc": model.CodeEntryUnknown, "zzzz": model.CodeEntryUnknown} {
		_, err := v.FindEntry(typed)
		require.Equal(t, code, model.CodeOf(err), typed)
	}
	twin := *v
	twin.Lines = append(twin.Lines, twin.Lines...)
	_, err = twin.FindEntry(e.Ref().String())
	require.Equal(t, model.CodeEntryAmbiguous, model.CodeOf(err))
}

func TestLinks(t *testing.T) {
	chat := model.AddLink{URL: "https://team.slack.com/x"}
	decides(t, map[string]commandCase{
		"added":           {do(chat), ""},
		"the same":        {do(chat, chat), model.CodeLinkSame},
		"as another kind": {do(chat, model.AddLink{Kind: model.DocumentLink, URL: chat.URL}), ""},
		"telephone":       {do(model.AddLink{URL: "tel:+3212345678", Kind: model.VideoLink}), ""},
		"no address":      {do(model.AddLink{URL: "slack"}), model.CodeLinkURL},
		"empty":           {do(model.AddLink{}), model.CodeLinkURL},
		"with a space":    {do(model.AddLink{URL: "https://x.example/a b"}), model.CodeLinkURL},
		"with a control":  {do(model.AddLink{URL: "https://x.example/\x1b[2J"}), model.CodeLinkURL},
		"too long":        {do(model.AddLink{URL: "https://x.example/" + strings.Repeat("a", 2000)}), model.CodeLinkURL},
		"not UTF-8":       {do(model.AddLink{URL: "https://x.example/\xff"}), model.CodeTextNotUTF8},
		"long label":      {do(model.AddLink{URL: chat.URL, Label: strings.Repeat("a", 201)}), model.CodeTextLong},
		"unknown kind":    {do(model.AddLink{URL: chat.URL, Kind: "pigeon"}), model.CodeLinkKind},
		"removed":         {do(chat, model.RemoveLink{Target: last}), ""},
		"no such link":    {do(model.RemoveLink{Target: model.Ref{Seq: 1}}), model.CodeLinkUnknown},
		"put on again":    {do(chat, model.RemoveLink{Target: last}, chat), ""},
	})
}

func TestTopicPin(t *testing.T) {
	decides(t, map[string]commandCase{
		"pinned":     {do(model.PinTopic{Text: "call in 5"}), ""},
		"the same":   {do(model.PinTopic{Text: "call in 5"}, model.PinTopic{Text: " call in 5\n"}), nothing},
		"unpinned":   {do(model.PinTopic{Text: "call in 5"}, model.PinTopic{}), ""},
		"not pinned": {do(model.PinTopic{}), nothing},
		"too long":   {do(model.PinTopic{Text: strings.Repeat("a", model.MaxReason+1)}), model.CodeTextLong},
		"not UTF-8":  {do(model.PinTopic{Text: "\xff"}), model.CodeTextNotUTF8},
	})
}

func TestMomentCommand(t *testing.T) {
	set := func(m model.Moment, w model.When) model.SetMoment { return model.SetMoment{Moment: m, At: w} }
	decides(t, map[string]commandCase{
		"corrected":        {do(set(model.Detected, ago(time.Hour))), ""},
		"the same":         {do(set(model.Detected, ago(time.Hour)), set(model.Detected, ago(time.Hour))), model.CodeMomentSame},
		"taken back":       {do(set(model.Detected, ago(time.Hour)), set(model.Detected, model.When{})), ""},
		"nothing to take":  {do(set(model.Detected, model.When{})), model.CodeMomentSame},
		"unknown moment":   {do(set("lunch", ago(time.Hour))), model.CodeMomentUnknown},
		"reason not UTF-8": {do(model.SetMoment{Moment: model.Detected, At: ago(time.Hour), Reason: "\xff"}), model.CodeTextNotUTF8},
	})
}

func TestPhaseCommand(t *testing.T) {
	decides(t, map[string]commandCase{
		"ticked":          {do(model.MarkPhase{Phase: model.PhaseEscalate, Done: true}), ""},
		"ticked twice":    {do(model.MarkPhase{Phase: model.PhaseEscalate, Done: true}, model.MarkPhase{Phase: model.PhaseEscalate, Done: true}), model.CodePhaseSame},
		"unticked":        {do(model.MarkPhase{Phase: model.PhaseEscalate, Done: true}, model.MarkPhase{Phase: model.PhaseEscalate}), ""},
		"not ticked":      {do(model.MarkPhase{Phase: model.PhaseEscalate}), model.CodePhaseSame},
		"of another rail": {do(model.MarkPhase{Phase: model.PhaseContain, Done: true}), model.CodePhaseUnknown},
		"of no rail":      {do(model.MarkPhase{Phase: "lunch", Done: true}), model.CodePhaseUnknown},
	})
}

func TestUpdateCommand(t *testing.T) {
	post := func(a model.Audience, s model.UpdateState, text string) model.PostUpdate {
		return model.PostUpdate{Audience: a, State: s, Text: text}
	}
	decides(t, map[string]commandCase{
		"posted":           {do(post(model.ToCustomers, model.Investigating, "We look into it.")), ""},
		"again":            {do(post(model.ToTeam, model.Identified, "a"), post(model.ToTeam, model.Identified, "a")), ""},
		"unknown audience": {do(post("dogs", model.Identified, "a")), model.CodeAudienceUnknown},
		"unknown state":    {do(post(model.ToTeam, "sleeping", "a")), model.CodeUpdateState},
		"empty":            {do(post(model.ToTeam, model.Identified, " ")), model.CodeTextEmpty},
	})
}

func TestPeopleCommands(t *testing.T) {
	decides(t, map[string]commandCase{
		"added":          {do(model.AddPerson{Name: "zoe"}), ""},
		"known":          {do(model.AddPerson{Name: "@BOB"}), nothing},
		"empty":          {do(model.AddPerson{Name: "@"}), model.CodePersonEmpty},
		"too long":       {do(model.AddPerson{Name: strings.Repeat("a", 101)}), model.CodePersonLong},
		"unknown person": {do(model.RenamePerson{Person: model.PersonID{1}, Name: "x"}), model.CodePersonUnknown},
	})
	c := newCrew(t, "ana")
	_, err := c.people[0].do(model.Scope{}, model.RenamePerson{Person: c.people[0].person, Name: "ana"})
	require.NoError(t, err)
}
