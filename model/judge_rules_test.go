package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// What each may write, by what was forged as theirs: the judge alone says no here.
func TestR1R2WhoMayWriteWhat(t *testing.T) {
	t.Parallel()
	consent := make([]byte, 64)
	key := model.DeviceKey{0xd7}
	cases := map[string]struct {
		body func(w, ana, bob, cleo, dan *author) model.Body
		// Who writes it as themselves: an owner, a responder, an observer; bob is the
		// responder, dan is known by name alone and was a member once is cleo.
		owner, responder, observer bool
	}{
		"an invite for a responder": {func(w, _, _, _, _ *author) model.Body { return &model.MemberInvite{Access: model.Responder} }, true, true, false},
		"an invite for an owner":    {func(w, _, _, _, _ *author) model.Body { return &model.MemberInvite{Access: model.Owner} }, true, false, false},
		"an invite for nothing":     {func(w, _, _, _, _ *author) model.Body { return &model.MemberInvite{} }, false, false, false},
		"an invite for a device of another": {func(_, ana, _, _, _ *author) model.Body {
			return &model.MemberInvite{Access: model.Observer, Person: ana.person}
		}, true, false, false},
		"an invite for an own device": {func(w, _, _, _, _ *author) model.Body {
			return &model.MemberInvite{Access: model.Observer, Person: w.person}
		}, true, true, false},
		"a new responder": {func(w, _, _, _, _ *author) model.Body {
			n := model.Nonce{1}
			return &model.MemberAdmit{Person: model.NewPersonID(w.head.Log, n), Nonce: n, Access: model.Responder}
		}, true, true, false},
		"a new owner": {func(w, _, _, _, _ *author) model.Body {
			n := model.Nonce{1}
			return &model.MemberAdmit{Person: model.NewPersonID(w.head.Log, n), Nonce: n, Access: model.Owner}
		}, true, false, false},
		"the id of another": {func(w, ana, _, _, _ *author) model.Body {
			return &model.MemberAdmit{Person: ana.person, Nonce: model.Nonce{1}, Access: model.Observer}
		}, false, false, false},
		"somebody known": {func(_, _, _, _, dan *author) model.Body {
			return &model.MemberAdmit{Person: dan.person, Access: model.Responder}
		}, true, true, false},
		"somebody whom nobody knows": {func(_, _, _, _, _ *author) model.Body {
			return &model.MemberAdmit{Person: model.PersonID{9}, Access: model.Responder}
		}, false, false, false},
		"who was taken out": {func(_, _, _, cleo, _ *author) model.Body {
			return &model.MemberAdmit{Person: cleo.person, Access: model.Observer}
		}, true, false, false},
		"less for a member, as an admission": {func(_, ana, _, _, _ *author) model.Body {
			return &model.MemberAdmit{Person: ana.person, Access: model.Observer}
		}, true, false, false},
		"an access": {func(_, _, bob, _, _ *author) model.Body {
			return &model.MemberAccess{Person: bob.person, Access: model.Owner}
		}, true, false, false},
		"a revocation": {func(_, ana, _, _, _ *author) model.Body { return &model.MemberRevoke{Person: ana.person} }, true, false, false},
		"a device for another": {func(_, ana, _, _, _ *author) model.Body {
			return &model.MemberDevice{Person: ana.person, Device: key, Consent: consent}
		}, true, false, false},
		"a device of one's own": {func(w, _, _, _, _ *author) model.Body {
			return &model.MemberDevice{Person: w.person, Device: key, Consent: consent}
		}, true, true, false},
		"a device of one's own that did not say so": {func(w, _, _, _, _ *author) model.Body { return &model.MemberDevice{Person: w.person, Device: key} }, true, false, false},
		"another's device away":                     {func(_, ana, _, _, _ *author) model.Body { return &model.DeviceRevoke{Device: ana.signer.Device()} }, true, false, false},
		"an own device away":                        {func(w, _, _, _, _ *author) model.Body { return &model.DeviceRevoke{Device: w.signer.Device()} }, true, true, false},
		"a mute": {func(_, _, bob, _, _ *author) model.Body {
			return &model.DeviceMute{Device: bob.signer.Device(), Muted: true}
		}, true, false, false},
		"a recovery key":             {func(_, _, _, _, _ *author) model.Body { return &model.RecoveryKey{Device: key} }, true, false, false},
		"a way of another":           {func(_, ana, _, _, _ *author) model.Body { return &model.MemberWay{Person: ana.person, Key: sshKey(1)} }, true, false, false},
		"an own way":                 {func(w, _, _, _, _ *author) model.Body { return &model.MemberWay{Person: w.person, Key: sshKey(1)} }, true, true, false},
		"ways of another dropped":    {func(_, ana, _, _, _ *author) model.Body { return &model.MemberWayDrop{Person: ana.person} }, true, false, false},
		"own ways dropped":           {func(w, _, _, _, _ *author) model.Body { return &model.MemberWayDrop{Person: w.person} }, true, true, false},
		"a member's name":            {func(_, ana, _, _, _ *author) model.Body { return &model.PersonName{Person: ana.person} }, true, false, false},
		"an own name":                {func(w, _, _, _, _ *author) model.Body { return &model.PersonName{Person: w.person} }, true, true, false},
		"a name of who is no member": {func(_, _, _, _, dan *author) model.Body { return &model.PersonName{Person: dan.person} }, true, true, false},
	}
	for name, tc := range cases {
		for role, counts := range map[string]bool{"owner": tc.owner, "responder": tc.responder, "observer": tc.observer, "stranger": false, "claimed": false, "for another": false, "nobody's device": false} {
			t.Run(name+"/"+role, func(t *testing.T) {
				t.Parallel()
				c := newCrew(t, "ana", "bob", "cleo", "olga", "oscar")
				ana, bob, cleo, olga := c.people[0], c.people[1], c.people[2], c.people[3]
				ana.must(none, model.SetAccess{Person: olga.person, Access: model.Owner})
				ana.must(none, model.SetAccess{Person: c.people[4].person, Access: model.Observer})
				ana.must(none, model.RevokeMember{Person: cleo.person})
				ana.must(none, model.AddPerson{Name: "dan"})
				dan := &author{}
				dan.person, _ = ana.state.People.Roster().Find("dan")
				c.meet()
				w, actor := olga, olga.person
				var via model.Door
				switch role {
				case "responder":
					w, actor = bob, bob.person
				case "observer":
					w, actor = c.people[4], c.people[4].person
				case "stranger":
					w, actor = cleo, cleo.person // not any more
				case "claimed":
					via = model.DoorClaimed
				case "for another": // an observer's device names an owner
					w, actor = c.people[4], olga.person
				case "nobody's device":
					w, actor = c.stranger(77), olga.person
				}
				b := tc.body(w, ana, bob, cleo, dan)
				common := model.CommonOf(b)
				common.Actor, common.Via = actor, via
				e := w.forge(b, "x")
				c.same()
				if counts || role == "claimed" && name == "a name of who is no member" {
					require.False(t, ana.void(e))
				} else {
					require.True(t, ana.void(e))
				}
			})
		}
	}
}

