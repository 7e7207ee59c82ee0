package model_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
)

// membership draws what several owners did to each other's membership at once.
func membership(t *rapid.T) *crew {
	c := newCrew(t, "ana", "bob", "cleo", "dan")
	for _, a := range c.people {
		rapid.SampledFrom(clocks).Draw(t, "clock")(a)
	}
	c.owners()
	for range rapid.IntRange(1, 40).Draw(t, "acts") {
		a := rapid.SampledFrom(c.people).Draw(t, "who")
		if rapid.IntRange(0, 2).Draw(t, "hears") == 0 {
			from := rapid.SampledFrom(c.people).Draw(t, "from")
			a.learn(from.known[:rapid.IntRange(0, len(from.known)).Draw(t, "how much")]...)
		}
		belong(t, a, rapid.IntRange(0, 9).Draw(t, "act"))
	}
	return c
}

// belong does something to somebody's membership; a refusal is as good.
func belong(t *rapid.T, a *author, act int) {
	person := rapid.SampledFrom(a.crew.people).Draw(t, "whom").person
	access := rapid.SampledFrom(model.Accesses()).Draw(t, "access")
	var cmd model.Command
	switch act {
	case 0:
		cmd = model.AdmitMember{Name: rapid.SampledFrom([]string{"eve", "fay", "bob"}).Draw(t, "name"), Access: access}
	case 1:
		cmd = model.AdmitMember{Person: person, Access: access}
	case 2:
		cmd = model.SetAccess{Person: person, Access: access}
	case 3:
		cmd = model.RevokeMember{Person: person}
	case 4, 5:
		cmd = model.AddWay{Person: person, Key: sshKey(byte(rapid.IntRange(1, 2).Draw(t, "key")))}
		if rapid.Bool().Draw(t, "uid") {
			cmd = model.AddWay{Person: person, Machine: model.MachineID{1}, UID: uint32(rapid.IntRange(0, 1).Draw(t, "n"))}
		}
	case 6:
		ways := a.state.People.Ways(person)
		if len(ways) == 0 {
			return
		}
		cmd = model.DropWay{Person: person, Way: rapid.SampledFrom(ways).Draw(t, "way").Ref}
	case 8, 9:
		device := model.DeviceKey{byte(rapid.IntRange(1, 3).Draw(t, "device"))}
		cmd = model.AddDevice{Person: person, Access: access, Device: device}
		if act == 9 {
			cmd = model.AddDevice{Name: rapid.SampledFrom([]string{"eve", "gil"}).Draw(t, "name"), Access: access, Device: device}
		}
	case 7: // a forged one, of an id that is another's
		a.seal(model.Draft{Scope: a.crew.ws.Scope(), Body: &model.MemberAdmit{Person: person, Access: access, Nonce: model.Nonce{1}}, Text: "x"})
		return
	}
	if _, err := a.do(model.Scope{}, cmd); err != nil {
		require.NotEmpty(t, model.CodeOf(err), "a refusal without a code: %v", err)
	}
}

func TestTheSameMembershipInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := membership(t)
		want, got := c.fold(c.events), c.fold(shuffled(t, c.events))
		require.Equal(t, want.Hash(), got.Hash())
		require.Equal(t, want.People.Roster(), got.People.Roster())
		require.Equal(t, want.People.Owners(), got.People.Owners())
		for i, l := range want.People.Log() {
			require.Equal(t, l.Describe(), got.People.Log()[i].Describe())
		}
	})
}

// What is asserted here is read off the events that count, not off the fold.
func TestAccessAndWaysAreWhatNothingReplaced(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := membership(t)
		people := c.fold(shuffled(t, c.events)).People
		ro := people.Roster()
		replaced, void := map[model.Ref]bool{}, map[model.Ref]bool{}
		for _, l := range people.Log() {
			void[l.Ref()] = l.Void
		}
		var records []*model.Record
		for _, e := range c.events {
			r := decode(t, e)
			if void[r.Ref] {
				continue
			}
			records = append(records, r)
			for _, p := range r.Common().Pred {
				replaced[p] = true
			}
		}
		least := map[model.PersonID]model.Access{}
		grants := map[string][]model.PersonID{}
		for _, r := range records {
			var person model.PersonID
			access := model.NoAccess
			switch b := r.Body.(type) {
			case *model.Genesis:
				person, access = b.Person, model.Owner
			case *model.MemberAdmit:
				person, access = b.Person, b.Access
			case *model.MemberAccess:
				person, access = b.Person, b.Access
			case *model.MemberRevoke:
				person = b.Person
			case *model.MemberWay:
				if len(b.Key) > 0 && !replaced[r.Ref] && !slices.Contains(grants[string(b.Key)], b.Person) {
					grants[string(b.Key)] = append(grants[string(b.Key)], b.Person)
				}
				continue
			default:
				continue
			}
			if had, ok := least[person]; !replaced[r.Ref] && (!ok || access < had) {
				least[person] = access
			}
		}
		for person, access := range least {
			require.Equal(t, access, people.Access(person))
			require.Equal(t, access, ro.Access(person))
		}
		for key, to := range grants {
			who, ok := people.ByKey([]byte(key))
			require.Equal(t, len(to) == 1 && least[to[0]] != model.NoAccess, ok)
			if ok {
				require.Equal(t, to[0], who)
			}
			for _, p := range to {
				for _, w := range people.Ways(p) {
					require.Equal(t, string(w.Key) == key && len(to) > 1, w.Disputed && string(w.Key) == key)
				}
			}
		}
		for n := range byte(4) {
			who, ok := people.ByDevice(model.DeviceKey{n})
			same, also := ro.ByDevice(model.DeviceKey{n})
			require.Equal(t, who, same)
			require.Equal(t, ok, also)
			require.True(t, !ok || slices.Contains(people.Devices(who), model.DeviceKey{n}))
		}
		for n := range uint32(2) {
			who, ok := people.ByUID(model.MachineID{1}, n)
			same, also := ro.ByUID(model.MachineID{1}, n)
			require.Equal(t, who, same)
			require.Equal(t, ok, also)
		}
		for key := range 3 {
			who, ok := people.ByKey(sshKey(byte(key)))
			same, also := ro.ByKey(sshKey(byte(key)))
			require.Equal(t, who, same)
			require.Equal(t, ok, also)
		}
	})
}
