package room_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

func benchRoom(b *testing.B) *room.Room {
	b.Helper()
	dir := b.TempDir()
	s, err := storage.Open(dir, storage.Options{})
	require.NoError(b, err)
	r, err := room.Open(b.Context(), room.Options{Store: s, Dir: dir, Name: "ana"})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, r.Close()) })
	return r
}

func opened(b *testing.B, r *room.Room) model.Scope {
	b.Helper()
	got, err := r.Do(b.Context(), me(r), model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"})
	require.NoError(b, err)
	return got.Incident
}

// percentile reports p50 and p99 in microseconds.
func percentile(b *testing.B, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-us")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-us")
}

// BenchmarkADurableEntry is one person writing: command to answer, on disk.
func BenchmarkADurableEntry(b *testing.B) {
	r := benchRoom(b)
	id := opened(b, r)
	took := make([]time.Duration, 0, b.N)
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		_, err := r.Do(b.Context(), me(r), id, model.Write{Text: fmt.Sprintf("entry %d: rolled back, error rate falling", i)})
		require.NoError(b, err)
		took = append(took, time.Since(began))
	}
	percentile(b, took)
}

// BenchmarkSixteenWriters is a room full of people: durable events a second.
func BenchmarkSixteenWriters(b *testing.B) {
	r := benchRoom(b)
	id := opened(b, r)
	b.ResetTimer()
	began := time.Now()
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := w; i < b.N; i += 16 {
				if _, err := r.Do(b.Context(), me(r), id, model.Write{Text: "rolled back, error rate falling"}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "events/s")
}

// BenchmarkOpenWithIncidents is the start of a room with 10,000 incidents: to
// the list that the first frame needs.
func BenchmarkOpenWithIncidents(b *testing.B) {
	dir := b.TempDir()
	s, err := storage.Open(dir, storage.Options{})
	require.NoError(b, err)
	r, err := room.Open(b.Context(), room.Options{Store: s, Dir: dir, Name: "ana"})
	require.NoError(b, err)
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := w; i < 10_000; i += 16 {
				if _, err := r.Do(b.Context(), me(r), model.Scope{}, model.OpenIncident{Title: fmt.Sprintf("incident %d", i)}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	require.NoError(b, r.Close())
	for b.Loop() {
		s, err := storage.Open(dir, storage.Options{})
		require.NoError(b, err)
		r, err := room.Open(b.Context(), room.Options{Store: s, Dir: dir})
		require.NoError(b, err)
		require.Len(b, r.Overview().Rows, 10_000)
		b.StopTimer()
		require.NoError(b, r.Close())
		b.StartTimer()
	}
}

// BenchmarkOpenALongIncident is from the store to the view of the whole, for an
// incident of 100,000 entries.
func BenchmarkOpenALongIncident(b *testing.B) {
	openLong(b, func(r *room.Room, id model.Scope) {
		v, err := r.Incident(b.Context(), id)
		require.NoError(b, err)
		require.Len(b, v.Lines, 100_001)
	})
}

// BenchmarkGlanceALongIncident is from the store to the screen's view, for an
// incident of 100,000 entries.
func BenchmarkGlanceALongIncident(b *testing.B) {
	openLong(b, func(r *room.Room, id model.Scope) {
		v, err := r.Glance(b.Context(), id)
		require.NoError(b, err)
		require.Equal(b, 100_001, v.Total())
		require.Less(b, len(v.Lines), 1000)
	})
}

// BenchmarkPageALongIncident is one page of 500 further back.
func BenchmarkPageALongIncident(b *testing.B) {
	openLong(b, func(r *room.Room, id model.Scope) {
		b.StopTimer()
		_, err := r.Glance(b.Context(), id)
		require.NoError(b, err)
		b.StartTimer()
		_, err = r.Older(b.Context(), id, 500)
		require.NoError(b, err)
	})
}

// openLong runs do on a room that was opened anew.
func openLong(b *testing.B, do func(*room.Room, model.Scope)) {
	b.Helper()
	dir := b.TempDir()
	s, err := storage.Open(dir, storage.Options{})
	require.NoError(b, err)
	r, err := room.Open(b.Context(), room.Options{Store: s, Dir: dir, Name: "ana"})
	require.NoError(b, err)
	id := opened(b, r)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 100_000 / 16 {
				if _, err := r.Do(b.Context(), me(r), id, model.Write{Text: "rolled back, error rate falling"}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	require.NoError(b, r.Close())
	for b.Loop() {
		b.StopTimer()
		s, err := storage.Open(dir, storage.Options{})
		require.NoError(b, err)
		r, err := room.Open(b.Context(), room.Options{Store: s, Dir: dir})
		require.NoError(b, err)
		b.StartTimer()
		do(r, id)
		b.StopTimer()
		require.NoError(b, r.Close())
		b.StartTimer()
	}
}

// BenchmarkProve is the start of a room until all that is in it has been proved:
// the chains, bodies and texts, with a signature for every run.
func BenchmarkProve(b *testing.B) {
	for _, events := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprintf("%d events", events), func(b *testing.B) {
			if testing.Short() && events > 100_000 {
				b.Skip("it takes a minute to write them")
			}
			dir := b.TempDir()
			reopen := func() *storage.Badger {
				s, err := storage.Open(dir, storage.Options{})
				require.NoError(b, err)
				return s
			}
			r, err := room.Open(b.Context(), room.Options{Store: reopen(), Dir: dir, Name: "ana"})
			require.NoError(b, err)
			require.NoError(b, r.Close())
			s := reopen()
			authorOf(b, r, dir, s).write(b, events, 10_000, nil)
			require.NoError(b, s.Close())
			var opened, proved time.Duration
			for b.Loop() {
				began := time.Now()
				r, err := room.Open(b.Context(), room.Options{Store: reopen(), Dir: dir})
				require.NoError(b, err)
				opened += time.Since(began)
				<-r.Proved()
				proved += time.Since(began)
				b.StopTimer()
				n, done, fault := r.Verified()
				require.True(b, done)
				require.Nil(b, fault)
				require.Equal(b, events+3, n)
				require.NoError(b, r.Close())
				b.StartTimer()
			}
			b.ReportMetric(opened.Seconds()*1000/float64(b.N), "open-ms")
			b.ReportMetric(proved.Seconds()*1000/float64(b.N), "proved-ms")
		})
	}
}
