package model_test

import (
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// void reports that the author takes the event for one that does not count.
func (a *author) void(e *model.Event) bool {
	for _, l := range a.state.People.Log() {
		if l.Ref() == e.Ref() {
			return l.Void
		}
	}
	require.FailNow(a.crew.t, "the event is not in the log")
	return false
}

// forge seals what no room would write for its people, as somebody with a key can.
func (a *author) forge(b model.Body, text ...string) *model.Event {
	d := model.Draft{Scope: a.crew.ws.Scope(), Body: b}
	if len(text) > 0 {
		d.Text = text[0]
	}
	if c := model.CommonOf(b); c.Via == "" {
		c.Via = model.DoorConsole
	}
	return a.seal(d)
}

// by names the author as who acts.
func (a *author) by() model.Common { return model.Common{Actor: a.person, Via: model.DoorConsole} }

// branch seals on a second line of the log, after the event of that number, as from a
// copy of the store, and at the clock of that time. The author goes on on the first, and
// hears of the other as everybody does.
func (a *author) branch(seq uint64, b model.Body, text string) *model.Event {
	copied := newAuthor(a.crew, a.name, 1)
	copied.signer, copied.person, copied.state = a.signer, a.person, model.NewState(a.crew.ws.Scope())
	for _, e := range a.crew.events {
		if e.Log == a.head.Log && e.Seq == seq {
			copied.head = model.Head{Log: e.Log, Seq: e.Seq, Hash: e.Hash(), Clock: e.Clock}
			copied.now = time.UnixMilli(e.Wall)
		}
	}
	return copied.forge(b, text)
}

// consent is what the joiner's device signs for the admitter's.
func (a *author) consent(joiner *author, token model.TokenID) []byte {
	return ed25519.Sign(joiner.signer.Key, model.ConsentBytes(a.crew.ws.Scope(), a.signer.Device(), joiner.signer.Device(), token))
}

// stranger is somebody with a device that is nobody's, who knows the workspace.
func (c *crew) stranger(seed byte) *author {
	a := newAuthor(c, "stranger", seed)
	a.signer.Workspace = c.ws
	a.state = model.NewState(c.ws.Scope())
	a.open(model.ContentLog)
	c.people = append(c.people, a)
	c.meet()
	return a
}

// same checks that everybody comes to the same, in whatever order they heard of it.
func (c *crew) same() {
	c.meet()
	want := c.fold(c.events)
	for _, a := range c.people {
		require.Equal(c.t, want.Hash(), a.state.Hash())
	}
}

var none = model.Scope{}

func TestM1WhoIsTakenOutWhileAwayGoesOnForNothing(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	ana, bob := c.people[0], c.people[1]
	early := bob.must(none, model.AdmitMember{Name: "dan", Access: model.Responder})
	c.meet()
	ana.must(none, model.RevokeMember{Person: bob.person})
	late := bob.must(none, model.AdmitMember{Name: "eve", Access: model.Responder})
	// One who tries to have it stand before: on a line of its own, at an earlier clock.
	below := bob.branch(early.Seq-1, &model.MemberAdmit{Common: bob.by(), Person: model.NewPersonID(bob.head.Log, model.Nonce{7}), Access: model.Responder, Nonce: model.Nonce{7}}, "fay")
	c.same()
	for _, a := range c.people {
		require.False(t, a.void(early), "what the removal had seen stays")
		require.True(t, a.void(late))
		require.True(t, a.void(below), "it is no part of the line that was cut")
		require.Equal(t, 2, a.state.People.Doubts())
		require.Equal(t, 2, a.state.People.Roster().Void())
	}
	d, ok := ana.state.People.Roster().Device(bob.signer.Device())
	require.True(t, ok)
	require.Equal(t, model.Device{Key: bob.signer.Device(), Person: bob.person, Standing: model.Out}, d)
	cut, ok := ana.state.People.Cut(bob.signer.Device())
	require.True(t, ok)
	require.Equal(t, model.Cut{Device: bob.signer.Device(), Tips: [][]model.Ref{{early.Ref()}}}, cut)
	bob.refused(model.CodeAccessNone, none, model.AddPerson{Name: "x"})

	// An owner lets bob in again, and all of it counts that bob may say now.
	ana.must(none, model.AdmitMember{Person: bob.person, Access: model.Responder})
	_, ok = ana.state.People.Cut(bob.signer.Device())
	require.False(t, ok)
	require.True(t, ana.void(late), "it was not bob's to say then")
	c.meet()
	require.False(t, bob.void(bob.must(none, model.AdmitMember{Name: "gil", Access: model.Responder})))
}

func TestM2TwoOwnersWhoRemoveEachOtherAreBothOut(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(of *author) model.Command{
		"revoked": func(of *author) model.Command { return model.RevokeMember{Person: of.person} },
		"lowered": func(of *author) model.Command {
			return model.SetAccess{Person: of.person, Access: model.Responder}
		},
		"their devices": func(of *author) model.Command { return model.RevokeDevice{Device: of.signer.Device()} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCrew(t, "ana", "bob", "cleo")
			c.owners()
			ana, bob, cleo := c.people[0], c.people[1], c.people[2]
			one := ana.must(none, act(bob))
			admitted := ana.must(none, model.AdmitMember{Name: "eve", Access: model.Responder})
			two := bob.must(none, act(ana))
			c.same()
			for _, e := range []*model.Event{one, two} {
				require.False(t, cleo.void(e))
			}
			require.Equal(t, name != "lowered", cleo.void(admitted), "but what else they did meanwhile does not count, unless they still might")
			require.Equal(t, model.Owner, cleo.access(cleo))
			for _, a := range []*author{ana, bob} {
				d, _ := cleo.state.People.Roster().Device(a.signer.Device())
				require.Equal(t, name == "lowered", d.Standing == model.Writes)
			}
		})
	}
}

