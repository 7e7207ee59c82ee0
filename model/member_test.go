package model_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

// owners makes everybody of the crew an owner.
func (c *crew) owners() {
	for _, a := range c.people[1:] {
		c.people[0].must(model.Scope{}, model.SetAccess{Person: a.person, Access: model.Owner})
	}
	c.meet()
}

func (a *author) access(of *author) model.Access { return a.state.People.Access(of.person) }

// refused does a command that has to be refused with the code.
func (a *author) refused(code model.Code, incident model.Scope, cmd model.Command) error {
	_, err := a.do(incident, cmd)
	require.Equal(a.crew.t, code, model.CodeOf(err), "%#v", cmd)
	return err
}

func TestTheFounderIsAnOwnerAndWhoIsKnownByNameIsNoMember(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana := c.people[0]
	ana.must(model.Scope{}, model.AddPerson{Name: "cleo"})
	cleo, err := ana.state.People.Roster().Find("cleo")
	require.NoError(t, err)
	require.Equal(t, model.Owner, ana.access(ana))
	require.Equal(t, model.Responder, ana.access(c.people[1]))
	require.Equal(t, model.NoAccess, ana.state.People.Access(cleo))
	require.Equal(t, model.NoAccess, ana.state.People.Access(model.PersonID{}))
	require.Equal(t, []model.PersonID{ana.person}, ana.state.People.Owners())
	ro := ana.state.People.Roster()
	require.Len(t, ro.Members(), 2)
	require.Len(t, ro.Owners(), 1)
	require.Equal(t, model.Responder, ro.Access(c.people[1].person))
	person, ok := ro.Person(cleo)
	require.True(t, ok)
	require.False(t, person.Member())
}

func TestAdmitting(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "Bob Stone")
	ana := c.people[0]
	none := model.Scope{}
	find := func(name string) model.PersonID {
		id, err := ana.state.People.Roster().Find(name)
		require.NoError(t, err)
		return id
	}
	ana.must(none, model.AddPerson{Name: "cleo"})
	cleo := find("cleo")
	ana.must(none, model.AdmitMember{Name: "CLEO", Access: model.Observer})
	require.Equal(t, model.Observer, ana.state.People.Access(cleo), "who is known is admitted, not added again")

	// The beginning of a name would let in somebody else.
	ana.must(none, model.AdmitMember{Name: "bob", Access: model.Observer})
	require.Equal(t, model.Responder, ana.access(c.people[1]))
	require.NotEqual(t, c.people[1].person, find("bob"))

	ana.must(none, model.AddPerson{Name: "dan"})
	ana.must(none, model.AdmitMember{Person: find("dan"), Access: model.Owner})
	require.Len(t, ana.state.People.Owners(), 2)

	for _, cmd := range []model.AdmitMember{{Name: "cleo", Access: model.Responder}, {Person: cleo, Access: model.Observer}} {
		err := ana.refused(model.CodeMemberAlready, none, cmd)
		require.Equal(t, model.Refuse(model.CodeMemberAlready, "Person", cleo, "Access", model.Observer.Phrase()), err)
	}
	ana.refused(model.CodeAccessUnknown, none, model.AdmitMember{Name: "eve"})
	ana.refused(model.CodeAccessUnknown, none, model.AdmitMember{Name: "eve", Access: 9})
	ana.refused(model.CodePersonUnknown, none, model.AdmitMember{Person: model.PersonID{1}, Access: model.Observer})
	ana.refused(model.CodePersonEmpty, none, model.AdmitMember{Access: model.Observer})

	ana.must(none, model.AddPerson{Name: "eve"})
	ana.seal(model.Draft{Scope: c.ws.Scope(), Body: &model.PersonName{Person: find("eve")}, Text: "fay"})
	ana.must(none, model.AddPerson{Name: "eve"})
	ana.seal(model.Draft{Scope: c.ws.Scope(), Body: &model.PersonName{Person: find("eve")}, Text: "fay"})
	ana.refused(model.CodePersonAmbiguous, none, model.AdmitMember{Name: "fay", Access: model.Observer})
}