// A responder gives a device only to whom the same log admitted just before, so that no
// second one comes when that person may more.
func TestR2AResponderGivesADeviceWithTheAdmissionAlone(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	dan := c.stranger(8)
	bob.must(none, model.ApproveJoin{
		Name: "dan", Access: model.Responder, Device: dan.signer.Device(), Consent: bob.consent(dan, model.TokenID{1}), Token: model.TokenID{1},
	})
	c.meet()
	who, ok := ana.state.People.ByDevice(dan.signer.Device())
	require.True(t, ok)
	ana.must(none, model.SetAccess{Person: who, Access: model.Owner})
	c.meet()
	later := bob.forge(&model.MemberDevice{Common: bob.by(), Person: who, Device: model.DeviceKey{7}, Consent: make([]byte, 64)})
	require.True(t, bob.void(later))
	// Nor by a second line of the log, from before: that has both wait for an owner.
	admitted := bob.head.Seq - 2
	for _, token := range []model.TokenID{{}, {1}} {
		second := bob.branch(admitted, &model.MemberDevice{Common: bob.by(), Person: who, Device: model.DeviceKey{7}, Consent: make([]byte, 64), Token: token}, "")
		require.Equal(t, admitted+1, second.Seq)
		c.same()
		require.Equal(t, token.IsZero(), ana.void(second))
	}
	d, _ := ana.state.People.Roster().Device(model.DeviceKey{7})
	require.Equal(t, model.Out, d.Standing)
	require.Equal(t, model.NoAccess, ana.state.People.Access(who))
}

