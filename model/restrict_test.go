package model_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

func (a *author) row(id model.Scope) model.Summary {
	return model.Summarise(a.view(id))
}

func TestARestrictedIncidentIsUnknownToOthers(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	ana, bob, cleo := c.people[0], c.people[1], c.people[2]
	id := c.begin()
	bob.must(id, model.Restrict{People: []model.PersonID{ana.person, ana.person}})
	c.meet()
	v := ana.view(id)
	require.True(t, v.Restricted)
	require.ElementsMatch(t, []model.PersonID{ana.person, bob.person}, v.Named)
	require.Empty(t, v.Restricts)
	require.Equal(t, model.Say("log.restricted", "People", v.Named), v.Lines[len(v.Lines)-1].Describe())
	row := ana.row(id)
	require.True(t, row.Restricted)
	require.False(t, row.Conflict)
	for _, a := range c.people {
		sees := a != cleo
		require.Equal(t, sees, model.VisibleTo(row, a.person), a.name)
		require.Equal(t, sees, v.VisibleTo(a.person), a.name)
	}
	require.False(t, model.VisibleTo(row, model.PersonID{}))

	// The refusal is that of a key which does not exist, whatever the command and
	// whatever cleo may do elsewhere.
	unknown := model.Refuse(model.CodeIncidentUnknown, "Key", id.Key())
	commands := every(ana, bob)
	for name, cmd := range commands {
		if name != "ReceiveAlerts" {
			require.Equal(t, unknown, cleo.refused(model.CodeIncidentUnknown, id, cmd))
		}
	}
	ana.must(model.Scope{}, model.SetAccess{Person: cleo.person, Access: model.Owner})
	c.meet()
	cleo.refused(model.CodeIncidentUnknown, id, model.Write{Text: "x"})
	ana.must(model.Scope{}, model.RevokeMember{Person: cleo.person})
	c.meet()
	cleo.refused(model.CodeIncidentUnknown, id, model.Write{Text: "x"})
	// A typed name shows nobody's restricted incidents.
	bob.via = model.DoorClaimed
	require.Equal(t, unknown, bob.refused(model.CodeIncidentUnknown, id, model.Write{Text: "x"}))
	bob.via = model.DoorSSH
	bob.must(id, model.Write{Text: "x"})
}

func TestARestrictionIsChangedByWhoIsNamed(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	ana, bob, cleo := c.people[0], c.people[1], c.people[2]
	id := c.begin()
	ana.refused(model.CodeRestrictNot, id, model.Unrestrict{})
	ana.must(id, model.Restrict{People: []model.PersonID{bob.person}})
	c.meet()
	ana.refused(model.CodeRestrictSame, id, model.Restrict{People: []model.PersonID{bob.person, ana.person}})
	bob.must(id, model.Restrict{People: []model.PersonID{cleo.person}})
	c.meet()
	require.ElementsMatch(t, []model.PersonID{bob.person, cleo.person}, cleo.view(id).Named, "the set is replaced")
	ana.refused(model.CodeIncidentUnknown, id, model.Unrestrict{})
	cleo.must(id, model.Unrestrict{})
	c.meet()
	require.False(t, ana.view(id).Restricted)
	require.Empty(t, ana.view(id).Named)
	ana.must(id, model.Write{Text: "back"})
}

func TestWhomARestrictionCanName(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	id := c.begin()
	ana.must(model.Scope{}, model.SetAccess{Person: bob.person, Access: model.Observer})
	ana.must(id, model.Restrict{People: []model.PersonID{bob.person}})
	ana.refused(model.CodePersonUnknown, id, model.Restrict{People: []model.PersonID{{9}}})
	ana.must(model.Scope{}, model.AddPerson{Name: "cleo"})
	cleo, err := ana.state.People.Roster().Find("cleo")
	require.NoError(t, err)
	ana.refused(model.CodeMemberNot, id, model.Restrict{People: []model.PersonID{cleo}})
	many := make([]model.PersonID, model.MaxNamed+1)
	for i := range many {
		many[i] = model.PersonID{1, byte(i), byte(i >> 8)}
	}
	ana.refused(model.CodeRestrictMany, id, model.Restrict{People: many})
}

