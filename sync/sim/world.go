package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"

	"warroom/model"
)

// Options say what is run.
type Options struct {
	Seed uint64
	// Only, when set, is the one class of faults to inject; see Classes.
	Only string
	// Defect plants a bug.
	Defect Defect
	// Trace, when set, is told each step in a line.
	Trace io.Writer
}

// Report is what a run came to.
type Report struct {
	Seed  uint64
	Steps int
	// Digest is of all steps: two runs of a seed have the same.
	Digest model.Hash
	// Classes counts, by name, the faults that happened.
	Classes map[string]int
	// Acts were acknowledged to people, Events are all that there is in the end,
	// Frames were delivered, Forks found.
	Acts, Events, Frames, Forks int
	// Healed is the simulated time, in ms, from the end of the faults until all had
	// the same.
	Healed int64
	// MostInFlight is the most bytes that waited for one peer, MostTaken the most that
	// waited for one disk.
	MostInFlight, MostTaken int
}

// Failure is a promise that was broken.
type Failure struct {
	Seed   uint64
	Step   int
	Oracle string
	What   string
}

// Error tells what broke, and how to see it again.
func (f *Failure) Error() string {
	return fmt.Sprintf("seed %d failed at step %d: oracle %s: %s; run: go test ./sync/sim -run 'TestSeed$' -seed %d",
		f.Seed, f.Step, f.Oracle, f.What, f.Seed)
}

// Times of a run.
const (
	// faultsFrom and faultsUntil are between which things break.
	faultsFrom  = 5 * second
	faultsUntil = 60 * second
	// actsUntil is when people stop.
	actsUntil = 62 * second
	// patience is how long after the faults everything must be as it should, and
	// calm how long it must stay so.
	patience = 60 * second
	calm     = 6 * second
	// gossip is how long after all have the same everybody must know it: a link that
	// died unseen is found within 15 s.
	gossip = 20 * second
)

// world is one run.
type world struct {
	clock
	opt    Options
	rng    *rand.Rand
	report Report
	digest hash.Hash
	nodes  []*node
	edges  []*edge
	truth  *truth
	links  uint64
	serial int // of disks
	ws     model.WorkspaceID
	people []model.PersonID
	// founders are the nodes that were there from the beginning, keepers whose device
	// each is, strangers the devices that nobody ever lets in.
	founders  []*node
	keepers   map[model.DeviceKey]model.PersonID
	strangers map[model.DeviceKey]bool
	failed    *Failure
	chosen    []class
	signed    signatures
	healed    bool
	// devices are what the membership makes of them; nil when nobody is told.
	devices map[model.DeviceKey]model.Device
	// later is how many ms passed in which nothing happened.
	later int64
}

// Run runs one seed. The error is a *Failure.
func Run(o Options) (Report, error) {
	w := &world{
		opt: o, rng: rand.New(rand.NewPCG(o.Seed, 0x77617272_6f6f6d)), digest: sha256.New(),
		report: Report{Seed: o.Seed, Classes: map[string]int{}}, truth: newTruth(), signed: newSignatures(),
		keepers: map[model.DeviceKey]model.PersonID{}, strangers: map[model.DeviceKey]bool{},
	}
	w.build()
	w.gather()
	w.begin()
	w.run(faultsUntil)
	w.heal()
	w.run(actsUntil)
	w.others()
	w.settle()
	copy(w.report.Digest[:], w.digest.Sum(nil))
	if w.failed != nil {
		return w.report, w.failed
	}
	return w.report, nil
}

// run lets happen what happens until a time.
func (w *world) run(until int64) {
	for w.failed == nil && w.next(until) {
	}
	w.now = max(w.now, until)
}

// settle waits until all have the same and it stays so, and asks the oracles.
func (w *world) settle() {
	since, same, end := int64(-1), int64(-1), w.now+patience
	for w.failed == nil && w.now < end {
		w.run(w.now + second/2)
		if w.apart() != nil {
			same = -1
		} else if same < 0 {
			same = w.now
		}
		lacks := w.unsettled()
		if lacks != nil && w.opt.Trace != nil {
			fmt.Fprintf(w.opt.Trace, "       %9.3f still: %v\n", float64(w.now)/float64(second), lacks)
		}
		switch {
		case lacks != nil && same >= 0 && w.now-same > gossip:
			w.fail("O2", "%d s after all had the same: %v", gossip/second, lacks)
		case lacks != nil:
			since = -1
		case since < 0:
			since = w.now
			w.report.Healed = (w.now - faultsUntil) / ms
		case w.now-since >= calm:
			end = w.now
		}
	}
	if w.failed == nil {
		w.judge()
	}
}

// step counts what happens, and makes it part of the digest.
func (w *world) step(kind string, n *node, number uint64, raw []byte) {
	w.report.Steps++
	var b [32]byte
	binary.BigEndian.PutUint64(b[:], uint64(w.now))
	binary.BigEndian.PutUint64(b[8:], uint64(n.index))
	binary.BigEndian.PutUint64(b[16:], number)
	binary.BigEndian.PutUint64(b[24:], uint64(len(raw)))
	w.digest.Write(b[:])
	w.digest.Write([]byte(kind))
	w.digest.Write(raw)
	if kind == "frame" {
		w.report.Frames++
	}
	if w.opt.Trace != nil {
		fmt.Fprintf(w.opt.Trace, "%6d %9.3f %s %s %d %s\n", w.report.Steps, float64(w.now)/float64(second), n.name, kind, number, say(kind, raw))
	}
}

// trace tells something that is no step.
func (w *world) trace(what string, n *node) {
	if w.opt.Trace != nil {
		fmt.Fprintf(w.opt.Trace, "       %9.3f %s %s\n", float64(w.now)/float64(second), n.name, what)
	}
}

// fail ends the run: the first broken promise counts.
func (w *world) fail(oracle, format string, args ...any) {
	if w.failed == nil {
		w.failed = &Failure{Seed: w.opt.Seed, Step: w.report.Steps, Oracle: oracle, What: fmt.Sprintf(format, args...)}
	}
}

func (w *world) most(was *int, is int) { *was = max(*was, is) }

// between is a time from low to high.
func (w *world) between(low, high int64) int64 { return low + w.upTo(high-low) }

// upTo is a time from 0 to less than high.
func (w *world) upTo(high int64) int64 {
	if high <= 0 {
		return 0
	}
	return w.rng.Int64N(high)
}

// chance is true that many times in a hundred.
func (w *world) chance(percent int) bool { return w.rng.IntN(100) < percent }

// nonce gives 16 bytes that come once.
func (w *world) nonce() (n model.Nonce) {
	binary.BigEndian.PutUint64(n[:], w.rng.Uint64())
	binary.BigEndian.PutUint64(n[8:], w.rng.Uint64())
	return n
}

func pick[T any](w *world, all []T) T { return all[w.rng.IntN(len(all))] }
