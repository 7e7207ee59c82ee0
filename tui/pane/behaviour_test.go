package pane

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/themes"
)

func bare(rows []string) string { return themes.StripNames(strings.Join(rows, "\n")) }

func TestIncidentsKeepTheSelectionOnTheIncident(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	p := NewIncidents()
	p.SetData(r.many(100))
	p.Select(r.many(100).Rows[40].ID)
	want, ok := p.Selected()
	require.True(t, ok)

	for name, change := range map[string]func(*model.Overview){
		"rows before it come": func(ov *model.Overview) { ov.Rows = append(r.many(7).Rows[5:], ov.Rows...) },
		"rows before it go":   func(ov *model.Overview) { ov.Rows = ov.Rows[30:] },
		"it moves to the end": func(ov *model.Overview) {
			rows := append([]model.Summary{}, ov.Rows[:40]...)
			ov.Rows = append(append(rows, ov.Rows[41:]...), ov.Rows[40])
		},
	} {
		ov := r.many(100)
		change(ov)
		p.SetData(ov)
		got, _ := p.Selected()
		require.Equal(t, want, got, name)
		require.Contains(t, bare(p.Rows(r.env(t, look{}), 90, 9, true)), want.LongKey(), name)
	}
}

func TestIncidentsKeepThePlaceWhenTheSelectedOneGoes(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	p := NewIncidents()
	p.SetData(r.many(10))
	p.Select(r.many(10).Rows[4].ID)
	ov := r.many(10)
	ov.Rows = append(append([]model.Summary{}, ov.Rows[:4]...), ov.Rows[5:]...)
	p.SetData(ov)
	got, ok := p.Selected()
	require.True(t, ok)
	require.Equal(t, r.many(10).Rows[5].ID, got)
	p.SetData(&model.Overview{})
	_, ok = p.Selected()
	require.False(t, ok)
	require.Empty(t, p.Copy(r.env(t, look{})))
}

// The console selects what it has just opened, before the list has it.
func TestIncidentsSelectWhatIsStillToCome(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	p := NewIncidents()
	p.SetData(&model.Overview{})
	p.Select(r.id)
	p.SetData(r.ov)
	got, _ := p.Selected()
	require.Equal(t, r.id, got)

	p = NewIncidents()
	ov := *r.ov
	ov.Rows = ov.Rows[1:]
	p.SetData(&ov)
	p.Select(r.id)
	p.SetData(r.ov)
	got, _ = p.Selected()
	require.Equal(t, r.id, got)
}

func TestIncidentsFilterFindsKeyTitleSeverityStatusAndManager(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	p := NewIncidents()
	p.SetData(r.ov)
	p.Rows(r.env(t, look{}), 60, 9, true)
	for text, want := range map[string]int{
		"": 5, "checkout": 1, "EU-west 5XX": 1, "sev2": 2, "resolved": 1, "ana": 1, "東京": 1,
		strings.ToLower(r.id.Key()): 1, "zebra": 0,
	} {
		p.SetFilter(text)
		got, shown, total := p.Filter()
		require.Equal(t, text, got)
		require.Equal(t, want, shown, text)
		require.Equal(t, 5, total)
	}
}

func TestFilterKeepsTheSelectionWhereItCan(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	p := NewIncidents()
	p.SetData(r.ov)
	p.Select(r.ov.Rows[1].ID)
	p.SetFilter("sev2")
	got, _ := p.Selected()
	require.Equal(t, r.ov.Rows[1].ID, got)
	p.SetFilter("zebra")
	_, ok := p.Selected()
	require.False(t, ok)
	p.SetFilter("")
	got, _ = p.Selected()
	require.Equal(t, r.ov.Rows[1].ID, got, "what the filter hid is selected again")
}

func TestMovesStayInTheList(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	p := NewIncidents()
	p.SetData(r.many(100))
	const h = 12 // ten rows in a frame
	for _, c := range []struct {
		move Move
		want int
	}{
		{Up, 0}, {Down, 1}, {Down, 2}, {Up, 1}, {PageDown, 10}, {PageDown, 19}, {PageUp, 10}, {WheelDown, 13},
		{WheelUp, 10}, {Bottom, 99}, {Down, 99}, {PageDown, 99}, {Top, 0}, {PageUp, 0},
	} {
		p.Move(c.move, h)
		require.Equal(t, c.want, p.at, "after %d", c.move)
	}
}

func TestClickSelectsTheRowThatIsSeenThere(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	p := NewIncidents()
	p.SetData(r.many(100))
	p.Move(Bottom, 12)
	rows := p.Rows(r.env(t, look{}), 60, 12, true)
	require.True(t, p.Click(3))
	got := p.row(p.at)
	require.Contains(t, rows[3], r.many(100).Keys[got.ID])
	require.False(t, p.Click(0), "the frame")
	require.False(t, p.Click(11), "the frame")
	p.SetData(r.many(2))
	p.Rows(r.env(t, look{}), 60, 12, true)
	require.False(t, p.Click(3), "nothing is drawn there")
}

