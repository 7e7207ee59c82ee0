package main

import (
	"cmp"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/model/report"
	"warroom/tui/clean"
)

// stateVerbs change what an incident is.
func (a *app) stateVerbs() []verb {
	var reason, at, phrase string
	var apply, unpin, clearIt bool
	reasonFlag := func(f *pflag.FlagSet) { f.StringVarP(&reason, "reason", "r", "", a.T("shell.flag.reason")) }
	return []verb{
		{
			name: "sev", room: true, args: "LEVEL", min: 1, max: 1, flags: reasonFlag, values: severityWords[:],
			example: "warroom sev 1 --reason \"all customers\"",
			run: func(cmd *cobra.Command, args []string) error {
				level, err := model.ParseLevel(args[0])
				if err != nil {
					return err
				}
				return a.write(cmd, model.SetSeverity{Level: level, Reason: reason})
			},
		},
		{
			name: "set", room: true, args: "STATUS", min: 1, max: 1, values: statusWords(),
			flags: func(f *pflag.FlagSet) {
				reasonFlag(f)
				f.StringVar(&at, "at", "", a.T("shell.flag.at"))
			},
			example: "warroom set fixing\nwarroom set mitigated --at -5m --reason \"rolled back\"",
			run: func(cmd *cobra.Command, args []string) error {
				status, err := model.ParseStatus(args[0])
				if err != nil {
					return err
				}
				return a.setStatus(cmd, status, reason, at)
			},
		},
		{
			name: "resolve", room: true,
			flags: func(f *pflag.FlagSet) {
				reasonFlag(f)
				f.StringVar(&at, "at", "", a.T("shell.flag.at"))
			},
			run: func(cmd *cobra.Command, _ []string) error { return a.setStatus(cmd, model.Resolved, reason, at) },
		},
		{
			name: "assess", room: true, args: "[QUESTION ANSWER]", max: -1, values: questionWords(),
			flags:   func(f *pflag.FlagSet) { f.BoolVar(&apply, "apply", false, a.T("shell.flag.apply")) },
			example: "warroom assess\nwarroom assess impact external\nwarroom assess many all --apply",
			run:     func(cmd *cobra.Command, args []string) error { return a.assess(cmd, args, apply) },
		},
		{
			name: "topic", room: true, args: "[TEXT | -]", max: -1,
			example: "warroom topic\nwarroom topic rolling back, watch checkout\nwarroom topic -",
			flags: func(f *pflag.FlagSet) {
				f.StringVar(&phrase, "pin", "", a.T("shell.flag.pin"))
				f.BoolVar(&unpin, "unpin", false, a.T("shell.flag.unpin"))
			},
			run: func(cmd *cobra.Command, args []string) error {
				pin := cmd.Flags().Changed("pin")
				switch {
				case len(args) > 0 && pin:
					return misuse("shell.usage.both", "One", "TEXT", "Other", "--pin")
				case len(args) > 0 && unpin:
					return misuse("shell.usage.both", "One", "TEXT", "Other", "--unpin")
				case len(args) == 1 && args[0] == "-":
					return a.write(cmd, model.PinTopic{})
				case len(args) > 0:
					pin, phrase = true, strings.Join(args, " ")
				}
				switch {
				case pin && unpin:
					return misuse("shell.usage.both", "One", "--pin", "Other", "--unpin")
				case pin && strings.TrimSpace(phrase) == "":
					return model.Refuse(model.CodeTextEmpty)
				case pin, unpin:
					return a.write(cmd, model.PinTopic{Text: phrase})
				}
				return a.showTopic(cmd)
			},
		},
		{
			name: "moment", room: true, args: "[NAME WHEN]", max: -1, values: momentWords(),
			flags: func(f *pflag.FlagSet) {
				reasonFlag(f)
				f.BoolVar(&clearIt, "clear", false, a.T("shell.flag.clear"))
			},
			example: "warroom moment\nwarroom moment started 13:55 --reason \"graphs show it\"\nwarroom moment started --clear",
			run:     func(cmd *cobra.Command, args []string) error { return a.moment(cmd, args, reason, clearIt) },
		},
	}
}

// write does a command on the chosen incident.
func (a *app) write(cmd *cobra.Command, c model.Command) error {
	return a.with(cmd.Context(), model.DoorShell, func(s *session) error { return s.act(cmd.Context(), c) })
}

