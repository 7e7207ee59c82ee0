package main_test

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	gossh "golang.org/x/crypto/ssh"
)

// sshRoom is a room process with an ssh door, and whoever comes in by a key.
type sshRoom struct {
	b       *testing.B
	cmd     *exec.Cmd
	address string
	config  *gossh.ClientConfig
}

var sshAddress = regexp.MustCompile(`msg="ssh is open" address=(\S+)`)

func newSSHRoom(b *testing.B) *sshRoom {
	home := b.TempDir()
	binary := filepath.Join(home, "warroom")
	build(b, binary)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(b, err)
	signer, err := gossh.NewSignerFromKey(private)
	require.NoError(b, err)
	keys := filepath.Join(home, "keys")
	line := strings.TrimSpace(string(gossh.MarshalAuthorizedKey(signer.PublicKey()))) + " ana\n"
	require.NoError(b, os.WriteFile(keys, []byte(line), 0o600))
	r := &sshRoom{b: b, config: &gossh.ClientConfig{
		User: "ana", Auth: []gossh.AuthMethod{gossh.PublicKeys(signer)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	}}
	r.cmd = exec.Command(binary, "serve", "--ssh", "127.0.0.1:0", "--keys", keys, "--name", "keeper")
	r.cmd.Env = []string{"HOME=" + home, "LANG=C.UTF-8"}
	said, err := r.cmd.StderrPipe()
	require.NoError(b, err)
	require.NoError(b, r.cmd.Start())
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.Contains(lines.Text(), "the room is open") {
		if m := sshAddress.FindStringSubmatch(lines.Text()); m != nil {
			r.address = m[1]
		}
	}
	require.NotEmpty(b, r.address)
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(io.Discard, said)
	}()
	b.Cleanup(func() {
		require.NoError(b, r.cmd.Process.Signal(syscall.SIGTERM))
		<-read
		require.NoError(b, r.cmd.Wait())
	})
	return r
}

func (r *sshRoom) dial() *gossh.Client {
	c, err := gossh.Dial("tcp", r.address, r.config)
	require.NoError(r.b, err)
	r.b.Cleanup(func() { c.Close() })
	return c
}

// does a verb on a connection.
func (r *sshRoom) verb(c *gossh.Client, line string) {
	s, err := c.NewSession()
	require.NoError(r.b, err)
	out, err := s.CombinedOutput(line)
	require.NoError(r.b, err, "%s", out)
}

// resident is the memory of a process, in bytes.
func resident(b *testing.B, cmd *exec.Cmd) int {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	if err != nil {
		b.Skip("no /proc here")
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.Fields(rest)[0])
			require.NoError(b, err)
			return kb << 10
		}
	}
	return 0
}

// viewer is a console over ssh that looks for marks in what is drawn on it.
type viewer struct {
	mu   sync.Mutex
	want []byte
	seen chan time.Time
}

// look has the viewer tell when it sees a mark.
func (v *viewer) look(mark string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.want = []byte(mark)
}

// view opens a terminal on a connection, and waits until it shows something.
func view(b *testing.B, c *gossh.Client, first string) (v *viewer, keys io.Writer) {
	s, err := c.NewSession()
	require.NoError(b, err)
	require.NoError(b, s.RequestPty("xterm-256color", 40, 120, nil))
	out, err := s.StdoutPipe()
	require.NoError(b, err)
	keys, err = s.StdinPipe() // somebody who may still type
	require.NoError(b, err)
	require.NoError(b, s.Shell())
	v = &viewer{want: []byte(first), seen: make(chan time.Time, 1)}
	go func() {
		var held []byte
		buf := make([]byte, 64<<10)
		for {
			n, err := out.Read(buf)
			if err != nil {
				close(v.seen) // the console ended
				return
			}
			at := time.Now()
			v.mu.Lock()
			held = append(held, buf[:n]...)
			if len(v.want) > 0 && bytes.Contains(held, v.want) {
				v.want, held = nil, held[:0]
				v.seen <- at
			}
			if len(held) > 4<<10 {
				held = append(held[:0], held[len(held)-256:]...)
			}
			v.mu.Unlock()
		}
	}()
	_, ok := <-v.seen
	require.True(b, ok, "the console ended")
	return v, keys
}

// watched is how long what one person writes, ten times a second, takes to a crowd.
type watched struct{ all, slowest []time.Duration }

func (w *watched) watch(crowd []*viewer, entries int, write func(mark string)) {
	for n := range entries {
		mark := markOf(n)
		for _, v := range crowd {
			v.look(mark[:8])
		}
		began := time.Now()
		write(mark)
		var worst time.Duration
		for _, v := range crowd {
			at := (<-v.seen).Sub(began)
			w.all, worst = append(w.all, at), max(worst, at)
		}
		w.slowest = append(w.slowest, worst)
		time.Sleep(time.Until(began.Add(100 * time.Millisecond)))
	}
}

func (w *watched) report(b *testing.B) {
	slices.Sort(w.all)
	slices.Sort(w.slowest)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(w.all[len(w.all)/2]), "p50-ms")
	b.ReportMetric(ms(w.all[len(w.all)*99/100]), "p99-ms")
	b.ReportMetric(ms(w.slowest[len(w.slowest)/2]), "slowest-p50-ms")
	b.ReportMetric(0, "ns/op")
}