// A log is the device's that opened it, whatever is said of it later.
func TestR1NobodyTakesALogForAnothers(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	bob.forge(&model.LogOpen{Device: ana.signer.Device(), Workspace: c.ws, Log: model.MembershipLog, Nonce: model.Nonce{1}})
	require.True(t, bob.void(bob.forge(&model.MemberAccess{Common: ana.by(), Person: bob.person, Access: model.Owner})))
	c.same()
	by, ok := ana.state.People.Roster().Author(bob.head.Log)
	require.True(t, ok)
	require.Equal(t, bob.signer.Device(), by)
}

func TestR1NobodyElseFounds(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	genesis := *decode(t, c.events[1]).Body.(*model.Genesis)
	genesis.Common, genesis.Person = model.Common{}, model.NewPersonID(bob.head.Log, genesis.Nonce)
	require.True(t, bob.void(bob.forge(&genesis, "mallory")))
	c.same()
	require.Equal(t, []model.PersonID{ana.person}, bob.state.People.Owners())
}

// An invite lets nobody else in than whom the event before admitted, and only once.
func TestR2WhatStandsBehindAnAdmission(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	ana, bob := c.people[0], c.people[1]
	consent, nonce := make([]byte, 64), model.Nonce{9}
	dan := model.NewPersonID(bob.head.Log, nonce)
	admit := func(a model.Access, token byte) *model.Event {
		return bob.forge(&model.MemberAdmit{Common: bob.by(), Person: dan, Nonce: nonce, Access: a, Token: model.TokenID{token}}, "dan")
	}
	give := func(to model.PersonID, token byte) *model.Event {
		return bob.forge(&model.MemberDevice{Common: bob.by(), Person: to, Device: model.DeviceKey{token}, Consent: consent, Token: model.TokenID{token}})
	}
	require.True(t, bob.void(admit(model.Owner, 1)))
	require.True(t, bob.void(give(dan, 1)), "the admission before it does not count")
	require.False(t, bob.void(admit(model.Responder, 2)))
	require.True(t, bob.void(give(ana.person, 2)), "it admitted somebody else")
	require.True(t, bob.void(give(dan, 2)), "it does not stand right before it")
	c.meet()
	ana.must(none, model.RevokeMember{Person: dan})
	c.meet()
	require.True(t, bob.void(admit(model.Responder, 3)), "who was taken out does not come back by the same nonce")
	c.same()
	require.Equal(t, model.NoAccess, ana.state.People.Access(dan))
}

// A cut names what stays although the author of the removal names nothing as seen.
func TestR3WhatIsWithinTheCutStays(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	within := bob.must(none, model.AdmitMember{Name: "dan", Access: model.Responder})
	beyond := bob.must(none, model.AdmitMember{Name: "eve", Access: model.Responder})
	ana.forge(&model.MemberRevoke{Common: ana.by(), Person: bob.person, Cut: []model.Ref{within.Ref()}})
	c.same()
	require.False(t, ana.void(within))
	require.True(t, ana.void(beyond))
}

// A removal of an older warroom has no cut: what it had seen stays.
func TestR5WhatARemovalHadSeenIsItsCut(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	seen := bob.must(none, model.AddPerson{Name: "dan"})
	c.meet()
	ana.forge(&model.MemberRevoke{Common: model.Common{Actor: ana.person, Pred: []model.Ref{c.admission(bob)}}, Person: bob.person})
	bob.must(none, model.AddPerson{Name: "eve"})
	c.same()
	cut, ok := ana.state.People.Cut(bob.signer.Device())
	require.True(t, ok)
	require.Equal(t, [][]model.Ref{{seen.Ref()}}, cut.Tips)
}

// find is who has that name.
func (a *author) find(name string) model.PersonID {
	id, err := a.state.People.Roster().Find(name)
	require.NoError(a.crew.t, err)
	return id
}