func (a *app) setStatus(cmd *cobra.Command, status model.Status, reason, at string) error {
	when, err := a.when(at)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	return a.with(ctx, model.DoorShell, func(s *session) error {
		v, err := s.chosen(ctx)
		if err != nil {
			return err
		}
		if err := s.do(ctx, v.ID, model.SetStatus{Status: status, Reason: reason, At: when}); err != nil || s.asJSON() {
			return err
		}
		s.unmet(v, status)
		if status != model.Resolved {
			return nil
		}
		if v, err = s.room.Incident(ctx, v.ID); err == nil {
			s.after(v)
		}
		return err
	})
}

// after says who is still to be told that an incident is over, with the command for each,
// and what comes then. The commands name it: it is not among the open ones any more.
func (s *session) after(v *model.View) {
	key := model.KeyPrefix + s.key(v.ID)
	var told []model.Phrase
	for _, a := range v.Untold() {
		does := "shell.resolve.draft"
		if t := v.Drafts[a].Draft; t != nil && t.State == model.Recovered {
			does = "shell.resolve.check"
		}
		told = append(told, model.Say(does, "Audience", a.Phrase(), "Word", string(a), "Key", key))
	}
	if len(told) > 0 {
		s.line(s.T("shell.resolve.untold", "Audiences", told))
	}
	s.line(s.T("shell.resolve.review", "Key", key))
}

// unmet says, after an incident was resolved or closed, what ought to have been so before
// and was not. It blocks nothing. It stands on standard output, below the line of the act:
// on another stream nobody could say which of them is read first.
func (s *session) unmet(v *model.View, to model.Status) {
	var missing []model.Phrase
	switch to {
	case model.Resolved:
		missing = model.Unmet(v.Resolving())
	case model.Closed:
		missing = model.Unmet(v.Closing())
	}
	if len(missing) == 0 {
		return
	}
	words := make([]string, 0, len(missing))
	for _, p := range missing {
		words = append(words, s.words.Say(p))
	}
	s.line(s.T("overlay.unmet", "What", strings.Join(words, "; ")))
}

// assess shows the checklist, answers a question, or applies the suggestion.
func (a *app) assess(cmd *cobra.Command, args []string, apply bool) error {
	ctx := cmd.Context()
	if len(args) == 0 && !apply {
		return a.look(ctx, func(s *session) error {
			v, err := s.chosen(ctx)
			if err != nil {
				return err
			}
			return s.assessed(v)
		})
	}
	var commands []model.Command
	if len(args) > 0 {
		question, err := model.ParseQuestion(args[0])
		if err != nil {
			return err
		}
		if len(args) == 1 {
			return misuse("shell.usage.answer", "Question", question.Phrase())
		}
		now := a.Now()
		if a.config.UTC {
			now = now.UTC()
		}
		answer, text, err := model.ParseAnswer(question, strings.Join(args[1:], " "), now)
		if err != nil {
			return err
		}
		commands = append(commands, model.AnswerQuestion{Question: question, Answer: answer, Text: text})
	}
	if apply {
		commands = append(commands, model.ApplySuggestion{Say: a.words.Say})
	}
	return a.with(ctx, model.DoorShell, func(s *session) error { return s.actAll(cmd, commands) })
}

// actAll does several commands on the chosen incident, and tells of them as one.
// The first refusal ends it; what was done before it is told too.
func (s *session) actAll(cmd *cobra.Command, commands []model.Command) error {
	id, err := s.choose(cmd.Context())
	if err != nil {
		return err
	}
	all := model.Receipt{Incident: id}
	var so, refused error
	for _, c := range commands {
		got, err := s.room.Do(cmd.Context(), s.who, id, c)
		if isSo(err) {
			so = err // what comes after it is still to be done
			continue
		}
		if err != nil {
			refused = err
			break
		}
		all.Refs = append(all.Refs, got.Refs...)
	}
	if all.Nothing() {
		return cmp.Or(refused, so)
	}
	if err := s.told(cmd.Context(), all); err != nil {
		return err
	}
	return refused
}

