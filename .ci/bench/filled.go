package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"warroom/model"
	"warroom/storage"
	"warroom/storage/storagetest"
)

const fillBatch = 1_000 // events of a transaction while a store is filled

// fill writes n events into each engine: sixteen logs, and incidents of about a
// thousand events each. It gives how long each engine took, without the sealing.
func fill(dir string, n int) (map[string]time.Duration, error) {
	took := map[string]time.Duration{}
	open := make([]engine, len(engines))
	for i, e := range engines {
		path := filepath.Join(dir, e.name)
		if err := os.Mkdir(path, 0o700); err != nil {
			return nil, err
		}
		var err error
		if open[i], err = e.open(path); err != nil {
			return nil, err
		}
	}
	authors, batches := make([]*storagetest.Author, manyWriters), make([][]storage.Placed, manyWriters)
	for w := range authors {
		authors[w] = storagetest.NewAuthor(byte(w))
		batches[w] = []storage.Placed{authors[w].Open()}
	}
	for sealed, incidents := 0, 0; sealed < n; incidents += manyWriters {
		var wg sync.WaitGroup
		for w, a := range authors {
			count := max(0, min(fillBatch-1, n-sealed))
			sealed += count
			wg.Go(func() {
				for i := range count {
					in := incidents + i%manyWriters
					batches[w] = append(batches[w], a.Write(model.Scope{1, byte(in >> 16), byte(in >> 8), byte(in)}, entry))
				}
			})
		}
		wg.Wait()
		for i, e := range open {
			began := time.Now()
			for _, batch := range batches {
				if len(batch) == 0 {
					continue
				}
				if err := e.write(batch); err != nil {
					return nil, fmt.Errorf("%s: %w", engines[i].name, err)
				}
			}
			if err := e.settle(); err != nil { // or it would go on in the others' time
				return nil, fmt.Errorf("%s: %w", engines[i].name, err)
			}
			took[engines[i].name] += time.Since(began)
		}
		for w := range batches {
			batches[w] = batches[w][:0]
		}
	}
	for i, e := range open {
		began := time.Now()
		if err := e.close(); err != nil {
			return nil, fmt.Errorf("%s: %w", engines[i].name, err)
		}
		took[engines[i].name] += time.Since(began)
	}
	return took, nil
}

// start is what a new process says of a store that it opened.
type start struct {
	Open time.Duration // until it has the store and knows the logs
	Read time.Duration // then, until it has read every event
	// Empty, Opened and Full are its memory before, in between and after.
	Empty, Opened, Full memory
	Events              int
}

// opening is the new process: it opens the store, tells its figures as JSON on
// standard output, and ends.
func opening(name, dir string) error {
	for _, e := range engines {
		if e.name != name {
			continue
		}
		s := start{Empty: resident()}
		began := time.Now()
		open, err := e.open(dir)
		if err != nil {
			return err
		}
		logs, err := open.ends()
		if err != nil {
			return err
		}
		s.Open = time.Since(began)
		if logs != manyWriters {
			return fmt.Errorf("%s holds %d logs", name, logs)
		}
		s.Opened = resident()
		began = time.Now()
		if err := open.read(func(*model.Event) { s.Events++ }); err != nil {
			return err
		}
		s.Read, s.Full = time.Since(began), resident()
		if err := open.close(); err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(s)
	}
	return fmt.Errorf("no engine %q", name)
}

// inChild opens a filled store in a new process, whose memory nothing else uses.
// The pages are in the system's cache: a start after a reboot is slower for all.
func inChild(name, dir string) (s start, err error) {
	self, err := os.Executable()
	if err != nil {
		return s, err
	}
	c := exec.Command(self, "-child", childOpen, "-of", name, "-dir", dir)
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return s, fmt.Errorf("open the filled %s: %w", name, err)
	}
	return s, json.Unmarshal(out, &s)
}
