package model_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
)

// pages is a timeline in memory.
type pages []*model.Record

func (p pages) give(fn func(*model.Record) error) error {
	for _, r := range p {
		if err := fn(r); err != nil {
			return err
		}
	}
	return nil
}

func (p pages) Acts(fn func(*model.Record) error) error {
	return slices.DeleteFunc(slices.Clone(p), (*model.Record).Plain).give(fn)
}

func (p pages) Tail(before model.Position, n int, fn func(*model.Record) error) error {
	end := len(p)
	for !before.IsZero() && end > 0 && !p[end-1].Position().Before(before) {
		end--
	}
	return p[max(end-n, 0):end].give(fn)
}

func (p pages) All(fn func(*model.Record) error) error { return p.give(fn) }

// told is a history with many entries, often one that began with an alert.
func told(t *rapid.T) (*crew, model.Scope, *model.Incident, pages) {
	c := newCrew(t, "ana", "bob", "cleo")
	for _, a := range c.people {
		rapid.SampledFrom(clocks).Draw(t, "clock")(a)
	}
	var id model.Scope
	if rapid.Bool().Draw(t, "by an alert") {
		a := c.people[0]
		a.via = model.DoorAlert
		id = a.must(model.Scope{}, model.ReceiveAlerts{Title: "High latency", Group: model.Hash{1}, Signals: []model.AlertSignal{{
			Fingerprint: "f", Firing: true, Starts: a.now.UnixNano(), Text: `{"labels":{"alertname":"Slow"}}`,
		}}}).Scope
		a.via = ""
		c.meet()
	} else {
		id = c.begin()
	}
	for range rapid.IntRange(1, 40).Draw(t, "acts") {
		a := rapid.SampledFrom(c.people).Draw(t, "who")
		if rapid.IntRange(0, 2).Draw(t, "hears") == 0 {
			c.meet()
		}
		switch rapid.IntRange(0, 3).Draw(t, "what") {
		case 0:
			act(t, a, id)
		case 1:
			_, _ = a.do(id, model.Undo{})
		default:
			// Refused to who has become an observer, or is not named in a restriction.
			_, _ = a.do(id, model.Write{Text: rapid.SampledFrom([]string{"one", "two"}).Draw(t, "text")})
		}
	}
	state := model.NewState(c.ws.Scope())
	var all pages
	for _, e := range c.events {
		r := decode(t, e)
		if state.Apply(r) && r.Scope == id {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *model.Record) int {
		if a.Position().Before(b.Position()) {
			return -1
		}
		return 1
	})
	return c, id, state.Incidents[id], all
}

func part(t *rapid.T, whole *model.Incident, all pages, n int) *model.Incident {
	row := model.Summarise(whole.View())
	in, err := model.Part(whole.ID(), all, n, model.Extent{Lines: row.Lines, Changed: row.Changed})
	require.NoError(t, err)
	return in
}

// state is a view without its lines.
func stateOf(v *model.View) model.View {
	s := *v
	s.Lines, s.Earlier, s.From = nil, 0, model.Position{}
	return s
}

func TestAPartHasTheStateOfTheWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, _, whole, all := told(t)
		n := rapid.IntRange(1, 12).Draw(t, "n")
		in := part(t, whole, all, n)
		got, want := in.View(), whole.View()
		require.Equal(t, stateOf(want), stateOf(got))
		require.Equal(t, model.Summarise(want), model.Summarise(got))
		now := all[len(all)-1].Wall + time.Hour.Milliseconds()
		require.Equal(t, want.Phases(now), got.Phases(now))
		require.Equal(t, len(want.Lines), got.Total())
		require.Equal(t, want.Lines[got.Earlier:], got.Lines, "the end of the log, without a gap")
		require.Equal(t, in.Whole(), got.Earlier == 0)
	})
}

