package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/model/report"
	"warroom/tui/clean"
)

// workVerbs are what people hand each other: roles, tasks, decisions, possible causes,
// follow-ups, and how one incident stands to another.
func (a *app) workVerbs() []verb {
	var reason, brief, owner, due string
	var off bool
	why := func(f *pflag.FlagSet) { f.StringVarP(&reason, "reason", "r", "", a.T("shell.flag.why")) }
	return []verb{
		{
			name: "handover", room: true, args: "[ROLE PERSON | accept | decline | withdraw]", max: -1,
			flags: func(f *pflag.FlagSet) {
				why(f)
				f.StringVar(&brief, "brief", "", a.T("shell.flag.brief"))
			},
			example: "warroom handover\nwarroom handover manager bob\nwarroom handover accept",
			run: func(cmd *cobra.Command, args []string) error {
				return a.onView(cmd, len(args) == 0, func(s *session, v *model.View) (model.Command, error) {
					return s.handover(v, args, brief, reason)
				})
			},
		},
		{
			name: "task", room: true, args: "[add PERSON MINUTES TEXT | take|done|drop|extend|follow TASK [MINUTES]]", max: -1, flags: why,
			example: "warroom task\nwarroom task add @ana 15 read the slow log\nwarroom task done 1 --reason \"two locks\"\nwarroom task extend 1 10",
			run: func(cmd *cobra.Command, args []string) error {
				return a.onView(cmd, listing(args), func(s *session, v *model.View) (model.Command, error) { return s.task(v, args, reason) })
			},
		},
		{
			name: "decide", room: true, args: "[propose TEXT | object|agree|reject|withdraw|open DECISION [TEXT]]", max: -1,
			example: "warroom decide propose roll back v412\nwarroom decide object 1 it drops the migration\nwarroom decide agree 1 a copy first",
			run: func(cmd *cobra.Command, args []string) error {
				return a.onView(cmd, listing(args), func(s *session, v *model.View) (model.Command, error) { return s.decide(v, args) })
			},
		},
		{
			name: "hypothesis", room: true, args: "[add TEXT | out|confirm|open HYPOTHESIS [TEXT]]", max: -1,
			example: "warroom hypothesis add the cache is cold\nwarroom hypothesis out 1 hit rate 98 %",
			run: func(cmd *cobra.Command, args []string) error {
				return a.onView(cmd, listing(args), func(s *session, v *model.View) (model.Command, error) { return s.hypothesis(v, args) })
			},
		},
		{
			name: "followup", room: true, args: "[add TEXT | done|drop|change FOLLOWUP [TEXT]]", max: -1,
			flags: func(f *pflag.FlagSet) {
				f.StringVar(&owner, "owner", "", a.T("shell.flag.owner"))
				f.StringVar(&due, "due", "", a.T("shell.flag.due"))
			},
			example: "warroom followup add alert on lock waits --owner bob --due 14\nwarroom followup done 1",
			run: func(cmd *cobra.Command, args []string) error {
				return a.onView(cmd, listing(args), func(s *session, v *model.View) (model.Command, error) {
					return s.followUp(v, args, owner, due)
				})
			},
		},
		{
			name: "relate", room: true, args: "RELATION KEY", min: 2, max: 2, values: []string{"merged", "caused", "follows"},
			flags: func(f *pflag.FlagSet) {
				why(f)
				f.BoolVar(&off, "off", false, a.T("shell.flag.relateoff"))
			},
			example: "warroom relate merged 7F3K\nwarroom relate caused 7F3K\nwarroom relate caused 7F3K --off",
			run: func(cmd *cobra.Command, args []string) error {
				return a.onView(cmd, false, func(s *session, _ *model.View) (model.Command, error) { return s.relate(args, reason, off) })
			},
		},
	}
}

func listing(args []string) bool { return len(args) == 0 || len(args) == 1 && args[0] == "list" }

