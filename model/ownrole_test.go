package model_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
)

// dba is a role of a team's own.
var dba = model.AddRole{Name: "Database lead", Letter: "b", Duty: "Keeps the data whole.", Words: []string{"dba", "DB"}}

// ours are the team's own roles that the author offers, by id.
func (a *author) ours() map[model.Role]model.RoleCard {
	out := map[model.Role]model.RoleCard{}
	for _, c := range a.state.People.Roster().Roles().Offered() {
		if c.Own {
			out[c.Role] = c
		}
	}
	return out
}

// judged is the incident as a room shows it.
func (a *author) judged(id model.Scope) *model.View {
	a.state.Incidents[id].Judge(a.state.People.Roster())
	return a.view(id)
}

func holding(t require.TestingT, v *model.View, role model.Role) model.Holding {
	i := slices.IndexFunc(v.Roles, func(h model.Holding) bool { return h.Card.Role == role })
	require.GreaterOrEqual(t, i, 0, "%s is not among the roles", role)
	return v.Roles[i]
}

func (a *author) offers(id model.Scope, role model.Role) bool {
	return slices.ContainsFunc(a.judged(id).Roles, func(h model.Holding) bool { return h.Card.Role == role })
}

func TestARoleOfOnesOwnHasACard(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	bob.must(model.Scope{}, dba) // nobody asks an owner at night
	c.meet()
	card, ok := ana.state.People.Roster().Roles().Card("database-lead")
	require.True(t, ok)
	require.Equal(t, model.RoleCard{
		Role: "database-lead", Name: "Database lead", Letter: "b", Duty: "Keeps the data whole.", Words: []string{"dba", "db"}, Own: true,
	}, card)
	require.Equal(t, model.Say("role.own.duty", "Text", "Keeps the data whole."), card.Does())
	id := c.begin()
	require.Equal(t, card, holding(t, ana.judged(id), "database-lead").Card, "it stands in the roster though nobody holds it")
	require.Len(t, ana.view(id).Roles, len(model.RoleCards())+1)
	for _, typed := range []string{"database-lead", "Database lead", "DATABASE_LEAD", " b ", "dba", "DB", "database lead"} {
		role, err := ana.state.People.Roster().Roles().Parse(typed)
		require.NoError(t, err, typed)
		require.Equal(t, model.Role("database-lead"), role, typed)
	}
	for _, card := range model.RoleCards() {
		role, err := ana.state.People.Roster().Roles().Parse(card.Letter)
		require.NoError(t, err)
		require.Equal(t, card.Role, role)
	}
	_, err := ana.state.People.Roster().Roles().Parse("data")
	require.Equal(t, model.CodeRoleUnknown, model.CodeOf(err))
}

func TestACardIsChangedInParts(t *testing.T) {
	t.Parallel()
	a := newCrew(t, "ana").people[0]
	a.must(model.Scope{}, dba)
	many, name, none, duty := true, "Data lead", "", "Decides on restores."
	words := []string{"data"}
	a.must(model.Scope{}, model.ChangeRole{Role: "database-lead", Many: &many, Name: &name})
	got := a.ours()["database-lead"]
	require.Equal(t, "Data lead", got.Name)
	require.True(t, got.Many)
	require.Equal(t, "b", got.Letter)
	require.Equal(t, "Keeps the data whole.", got.Duty)
	a.must(model.Scope{}, model.ChangeRole{Role: "database-lead", Letter: &none, Duty: &duty, Words: &words})
	got = a.ours()["database-lead"]
	require.Equal(t, "d", model.RoleCards()[1].Letter)
	require.Equal(t, "a", got.Letter, "a free one of its name, of which d is the deputy's")
	require.True(t, got.Chosen)
	require.Equal(t, words, got.Words)
	events, err := a.do(model.Scope{}, model.ChangeRole{Role: "database-lead", Duty: &duty})
	require.NoError(t, err)
	require.Empty(t, events, "nothing changed")
}

