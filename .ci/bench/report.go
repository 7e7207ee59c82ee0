package main

import (
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// ballast is warroom's file of that name.
const ballast = "ballast"

// How often a filled store is opened: at most, since its figures vary less, and
// at least, since a large one is filled for this.
const maxOpens, minOpens = 5, 3

// report gathers the rounds and prints them.
type report struct {
	options
	work   string // the folder that is removed at the end
	began  time.Time
	loads  [2]string // at the beginning and the end
	event  int       // bytes
	syncs  []time.Duration
	alone  [][]figures // by job, then by round
	many   [][]figures
	starts [][]start // by engine, then by round
	disk   []usage
	parts  map[string]usage // of warroom's
	fills  map[string]time.Duration
	moves  [][]moved // by mover, then by round
}

func newReport(o options, work string) *report {
	return &report{
		options: o, work: work, began: time.Now(), loads: [2]string{load()}, event: eventSize,
		alone: make([][]figures, len(oneWriter)), many: make([][]figures, len(many)),
		starts: make([][]start, len(engines)),
	}
}

// writeRounds lets the stores write in turn. Each round begins with another
// one, so that none always comes after the same.
func (r *report) writeRounds() error {
	const alone, each = 8_000, 2_000 // enough for the time, where a sync is not free
	p := newPool(alone, each)
	r.event = p.entries[0][0].Event.Size()
	for round := range r.rounds {
		if round > 0 && time.Since(r.began) > r.budget/2 {
			return nil
		}
		took, err := syncTime(r.work)
		if err != nil {
			return err
		}
		r.syncs = append(r.syncs, took)
		for _, of := range []struct {
			jobs    []job
			into    [][]figures
			writers int
		}{{oneWriter, r.alone, 1}, {many, r.many, manyWriters}} {
			for i := range of.jobs {
				i = (i + round) % len(of.jobs)
				f, err := measure(of.jobs[i], r.work, of.writers, p, each, r.long)
				if err != nil {
					return fmt.Errorf("%s, %d writers: %w", of.jobs[i].name, of.writers, err)
				}
				of.into[i] = append(of.into[i], f)
			}
		}
	}
	return nil
}

// openRounds fills each store once, and opens each in turn.
func (r *report) openRounds() error {
	var err error
	if r.fills, err = fill(r.work, r.events); err != nil {
		return err
	}
	debug.FreeOSMemory()
	for i, e := range engines {
		all, parts, err := used(filepath.Join(r.work, e.name))
		if err != nil {
			return err
		}
		if r.disk = append(r.disk, all); i == 0 {
			r.parts = parts
		}
	}
	for round := range min(r.rounds, maxOpens) {
		if round >= minOpens && time.Since(r.began) > r.budget {
			return nil
		}
		for i := range engines {
			i = (i + round) % len(engines)
			s, err := inChild(engines[i].name, filepath.Join(r.work, engines[i].name))
			if err != nil {
				return err
			}
			if want := r.events + manyWriters; s.Events != want {
				return fmt.Errorf("%s gave %d of %d events", engines[i].name, s.Events, want)
			}
			r.starts[i] = append(r.starts[i], s)
		}
	}
	return nil
}

func (r *report) print(w io.Writer) {
	r.loads[1] = load()
	sync := median(r.syncs, time.Duration.Seconds)
	kind := fileSystem(r.work)
	fmt.Fprintf(w, "An event is %d bytes. %s/%s, %d processors, %s, %s; load average %s at first, %s at the end.\n",
		r.event, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), versions(), r.loads[0], r.loads[1])
	fmt.Fprintf(w, "The disk (%s): append 4 kB and sync, p50 %s. Medians of rounds are shown, of writing %d; %s in all.\n",
		kind, ms(sync), len(r.alone[0]), time.Since(r.began).Round(time.Second))
	if kind == "tmpfs" {
		fmt.Fprintln(w, "\n**This folder is in memory: a sync costs nothing here, so this is not what a disk gives. Use -dir.**")
	}
	if len(r.alone[0]) > 0 {
		r.printWriting(w, sync)
	}
	if len(r.starts[0]) > 0 {
		r.printOpening(w)
	}
	if len(r.moves) > 0 {
		r.printMoving(w)
	}
}

