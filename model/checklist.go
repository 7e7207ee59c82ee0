package model

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Question is a line of the impact checklist.
type Question string

// The six questions of the assessment.
const (
	AskImpact  Question = "impact"
	AskSee     Question = "see"
	AskMany    Question = "many"
	AskStarted Question = "started"
	AskCases   Question = "cases"
	AskOther   Question = "other"
)

// AnswerType says what an answer is.
type AnswerType uint8

// The types of answer.
const (
	ChoiceAnswer  AnswerType = iota + 1 // one of the choices
	ChoicesAnswer                       // any of the choices
	CountAnswer
	TimeAnswer
	TextAnswer
)

// Answer is a typed value. Cleared takes an answer back.
type Answer struct {
	_       struct{} `cbor:",toarray"`
	Type    AnswerType
	Choices []string
	Count   int64
	Time    int64 // ms since 1970
	Cleared bool
}

// Equal compares two answers; the text of a text answer is not part of it.
func (a Answer) Equal(b Answer) bool {
	return a.Type == b.Type && slices.Equal(a.Choices, b.Choices) && a.Count == b.Count &&
		a.Time == b.Time && a.Cleared == b.Cleared
}

// Has reports whether the answer chose c.
func (a Answer) Has(c string) bool { return !a.Cleared && slices.Contains(a.Choices, c) }

// The choices. Their names stand in the catalogue under "choice.<name>".
const (
	External       = "external"
	Internal       = "internal"
	All            = "all"
	Some           = "some"
	None           = "none"
	CoreHurt       = "core"
	Social         = "social"
	SecurityFactor = "security"
	DataLoss       = "data"
)

// QuestionCard is a line of the checklist with the type of its answer.
type QuestionCard struct {
	Question Question
	Type     AnswerType
	Choices  []string
}

// Checklist lists the questions in the order they are asked.
func Checklist() []QuestionCard {
	return []QuestionCard{
		{AskImpact, ChoiceAnswer, []string{External, Internal}},
		{AskSee, TextAnswer, nil},
		{AskMany, ChoiceAnswer, []string{All, Some}},
		{AskStarted, TimeAnswer, nil},
		{AskCases, CountAnswer, nil},
		{AskOther, ChoicesAnswer, []string{None, CoreHurt, DataLoss, SecurityFactor, Social}},
	}
}

// Card is the question's card; false for an unknown question.
func (q Question) Card() (QuestionCard, bool) {
	for _, c := range Checklist() {
		if c.Question == q {
			return c, true
		}
	}
	return QuestionCard{}, false
}

// Phrase is the question as it is asked; Name is its short name.
func (q Question) Phrase() Phrase { return Say("ask." + string(q)) }

// Name is the question's short name, for the pane.
func (q Question) Name() Phrase { return Say("ask." + string(q) + ".name") }

// ParseQuestion reads a question by name or by its number from 1. It refuses
// with CodeQuestionUnknown.
func ParseQuestion(typed string) (Question, error) {
	w := trimWord(typed)
	for i, c := range Checklist() {
		if w == string(c.Question) || w == strconv.Itoa(i+1) {
			return c.Question, nil
		}
	}
	return "", Refuse(CodeQuestionUnknown, "Question", typed)
}

// ParseAnswer reads what a person typed as an answer to the question: a choice
// by name or number (several with commas where several may hold), a count, a
// time, or text. It gives the answer, and the text of a text answer. It refuses
// with CodeAnswerChoice, CodeAnswerCount or CodeTimeUnreadable.
func ParseAnswer(q Question, typed string, now time.Time) (Answer, string, error) {
	card, ok := q.Card()
	if !ok {
		return Answer{}, "", Refuse(CodeQuestionUnknown, "Question", string(q))
	}
	switch card.Type {
	case ChoiceAnswer, ChoicesAnswer:
		a, err := parseChoices(card, typed)
		return a, "", err
	case CountAnswer:
		n, err := strconv.ParseInt(strings.TrimSpace(typed), 10, 64)
		if err != nil || n < 0 {
			return Answer{}, "", Refuse(CodeAnswerCount, "Answer", typed)
		}
		return Answer{Type: CountAnswer, Count: n}, "", nil
	case TimeAnswer:
		w, err := ParseWhen(typed, now)
		if err != nil {
			return Answer{}, "", err
		}
		return Answer{Type: TimeAnswer, Time: w.At.UnixMilli()}, "", nil
	}
	text := strings.TrimSpace(typed)
	if text == "" {
		return Answer{}, "", Refuse(CodeTextEmpty)
	}
	return Answer{Type: TextAnswer}, text, nil
}