// admission is the event that admitted the person.
func (c *crew) admission(of *author) model.Ref {
	for _, l := range of.state.People.Log() {
		if b, ok := l.Rec.Body.(*model.MemberAdmit); ok && b.Person == of.person {
			return l.Ref()
		}
	}
	return model.Ref{}
}

// An admission that says it is older than that anybody knew the person lets nobody in.
func TestR2NobodyIsAdmittedBeforeTheyAreKnown(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	ana.must(none, model.AddWay{Person: bob.person, Key: sshKey(1)})
	c.meet()
	first := bob.must(none, model.AddWay{Person: bob.person, Key: sshKey(2)})
	ana.now = ana.now.Add(time.Hour)
	ana.must(none, model.AddPerson{Name: "dan"})
	dan, err := ana.state.People.Roster().Find("dan")
	require.NoError(t, err)
	old := bob.branch(first.Seq, &model.MemberAdmit{Common: bob.by(), Person: dan, Access: model.Observer}, "")
	c.same()
	require.True(t, ana.void(old))
	ana.must(none, model.AdmitMember{Person: dan, Access: model.Responder})
	require.Equal(t, model.Responder, ana.state.People.Access(dan))
}

// What comes late changes what counts, though it is not about the membership itself.
func TestWhatComesLateHasTheMembershipJudgedAgain(t *testing.T) {
	t.Parallel()
	// late folds all but one event, asks, and folds that one.
	late := func(c *crew, last *model.Event) (before, after *model.People) {
		s := model.NewState(c.ws.Scope())
		first := model.NewState(c.ws.Scope())
		for _, e := range c.events {
			if e != last {
				s.Apply(decode(t, e))
				first.Apply(decode(t, e))
			}
		}
		s.People.Doubts()
		s.Apply(decode(t, last))
		require.Equal(t, c.fold(c.events).Hash(), s.Hash())
		return first.People, s.People
	}
	t.Run("a link between what was done and what had seen it", func(t *testing.T) {
		t.Parallel()
		c := newCrew(t, "ana", "bob", "cleo")
		ana, bob, cleo := c.people[0], c.people[1], c.people[2]
		admit := bob.must(none, model.AdmitMember{Name: "dan", Access: model.Responder})
		cleo.learn(admit)
		link := cleo.must(none, model.AddPerson{Name: "eve"})
		ana.learn(link)
		ana.forge(&model.MemberRevoke{Common: ana.by(), Person: bob.person})
		before, after := late(c, link)
		require.Equal(t, 1, before.Doubts())
		require.Equal(t, 0, after.Doubts())
	})
	t.Run("what an act stands behind", func(t *testing.T) {
		t.Parallel()
		c := newCrew(t, "ana", "bob", "cleo")
		c.owners()
		ana, bob, cleo := c.people[0], c.people[1], c.people[2]
		id := c.begin()
		cleo.now = cleo.now.Add(24 * time.Hour)
		entry := cleo.must(id, model.Write{Text: "x"})
		ana.learn(entry)
		key := model.DeviceKey{7}
		bob.now = ana.now.Add(time.Hour)
		ana.must(none, model.AddDevice{Person: ana.person, Device: key})
		bob.must(none, model.AddDevice{Person: bob.person, Device: key})
		before, after := late(c, entry)
		who, _ := before.ByDevice(key)
		require.Equal(t, ana.person, who)
		who, _ = after.ByDevice(key)
		require.Equal(t, bob.person, who)
	})
	t.Run("who somebody is", func(t *testing.T) {
		t.Parallel()
		c := newCrew(t, "ana", "bob")
		ana, bob := c.people[0], c.people[1]
		added := bob.must(none, model.AddPerson{Name: "dan"})
		dan, _ := bob.state.People.Roster().Find("dan")
		ana.now = ana.now.Add(time.Hour)
		ana.forge(&model.MemberAdmit{Common: ana.by(), Person: dan, Access: model.Responder})
		before, after := late(c, added)
		require.Equal(t, model.NoAccess, before.Access(dan))
		require.Equal(t, model.Responder, after.Access(dan))
	})
}