// What was added while a part was read is not counted twice, whoever wrote it and
// wherever it stands.
func TestAPartThatIsReadWhileItGrowsHasEveryLineOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newCrew(t, "ana", "bob", "cleo")
		id := c.begin()
		for _, a := range c.people {
			rapid.SampledFrom(clocks).Draw(t, "clock")(a)
		}
		grow := func() {
			for range rapid.IntRange(0, 25).Draw(t, "acts") {
				a := rapid.SampledFrom(c.people).Draw(t, "who")
				switch rapid.IntRange(0, 9).Draw(t, "what") {
				case 0:
					c.meet()
				case 1, 2:
					act(t, a, id)
				default:
					_, _ = a.do(id, model.Write{Text: "going on"})
				}
			}
		}
		all := func() (all pages) {
			state := model.NewState(c.ws.Scope())
			for _, e := range c.events {
				if r := decode(t, e); state.Apply(r) && r.Scope == id {
					all = append(all, r)
				}
			}
			slices.SortFunc(all, func(a, b *model.Record) int {
				if a.Position().Before(b.Position()) {
					return -1
				}
				return 1
			})
			return all
		}
		grow()
		whole := model.NewIncident(id)
		ends := map[model.LogID]uint64{}
		for _, r := range all() {
			whole.Apply(r)
		}
		for _, e := range c.events {
			ends[e.Log] = e.Seq
		}
		row := whole.Summary()
		then := model.Extent{Lines: row.Lines, Changed: row.Changed, Ends: ends}
		grow()
		in, err := model.Part(id, all(), rapid.IntRange(1, 9).Draw(t, "n"), then)
		require.NoError(t, err)
		if !in.Whole() && rapid.Bool().Draw(t, "a page") {
			before := in.From()
			page, from, err := model.Page(all(), before, rapid.IntRange(1, 9).Draw(t, "page"))
			require.NoError(t, err)
			in.Extend(page, before, from)
		}
		grow()
		since := slices.DeleteFunc(all(), func(r *model.Record) bool { return r.Ref.Seq <= ends[r.Ref.Log] })
		for _, r := range rapid.Permutation(since).Draw(t, "order") {
			in.Apply(r)
		}
		for _, r := range since {
			whole.Apply(r)
		}
		require.Equal(t, whole.Summary(), in.Summary())
		require.Equal(t, whole.View().Lines[in.View().Earlier:], in.View().Lines)
	})
}

func TestAPartBecomesTheWholePageByPage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, _, whole, all := told(t)
		in := part(t, whole, all, rapid.IntRange(1, 6).Draw(t, "n"))
		// Some come out of turn, as by two who page at once.
		for _, r := range rapid.Permutation(all).Draw(t, "order")[:rapid.IntRange(0, len(all)).Draw(t, "some")] {
			in.Apply(r)
		}
		for !in.Whole() {
			before, was := in.From(), in.View().Earlier
			page, from, err := model.Page(all, before, rapid.IntRange(1, 9).Draw(t, "page"))
			require.NoError(t, err)
			far, _, err := model.Page(all, from, 2)
			require.NoError(t, err)
			if !from.IsZero() && rapid.Bool().Draw(t, "one from further back") {
				in.Extend(far, from, model.Position{})
				require.False(t, in.Whole(), "there is a gap")
			}
			in.Extend(page, before, from)
			v := in.View()
			require.LessOrEqual(t, v.Earlier, was)
			require.Equal(t, whole.View().Lines[v.Earlier:], v.Lines)
		}
		require.Equal(t, whole.View(), in.View())
		require.Equal(t, whole.StateHash(), in.StateHash())
	})
}

