// Command warroom-bench does the same jobs with warroom and with its peers, in one run,
// and prints what each took as Markdown: storing with bbolt and SQLite, and moving events
// to another process with NATS JetStream.
//
//	cd .ci/bench && go run . [-dir FOLDER] [-events 1000000] [-moves 100000] [-rounds 9]
//
// -events 0 or -moves 0 leaves a part out; -only moving does that part alone.
//
// Storing: an event of 250 bytes is on the disk before its writer goes on, in
// the order of its log and in its incident's timeline. Moving: a process holds the
// events, another has none and makes all of them durable; then one event at a time,
// from who writes it until it is durable at the other end. The peers take turns,
// round after round, and the medians are shown: a figure taken now and another
// taken a minute later say nothing about each other on a machine that others
// use. So the ratios are worth more than the times.
//
// What to know before believing a figure:
//
//   - -dir decides what is measured. On a tmpfs a sync costs nothing, and the
//     table shows processor time only; many systems have one under /tmp.
//   - The yardstick is the machine's own: what it takes to append 4 kB and sync.
//   - Each round begins with an empty store: small trees, no compaction yet.
//     -events is for what grows.
//   - A virtual disk may answer a sync from its host's memory. Real disks take
//     0.5 to 5 ms, and then only the number of syncs counts.
//   - NATS has its server embedded, as warroom has its room: file storage, one copy,
//     sync_interval always where events are written, no TLS. warroom's link is TLS 1.3
//     with both keys, and it checks the chain and the signatures of what comes.
//     NATS stores bytes and folds nothing.
//   - It is a module of its own, so that the product does not depend on its
//     peers; that may choose newer versions of what both need (golang.org/x/sys).
//   - It is for Linux and other Unix systems; memory is told on Linux only.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

type options struct {
	dir    string
	events int
	move   int
	only   string
	rounds int
	long   time.Duration
	budget time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", os.TempDir(), "measure in a new folder under this one")
	flag.IntVar(&o.events, "events", 100_000, "how many events are there already at an open; 0 leaves that part out")
	flag.IntVar(&o.move, "moves", 100_000, "how many events are moved to another process; 0 leaves that part out")
	flag.StringVar(&o.only, "only", "", "do one part alone: writing, opening or moving")
	flag.IntVar(&o.rounds, "rounds", 9, "how many rounds of writing at most; of opening, at most 5")
	flag.DurationVar(&o.long, "long", 300*time.Millisecond, "how long each store writes in a round")
	flag.DurationVar(&o.budget, "budget", 60*time.Second, "begin no further round after this, of writing after half of it")
	var c childOptions
	flag.StringVar(&c.what, "child", "", "for the program itself: open a store, hold events or fetch them, in -dir")
	flag.StringVar(&c.of, "of", "", "for the program itself: with what")
	flag.StringVar(&c.from, "from", "", "for the program itself: the address of who holds the events")
	flag.Parse()
	err := error(nil)
	if c.what != "" {
		err = child(c, o)
	} else {
		err = compare(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "warroom-bench:", err)
		os.Exit(1)
	}
}

func compare(o options) error {
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return err
	}
	if dir, err = os.MkdirTemp(dir, "warroom-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	go func() { // gigabytes may stand there
		<-stop
		os.RemoveAll(dir)
		os.Exit(130)
	}()
	r := newReport(o, dir)
	for _, part := range []struct {
		name string
		left bool
		run  func() error
	}{
		{"writing", false, r.writeRounds},
		{"opening", o.events == 0, r.openRounds},
		{"moving", o.move == 0, r.moveRounds},
	} {
		if part.left || o.only != "" && o.only != part.name {
			continue
		}
		if err := part.run(); err != nil {
			return err
		}
	}
	r.print(os.Stdout)
	return nil
}

// childOptions are for a process that the program starts of itself.
type childOptions struct{ what, of, from string }

// What such a process does.
const (
	childOpen  = "open"
	childHold  = "hold"
	childFetch = "fetch"
)

func child(c childOptions, o options) error {
	if c.what == childOpen {
		return opening(c.of, o.dir)
	}
	for _, m := range movers {
		if m.name == c.of && c.what == childHold {
			return holding(m, o.dir, o.move)
		}
		if m.name == c.of && c.what == childFetch {
			return fetching(m, o.dir, c.from, o.move)
		}
	}
	return fmt.Errorf("no mover %q", c.of)
}
