package pane

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/themes"
	"warroom/tui/lang"
)

// Whatever happens between two drawings: what is given again is what would be
// drawn.
func TestAPictureThatIsGivenAgainIsTheOneThatWouldBeDrawn(t *testing.T) {
	t.Parallel()
	theme, err := themes.Builtin("default")
	require.NoError(t, err)
	styles := []*themes.Styles{theme.Styles(themes.ANSI16), theme.NamedStyles()}
	rapid.Check(t, func(t *rapid.T) {
		r := modeltest.New("ana", 3)
		id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout", Severity: model.SEV2}).Incident
		other := r.Must(model.Scope{}, model.OpenIncident{Title: "Mail"}).Incident
		people := []model.PersonID{r.Me(), r.As("bob"), r.As("cleo")}
		do := func(c model.Command) { _, _ = r.Do(context.Background(), r.Actor(), id, c) }
		names, renamed := r.Overview().People, false
		say := lang.New(lang.Options{Name: func(id model.PersonID) string { return names.Name(id) }})
		env := Env{Styles: styles[0], Say: say, Me: r.Me(), Now: r.Now().UnixMilli()}
		inc, imp, rol, log := NewIncidents(), NewImpact(), NewRoles(), NewLog()
		all := []Pane{inc, imp, rol, log}
		read := func() {
			ov := r.Overview()
			v, err := r.Incident(context.Background(), id)
			require.NoError(t, err)
			if renamed { // as a room does, which keeps its roster else
				renamed, names = false, ov.People
				for _, p := range all {
					p.Redraw()
				}
			}
			ov.People = names
			inc.SetData(ov)
			imp.SetData(v)
			rol.SetData(v, names)
			log.SetData(v, names)
		}
		w, h, focused := 50, 10, false
		for step := range rapid.IntRange(1, 30).Draw(t, "steps") {
			which := all[rapid.IntRange(0, 3).Draw(t, "pane")]
			who := people[rapid.IntRange(0, 2).Draw(t, "who")]
			switch what := rapid.IntRange(0, 26).Draw(t, "what"); what {
			case 0:
				do(model.Write{Text: fmt.Sprintf("entry %d of @bob", step)})
			case 1:
				do(model.SetSeverity{Level: model.Level(rapid.IntRange(1, 3).Draw(t, "level"))})
			case 2:
				do(model.SetStatus{Status: rapid.SampledFrom(model.Statuses()).Draw(t, "status"), Reason: "x"})
			case 3, 23, 24, 25, 26:
				do(model.AssignRole{Role: rapid.SampledFrom([]model.Role{model.IncidentManager, model.Expert}).Draw(t, "role"), Person: who})
			case 4:
				do(model.ReleaseRole{Role: model.IncidentManager, Person: who})
			case 5:
				do(model.AnswerQuestion{Question: model.AskSee, Answer: model.Answer{Type: model.TextAnswer}, Text: fmt.Sprint(step)})
			case 6:
				do(choice(model.AskImpact, rapid.SampledFrom([]string{model.External, model.Internal}).Draw(t, "impact")))
			case 7:
				do(model.Undo{})
			case 8:
				if l := log.Selected(); l != nil {
					do(model.Amend{Target: l.Ref(), Text: fmt.Sprint("amended ", step)})
				}
			case 9:
				if l := log.Selected(); l != nil {
					do(model.Star{Target: l.Ref(), On: !l.Star})
				}
			case 10:
				do(model.RenamePerson{Person: who, Name: fmt.Sprint("name", step)})
				renamed = true
			case 11:
				r.Must(model.Scope{}, model.OpenIncident{Title: fmt.Sprint("Another ", step), Severity: model.SEV1})
			case 12:
				inc.SetCurrent([]model.Scope{id, other, {}}[rapid.IntRange(0, 2).Draw(t, "current")])
			case 13:
				inc.Select(other)
			case 14:
				rol.SetHere(map[model.PersonID]int64{who: env.Now - rapid.Int64Range(0, 2*model.IdleAfter).Draw(t, "active")})
			case 15:
				log.SetWriting(people[:rapid.IntRange(0, 3).Draw(t, "writers")])
			case 16:
				log.Follow()
			case 17:
				which.SetFilter(rapid.SampledFrom([]string{"", "a", "bob", "zz"}).Draw(t, "filter"))
			case 18:
				which.Click(rapid.IntRange(0, 9).Draw(t, "click"))
			case 19:
				w, h = rapid.IntRange(0, 90).Draw(t, "w"), rapid.IntRange(0, 14).Draw(t, "h")
			case 20:
				env.ASCII, env.ReadOnly = rapid.Bool().Draw(t, "ascii"), rapid.Bool().Draw(t, "readonly")
				env.Styles = styles[rapid.IntRange(0, 1).Draw(t, "styles")]
				focused = rapid.Bool().Draw(t, "focused")
			case 21:
				env.Now += 60_000 * rapid.Int64Range(0, 2000).Draw(t, "minutes")
			case 22:
				which.SetError(context.Canceled)
			}
			if rapid.Bool().Draw(t, "read") {
				read()
			}
			which.Move(Move(rapid.IntRange(0, 7).Draw(t, "move")), h)
			for i, p := range all {
				given := slices.Clone(p.Rows(env, w, h, focused))
				p.Redraw()
				log.drawnRows = logRows{}
				require.Equal(t, given, p.Rows(env, w, h, focused), "pane %d after step %d", i, step)
			}
		}
	})
}
