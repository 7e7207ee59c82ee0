// Command warroom-bench does the same job with warroom's store, bbolt and
// SQLite, in one run, and prints what each took as Markdown.
//
//	cd .ci/bench && go run . [-dir FOLDER] [-events 1000000] [-rounds 9]
//
// The job: an event of 250 bytes is on the disk before its writer goes on, in
// the order of its log and in its incident's timeline. The stores take turns,
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
	rounds int
	long   time.Duration
	budget time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", os.TempDir(), "measure in a new folder under this one")
	flag.IntVar(&o.events, "events", 100_000, "how many events are there already at an open; 0 leaves that part out")
	flag.IntVar(&o.rounds, "rounds", 9, "how many rounds of writing at most; of opening, at most 5")
	flag.DurationVar(&o.long, "long", 300*time.Millisecond, "how long each store writes in a round")
	flag.DurationVar(&o.budget, "budget", 60*time.Second, "begin no further round after this, of writing after half of it")
	of := flag.String("child", "", "for the program itself: open this store in -dir and tell its figures")
	flag.Parse()
	err := error(nil)
	if *of != "" {
		err = child(*of, o.dir)
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
	if err := r.writeRounds(); err != nil {
		return err
	}
	if o.events > 0 {
		if err := r.openRounds(); err != nil {
			return err
		}
	}
	r.print(os.Stdout)
	return nil
}
