package pane

import (
	"testing"

	"pgregory.net/rapid"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/themes"
	"warroom/tui/clean"
	"warroom/tui/lang"
	"warroom/tui/layout"
)

// foreign draws texts as they come from outside, the worst among them.
func foreign(t *rapid.T, label string) string {
	part := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{
			"e\u0301", "検索", "👩‍💻", "❤️", "\u202egnirts", "\x1b[31m", "\x1b]0;t\x07", "\t", "\n", "\r\n", "🇧🇪", "กำ", "\x00\x07", "\xff\xfe",
			"نص", "a\u0300\u0301\u0302\u0303\u0304", "ｗｉｄｅ", "\u200b", "☠️", "~~", "‹", "\u2028", "{{.Name}}",
		}),
	)
	text := "x" // a title or an entry is never empty
	for range rapid.IntRange(0, 6).Draw(t, label+" parts") {
		text += part.Draw(t, label)
	}
	if len(text) > 300 {
		text = text[:300]
	}
	return text
}

// strange is an incident in which people wrote anything, made without the
// checks that a command passes: an older or a hostile peer may have written it.
func strange(t *rapid.T) (*model.Overview, *model.View) {
	r := modeltest.New("Ana", 3)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "x", Severity: model.SEV2}).Incident
	e := r.Must(id, model.Write{Text: "entry"})
	r.Must(id, model.Write{Text: "cmd\nout", Run: &model.CommandRun{Exit: rapid.Int32().Draw(t, "exit"), Millis: rapid.Int64().Draw(t, "ms"), Lines: rapid.Int64().Draw(t, "lines")}})
	r.Must(id, model.Amend{Target: e.Refs[0], Text: "amended"})
	r.Must(id, model.AssignRole{Role: model.TechLead, Name: "bob"})
	r.Must(id, model.AnswerQuestion{Question: model.AskSee, Answer: model.Answer{Type: model.TextAnswer}, Text: "y"})
	r.Must(id, choice(model.AskImpact, model.External))
	v, err := r.Incident(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	w := *v
	w.Title.Value = foreign(t, "title")
	w.Severity.Value = model.Level(rapid.IntRange(0, 12).Draw(t, "level"))
	w.Lines = nil
	for _, l := range v.Lines {
		line, rec := *l, *l.Rec
		rec.Text = foreign(t, "text")
		rec.Wall += rapid.Int64Range(-1<<40, 1<<40).Draw(t, "wall")
		line.Rec, line.Text, line.At = &rec, foreign(t, "now"), rapid.Int64Range(-1<<44, 1<<44).Draw(t, "at")
		line.Star, line.Undone = rapid.Bool().Draw(t, "star"), rapid.Bool().Draw(t, "undone")
		if rapid.Bool().Draw(t, "struck") {
			line.Struck = &rec
		}
		w.Lines = append(w.Lines, &line)
	}
	for i := range w.Answers {
		w.Answers[i].Text = foreign(t, "answer")
	}
	w.Roles = append(w.Roles, model.Holding{Card: model.RoleCard{Role: model.Role(foreign(t, "role")), Letter: foreign(t, "letter")}})
	ov := *r.Overview()
	ov.Rows[0].Title, ov.Rows[0].Severity = w.Title.Value, w.Severity.Value
	ov.Rows[0].Conflict, ov.Rows[0].Due = rapid.Bool().Draw(t, "conflict"), rapid.Int64().Draw(t, "due")
	ov.Peers = strangers(t, w.Lines[0].Ref())
	return &ov, &w
}

