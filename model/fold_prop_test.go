package model_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
)

// clocks are the ways in which a machine's clock is wrong.
var clocks = []func(a *author){
	func(*author) {},
	func(a *author) { a.now = a.now.AddDate(1, 0, 0) },
	func(a *author) { a.now = a.now.Add(-3 * time.Hour) },
	func(a *author) { a.frozen = true },
}

// newerField is the body of a severity with a field that no warroom of today
// knows: {16: 1, 90: "x"}.
var newerField = []byte{0xa2, 0x10, 0x01, 0x18, 0x5a, 0x61, 'x'}

// history draws what several people did, each knowing a part of the others'.
func history(t *rapid.T) (*crew, model.Scope) {
	c := newCrew(t, "ana", "bob", "cleo", "dan")
	for i, a := range c.people {
		rapid.SampledFrom(clocks).Draw(t, fmt.Sprintf("clock %d", i))(a)
	}
	id := c.begin()
	for range rapid.IntRange(1, 30).Draw(t, "acts") {
		a := rapid.SampledFrom(c.people).Draw(t, "who")
		if rapid.IntRange(0, 2).Draw(t, "hears") == 0 {
			from := rapid.SampledFrom(c.people).Draw(t, "from")
			n := rapid.IntRange(0, len(from.known)).Draw(t, "how much")
			a.learn(from.known[:n]...)
		}
		act(t, a, id)
	}
	return c, id
}

