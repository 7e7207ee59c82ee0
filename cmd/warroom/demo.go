package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

// runDemo opens a room with invented incidents. It is in memory: nothing of it
// is kept.
func (a *app) runDemo(cmd *cobra.Command, _ []string) error {
	s, err := a.demo(cmd.Context())
	if err != nil {
		return err
	}
	defer s.close() // a store in memory has nothing to fail with
	if !a.interactive() {
		if !a.asJSON() {
			a.tell(a.T("shell.demo"))
		}
		return s.summary(cmd.Context())
	}
	return a.console(cmd.Context(), s, true)
}

// script plays invented acts at invented times.
type script struct {
	*session
	ctx   context.Context
	clock *atomic.Int64 // ns that the room's clock is behind
	now   time.Time
	err   error
}

// at sets the room's clock to some time ago.
func (p *script) at(ago time.Duration) { p.clock.Store(int64(ago)) }

// do plays an act as a person; the first that fails ends the play.
func (p *script) do(who model.PersonID, via model.Door, id model.Scope, c model.Command) model.Receipt {
	if p.err != nil {
		return model.Receipt{}
	}
	got, err := p.room.Do(p.ctx, model.Actor{Person: who, Via: via}, id, c)
	p.err = err
	// The next act is a second later, so that the order is seen.
	p.clock.Add(-int64(time.Second))
	return got
}

// demo seeds the room.
func (a *app) demo(ctx context.Context) (*session, error) {
	name := a.config.Name
	if name == "" {
		name = a.getenv("USER")
	}
	if name == "" {
		name = a.T("shell.demo.you")
	}
	behind := &atomic.Int64{}
	r, err := room.Open(ctx, room.Options{Store: storage.NewMemory(), Name: name, Now: func() time.Time {
		return a.Now().Add(-time.Duration(behind.Load()))
	}})
	if err != nil {
		return nil, fmt.Errorf("begin the demo: %w", err)
	}
	a.room = r
	s := &session{app: a, room: r, who: model.Actor{Person: r.Me(), Via: model.DoorConsole}, close: r.Close}
	p := &script{session: s, ctx: ctx, clock: behind, now: a.Now()}
	people := p.cast(r.Me())
	p.yesterday(people)
	p.security(people)
	p.slow(people)
	id, log := p.checkout(people)
	behind.Store(0)
	if p.err != nil {
		return nil, fmt.Errorf("seed the demo: %w", p.err)
	}
	s.room = p.linked(r, people, id, log)
	return s, nil
}

// cast are the people of the play.
type cast struct{ me, ana, bob, cleo, dan model.PersonID }

func (p *script) cast(me model.PersonID) cast {
	p.at(26 * time.Hour)
	one := func(name string) model.PersonID {
		// Whoever looks may have one of the names.
		if strings.EqualFold(p.room.Overview().People.Name(me), name) {
			return me
		}
		p.do(me, model.DoorConsole, model.Scope{}, model.AdmitMember{Name: name, Access: model.Responder})
		id, err := p.room.Overview().People.Find(name)
		if p.err == nil {
			p.err = err
		}
		return id
	}
	return cast{me: me, ana: one("ana"), bob: one("bob"), cleo: one("cleo"), dan: one("dan")}
}

// yesterday is an incident that is over.
func (p *script) yesterday(c cast) {
	p.at(25 * time.Hour)
	con := model.DoorConsole
	id := p.do(c.ana, con, model.Scope{}, model.OpenIncident{Title: p.T("shell.demo.dns.title"), Source: model.ByTicket}).Incident
	p.do(c.ana, con, id, model.AssignRole{Role: model.IncidentManager, Person: c.ana})
	p.do(c.ana, con, id, model.SetSeverity{Level: model.SEV3})
	p.at(24*time.Hour + 20*time.Minute)
	p.do(c.dan, con, id, model.Write{Text: p.T("shell.demo.dns.cause")})
	p.do(c.ana, con, id, model.SetStatus{Status: model.Resolved, Reason: p.T("shell.demo.dns.fixed")})
	p.at(22 * time.Hour)
	p.do(c.ana, con, id, model.SetStatus{Status: model.Closed})
}

func (p *script) security(c cast) {
	p.at(3 * time.Hour)
	con := model.DoorConsole
	id := p.do(c.dan, con, model.Scope{}, model.OpenIncident{Title: p.T("shell.demo.token.title"), Kind: model.SecurityIncident, Source: model.ByTeammate, Severity: model.SEV2}).Incident
	p.do(c.dan, con, id, model.AssignRole{Role: model.IncidentManager, Person: c.dan})
	p.do(c.dan, con, id, model.SetStatus{Status: model.Fixing})
	p.do(c.dan, con, id, model.Write{Text: p.T("shell.demo.token.revoked")})
	p.at(100 * time.Minute)
	p.do(c.dan, con, id, model.SetStatus{Status: model.Mitigated})
}

