package model_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// many is an incident of n entries, with a severity, a role and an amendment
// now and then; decoded and ready to fold.
func many(b *testing.B, n int) (*stage, []*model.Event) {
	b.Helper()
	s := newStage(b, "bob")
	in := s.state.Incidents[s.id]
	var entry model.Ref
	for i := range n {
		var body model.Body = &model.EntryAdd{Common: model.Common{Actor: s.person, Via: model.DoorConsole}}
		switch {
		case i%100 == 50:
			body = &model.EntryAmend{Common: model.Common{Actor: s.person}, Target: entry}
		case i%1_000 == 1:
			body = &model.SeveritySet{Common: model.Common{Actor: s.person}, Level: model.Level(i/1_000%3 + 1)}
			if by := in.View().Severity.By; by != nil {
				model.CommonOf(body).Pred = []model.Ref{by.Ref}
			}
		}
		entry = s.seal(model.Draft{Scope: s.id, Body: body, Text: fmt.Sprintf("replica %d lags by %d s", i%7, i)}).Ref()
	}
	return s, s.known
}

const lots = 100_000

// BenchmarkFold folds 100,000 events that are decoded already: what a start
// costs after reading.
func BenchmarkFold(b *testing.B) {
	s, events := many(b, lots)
	b.ReportAllocs()
	var heap uint64
	for b.Loop() {
		b.StopTimer()
		records := make([]*model.Record, len(events))
		for i, e := range events {
			records[i] = decode(b, e)
		}
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		b.StartTimer()
		state := model.NewState(s.crew.ws.Scope())
		for _, r := range records {
			state.Apply(r)
		}
		view := state.Incidents[s.id].View()
		b.StopTimer()
		require.NotEmpty(b, view.Lines)
		runtime.GC()
		runtime.ReadMemStats(&after)
		heap = after.HeapAlloc - before.HeapAlloc
		runtime.KeepAlive(state)
		runtime.KeepAlive(view)
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/lots, "ns/event")
	b.ReportMetric(float64(heap)/lots, "B/event")
}

// BenchmarkDecode reads one entry's record from its bytes.
func BenchmarkDecode(b *testing.B) {
	_, events := many(b, 1_000)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		decode(b, events[len(events)-1-i%900])
		i++
	}
}

// BenchmarkCheckRun checks a run of 1,000 events of a peer: a chain, and one signature.
func BenchmarkCheckRun(b *testing.B) {
	const n = 1_000
	l := newLog(1).write(b, l0())
	for range n - 1 {
		l.write(b, &model.EntryAdd{})
	}
	b.ReportAllocs()
	for b.Loop() {
		_, err := l.check(model.Head{Log: l.head.Log}, l.events)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/event")
}

// BenchmarkViewAfterOneMore is what a key press costs on an incident of 100,000
// lines, before it is painted.
func BenchmarkViewAfterOneMore(b *testing.B) {
	s, _ := many(b, lots)
	in := s.state.Incidents[s.id]
	in.View()
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		s.seal(model.Draft{Scope: s.id, Body: &model.EntryAdd{Common: model.Common{Actor: s.person}}, Text: "one more"})
		b.StartTimer()
		in.View()
	}
}

// BenchmarkDecideAndSeal is an entry from the command to the signed event.
func BenchmarkDecideAndSeal(b *testing.B) {
	s := newStage(b)
	in := s.state.Incidents[s.id]
	head := s.head
	a := model.Act{Now: s.now, Actor: s.person, Via: model.DoorConsole, Workspace: s.crew.ws.Scope(), Log: head.Log, Nonce: s.crew.nonce}
	b.ReportAllocs()
	for b.Loop() {
		drafts, err := model.Decide(a, s.state.People, in, model.Write{Text: "replica 3 lags by 12 s"})
		require.NoError(b, err)
		_, next, err := model.Seal(s.signer, head, drafts[0], at0, model.Salt{})
		require.NoError(b, err)
		head = next
	}
}

// BenchmarkSummarise makes the row of an incident of 100,000 lines.
func BenchmarkSummarise(b *testing.B) {
	s, _ := many(b, lots)
	v := s.view(s.id)
	b.ReportAllocs()
	for b.Loop() {
		model.Summarise(v)
	}
}

// BenchmarkMergeOfAnEarlierLog adds the first event of a log of 10,000 last, so
// that all the others move.
func BenchmarkMergeOfAnEarlierLog(b *testing.B) {
	s, events := many(b, 10_000)
	for b.Loop() {
		b.StopTimer()
		state := model.NewState(s.crew.ws.Scope())
		ahead := *events[0]
		ahead.Clock = model.ClockAt(s.now.Add(24 * time.Hour).UnixMilli())
		for _, e := range events[1:] {
			state.Apply(decode(b, e))
		}
		b.StartTimer()
		state.Apply(decode(b, &ahead))
		state.Incidents[s.id].View()
	}
}
