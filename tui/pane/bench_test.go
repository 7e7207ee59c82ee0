package pane

import (
	"testing"
	"time"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/lang"
)

// The largest room that is designed for, on the largest screen.
const (
	manyIncidents = 10_000
	manyLines     = 100_000
)

func benchRoom(b *testing.B) (*room, Env) {
	b.Helper()
	r := checkout(b)
	theme, err := themes.Builtin("default")
	if err != nil {
		b.Fatal(err)
	}
	return r, Env{Styles: theme.Styles(themes.ANSI16), Say: lang.New(lang.Options{Zone: time.UTC, Name: r.ov.People.Name}), Now: r.Now().UnixMilli(), Me: r.Me()}
}

func BenchmarkIncidentsRows(b *testing.B) {
	r, env := benchRoom(b)
	p := NewIncidents()
	p.SetData(r.many(manyIncidents))
	for b.Loop() {
		p.Move(Down, 24)
		p.Rows(env, 66, 24, true)
	}
}

func BenchmarkIncidentsFilter(b *testing.B) {
	r, env := benchRoom(b)
	p := NewIncidents()
	p.SetData(r.many(manyIncidents))
	p.Rows(env, 66, 24, true)
	for b.Loop() {
		p.SetFilter("checkout 77")
		p.SetFilter("")
	}
}

func BenchmarkIncidentsSetData(b *testing.B) {
	r, _ := benchRoom(b)
	p := NewIncidents()
	x, y := r.many(manyIncidents), r.many(manyIncidents)
	for b.Loop() {
		p.SetData(x)
		x, y = y, x
	}
}

func BenchmarkLogRows(b *testing.B) {
	r, env := benchRoom(b)
	p := NewLog()
	p.SetData(r.long(manyLines), r.ov.People)
	p.Move(PageUp, 40)
	for b.Loop() {
		p.Move(Up, 40)
		p.Rows(env, 200, 40, true)
	}
}

func BenchmarkLogSetDataWithFilter(b *testing.B) {
	r, env := benchRoom(b)
	p := NewLog()
	v := r.long(manyLines)
	p.SetData(v, r.ov.People)
	p.Rows(env, 200, 40, true)
	p.SetFilter("error rate")
	p.Apply(p.MatchJob()())
	more := *v
	more.Lines = append(append([]*model.Line{}, v.Lines...), r.view.Lines[15])
	x, y := &more, v
	for b.Loop() {
		p.SetData(x, r.ov.People)
		x, y = y, x
	}
}

func BenchmarkLogMatchJob(b *testing.B) {
	r, env := benchRoom(b)
	p := NewLog()
	p.SetData(r.long(manyLines), r.ov.People)
	p.Rows(env, 200, 40, true)
	p.SetFilter("error rate")
	for b.Loop() {
		p.MatchJob()()
	}
}

func BenchmarkFrame(b *testing.B) {
	r, env := benchRoom(b)
	i, m, o, l := NewIncidents(), NewImpact(), NewRoles(), NewLog()
	i.SetData(r.many(manyIncidents))
	m.SetData(r.view)
	o.SetData(r.view, r.ov.People)
	l.SetData(r.long(manyLines), r.ov.People)
	for b.Loop() {
		Header(env, r.ov, r.view, 200)
		Rail(env, r.view, model.Step{}, 200)
		i.Rows(env, 66, 22, true)
		m.Rows(env, 67, 22, false)
		o.Rows(env, 67, 22, false)
		l.Rows(env, 200, 34, false)
		Footer(env, hints(), 200)
	}
}