func TestAccessChangesAndEnds(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	none := model.Scope{}
	ana.refused(model.CodeAccessSame, none, model.SetAccess{Person: bob.person, Access: model.Responder})
	ana.refused(model.CodeAccessUnknown, none, model.SetAccess{Person: bob.person})
	ana.must(none, model.SetAccess{Person: bob.person, Access: model.Observer})
	require.Equal(t, model.Observer, ana.access(bob))
	ana.must(none, model.AddWay{Person: bob.person, Key: sshKey(1)})
	ana.must(none, model.RevokeMember{Person: bob.person})
	require.Equal(t, model.NoAccess, ana.access(bob))
	require.Equal(t, "bob", ana.state.People.Roster().Name(bob.person), "the name stays")
	require.Empty(t, ana.state.People.Ways(bob.person), "a key does not come back with a new admission")
	ana.refused(model.CodeMemberNot, none, model.SetAccess{Person: bob.person, Access: model.Owner})
	ana.refused(model.CodeMemberNot, none, model.RevokeMember{Person: bob.person})
	ana.must(none, model.AdmitMember{Person: bob.person, Access: model.Responder})
	require.Equal(t, model.Responder, ana.access(bob))
	_, ok := ana.state.People.ByKey(sshKey(1))
	require.False(t, ok)
}

// What lets somebody in without being asked for must not let in who was taken out.
func TestTheWaysOfWhoWasTakenOutAreBarred(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	none, machine := model.Scope{}, model.MachineID{0xe0}
	ana.must(none, model.AddWay{Person: bob.person, Key: sshKey(1)})
	ana.must(none, model.AddWay{Person: bob.person, Machine: machine, UID: 7, Login: "bob"})
	barred := func() bool {
		people := ana.state.People.Roster()
		require.Equal(t, people.BarredKey(sshKey(1)), people.BarredUID(machine, 7))
		require.False(t, people.BarredKey(sshKey(2)))
		require.False(t, people.BarredUID(machine, 8))
		return people.BarredKey(sshKey(1))
	}
	require.False(t, barred())
	ana.must(none, model.RevokeMember{Person: bob.person})
	require.True(t, barred())
	ana.must(none, model.AddWay{Person: ana.person, Key: sshKey(1)})
	ana.must(none, model.AddWay{Person: ana.person, Machine: machine, UID: 7, Login: "bob"})
	require.False(t, barred(), "an owner gave them to somebody else")
}

func TestTheLastOwnerStays(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	none := model.Scope{}
	ana.refused(model.CodeOwnerLast, none, model.SetAccess{Person: ana.person, Access: model.Responder})
	ana.refused(model.CodeOwnerLast, none, model.RevokeMember{Person: ana.person})
	c.owners()
	bob.must(none, model.RevokeMember{Person: ana.person})
	c.meet()
	require.Equal(t, model.NoAccess, bob.access(ana), "the founder too, by another owner")
	bob.refused(model.CodeOwnerLast, none, model.RevokeMember{Person: bob.person})
	ana.refused(model.CodeAccessNone, none, model.AddPerson{Name: "x"})
}

func TestOfConcurrentAccessesTheLowestHolds(t *testing.T) {
	t.Parallel()
	none := model.Scope{}
	for name, c := range map[string]struct {
		first, second func(model.PersonID) model.Command
		want          model.Access
	}{
		"two accesses": {
			func(p model.PersonID) model.Command { return model.SetAccess{Person: p, Access: model.Owner} },
			func(p model.PersonID) model.Command { return model.SetAccess{Person: p, Access: model.Observer} },
			model.Observer,
		},
		"a revocation beats a change": {
			func(p model.PersonID) model.Command { return model.RevokeMember{Person: p} },
			func(p model.PersonID) model.Command { return model.SetAccess{Person: p, Access: model.Owner} },
			model.NoAccess,
		},
	} {
		for _, swap := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				crew := newCrew(t, "ana", "bob", "cleo")
				crew.owners()
				ana, bob, cleo := crew.people[0], crew.people[1], crew.people[2]
				ana.must(none, model.SetAccess{Person: cleo.person, Access: model.Responder})
				crew.meet()
				first, second := ana, bob
				if swap {
					first, second = bob, ana
				}
				first.must(none, c.first(cleo.person))
				second.must(none, c.second(cleo.person))
				crew.meet()
				require.Equal(t, c.want, ana.access(cleo))
				require.Equal(t, c.want, bob.access(cleo))
				// Either settles it, and what is set again stands alone.
				if c.want == model.NoAccess {
					ana.must(none, model.AdmitMember{Person: cleo.person, Access: model.Responder})
				} else {
					ana.must(none, model.SetAccess{Person: cleo.person, Access: model.Responder})
				}
				require.Equal(t, model.Responder, ana.access(cleo))
			})
		}
	}
}

