package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/draft"
	"warroom/tui"
	"warroom/tui/clean"
)

// The desk by verbs: "warroom update draft", check, approve, publish, correct, none, template.

// deskWords are what the first argument of update may be besides an audience.
var deskWords = []string{"draft", "check", "approve", "publish", "correct", "drop", "none", "template"}

// deskFlags are the flags of update that are the desk's.
type deskFlags struct {
	force bool
	file  string
}

func isDesk(args []string) bool { return len(args) > 0 && slices.Contains(deskWords, args[0]) }

// desk does a verb of the desk.
func (a *app) desk(cmd *cobra.Command, args []string, f deskFlags) error {
	word, args := args[0], args[1:]
	if len(args) == 0 {
		return misuse("shell.usage.desk", "Words", strings.Join(deskWords, ", "))
	}
	audience, err := model.ParseAudience(args[0])
	if err != nil {
		return err
	}
	args = args[1:]
	if word != "publish" && f != (deskFlags{}) {
		return misuse("shell.usage.deskflag")
	}
	switch word {
	case "draft":
		return a.deskDraft(cmd, audience, args)
	case "check":
		return a.deskCheck(cmd, audience, args)
	case "correct":
		return a.deskCorrect(cmd, audience, args)
	case "template":
		return a.deskTemplate(cmd, audience, args)
	}
	if word == "none" {
		return a.write(cmd, model.WaiveUpdate{Audience: audience, Reason: strings.Join(args, " ")})
	}
	if len(args) > 0 {
		return misuse("shell.usage.many", "Use", cmd.Use, "Extra", args[0])
	}
	switch word {
	case "approve":
		return a.onDesk(cmd, func(s *session, v *model.View) error {
			t, err := draftFor(v, audience)
			if err != nil {
				return err
			}
			return s.do(cmd.Context(), v.ID, model.ApproveDraft{Draft: t.Ref})
		})
	case "drop":
		return a.write(cmd, model.DropDraft{Audience: audience})
	}
	return a.deskPublish(cmd, audience, f)
}

// onDesk does something with the incident that the flags name.
func (a *app) onDesk(cmd *cobra.Command, do func(*session, *model.View) error) error {
	return a.with(cmd.Context(), model.DoorShell, func(s *session) error {
		v, err := s.chosen(cmd.Context())
		if err != nil {
			return err
		}
		return do(s, v)
	})
}

// draftFor is the draft that stands for an audience.
func draftFor(v *model.View, a model.Audience) (*model.Drafted, error) {
	if t := v.Drafts[a].Draft; t != nil {
		return t, nil
	}
	return nil, model.Refuse(model.CodeDraftNone)
}

// textGiven is the text of the arguments, or of standing input for -; "" for none.
func (a *app) textGiven(ctx context.Context, args []string) (string, error) {
	if len(args) == 0 {
		return "", nil
	}
	return a.textOf(ctx, args)
}

// deskDraft shows the draft, or writes it: from its template where no text is given.
func (a *app) deskDraft(cmd *cobra.Command, audience model.Audience, args []string) error {
	if len(args) == 0 {
		return a.look(cmd.Context(), func(s *session) error {
			v, err := s.chosen(cmd.Context())
			if err != nil {
				return err
			}
			t, err := draftFor(v, audience)
			if err != nil {
				return err
			}
			return s.tellDraft(v, audience, t.State, t.Text)
		})
	}
	state, err := model.ParseUpdateState(args[0])
	if err != nil {
		return err
	}
	text, err := a.textGiven(cmd.Context(), args[1:])
	if err != nil {
		return err
	}
	return a.onDesk(cmd, func(s *session, v *model.View) error {
		save := model.SaveDraft{Audience: audience, State: state, Text: text}
		k := v.Drafts[audience]
		if k.Conflict() {
			return model.Refuse(model.CodeDraftConflict, "Audience", audience.Phrase())
		}
		if k.Draft != nil {
			save.Seen, save.Corrects = []model.Ref{k.Draft.Ref}, k.Draft.Corrects
		}
		if text == "" {
			people, say := s.room.Overview().People, s.words.Say
			values := draft.Values(v, s.about(v, audience, state), s.key(v.ID), people.Name, say)
			if save.Text, err = model.FillTemplate(draft.Template(people, audience, state, say), values); err != nil {
				return err
			}
		}
		return s.do(cmd.Context(), v.ID, save)
	})
}

// about is what a draft is checked against, in this person's zone.
func (s *session) about(v *model.View, a model.Audience, state model.UpdateState) draft.About {
	now := s.Now()
	if s.config.UTC {
		now = now.UTC()
	}
	return draft.Of(v, a, state, now)
}

// lint is something that the check found, for a program.
type lint struct {
	Rule string `json:"rule"`
	// Line and Column are from 1, the column in bytes.
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Text   string `json:"text"`
	Says   string `json:"says"`
}