// onView does the command that is read of the chosen incident. Only to list is to look.
func (a *app) onView(cmd *cobra.Command, looks bool, read func(*session, *model.View) (model.Command, error)) error {
	ctx := cmd.Context()
	do := func(s *session) error {
		v, err := s.chosen(ctx)
		if err != nil {
			return err
		}
		c, err := read(s, v)
		if err != nil || c == nil {
			return err
		}
		return s.do(ctx, v.ID, c)
	}
	if looks {
		return a.look(ctx, do)
	}
	return a.with(ctx, model.DoorShell, do)
}

// numbered finds an item by its number in the list, or by the beginning of its
// reference, at least four digits.
func numbered[T any](all []T, typed string, item func(T) model.Item) (t T, err error) {
	typed = strings.ToLower(strings.TrimSpace(typed))
	if n, wrong := strconv.Atoi(typed); wrong == nil && len(typed) < 4 && n >= 1 && n <= len(all) {
		return all[n-1], nil
	}
	found := 0
	for _, x := range all {
		if len(typed) >= 4 && strings.HasPrefix(item(x).Ref.Hash.String(), typed) {
			t = x
			found++
		}
	}
	switch {
	case found == 0:
		return t, model.Refuse(model.CodeItemUnknown, "Item", typed)
	case found > 1:
		return t, model.Refuse(model.CodeItemAmbiguous, "Item", typed)
	}
	return t, nil
}

// row writes one item of a list: its number, reference, how it stands, and its text.
func (s *session) row(n int, it model.Item, how string) {
	text := clean.Line(it.Text)
	if it.Gone {
		text = s.T("log.removed")
	}
	s.line(s.T("shell.work.row", "N", n, "Ref", it.Ref.Hash.String()[:8], "How", how, "Text", text))
}

func (s *session) nothing(n int) bool {
	if n == 0 {
		s.tell(s.T("shell.work.none"))
	}
	return n == 0
}

func tooFew(use string) error { return misuse("shell.usage.few", "Use", use) }

func (s *session) handover(v *model.View, args []string, brief, reason string) (model.Command, error) {
	if len(args) == 0 {
		if s.asJSON() {
			return nil, s.json(map[string]any{"key": s.key(v.ID), "handovers": report.Of(v, s.report(s.room)).Handovers})
		}
		if !s.nothing(len(v.Handovers)) {
			for i, h := range v.Handovers {
				how := s.T("shell.handover.row", "Role", h.Role.Phrase(), "From", h.From, "Person", h.To, "State", h.State.Phrase())
				if h.Gone(s.room.Overview().People) {
					how += " " + s.T("overlay.handover.gone", "Person", h.To)
				}
				s.line(s.T("shell.work.head", "N", i+1, "Ref", h.Ref.Hash.String()[:8], "How", how))
				if h.Open() {
					for _, l := range clean.Block(h.Text) {
						s.line("     " + l)
					}
				}
			}
		}
		return nil, nil
	}
	switch args[0] {
	case "accept", "decline", "withdraw":
		for _, h := range v.Offers() {
			if h.To == s.who.Person && args[0] != "withdraw" || h.From == s.who.Person && args[0] == "withdraw" {
				return model.AnswerHandover{Offer: h.Ref, Accept: args[0] == "accept", Reason: reason}, nil
			}
		}
		return nil, model.Refuse(model.CodeHandoverNone)
	}
	role, err := s.room.Overview().People.Roles().ParseHeld(args[0], v)
	if err != nil {
		return nil, err
	}
	if len(args) < 2 {
		return nil, tooFew("handover ROLE PERSON")
	}
	if brief == "" {
		var lines []string
		for _, p := range v.Brief(s.Now().UnixMilli()) {
			lines = append(lines, s.words.Say(p))
		}
		brief = strings.Join(lines, "\n")
	}
	return model.OfferHandover{Role: role, Name: strings.TrimPrefix(strings.Join(args[1:], " "), "@"), Brief: brief}, nil
}