// every has an example of each command, as bob would give it in the crew ana, bob.
func every(ana, bob *author) map[string]model.Command {
	all := map[string]model.Command{}
	for _, c := range []model.Command{
		model.OpenIncident{Title: "x"}, model.SetTitle{Title: "x"}, model.SetSeverity{Level: 1}, model.ApplySuggestion{},
		model.SetStatus{Status: model.Fixing}, answer(model.AskMany, model.All), model.AssignRole{Role: model.Expert, Person: bob.person},
		model.ReleaseRole{Role: model.Expert}, model.Write{Text: "x"}, model.Amend{Text: "x"}, model.Strike{}, model.Star{},
		model.RemoveText{}, model.AddLink{URL: "https://x.example"}, model.RemoveLink{}, model.PinTopic{Text: "x"},
		model.SetMoment{Moment: model.Detected}, model.MarkPhase{Phase: model.PhaseAssess, Done: true},
		model.PostUpdate{Audience: model.ToTeam, State: model.Identified, Text: "x"}, body(firing("a", 1)), model.AddPerson{Name: "x"},
		model.RenamePerson{Person: bob.person, Name: "x"}, model.AdmitMember{Name: "x", Access: model.Observer},
		model.SetAccess{Person: bob.person, Access: model.Owner}, model.RevokeMember{Person: bob.person},
		model.AddDevice{Person: bob.person, Device: model.DeviceKey{1}}, model.AddWay{Person: bob.person, Key: sshKey(1)}, model.DropWay{Person: bob.person}, model.Restrict{}, model.Unrestrict{},
		model.Settle{}, model.Undo{}, model.Redo{},
		model.MakeInvite{Access: model.Observer}, model.ApproveJoin{Name: "x", Access: model.Observer, Device: model.DeviceKey{1}},
		model.RevokeDevice{Device: bob.signer.Device()}, model.MuteDevice{Device: bob.signer.Device(), Muted: true},
		model.SetRecoveryKey{Device: model.DeviceKey{1}},
		model.SetLinkTemplate{Kind: model.ChatLink}, model.SetUpdateTemplate{Audience: model.ToTeam, State: model.Identified}, model.MakeLinks{},
		model.SaveDraft{Audience: model.ToTeam, State: model.Identified, Text: "x"}, model.DropDraft{Audience: model.ToTeam}, model.ApproveDraft{}, model.WaiveUpdate{Audience: model.ToTeam},
		model.OfferHandover{Role: model.IncidentManager, Person: ana.person, Brief: "x"}, model.AnswerHandover{}, model.AddTask{Person: bob.person, Text: "x"}, model.ChangeTask{},
		model.Propose{Text: "x"}, model.Object{Text: "x"}, model.CloseDecision{Outcome: model.Agreed}, model.AddHypothesis{Text: "x"}, model.JudgeHypothesis{},
		model.AddFollowUp{Text: "x"}, model.ChangeFollowUp{}, model.Relate{Relation: model.Follows}, model.Merge{},
		model.SendPage{To: []model.PageTarget{{Person: bob.person}}}, model.NextPage{}, model.AcknowledgePage{},
		model.RecordPage{}, model.StopPages{}, model.LeasePage{}, model.SetContact{Person: bob.person}, model.SetRota{Text: "x"},
		model.AddRole{Name: "Runner", Duty: "Runs."}, model.ChangeRole{Role: "runner"}, model.RetireRole{Role: "runner"},
	} {
		all[reflect.TypeOf(c).Name()] = c
	}
	return all
}