func TestNothingIsRestrictedWhereEventsGoToOthers(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	act := func(c model.Command, peers bool) error {
		_, err := model.Decide(model.Act{
			Now: s.now, Actor: s.person, Via: model.DoorConsole, Workspace: s.crew.ws.Scope(), Log: s.head.Log, Nonce: s.crew.nonce, Peers: peers,
		}, s.state.People, s.state.Incidents[s.id], c)
		return err
	}
	open := model.OpenIncident{Title: "x", Restrict: &model.Restrict{}}
	for _, c := range []model.Command{model.Restrict{}, open} {
		require.NoError(t, act(c, false))
		require.Equal(t, model.CodeRestrictPeers, model.CodeOf(act(c, true)))
	}
	s.after(0, model.Restrict{}, model.Unrestrict{})
	require.NoError(t, act(model.Undo{}, false))
	require.Equal(t, model.CodeRestrictPeers, model.CodeOf(act(model.Undo{}, true)), "undo restricts it again")
	s.after(0, model.Restrict{})
	require.NoError(t, act(model.Unrestrict{}, true), "what is restricted can be opened")
}

func TestAnIncidentCanBeRestrictedFromItsFirstEvent(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	ana, bob, cleo := c.people[0], c.people[1], c.people[2]
	events, err := ana.do(model.Scope{}, model.OpenIncident{Title: "x", Severity: 1, Restrict: &model.Restrict{People: []model.PersonID{bob.person}}})
	require.NoError(t, err)
	require.Len(t, events, 3)
	c.meet()
	row := ana.row(events[0].Scope)
	require.True(t, model.VisibleTo(row, bob.person))
	require.False(t, model.VisibleTo(row, cleo.person))
}

func TestOfConcurrentRestrictionsTheNarrowestHolds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		// Whom ana and bob name; nil lifts the restriction.
		ana, bob, want string
		conflict       bool
	}{
		"both name the same":       {"bc", "ac", "abc", false},
		"those whom both name":     {"bc", "ad", "ab", true},
		"one has nobody else":      {"", "ac", "a", true},
		"nobody in common":         {"c", "d", "ab", true},
		"one lifts it":             {"bc", "-", "abc", true},
		"one lifts it, other hand": {"-", "c", "bc", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCrew(t, "a", "b", "c", "d")
			ids := func(names string) (out []model.PersonID) {
				for _, n := range names {
					out = append(out, c.people[n-'a'].person)
				}
				return out
			}
			id := c.begin()
			if strings.Contains(tc.ana+tc.bob, "-") {
				c.people[0].must(id, model.Restrict{People: ids("bcd")})
				c.meet()
			}
			for i, names := range []string{tc.ana, tc.bob} {
				if names == "-" {
					c.people[i].must(id, model.Unrestrict{})
				} else {
					c.people[i].must(id, model.Restrict{People: ids(names)})
				}
			}
			c.meet()
			for _, a := range c.people {
				v := a.view(id)
				require.True(t, v.Restricted)
				require.ElementsMatch(t, ids(tc.want), v.Named)
				require.Equal(t, tc.conflict, len(v.Restricts) > 0)
				require.Equal(t, tc.conflict, a.row(id).Conflict)
				require.Equal(t, tc.conflict, v.Next(at0).Say.Key == "next.conflict")
			}
			for _, n := range tc.want[:1] {
				named := c.people[n-'a']
				if !tc.conflict {
					continue
				}
				choose := named.view(id).Restricts[0]
				if choose.Common().Actor == named.person {
					choose = named.view(id).Restricts[1]
				}
				wrote := decode(t, named.must(id, model.Settle{Choose: choose.Ref})).Body.(*model.IncidentRestrict)
				c.meet()
				require.True(t, !wrote.On || slices.Contains(wrote.People, named.person))
				v := named.view(id)
				require.Empty(t, v.Restricts)
				require.Equal(t, choose.Body.(*model.IncidentRestrict).On, v.Restricted)
				if v.Restricted {
					require.Contains(t, v.Named, named.person, "who settles it is not locked out")
				}
			}
		})
	}
}