// terms says whose a task or a follow-up is, how far, and until when.
func (s *session) terms(t model.TaskTerms, day bool) string {
	who := s.T("overlay.work.nobody")
	if !t.Owner.IsZero() {
		who = clean.Line(s.room.Overview().People.Name(t.Owner))
	}
	how := who + ", " + s.words.Say(t.State.Phrase())
	now := s.Now().UnixMilli()
	switch {
	case t.State.Over() || t.Due == 0:
	case day:
		how += ", " + time.UnixMilli(t.Due).In(s.Now().Location()).Format(time.DateOnly)
	case t.Late(now):
		how += ", " + s.T("overlay.work.up", "Took", time.Duration(now-t.Due)*time.Millisecond)
	default:
		how += ", " + s.T("overlay.work.left", "Took", time.Duration(t.Due-now)*time.Millisecond)
	}
	return how
}

func (s *session) task(v *model.View, args []string, reason string) (model.Command, error) {
	item := func(t model.Task) model.Item { return t.Item }
	if listing(args) {
		if s.asJSON() {
			return nil, s.json(map[string]any{"key": s.key(v.ID), "tasks": report.Of(v, s.report(s.room)).Tasks})
		}
		if !s.nothing(len(v.Tasks)) {
			for i, t := range v.Tasks {
				s.row(i+1, t.Item, s.terms(t.TaskTerms, false))
			}
		}
		return nil, nil
	}
	if args[0] == "add" {
		if len(args) < 4 {
			return nil, tooFew("task add PERSON MINUTES TEXT")
		}
		n, err := strconv.Atoi(args[2])
		if err != nil {
			return nil, tooFew("task add PERSON MINUTES TEXT")
		}
		return model.AddTask{Name: strings.TrimPrefix(args[1], "@"), Minutes: n, Text: strings.Join(args[3:], " ")}, nil
	}
	if len(args) < 2 {
		return nil, tooFew("task " + args[0] + " TASK")
	}
	t, err := numbered(v.Tasks, args[1], item)
	if err != nil {
		return nil, err
	}
	switch args[0] {
	case "take":
		return model.ChangeTask{Task: t.Ref, State: model.TaskDoing, Text: reason}, nil
	case "done":
		return model.ChangeTask{Task: t.Ref, State: model.TaskDone, Text: reason}, nil
	case "drop":
		return model.ChangeTask{Task: t.Ref, State: model.TaskDropped, Text: reason}, nil
	case "follow":
		return model.AddFollowUp{Task: t.Ref}, nil
	case "extend":
		if len(args) == 3 {
			if n, err := strconv.Atoi(args[2]); err == nil && n > 0 {
				return model.ChangeTask{Task: t.Ref, Minutes: n, Text: reason}, nil
			}
		}
		return nil, tooFew("task extend TASK MINUTES")
	}
	return nil, tooFew("task add|take|done|drop|extend|follow")
}

func (s *session) decide(v *model.View, args []string) (model.Command, error) {
	if listing(args) {
		if s.asJSON() {
			return nil, s.json(map[string]any{"key": s.key(v.ID), "decisions": report.Of(v, s.report(s.room)).Decisions})
		}
		if !s.nothing(len(v.Decisions)) {
			for i, d := range v.Decisions {
				s.row(i+1, d.Item, s.words.Say(d.Outcome.Phrase()))
				for _, o := range d.Objections {
					s.line("     " + clean.Line(s.T("overlay.decision.objected", "Person", o.By.Common().Actor, "Text", o.Text)))
				}
			}
		}
		return nil, nil
	}
	text := func(from int) string { return strings.Join(args[min(from, len(args)):], " ") }
	if args[0] == "propose" {
		return model.Propose{Text: text(1)}, nil
	}
	if len(args) < 2 {
		return nil, tooFew("decide " + args[0] + " DECISION")
	}
	d, err := numbered(v.Decisions, args[1], func(d model.Decision) model.Item { return d.Item })
	if err != nil {
		return nil, err
	}
	outcomes := map[string]model.Outcome{"agree": model.Agreed, "reject": model.Rejected, "withdraw": model.Withdrawn, "open": model.Proposed}
	outcome, ok := outcomes[args[0]]
	switch {
	case args[0] == "object":
		return model.Object{Decision: d.Ref, Text: text(2)}, nil
	case ok:
		return model.CloseDecision{Decision: d.Ref, Outcome: outcome, Text: text(2)}, nil
	}
	return nil, tooFew("decide propose|object|agree|reject|withdraw|open")
}