// strangers are peers of which everything is foreign.
func strangers(t *rapid.T, ref model.Ref) *model.Peers {
	var all []model.Peer
	for range rapid.IntRange(0, 4).Draw(t, "peers") {
		o := model.Peer{
			Name: foreign(t, "peer"), State: model.LinkState(rapid.IntRange(0, 5).Draw(t, "state")), Since: rapid.Int64().Draw(t, "since"),
			Addresses: []string{foreign(t, "address"), foreign(t, "other")}, Route: foreign(t, "route"), Version: foreign(t, "version"),
			Behind: rapid.Int().Draw(t, "behind"), Lacks: rapid.Int().Draw(t, "lacks"), RTT: rapid.Int64().Draw(t, "rtt"),
			Offset: rapid.Int64().Draw(t, "offset"), Old: rapid.Bool().Draw(t, "old"),
		}
		if rapid.Bool().Draw(t, "failed") {
			o.Problem = model.Say("error.internal", "Text", foreign(t, "problem"))
		}
		if rapid.Bool().Draw(t, "differs") {
			o.Differs = []model.Scope{{1}}
		}
		all = append(all, o)
	}
	p := model.NewPeers(all, rapid.Int().Draw(t, "alone"), rapid.Int().Draw(t, "to come"), []model.ForkedLog{{At: rapid.Int64().Draw(t, "fork")}}, map[model.LogID][]uint64{ref.Log: {ref.Seq}})
	p.Ended = []model.EndedLog{{From: rapid.Uint64().Draw(t, "from")}}
	return p
}

func TestEveryDrawingHasItsSize(t *testing.T) {
	t.Parallel()
	theme, err := themes.Builtin("mono")
	if err != nil {
		t.Fatal(err)
	}
	styles := []*themes.Styles{theme.Styles(themes.ANSI16), theme.NamedStyles(), nil}
	rapid.Check(t, func(t *rapid.T) {
		ov, v := strange(t)
		env := Env{
			Styles: styles[rapid.IntRange(0, 2).Draw(t, "styles")],
			ASCII:  rapid.Bool().Draw(t, "ascii"), ReadOnly: rapid.Bool().Draw(t, "read-only"), Flow: Flow{Out: rapid.Bool().Draw(t, "moves"), In: rapid.Bool().Draw(t, "comes")},
			Now: rapid.Int64Range(0, 1<<43).Draw(t, "now"), Me: ov.Me,
		}
		env.Say = lang.New(lang.Options{ASCII: env.ASCII, Name: ov.People.Name})
		inc, imp, rol, log := NewIncidents(), NewImpact(), NewRoles(), NewLog()
		inc.SetData(ov)
		imp.SetData(v)
		rol.SetData(v, ov.People)
		log.SetData(v, ov.People)
		log.SetPeers(ov.Peers, env.Flow)
		check := func(what string, rows []string, w, h int) {
			if len(rows) != h {
				t.Fatalf("%s: %d rows instead of %d", what, len(rows), h)
			}
			for _, r := range rows {
				if got := clean.Width(r); got != w {
					t.Fatalf("%s: %d cells instead of %d: %q", what, got, w, r)
				}
			}
		}
		for range 3 {
			w, h := rapid.IntRange(0, 90).Draw(t, "w"), rapid.IntRange(0, 14).Draw(t, "h")
			for _, p := range []Pane{inc, imp, rol, log} {
				p.Move(Move(rapid.IntRange(0, 7).Draw(t, "move")), h)
				p.SetFilter(rapid.SampledFrom([]string{"", "x", "a", "zz", foreign(t, "filter")}).Draw(t, "filter"))
				check("pane", p.Rows(env, w, h, rapid.Bool().Draw(t, "focus")), w, h)
				p.Click(rapid.IntRange(-2, 20).Draw(t, "click"))
				if c := p.Copy(env); clean.Line(c) != c {
					t.Fatalf("a copy is not clean: %q", c)
				}
			}
			for _, view := range []*model.View{v, nil} {
				check("lines", []string{Header(env, ov, view, w), Rail(env, view, model.Step{}, w), Status(env, ov, view, w), Footer(env, hints(), w)}, w, 4)
			}
			rows := Peers(env, ov, w)
			check("peers", rows, w, len(rows))
			for _, n := range ov.Peers.Notices(ov.People) {
				check("banner", []string{Warning(env, Banner{Say: n.Say, Grave: n.Grave, Key: "w"}, w)}, w, 1)
			}
			check("tabs", []string{Tabs(env, layout.Log, [layout.Panes]string{"1/2", "", "", "9"}, w)}, w, 1)
			for _, l := range v.Lines {
				rows := Entry(env, l, ov.People, ov.Peers, w)
				check("entry", rows, w, len(rows))
			}
			check("box", Box(env, clean.Line(v.Title.Value), []string{clean.Line(v.Lines[0].Text)}, w, h, true), w, h)
		}
	})
}