func TestARestrictionIsUndone(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	ana, bob, cleo := c.people[0], c.people[1], c.people[2]
	id := c.begin()
	named := func() []model.PersonID { return ana.view(id).Named }
	ana.must(id, model.Restrict{})
	require.Equal(t, []model.PersonID{ana.person}, named())
	ana.must(id, model.Restrict{People: []model.PersonID{bob.person}})
	ana.must(id, model.Undo{})
	require.Equal(t, []model.PersonID{ana.person}, named())
	ana.must(id, model.Undo{})
	require.False(t, ana.view(id).Restricted)
	ana.must(id, model.Redo{})
	ana.must(id, model.Redo{})
	require.ElementsMatch(t, []model.PersonID{ana.person, bob.person}, named())
	ana.must(id, model.Unrestrict{})
	require.Equal(t, "log.unrestricted", ana.view(id).Lines[len(ana.view(id).Lines)-1].Describe().Key)
	ana.must(id, model.Undo{})
	require.ElementsMatch(t, []model.PersonID{ana.person, bob.person}, named())

	// Of two that stood only one comes back, and it must not lock out who acts.
	for _, a := range []*author{ana, cleo} {
		ana.must(id, model.Unrestrict{})
		c.meet()
		ana.must(id, model.Restrict{})
		cleo.must(id, model.Restrict{})
		c.meet()
		a.must(id, model.Restrict{People: []model.PersonID{bob.person}})
		wrote := decode(t, a.must(id, model.Undo{})).Body.(*model.IncidentRestrict)
		c.meet()
		require.Contains(t, named(), a.person)
		require.Contains(t, wrote.People, a.person)
		a.must(id, model.Restrict{People: []model.PersonID{ana.person, bob.person}})
		c.meet()
	}
}

func TestAlertsOfWhoDoesNotSeeItNeverReachIt(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 3)
	bob := model.Actor{Person: r.As("bob"), Via: model.DoorAlert}
	hidden := hear(t, r, body(firing("a", s1))).Incident
	r.Must(hidden, model.Restrict{})
	before := look(t, r, hidden).Total()
	rows := r.Overview().Rows
	require.Equal(t, hidden, body().Place(rows, r.Me()))
	require.Zero(t, body().Place(rows, bob.Person))

	got, err := r.Do(t.Context(), bob, model.Scope{}, body(firing("a", s1)))
	require.NoError(t, err)
	require.True(t, got.Opened)
	require.NotEqual(t, hidden, got.Incident)
	require.Equal(t, before, look(t, r, hidden).Total())
	require.Empty(t, look(t, r, got.Incident).Related, "nothing says that there was another")
	again, err := r.Do(t.Context(), bob, model.Scope{}, body(firing("a", s1)))
	require.NoError(t, err)
	require.True(t, again.Nothing(), "the same body twice changes nothing")
	require.Equal(t, got.Incident, again.Incident)
}

// Even a room that places them wrongly puts none into it.
func TestAlertsDecidedAgainstAHiddenIncidentOpenAnother(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	id := c.begin()
	ana.must(id, body(firing("a", s1)))
	ana.must(id, model.Restrict{})
	c.meet()
	events, err := bob.do(id, body(firing("a", s1)))
	require.NoError(t, err)
	require.NotEmpty(t, events)
	for _, e := range events {
		require.NotEqual(t, id, e.Scope)
		require.NotEqual(t, model.KindIncidentRelate, e.Kind)
	}
}