// checked are what the check finds in a text.
func (s *session) checked(v *model.View, a model.Audience, state model.UpdateState, text string) []lint {
	out := []lint{}
	for _, f := range draft.NewChecker().Check(text, s.about(v, a, state)) {
		before := text[:f.From]
		out = append(out, lint{
			Rule: string(f.Rule), Line: strings.Count(before, "\n") + 1, Column: f.From - (strings.LastIndexByte(before, '\n') + 1) + 1,
			Text: text[f.From:f.To], Says: s.words.Say(f.Say),
		})
	}
	return out
}

// tellDraft shows a draft with what the check finds in it.
func (s *session) tellDraft(v *model.View, a model.Audience, state model.UpdateState, text string) error {
	problems := s.checked(v, a, state, text)
	t := v.Drafts[a].Draft
	if s.asJSON() {
		out := map[string]any{"audience": a, "state": state, "text": text, "findings": problems, "approved": false}
		if t != nil && t.Text == text {
			out["approved"], out["changed"] = t.Approved != nil, len(t.Changed) > 0
		}
		return s.json(out)
	}
	for _, l := range clean.Block(text) {
		s.line(l)
	}
	for _, p := range problems {
		s.note(s.T("shell.desk.finding", "Line", p.Line, "Column", p.Column, "Says", p.Says))
	}
	if t == nil || t.Text != text {
		return nil
	}
	if t.Approved == nil {
		s.note(s.T("desk.ask.unapproved"))
		return nil
	}
	s.note(s.T("shell.desk.approved", "Person", t.Approved.Common().Actor))
	for _, f := range t.Changed {
		s.note(s.T("desk.changed", "What", f.What, "Was", f.Was, "Now", f.Now))
	}
	return nil
}

// deskCheck checks the draft that stands, or a text; what it finds makes it fail.
func (a *app) deskCheck(cmd *cobra.Command, audience model.Audience, args []string) error {
	state := model.UpdateState("")
	text := ""
	var err error
	if len(args) > 0 {
		if state, err = model.ParseUpdateState(args[0]); err != nil {
			return err
		}
		if text, err = a.textGiven(cmd.Context(), args[1:]); err != nil {
			return err
		}
	}
	return a.look(cmd.Context(), func(s *session) error {
		v, err := s.chosen(cmd.Context())
		if err != nil {
			return err
		}
		if text == "" {
			t, err := draftFor(v, audience)
			if err != nil {
				return err
			}
			text = t.Text
			if state == "" {
				state = t.State
			}
		}
		if err := s.tellDraft(v, audience, state, text); err != nil {
			return err
		}
		if len(s.checked(v, audience, state, text)) > 0 {
			return exit(exitFailed)
		}
		return nil
	})
}

// deskCorrect writes the draft of a correction of the last update to an audience.
func (a *app) deskCorrect(cmd *cobra.Command, audience model.Audience, args []string) error {
	if len(args) == 0 {
		return misuse("shell.usage.few", "Use", cmd.Use)
	}
	text, err := a.textGiven(cmd.Context(), args)
	if err != nil {
		return err
	}
	return a.onDesk(cmd, func(s *session, v *model.View) error {
		save := model.SaveDraft{Audience: audience, Text: text}
		for _, u := range v.Updates {
			if u.Audience == audience && u.Corrected.IsZero() {
				save.State, save.Corrects = u.State, u.By.Ref
			}
		}
		if save.Corrects.IsZero() {
			return model.Refuse(model.CodeCorrectNone, "Audience", audience.Phrase())
		}
		if t := v.Drafts[audience].Draft; t != nil && t.Corrects == save.Corrects {
			save.Seen = []model.Ref{t.Ref}
		}
		return s.do(cmd.Context(), v.ID, save)
	})
}

// published is an update that was recorded, as the room tells whoever hands it on.
type published struct {
	Incident string `json:"incident"` // the long key
	Key      string `json:"key"`
	Title    string `json:"title"`
	Audience string `json:"audience"`
	State    string `json:"state"`
	Text     string `json:"text"`
}

// publish records that the draft for an audience went out. What speaks against it
// refuses it, unless it is forced.
func (s *session) publish(ctx context.Context, audience model.Audience, how model.Handing, force bool) (published, error) {
	v, err := s.chosen(ctx)
	if err != nil {
		return published{}, err
	}
	t, err := draftFor(v, audience)
	if err != nil {
		// The room says first who may publish at all.
		_, err = s.room.Do(ctx, s.who, v.ID, model.PostUpdate{Draft: model.Ref{Seq: 1}})
		return published{}, err
	}
	if problems := s.checked(v, audience, t.State, t.Text); len(problems) > 0 && !force {
		for _, p := range problems {
			s.note(s.T("shell.desk.finding", "Line", p.Line, "Column", p.Column, "Says", p.Says))
		}
		return published{}, &problem{phrase: model.Say("shell.desk.found").Counted(len(problems)), code: "draft.findings"}
	}
	if _, err := s.room.Do(ctx, s.who, v.ID, model.PostUpdate{Draft: t.Ref, Force: force, How: how}); err != nil {
		return published{}, err
	}
	return published{v.ID.LongKey(), s.key(v.ID), v.Title.Value, string(audience), string(t.State), t.Text}, nil
}