func TestWhoMayNotActIsRefusedWhateverTheCommand(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	id := c.begin()
	commands := every(ana, bob)
	var decls []ast.Decl
	for _, name := range []string{"command.go", "decide_work.go", "ownrole.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		decls = append(decls, file.Decls...)
	}
	var declared int
	for _, d := range decls {
		if gen, ok := d.(*ast.GenDecl); ok && gen.Tok == token.TYPE && gen.Lparen.IsValid() {
			for _, s := range gen.Specs {
				declared++
				require.Contains(t, commands, s.(*ast.TypeSpec).Name.Name, "a command without a case here")
			}
		}
	}
	require.Greater(t, declared, 30)
	ana.must(model.Scope{}, model.SetAccess{Person: bob.person, Access: model.Observer})
	c.meet()
	for _, cmd := range commands {
		err := bob.refused(model.CodeAccessObserver, id, cmd)
		require.Equal(t, model.Refuse(model.CodeAccessObserver, "Owners", "ana"), err)
	}
	ana.must(model.Scope{}, model.RevokeMember{Person: bob.person})
	c.meet()
	for _, cmd := range commands {
		bob.refused(model.CodeAccessNone, id, cmd)
	}
}

func TestWhatAResponderMay(t *testing.T) {
	t.Parallel()
	none := model.Scope{}
	const may = model.Code("")
	for name, c := range map[string]struct {
		cmd func(ana, bob, cleo model.PersonID) model.Command
		// The codes for a responder, and for one whose name was only typed.
		code, claimed model.Code
	}{
		"write":          {func(_, _, _ model.PersonID) model.Command { return model.Write{Text: "x"} }, may, may},
		"add":            {func(_, _, _ model.PersonID) model.Command { return model.AddPerson{Name: "x"} }, may, may},
		"rename self":    {func(_, b, _ model.PersonID) model.Command { return model.RenamePerson{Person: b, Name: "x"} }, may, model.CodeAccessClaimed},
		"rename a name":  {func(_, _, c model.PersonID) model.Command { return model.RenamePerson{Person: c, Name: "x"} }, may, may},
		"rename another": {func(a, _, _ model.PersonID) model.Command { return model.RenamePerson{Person: a, Name: "x"} }, model.CodeAccessOwner, model.CodeAccessClaimed},
		"pass for":       {func(_, b, _ model.PersonID) model.Command { return model.RenamePerson{Person: b, Name: "ANA"} }, model.CodePersonTaken, model.CodeAccessClaimed},
		"admit observer": {func(_, _, c model.PersonID) model.Command {
			return model.AdmitMember{Person: c, Access: model.Observer}
		}, may, model.CodeAccessClaimed},
		"admit responder": {func(_, _, _ model.PersonID) model.Command {
			return model.AdmitMember{Name: "x", Access: model.Responder}
		}, may, model.CodeAccessClaimed},
		"admit owner":    {func(_, _, _ model.PersonID) model.Command { return model.AdmitMember{Name: "x", Access: model.Owner} }, model.CodeAccessOwner, model.CodeAccessClaimed},
		"set access":     {func(_, b, _ model.PersonID) model.Command { return model.SetAccess{Person: b, Access: model.Owner} }, model.CodeAccessOwner, model.CodeAccessClaimed},
		"revoke":         {func(a, _, _ model.PersonID) model.Command { return model.RevokeMember{Person: a} }, model.CodeAccessOwner, model.CodeAccessClaimed},
		"own key":        {func(_, b, _ model.PersonID) model.Command { return model.AddWay{Person: b, Key: sshKey(1)} }, may, model.CodeAccessClaimed},
		"another's key":  {func(a, _, _ model.PersonID) model.Command { return model.AddWay{Person: a, Key: sshKey(1)} }, model.CodeAccessOwner, model.CodeAccessClaimed},
		"drop another's": {func(a, _, _ model.PersonID) model.Command { return model.DropWay{Person: a} }, model.CodeAccessOwner, model.CodeAccessClaimed},
		"drop own":       {func(_, b, _ model.PersonID) model.Command { return model.DropWay{Person: b} }, model.CodeWayUnknown, model.CodeAccessClaimed},
		"restrict":       {func(_, _, _ model.PersonID) model.Command { return model.Restrict{} }, may, model.CodeAccessClaimed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crew := newCrew(t, "ana", "bob")
			ana, bob := crew.people[0], crew.people[1]
			ana.must(none, model.AddPerson{Name: "cleo"})
			cleo, err := ana.state.People.Roster().Find("cleo")
			require.NoError(t, err)
			id := crew.begin()
			cmd := c.cmd(ana.person, bob.person, cleo)
			bob.via = model.DoorClaimed
			_, err = bob.do(id, cmd)
			require.Equal(t, c.claimed, model.CodeOf(err))
			crew = newCrew(t, "ana", "bob")
			ana, bob = crew.people[0], crew.people[1]
			ana.must(none, model.AddPerson{Name: "cleo"})
			id = crew.begin()
			_, err = bob.do(id, cmd)
			require.Equal(t, c.code, model.CodeOf(err))
		})
	}
}