func TestAnIDIsMadeOfTheName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]model.Role{
		"Database lead": "database-lead", " Größe / Maß ": "groesse-mass", "Chef d'équipe": "chef-d-equipe", "データ": "", "24x7": "24x7", "--a--b--": "a-b",
		strings.Repeat("long ", 10): "long-long-long-long-long-long-lo",
	} {
		require.Equal(t, want, model.NewRoleID(name), name)
	}
}

func TestWhatIsNoRoleIsRefused(t *testing.T) {
	t.Parallel()
	add := func(change func(*model.AddRole)) model.Command {
		c := model.AddRole{Name: "Runner", Duty: "Carries messages."}
		change(&c)
		return c
	}
	text := func(s string) *string { return &s }
	for name, c := range map[string]struct {
		cmd  model.Command
		code model.Code
	}{
		"no name":                 {add(func(c *model.AddRole) { c.Name = " " }), model.CodeRoleName},
		"a long name":             {add(func(c *model.AddRole) { c.Role, c.Name = "x1", strings.Repeat("n", model.MaxRoleName+1) }), model.CodeTextLong},
		"no duty":                 {add(func(c *model.AddRole) { c.Duty = "" }), model.CodeRoleDuty},
		"a long duty":             {add(func(c *model.AddRole) { c.Duty = strings.Repeat("d", model.MaxRoleDuty+1) }), model.CodeTextLong},
		"a name without an id":    {add(func(c *model.AddRole) { c.Name = "係" }), model.CodeRoleID},
		"an id that is none":      {add(func(c *model.AddRole) { c.Role = "run ner" }), model.CodeRoleID},
		"an id of one letter":     {add(func(c *model.AddRole) { c.Role = "x" }), model.CodeRoleID},
		"a built-in id":           {add(func(c *model.AddRole) { c.Name = "Legal" }), model.CodeRoleTaken},
		"a built-in word":         {add(func(c *model.AddRole) { c.Name = "Tech lead" }), model.CodeRoleTaken},
		"a word of another":       {add(func(c *model.AddRole) { c.Words = []string{"dba"} }), model.CodeRoleTaken},
		"the name of another":     {add(func(c *model.AddRole) { c.Role, c.Name = "other", "database LEAD" }), model.CodeRoleTaken},
		"the id of another":       {dba, model.CodeRoleTaken},
		"a word of the verb":      {add(func(c *model.AddRole) { c.Name = "List" }), model.CodeRoleKept},
		"a word of the handover":  {add(func(c *model.AddRole) { c.Words = []string{"accept"} }), model.CodeRoleKept},
		"a word that is none":     {add(func(c *model.AddRole) { c.Words = []string{"läufer"} }), model.CodeRoleID},
		"many words":              {add(func(c *model.AddRole) { c.Words = strings.Fields("aa ab ac ad ae af ag ah ai") }), model.CodeRoleWords},
		"a built-in letter":       {add(func(c *model.AddRole) { c.Letter = "I" }), model.CodeRoleLetterTaken},
		"a letter of another":     {add(func(c *model.AddRole) { c.Letter = "b" }), model.CodeRoleLetterTaken},
		"a letter that moves":     {add(func(c *model.AddRole) { c.Letter = "j" }), model.CodeRoleLetter},
		"two letters":             {add(func(c *model.AddRole) { c.Letter = "xy" }), model.CodeRoleLetter},
		"no letter":               {add(func(c *model.AddRole) { c.Letter = "é" }), model.CodeRoleLetter},
		"what is not UTF-8":       {add(func(c *model.AddRole) { c.Duty = "\xff" }), model.CodeTextNotUTF8},
		"a change of a built-in":  {model.ChangeRole{Role: model.Legal, Duty: text("x")}, model.CodeRoleBuiltIn},
		"a change of none":        {model.ChangeRole{Role: "nobody", Duty: text("x")}, model.CodeRoleUnknown},
		"a change to no duty":     {model.ChangeRole{Role: "database-lead", Duty: text("")}, model.CodeRoleDuty},
		"a change to no name":     {model.ChangeRole{Role: "database-lead", Name: text("")}, model.CodeRoleName},
		"a change to a letter":    {model.ChangeRole{Role: "database-lead", Letter: text("t")}, model.CodeRoleLetterTaken},
		"a change of the retired": {model.ChangeRole{Role: "gone", Duty: text("x")}, model.CodeRoleRetired},
		"retiring a built-in":     {model.RetireRole{Role: model.IncidentManager}, model.CodeRoleBuiltIn},
		"retiring none":           {model.RetireRole{Role: "nobody"}, model.CodeRoleUnknown},
		"retiring twice":          {model.RetireRole{Role: "gone"}, model.CodeRoleRetired},
		"giving the retired":      {model.AssignRole{Role: "gone", Name: "bob"}, model.CodeRoleRetired},
		"giving none":             {model.AssignRole{Role: "nobody", Name: "bob"}, model.CodeRoleUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "bob")
			s.must(model.Scope{}, dba)
			s.must(model.Scope{}, model.AddRole{Name: "Gone", Duty: "Was here."})
			s.must(model.Scope{}, model.RetireRole{Role: "gone"})
			events, err := s.do(s.id, c.cmd)
			require.Equal(t, c.code, model.CodeOf(err))
			require.Empty(t, events)
		})
	}
}