// howOut is how an update goes out from here.
func (a *app) howOut(f deskFlags) model.Handing {
	switch {
	case f.file != "":
		return model.ByFile
	case len(a.config.OnUpdate) > 0:
		return model.ByCommand
	}
	return model.ByHand
}

// deskPublish records that the draft went out, and hands it on.
func (a *app) deskPublish(cmd *cobra.Command, audience model.Audience, f deskFlags) error {
	if err := a.fileFree(f); err != nil {
		return err
	}
	var p published
	err := a.with(cmd.Context(), model.DoorShell, func(s *session) (err error) {
		p, err = s.publish(cmd.Context(), audience, a.howOut(f), f.force)
		return err
	})
	if err != nil {
		return err
	}
	return a.handOn(cmd.Context(), p, f)
}

// fileFree refuses a file that is there before anything is recorded.
func (a *app) fileFree(f deskFlags) error {
	if f.file == "" {
		return nil
	}
	if err := a.onlyHere("--file"); err != nil {
		return err
	}
	if _, err := os.Lstat(f.file); err == nil {
		return refuse("shell.export.exists", "File", f.file)
	}
	if _, err := os.Stat(filepath.Dir(f.file)); err != nil {
		return &problem{phrase: model.Say("shell.export.failed", "File", f.file, "Cause", root(err)), cause: err}
	}
	return nil
}

// handOn gives what was recorded to the command of the config, or writes the file.
func (a *app) handOn(ctx context.Context, p published, f deskFlags) error {
	switch a.howOut(f) {
	case model.ByFile:
		if err := a.save(f.file, p.document(f.file), false); err != nil {
			return err
		}
	case model.ByCommand:
		values := map[string]string{"{audience}": p.Audience, "{state}": p.State, "{incident}": p.Key}
		entry, err := a.handOut(ctx, onUpdate, tui.Handout{Values: values, Input: p.Text})
		if err != nil {
			return err
		}
		if err := a.ran(context.WithoutCancel(ctx), p.Incident, entry); err != nil {
			a.note("warroom: " + a.T("shell.run.unlogged", "Command", onUpdate, "Cause", a.explain(err)))
		}
		if entry.Run.Exit != 0 {
			_, output := model.SplitCommand(entry.Text)
			last := output[strings.LastIndexByte(output, '\n')+1:]
			return &problem{phrase: model.Say("desk.hand.exit", "Command", onUpdate, "Exit", int(entry.Run.Exit), "Output", last), code: "update.command"}
		}
	}
	if a.asJSON() {
		return a.json(p)
	}
	a.line(a.T("shell.desk.published", "Audience", model.Audience(p.Audience).Phrase(), "How", a.howOut(f).Phrase()))
	return nil
}

// document is the update as a file: JSON for a name that ends in .json, else Markdown.
func (p published) document(file string) []byte {
	if strings.EqualFold(filepath.Ext(file), ".json") {
		raw, err := json.MarshalIndent(p, "", "  ")
		if err == nil {
			return append(raw, '\n')
		}
	}
	return []byte("**" + p.State + "** · " + p.Key + "\n\n" + strings.TrimRight(p.Text, "\n") + "\n")
}

// updateThere has the room process do update. What is published is handed on here: the
// command of the config and the file are this machine's.
func (a *app) updateThere(cmd *cobra.Command, args []string, r *remote, f deskFlags) error {
	ctx := cmd.Context()
	if len(args) != 2 || args[0] != "publish" || a.howOut(f) == model.ByHand {
		sent := errand{args: r.roomArgs()}
		if a.updateReads(args) {
			raw, err := a.readInput(ctx, maxErrand)
			if err != nil {
				return err
			}
			a.carries = carried{any: true, text: strings.ToValidUTF8(string(raw), "\ufffd")}
			sent.in = bytes.NewReader(raw)
		}
		code, err := r.run(ctx, sent)
		if err != nil {
			return err
		}
		return ended(code)
	}
	if err := a.fileFree(f); err != nil {
		return err
	}
	words := r.about("publishing", args[1], string(a.howOut(f)))
	if f.force {
		words = append(words, "--force")
	}
	var out bytes.Buffer
	code, err := r.run(ctx, errand{args: words, out: &out})
	if err != nil || code != exitDone {
		return errors.Join(err, ended(code))
	}
	var p published
	if err := json.Unmarshal(out.Bytes(), &p); err != nil {
		return misuse("shell.door.inside")
	}
	return a.handOn(ctx, p, f)
}

// publishingVerb is the room's part of publishing, for other processes.
func (a *app) publishingVerb() verb {
	var force bool
	return verb{name: "publishing", hidden: true, room: true, args: "AUDIENCE HOW", min: 2, max: 2, flags: boolFlag(&force, "force"),
		run: func(cmd *cobra.Command, args []string) error {
			audience, err := model.ParseAudience(args[0])
			if err != nil {
				return err
			}
			how := model.Handing(args[1])
			if how != model.ByCommand && how != model.ByFile {
				return misuse("shell.door.inside")
			}
			return a.with(cmd.Context(), model.DoorShell, func(s *session) error {
				p, err := s.publish(cmd.Context(), audience, how, force)
				if err != nil {
					return err
				}
				return s.json(p)
			})
		}}
}