func TestATypedNameGivesNoOwnersRights(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	id := c.begin()
	entry := bob.must(id, model.Write{Text: "a password"})
	c.meet()
	ana.via = model.DoorClaimed
	ana.refused(model.CodeTextNotYours, id, model.RemoveText{Target: entry.Ref()})
	ana.refused(model.CodeAccessClaimed, model.Scope{}, model.SetAccess{Person: bob.person, Access: model.Owner})
}

func TestWhoWasTakenOutIsAdmittedAgainByAnOwnerOnly(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	ana, bob, cleo := c.people[0], c.people[1], c.people[2]
	ana.must(model.Scope{}, model.RevokeMember{Person: cleo.person})
	c.meet()
	bob.refused(model.CodeMemberRevoked, model.Scope{}, model.AdmitMember{Person: cleo.person, Access: model.Observer})
	bob.refused(model.CodeMemberRevoked, model.Scope{}, model.AdmitMember{Name: "cleo", Access: model.Observer})
	ana.must(model.Scope{}, model.AdmitMember{Name: "cleo", Access: model.Observer})
	require.Equal(t, model.Observer, ana.access(cleo))
}

// Who was an owner when a text was removed had the right, and a store that learns
// of it later removes the text too.
func TestARemovalCountsByWhoWasAnOwnerThen(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	ana, bob := c.people[0], c.people[1]
	id := c.begin()
	first := ana.must(id, model.Write{Text: "one"})
	second := ana.must(id, model.Write{Text: "two"})
	c.meet()
	// bob is no owner yet: only somebody who does not ask writes this.
	bob.seal(model.Draft{Scope: id, Body: &model.TextRemove{Common: model.Common{Actor: bob.person}, Target: first.Ref()}})
	c.meet()
	ana.must(model.Scope{}, model.SetAccess{Person: bob.person, Access: model.Owner})
	c.meet()
	bob.must(id, model.RemoveText{Target: second.Ref()})
	c.meet()
	ana.must(model.Scope{}, model.RevokeMember{Person: bob.person})
	require.Equal(t, []model.Ref{second.Ref()}, ana.state.Incidents[id].Unremoved(ana.state.People))
}

func TestAnEventThatTakesAnotherIDOrAnUnknownAccessLetsNobodyIn(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	ws := c.ws.Scope()
	bob.seal(model.Draft{Scope: ws, Body: &model.MemberAdmit{Person: ana.person, Access: model.Observer, Nonce: model.Nonce{1}}, Text: "mallory"})
	require.Equal(t, model.Owner, bob.access(ana))
	require.Equal(t, "ana", bob.state.People.Roster().Name(ana.person))
	bob.seal(model.Draft{Scope: ws, Body: &model.MemberAdmit{Person: model.PersonID{7}, Access: model.Owner}})
	require.Equal(t, model.NoAccess, bob.state.People.Access(model.PersonID{7}), "nobody has added them")
	require.Len(t, bob.state.People.Owners(), 1)
	bob.seal(model.Draft{Scope: ws, Body: &model.MemberAccess{Person: bob.person, Access: 200}})
	require.Equal(t, model.Responder, bob.access(bob), "it was not bob's to say")
	require.Equal(t, 3, bob.state.People.Doubts())
	ana.seal(model.Draft{Scope: ws, Body: &model.MemberAccess{Person: bob.person, Access: 200}})
	require.Equal(t, model.NoAccess, ana.access(bob), "an access of a newer warroom is none here")
}

