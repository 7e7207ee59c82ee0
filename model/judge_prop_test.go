package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
)

// struggle draws what members, some of whom follow no rule, did to each other's
// membership in partitions: removals at once, in chains and in rings, and second lines of
// logs that say they are old.
func struggle(t *rapid.T) *crew {
	c := newCrew(t, "ana", "bob", "cleo", "dan", "eve")
	for _, a := range c.people[:4] {
		rapid.SampledFrom(clocks).Draw(t, "clock")(a)
	}
	for _, a := range c.people[1:3] {
		c.people[0].must(model.Scope{}, model.SetAccess{Person: a.person, Access: model.Owner})
	}
	c.meet()
	for range rapid.IntRange(1, 25).Draw(t, "acts") {
		a := rapid.SampledFrom(c.people).Draw(t, "who")
		if rapid.IntRange(0, 2).Draw(t, "hears") == 0 {
			from := rapid.SampledFrom(c.people).Draw(t, "from")
			a.learn(from.known[:rapid.IntRange(0, len(from.known)).Draw(t, "how much")]...)
		}
		if rapid.IntRange(0, 3).Draw(t, "obeys") > 0 {
			obey(t, a)
			continue
		}
		b := wild(t, a)
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0:
			a.branch(rapid.Uint64Range(1, a.head.Seq).Draw(t, "after"), b, "x")
		case 1: // says that it has seen nothing
			seen := a.seen
			a.seen = map[model.LogID]model.Ref{}
			a.forge(b, "x")
			a.seen = seen
		default:
			a.forge(b, "x")
		}
	}
	return c
}

// obey does what the rules allow; what they do not is refused with a code, and what they
// do counts where it is done.
func obey(t *rapid.T, a *author) {
	of := rapid.SampledFrom(a.crew.people).Draw(t, "whom")
	access := rapid.SampledFrom(model.Accesses()).Draw(t, "access")
	key := model.DeviceKey{byte(rapid.IntRange(1, 3).Draw(t, "device"))}
	token := model.TokenID{byte(a.crew.nonces), byte(a.crew.nonces >> 8), 1}
	cmd := rapid.SampledFrom([]model.Command{
		model.SetAccess{Person: of.person, Access: access}, model.SetAccess{Person: of.person, Access: access},
		model.RevokeMember{Person: of.person}, model.RevokeMember{Person: of.person},
		model.AdmitMember{Person: of.person, Access: access}, model.AdmitMember{Name: "fay", Access: access},
		model.AddDevice{Person: of.person, Access: access, Device: key}, model.RevokeDevice{Device: of.signer.Device()},
		model.RevokeDevice{Device: key}, model.MuteDevice{Device: of.signer.Device(), Muted: access == model.Owner},
		model.SetRecoveryKey{Device: model.DeviceKey{0xf0, key[0]}}, model.RenamePerson{Person: of.person, Name: of.name + "x"},
		model.AddWay{Person: of.person, Key: sshKey(key[0])}, model.AddPerson{Name: "gil"},
		model.MakeInvite{Token: token, Access: access, Expires: a.now.Add(time.Minute)},
		model.ApproveJoin{Token: token, Name: "hal", Access: access, Device: model.DeviceKey{0xaa, token[0], token[1]}, Consent: make([]byte, 64)},
	}).Draw(t, "command")
	events, err := a.do(model.Scope{}, cmd)
	if err != nil {
		require.NotEmpty(t, model.CodeOf(err), "a refusal without a code: %v", err)
	}
	for _, e := range events {
		require.False(t, a.void(e), "%T was let through and does not count", cmd)
	}
}