func (p *script) slow(c cast) {
	p.at(55 * time.Minute)
	id := p.do(c.cleo, model.DoorConsole, model.Scope{}, model.OpenIncident{Title: p.T("shell.demo.search.title"), Source: model.ByTicket}).Incident
	p.do(c.cleo, model.DoorConsole, id, model.AnswerQuestion{Question: model.AskImpact, Answer: model.Answer{Type: model.ChoiceAnswer, Choices: []string{model.Internal}}})
}

// checkout is the incident that the demo is about. It gives that and the log of the room.
func (p *script) checkout(c cast) (id model.Scope, log model.LogID) {
	con := model.DoorConsole
	p.at(42 * time.Minute)
	alerts := model.ReceiveAlerts{Group: model.Hash{1}, Title: p.T("shell.demo.checkout.title")}
	for i, text := range []string{
		alertText("CheckoutErrors", p.T("shell.demo.alert.errors")), alertText("CheckoutSlow", p.T("shell.demo.alert.slow")),
	} {
		alerts.Signals = append(alerts.Signals, model.AlertSignal{
			Fingerprint: fmt.Sprintf("demo%012d", i), Firing: true, Suggested: model.SEV1,
			Starts: p.now.Add(-44 * time.Minute).UnixNano(), Text: text,
		})
	}
	id = p.do(c.me, model.DoorAlert, model.Scope{}, alerts).Incident
	p.at(41 * time.Minute)
	p.do(c.ana, con, id, model.AssignRole{Role: model.IncidentManager, Person: c.ana})
	p.do(c.ana, con, id, model.SetSeverity{Level: model.SEV2, Reason: p.T("shell.demo.sev2")})
	p.do(c.ana, con, id, model.AddLink{URL: "https://meet.example.org/checkout", Label: p.T("shell.demo.call")})
	p.do(c.ana, con, id, model.AddLink{URL: "https://grafana.example.org/d/checkout", Label: p.T("shell.demo.graphs")})
	p.at(38 * time.Minute)
	p.do(c.ana, con, id, model.AssignRole{Role: model.TechLead, Person: c.bob})
	p.do(c.ana, con, id, model.AssignRole{Role: model.Support, Person: c.cleo})
	p.do(c.cleo, con, id, model.AnswerQuestion{Question: model.AskImpact, Answer: model.Answer{Type: model.ChoiceAnswer, Choices: []string{model.External}}})
	p.do(c.cleo, con, id, model.AnswerQuestion{Question: model.AskMany, Answer: model.Answer{Type: model.ChoiceAnswer, Choices: []string{model.All}}})
	p.do(c.cleo, con, id, model.AnswerQuestion{Question: model.AskSee, Answer: model.Answer{Type: model.TextAnswer}, Text: p.T("shell.demo.see")})
	p.do(c.ana, con, id, model.SetSeverity{Level: model.SEV1, Reason: p.T("shell.demo.sev1")})
	p.at(33 * time.Minute)
	p.do(c.bob, con, id, model.Write{Text: p.T("shell.demo.suspect")})
	p.do(c.ana, con, id, model.SetStatus{Status: model.Fixing})
	p.do(c.ana, con, id, model.PostUpdate{Audience: model.ToCustomers, State: model.Investigating, Text: p.T("shell.demo.update")})
	p.at(24 * time.Minute)
	done := p.do(c.bob, model.DoorShell, id, model.Write{
		Text: "kubectl rollout undo deploy/api\ndeployment.apps/api rolled back",
		Run:  &model.CommandRun{Millis: 3200, Lines: 1},
	})
	if len(done.Refs) > 0 {
		p.do(c.ana, con, id, model.Star{Target: done.Refs[0], On: true})
		log = done.Refs[0].Log
	}
	p.at(20 * time.Minute)
	p.do(c.cleo, con, id, model.AnswerQuestion{Question: model.AskCases, Answer: model.Answer{Type: model.CountAnswer, Count: 17}})
	p.do(c.bob, con, id, model.Write{Text: p.T("shell.demo.falling")})
	return id, log
}

// alertText is what a monitoring system says of an alert.
func alertText(name, summary string) string {
	raw, err := json.Marshal(map[string]map[string]string{
		"labels": {"alertname": name, "severity": "critical"}, "annotations": {"summary": summary},
	})
	if err != nil {
		panic(err) // maps of texts always have a JSON
	}
	return string(raw)
}
