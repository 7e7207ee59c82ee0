package main

import (
	"context"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
)

// letting is how somebody who waits at the door is let in.
type letting struct {
	as, role   string
	yes, about bool
}

func (l *letting) flags(a *app, f *pflag.FlagSet) {
	f.StringVar(&l.as, "as", "", a.T("shell.flag.as"))
	f.StringVar(&l.role, "role", "", a.T("shell.flag.role"))
	f.BoolVarP(&l.yes, "yes", "y", false, a.T("shell.flag.yes"))
	f.BoolVar(&l.about, "about", false, "")
	_ = f.MarkHidden("about") // it is there
}

// atTheDoor reports the words of `member` that are about those who wait.
func atTheDoor(word string) bool { return word == "waiting" || word == "approve" || word == "refuse" }

var letInQuestion = question{ask: "shell.waiting.ask", no: "shell.waiting.no", unasked: "shell.waiting.unasked"}

// there asks here, and has the room process let in.
func (l *letting) there(ctx context.Context, r *remote, typed []string) error {
	about := []string{"member", "--about"}
	if l.as != "" {
		about = append(about, "--as="+l.as)
	}
	if l.role != "" {
		about = append(about, "--role="+l.role)
	}
	return r.askThere(ctx, "member", letInQuestion, append(append(about, "approve", "--"), typed...)...)
}

// run does what is about those who wait.
func (l *letting) run(a *app, cmd *cobra.Command, args []string) error {
	ctx := cmd.Context()
	typed := strings.Join(args[1:], " ")
	switch {
	case args[0] == "waiting" && len(args) > 1:
		return misuse("shell.usage.many", "Use", cmd.Use, "Extra", args[1])
	case args[0] == "waiting":
		return a.look(ctx, func(s *session) error { return s.waiting() })
	case len(args) < 2:
		return misuse("shell.usage.few", "Use", cmd.Use)
	case args[0] == "refuse":
		return a.with(ctx, model.DoorShell, func(s *session) error { return s.turnAway(ctx, typed) })
	}
	about := func() error {
		return a.look(ctx, func(s *session) error {
			c, w, err := s.approval(typed, l)
			if err == nil {
				s.aboutWaiting(w, c)
			}
			return err
		})
	}
	if l.about {
		return about()
	}
	if !l.yes {
		if err := a.confirm(ctx, letInQuestion, about); err != nil {
			return err
		}
	}
	return a.with(ctx, model.DoorShell, func(s *session) error { return s.letIn(ctx, typed, l) })
}

// findWaiting reads who waits as a person typed it: by the four words, or by the name.
func (s *session) findWaiting(typed string) (model.Waiting, error) {
	want := plainWords(typed)
	var found []model.Waiting
	for _, w := range s.room.Overview().Waiting {
		if plainWords(strings.Join(w.Words[:], " ")) == want {
			return w, nil
		}
		if plainWords(strings.TrimPrefix(w.Name, "@")) == strings.TrimPrefix(want, "@") {
			found = append(found, w)
		}
	}
	switch len(found) {
	case 0:
		return model.Waiting{}, refuse("shell.waiting.unknown", "Name", typed)
	case 1:
		return found[0], nil
	}
	var all []string
	for _, w := range found {
		all = append(all, strings.Join(w.Words[:], " "))
	}
	return model.Waiting{}, refuse("shell.waiting.ambiguous", "Name", typed, "Words", strings.Join(all, ", "))
}

// plainWords is a text without what nobody says aloud.
func plainWords(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return unicode.IsSpace(r) || r == '-' || r == ',' }), " ")
}

// approval is the command that lets somebody in.
func (s *session) approval(typed string, l *letting) (model.ApproveJoin, model.Waiting, error) {
	w, err := s.findWaiting(typed)
	if err != nil {
		return model.ApproveJoin{}, w, err
	}
	c := w.Approve()
	if l.as != "" {
		if c.Person, err = s.room.Overview().People.Find(l.as); err != nil {
			return c, w, err
		}
	}
	if l.role != "" {
		c.Access, err = model.ParseAccess(l.role)
	}
	return c, w, err
}