// markOf is a text without a letter of the one before, so that a terminal cannot be
// told of it by what has changed.
func markOf(n int) string {
	letters := []string{"abcdefghijklm", "nopqrstuvwxyz"}[n%2]
	var b strings.Builder
	for i := range 8 {
		b.WriteByte(letters[(n/2+i*(1+n/2%5))%len(letters)])
	}
	return b.String() + strconv.Itoa(n)
}

// BenchmarkAHundredConsoles has one person write ten entries a second while a
// hundred consoles over ssh look on. It tells how long it takes from the writing to
// each of them, and what a console costs the room process in memory and, while
// nobody does anything, in time.
func BenchmarkAHundredConsoles(b *testing.B) {
	r := newSSHRoom(b)
	writer := r.dial()
	r.verb(writer, "open Checkout")
	before := resident(b, r.cmd)
	var crowd []*viewer
	for range consoles {
		v, _ := view(b, r.dial(), "Checkout")
		crowd = append(crowd, v)
		time.Sleep(60 * time.Millisecond) // so many may come from one address
	}
	each := float64(resident(b, r.cmd)-before) / consoles / (1 << 20)
	var w watched
	for b.Loop() {
		w.watch(crowd, entries, func(mark string) { r.verb(writer, "log "+mark) })
	}
	w.report(b)
	b.ReportMetric(each, "MB/console")
}

const consoles, entries = 100, 50

// BenchmarkAHundredInSSHChat does the same with ssh-chat, whose program SSH_CHAT
// names: lines of a chat above an input line, with nothing kept on a disk.
func BenchmarkAHundredInSSHChat(b *testing.B) {
	program := os.Getenv("SSH_CHAT")
	if program == "" {
		b.Skip("SSH_CHAT names no program")
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(b, err)
	signer, err := gossh.NewSignerFromKey(private)
	require.NoError(b, err)
	block, err := gossh.MarshalPrivateKey(private, "")
	require.NoError(b, err)
	key := filepath.Join(b.TempDir(), "key")
	require.NoError(b, os.WriteFile(key, pem.EncodeToMemory(block), 0o600))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	address := l.Addr().String()
	require.NoError(b, l.Close())
	cmd := exec.Command(program, "--identity", key, "--bind", address)
	require.NoError(b, cmd.Start())
	b.Cleanup(func() {
		require.NoError(b, cmd.Process.Kill())
		_ = cmd.Wait()
	})
	dial := func(user string) *gossh.Client {
		var c *gossh.Client
		for range 200 {
			if c, err = gossh.Dial("tcp", address, &gossh.ClientConfig{
				User: user, Auth: []gossh.AuthMethod{gossh.PublicKeys(signer)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
			}); err == nil {
				break
			}
			time.Sleep(10 * time.Millisecond) // it is only just starting
		}
		require.NoError(b, err)
		b.Cleanup(func() { c.Close() })
		return c
	}
	var writers []io.Writer // by turns: it lets one person write three lines in three seconds
	for n := range 15 {
		_, keys := view(b, dial(fmt.Sprint("writer", n)), "writer")
		writers = append(writers, keys)
	}
	before := resident(b, cmd)
	var crowd []*viewer
	for n := range consoles {
		v, _ := view(b, dial(fmt.Sprint("reader", n)), "reader")
		crowd = append(crowd, v)
	}
	each := float64(resident(b, cmd)-before) / consoles / (1 << 20)
	var w watched
	turn := 0
	for b.Loop() {
		w.watch(crowd, entries, func(mark string) {
			turn++
			_, err := io.WriteString(writers[turn%len(writers)], mark+"\r")
			require.NoError(b, err)
		})
	}
	w.report(b)
	b.ReportMetric(each, "MB/console")
}

// BenchmarkAttach is from exec to the incident list on the screen, with a room
// process that runs and has 10,000 incidents.
func BenchmarkAttach(b *testing.B) {
	home := b.TempDir()
	binary := filepath.Join(home, "warroom")
	build(b, binary)
	many(b, filepath.Join(home, "data"), 10_000)
	b.Cleanup(func() {
		stop := exec.Command(binary, "stop")
		stop.Env = at(home)
		require.NoError(b, stop.Run())
	})
	first := untilShown(b, home, binary) // it starts the room process
	var took []time.Duration
	for b.Loop() {
		took = append(took, untilShown(b, home, binary))
	}
	slices.Sort(took)
	b.ReportMetric(float64(first.Microseconds())/1000, "starting-ms")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*9/10].Microseconds())/1000, "p90-ms")
}

// BenchmarkPrompt is what a shell pays before each of its prompts.
func BenchmarkPrompt(b *testing.B) {
	home := b.TempDir()
	binary := filepath.Join(home, "warroom")
	build(b, binary)
	dir := filepath.Join(home, ".local", "share", "warroom", "default")
	require.NoError(b, os.MkdirAll(dir, 0o700))
	require.NoError(b, os.WriteFile(filepath.Join(dir, "prompt"), []byte("1\t7F3K2M\tSEV1\topen\t1\t0\tCheckout\n"), 0o600))
	var took, bare []time.Duration
	run := func(name string, args ...string) time.Duration {
		cmd := exec.Command(name, args...)
		cmd.Env = []string{"HOME=" + home}
		began := time.Now()
		out, err := cmd.Output()
		require.NoError(b, err)
		if name == binary {
			require.Contains(b, string(out), "SEV1 7F3K2M")
		}
		return time.Since(began)
	}
	for b.Loop() {
		took = append(took, run(binary, "prompt"))
		bare = append(bare, run("true"))
	}
	slices.Sort(took)
	slices.Sort(bare)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(bare[len(bare)/2].Microseconds())/1000, "true-p50-ms")
}