// wild is what anybody with a key can sign.
func wild(t *rapid.T, a *author) model.Body {
	of := rapid.SampledFrom(a.crew.people).Draw(t, "whom")
	access := rapid.SampledFrom(model.Accesses()).Draw(t, "access")
	key := rapid.SampledFrom([]model.DeviceKey{{1}, {2}, of.signer.Device()}).Draw(t, "device")
	nonce := a.crew.nonce()
	common := model.Common{Via: model.DoorConsole, Actor: rapid.SampledFrom([]model.PersonID{a.person, a.person, of.person, {}}).Draw(t, "actor")}
	if rapid.Bool().Draw(t, "replaces") {
		for _, l := range a.state.People.Log() {
			if who, ok := ofWhom(l.Rec); ok && who == of.person {
				common.Pred = []model.Ref{l.Ref()}
			}
		}
	}
	var cut []model.Ref
	if rapid.Bool().Draw(t, "cuts") {
		cut = a.tips(of.signer.Device())
	}
	b := rapid.SampledFrom([]model.Body{
		&model.MemberAdmit{Person: of.person, Access: access},
		&model.MemberAdmit{Person: model.NewPersonID(a.head.Log, nonce), Access: access, Nonce: nonce},
		&model.MemberAccess{Person: of.person, Access: access, Cut: cut}, &model.MemberAccess{Person: of.person, Access: access},
		&model.MemberRevoke{Person: of.person, Cut: cut}, &model.MemberRevoke{Person: of.person},
		&model.MemberDevice{Person: of.person, Device: key, Consent: make([]byte, 64)}, &model.MemberDevice{Person: a.person, Device: key},
		&model.DeviceRevoke{Device: key, Cut: cut}, &model.DeviceMute{Device: key}, &model.RecoveryKey{Device: key},
		&model.MemberWay{Person: of.person, Key: sshKey(1)}, &model.PersonName{Person: of.person},
		&model.MemberInvite{Access: access},
	}).Draw(t, "body")
	*model.CommonOf(b) = common
	return b
}

func TestAStruggleComesToTheSameInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := struggle(t)
		want, got := c.fold(c.events), c.fold(shuffled(t, c.events))
		require.Equal(t, want.Hash(), got.Hash())
		require.Equal(t, want.People.Roster(), got.People.Roster())
		for _, a := range c.people {
			one, ok := want.People.Cut(a.signer.Device())
			two, also := got.People.Cut(a.signer.Device())
			require.Equal(t, ok, also)
			require.Equal(t, one, two)
		}
		for i, l := range want.People.Log() {
			require.Equal(t, l.Void, got.People.Log()[i].Void)
		}
	})
}

// What came step by step, and was asked for in between, is the same as all at once.
func TestAStruggleIsTheSameWhenItIsLookedAtMeanwhile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := struggle(t)
		want, got := c.fold(c.events), model.NewState(c.ws.Scope())
		for _, e := range shuffled(t, c.events) {
			got.Apply(decode(t, e))
			got.People.Doubts()
		}
		require.Equal(t, want.Hash(), got.Hash())
	})
}

// No act of somebody without the right to it ever counts, and all others do: by a
// judgement of one event at a time that is slow and plain.
func TestWhatCountsIsWhatSomebodyHadTheRightTo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := struggle(t)
		people := c.fold(c.events).People
		counts := map[model.Ref]bool{}
		for _, l := range people.Log() {
			counts[l.Ref()] = !l.Void
		}
		x := newReference(c, counts)
		for _, l := range people.Log() {
			r := x.by[l.Ref()]
			if _, ok := r.Body.(*model.PersonAdd); ok {
				continue
			}
			if _, ok := r.Body.(*model.PersonName); ok && l.Void {
				continue // it may be void by its device's cut alone
			}
			right := x.right(r)
			if _, removal := x.removes(r); removal && right != counts[r.Ref] {
				// One of those that rest on each other. Of one that does not count to
				// have it count would take its own ground away; and one that counts has
				// a ground, that another takes away.
				if right {
					require.False(t, x.supposing(func(w *model.Record) bool { return counts[w.Ref] || w == r }).right(r), "%T", r.Body)
				} else {
					require.True(t, x.supposing(func(*model.Record) bool { return false }).right(r), "%T", r.Body)
				}
				continue
			}
			require.Equal(t, right, counts[r.Ref], "%T", r.Body)
		}
	})
}