// aboutWaiting says who would be let in, and as what.
func (s *session) aboutWaiting(w model.Waiting, c model.ApproveJoin) {
	s.line(s.T("shell.waiting.row", "Name", s.asks(w), "Label", w.Label, "From", w.From, "At", w.Since, "Access", c.Access.Phrase()))
	if !c.Person.IsZero() {
		s.line("  " + s.T("shell.waiting.as", "Person", c.Person))
	}
	if w.Service {
		s.line("  " + s.T("shell.waiting.service"))
	}
	if w.Twice {
		s.line("  " + s.T("shell.waiting.twice"))
	}
	s.line("  " + s.T("shell.waiting.words", "Words", strings.Join(w.Words[:], " ")))
}

// asks is what somebody who waits is called.
func (s *session) asks(w model.Waiting) string {
	if w.Name == "" && !w.Person.IsZero() {
		return s.room.Overview().People.Name(w.Person)
	}
	return w.Name
}

// letIn lets somebody in who waits.
func (s *session) letIn(ctx context.Context, typed string, l *letting) error {
	c, w, err := s.approval(typed, l)
	if err != nil {
		return err
	}
	if err := s.unrestricted(s.itself()); err != nil {
		return err
	}
	if _, err := s.room.Do(ctx, s.who, model.Scope{}, c); err != nil {
		return err
	}
	who, _ := s.itself().Overview().People.ByDevice(w.Device)
	if s.asJSON() {
		return s.tellMember(who)
	}
	s.line(s.T("shell.waiting.in", "Person", who, "Access", s.itself().Overview().People.Access(who).Phrase(), "Label", w.Label))
	return nil
}

// turnAway tells somebody who waits that they do not come in.
func (s *session) turnAway(ctx context.Context, typed string) error {
	w, err := s.findWaiting(typed)
	if err != nil {
		return err
	}
	keeper, ok := s.room.(model.Doorkeeper)
	if !ok {
		return model.Refuse(model.CodeWaitingNone)
	}
	if err := keeper.TurnAway(ctx, s.who, w.Token, w.Device); err != nil {
		return err
	}
	if s.asJSON() {
		return s.json(map[string]string{"refused": w.Name})
	}
	s.line(s.T("shell.waiting.away", "Name", s.asks(w)))
	return nil
}

// waitingRow is somebody who waits, for a program.
type waitingRow struct {
	Name    string `json:"name"`
	Label   string `json:"label"`
	Words   string `json:"words"`
	From    string `json:"from"`
	Since   int64  `json:"since_ms"`
	Role    string `json:"role"`
	Person  string `json:"person,omitempty"`
	Service bool   `json:"service,omitempty"`
	By      string `json:"invited_by,omitempty"`
	Twice   bool   `json:"twice,omitempty"`
	Device  string `json:"device"`
}

// waiting lists who waits at the door.
func (s *session) waiting() error {
	all := s.room.Overview().Waiting
	if s.asJSON() {
		rows := []waitingRow{}
		for _, w := range all {
			row := waitingRow{
				Name: s.asks(w), Label: w.Label, Words: strings.Join(w.Words[:], " "), From: w.From, Since: w.Since, Role: w.Access.String(),
				Service: w.Service, Twice: w.Twice, Device: w.Device.String(),
			}
			if !w.Person.IsZero() {
				row.Person = w.Person.String()
			}
			if !w.By.IsZero() {
				row.By = s.room.Overview().People.Name(w.By)
			}
			rows = append(rows, row)
		}
		return s.json(rows)
	}
	if len(all) == 0 {
		s.tell(s.T("shell.waiting.none"))
		return nil
	}
	for _, w := range all {
		s.aboutWaiting(w, w.Approve())
	}
	return nil
}