// Removals that rest on each other's absence: the first in the order counts, the same
// everywhere.
func TestR4ARingOfRemovalsIsSettledByTheOrder(t *testing.T) {
	t.Parallel()
	for _, swap := range []bool{false, true} {
		c := newCrew(t, "ana", "bob", "cleo", "dan", "eve")
		ana, bob, cleo, dan, eve := c.people[0], c.people[1], c.people[2], c.people[3], c.people[4]
		for _, a := range []*author{bob, cleo} {
			ana.must(none, model.SetAccess{Person: a.person, Access: model.Owner})
		}
		c.meet()
		// bob makes dan an owner, cleo makes eve one; apart, dan takes out cleo without
		// having seen what she did, and eve bob.
		g1 := bob.must(none, model.SetAccess{Person: dan.person, Access: model.Owner})
		g2 := cleo.must(none, model.SetAccess{Person: eve.person, Access: model.Owner})
		dan.learn(g1)
		eve.learn(g2)
		first, second := dan, eve
		targets := map[*author]*author{dan: cleo, eve: bob}
		if swap {
			first, second = eve, dan
		}
		later := first.now
		if second.now.After(later) {
			later = second.now
		}
		first.now, second.now = later.Add(time.Minute), later.Add(time.Hour)
		one := first.must(none, model.RevokeMember{Person: targets[first].person})
		two := second.must(none, model.RevokeMember{Person: targets[second].person})
		c.same()
		require.False(t, ana.void(one))
		require.True(t, ana.void(two))
		require.Equal(t, model.NoAccess, ana.access(targets[first]))
		require.Equal(t, model.Owner, ana.access(targets[second]))
	}
}

// One that would take away what it rests on itself does not count.
func TestR4ARemovalDoesNotTakeAwayItsOwnGround(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	ana, bob, cleo := c.people[0], c.people[1], c.people[2]
	ana.must(none, model.SetAccess{Person: bob.person, Access: model.Owner})
	c.meet()
	grant := bob.must(none, model.SetAccess{Person: cleo.person, Access: model.Owner})
	// cleo says that she has not seen who made her an owner.
	cleo.now = cleo.now.Add(time.Hour)
	removal := cleo.forge(&model.MemberRevoke{Common: cleo.by(), Person: bob.person})
	c.same()
	require.True(t, ana.void(removal))
	require.False(t, ana.void(grant))
	require.Equal(t, model.Owner, ana.access(bob))
}

// Nobody loses what they did before, and what was done since comes back.
func TestR5ACutEndsWhenTheRemovalIsTakenBack(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	people := func() *model.People { return ana.state.People }
	device := bob.signer.Device()
	bob.must(none, model.AddPerson{Name: "dan"})
	end := bob.must(none, model.AddPerson{Name: "eve"})
	c.meet()
	lowered := ana.must(none, model.SetAccess{Person: bob.person, Access: model.Observer})
	b := decode(t, lowered).Body.(*model.MemberAccess)
	require.Equal(t, []model.Ref{end.Ref()}, b.Cut)
	bob.forge(&model.PersonAdd{Person: model.NewPersonID(bob.head.Log, model.Nonce{9}), Nonce: model.Nonce{9}}, "fay")
	c.meet()
	cut, ok := people().Cut(device)
	require.True(t, ok)
	require.Equal(t, [][]model.Ref{{end.Ref()}}, cut.Tips)
	find := func(name string) error {
		_, err := people().Roster().Find(name)
		return err
	}
	require.NoError(t, find("eve"))
	require.Error(t, find("fay"))

	// Taken out after that, both cuts hold: what an observer wrote is not let in by it.
	revoked := ana.must(none, model.RevokeMember{Person: bob.person})
	require.Equal(t, ana.tips(device), decode(t, revoked).Body.(*model.MemberRevoke).Cut)
	cut, ok = people().Cut(device)
	require.True(t, ok)
	require.Len(t, cut.Tips, 2)
	require.Error(t, find("fay"))
	ana.must(none, model.AdmitMember{Person: bob.person, Access: model.Observer})
	cut, ok = people().Cut(device)
	require.True(t, ok)
	require.Len(t, cut.Tips, 2, "who reads again writes no more than before")
	ana.must(none, model.SetAccess{Person: bob.person, Access: model.Responder})
	_, ok = people().Cut(device)
	require.False(t, ok)
	require.NoError(t, find("fay"))
	c.same()
}

