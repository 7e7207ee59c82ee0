package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// needs finds a program that a test drives. Where it is missing the test is
// skipped, and fails where WARROOM_E2E says that it must be there.
func needs(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("WARROOM_E2E") != "" {
			t.Fatalf("%s is not installed, and WARROOM_E2E is set", program)
		}
		t.Skipf("%s is not installed", program)
	}
	return path
}

// freePort is a port of the loopback that nobody listens on just now.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// receiver is the small program that people put between Alertmanager and
// warroom: it pipes each body into the command.
func receiver(t *testing.T, w *world) (url string, bodies <-chan []byte) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	got := make(chan []byte, 16)
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(rw, err.Error(), http.StatusBadRequest)
			return
		}
		c := exec.Cmd{Path: self, Args: []string{"warroom", "alert", "-"}, Env: w.env, Stdin: bytes.NewReader(body)}
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("warroom alert: %v: %s", err, out)
			http.Error(rw, "refused", http.StatusInternalServerError)
			return
		}
		got <- body
	}))
	t.Cleanup(s.Close)
	return s.URL, got
}

// startAlertmanager runs a real one that tells the receiver at once, and gives
// the address of its API once it answers.
func startAlertmanager(t *testing.T, program, receiver string) string {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "alertmanager.yml")
	require.NoError(t, os.WriteFile(config, []byte(fmt.Sprintf(`
route:
  receiver: warroom
  group_by: [alertname]
  group_wait: 100ms
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: warroom
    webhook_configs:
      - url: %s
        send_resolved: true
`, receiver)), 0o600))
	address := freePort(t)
	var said bytes.Buffer
	c := exec.Command(program, "--config.file="+config, "--storage.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--cluster.listen-address=")
	c.Stdout, c.Stderr = &said, &said
	require.NoError(t, c.Start())
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		_ = c.Wait() // how it ends is no concern of ours
		if t.Failed() {
			t.Logf("alertmanager said:\n%s", &said)
		}
	})
	url := "http://" + address
	require.Eventually(t, func() bool {
		r, err := http.Get(url + "/-/ready")
		if err != nil {
			return false
		}
		r.Body.Close()
		return r.StatusCode == http.StatusOK
	}, patience, 50*time.Millisecond)
	return url
}

func fire(t *testing.T, url string, starts time.Time, ends time.Time) {
	t.Helper()
	alert := map[string]any{
		"labels":      map[string]string{"alertname": "CheckoutErrors", "severity": "critical", "region": "eu-west"},
		"annotations": map[string]string{"summary": "12% of checkouts fail"},
		"startsAt":    starts.Format(time.RFC3339Nano),
	}
	if !ends.IsZero() {
		alert["endsAt"] = ends.Format(time.RFC3339Nano)
	}
	raw, err := json.Marshal([]any{alert})
	require.NoError(t, err)
	r, err := http.Post(url+"/api/v2/alerts", "application/json", bytes.NewReader(raw))
	require.NoError(t, err)
	defer r.Body.Close()
	require.Equal(t, http.StatusOK, r.StatusCode)
}

func next(t *testing.T, bodies <-chan []byte) []byte {
	t.Helper()
	select {
	case b := <-bodies:
		return b
	case <-time.After(patience):
		t.Fatal("Alertmanager told nothing")
		return nil
	}
}

// What a real Alertmanager posts opens the incident, and its resolution goes
// into the same one.
func TestARealAlertmanagerOpensTheIncident(t *testing.T) {
	t.Parallel()
	program := needs(t, "prometheus-alertmanager")
	w := newWorld(t)
	receiver, bodies := receiver(t, w)
	url := startAlertmanager(t, program, receiver)
	starts := time.Now().Add(-90 * time.Second)

	fire(t, url, starts, time.Time{})
	first := next(t, bodies)
	before := w.must("list", "--all", "-o", "json")
	require.Contains(t, before, `"alerts_firing": 1`)
	status := w.must("status")
	require.Contains(t, status, "firing: CheckoutErrors  12% of checkouts fail")
	require.Contains(t, w.must("log", "--list"), "monitoring  opened: ")

	code, out, said := w.run(string(first), "alert", "-")
	require.Zero(t, code, said)
	require.Contains(t, out, "Nothing new for INC-")
	require.Equal(t, before, w.must("list", "--all", "-o", "json"), "the same body twice changes nothing")

	fire(t, url, starts, time.Now())
	second := next(t, bodies)
	require.Contains(t, string(second), `"status":"resolved"`)
	log := w.must("log", "--list")
	require.Equal(t, 1, strings.Count(log, "alert firing: CheckoutErrors"))
	require.Equal(t, 1, strings.Count(log, "alert resolved: CheckoutErrors"))
	require.NotContains(t, w.must("status"), "Alerts:\n  firing")
	require.Equal(t, 1, strings.Count(w.must("list", "--all", "-o", "json"), `"key"`))
}
