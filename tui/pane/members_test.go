package pane

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/tui/clean"
	"warroom/tui/internal/golden"
)

// people are members and devices as they can all stand, with names that break screens.
func people(r *room) []Member {
	key := func(n byte) model.DeviceKey { return model.DeviceKey{n, n, n, n} }
	now := r.Now().UnixMilli()
	peer := func(s model.LinkState, minutes int64) *model.Peer {
		return &model.Peer{State: s, Since: now - minutes*60_000}
	}
	device := func(n byte, name string, s model.Standing) Owned {
		return Owned{ID: fmt.Sprint("d", n), Device: model.Device{Key: key(n), Name: name, Standing: s}}
	}
	here, phone, lost := device(1, "ana-desk", model.Writes), device(2, "ana-phone", model.Writes), device(3, "ana-laptop", model.Out)
	here.Here, phone.Peer = true, peer(model.LinkOffline, 190)
	jump, muted := device(4, "jump host of the whole site", model.Writes), device(5, "", model.Reads)
	jump.Service, jump.Peer = true, peer(model.LinkLive, 42)
	muted.Muted, muted.Peer = true, &model.Peer{State: model.LinkConnecting}
	return []Member{
		{ID: "p1", Person: model.Person{ID: r.Me(), Name: "Ana", Access: model.Owner}, Devices: []Owned{here, phone, lost}, Me: true},
		{ID: "p2", Person: model.Person{Name: "bob\x1b[31m\n", Access: model.Responder}, Devices: []Owned{jump}},
		{ID: "p3", Person: model.Person{Name: "cleo", Access: model.Observer}, Devices: []Owned{muted}},
		{ID: "p4", Person: model.Person{Name: "dan", Revoked: true}, Devices: []Owned{device(6, "dan\u202e-x1", model.Out)}},
		{ID: "p5", Person: model.Person{Name: "eve", Held: true}, Devices: []Owned{device(7, "eve-1", model.Stranger)}},
		{ID: "p6", Person: model.Person{Name: "山田太郎", Access: model.Responder}},
	}
}

func TestGoldenMembers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		w    int
		look look
	}{"wide": {w: 88}, "some": {w: 76}, "narrow": {w: 36}, "ascii": {w: 76, look: look{ascii: true}}, "named": {w: 76, look: look{named: true}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := checkout(t)
			rows, spots := Members(r.env(t, c.look), people(r), []model.Phrase{model.Say("warning.owner.one")}, "d2", c.w)
			if !c.look.named {
				for _, row := range rows {
					require.Equal(t, c.w, clean.Width(row), "%q", row)
				}
			}
			require.Contains(t, rows[spots["d2"]], "ana-phone")
			golden.Equal(t, "members/"+name, strings.Join(rows, "\n")+"\n")
		})
	}
}

// knocks are devices that wait: one of a service, one whose invite was used twice.
func knocks(r *room) []Knock {
	w := model.Waiting{
		Name: "Ana", Label: "ana\x1b[2J-phone\u202e", Words: [4]string{"maple", "river", "cobalt", "finch"}, From: "10.0.0.9:7117",
		Since: r.Now().UnixMilli() - 90_000, Access: model.Responder, By: r.Me(),
	}
	again := w
	again.Twice, again.Service, again.Name, again.Label = true, true, "", ""
	return []Knock{{ID: "a", Waiting: w, Access: model.Observer}, {ID: "b", Waiting: again, Access: model.Owner, Person: r.Me()}}
}

func TestGoldenDoor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		w, n int
		at   string
		mine model.Access
		look look
	}{
		"named-member": {w: 76, n: 1, at: "a", mine: model.Responder}, "twice": {w: 76, n: 2, at: "b", mine: model.Responder},
		"twice-owner": {w: 76, n: 2, at: "b", mine: model.Owner}, "narrow": {w: 36, n: 2, at: "b", mine: model.Owner},
		"nothing-selected": {w: 76, n: 2, mine: model.Owner}, "none": {w: 76, mine: model.Owner},
		"named": {w: 76, n: 2, at: "a", mine: model.Owner, look: look{named: true}}, "ascii": {w: 76, n: 2, at: "a", mine: model.Owner, look: look{ascii: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := checkout(t)
			rows, _ := Door(r.env(t, c.look), r.ov.People, knocks(r)[:c.n], c.at, c.mine, c.w)
			if !c.look.named {
				for _, row := range rows {
					require.Equal(t, c.w, clean.Width(row), "%q", row)
				}
			}
			golden.Equal(t, "door/"+name, strings.Join(rows, "\n")+"\n")
		})
	}
}

func TestOfManyWhoWaitThoseRoundTheSelectedOneAreListed(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	var all []Knock
	for i := range 12 {
		k := knocks(r)[0]
		k.ID, k.Name = fmt.Sprint(i), fmt.Sprintf("number %02d", i)
		all = append(all, k)
	}
	for at, want := range map[string][]string{"0": {"number 00", "number 04"}, "6": {"number 04", "number 08"}, "11": {"number 07", "number 11"}} {
		rows, spots := Door(r.env(t, look{}), r.ov.People, all, at, model.Owner, 76)
		require.Len(t, spots, mostKnocks)
		require.Contains(t, rows[0], want[0])
		require.Contains(t, rows[mostKnocks-1], want[1])
		require.Contains(t, strings.Join(rows, "\n"), "and 7 more")
	}
}

// Whatever they are called, at whatever width: each row is as wide as it should be.
func TestDoorAndMembersFitAnyWidth(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	for w := range 120 {
		for _, ascii := range []bool{false, true} {
			e := r.env(t, look{ascii: ascii})
			door, _ := Door(e, r.ov.People, knocks(r), "b", model.Owner, w)
			members, _ := Members(e, people(r), []model.Phrase{model.Say("warning.owner.one")}, "d2", w)
			for _, row := range append(door, members...) {
				require.Equal(t, w, clean.Width(row), "%q", row)
			}
		}
	}
}

func TestAnEntrySaysThroughWhoseRoomItCameWhenThatIsNotItsWriters(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	l := r.view.Lines[len(r.view.Lines)-1]
	actor := l.Rec.Common().Actor
	require.False(t, actor.IsZero())
	other := r.As("zoe")
	r.ov = r.Overview()
	for want, d := range map[string]*model.Device{
		"the room of zoe (jump)":                {Name: "jump", Person: other},
		"device 09000000, which is no member's": {Key: model.DeviceKey{9}},
		"":                                      {Name: "own", Person: actor},
		"nothing where the membership does not tell": nil,
	} {
		p := page{env: r.env(t, look{}), people: r.ov.People, peers: r.keeping(1), w: 70}
		p.author = func(model.LogID) (model.Device, bool) {
			if d == nil {
				return model.Device{}, false
			}
			return *d, true
		}
		p.through(l)
		if d == nil || want == "" {
			require.Empty(t, p.out)
			continue
		}
		require.Len(t, p.out, 1)
		require.Contains(t, p.out[0], "Through")
		require.Contains(t, p.out[0], want)
		p.peers, p.out = nil, nil
		p.through(l)
		require.Empty(t, p.out, "a room that is alone says nothing of rooms")
	}
}