func (s *session) hypothesis(v *model.View, args []string) (model.Command, error) {
	if listing(args) {
		if s.asJSON() {
			return nil, s.json(map[string]any{"key": s.key(v.ID), "hypotheses": report.Of(v, s.report(s.room)).Hypotheses})
		}
		if !s.nothing(len(v.Hypotheses)) {
			for i, h := range v.Hypotheses {
				how := s.words.Say(h.Finding.Phrase())
				if why := clean.Line(h.Why()); why != "" {
					how += " (" + why + ")"
				}
				s.row(i+1, h.Item, how)
			}
		}
		return nil, nil
	}
	if args[0] == "add" {
		return model.AddHypothesis{Text: strings.Join(args[1:], " ")}, nil
	}
	findings := map[string]model.Finding{"out": model.RuledOut, "confirm": model.Confirmed, "open": model.Possible}
	finding, ok := findings[args[0]]
	if !ok || len(args) < 2 {
		return nil, tooFew("hypothesis add|out|confirm|open HYPOTHESIS TEXT")
	}
	h, err := numbered(v.Hypotheses, args[1], func(h model.Hypothesis) model.Item { return h.Item })
	if err != nil {
		return nil, err
	}
	return model.JudgeHypothesis{Hypothesis: h.Ref, Finding: finding, Text: strings.Join(args[2:], " ")}, nil
}

func (s *session) followUp(v *model.View, args []string, owner, due string) (model.Command, error) {
	if listing(args) {
		if s.asJSON() {
			return nil, s.json(map[string]any{"key": s.key(v.ID), "followups": report.Of(v, s.report(s.room)).FollowUps})
		}
		if !s.nothing(len(v.FollowUps)) {
			for i, f := range v.FollowUps {
				s.row(i+1, f.Item, s.terms(f.TaskTerms, true))
			}
		}
		return nil, nil
	}
	day := time.Time{}
	if due != "" {
		var err error
		if day, err = model.ParseDay(due, s.Now()); err != nil {
			return nil, err
		}
	}
	owner = strings.TrimPrefix(owner, "@")
	if args[0] == "add" {
		return model.AddFollowUp{Name: owner, Due: day, Text: strings.Join(args[1:], " ")}, nil
	}
	states := map[string]model.TaskProgress{"done": model.TaskDone, "drop": model.TaskDropped, "change": ""}
	state, ok := states[args[0]]
	if !ok || len(args) < 2 {
		return nil, tooFew("followup add|done|drop|change FOLLOWUP")
	}
	f, err := numbered(v.FollowUps, args[1], func(f model.FollowUp) model.Item { return f.Item })
	if err != nil {
		return nil, err
	}
	return model.ChangeFollowUp{FollowUp: f.Ref, State: state, Name: owner, Due: day, Text: strings.Join(args[2:], " ")}, nil
}

func (s *session) relate(args []string, reason string, off bool) (model.Command, error) {
	relation, err := model.ParseRelation(args[0])
	if err != nil {
		return nil, err
	}
	var ids []model.Scope
	for _, r := range s.room.Overview().Rows {
		ids = append(ids, r.ID)
	}
	other, err := model.FindKey(args[1], ids)
	if err != nil {
		return nil, err
	}
	if relation == model.MergedInto && !off {
		return model.Merge{Into: other, Reason: reason}, nil
	}
	return model.Relate{Other: other, Relation: relation, Off: off}, nil
}