// act does something; a refusal is as good as an act.
func act(t *rapid.T, a *author, id model.Scope) {
	entry := func() model.Ref {
		lines := a.view(id).Lines
		return lines[rapid.IntRange(0, len(lines)-1).Draw(t, "line")].Ref()
	}
	word := func() string { return rapid.SampledFrom([]string{"one", "two", "three"}).Draw(t, "word") }
	person := func() model.PersonID { return rapid.SampledFrom(a.crew.people).Draw(t, "whom").person }
	at := func() model.When {
		if rapid.Bool().Draw(t, "now") {
			return model.When{}
		}
		return model.When{At: a.now.Add(-time.Duration(rapid.IntRange(1, 90).Draw(t, "ago")) * time.Minute)}
	}
	var cmd model.Command
	switch rapid.IntRange(0, 38).Draw(t, "act") {
	case 0, 1:
		cmd = model.SetSeverity{Level: rapid.SampledFrom([]model.Level{1, 2, 3}).Draw(t, "level"), Reason: word()}
	case 2, 3:
		cmd = model.SetStatus{Status: rapid.SampledFrom(append(model.Statuses(), model.Reopened)).Draw(t, "status"), Reason: word(), At: at()}
	case 4:
		cmd = model.SetTitle{Title: word()}
	case 5, 6:
		cmd = model.AssignRole{Role: rapid.SampledFrom([]model.Role{model.IncidentManager, model.TechLead, model.Expert}).Draw(t, "role"), Person: person()}
	case 7:
		cmd = model.ReleaseRole{Role: rapid.SampledFrom([]model.Role{model.IncidentManager, model.Expert}).Draw(t, "role")}
	case 8, 9:
		cmd = model.Write{Text: word(), At: at()}
	case 10:
		cmd = model.Amend{Target: entry(), Text: word(), At: at()}
	case 11:
		cmd = model.Strike{Target: entry(), Back: rapid.Bool().Draw(t, "back")}
	case 12:
		cmd = model.Star{Target: entry(), On: rapid.Bool().Draw(t, "on")}
	case 13:
		cmd = model.AddLink{URL: "https://chat.example/" + word()}
	case 14:
		cmd = model.RemoveLink{Target: entry()}
	case 15:
		cmd = model.AnswerQuestion{Question: model.AskMany, Answer: model.Answer{Type: model.ChoiceAnswer, Choices: []string{rapid.SampledFrom([]string{model.All, model.Some}).Draw(t, "many")}}}
	case 16:
		cmd = model.SetMoment{Moment: model.ImpactStarted, At: at()}
	case 17, 18:
		cmd = model.Undo{}
	case 19:
		cmd = model.Redo{}
	case 20:
		cmd = model.PinTopic{Text: word()}
	case 21:
		if rapid.Bool().Draw(t, "newer kind") {
			a.seal(model.Draft{Scope: id, Body: model.UnknownBody(999)})
		} else {
			a.sealRaw(model.KindSeveritySet, id, newerField)
		}
		return
	case 23:
		cmd = model.RemoveText{Target: entry(), Reason: word()}
	case 24:
		cmd = model.Restrict{People: []model.PersonID{person(), person()}}
	case 25:
		cmd = model.Unrestrict{}
	case 26:
		cmd = model.SetAccess{Person: person(), Access: rapid.SampledFrom(model.Accesses()).Draw(t, "access")}
	case 27, 28:
		save := model.SaveDraft{Audience: model.ToCustomers, State: model.Identified, Text: word()}
		for _, d := range a.view(id).Drafts[model.ToCustomers].All() {
			if rapid.Bool().Draw(t, "seen") {
				save.Seen = append(save.Seen, d.Ref)
			}
		}
		cmd = save
	case 29:
		cmd = model.DropDraft{Audience: model.ToCustomers}
		if d := a.view(id).Drafts[model.ToCustomers].Draft; d != nil {
			cmd = model.ApproveDraft{Draft: d.Ref}
		}
	case 30:
		cmd = model.PostUpdate{Audience: model.ToTeam, State: model.Identified, Text: word()}
		if d := a.view(id).Drafts[model.ToCustomers].Draft; d != nil {
			cmd = model.PostUpdate{Draft: d.Ref, Force: rapid.Bool().Draw(t, "force")}
		}
	case 35:
		cmd = model.WaiveUpdate{Audience: model.ToTeam, Reason: word()}
	case 36, 37, 38:
		cmd = roleAct(t, a, person)
	case 31, 32, 33, 34:
		cmd = handAct(t, a, id, person, word)
	case 22:
		starts := a.now.Add(-time.Duration(rapid.IntRange(0, 3).Draw(t, "start")) * time.Minute)
		cmd = model.ReceiveAlerts{Title: "High latency", Signals: []model.AlertSignal{{
			Fingerprint: "f", Firing: rapid.Bool().Draw(t, "firing"), Starts: starts.UnixNano(), Text: `{"labels":{"alertname":"Slow"}}`,
		}}}
	}
	_, err := a.do(id, cmd)
	if err != nil {
		require.NotEmpty(t, model.CodeOf(err), "a refusal without a code: %v", err)
	}
}

// shuffled is every event at least once, some more often, in any order.
func shuffled(t *rapid.T, events []*model.Event) []*model.Event {
	again := rapid.SliceOfN(rapid.SampledFrom(events), 0, 10).Draw(t, "again")
	return rapid.Permutation(append(append([]*model.Event{}, events...), again...)).Draw(t, "order")
}

func TestTheSameEventsInAnyOrderGiveTheSameState(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, id := history(t)
		want, got := c.fold(c.events), c.fold(shuffled(t, c.events))
		require.Equal(t, want.Hash(), got.Hash())
		require.Equal(t, want.Incidents[id].View(), got.Incidents[id].View())
		require.Equal(t, want.People.Roster(), got.People.Roster())
	})
}

func TestAViewThatGrewIsTheViewOfAFreshFold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, id := history(t)
		s := model.NewState(c.ws.Scope())
		for _, e := range shuffled(t, c.events) {
			s.Apply(decode(t, e))
			if in := s.Incidents[id]; in != nil && rapid.Bool().Draw(t, "look") {
				in.View()
			}
		}
		require.Equal(t, c.fold(c.events).Incidents[id].View(), s.Incidents[id].View())
	})
}