// Events of the membership stand in the membership log, and make the ids of it.
func TestMembershipStandsInItsLog(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 5)
	r.Must(model.Scope{}, model.AdmitMember{Name: "bob", Access: model.Responder})
	r.Must(model.Scope{}, model.AddPerson{Name: "cleo"})
	events := r.Events()
	admit, add := events[len(events)-2], events[len(events)-1]
	require.Equal(t, model.KindMemberAdmit, admit.Kind)
	require.Equal(t, events[0].Log, admit.Log, "the log of the genesis")
	require.NotEqual(t, admit.Log, add.Log)
	bob, err := r.Overview().People.Find("bob")
	require.NoError(t, err)
	require.Equal(t, model.Responder, r.Overview().People.Access(bob))
	for k, want := range map[model.Kind]model.LogKind{
		model.KindGenesis: model.MembershipLog, model.KindMemberWayDrop: model.MembershipLog, 15: model.MembershipLog,
		model.KindPersonAdd: model.ContentLog, model.KindIncidentRestrict: model.ContentLog,
	} {
		require.Equal(t, want, k.Log(), k)
	}
}

func TestTheWorkspacesLogSaysWhoAdmittedWhom(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	none := model.Scope{}
	ana.must(none, model.AddPerson{Name: "cleo"})
	ana.must(none, model.RenamePerson{Person: bob.person, Name: "rob"})
	ana.must(none, model.SetAccess{Person: bob.person, Access: model.Observer})
	ana.must(none, model.AddWay{Person: bob.person, Key: sshKey(1), Comment: "rob@laptop"})
	ana.must(none, model.AddWay{Person: bob.person, Key: sshKey(2)})
	ana.must(none, model.AddWay{Person: bob.person, Machine: model.MachineID{0xab}, UID: 1000, Login: "rob"})
	ana.must(none, model.AddWay{Person: bob.person, Machine: model.MachineID{0xab}, UID: 1001})
	ana.must(none, model.AddDevice{Person: bob.person, Device: model.DeviceKey{0xd1}})
	ana.must(none, model.RevokeMember{Person: bob.person})
	var keys []string
	for _, l := range ana.state.People.Log() {
		p := l.Describe()
		keys = append(keys, p.Key)
		if p.Key == "log.member.access" {
			require.Equal(t, map[string]any{"Person": bob.person, "From": model.Responder.Phrase(), "To": model.Observer.Phrase()}, p.Args)
		}
	}
	require.Equal(t, []string{
		"log.founded", "log.member.admitted", "log.member.device", "log.person.added", "log.person.named", "log.member.access",
		"log.way.key.named", "log.way.key", "log.way.uid.named", "log.way.uid", "log.member.device", "log.way.dropped", "log.member.revoked",
	}, keys)
}

func TestTheStateHashTellsAccessAndWaysApart(t *testing.T) {
	t.Parallel()
	seen := map[model.Hash]string{}
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	id := c.begin()
	note := func(what string) {
		h := ana.state.Hash()
		require.Empty(t, seen[h], what)
		seen[h] = what
	}
	note("nothing")
	for _, cmd := range []model.Command{
		model.SetAccess{Person: bob.person, Access: model.Observer}, model.AddWay{Person: bob.person, Key: sshKey(1)},
		model.AddDevice{Person: bob.person, Device: model.DeviceKey{1}}, model.RevokeMember{Person: bob.person}, model.Restrict{},
	} {
		ana.must(id, cmd)
		note(reflect.TypeOf(cmd).Name())
	}
}
