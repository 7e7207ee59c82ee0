package model_test

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// companyRecords are the events of a thousand members with three devices each: invites,
// admissions, names of devices; some members and devices are taken out again, some are
// muted, and there is a recovery key.
func companyRecords(t require.TestingT) (model.Scope, []*model.Record) {
	c := newCrew(t, "ana")
	ana, ws := c.people[0], c.ws.Scope()
	by := model.Common{Actor: ana.person, Via: model.DoorConsole}
	device := func(i, n int) (key model.DeviceKey) {
		binary.BigEndian.PutUint32(key[:], uint32(i)<<2|uint32(n)+1)
		return key
	}
	for i := range 1_000 {
		nonce := c.nonce()
		id := model.NewPersonID(ana.head.Log, nonce)
		var token model.TokenID
		binary.BigEndian.PutUint32(token[:], uint32(i)+1)
		ana.seal(model.Draft{Scope: ws, Body: &model.MemberInvite{Common: by, Token: token, Access: model.Responder, Expires: at0}})
		admit := ana.seal(model.Draft{Scope: ws, Text: fmt.Sprintf("person %d", i), Body: &model.MemberAdmit{
			Common: by, Person: id, Access: model.Responder, Nonce: nonce, Token: token,
		}})
		for n := range 3 {
			given := &model.MemberDevice{Common: by, Person: id, Device: device(i, n)}
			if n == 0 {
				given.Token, given.Consent = token, make([]byte, 64)
			}
			ana.seal(model.Draft{Scope: ws, Body: given, Text: "laptop"})
		}
		switch {
		case i%50 == 7:
			revoke := &model.MemberRevoke{Common: by, Person: id, Cut: []model.Ref{refOf(byte(i), 9)}}
			revoke.Pred = []model.Ref{admit.Ref()}
			ana.seal(model.Draft{Scope: ws, Body: revoke})
		case i%20 == 3:
			ana.seal(model.Draft{Scope: ws, Body: &model.DeviceRevoke{Common: by, Device: device(i, 1), Cut: []model.Ref{refOf(byte(i), 9)}}})
		case i%20 == 9:
			ana.seal(model.Draft{Scope: ws, Body: &model.DeviceMute{Common: by, Device: device(i, 1), Muted: true}})
		}
	}
	ana.seal(model.Draft{Scope: ws, Body: &model.RecoveryKey{Common: by, Device: model.DeviceKey{0xff}}})
	var out []*model.Record
	for _, e := range c.events {
		out = append(out, decode(t, e))
	}
	// Each device opened two logs.
	for i := range 1_000 {
		for n := range 3 {
			for kind := range 2 {
				nonce := model.Nonce{byte(kind + 1)}
				key := device(i, n)
				r := &model.Record{Ref: model.Ref{Log: model.NewLogID(key, nonce), Seq: 1}, Scope: ws, Body: &model.LogOpen{
					Device: key, Workspace: c.ws, Log: model.LogKind(kind + 1), Nonce: nonce, Reason: model.ReasonNew,
				}}
				r.Ref.Hash = model.ShortHash(r.Ref.Log)
				out = append(out, r)
			}
		}
	}
	return ws, out
}

// BenchmarkMembership folds and judges the membership of a thousand members with three
// devices each.
func BenchmarkMembership(b *testing.B) {
	scope, records := companyRecords(b)
	b.ReportAllocs()
	for b.Loop() {
		p := model.NewPeople(scope)
		for _, r := range records {
			p.Apply(r)
		}
		require.Len(b, p.Owners(), 1)
		require.Zero(b, p.Doubts())
	}
}

// BenchmarkJudge is what one more event about the membership costs there.
func BenchmarkJudge(b *testing.B) {
	scope, records := companyRecords(b)
	p := model.NewPeople(scope)
	for _, r := range records {
		p.Apply(r)
	}
	b.ReportAllocs()
	for b.Loop() {
		p.Moved()
		p.Doubts()
	}
}

// BenchmarkRosterOfACompany is what the list of people and their devices costs, judged.
func BenchmarkRosterOfACompany(b *testing.B) {
	scope, records := companyRecords(b)
	p := model.NewPeople(scope)
	for _, r := range records {
		p.Apply(r)
	}
	b.ReportAllocs()
	for b.Loop() {
		p.Roster()
	}
}
