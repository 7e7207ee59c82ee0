package model_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func TestWhatAJoinIsRefusedFor(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	ana, bob := c.people[0], c.people[1]
	dan := c.stranger(8)
	ana.must(none, model.AddPerson{Name: "eve"})
	ana.must(none, model.RevokeMember{Person: c.people[2].person})
	c.meet()
	join := func(change func(*model.ApproveJoin)) model.ApproveJoin {
		j := model.ApproveJoin{
			Token: model.TokenID{1}, Name: "dan", Access: model.Responder, Device: dan.signer.Device(), Label: "laptop", Service: true,
			Consent: bob.consent(dan, model.TokenID{1}),
		}
		change(&j)
		return j
	}
	for name, tc := range map[string]struct {
		change func(*model.ApproveJoin)
		code   model.Code
	}{
		"no device":              {func(j *model.ApproveJoin) { j.Device = model.DeviceKey{} }, model.CodeDeviceNone},
		"no consent":             {func(j *model.ApproveJoin) { j.Consent = nil }, model.CodeConsentBad},
		"half a consent":         {func(j *model.ApproveJoin) { j.Consent = j.Consent[:32] }, model.CodeConsentBad},
		"consent for another":    {func(j *model.ApproveJoin) { j.Consent = ana.consent(dan, j.Token) }, model.CodeConsentBad},
		"consent for an invite":  {func(j *model.ApproveJoin) { j.Consent = bob.consent(dan, model.TokenID{2}) }, model.CodeConsentBad},
		"no invite":              {func(j *model.ApproveJoin) { j.Token = model.TokenID{}; j.Consent = bob.consent(dan, j.Token) }, model.CodeInviteNone},
		"an owner, by a member":  {func(j *model.ApproveJoin) { j.Access = model.Owner }, model.CodeAccessOwner},
		"no access":              {func(j *model.ApproveJoin) { j.Access = model.NoAccess }, model.CodeAccessUnknown},
		"no name":                {func(j *model.ApproveJoin) { j.Name = "" }, model.CodePersonEmpty},
		"a member's name":        {func(j *model.ApproveJoin) { j.Name = "ANA" }, model.CodeJoinMember},
		"another's device":       {func(j *model.ApproveJoin) { j.Person = ana.person }, model.CodeAccessOwner},
		"who was taken out":      {func(j *model.ApproveJoin) { j.Name = "cleo" }, model.CodeMemberRevoked},
		"nobody who is known":    {func(j *model.ApproveJoin) { j.Person = model.PersonID{9} }, model.CodePersonUnknown},
		"a long label":           {func(j *model.ApproveJoin) { j.Label = strings.Repeat("x", 300) }, model.CodeTextLong},
		"fine":                   {func(*model.ApproveJoin) {}, ""},
		"fine, known by name":    {func(j *model.ApproveJoin) { j.Name = "eve" }, ""},
		"fine, an own device":    {func(j *model.ApproveJoin) { j.Person = bob.person }, ""},
		"fine, as who was known": {func(j *model.ApproveJoin) { j.Name, j.Access = "Eve", model.Observer }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			drafts, err := model.Decide(model.Act{
				Now: bob.now, Actor: bob.person, Via: model.DoorConsole, Workspace: c.ws.Scope(), Log: bob.head.Log, Nonce: c.nonce,
				Device: bob.signer.Device(), Tips: bob.tips,
			}, bob.state.People, nil, join(tc.change))
			require.Equal(t, tc.code, model.CodeOf(err))
			require.Equal(t, tc.code == "", len(drafts) > 0)
		})
	}
	bob.via = model.DoorClaimed
	bob.refused(model.CodeAccessClaimed, none, join(func(*model.ApproveJoin) {}))
	bob.via = ""
	events, err := bob.do(none, join(func(*model.ApproveJoin) {}))
	require.NoError(t, err)
	require.Len(t, events, 2)
	c.same()
	who, ok := ana.state.People.ByDevice(dan.signer.Device())
	require.True(t, ok)
	require.Equal(t, model.Responder, ana.state.People.Access(who))
	d, _ := ana.state.People.Roster().Device(dan.signer.Device())
	require.Equal(t, model.Device{Key: dan.signer.Device(), Person: who, Name: "laptop", Standing: model.Writes, Service: true}, d)

	// An owner who knows that the invite was used says who the second one is.
	eve := c.stranger(9)
	ana.must(none, model.ApproveJoin{
		Token: model.TokenID{1}, Name: "eve", Access: model.Responder, Device: eve.signer.Device(), Consent: ana.consent(eve, model.TokenID{1}),
	})
	c.same()
	for _, name := range []string{"dan", "eve"} {
		p, _ := bob.state.People.Roster().Named(name)
		require.False(t, p.Held)
		require.Equal(t, model.Responder, p.Access)
	}
}