func parseChoices(card QuestionCard, typed string) (Answer, error) {
	a := Answer{Type: card.Type}
	for _, w := range strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ' ' || r == '+' }) {
		c, ok := matchChoice(card.Choices, trimWord(w))
		if !ok {
			return Answer{}, Refuse(CodeAnswerChoice, "Answer", typed, "Choices", strings.Join(card.Choices, ", "))
		}
		if !slices.Contains(a.Choices, c) {
			a.Choices = append(a.Choices, c)
		}
	}
	return checkChoices(card, a, typed)
}

func matchChoice(choices []string, w string) (string, bool) {
	for i, c := range choices {
		if w == c || w == strconv.Itoa(i+1) {
			return c, true
		}
	}
	return "", false
}

// checkChoices puts the choices in the card's order and refuses none, unknown
// ones, too many, and "none" beside another.
func checkChoices(card QuestionCard, a Answer, typed string) (Answer, error) {
	refusal := Refuse(CodeAnswerChoice, "Answer", typed, "Choices", strings.Join(card.Choices, ", "))
	if len(a.Choices) == 0 || (card.Type == ChoiceAnswer && len(a.Choices) > 1) ||
		(len(a.Choices) > 1 && slices.Contains(a.Choices, None)) {
		return Answer{}, refusal
	}
	var ordered []string
	for _, c := range card.Choices {
		if slices.Contains(a.Choices, c) {
			ordered = append(ordered, c)
		}
	}
	if len(ordered) != len(a.Choices) {
		return Answer{}, refusal
	}
	a.Choices = ordered
	return a, nil
}

// Suggestion is the severity that the answers speak for, and why.
type Suggestion struct {
	Level Level
	// Why names what decided it, worst first.
	Why []Phrase
}

// IsZero reports that there is nothing to suggest yet.
func (s Suggestion) IsZero() bool { return s.Level == Unset }

// Suggest says which severity the answers speak for. The worst answer wins:
// external and all, or security or data loss, is SEV1; external and some, or a
// core function, is SEV2; else SEV3. Nothing is suggested before the first of
// the three deciding questions (impact, many, other) is answered. Source: the
// product's rule of severity.
func Suggest(answers map[Question]Answer) Suggestion {
	impact, many, other := answers[AskImpact], answers[AskMany], answers[AskOther]
	var s Suggestion
	add := func(l Level, key string) {
		if l.Worse(s.Level) {
			s.Level = l
		}
		s.Why = append(s.Why, Say("why."+key))
	}
	if other.Has(DataLoss) {
		add(SEV1, "data")
	}
	if other.Has(SecurityFactor) {
		add(SEV1, "security")
	}
	if impact.Has(External) && many.Has(All) {
		add(SEV1, "external.all")
	}
	if impact.Has(External) && many.Has(Some) {
		add(SEV2, "external.some")
	}
	if other.Has(CoreHurt) {
		add(SEV2, "core")
	}
	if s.Level != Unset {
		return s
	}
	switch {
	case impact.Has(Internal):
		add(SEV3, "internal")
	case impact.Has(External):
		add(SEV3, "external.unknown")
	case len(many.Choices) > 0 && !many.Cleared, len(other.Choices) > 0 && !other.Cleared:
		add(SEV3, "nothing")
	}
	return s
}

// withAlerts adds what the labels of the alerts that fire speak for, when that is
// worse than what the answers say: the worst wins here too.
func (s Suggestion) withAlerts(alerts []AttachedAlert) Suggestion {
	for _, a := range alerts {
		if a.Firing && a.Suggested.Known() && a.Suggested.Worse(s.Level) {
			s = Suggestion{Level: a.Suggested, Why: []Phrase{Say("why.alert", "Name", a.Name)}}
		}
	}
	return s
}
