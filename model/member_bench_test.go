package model_test

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// crowdRecords are the events of a thousand members with three ways each.
func crowdRecords(t require.TestingT) (model.Scope, []*model.Record) {
	c := newCrew(t, "ana")
	ana := c.people[0]
	by := model.Common{Actor: ana.person, Via: model.DoorConsole}
	for i := range 1_000 {
		nonce := c.nonce()
		id := model.NewPersonID(ana.head.Log, nonce)
		admit := &model.MemberAdmit{Common: by, Person: id, Access: model.Responder, Nonce: nonce}
		ana.seal(model.Draft{Scope: c.ws.Scope(), Body: admit, Text: fmt.Sprintf("person %d", i)})
		for n := range 2 {
			key := sshKey(byte(n))
			binary.BigEndian.PutUint32(key[len(key)-4:], uint32(i))
			ana.seal(model.Draft{Scope: c.ws.Scope(), Body: &model.MemberWay{Common: by, Person: id, Key: key}, Text: "laptop"})
		}
		ana.seal(model.Draft{Scope: c.ws.Scope(), Body: &model.MemberWay{Common: by, Person: id, Machine: model.MachineID{1}, UID: uint32(i)}, Text: "login"})
	}
	var out []*model.Record
	for _, e := range c.events {
		out = append(out, decode(t, e))
	}
	return c.ws.Scope(), out
}

// crowd is their fold.
func crowd(t require.TestingT) *model.People {
	scope, records := crowdRecords(t)
	p := model.NewPeople(scope)
	for _, r := range records {
		p.Apply(r)
	}
	return p
}

// BenchmarkFoldMembers folds a thousand members with three ways each, and makes
// the roster.
func BenchmarkFoldMembers(b *testing.B) {
	scope, records := crowdRecords(b)
	b.ReportAllocs()
	for b.Loop() {
		p := model.NewPeople(scope)
		for _, r := range records {
			p.Apply(r)
		}
		require.Len(b, p.Roster().Members(), 1_001)
	}
}

// BenchmarkRosterOfMembers is what one more event about a member costs.
func BenchmarkRosterOfMembers(b *testing.B) {
	p := crowd(b)
	b.ReportAllocs()
	for b.Loop() {
		p.Roster()
	}
}

// BenchmarkOverviewFor is what each seat costs after every change: ten thousand
// rows, of which it may not see one.
func BenchmarkOverviewFor(b *testing.B) {
	c := newCrew(b, "ana", "bob")
	o := &model.Overview{People: c.people[0].state.People.Roster()}
	var ids []model.Scope
	for i := range 10_000 {
		id := model.Scope(model.NewLogID(model.DeviceKey{}, model.Nonce{byte(i), byte(i >> 8)}))
		ids = append(ids, id)
		o.Rows = append(o.Rows, model.Summary{ID: id})
	}
	o.Rows[5_000].Restricted, o.Rows[5_000].Named = true, []model.PersonID{c.people[0].person}
	o.Keys = model.Keys(ids)
	for name, a := range map[string]*author{"named": c.people[0], "not named": c.people[1]} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				o.For(model.Actor{Person: a.person, Via: model.DoorSSH})
			}
		})
	}
}