func TestWhatIsDecidedOnAPartIsWhatTheWholeDecides(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, _, whole, all := told(t)
		in := part(t, whole, all, rapid.IntRange(1, 12).Draw(t, "n"))
		a := rapid.SampledFrom(c.people).Draw(t, "who")
		some := func() model.Ref { return rapid.SampledFrom(all).Draw(t, "target").Ref }
		commands := []model.Command{
			model.Undo{}, model.Redo{}, model.Amend{Target: some(), Text: "three"}, model.Strike{Target: some()},
			model.Strike{Target: some(), Back: true}, model.Star{Target: some(), On: true}, model.RemoveText{Target: some()},
			model.Settle{Choose: some()}, model.SetSeverity{Level: 2}, model.SetStatus{Status: model.Resolved, Reason: "x"},
			model.Write{Text: "x"}, model.RemoveLink{Target: some()}, model.SetMoment{Moment: model.Acknowledged},
			model.SetTitle{Title: "one"}, model.AssignRole{Role: model.TechLead, Person: a.person},
			model.Restrict{People: []model.PersonID{c.people[1].person}}, model.Unrestrict{},
		}
		decide := func(on *model.Incident, cmd model.Command) ([]model.Draft, error) {
			return model.Decide(model.Act{
				Now: a.now, Actor: a.person, Via: model.DoorConsole, Workspace: c.ws.Scope(), Log: a.head.Log,
				Nonce: func() model.Nonce { return model.Nonce{1} },
			}, c.people[0].state.People, on, cmd)
		}
		for _, cmd := range commands {
			if in.NeedsWhole(a.person, a.head.Log, cmd) {
				continue
			}
			want, wantErr := decide(whole, cmd)
			got, gotErr := decide(in, cmd)
			require.Equal(t, model.CodeOf(wantErr), model.CodeOf(gotErr), "%T", cmd)
			require.Equal(t, want, got, "%T", cmd)
			require.Equal(t, whole.LastIn(a.head.Log), in.LastIn(a.head.Log))
		}
		// Most of what is done to a long incident needs no more than its part.
		if last := all[len(all)-1]; last.Ref.Log == a.head.Log {
			require.False(t, in.NeedsWhole(a.person, a.head.Log, model.Write{Text: "x"}))
		}
	})
}

func TestWhatIsNotPlainIsNeverLeftOut(t *testing.T) {
	t.Parallel()
	ref := model.Ref{Seq: 1}
	for name, tt := range map[string]struct {
		rec  model.Record
		want bool
	}{
		"an entry":                       {model.Record{Body: &model.EntryAdd{}}, true},
		"a command that was run":         {model.Record{Body: &model.EntryAdd{Run: &model.CommandRun{}}}, true},
		"an entry of a newer warroom":    {model.Record{Body: &model.EntryAdd{}, Newer: true}, false},
		"an entry that undoes":           {model.Record{Body: &model.EntryAdd{Common: model.Common{Undoes: ref}}}, false},
		"an entry that redoes":           {model.Record{Body: &model.EntryAdd{Common: model.Common{Redoes: ref}}}, false},
		"an entry that replaces":         {model.Record{Body: &model.EntryAdd{Common: model.Common{Pred: []model.Ref{ref}}}}, false},
		"an amendment":                   {model.Record{Body: &model.EntryAmend{}}, false},
		"a kind that nobody knows today": {model.Record{Body: model.UnknownBody(999)}, false},
	} {
		require.Equal(t, tt.want, tt.rec.Plain(), name)
	}
}

func TestAStarBeforeTheFirstEntryDoesNotEndTheSearchForWhoAcknowledged(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	a, b := c.people[0], c.people[1]
	a.via = model.DoorAlert
	open := a.must(model.Scope{}, model.ReceiveAlerts{Title: "High latency", Group: model.Hash{1}, Signals: []model.AlertSignal{{
		Fingerprint: "f", Firing: true, Starts: a.now.UnixNano(), Text: "{}",
	}}})
	c.meet()
	b.must(open.Scope, model.Star{Target: c.events[len(c.events)-1].Ref(), On: true})
	for range 4 {
		b.must(open.Scope, model.Write{Text: "on it"})
	}
	whole := model.NewIncident(open.Scope)
	var all pages
	for _, e := range c.events {
		if r := decode(t, e); r.Scope == open.Scope {
			whole.Apply(r)
			all = append(all, decode(t, e))
		}
	}
	row := model.Summarise(whole.View())
	in, err := model.Part(open.Scope, all, 1, model.Extent{Lines: row.Lines, Changed: row.Changed})
	require.NoError(t, err)
	require.Equal(t, whole.View().Moments, in.View().Moments)
}
