package storage_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/storage/storagetest"
)

// spread reports the median and the 99th percentile of the measured times.
func spread(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) }
	b.ReportMetric(at(0.50), "p50-µs")
	b.ReportMetric(at(0.99), "p99-µs")
}

// BenchmarkOneDurableEvent is what a person waits for after a line: one event,
// its row, one sync of the disk.
func BenchmarkOneDurableEvent(b *testing.B) {
	s := open(b, b.TempDir())
	a := storagetest.NewAuthor(1)
	scope := model.Scope{1}
	_, err := s.Commit(context.Background(), storage.Batch{Events: []storage.Placed{a.Open()}})
	require.NoError(b, err)
	var took []time.Duration
	for b.Loop() {
		b.StopTimer()
		batch := storage.Batch{
			Events: []storage.Placed{a.Write(scope, "failed over to the second region, errors are going down")},
			Rows:   []model.Summary{{ID: scope, Title: "checkout answers with 500", Severity: 1}},
		}
		b.StartTimer()
		start := time.Now()
		if _, err := s.Commit(context.Background(), batch); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	spread(b, took)
}

// BenchmarkBatchOfEvents is a full group of the room.
func BenchmarkBatchOfEvents(b *testing.B) {
	s := open(b, b.TempDir())
	a := storagetest.NewAuthor(1)
	_, err := s.Commit(context.Background(), storage.Batch{Events: []storage.Placed{a.Open()}})
	require.NoError(b, err)
	const n = 1000
	for b.Loop() {
		b.StopTimer()
		batch := make([]storage.Placed, n)
		for i := range batch {
			batch[i] = a.Write(model.Scope{1}, "the queue is at 40,000 and falls")
		}
		b.StartTimer()
		if _, err := s.Commit(context.Background(), storage.Batch{Events: batch}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkTakeRuns is a catch-up from a peer: 100,000 entries with texts, of ten
// incidents, in runs of a thousand. What is measured is until the last is durable;
// the database may be a few behind, as it may in use.
func BenchmarkTakeRuns(b *testing.B) {
	const n, run = 100_000, 1000
	a := storagetest.NewAuthor(1)
	events := []storage.Placed{a.Open()}
	for len(events) < n {
		p := a.Write(model.Scope{byte(len(events) % 10)}, "the queue is at 40,000 and falls; the second region takes the traffic")
		p.Record, _ = model.Decode(p.Event) // as one has who reckons the clocks
		events = append(events, p)
	}
	dir := b.TempDir()
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		s, err := storage.Open(filepath.Join(dir, strconv.Itoa(i)), storage.Options{})
		require.NoError(b, err)
		b.StartTimer()
		for batch := range slices.Chunk(events, run) {
			if _, err := s.Commit(context.Background(), storage.Batch{Events: batch}); err != nil {
				b.Fatal(err)
			}
		}
		b.StopTimer()
		require.NoError(b, s.Close())
		b.StartTimer()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkTenThousandRows is what the first frame waits for: open the store
// and read the list.
func BenchmarkTenThousandRows(b *testing.B) {
	dir := b.TempDir()
	const n = 10_000
	s, err := storage.Open(dir, storage.Options{})
	require.NoError(b, err)
	for i := 0; i < n; i += 1000 {
		rows := make([]model.Summary, 1000)
		for j := range rows {
			rows[j] = model.Summary{
				ID: model.Scope{byte((i + j) >> 8), byte(i + j)}, Title: fmt.Sprintf("checkout answers with 500, number %d", i+j),
				Opened: int64(i), Changed: int64(i), Groups: []model.Hash{{1}},
			}
		}
		_, err := s.Commit(context.Background(), storage.Batch{Rows: rows})
		require.NoError(b, err)
	}
	require.NoError(b, s.Close())
	for b.Loop() {
		s, err := storage.Open(dir, storage.Options{})
		if err != nil {
			b.Fatal(err)
		}
		read := 0
		err = s.Rows(func(model.Summary) error { read++; return nil })
		if err != nil || read != n {
			b.Fatal(read, err)
		}
		b.StopTimer()
		require.NoError(b, s.Close())
		b.StartTimer()
	}
}

// BenchmarkReadScope is the load of one enormous incident, and BenchmarkReadLog
// that of the log it stands in.
func BenchmarkReadScope(b *testing.B) {
	s, _, n := filled(b)
	for b.Loop() {
		read := 0
		err := s.Scope(model.Scope{1}, func(*model.Event, model.Clock) error { read++; return nil })
		if err != nil || read != n {
			b.Fatal(read, err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkReadLog(b *testing.B) {
	s, a, n := filled(b)
	for b.Loop() {
		read := 0
		err := s.Log(a.Log(), 1, func(*model.Event) error { read++; return nil })
		if err != nil || read != n+1 {
			b.Fatal(read, err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// filled gives a store with 100,000 events of one scope, and their author.
func filled(b *testing.B) (*storage.Badger, *storagetest.Author, int) {
	b.Helper()
	s := open(b, b.TempDir())
	a := storagetest.NewAuthor(1)
	batch := []storage.Placed{a.Open()}
	const n = 100_000
	for range n / 1000 {
		for range 1000 {
			batch = append(batch, a.Write(model.Scope{1}, "the queue is at 40,000 and falls"))
		}
		_, err := s.Commit(context.Background(), storage.Batch{Events: batch})
		require.NoError(b, err)
		batch = batch[:0]
	}
	return s, a, n
}