func TestAWorkspaceHasSoManyRolesOfItsOwn(t *testing.T) {
	t.Parallel()
	a := newCrew(t, "ana").people[0]
	for i := range model.MaxOwnRoles {
		a.must(model.Scope{}, model.AddRole{Name: fmt.Sprintf("Runner %d", i), Duty: "Runs."})
	}
	a.refused(model.CodeRoleLimit, model.Scope{}, dba)
	a.must(model.Scope{}, model.RetireRole{Role: "runner-3"})
	a.must(model.Scope{}, dba)
	letters := map[string]bool{}
	for _, c := range a.state.People.Roster().Roles().Offered() {
		if c.Letter != "" {
			require.False(t, letters[c.Letter], "two have %s", c.Letter)
			letters[c.Letter] = true
		}
	}
	for _, key := range []string{"j", "k", "g", "q"} {
		require.False(t, letters[key], "%s moves in a menu, or closes it", key)
	}
}

func TestAnOwnRoleOfOneHolderGoesOverAndIsUndone(t *testing.T) {
	t.Parallel()
	s := newStage(t, "bob")
	bob := s.crew.people[1]
	s.must(model.Scope{}, dba)
	s.must(model.Scope{}, model.AddRole{Name: "Runner", Duty: "Runs.", Many: true})
	names := func(role model.Role) (out []model.PersonID) {
		for _, h := range s.judged(s.id).Holders(role) {
			out = append(out, h.Person)
		}
		return out
	}
	// Whatever gave it, the assignment says that one person holds it.
	one := func() {
		t.Helper()
		for _, h := range s.judged(s.id).Holders("database-lead") {
			require.True(t, h.By.Body.(*model.RoleAssign).One)
		}
	}
	s.must(s.id, model.AssignRole{Role: "database-lead", Person: s.person})
	s.refused(model.CodeRoleHeld, s.id, model.AssignRole{Role: "database-lead", Person: s.person})
	s.must(s.id, model.AssignRole{Role: "database-lead", Person: bob.person})
	require.Equal(t, []model.PersonID{bob.person}, names("database-lead"), "one holds it")
	s.must(s.id, model.Undo{})
	require.Equal(t, []model.PersonID{s.person}, names("database-lead"))
	one()
	s.must(s.id, model.AssignRole{Role: "runner", Person: s.person})
	s.must(s.id, model.AssignRole{Role: "runner", Person: bob.person})
	require.Len(t, names("runner"), 2, "several hold it")
	require.False(t, holding(t, s.judged(s.id), "runner").Conflict())
	s.must(s.id, model.OfferHandover{Role: "database-lead", Person: bob.person, Brief: "all is well"})
	s.crew.meet()
	bob.must(s.id, model.AnswerHandover{Offer: bob.view(s.id).Offers()[0].Ref, Accept: true})
	s.crew.meet()
	require.Equal(t, []model.PersonID{bob.person}, names("database-lead"))
	one()
	s.must(s.id, model.ReleaseRole{Role: "database-lead"})
	require.Empty(t, names("database-lead"))
	s.must(s.id, model.Undo{})
	require.Equal(t, []model.PersonID{bob.person}, names("database-lead"))
	one()
	s.must(s.id, model.Redo{})
	bob.learn(s.known...)
	bob.must(s.id, model.AssignRole{Role: "database-lead", Person: bob.person})
	s.crew.meet()
	s.refused(model.CodeUndoOvertaken, s.id, model.Undo{})
}