func TestM3ARemovedOwnerAddsAFriendMeanwhile(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	c.owners()
	ana, bob, cleo := c.people[0], c.people[1], c.people[2]
	eve := c.stranger(9)
	ana.must(none, model.RevokeMember{Person: bob.person})
	friend := bob.must(none, model.AdmitMember{Name: "eve", Access: model.Owner})
	bob.must(none, model.AddDevice{Name: "eve", Device: eve.signer.Device()})
	eve.learn(bob.known...)
	eve.person, _ = eve.state.People.Roster().Find("eve")
	removal := eve.must(none, model.RevokeMember{Person: ana.person})
	c.same()
	require.True(t, cleo.void(friend))
	require.True(t, cleo.void(removal), "what rests on it falls with it")
	require.Equal(t, model.Owner, cleo.access(ana))
	require.Equal(t, model.NoAccess, cleo.access(eve))
	require.Equal(t, model.Owner, cleo.access(cleo))
}

// A room that serves many people may no more than its own person, whoever acts there.
func TestM4AServiceMayNoMoreThanItsPersonAndIsTakenAway(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "jump")
	ana, bob, jump := c.people[0], c.people[1], c.people[2]
	self := jump.person
	jump.person = ana.person
	jump.refused(model.CodeDeviceLess, none, model.SetAccess{Person: bob.person, Access: model.Owner})
	jump.refused(model.CodeDeviceLess, none, model.AddWay{Person: ana.person, Key: sshKey(1)})
	for _, b := range []model.Body{
		&model.MemberAccess{Common: ana.by(), Person: self, Access: model.Owner},
		&model.MemberWay{Common: ana.by(), Person: ana.person, Key: sshKey(1)},
		&model.MemberDevice{Common: ana.by(), Person: ana.person, Device: model.DeviceKey{7}, Consent: make([]byte, 64)},
		&model.PersonName{Common: ana.by(), Person: ana.person},
		&model.DeviceRevoke{Common: ana.by(), Device: ana.signer.Device()},
	} {
		require.True(t, jump.void(jump.forge(b)), "%T", b)
	}
	jump.person = bob.person // for who may no more than the room itself it may act
	way := jump.must(none, model.AddWay{Person: bob.person, Key: sshKey(2)})
	require.False(t, jump.void(way))
	c.meet()
	revoked := ana.must(none, model.RevokeDevice{Device: jump.signer.Device()})
	require.Equal(t, ana.tips(jump.signer.Device()), decode(t, revoked).Body.(*model.DeviceRevoke).Cut)
	after := jump.must(none, model.AddWay{Person: bob.person, Key: sshKey(3)})
	c.same()
	require.False(t, ana.void(way))
	require.True(t, ana.void(after), "the room is out, whoever acts there")
	jump.refused(model.CodeDeviceEnded, none, model.AddPerson{Name: "x"})
	ana.refused(model.CodeDeviceOut, none, model.AddDevice{Person: self, Device: jump.signer.Device()})
	ana.refused(model.CodeDeviceOut, none, model.RevokeDevice{Device: jump.signer.Device()})
	require.Empty(t, ana.state.People.Devices(self))
	all := ana.state.People.Roster().AllDevices()
	require.Len(t, all, 3)
	require.Equal(t, model.Out, all[2].Standing)
}

// What others wrote is theirs, whoever brought it; a device that was taken out writes
// nothing that counts any more.
func TestM5OldEventsOfOthersCountWhoeverBringsThem(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	ana, bob, cleo := c.people[0], c.people[1], c.people[2]
	admit := cleo.must(none, model.AdmitMember{Name: "dan", Access: model.Responder})
	bob.learn(cleo.known...)
	ana.must(none, model.RevokeMember{Person: bob.person})
	named := bob.must(none, model.AddPerson{Name: "eve"})
	ana.learn(bob.known...) // by bob alone
	require.False(t, ana.void(admit))
	require.True(t, ana.void(named))
	_, err := ana.state.People.Roster().Find("eve")
	require.Equal(t, model.CodePersonUnknown, model.CodeOf(err))
	_, err = ana.state.People.Roster().Find("dan")
	require.NoError(t, err)
}