func TestLogFollowsWhatComes(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	p := NewLog()
	p.SetData(r.view, r.ov.People)
	r.Must(r.id, model.Write{Text: "the newest"})
	r.refresh(t)
	p.SetData(r.view, r.ov.People)
	require.Equal(t, "the newest", p.Selected().Text)
	require.NotContains(t, bare(p.Rows(r.env(t, look{}), 80, 10, true)), "new ↓")
}

func TestLogKeepsItsPlaceAndCountsWhatComes(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	env := r.env(t, look{})
	p := NewLog()
	p.SetData(r.view, r.ov.People)
	p.Rows(env, 80, 10, true)
	p.Move(PageUp, 10)
	before := p.Rows(env, 80, 10, true)
	was := p.Selected().Ref()
	for range 3 {
		r.Must(r.id, model.Write{Text: "later"})
		r.refresh(t)
		p.SetData(r.view, r.ov.People)
	}
	after := p.Rows(env, 80, 10, true)
	require.Equal(t, before[1:9], after[1:9], "what is read stays where it is")
	require.Equal(t, was, p.Selected().Ref())
	require.Contains(t, after[9], "3 new ↓")
	p.Follow()
	after = p.Rows(env, 80, 10, true)
	require.NotContains(t, after[9], "new")
	require.Equal(t, "later", p.Selected().Text)
}

// A line that came late into the middle moves the selected one, not the choice.
func TestLogKeepsTheLineWhenOthersComeBeforeIt(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	p := NewLog()
	v := *r.view
	v.Lines = append(append([]*model.Line{}, v.Lines[:5]...), v.Lines[9:]...)
	p.SetData(&v, r.ov.People)
	p.Move(PageUp, 10)
	was := p.Selected().Ref()
	p.SetData(r.view, r.ov.People)
	require.Equal(t, was, p.Selected().Ref())
	require.True(t, p.Select(r.view.Lines[6].Ref()))
	require.Equal(t, r.view.Lines[6].Ref(), p.Selected().Ref())
}

func TestLogOfAnotherIncidentBeginsAtItsEnd(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	p := NewLog()
	p.SetData(r.view, r.ov.People)
	p.Move(Top, 10)
	other, err := r.Incident(t.Context(), r.ov.Rows[1].ID)
	require.NoError(t, err)
	p.SetData(other, r.ov.People)
	require.Equal(t, other.Lines[len(other.Lines)-1].Ref(), p.Selected().Ref())
	p.SetData(nil, nil)
	require.Nil(t, p.Selected())
	require.Empty(t, p.Copy(r.env(t, look{})))
}

func TestLogFilterFindsTextSentencesAndAuthors(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	p := NewLog()
	p.SetData(r.view, r.ov.People)
	p.Rows(r.env(t, look{}), 80, 10, true)
	for text, want := range map[string]int{
		"": 23, "rolled back": 2, "SEV2 → SEV1": 1, "ana": 23, "14 %": 1, "40 %": 0, "scribe undo": 1, "支払い": 1, "second line": 1,
	} {
		p.SetFilter(text)
		require.Nil(t, p.MatchJob(), "a short log is matched at once")
		_, shown, total := p.Filter()
		require.Equal(t, want, shown, text)
		require.Equal(t, 23, total)
		require.Len(t, p.Rows(r.env(t, look{}), 80, 10, true), 10)
	}
}

func TestLogFilterTakesWhatComes(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	p := NewLog()
	p.SetData(r.view, r.ov.People)
	p.SetFilter("rolled")
	_, shown, _ := p.Filter()
	r.Must(r.id, model.Write{Text: "rolled forward"})
	r.Must(r.id, model.Write{Text: "something else"})
	r.refresh(t)
	p.SetData(r.view, r.ov.People)
	_, now, _ := p.Filter()
	require.Equal(t, shown+1, now)
	require.Equal(t, "rolled forward", p.Selected().Text)
	require.False(t, p.Matching())
}