func TestTwoHoldersOfAnOwnRoleAreAConflictToSettle(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	ana.must(model.Scope{}, dba)
	id := c.begin()
	ana.must(id, model.AssignRole{Role: "database-lead", Person: ana.person})
	bob.must(id, model.AssignRole{Role: "database-lead", Person: bob.person})
	c.meet()
	h := holding(t, ana.judged(id), "database-lead")
	require.True(t, h.Conflict())
	require.True(t, ana.state.Incidents[id].Summary().Conflict, "the list says so too")
	many := true
	ana.must(model.Scope{}, model.ChangeRole{Role: "database-lead", Many: &many})
	require.True(t, holding(t, ana.judged(id), "database-lead").Conflict(), "a card that changes settles nothing")
	ana.must(id, model.Settle{Choose: h.Holders[0].By.Ref})
	h = holding(t, ana.judged(id), "database-lead")
	require.False(t, h.Conflict())
	require.Len(t, h.Holders, 1)
	require.True(t, h.Holders[0].By.Body.(*model.RoleAssign).One)
	ana.must(id, model.AssignRole{Role: "database-lead", Name: "eve"})
	h = holding(t, ana.judged(id), "database-lead")
	require.Len(t, h.Holders, 2, "now several may")
	require.False(t, h.Conflict())
}

func TestARetiredRoleIsNotOfferedAndItsHolderCanBeReleased(t *testing.T) {
	t.Parallel()
	s := newStage(t, "bob")
	s.must(model.Scope{}, dba)
	s.must(s.id, model.AssignRole{Role: "database-lead", Person: s.person})
	s.must(model.Scope{}, model.RetireRole{Role: "database-lead"})
	h := holding(t, s.judged(s.id), "database-lead")
	require.True(t, h.Card.Retired)
	require.Equal(t, "Keeps the data whole.", h.Card.Duty, "what it is stays known")
	require.Len(t, h.Holders, 1)
	role, err := s.state.People.Roster().Roles().Parse("database lead")
	require.NoError(t, err)
	s.must(s.id, model.ReleaseRole{Role: role})
	require.False(t, s.offers(s.id, "database-lead"))
	s.refused(model.CodeRoleNotHeld, s.id, model.ReleaseRole{Role: role})
	s.must(model.Scope{}, model.AddRole{Name: "Database lead", Duty: "Is back.", Letter: "b"})
	require.True(t, s.offers(s.id, "database-lead"))
	require.Equal(t, "Is back.", s.ours()["database-lead"].Duty)
}

// The letter goes with who had it first, though the other's card is older or changed later.
func TestOfTwoRolesWithOneLetterTheLaterLosesIt(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	bob.must(model.Scope{}, model.AddRole{Name: "Runner", Duty: "Runs."})
	c.meet()
	ana.must(model.Scope{}, dba)
	bob.now = ana.now.Add(1)
	letter, duty := "b", "Keeps backups."
	bob.must(model.Scope{}, model.ChangeRole{Role: "runner", Letter: &letter})
	c.meet()
	check := func(a *author) {
		require.Equal(t, "b", a.ours()["database-lead"].Letter)
		require.Equal(t, "r", func() string {
			c := a.ours()["runner"]
			require.True(t, c.Chosen)
			return c.Letter
		}())
	}
	check(ana)
	check(bob)
	ana.must(model.Scope{}, model.ChangeRole{Role: "database-lead", Duty: &duty})
	c.meet()
	check(ana)
	bob.must(model.Scope{}, model.ChangeRole{Role: "runner", Duty: &duty})
	ana.must(model.Scope{}, model.RetireRole{Role: "database-lead"})
	c.meet()
	require.Equal(t, "r", ana.ours()["runner"].Letter, "who lost it, and was changed since, does not get it back")
}