// assessed shows the checklist and what it suggests.
func (s *session) assessed(v *model.View) error {
	if s.asJSON() {
		in := report.Of(v, s.report(s.room))
		return s.json(map[string]any{"key": in.Key, "severity": in.Severity, "impact": in.Impact, "suggestion": in.Suggests})
	}
	answered, all := v.Assessed()
	s.line(s.T("shell.assess.head", "Key", s.key(v.ID), "Answered", answered, "All", all))
	for i, an := range v.Answers {
		s.line(s.T("shell.assess.question", "N", i+1, "Word", string(an.Card.Question), "Question", an.Card.Question.Phrase()))
		switch {
		case an.Done():
			s.line("     " + s.T("shell.assess.answer", "Answer", an.Answer.Phrase(an.Text), "Person", an.By.Common().Actor))
		case len(an.Card.Choices) > 0:
			s.line("     " + s.T("shell.assess.choices", "Choices", an.Card.Choices))
		default:
			s.line("     " + s.T("shell.empty"))
		}
	}
	if v.Suggests.IsZero() {
		s.tell(s.T("shell.assess.none"))
		return nil
	}
	s.line(s.T("shell.assess.suggests", "Severity", v.Suggests.Level.String(), "Why", v.Suggests.Why))
	if v.Suggests.Level != v.Severity.Value {
		s.tell(s.T("shell.assess.apply"))
	}
	return nil
}

func (a *app) showTopic(cmd *cobra.Command) error {
	return a.look(cmd.Context(), func(s *session) error {
		v, err := s.chosen(cmd.Context())
		if err != nil {
			return err
		}
		if s.asJSON() {
			in := report.Of(v, s.report(s.room))
			return s.json(map[string]any{"key": in.Key, "topic": in.Topic, "topic_pinned": in.Pinned})
		}
		s.line(s.topic(v))
		return nil
	})
}

// moment shows the moments, corrects one, or takes a correction back.
func (a *app) moment(cmd *cobra.Command, args []string, reason string, clearIt bool) error {
	if len(args) == 0 {
		if clearIt || reason != "" {
			return misuse("shell.usage.few", "Use", cmd.Use)
		}
		return a.look(cmd.Context(), func(s *session) error {
			v, err := s.chosen(cmd.Context())
			if err != nil {
				return err
			}
			return s.moments(v)
		})
	}
	moment, err := model.ParseMoment(args[0])
	if err != nil {
		return err
	}
	typed := strings.Join(args[1:], " ")
	switch {
	case clearIt && typed != "":
		return misuse("shell.usage.both", "One", "WHEN", "Other", "--clear")
	case !clearIt && typed == "":
		return misuse("shell.usage.few", "Use", cmd.Use)
	}
	when, err := a.when(typed)
	if err != nil {
		return err
	}
	return a.write(cmd, model.SetMoment{Moment: moment, At: when, Reason: reason})
}

func (s *session) moments(v *model.View) error {
	if s.asJSON() {
		in := report.Of(v, s.report(s.room))
		return s.json(map[string]any{"key": in.Key, "moments": in.Moments, "figures": in.Figures})
	}
	for _, m := range model.Moments() {
		t := v.Moments[m]
		value := s.T("shell.empty")
		if t.At != 0 {
			value = s.T("shell.moment", "Time", time.UnixMilli(t.At), "Zone", s.words.Zone(time.UnixMilli(t.At)))
		}
		if t.Corrected {
			value += " " + s.T("shell.moment.corrected")
		}
		s.line(clean.Fit(string(m), 14) + clean.Fit(s.words.Say(m.Phrase()), 24) + value)
	}
	s.line("")
	for _, f := range model.Figures() {
		if ms, ok := f.Of(v.Moments); ok {
			s.line(s.T("shell.figure", "Figure", f.Phrase(), "Took", time.Duration(ms)*time.Millisecond, "Definition", f.Definition()))
		}
	}
	for _, w := range model.Referee(v.Moments, s.Now().UnixMilli()) {
		s.line(s.words.Say(w))
	}
	return nil
}

func statusWords() []string {
	var out []string
	for _, s := range model.Statuses() {
		out = append(out, string(s))
	}
	return append(out, string(model.Reopened))
}

func questionWords() []string {
	var out []string
	for _, c := range model.Checklist() {
		out = append(out, string(c.Question))
	}
	return out
}

func momentWords() []string {
	var out []string
	for _, m := range model.Moments() {
		out = append(out, string(m))
	}
	return out
}