func TestM6TheRecoveryKeyMakesAnOwnerAgain(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	paper := c.stranger(9)
	paper.refused(model.CodeAccessNone, none, model.SetAccess{Person: bob.person, Access: model.Owner})
	bob.refused(model.CodeAccessOwner, none, model.SetRecoveryKey{Device: paper.signer.Device()})
	ana.refused(model.CodeDeviceNone, none, model.SetRecoveryKey{})
	ana.refused(model.CodeDeviceTaken, none, model.SetRecoveryKey{Device: bob.signer.Device()})
	_, ok := ana.state.People.Roster().Recovery()
	require.False(t, ok)
	ana.must(none, model.SetRecoveryKey{Device: paper.signer.Device()})
	ana.refused(model.CodeRecoverySame, none, model.SetRecoveryKey{Device: paper.signer.Device()})
	ana.refused(model.CodeDeviceRecovers, none, model.AddDevice{Person: bob.person, Device: paper.signer.Device()})
	key, ok := ana.state.People.Roster().Recovery()
	require.True(t, ok)
	require.Equal(t, paper.signer.Device(), key)
	c.meet()
	raise := paper.must(none, model.SetAccess{Person: bob.person, Access: model.Owner})
	c.same()
	require.False(t, bob.void(raise))
	require.Equal(t, model.Owner, bob.access(bob))
	d, ok := bob.state.People.Roster().Device(key)
	require.True(t, ok)
	require.Equal(t, model.Device{Key: key, Standing: model.Writes}, d)

	// Another takes its place, and the one before has no say any more.
	bob.must(none, model.SetRecoveryKey{Device: model.DeviceKey{0xee}})
	paper.now = bob.now.Add(time.Hour) // each voids the other: the first counts
	again := paper.forge(&model.MemberRevoke{Person: bob.person})
	c.same()
	require.True(t, bob.void(again))
	require.Equal(t, model.Owner, bob.access(bob))
}

func TestI3AnInviteUsedInTwoPartitionsHoldsBothUntilAnOwnerJudges(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	ana, bob := c.people[0], c.people[1]
	dan, eve := c.stranger(8), c.stranger(9)
	token := model.TokenID{5}
	bob.must(none, model.MakeInvite{Token: token, Access: model.Responder, Expires: bob.now.Add(15 * time.Minute), Note: "for dan"})
	bob.refused(model.CodeInviteSame, none, model.MakeInvite{Token: token, Access: model.Observer, Expires: bob.now.Add(time.Minute)})
	c.meet()
	open := ana.state.People.Roster().Invites(ana.now.UnixMilli())
	require.Len(t, open, 1)
	require.Equal(t, "for dan", open[0].Note)
	require.Equal(t, bob.signer.Device(), open[0].Device)
	require.Empty(t, ana.state.People.Roster().Invites(ana.now.Add(time.Hour).UnixMilli()))

	join := func(by, joiner *author, name string) model.ApproveJoin {
		return model.ApproveJoin{
			Token: token, Name: name, Access: model.Responder, Device: joiner.signer.Device(), Label: name + "'s laptop",
			Consent: by.consent(joiner, token),
		}
	}
	bob.must(none, join(bob, dan, "dan"))
	require.Empty(t, bob.state.People.Roster().Invites(bob.now.UnixMilli()))
	bob.refused(model.CodeInviteUsed, none, join(bob, eve, "eve"))
	other := c.people[2] // has not heard of it
	other.must(none, join(other, eve, "eve"))
	c.same()
	for _, name := range []string{"dan", "eve"} {
		who, _ := ana.state.People.Roster().Named(name)
		require.True(t, who.Held)
		require.False(t, who.Revoked)
		require.Equal(t, model.NoAccess, who.Access)
	}
	d, _ := ana.state.People.Roster().Device(dan.signer.Device())
	require.Equal(t, model.Out, d.Standing)
	require.Equal(t, "dan's laptop", d.Name)
	cut, ok := ana.state.People.Cut(dan.signer.Device())
	require.True(t, ok)
	require.True(t, cut.Whole)
	dan.person, _ = dan.state.People.Roster().Find("dan")
	eve.person, _ = dan.state.People.Roster().Find("eve")
	dan.refused(model.CodeAccessNone, none, model.AddPerson{Name: "x"})
	require.True(t, dan.void(dan.forge(&model.MemberWay{Common: dan.by(), Person: dan.person, Key: sshKey(1)})))

	bob.refused(model.CodeAccessOwner, none, model.SetAccess{Person: dan.person, Access: model.Responder})
	ana.must(none, model.SetAccess{Person: dan.person, Access: model.Responder})
	ana.must(none, model.RevokeMember{Person: eve.person})
	c.same()
	require.Equal(t, model.Responder, ana.access(dan))
	require.Equal(t, model.NoAccess, ana.access(eve))
	_, ok = ana.state.People.Cut(dan.signer.Device())
	require.False(t, ok)
}