func TestCardsThatWereWrittenAtOnceAreBothKnown(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	ana.must(model.Scope{}, dba)
	other := dba
	other.Duty = "Knows the tables."
	bob.now = ana.now.Add(1)
	bob.must(model.Scope{}, other)
	c.meet()
	own := ana.state.People.Roster().Roles().Own()
	require.Len(t, own, 1, "one id is one role")
	require.Equal(t, "Knows the tables.", own[0].Duty)
	require.Len(t, own[0].Others, 1)
	ana.must(model.Scope{}, model.ChangeRole{Role: "database-lead", Duty: &other.Duty})
	require.Empty(t, ana.state.People.Roster().Roles().Own()[0].Others, "a change takes the place of both")
}

func TestARoleWhoseCardComesLaterIsShownByItsID(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	id := c.begin()
	card := ana.must(model.Scope{}, dba)
	given := ana.must(id, model.AssignRole{Role: "database-lead", Person: ana.person})
	bob.learn(given)
	h := holding(t, bob.judged(id), "database-lead")
	require.Len(t, h.Holders, 1)
	require.True(t, h.Card.Own)
	require.True(t, h.Card.Does().IsZero())
	role, err := bob.state.People.Roster().Roles().ParseHeld("database-lead", bob.view(id))
	require.NoError(t, err)
	bob.must(id, model.ReleaseRole{Role: role})
	bob.refused(model.CodeRoleUnknown, id, model.AssignRole{Role: role, Person: bob.person})
	bob.refused(model.CodeRoleUnknown, id, model.ReleaseRole{Role: role})
	bob.learn(card)
	bob.must(id, model.AssignRole{Role: role, Person: bob.person})
	require.Equal(t, "Database lead", holding(t, bob.judged(id), role).Card.Name)
}

// What another program wrote is bounded, and does not take the place of what there is.
func TestACardOfAnotherProgramIsBounded(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana")
	a := c.people[0]
	write := func(role model.Role, letter, text string) {
		a.seal(model.Draft{Scope: c.ws.Scope(), Body: &model.RoleSet{Common: model.Common{Actor: a.person}, Role: role, Letter: letter}, Text: text})
	}
	write("manager", "z", "name: King\nduty: rules")
	write("no id", "z", "name: x")
	write("wide", "i", "name: "+strings.Repeat("é", 500)+"\nduty: "+strings.Repeat("d", 5_000)+"\nwords: a, ok, "+strings.Repeat("w", 99)+"\nnew: x")
	write("bare", "jj", "")
	ours := a.ours()
	require.Len(t, ours, 2)
	require.LessOrEqual(t, len(ours["wide"].Name), model.MaxRoleName)
	require.Len(t, ours["wide"].Duty, model.MaxRoleDuty)
	require.Equal(t, []string{"ok"}, ours["wide"].Words)
	require.NotEqual(t, "i", ours["wide"].Letter)
	require.Equal(t, "bare", ours["bare"].Name)
	require.Equal(t, "b", ours["bare"].Letter)
}

func TestACardOfWhoMayNotWriteDoesNotCount(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	ana.must(model.Scope{}, model.SetAccess{Person: bob.person, Access: model.Observer})
	c.meet()
	bob.refused(model.CodeAccessObserver, model.Scope{}, dba)
	bob.seal(model.Draft{Scope: c.ws.Scope(), Body: &model.RoleSet{Common: model.Common{Actor: bob.person}, Role: "king"}, Text: "name: King\nduty: Rules."})
	c.meet()
	require.Empty(t, ana.ours())
}