func TestR5WhoNeverWroteHasNothingThatCounts(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	oscar, wild := c.stranger(8), c.stranger(9)
	ana.must(none, model.AddDevice{Name: "oscar", Access: model.Observer, Device: oscar.signer.Device()})
	c.meet()
	for _, key := range []model.DeviceKey{oscar.signer.Device(), wild.signer.Device(), {}} {
		cut, ok := bob.state.People.Cut(key)
		require.True(t, ok)
		require.Equal(t, model.Cut{Device: key, Whole: true}, cut)
	}
	d, ok := bob.state.People.Roster().Device(oscar.signer.Device())
	require.True(t, ok)
	require.Equal(t, model.Reads, d.Standing)
	require.True(t, d.Standing.Linked())
	d, ok = bob.state.People.Roster().Device(wild.signer.Device())
	require.False(t, ok)
	require.Equal(t, model.Stranger, d.Standing)
	oscar.person, _ = oscar.state.People.Roster().Find("oscar")
	oscar.refused(model.CodeAccessObserver, none, model.AddPerson{Name: "x"})
	oscar.person = bob.person
	oscar.refused(model.CodeDeviceReads, none, model.AddPerson{Name: "x"})
	wild.person = bob.person
	wild.refused(model.CodeDeviceStrange, none, model.AddPerson{Name: "x"})
	ana.must(none, model.RevokeMember{Person: ana.find("oscar")})
	cut, ok := ana.state.People.Cut(oscar.signer.Device())
	require.True(t, ok)
	require.True(t, cut.Whole, "to be taken out lets nothing in that did not count before")
	author, ok := bob.state.People.Roster().Author(wild.head.Log)
	require.True(t, ok)
	require.Equal(t, wild.signer.Device(), author)
}

func TestR6OfSeveralPeopleTheDeviceIsWhoseItSaysItIs(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	ana, bob, cleo := c.people[0], c.people[1], c.people[2]
	phone := c.stranger(8)
	key := phone.signer.Device()
	give := func(by *author, consent []byte) {
		by.forge(&model.MemberDevice{Common: by.by(), Person: by.person, Device: key, Token: model.TokenID{1}, Consent: consent})
	}
	owns := func(a *author) {
		c.same()
		who, ok := ana.state.People.ByDevice(key)
		require.True(t, ok)
		require.Equal(t, a.person, who)
	}
	give(bob, make([]byte, 64)) // claims it, and nothing says that it is not so
	owns(bob)
	cleo.now = cleo.now.Add(time.Hour)
	ana.must(none, model.AddWay{Person: ana.person, Key: sshKey(1)})
	ana.now = ana.now.Add(2 * time.Hour)
	ana.forge(&model.MemberDevice{Common: ana.by(), Person: ana.person, Device: key})
	owns(ana) // an owner says so
	give(cleo, cleo.consent(phone, model.TokenID{1}))
	owns(cleo) // the device itself says so
	give(bob, cleo.consent(phone, model.TokenID{1}))
	owns(cleo) // it said that of cleo's device, not of bob's
	// The founder's own device cannot be claimed.
	bob.forge(&model.MemberDevice{Common: bob.by(), Person: bob.person, Device: ana.signer.Device(), Consent: make([]byte, 64)})
	c.same()
	who, _ := bob.state.People.ByDevice(ana.signer.Device())
	require.Equal(t, ana.person, who)
}

func TestMutingIsForAllRooms(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	mute := model.MuteDevice{Device: bob.signer.Device(), Muted: true}
	bob.refused(model.CodeAccessOwner, none, mute)
	ana.refused(model.CodeDeviceUnknown, none, model.MuteDevice{Device: model.DeviceKey{7}, Muted: true})
	ana.must(none, mute)
	c.meet()
	ana.refused(model.CodeMuteSame, none, mute)
	d, _ := bob.state.People.Roster().Device(bob.signer.Device())
	require.True(t, d.Muted)
	require.Equal(t, model.Writes, d.Standing, "what is held counts")
	mute.Muted = false
	ana.must(none, mute)
	d, _ = ana.state.People.Roster().Device(bob.signer.Device())
	require.False(t, d.Muted)
}
