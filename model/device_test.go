package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func TestADeviceIsOnePersonsOwn(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	none, laptop, phone := model.Scope{}, model.DeviceKey{1}, model.DeviceKey{2}

	who, ok := ana.state.People.ByDevice(ana.signer.Device())
	require.True(t, ok, "the founder has the device that founded")
	require.Equal(t, ana.person, who)
	_, ok = ana.state.People.ByDevice(laptop)
	require.False(t, ok)
	_, ok = ana.state.People.ByDevice(model.DeviceKey{})
	require.False(t, ok)

	ana.must(none, model.AddDevice{Person: bob.person, Device: phone})
	ana.must(none, model.AddDevice{Name: "BOB", Access: model.Observer, Device: laptop})
	require.Equal(t, model.Responder, ana.access(bob), "who is a member keeps the access")
	people, ro := ana.state.People, ana.state.People.Roster()
	require.Equal(t, []model.DeviceKey{bob.signer.Device(), phone, laptop}, people.Devices(bob.person))
	require.Equal(t, people.Devices(bob.person), ro.Devices(bob.person))
	require.Equal(t, []model.DeviceKey{ana.signer.Device()}, ro.Devices(ana.person))
	who, ok = ro.ByDevice(phone)
	require.True(t, ok)
	require.Equal(t, bob.person, who)

	err := ana.refused(model.CodeDeviceSame, none, model.AddDevice{Name: "bob", Device: phone})
	require.Equal(t, model.Refuse(model.CodeDeviceSame, "Person", bob.person), err)
	for _, cmd := range []model.AddDevice{{Person: ana.person, Device: phone}, {Name: "cleo", Access: model.Responder, Device: phone}} {
		err = ana.refused(model.CodeDeviceTaken, none, cmd)
		require.Equal(t, model.Refuse(model.CodeDeviceTaken, "Person", bob.person), err)
	}
	_, err = ro.Find("cleo")
	require.Error(t, err, "nobody was admitted")
	ana.refused(model.CodeDeviceTaken, none, model.AddDevice{Person: bob.person, Device: ana.signer.Device()})
	ana.refused(model.CodeDeviceNone, none, model.AddDevice{Person: bob.person})
	ana.refused(model.CodePersonUnknown, none, model.AddDevice{Person: model.PersonID{9}, Device: model.DeviceKey{3}})
	ana.refused(model.CodePersonEmpty, none, model.AddDevice{Access: model.Responder, Device: model.DeviceKey{3}})
}

func TestADeviceBringsItsPersonIn(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	none := model.Scope{}
	cmd := model.AddDevice{Name: "cleo", Access: model.Observer, Device: model.DeviceKey{1}}
	bob.refused(model.CodeAccessOwner, none, cmd)
	ana.via = model.DoorClaimed
	ana.refused(model.CodeAccessClaimed, none, cmd)
	ana.via = model.DoorConsole
	ana.refused(model.CodeAccessUnknown, none, model.AddDevice{Name: "cleo", Device: model.DeviceKey{1}})
	events, err := ana.do(none, cmd)
	require.NoError(t, err)
	require.Len(t, events, 2)
	for _, e := range events {
		require.Equal(t, model.MembershipLog, e.Kind.Log())
	}
	cleo, ok := ana.state.People.ByDevice(model.DeviceKey{1})
	require.True(t, ok)
	person, _ := ana.state.People.Roster().Person(cleo)
	require.Equal(t, model.Person{ID: cleo, Name: "cleo", Access: model.Observer}, person)

	ana.must(none, model.AddPerson{Name: "dan"})
	ana.must(none, model.AddDevice{Name: "dan", Access: model.Responder, Device: model.DeviceKey{2}})
	dan, ok := ana.state.People.ByDevice(model.DeviceKey{2})
	require.True(t, ok)
	require.Equal(t, model.Responder, ana.state.People.Access(dan), "who was known by name alone is admitted")

	// A device of who is a member no more is nobody's, until an owner lets them in.
	ana.must(none, model.RevokeMember{Person: cleo})
	_, ok = ana.state.People.ByDevice(model.DeviceKey{1})
	require.False(t, ok)
	_, ok = ana.state.People.Roster().ByDevice(model.DeviceKey{1})
	require.False(t, ok)
	require.Equal(t, []model.DeviceKey{{1}}, ana.state.People.Devices(cleo))
	events, err = ana.do(none, cmd)
	require.NoError(t, err)
	require.Len(t, events, 1, "it is theirs already")
	who, ok := ana.state.People.ByDevice(model.DeviceKey{1})
	require.True(t, ok)
	require.Equal(t, cleo, who)
}

func TestADeviceGivenToTwoIsTheFirsts(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	c.owners()
	ana, bob := c.people[0], c.people[1]
	key := model.DeviceKey{1}
	ana.must(model.Scope{}, model.AddDevice{Person: ana.person, Device: key})
	bob.now = bob.now.Add(time.Hour)
	bob.must(model.Scope{}, model.AddDevice{Person: bob.person, Device: key})
	c.meet()
	for _, a := range c.people {
		who, ok := a.state.People.ByDevice(key)
		require.True(t, ok)
		require.Equal(t, ana.person, who)
		who, ok = a.state.People.Roster().ByDevice(key)
		require.True(t, ok)
		require.Equal(t, ana.person, who)
		require.NotContains(t, a.state.People.Devices(bob.person), key)
	}
	require.Equal(t, ana.state.Hash(), bob.state.Hash())
	// Given twice to one, it is theirs.
	key = model.DeviceKey{2}
	ana.must(model.Scope{}, model.AddDevice{Person: bob.person, Device: key})
	bob.must(model.Scope{}, model.AddDevice{Person: bob.person, Device: key})
	c.meet()
	require.Equal(t, []model.DeviceKey{bob.signer.Device(), key}, ana.state.People.Devices(bob.person))
}

// A genesis of another workspace, or an event without a device, gives none.
func TestWhatIsNoDeviceGivesNone(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	bob.seal(model.Draft{Scope: c.ws.Scope(), Body: &model.Genesis{Founder: model.DeviceKey{1}, Person: bob.person}, Text: "bob"})
	bob.seal(model.Draft{Scope: c.ws.Scope(), Body: &model.MemberDevice{Person: bob.person}})
	bob.seal(model.Draft{Scope: c.ws.Scope(), Body: &model.MemberDevice{Device: model.DeviceKey{2}}})
	c.meet()
	require.Equal(t, []model.DeviceKey{bob.signer.Device()}, ana.state.People.Devices(bob.person))
	require.Empty(t, ana.state.People.Devices(model.PersonID{}))
	require.Equal(t, 3, ana.state.People.Doubts())
	for _, key := range []model.DeviceKey{{1}, {2}, {}} {
		_, ok := ana.state.People.ByDevice(key)
		require.False(t, ok)
	}
}