func TestTheRowThatIsKeptIsThatOfTheView(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, id := history(t)
		s := model.NewState(c.ws.Scope())
		for _, e := range shuffled(t, c.events) {
			s.Apply(decode(t, e))
			if in := s.Incidents[id]; in != nil && rapid.Bool().Draw(t, "look") {
				require.Equal(t, model.Summarise(in.View()), in.Summary())
			}
		}
	})
}

func TestAViewInHandsDoesNotChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, id := history(t)
		order := shuffled(t, c.events)
		n := rapid.IntRange(0, len(order)).Draw(t, "cut")
		s := c.fold(order[:n])
		if s.Incidents[id] == nil {
			return
		}
		v := s.Incidents[id].View()
		say := func() (all []model.Phrase) {
			for _, l := range v.Lines {
				all = append(all, l.Describe())
			}
			return all
		}
		before := say()
		row := model.Summarise(v)
		for _, e := range order[n:] {
			s.Apply(decode(t, e))
		}
		require.Equal(t, before, say())
		require.Equal(t, row, model.Summarise(v))
	})
}

func TestACauseComesBeforeItsEffectWhateverTheClocks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, id := history(t)
		s := model.NewState(c.ws.Scope())
		held := map[model.Ref]*model.Record{}
		for _, e := range shuffled(t, c.events) {
			r := decode(t, e)
			if s.Apply(r) {
				held[r.Ref] = r
			}
		}
		for _, r := range held {
			require.GreaterOrEqual(t, r.Eff, r.Clock)
			common := r.Common()
			for _, ref := range append(append([]model.Ref{r.Prev}, common.Pred...), common.Obs...) {
				if cause := held[ref]; cause != nil {
					require.Less(t, cause.Eff, r.Eff)
				}
			}
		}
		lines := s.Incidents[id].View().Lines
		for i := 1; i < len(lines); i++ {
			require.LessOrEqual(t, lines[i-1].Rec.Eff, lines[i].Rec.Eff)
		}
	})
}

// A write that another names as replaced is gone, whatever the clocks say; all
// others stand.
func TestWhatStandsIsWhatNothingReplaced(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, id := history(t)
		replaced, writes := map[model.Ref]bool{}, map[model.Ref]bool{}
		for _, e := range c.events {
			if r := decode(t, e); e.Kind == model.KindSeveritySet {
				writes[r.Ref] = true
				for _, p := range r.Common().Pred {
					replaced[p] = true
				}
			}
		}
		v := c.fold(shuffled(t, c.events)).Incidents[id].View()
		if len(writes) == 0 {
			require.Nil(t, v.Severity.By)
			return
		}
		require.False(t, replaced[v.Severity.By.Ref])
		for _, o := range v.Severity.Others {
			require.False(t, replaced[o.By.Ref])
			require.NotEqual(t, v.Severity.Value, o.Value)
		}
	})
}

func TestTheStateIsTheSameWithoutItsTexts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, _ := history(t)
		var without []*model.Event
		for _, e := range c.events {
			bare := *e
			if rapid.Bool().Draw(t, "removed") {
				bare.Salt, bare.Text = model.Salt{}, nil
			}
			without = append(without, &bare)
		}
		require.Equal(t, c.fold(c.events).Hash(), c.fold(without).Hash())
	})
}

func TestWhatNeedsANewerWarroomIsCounted(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana")
	id := c.begin()
	ana := c.people[0]
	ana.seal(model.Draft{Scope: id, Body: model.UnknownBody(999)})
	ana.sealRaw(model.KindSeveritySet, id, newerField)
	ana.seal(model.Draft{Scope: c.ws.Scope(), Body: model.UnknownBody(998)})
	v := ana.view(id)
	require.Equal(t, 2, v.Newer)
	require.Equal(t, 1, ana.state.People.Newer())
	require.Equal(t, model.SEV1, v.Severity.Value, "the known fields count")
	require.Equal(t, "log.newer", v.Lines[1].Describe().Key)
}