func TestAnOverviewCountsNothingThatIsHidden(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	// Two ids that share six characters, and one that stands alone.
	open, hidden, other := model.Scope{1, 2, 3, 4, 5}, model.Scope{1, 2, 3, 4, 6}, model.Scope{9}
	require.Equal(t, open.Key(), hidden.Key())
	o := &model.Overview{
		Rows:   []model.Summary{{ID: open}, {ID: hidden, Restricted: true, Named: []model.PersonID{ana.person}}, {ID: other}},
		People: ana.state.People.Roster(), Keys: model.Keys([]model.Scope{open, hidden, other}), Me: ana.person, Access: model.Owner,
		Here:  []model.Presence{{Seat: 1, Person: ana.person, Incident: hidden, Typing: true, Active: 5}, {Seat: 2, Person: bob.person, Incident: open, Typing: true}},
		Calls: []model.Call{{To: bob.person, Incident: hidden}, {To: bob.person, Incident: open}, {To: bob.person, Incident: model.Scope{77}}},
		Newer: 3, Version: 8,
	}
	require.Len(t, o.Keys[open], 8)
	before := *o

	got := o.For(model.Actor{Person: bob.person, Via: model.DoorSSH})
	require.Equal(t, &model.Overview{
		Rows: []model.Summary{{ID: open}, {ID: other}}, People: o.People, Me: bob.person, Access: model.Responder,
		Keys:  map[model.Scope]string{open: open.Key(), other: other.Key()},
		Here:  []model.Presence{{Seat: 1, Person: ana.person, Active: 5}, {Seat: 2, Person: bob.person, Incident: open, Typing: true}},
		Calls: []model.Call{{To: bob.person, Incident: open}},
		Newer: 3, Version: 8,
	}, got)
	_, ok := got.Row(hidden)
	require.False(t, ok)

	got = o.For(model.Actor{Person: ana.person, Via: model.DoorConsole})
	require.Equal(t, o.Rows, got.Rows)
	require.Equal(t, o.Keys, got.Keys)
	require.Equal(t, o.Here, got.Here)
	require.Equal(t, model.Owner, got.Access)
	got = o.For(model.Actor{Person: ana.person, Via: model.DoorClaimed})
	require.Len(t, got.Rows, 2, "nothing proves the name")
	require.Equal(t, model.Responder, got.Access)
	require.Equal(t, ana.person, got.Me)
	require.Equal(t, before, *o, "the overview itself is shared, and stays")
}

func TestAViewSaysNothingOfAHiddenOneThatItFollows(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana")
	ana := c.people[0]
	id := c.begin()
	hidden, open := model.Scope{1}, model.Scope{2}
	for _, other := range []model.Scope{hidden, open} {
		ana.seal(model.Draft{Scope: id, Body: &model.IncidentRelate{Other: other, Relation: model.Follows}})
	}
	v := ana.view(id)
	require.Same(t, v, v.For(func(model.Scope) bool { return true }))
	got := v.For(func(id model.Scope) bool { return id != hidden })
	require.Equal(t, []model.Related{{Other: open, Relation: model.Follows}}, got.Related)
	require.Len(t, got.Lines, 2)
	require.Len(t, v.Lines, 3)
}

// A forged write without an actor, or that does not name its own, locks nobody out.
func TestARestrictionAlwaysHasSomebody(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	id := c.begin()
	ana.seal(model.Draft{Scope: id, Body: &model.IncidentRestrict{Common: model.Common{Actor: ana.person}, On: true, People: []model.PersonID{bob.person}}})
	require.ElementsMatch(t, []model.PersonID{ana.person, bob.person}, ana.view(id).Named)

	id = c.begin()
	bob.seal(model.Draft{Scope: id, Body: &model.IncidentRestrict{On: true}})
	require.Equal(t, []model.PersonID{ana.person}, bob.view(id).Named, "who opened it")
}