func TestLongLogIsMatchedByAJob(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	env := r.env(t, look{})
	p := NewLog()
	v := r.long(50_000)
	p.SetData(v, r.ov.People)
	p.Rows(env, 80, 10, true)
	require.Nil(t, p.MatchJob(), "without a filter there is nothing to do")

	p.SetFilter("error")
	stale := p.MatchJob()()
	p.SetFilter("error rate")
	require.False(t, p.Apply(stale), "the filter has changed since")
	require.True(t, p.Matching())
	require.True(t, p.Apply(p.MatchJob()()))
	require.Nil(t, p.MatchJob())
	_, shown, total := p.Filter()
	require.Equal(t, 50_000, total)
	want := 0
	for _, l := range v.Lines {
		if strings.Contains(l.Text, "error rate") {
			want++
		}
	}
	require.Equal(t, want, shown)
	require.Contains(t, p.Selected().Text, "error rate")

	// One more line is looked at alone; another incident's job is refused.
	more := *v
	more.Lines = append(append([]*model.Line{}, v.Lines...), r.view.Lines[15])
	p.SetData(&more, r.ov.People)
	require.False(t, p.Matching())
	_, now, _ := p.Filter()
	require.Equal(t, shown+1, now)

	p.SetFilter("")
	_, now, _ = p.Filter()
	require.Equal(t, 50_001, now)

	// A line that comes while a job runs is no reason for another.
	p.SetFilter("error")
	job := p.MatchJob()
	again := more
	again.Lines = append(append([]*model.Line{}, more.Lines...), r.view.Lines[16])
	p.SetData(&again, r.ov.People)
	require.True(t, p.Matching())
	require.True(t, p.Apply(job()))
	require.False(t, p.Matching())
	p.SetFilter("")
	p.SetFilter("kubectl")
	job = p.MatchJob()
	p.SetData(nil, nil)
	require.False(t, p.Apply(job()))
}

func TestImpactAndRolesSelectByName(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	m := NewImpact()
	m.SetData(r.view)
	m.Rows(r.env(t, look{}), 40, 8, true)
	m.Move(Down, 8)
	m.Move(Down, 8)
	q, ok := m.Selected()
	require.True(t, ok)
	require.Equal(t, model.AskMany, q)
	m.SetFilter("how")
	q, _ = m.Selected()
	require.Equal(t, model.AskMany, q)
	m.SetFilter("")
	q, _ = m.Selected()
	require.Equal(t, model.AskMany, q)
	require.Equal(t, "3/6", m.Count())

	p := NewRoles()
	p.SetData(r.view, r.ov.People)
	p.Rows(r.env(t, look{}), 40, 12, true)
	require.True(t, p.Click(4))
	role, ok := p.Selected()
	require.True(t, ok)
	require.Equal(t, model.Communications, role)
	p.SetFilter("cléo")
	role, _ = p.Selected()
	require.Equal(t, model.Expert, role)
	require.Equal(t, "3/10", p.Count())
	p.SetData(nil, nil)
	_, ok = p.Selected()
	require.False(t, ok)
	require.Empty(t, p.Count())
}

func TestALesserSeverityIsSuggestedOnlyWhenAllIsAnswered(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	for _, c := range []struct {
		has, fits model.Level
		all, said bool
	}{
		{model.Unset, model.SEV3, false, true},
		{model.SEV3, model.SEV1, false, true},
		{model.SEV1, model.SEV1, true, false},
		{model.SEV1, model.SEV3, false, false},
		{model.SEV1, model.SEV3, true, true},
		{model.SEV1, model.Unset, false, false},
	} {
		v := *r.view
		v.Severity.Value, v.Suggests.Level = c.has, c.fits
		if c.all {
			v.Answers = v.Answers[:3]
		}
		p := NewImpact()
		p.SetData(&v)
		drawn := bare(p.Rows(r.env(t, look{}), 60, 8, false))
		require.Equal(t, c.said, strings.Contains(drawn, "fits"), "%v with answers for %v", c.has, c.fits)
	}
}

func TestCopyIsPlainAndClean(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	env := r.env(t, look{named: true})
	p := NewIncidents()
	p.SetData(r.ov)
	require.Equal(t, "INC-"+r.id.Key()+" SEV1 fixing Checkout 5xx in eu-west", p.Copy(env))
	l := NewLog()
	l.SetData(r.view, r.ov.People)
	require.Equal(t, "2026-03-07 02:31:12 UTC Ana: pasted red gnirts and a tab", l.Copy(env))
	l.Move(Top, 10)
	require.Equal(t, "2026-03-07 02:30:06 UTC Ana: opened: Checkout 5xx in eu-west (noticed by monitoring)", l.Copy(env))
	m := NewImpact()
	m.SetData(r.view)
	require.Equal(t, "Impact: external", m.Copy(env))
	m.Move(Bottom, 10)
	require.Equal(t, "Also: ?", m.Copy(env))
	o := NewRoles()
	o.SetData(r.view, r.ov.People)
	require.Equal(t, "Incident manager: Ana", o.Copy(env))
	o.Move(Bottom, 10)
	require.Equal(t, "Legal: -", o.Copy(env))
}

