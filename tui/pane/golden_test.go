package pane

import (
	"testing"

	"warroom/model"
	"warroom/tui/internal/golden"
)

// drawing is a pane in a state, at the sizes that it is seen at.
type drawing struct {
	name    string
	w, h    int
	look    look
	idle    bool // another pane has the focus
	prepare func(r *room) Pane
}

func incidents(change func(r *room, p *Incidents)) func(r *room) Pane {
	return func(r *room) Pane {
		p := NewIncidents()
		p.SetData(r.ov)
		p.SetCurrent(r.id)
		p.Select(r.id)
		change(r, p)
		return p
	}
}

func impact(change func(r *room, p *Impact)) func(r *room) Pane {
	return func(r *room) Pane {
		p := NewImpact()
		p.SetData(r.view)
		change(r, p)
		return p
	}
}

func roles(change func(r *room, p *Roles)) func(r *room) Pane {
	return func(r *room) Pane {
		p := NewRoles()
		p.SetData(r.view, r.ov.People)
		change(r, p)
		return p
	}
}

func logOf(change func(r *room, p *Log)) func(r *room) Pane {
	return func(r *room) Pane {
		p := NewLog()
		p.SetData(r.view, r.ov.People)
		change(r, p)
		return p
	}
}

func drawings() []drawing {
	plainI := incidents(func(*room, *Incidents) {})
	plainM := impact(func(*room, *Impact) {})
	plainR := roles(func(*room, *Roles) {})
	plainL := logOf(func(*room, *Log) {})
	none := &model.Overview{}
	return []drawing{
		{name: "incidents/some", w: 40, h: 8, prepare: plainI},
		{name: "incidents/wide", w: 80, h: 8, prepare: plainI},
		{name: "incidents/narrow", w: 24, h: 7, prepare: plainI},
		{name: "incidents/ascii", w: 66, h: 8, look: look{ascii: true}, prepare: plainI},
		{name: "incidents/named", w: 66, h: 8, look: look{named: true}, prepare: plainI},
		{name: "incidents/named-idle", w: 66, h: 8, look: look{named: true}, idle: true, prepare: plainI},
		{name: "incidents/empty", w: 40, h: 8, prepare: incidents(func(_ *room, p *Incidents) { p.SetData(none) })},
		{name: "incidents/empty-read-only", w: 40, h: 8, look: look{readOnly: true}, prepare: incidents(func(_ *room, p *Incidents) { p.SetData(none) })},
		{name: "incidents/loading", w: 40, h: 6, prepare: func(*room) Pane { return NewIncidents() }},
		{name: "incidents/error", w: 40, h: 8, prepare: incidents(func(_ *room, p *Incidents) { p.SetError(errBroken) })},
		{name: "incidents/one", w: 40, h: 6, prepare: incidents(func(r *room, p *Incidents) { p.SetData(r.many(1)) })},
		{name: "incidents/many", w: 60, h: 12, prepare: incidents(func(r *room, p *Incidents) {
			p.SetData(r.many(10_000))
			p.Move(Bottom, 12)
			p.Move(PageUp, 12)
		})},
		{name: "incidents/filtered", w: 40, h: 8, prepare: incidents(func(_ *room, p *Incidents) { p.SetFilter("SLOW 東京") })},
		{name: "incidents/no-match", w: 40, h: 8, prepare: incidents(func(_ *room, p *Incidents) { p.SetFilter("zebra") })},
		{name: "incidents/conflict-overdue", w: 80, h: 8, look: look{later: 5 * hour}, prepare: incidents(func(r *room, p *Incidents) {
			ov := r.many(5)
			ov.Rows[1].Conflict = true
			p.SetData(ov)
		})},

		{name: "impact/some", w: 40, h: 8, prepare: plainM},
		{name: "impact/wide", w: 66, h: 10, prepare: plainM},
		{name: "impact/ascii", w: 66, h: 8, look: look{ascii: true}, prepare: plainM},
		{name: "impact/named", w: 60, h: 8, look: look{named: true}, prepare: plainM},
		{name: "impact/empty", w: 40, h: 8, prepare: impact(func(_ *room, p *Impact) { p.SetData(nil) })},
		{name: "impact/loading", w: 40, h: 6, prepare: impact(func(_ *room, p *Impact) { p.SetData(nil); p.SetLoading() })},
		{name: "impact/error", w: 40, h: 6, prepare: impact(func(_ *room, p *Impact) { p.SetError(errBroken) })},
		{name: "impact/conflict", w: 40, h: 8, prepare: impact(func(r *room, p *Impact) { p.SetData(r.conflicting()) })},
		{name: "impact/suggests", w: 40, h: 8, prepare: impact(func(r *room, p *Impact) {
			v := *r.view
			v.Severity.Value = model.SEV3
			p.SetData(&v)
		})},
		{name: "impact/filtered", w: 40, h: 6, prepare: impact(func(_ *room, p *Impact) { p.SetFilter("pay") })},

		{name: "roles/some", w: 40, h: 12, prepare: plainR},
		{name: "roles/duty", w: 40, h: 16, idle: true, prepare: plainR},
		{name: "roles/ascii", w: 40, h: 12, look: look{ascii: true}, prepare: plainR},
		{name: "roles/named", w: 40, h: 11, look: look{named: true}, prepare: plainR},
		{name: "roles/empty", w: 40, h: 8, prepare: roles(func(_ *room, p *Roles) { p.SetData(nil, nil) })},
		{name: "roles/loading", w: 40, h: 6, prepare: roles(func(_ *room, p *Roles) { p.SetData(nil, nil); p.SetLoading() })},
		{name: "roles/error", w: 40, h: 6, prepare: roles(func(_ *room, p *Roles) { p.SetError(errBroken) })},
		{name: "roles/conflict", w: 40, h: 12, prepare: roles(func(r *room, p *Roles) { p.SetData(r.conflicting(), r.ov.People) })},
		{name: "roles/filtered", w: 40, h: 6, prepare: roles(func(_ *room, p *Roles) { p.SetFilter("bob") })},

		{name: "log/some", w: 80, h: 26, prepare: plainL},
		{name: "log/wide", w: 120, h: 26, prepare: plainL},
		{name: "log/narrow", w: 40, h: 12, prepare: plainL},
		{name: "log/ascii", w: 80, h: 26, look: look{ascii: true}, prepare: plainL},
		{name: "log/narrow-ascii", w: 40, h: 24, look: look{ascii: true}, prepare: plainL},
		{name: "log/named", w: 100, h: 26, look: look{named: true}, prepare: plainL},
		{name: "log/both-clocks", w: 100, h: 8, look: look{clock: 2}, prepare: plainL},
		{name: "log/next-day", w: 100, h: 8, look: look{later: 30 * hour}, prepare: plainL},
		{name: "log/empty", w: 80, h: 8, prepare: logOf(func(_ *room, p *Log) { p.SetData(nil, nil) })},
		{name: "log/loading", w: 80, h: 6, prepare: logOf(func(_ *room, p *Log) { p.SetData(nil, nil); p.SetLoading() })},
		{name: "log/error", w: 80, h: 6, prepare: logOf(func(_ *room, p *Log) { p.SetError(errBroken) })},
		{name: "log/one", w: 80, h: 6, prepare: logOf(func(r *room, p *Log) { p.SetData(r.long(1), r.ov.People) })},
		{name: "log/many-new", w: 80, h: 10, prepare: logOf(func(r *room, p *Log) {
			v := r.long(100_000)
			w := *v
			w.Lines = w.Lines[:99_997]
			p.SetData(&w, r.ov.People)
			p.Move(PageUp, 10)
			p.SetData(v, r.ov.People)
		})},
		{name: "log/earlier", w: 80, h: 8, prepare: logOf(func(r *room, p *Log) {
			p.SetData(part(r.long(100_000), 500), r.ov.People)
			p.Move(Top, 8)
		})},
		{name: "log/earlier-filtered", w: 80, h: 8, prepare: logOf(func(r *room, p *Log) {
			p.SetData(part(r.long(100_000), 500), r.ov.People)
			p.SetFilter("error")
		})},
		{name: "log/filtered", w: 80, h: 8, prepare: logOf(func(_ *room, p *Log) { p.SetFilter("ERROR rate") })},
		{name: "log/searching", w: 80, h: 8, prepare: logOf(func(r *room, p *Log) {
			p.SetData(r.long(50_000), r.ov.People)
			p.SetFilter("error")
		})},
		{name: "log/conflict", w: 80, h: 26, prepare: logOf(func(r *room, p *Log) { p.SetData(r.conflicting(), r.ov.People) })},
		{name: "log/only-here", w: 80, h: 26, prepare: logOf(func(r *room, p *Log) { p.SetPeers(r.keeping(5), Flow{}) })},
		{name: "log/only-here-narrow", w: 40, h: 12, prepare: logOf(func(r *room, p *Log) { p.SetPeers(r.keeping(5), Flow{}) })},
		{name: "log/only-here-ascii", w: 80, h: 10, look: look{ascii: true}, prepare: logOf(func(r *room, p *Log) { p.SetPeers(r.keeping(5), Flow{}) })},
		{name: "log/only-here-named", w: 80, h: 8, look: look{named: true}, prepare: logOf(func(r *room, p *Log) { p.SetPeers(r.keeping(5), Flow{}) })},
		{name: "log/late-clock", w: 80, h: 8, prepare: logOf(func(r *room, p *Log) { p.SetData(r.skewed(), r.ov.People) })},
	}
}

func TestGoldenPanes(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	for _, d := range drawings() {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			rows := d.prepare(r).Rows(r.env(t, d.look), d.w, d.h, !d.idle)
			golden.Equal(t, d.name, exact(t, rows, d.w, d.h))
		})
	}
}