func TestWhatAnInviteIsRefusedFor(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	soon := bob.now.Add(time.Minute)
	for name, tc := range map[string]struct {
		cmd  model.MakeInvite
		code model.Code
	}{
		"fine":             {model.MakeInvite{Token: model.TokenID{1}, Access: model.Responder, Expires: soon}, ""},
		"an own device":    {model.MakeInvite{Token: model.TokenID{1}, Access: model.Responder, Expires: soon, Person: bob.person}, ""},
		"another's device": {model.MakeInvite{Token: model.TokenID{1}, Access: model.Responder, Expires: soon, Person: ana.person}, model.CodeAccessOwner},
		"an owner":         {model.MakeInvite{Token: model.TokenID{1}, Access: model.Owner, Expires: soon}, model.CodeAccessOwner},
		"no access":        {model.MakeInvite{Token: model.TokenID{1}, Expires: soon}, model.CodeAccessUnknown},
		"no time":          {model.MakeInvite{Token: model.TokenID{1}, Access: model.Responder, Expires: c.people[0].now.Add(-time.Hour)}, model.CodeInviteOver},
		"no token":         {model.MakeInvite{Access: model.Responder, Expires: soon}, model.CodeInviteSame},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := model.Decide(model.Act{
				Now: bob.now, Actor: bob.person, Via: model.DoorConsole, Workspace: c.ws.Scope(), Log: bob.head.Log, Nonce: c.nonce,
			}, bob.state.People, nil, tc.cmd)
			require.Equal(t, tc.code, model.CodeOf(err))
		})
	}
}

func TestTheLastDeviceOfTheLastOwnerStays(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	ana.refused(model.CodeDeviceLast, none, model.RevokeDevice{Device: ana.signer.Device()})
	ana.refused(model.CodeDeviceUnknown, none, model.RevokeDevice{Device: model.DeviceKey{7}})
	ana.refused(model.CodeDeviceNone, none, model.RevokeDevice{})
	bob.refused(model.CodeAccessOwner, none, model.RevokeDevice{Device: ana.signer.Device()})
	bob.must(none, model.RevokeDevice{Device: bob.signer.Device()})
	bob.refused(model.CodeDeviceEnded, none, model.AddPerson{Name: "x"})
	ana.must(none, model.AddDevice{Person: ana.person, Device: model.DeviceKey{7}})
	ana.must(none, model.RevokeDevice{Device: ana.signer.Device()})
}

// A text goes for good only by who wrote it there, or by an owner's own device: the actor
// that an act names anybody could have written.
func TestNobodyRemovesATextInAnothersName(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	id := c.begin()
	ana, bob, cleo := c.people[0], c.people[1], c.people[2]
	entry := bob.must(id, model.Write{Text: "rolled back"})
	c.meet()
	for _, actor := range []*author{ana, bob} {
		cleo.seal(model.Draft{Scope: id, Body: &model.TextRemove{Common: actor.by(), Target: entry.Ref()}})
	}
	c.meet()
	require.Empty(t, ana.state.Incidents[id].Unremoved(ana.state.People))
	require.True(t, ana.state.Incidents[id].Doubted(ana.state.People))
	asked, right := ana.state.Incidents[id].Removing(decode(t, entry), ana.state.People)
	require.True(t, asked)
	require.False(t, right)
	for _, a := range []*author{ana, bob} {
		s := c.fold(c.events)
		e := a.seal(model.Draft{Scope: id, Body: &model.TextRemove{Common: a.by(), Target: entry.Ref()}})
		s.Apply(decode(t, e))
		require.Equal(t, []model.Ref{entry.Ref()}, s.Incidents[id].Unremoved(s.People))
	}
	// Of who was an owner when it was done, but not of what was done after they were taken out.
	second := bob.must(id, model.Write{Text: "a password"})
	ana.must(none, model.SetAccess{Person: cleo.person, Access: model.Owner})
	c.meet()
	ana.must(none, model.RevokeMember{Person: cleo.person})
	cleo.must(id, model.RemoveText{Target: second.Ref()})
	c.meet()
	require.NotContains(t, ana.state.Incidents[id].Unremoved(ana.state.People), second.Ref())
}

// What is no act on the membership does not have it judged again.
func TestWhatIsNotAboutTheMembershipIsCheap(t *testing.T) {
	t.Parallel()
	scope, records := companyRecords(t)
	p := model.NewPeople(scope)
	for _, r := range records {
		p.Apply(r)
	}
	before := p.Judged()
	for i := range 100 {
		nonce, log := model.Nonce{byte(i)}, records[0].Ref.Log
		r := &model.Record{
			Ref: model.Ref{Log: log, Seq: uint64(100_000 + i)}, Scope: scope,
			Body: &model.PersonAdd{Person: model.NewPersonID(log, nonce), Nonce: nonce}, Text: "x",
		}
		require.True(t, p.Apply(r))
		require.True(t, p.Knows(model.NewPersonID(log, nonce)))
	}
	require.Same(t, before, p.Judged())
}
