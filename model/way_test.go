package model_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// sshKey is an ed25519 public key in ssh's wire format.
func sshKey(seed byte) []byte {
	field := func(out, b []byte) []byte {
		return append(binary.BigEndian.AppendUint32(out, uint32(len(b))), b...)
	}
	return field(field(nil, []byte("ssh-ed25519")), bytes.Repeat([]byte{seed}, 32))
}

func TestAWayIsOnePersonsOwn(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	none, machine := model.Scope{}, model.MachineID{0xe0}
	key := model.AddWay{Person: bob.person, Key: sshKey(1), Comment: " bob@laptop\t", UID: 7}
	ana.must(none, key)
	root := model.AddWay{Person: bob.person, Machine: machine, Login: "root"}
	ana.must(none, root)

	who, ok := ana.state.People.ByKey(sshKey(1))
	require.True(t, ok)
	require.Equal(t, bob.person, who)
	who, ok = ana.state.People.ByUID(machine, 0)
	require.True(t, ok)
	require.Equal(t, bob.person, who)
	_, ok = ana.state.People.ByUID(model.MachineID{0xe1}, 0)
	require.False(t, ok, "a uid of another machine")
	_, ok = ana.state.People.ByKey(nil)
	require.False(t, ok)
	_, ok = ana.state.People.ByUID(model.MachineID{}, 0)
	require.False(t, ok)

	ways := ana.state.People.Ways(bob.person)
	require.Len(t, ways, 2)
	require.Equal(t, "bob@laptop", ways[0].Text)
	require.Equal(t, "ssh-ed25519", ways[0].Algorithm())
	require.Zero(t, ways[0].UID)
	require.Equal(t, model.Way{Ref: ways[1].Ref, Machine: machine, Text: "root"}, ways[1])
	require.Empty(t, ways[1].Algorithm())
	require.Equal(t, ways, ana.state.People.Roster().Ways(bob.person))

	ana.refused(model.CodeWaySame, none, key)
	key.Person, root.Person = ana.person, ana.person
	err := ana.refused(model.CodeWayTaken, none, key)
	require.Equal(t, model.Refuse(model.CodeWayTaken, "Person", bob.person), err)
	ana.refused(model.CodeWayTaken, none, root)

	ana.refused(model.CodeWayUnknown, none, model.DropWay{Person: ana.person, Way: ways[0].Ref})
	ana.must(none, model.DropWay{Person: bob.person, Way: ways[0].Ref})
	_, ok = ana.state.People.ByKey(sshKey(1))
	require.False(t, ok)
	ana.refused(model.CodeWayUnknown, none, model.DropWay{Person: bob.person, Way: ways[0].Ref})
	ana.must(none, key)
	who, _ = ana.state.People.ByKey(sshKey(1))
	require.Equal(t, ana.person, who)
}

func TestByAWayGrantedToTwoNobodyComesIn(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	c.owners()
	ana, bob, cleo := c.people[0], c.people[1], c.people[2]
	none := model.Scope{}
	ana.must(none, model.AddWay{Person: ana.person, Key: sshKey(1)})
	bob.must(none, model.AddWay{Person: bob.person, Key: sshKey(1)})
	c.meet()
	for _, a := range c.people {
		_, ok := a.state.People.ByKey(sshKey(1))
		require.False(t, ok)
		_, ok = a.state.People.Roster().ByKey(sshKey(1))
		require.False(t, ok)
		require.True(t, a.state.People.Ways(ana.person)[0].Disputed)
	}
	cleo.refused(model.CodeWayTaken, none, model.AddWay{Person: cleo.person, Key: sshKey(1)})
	cleo.must(none, model.DropWay{Person: bob.person, Way: cleo.state.People.Ways(bob.person)[0].Ref})
	who, ok := cleo.state.People.ByKey(sshKey(1))
	require.True(t, ok)
	require.Equal(t, ana.person, who)
	require.False(t, cleo.state.People.Ways(ana.person)[0].Disputed)
}

func TestAWayGrantedTwiceToOneIsTakenOffAtOnce(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	c.owners()
	ana, bob := c.people[0], c.people[1]
	for _, a := range c.people {
		a.must(model.Scope{}, model.AddWay{Person: bob.person, Key: sshKey(1)})
	}
	c.meet()
	ways := ana.state.People.Ways(bob.person)
	require.Len(t, ways, 1)
	require.False(t, ways[0].Disputed)
	ana.must(model.Scope{}, model.DropWay{Person: bob.person, Way: ways[0].Ref})
	require.Empty(t, ana.state.People.Ways(bob.person))
	_, ok := ana.state.People.ByKey(sshKey(1))
	require.False(t, ok)
}

