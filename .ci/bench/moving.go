package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// eventSize is what a message of NATS is filled with: as much as an event.
	eventSize = 250
	// fetchLimit is when a measurement is given up.
	fetchLimit = 5 * time.Minute
	// oneByOne is how many events are carried one at a time in a round.
	oneByOne = 300
)

// mover carries events from a process that holds them to another one that makes them
// durable: what a room does that was cut off and comes back.
type mover struct {
	name string
	// hold stores so many events, and gives how others come in. It is a process of its own,
	// and goes on until stop.
	hold func(dir string, events int) (address string, stop func() error, err error)
	// fetch is the other process. It ends when all of them are durable there, and gives the
	// memory before the first one and how long they took.
	fetch func(dir, address string, events int) (empty memory, took time.Duration, err error)
	// each carries events one at a time, from who writes one to where it is durable at
	// the other end; nil where the mover above is as fast.
	each func(dir string, events int) ([]time.Duration, error)
}

// movers are compared, warroom's own first.
var movers = []mover{
	{"warroom", holdRoom, fetchRoom, oneByOneRooms},
	{"NATS, mirror on a leaf node", holdNATS, fetchMirror, oneByOneNATS},
	{"NATS, consume and publish", holdNATS, fetchInto(publishEach), nil},
	{"NATS, consume and atomic batches of 1,000", holdNATS, fetchInto(publishAtomic), nil},
}

// moved are the figures of one round.
type moved struct {
	Took        time.Duration
	Empty, Full memory
	each        []time.Duration // sorted
}

// holding is the process that has the events: it says its address on standard output, and
// stops when its standard input ends.
func holding(m mover, dir string, events int) error {
	address, stop, err := m.hold(dir, events)
	if err != nil {
		return err
	}
	fmt.Println(address)
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return stop()
}

// fetching is the process that has nothing yet: it tells its figures on standard output.
func fetching(m mover, dir, address string, events int) error {
	empty, took, err := m.fetch(dir, address, events)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(moved{Took: took, Empty: empty, Full: resident()})
}

// move runs both processes of a mover in new folders.
func move(m mover, work string, events int) (f moved, err error) {
	dir, err := os.MkdirTemp(work, "move-")
	if err != nil {
		return f, err
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return f, err
	}
	of := func(what string, more ...string) *exec.Cmd {
		sub := filepath.Join(dir, what)
		args := append([]string{"-child", what, "-of", m.name, "-dir", sub, "-moves", fmt.Sprint(events)}, more...)
		c := exec.Command(self, args...)
		c.Stderr = os.Stderr
		return c
	}
	for _, sub := range []string{childHold, childFetch} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			return f, err
		}
	}
	holder := of(childHold)
	over, err := holder.StdinPipe()
	if err != nil {
		return f, err
	}
	said, err := holder.StdoutPipe()
	if err != nil {
		return f, err
	}
	if err := holder.Start(); err != nil {
		return f, err
	}
	address, err := bufio.NewReader(said).ReadString('\n')
	if err == nil {
		var out []byte
		if out, err = of(childFetch, "-from", strings.TrimSpace(address)).Output(); err == nil {
			err = json.Unmarshal(out, &f)
		}
	}
	over.Close()
	if gone := holder.Wait(); err == nil {
		err = gone
	}
	if err != nil {
		return f, fmt.Errorf("%s: %w", m.name, err)
	}
	return f, nil
}

// moveRounds lets the movers work in turn, as writeRounds does.
func (r *report) moveRounds() error {
	began := time.Now()
	r.moves = make([][]moved, len(movers))
	for round := range r.rounds {
		if round > 0 && time.Since(began) > r.budget {
			return nil
		}
		took, err := syncTime(r.work)
		if err != nil {
			return err
		}
		r.syncs = append(r.syncs, took)
		for i := range movers {
			i = (i + round) % len(movers)
			f, err := move(movers[i], r.work, r.move)
			if err != nil {
				return err
			}
			if movers[i].each != nil {
				dir, err := os.MkdirTemp(r.work, "each-")
				if err != nil {
					return err
				}
				if f.each, err = movers[i].each(dir, oneByOne); err != nil {
					return fmt.Errorf("%s, one by one: %w", movers[i].name, err)
				}
				slices.Sort(f.each)
				if err := os.RemoveAll(dir); err != nil {
					return err
				}
			}
			r.moves[i] = append(r.moves[i], f)
		}
	}
	return nil
}

func (r *report) printMoving(w io.Writer) {
	rate := func(f moved) float64 { return float64(r.move) / f.Took.Seconds() }
	p := func(q float64) func(moved) float64 {
		return func(f moved) float64 { return quantile(f.each, q).Seconds() }
	}
	fmt.Fprintf(w, "\n### %s events to another process, %d rounds\n\n", count(float64(r.move)), len(r.moves[0]))
	fmt.Fprintf(w, "Durable at both ends, one copy each. Memory is the most that the receiving process had resident. One by one: from\n"+
		"who writes an event until it is durable at the other end, both ends syncing each. Against: warroom's events a second\n"+
		"over its, and its times over warroom's, so above 1 warroom is the faster.\n\n")
	row(w, "Mover", "events/s", "memory, most", "one by one, p50", "p99", "events/s against", "p50 against", "p99 against")
	rule(w, 8)
	for i, m := range movers {
		f, base := r.moves[i], r.moves[0]
		cells := []string{m.name, count(median(f, rate)), mb(median(f, func(f moved) float64 { return float64(f.Full.Peak) })), "-", "-", times(ratio(base, f, rate)), "-", "-"}
		if m.each != nil {
			cells[3], cells[4] = ms(median(f, p(0.5))), ms(median(f, p(0.99)))
			cells[6], cells[7] = times(ratio(f, base, p(0.5))), times(ratio(f, base, p(0.99)))
		}
		row(w, cells...)
	}
}
