package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// Who added a person first must not depend on what was folded first, even when
// a record moves after it was folded.
func TestPeopleAreTheSameWhenTheOrderChangesLater(t *testing.T) {
	t.Parallel()
	scope, log := model.Scope{7}, model.LogID{1}
	id := model.NewPersonID(log, model.Nonce{1})
	make3 := func() (cause, early, late *model.Record) {
		add := func(seq byte, clock model.Clock, pred ...model.Ref) *model.Record {
			b := &model.PersonAdd{Person: id, Nonce: model.Nonce{1}}
			b.Pred = pred
			return &model.Record{Ref: refOf(1, seq), Scope: scope, Clock: clock, Eff: clock, Body: b}
		}
		cause = &model.Record{Ref: refOf(2, 1), Scope: scope, Clock: 500, Eff: 500, Body: &model.EntryAdd{}}
		return cause, add(1, 10, refOf(2, 1)), add(2, 20)
	}
	fold := func(rs ...*model.Record) model.Hash {
		s := model.NewState(scope)
		for _, r := range rs {
			s.Apply(r)
		}
		return s.Hash()
	}
	cause, early, late := make3()
	want := fold(cause, early, late)
	cause, early, late = make3()
	require.Equal(t, want, fold(early, late, cause))
}

func TestNobodyAddsAPersonUnderAnothersID(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	bob.seal(model.Draft{Scope: c.ws.Scope(), Body: &model.PersonAdd{Person: ana.person}, Text: "mallory"})
	bob.seal(model.Draft{Scope: c.ws.Scope(), Body: &model.Genesis{Person: bob.person}, Text: "mallory"})
	c.meet()
	require.Equal(t, []model.Person{{ID: ana.person, Name: "ana", Founder: true, Access: model.Owner}, {ID: bob.person, Name: "bob", Access: model.Responder}}, ana.state.People.Roster().All())
}

func TestRosterFind(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "Ana", "Andrea", "Bob Stone", "Émile")
	ids := map[string]model.PersonID{}
	for _, a := range c.people {
		ids[a.name] = a.person
	}
	for typed, want := range map[string]struct {
		name string
		code model.Code
	}{
		"ana":       {name: "Ana"},
		"@ANA ":     {name: "Ana"},
		"andr":      {name: "Andrea"},
		"bob stone": {name: "Bob Stone"},
		"bob":       {name: "Bob Stone"},
		"émile":     {name: "Émile"},
		"an":        {code: model.CodePersonAmbiguous},
		"zoe":       {code: model.CodePersonUnknown},
		"":          {code: model.CodePersonEmpty},
		"@":         {code: model.CodePersonEmpty},
	} {
		id, err := c.people[0].state.People.Roster().Find(typed)
		require.Equal(t, want.code, model.CodeOf(err), typed)
		require.Equal(t, ids[want.name], id, typed)
	}
}

func TestRosterNamesWhoIsNotKnown(t *testing.T) {
	t.Parallel()
	ro := newCrew(t, "ana").people[0].state.People.Roster()
	require.Equal(t, "-", ro.Name(model.PersonID{}))
	require.Equal(t, "ab000000", ro.Name(model.PersonID{0xab}))
}

func TestARenamingIsARegister(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	ana.must(model.Scope{}, model.RenamePerson{Person: bob.person, Name: "robert"})
	c.meet()
	bob.must(model.Scope{}, model.RenamePerson{Person: bob.person, Name: "rob"})
	c.meet()
	require.Equal(t, "rob", ana.state.People.Roster().Name(bob.person))
}