// A drop says whose way it takes off, so that a rule about who may has it to go by.
func TestADropTakesOffNobodyElsesWay(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	way := ana.must(model.Scope{}, model.AddWay{Person: ana.person, Key: sshKey(1)})
	c.meet()
	drop := &model.MemberWayDrop{Person: bob.person}
	drop.Pred = []model.Ref{way.Ref()}
	bob.seal(model.Draft{Scope: c.ws.Scope(), Body: drop})
	_, ok := bob.state.People.ByKey(sshKey(1))
	require.True(t, ok)
	require.False(t, bob.state.People.Ways(ana.person)[0].Disputed)
}

func TestAWayIsCheckedBeforeItIsWritten(t *testing.T) {
	t.Parallel()
	machine := model.MachineID{1}
	field := func(parts ...string) (out []byte) {
		for _, p := range parts {
			out = append(binary.BigEndian.AppendUint32(out, uint32(len(p))), p...)
		}
		return out
	}
	for name, c := range map[string]struct {
		way  model.AddWay
		code model.Code
	}{
		"rsa":              {model.AddWay{Key: field("ssh-rsa", "\x01\x00\x01", strings.Repeat("n", 512))}, ""},
		"a hardware key":   {model.AddWay{Key: field("sk-ssh-ed25519@openssh.com", strings.Repeat("k", 32), "ssh:")}, ""},
		"nothing":          {model.AddWay{}, model.CodeWayNone},
		"a uid of nowhere": {model.AddWay{UID: 1000}, model.CodeWayNone},
		"both":             {model.AddWay{Key: sshKey(1), Machine: machine}, model.CodeWayNone},
		"a text":           {model.AddWay{Key: []byte("ssh-ed25519 AAAAC3Nza")}, model.CodeWayKey},
		"a name alone":     {model.AddWay{Key: field("ssh-ed25519")}, model.CodeWayKey},
		"no name":          {model.AddWay{Key: field("", "x")}, model.CodeWayKey},
		"cut off":          {model.AddWay{Key: sshKey(1)[:40]}, model.CodeWayKey},
		"something behind": {model.AddWay{Key: append(sshKey(1), 0)}, model.CodeWayKey},
		"a name of blanks": {model.AddWay{Key: field("ssh ed25519", "x")}, model.CodeWayKey},
		"a certificate":    {model.AddWay{Key: field("ssh-ed25519-cert-v01@openssh.com", "x")}, model.CodeWayKey},
		"too long":         {model.AddWay{Key: field("ssh-rsa", strings.Repeat("n", model.MaxWayKey))}, model.CodeWayLong},
		"a long comment":   {model.AddWay{Key: sshKey(1), Comment: strings.Repeat("x", model.MaxWayText+1)}, model.CodeTextLong},
		"no UTF-8":         {model.AddWay{Machine: machine, Login: "\xff"}, model.CodeTextNotUTF8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ana := newCrew(t, "ana").people[0]
			c.way.Person = ana.person
			_, err := ana.do(model.Scope{}, c.way)
			require.Equal(t, c.code, model.CodeOf(err))
		})
	}
	c := newCrew(t, "ana")
	ana := c.people[0]
	ana.must(model.Scope{}, model.AddPerson{Name: "bob"})
	bob, err := ana.state.People.Roster().Find("bob")
	require.NoError(t, err)
	ana.refused(model.CodeMemberNot, model.Scope{}, model.AddWay{Person: bob, Key: sshKey(1)})
	ana.refused(model.CodePersonUnknown, model.Scope{}, model.AddWay{Person: model.PersonID{9}, Key: sshKey(1)})
	// What is no way and stands in a log all the same lets nobody in.
	ana.seal(model.Draft{Scope: c.ws.Scope(), Body: &model.MemberWay{Person: ana.person, Key: sshKey(1), Machine: machine}})
	ana.seal(model.Draft{Scope: c.ws.Scope(), Body: &model.MemberWay{Person: ana.person}})
	require.Empty(t, ana.state.People.Ways(ana.person))
}

// FuzzAddWay: no key panics, and what is taken is found again.
func FuzzAddWay(f *testing.F) {
	f.Add(sshKey(1), "ana@laptop")
	f.Add([]byte{0, 0, 0, 1, 'x', 255, 255, 255, 255}, "")
	f.Fuzz(func(t *testing.T, key []byte, comment string) {
		ana := newCrew(t, "ana").people[0]
		_, err := ana.do(model.Scope{}, model.AddWay{Person: ana.person, Key: key, Comment: comment})
		who, ok := ana.state.People.ByKey(key)
		require.Equal(t, err == nil, ok)
		if ok {
			require.Equal(t, ana.person, who)
		} else {
			require.NotEmpty(t, model.CodeOf(err))
		}
	})
}