// A resize must not lose what a person looks at.
func TestResizingKeepsTheSelectionAndThePlace(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	env := r.env(t, look{})
	p := NewLog()
	p.SetData(r.view, r.ov.People)
	p.Rows(env, 80, 10, true)
	p.Move(PageUp, 10)
	p.Rows(env, 80, 10, true)
	p.Move(Down, 10)
	was, before := p.Selected(), p.Rows(env, 80, 10, true)
	for _, size := range [][2]int{{80, 10}, {40, 5}, {1, 1}, {0, 0}, {200, 60}, {40, 3}, {2, 2}, {80, 10}} {
		rows := p.Rows(env, size[0], size[1], true)
		exact(t, rows, size[0], size[1])
		require.Equal(t, was, p.Selected())
		if size[0] >= 40 {
			require.Contains(t, bare(rows), env.signs().selected)
		}
	}
	require.Equal(t, before, p.Rows(env, 80, 10, true), "the same rows are seen again")
	p.SetError(errBroken)
	p.Rows(env, 80, 10, true)
	p.arrived()
	require.Equal(t, before, p.Rows(env, 80, 10, true), "and after an error that went")
}

// A text that was removed for good is nowhere to be seen, found or copied,
// whatever else became of its entry.
func TestRemovedTextIsNowhere(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	env := r.env(t, look{})
	secret := r.Must(r.id, model.Write{Text: "password: hunter2\nhunter2 again"}).Refs[0]
	r.Must(r.id, model.Amend{Target: secret, Text: "password: hunter2!"})
	run := r.Must(r.id, model.Write{Text: "mysql -phunter2\nhunter2", Run: &model.CommandRun{Lines: 1}}).Refs[0]
	r.Must(r.id, model.Strike{Target: run, Reason: "oops"})
	for _, ref := range []model.Ref{secret, run} {
		r.Must(r.id, model.RemoveText{Target: ref})
	}
	r.refresh(t)
	p := NewLog()
	p.SetData(r.view, r.ov.People)
	all := bare(p.Rows(env, 200, 40, true))
	for _, l := range r.view.Lines {
		p.Select(l.Ref())
		all += p.Copy(env) + strings.Join(Entry(env, l, r.ov.People, nil, 60), "\n")
	}
	require.NotContains(t, all, "hunter2")
	require.Contains(t, all, "(this text was removed by Ana)")
	p.SetFilter("hunter2")
	_, shown, _ := p.Filter()
	require.Zero(t, shown)
}

// With --ascii every sign is ASCII; only what people wrote keeps its letters.
func TestASCIIDrawsWithASCIIOnly(t *testing.T) {
	t.Parallel()
	r := &room{Room: modeltest.New("Ana", 5)}
	r.id = r.Must(model.Scope{}, model.OpenIncident{Title: strings.Repeat("long title ", 20), Severity: model.SEV1}).Incident
	r.Must(r.id, model.AssignRole{Role: model.IncidentManager, Person: r.Me()})
	r.Must(r.id, model.SetStatus{Status: model.Fixing})
	r.Must(r.id, model.Undo{})
	r.Must(r.id, choice(model.AskImpact, model.Internal))
	r.Must(r.id, choice(model.AskImpact, model.External))
	e := r.Must(r.id, model.Write{Text: "a\nb\nc", At: model.When{At: r.Now().Add(-hour)}}).Refs[0]
	r.Must(r.id, model.Amend{Target: e, Text: strings.Repeat("amended ", 50)})
	r.Must(r.id, model.Star{Target: e, On: true})
	r.Must(r.id, model.Write{Text: "make\nout", Run: &model.CommandRun{Exit: 2, Lines: 3}})
	r.refresh(t)
	r.ov.Peers = r.linked(2, 0, model.LinkOffline, model.LinkConnecting)
	for _, v := range []*model.View{r.view, r.conflicting(), r.skewed(), nil} {
		env := r.env(t, look{ascii: true, later: 3 * hour})
		i, m, o, l := NewIncidents(), NewImpact(), NewRoles(), NewLog()
		i.SetData(r.ov)
		i.SetCurrent(r.id)
		m.SetData(v)
		o.SetData(v, r.ov.People)
		l.SetData(v, r.ov.People)
		l.SetPeers(r.ov.Peers, Flow{})
		for _, w := range []int{24, 40, 80, 120} {
			rows := []string{Header(env, r.ov, v, w), Rail(env, v, model.Step{}, w), Status(env, r.ov, v, w), Footer(env, hints(), w)}
			for _, p := range []Pane{i, m, o, l} {
				rows = append(rows, p.Rows(env, w, 12, true)...)
				p.SetFilter("zebra")
				rows = append(rows, p.Rows(env, w, 12, false)...)
				p.SetFilter("")
			}
			rows = append(rows, Peers(env, r.ov, w)...)
			if v != nil {
				for _, line := range v.Lines {
					rows = append(rows, Entry(env, line, r.ov.People, r.ov.Peers, w)...)
				}
			}
			for _, c := range strings.Join(rows, "") {
				require.Less(t, c, rune(0x80), "%q in %q", c, strings.Join(rows, "\n"))
			}
		}
	}
}
