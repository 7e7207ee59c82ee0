package main_test

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

// joinEvents are in the room that somebody joins.
const joinEvents = 10_000

// BenchmarkJoin is what a teammate waits for who comes in by an invite, beside the
// person who lets them in: from the invite typed to the four words, and from being let
// in until the incident, with its last entry, is there.
func BenchmarkJoin(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "warroom")
	build(b, binary)
	var words, there []time.Duration
	for b.Loop() {
		w, t := joinOnce(b, binary)
		words, there = append(words, w), append(there, t)
	}
	slices.Sort(words)
	slices.Sort(there)
	b.ReportMetric(words[len(words)/2].Seconds()*1000, "words-p50-ms")
	b.ReportMetric(there[len(there)/2].Seconds()*1000, "there-p50-ms")
}

func joinOnce(b *testing.B, binary string) (words, there time.Duration) {
	ana, bob := filledHome(b), b.TempDir()
	run := func(home string, args ...string) string {
		cmd := exec.Command(binary, args...)
		cmd.Env = []string{"HOME=" + home, "USER=" + filepath.Base(home), "LANG=C.UTF-8"}
		var out, said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &said
		require.NoError(b, cmd.Run(), "%v: %s", args, said.String())
		return out.String()
	}
	defer run(ana, "stop")
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	address := free.Addr().String()
	require.NoError(b, free.Close())
	run(ana, "peers", "listen", address)
	invite := regexp.MustCompile(`wr1-[a-z2-7]+`).FindString(run(ana, "invite", address, "-o", "json"))
	require.NotEmpty(b, invite)

	cmd := exec.Command(binary, "join", "--name", "bob")
	cmd.Env = []string{"HOME=" + bob, "LANG=C.UTF-8"}
	cmd.Stdin = strings.NewReader(invite)
	out, err := cmd.StderrPipe()
	require.NoError(b, err)
	cmd.Stdout = cmd.Stderr
	began := time.Now()
	require.NoError(b, cmd.Start())
	buf, said := make([]byte, 4096), ""
	for !strings.Contains(said, "four words") {
		n, err := out.Read(buf)
		said += string(buf[:n])
		require.NoError(b, err, said)
	}
	words = time.Since(began)
	run(ana, "member", "approve", "bob", "--yes")
	began = time.Now()
	for {
		n, err := out.Read(buf)
		said += string(buf[:n])
		if err != nil {
			break
		}
	}
	require.NoError(b, cmd.Wait(), said)
	defer run(bob, "stop")
	serve := exec.Command(binary, "serve")
	serve.Env = cmd.Env
	require.NoError(b, serve.Start())
	defer func() {
		_ = serve.Process.Signal(os.Interrupt) // stop may have ended it
		_ = serve.Wait()
	}()
	for deadline := time.Now().Add(time.Minute); ; {
		look := exec.Command(binary, "log", "--list")
		look.Env = cmd.Env
		if list, err := look.Output(); err == nil && bytes.Contains(list, []byte("the last entry")) {
			return words, time.Since(began)
		}
		require.True(b, time.Now().Before(deadline), "it never came")
	}
}

// filledHome is a home whose room has an incident with many entries.
func filledHome(b *testing.B) string {
	home := b.TempDir()
	dir := filepath.Join(home, ".local", "share", "warroom", "default")
	require.NoError(b, os.MkdirAll(filepath.Dir(dir), 0o700))
	store, err := storage.Open(dir, storage.Options{})
	require.NoError(b, err)
	r, err := room.Open(b.Context(), room.Options{Store: store, Dir: dir, Name: "ana", Now: time.Now})
	require.NoError(b, err)
	who := model.Actor{Person: r.Me(), Via: model.DoorShell}
	receipt, err := r.Do(b.Context(), who, model.Scope{}, model.OpenIncident{Title: "Checkout fails"})
	require.NoError(b, err)
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			for range (joinEvents - 4) / 64 {
				if _, err := r.Do(context.Background(), who, receipt.Incident, model.Write{Text: strings.Repeat("rolled back api ", 8)}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
	_, err = r.Do(b.Context(), who, receipt.Incident, model.Write{Text: "the last entry"})
	require.NoError(b, err)
	require.NoError(b, r.Close())
	return home
}