func TestTheLogTellsOfRoles(t *testing.T) {
	t.Parallel()
	a := newCrew(t, "ana").people[0]
	duty := "Decides."
	var keys []string
	for _, cmd := range []model.Command{dba, model.ChangeRole{Role: "database-lead", Duty: &duty}, model.RetireRole{Role: "database-lead"}, dba} {
		r := decode(t, a.must(model.Scope{}, cmd))
		var was []*model.Record
		for _, e := range a.known {
			if slices.Contains(r.Common().Pred, e.Ref()) {
				was = append(was, decode(t, e))
			}
		}
		keys = append(keys, (&model.Line{Rec: r, Was: was}).Describe().Key)
	}
	require.Equal(t, []string{"log.role.added", "log.role.card", "log.role.retired", "log.role.added"}, keys)
}

// roleAct does something with roles of one's own.
func roleAct(t *rapid.T, a *author, person func() model.PersonID) model.Command {
	ids := []model.Role{"runner", "database-lead", "gone"}
	role := rapid.SampledFrom(ids).Draw(t, "own role")
	letter := rapid.SampledFrom([]string{"", "b", "x", "r"}).Draw(t, "letter")
	switch rapid.IntRange(0, 5).Draw(t, "role act") {
	case 0:
		return model.AddRole{Role: role, Name: "The " + string(role), Letter: letter, Duty: "Does it.", Many: rapid.Bool().Draw(t, "many")}
	case 1:
		many := rapid.Bool().Draw(t, "many")
		return model.ChangeRole{Role: role, Letter: &letter, Many: &many}
	case 2:
		return model.RetireRole{Role: role}
	case 3:
		return model.ReleaseRole{Role: role}
	}
	return model.AssignRole{Role: role, Person: person()}
}

func TestRolesInAnyOrderGiveTheSameBookAndRoster(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newCrew(t, "ana", "bob", "cleo")
		for _, a := range c.people {
			rapid.SampledFrom(clocks).Draw(t, "clock")(a)
		}
		id := c.begin()
		for range rapid.IntRange(1, 25).Draw(t, "acts") {
			a := rapid.SampledFrom(c.people).Draw(t, "who")
			if rapid.IntRange(0, 2).Draw(t, "hears") == 0 {
				from := rapid.SampledFrom(c.people).Draw(t, "from")
				a.learn(from.known[:rapid.IntRange(0, len(from.known)).Draw(t, "how much")]...)
			}
			person := func() model.PersonID { return rapid.SampledFrom(c.people).Draw(t, "whom").person }
			cmd := roleAct(t, a, person)
			if rapid.IntRange(0, 4).Draw(t, "undo") == 0 {
				cmd = model.Undo{}
			}
			_, err := a.do(id, cmd)
			require.False(t, err != nil && model.CodeOf(err) == "", "a refusal without a code: %v", err)
		}
		want := c.fold(c.events)
		want.Incidents[id].Judge(want.People.Roster())
		got := model.NewState(c.ws.Scope())
		for _, e := range shuffled(t, c.events) {
			got.Apply(decode(t, e))
			if in := got.Incidents[id]; in != nil && rapid.Bool().Draw(t, "look") {
				in.Judge(got.People.Roster())
				in.View()
			}
		}
		got.Incidents[id].Judge(got.People.Roster())
		require.Equal(t, want.People.Roster().Roles(), got.People.Roster().Roles())
		require.Equal(t, want.Incidents[id].View(), got.Incidents[id].View())
		require.Equal(t, want.Hash(), got.Hash())
		letters := map[string]model.Role{}
		for _, c := range got.People.Roster().Roles().Offered() {
			require.Empty(t, letters[c.Letter], "%s and %s have %s", letters[c.Letter], c.Role, c.Letter)
			letters[c.Letter] = c.Role
		}
	})
}