func (r *report) printWriting(w io.Writer, sync float64) {
	p50 := func(f figures) float64 { return f.p50.Seconds() }
	p99 := func(f figures) float64 { return f.p99.Seconds() }
	rate := func(f figures) float64 { return f.rate }
	settled := func(f figures) float64 { return f.settled }

	fmt.Fprintf(w, "\n### One writer, an event a transaction\n\n")
	fmt.Fprintf(w, "Against %s: its time over warroom's, so above 1 warroom is the faster.\n\n", oneWriter[0].name)
	row(w, "Store", "p50", "in syncs", "p99", "events/s", "p50 against", "p99 against")
	rule(w, 7)
	for i, j := range oneWriter {
		f, base := r.alone[i], r.alone[0]
		row(w, j.name, ms(median(f, p50)), fmt.Sprintf("%.1f", median(f, p50)/sync), ms(median(f, p99)),
			count(median(f, rate)), times(ratio(f, base, p50)), times(ratio(f, base, p99)))
	}

	fmt.Fprintf(w, "\n### %d writers\n\n", manyWriters)
	fmt.Fprintf(w, "Against the room and against the storage: warroom's events a second over its, so above 1 warroom is the faster.\n"+
		"Settled counts the time until the events stand where they are read from.\n\n")
	row(w, "Store", "events/s", "settled", "p50", "p99", "against room", "against storage")
	rule(w, 7)
	for i, j := range many {
		f := r.many[i]
		row(w, j.name, count(median(f, rate)), count(median(f, settled)), ms(median(f, p50)), ms(median(f, p99)),
			times(ratio(r.many[0], f, rate)), times(ratio(r.many[1], f, rate)))
	}
}

func (r *report) printOpening(w io.Writer) {
	open := func(s start) float64 { return s.Open.Seconds() }
	read := func(s start) float64 { return s.Read.Seconds() }
	rss := func(of func(start) memory) func(start) float64 {
		return func(s start) float64 { return float64(of(s).RSS) }
	}
	anon := func(of func(start) memory) func(start) float64 {
		return func(s start) float64 { return float64(of(s).Anon) }
	}
	opened, full := func(s start) memory { return s.Opened }, func(s start) memory { return s.Full }
	fmt.Fprintf(w, "\n### %s events there already\n\n", count(float64(r.events)))
	fmt.Fprintf(w, "A new process, the files in the system's cache; before it opens anything it holds %s. Open is until\n"+
		"the logs are known; then every event is read and parsed. Memory is resident (of which anonymous). Against: over warroom's.\n\n",
		mb(median(r.starts[0], func(s start) float64 { return float64(s.Empty.RSS) })))
	row(w, "Store", "fill", "open", "read all", "memory, open", "memory, read", "disk", "an event, no ballast", "open against", "read against", "memory against", "disk against")
	rule(w, 12)
	for i, e := range engines {
		s, base := r.starts[i], r.starts[0]
		grows := r.disk[i].blocks
		if i == 0 {
			grows -= r.parts[ballast].blocks
		}
		row(w, e.name, count(float64(r.events)/r.fills[e.name].Seconds())+"/s",
			ms(median(s, open)), ms(median(s, read)),
			fmt.Sprintf("%s (%s)", mb(median(s, rss(opened))), mb(median(s, anon(opened)))),
			fmt.Sprintf("%s (%s)", mb(median(s, rss(full))), mb(median(s, anon(full)))),
			mb(float64(r.disk[i].blocks)), fmt.Sprintf("%d B", grows/int64(r.events)),
			times(ratio(s, base, open)), times(ratio(s, base, read)), times(ratio(s, base, rss(full))),
			times(float64(r.disk[i].blocks)/float64(r.disk[0].blocks)))
	}
	var parts []string
	for name, u := range r.parts {
		if u.blocks >= 100_000 {
			parts = append(parts, fmt.Sprintf("%s %s", name, mb(float64(u.blocks))))
		}
	}
	slices.Sort(parts)
	fmt.Fprintf(w, "\nOf warroom's disk: %s. The journal is a second copy, kept on purpose; its segments are\n"+
		"reserved in full. The ballast is as large in an empty store: what is given up when the disk fills.\n",
		strings.Join(parts, ", "))
}

// versions of the peers, as they were built in.
func versions() string {
	var found []string
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			switch m.Path {
			case "go.etcd.io/bbolt", "modernc.org/sqlite", "github.com/dgraph-io/badger/v4", "github.com/nats-io/nats-server/v2":
				found = append(found, m.Path+" "+m.Version)
			}
		}
	}
	return strings.Join(found, ", ")
}

func row(w io.Writer, cells ...string) { fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")) }

func rule(w io.Writer, columns int) {
	fmt.Fprintf(w, "|---%s|\n", strings.Repeat("|---:", columns-1))
}

func times(r float64) string { return fmt.Sprintf("%.2f", r) }

// ms of seconds.
func ms(s float64) string {
	if s < 0.1 {
		return fmt.Sprintf("%.2f ms", s*1e3)
	}
	return fmt.Sprintf("%.0f ms", s*1e3)
}

// count with commas.
func count(n float64) string {
	s := fmt.Sprintf("%.0f", n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
