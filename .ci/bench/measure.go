package main

import (
	"errors"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"warroom/model"
	"warroom/storage"
	"warroom/storage/storagetest"
)

const (
	manyWriters = 16
	// entry makes an event of 250 bytes.
	entry = "done"
)

// job is one way to make events durable, by a number of writers.
type job struct {
	name string
	open func(dir string, first []storage.Placed) (session, error)
}

var (
	oneWriter = []job{
		{"warroom storage", alone(openStorage)},
		{"warroom room, with sealing", openRoom},
		{"bbolt", alone(openBbolt)},
		{"SQLite", alone(openSQLite)},
	}
	many = []job{
		{"warroom room, with sealing", openRoom},
		{"warroom storage, committer", grouped(openStorage)},
		{"bbolt, db.Batch", openBatch},
		{"bbolt, committer", grouped(openBbolt)},
		{"SQLite, mutex", inTurn(openSQLite)},
		{"SQLite, committer", grouped(openSQLite)},
	}
)

// pool holds events that were sealed beforehand, so that signing is not
// measured: what opens the logs, then for each writer a log's entries.
type pool struct {
	first   []storage.Placed
	entries [][]storage.Placed
}

// newPool seals for each writer; the first has more, for when it is alone.
func newPool(alone, each int) pool {
	p := pool{entries: make([][]storage.Placed, manyWriters)}
	var wg sync.WaitGroup
	for w := range manyWriters {
		a := storagetest.NewAuthor(byte(w))
		p.first = append(p.first, a.Open())
		n := each
		if w == 0 {
			n = max(alone, each)
		}
		wg.Go(func() {
			for range n {
				p.entries[w] = append(p.entries[w], a.Write(model.Scope{1}, entry))
			}
		})
	}
	wg.Wait()
	return p
}

// figures are what one job gave in one round.
type figures struct {
	p50, p99 time.Duration
	rate     float64 // durable events a second
	settled  float64 // the same, with the time until they stand where they are read from
}

// measure runs a job in a new folder until the time is over or the events are
// used up. Opening and closing are not measured.
func measure(j job, dir string, writers int, p pool, each int, long time.Duration) (f figures, err error) {
	dir, err = os.MkdirTemp(dir, "round-")
	if err != nil {
		return f, err
	}
	defer os.RemoveAll(dir)
	s, err := j.open(dir, p.first)
	if err != nil {
		return f, err
	}
	if err := s.settle(); err != nil {
		return f, err
	}
	debug.FreeOSMemory() // the garbage of the one before is not this one's
	took, errs := make([][]time.Duration, writers), make([]error, writers)
	var wg sync.WaitGroup
	began := time.Now()
	for w := range writers {
		wg.Go(func() {
			entries := p.entries[w]
			if writers > 1 {
				entries = entries[:min(each, len(entries))]
			}
			for _, e := range entries {
				start := time.Now()
				if start.Sub(began) > long {
					return
				}
				if err := s.write(e); err != nil {
					errs[w] = err
					return
				}
				took[w] = append(took[w], time.Since(start))
			}
		})
	}
	wg.Wait()
	written := time.Since(began)
	errs = append(errs, s.settle())
	settled := time.Since(began)
	if err := errors.Join(append(errs, s.close())...); err != nil {
		return f, err
	}
	all := slices.Concat(took...)
	slices.Sort(all)
	n := float64(len(all))
	return figures{
		p50: quantile(all, 0.50), p99: quantile(all, 0.99),
		rate: n / written.Seconds(), settled: n / settled.Seconds(),
	}, nil
}

// quantile is of sorted values; 0 of none.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[int(q*float64(len(sorted)-1))]
}

// median of what f gives for each round.
func median[T any](rounds []T, f func(T) float64) float64 {
	values := make([]float64, len(rounds))
	for i, r := range rounds {
		values[i] = f(r)
	}
	slices.Sort(values)
	n := len(values)
	if n == 0 {
		return 0
	}
	return (values[(n-1)/2] + values[n/2]) / 2
}

// ratio is the median of the rounds' ratios: a round's figures were taken side
// by side, so what slows the machine for a while slows both.
func ratio[T any](above, below []T, f func(T) float64) float64 {
	pairs := make([][2]T, min(len(above), len(below)))
	for i := range pairs {
		pairs[i] = [2]T{above[i], below[i]}
	}
	return median(pairs, func(p [2]T) float64 { return f(p[0]) / f(p[1]) })
}
