package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/link"
)

// BenchmarkKeyToPeer is from an act in one room until the other one has it on its disk and
// shows it. Run it for 400 times (-benchtime 400x): what one device writes beyond a burst
// of 500 is fetched at 20 a second, and a longer run waits for that.
func BenchmarkKeyToPeer(b *testing.B) {
	ana := founder(b)
	ana.link()
	bob := ana.guest("bob")
	bob.link()
	in := ana.does(model.Scope{}, model.OpenIncident{Title: "Checkout"}).Incident
	bob.member()
	w := bob.room.Watch()
	defer w.Close()
	// As a console does, bob's side looks at what is shown.
	shows := func(ref model.Ref) bool {
		v, err := bob.room.Glance(b.Context(), in)
		if err != nil {
			return false // it has not come yet
		}
		return len(v.Lines) > 0 && v.Lines[len(v.Lines)-1].Rec.Ref == ref
	}
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		ref := ana.does(in, model.Write{Text: "rolled back api v412"}).Refs[0]
		for !shows(ref) {
			<-w.C()
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(milliseconds(took[len(took)/2]), "p50-ms")
	b.ReportMetric(milliseconds(took[len(took)*99/100]), "p99-ms")
	b.ReportMetric(0, "ns/op")
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// backlog is how much a room has missed that was away for long.
const backlog = 100_000

// BenchmarkCatchUp is a new room that gets 100,000 events of another, checked and durable,
// with both in this process.
func BenchmarkCatchUp(b *testing.B) {
	ana := founder(b)
	ana.fill(backlog)
	ana.link()
	var rate, work []float64
	for i := 0; b.Loop(); i++ {
		bob := ana.guest(fmt.Sprint("bob", i))
		began, used := time.Now(), processor(b, "self")
		bob.link()
		bob.holds(backlog)
		rate = append(rate, backlog/time.Since(began).Seconds())
		work = append(work, float64((processor(b, "self")-used).Microseconds())/backlog)
		bob.unlink()
	}
	slices.Sort(rate)
	slices.Sort(work)
	b.ReportMetric(work[len(work)/2], "cpu-µs/event") // of both rooms
	b.ReportMetric(rate[len(rate)/2], "events/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkCatchUpProcess is the same with the real program as the new room. The room in
// this process is told of what is durable there, a tenth of a second late at most. What it
// has resident at most is told for the catching up, and with what follows: the database
// comes after.
func BenchmarkCatchUpProcess(b *testing.B) {
	b.Run("of one log", func(b *testing.B) {
		ana := founder(b)
		ana.fill(backlog)
		ana.link()
		catchUpByProcess(b, ana)
	})
	b.Run("of four logs", func(b *testing.B) {
		ana := founder(b)
		ana.link()
		ana.fillWith([]*benched{ana.guest("bob"), ana.guest("cleo"), ana.guest("dan")}, backlog)
		catchUpByProcess(b, ana)
	})
}

func catchUpByProcess(b *testing.B, ana *benched) {
	b.Helper()
	program := filepath.Join(b.TempDir(), "warroom")
	cmd := exec.Command("go", "build", "-trimpath", "-o", program, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	require.NoError(b, err, "%s", out)
	var rate, during, peak, idle, work []float64
	for i := 0; b.Loop(); i++ {
		home := b.TempDir()
		env := []string{"HOME=" + home, "USER=bob", "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH")}
		verb := func(args ...string) string {
			c := exec.Command(program, args...)
			c.Env = env
			out, err := c.Output()
			require.NoError(b, err)
			return strings.TrimSpace(string(out))
		}
		var card struct{ Device, Card string }
		require.NoError(b, json.Unmarshal([]byte(verb("peers", "card", "-o", "json")), &card))
		parsed, err := link.ParseCard(card.Card)
		require.NoError(b, err)
		name := fmt.Sprint("process", i)
		verb("peers", "add", "ana", link.Card{Device: ana.room.Device(), Workspace: ana.room.Workspace()}.String(), ana.address)
		ana.lets(parsed.Device, name)
		serve := exec.Command(program, "serve", "--peers", "127.0.0.1:0")
		serve.Env = env
		said, err := serve.StderrPipe()
		require.NoError(b, err)
		require.NoError(b, serve.Start())
		b.Cleanup(func() { _ = serve.Process.Kill() }) // one that ended in order is gone
		lines := bufio.NewReader(said)
		for {
			line, err := lines.ReadString('\n')
			require.NoError(b, err)
			if strings.Contains(line, "the room is open") {
				break
			}
		}
		go func() { _, _ = io.Copy(io.Discard, lines) }()
		pid := fmt.Sprint(serve.Process.Pid)
		idle = append(idle, mostResident(b, pid))
		used := processor(b, pid)
		w := ana.room.Watch()
		ana.knows(link.Peer{Name: name, Pin: link.PinOf(parsed.Device)})
		has := func() (linked, all bool) {
			known := ana.room.Overview().Peers
			if known == nil {
				return false, false
			}
			for _, p := range known.All {
				if p.Name == name {
					return p.State >= model.LinkBehind, p.State == model.LinkLive && p.Lacks == 0
				}
			}
			return false, false
		}
		var began time.Time
		for {
			<-w.C()
			linked, all := has()
			if linked && began.IsZero() {
				began = time.Now()
			}
			if all {
				break
			}
		}
		rate = append(rate, backlog/time.Since(began).Seconds())
		w.Close()
		during = append(during, mostResident(b, pid))
		work = append(work, float64((processor(b, pid)-used).Microseconds())/backlog)
		settled(b, pid)
		peak = append(peak, mostResident(b, pid))
		require.NoError(b, serve.Process.Signal(syscall.SIGTERM))
		require.NoError(b, serve.Wait())
	}
	for _, f := range [][]float64{rate, during, peak, idle, work} {
		slices.Sort(f)
	}
	b.ReportMetric(rate[len(rate)/2], "events/s")
	b.ReportMetric(during[len(during)/2], "until-durable-MB")
	b.ReportMetric(peak[len(peak)/2], "peak-MB")
	b.ReportMetric(idle[len(idle)/2], "before-MB")
	b.ReportMetric(work[len(work)/2], "cpu-µs/event") // of the new room
	b.ReportMetric(0, "ns/op")
}

// mostResident is the most that a process had resident at once, in MB.
func mostResident(b *testing.B, pid string) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/" + pid + "/status")
	require.NoError(b, err)
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmHWM:" {
			kB, err := strconv.ParseFloat(f[1], 64)
			require.NoError(b, err)
			return kB * 1024 / 1e6
		}
	}
	b.Fatal("no VmHWM")
	return 0
}

// settled waits until a process does next to nothing any more: its database has what came,
// and has put it in order.
func settled(b *testing.B, pid string) {
	b.Helper()
	const look, idle = 100 * time.Millisecond, 10 * time.Millisecond
	still := 0
	for range 300 {
		before := processor(b, pid)
		time.Sleep(look)
		if still++; processor(b, pid)-before > idle {
			still = 0
		}
		if still == 5 {
			return
		}
	}
	b.Fatal("the process goes on working")
}

// processor is the time that a process has had of the processors: what a busy machine
// changes the least.
func processor(b *testing.B, pid string) time.Duration {
	b.Helper()
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	require.NoError(b, err)
	f := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, err := strconv.ParseInt(f[11], 10, 64)
	require.NoError(b, err)
	system, err := strconv.ParseInt(f[12], 10, 64)
	require.NoError(b, err)
	return time.Duration(user+system) * 10 * time.Millisecond // USER_HZ is 100 everywhere
}

// BenchmarkThreePartsConverge is three rooms that wrote 10,000 events each while they were
// cut off, from when they can reach each other until each has all on its disk, and until
// all have the same state hashes.
func BenchmarkThreePartsConverge(b *testing.B) {
	const each = 10_000
	var stored, hashed []time.Duration
	for b.Loop() {
		ana := founder(b)
		ana.does(model.Scope{}, model.OpenIncident{Title: "Checkout"})
		ana.link()
		bob, cleo := ana.guest("bob"), ana.guest("cleo")
		all := []*benched{ana, bob, cleo}
		bob.link()
		cleo.link()
		bob.member()
		cleo.member()
		bob.knows(cleo.as("cleo"))
		cleo.knows(bob.as("bob"))
		for _, r := range all {
			r.unlink()
		}
		var want []int64
		for _, r := range all {
			r.fill(each)
			want = append(want, r.durable.Load()+2*each)
		}
		began := time.Now()
		for _, r := range all {
			r.link()
		}
		for i, r := range all {
			r.holds(want[i])
		}
		stored = append(stored, time.Since(began))
		for same := false; !same; {
			var first string
			same = true
			for i, r := range all {
				vector, state, err := (&session{app: r.linking.app, room: r.room}).standing(b.Context())
				require.NoError(b, err)
				if i == 0 {
					first = vector + state
				}
				same = same && vector+state == first
			}
		}
		hashed = append(hashed, time.Since(began))
		for _, r := range all {
			r.unlink()
		}
	}
	slices.Sort(stored)
	slices.Sort(hashed)
	b.ReportMetric(milliseconds(stored[len(stored)/2]), "durable-ms")
	b.ReportMetric(milliseconds(hashed[len(hashed)/2]), "hashes-ms")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkDeadPeerAndHeal is how long a room takes to notice a peer of which nothing comes
// any more, though the connection stands; and, once the way is free again, until there is
// a link with nothing missing.
func BenchmarkDeadPeerAndHeal(b *testing.B) {
	ana := founder(b)
	ana.link()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	way := newStretch(b, l, func() (net.Conn, error) { return net.Dial("tcp", ana.address) })
	bob := benchedAt(b, filepath.Join(b.TempDir(), "bob"), ana.room.Workspace())
	ana.lets(bob.room.Device(), "bob")
	ana.knows(bob.as("bob"))
	at := ana.as("ana")
	at.Addresses = []string{l.Addr().String()}
	bob.knows(at)
	bob.link()
	w := bob.room.Watch()
	defer w.Close()
	becomes := func(live bool) time.Duration {
		began := time.Now()
		for {
			o := bob.room.Overview().Peers
			if o != nil && len(o.All) == 1 && (o.All[0].State == model.LinkLive) == live && (live || o.All[0].State < model.LinkBehind) {
				return time.Since(began)
			}
			select {
			case <-w.C():
			case <-time.After(patience):
				b.Fatal("it never came")
			}
		}
	}
	becomes(true)
	var dead, heal []time.Duration
	for b.Loop() {
		way.set(weather{mute: true})
		dead = append(dead, becomes(false))
		way.set(weather{shut: true})
		time.Sleep(4 * time.Second) // it has been trying for a while
		way.set(weather{})
		heal = append(heal, becomes(true))
	}
	slices.Sort(dead)
	slices.Sort(heal)
	b.ReportMetric(dead[len(dead)/2].Seconds(), "dead-s")
	b.ReportMetric(heal[len(heal)/2].Seconds(), "heal-s")
	b.ReportMetric(heal[len(heal)-1].Seconds(), "heal-max-s")
	b.ReportMetric(0, "ns/op")
}
