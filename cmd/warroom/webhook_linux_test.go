package main

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// hook is a web service that pages, and does to each person's pages what the test says.
type hook struct {
	*httptest.Server
	mu  sync.Mutex
	got map[string][]hooked // by person
}

// hooked is one request.
type hooked struct {
	method, path, key, from string
	body                    struct{ Schema, Key, Incident, Title, Person, Text string }
}

// of are the requests about a person's pages.
func (h *hook) of(person string) []hooked {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.got[person])
}

const hookSecret = "s3cret-of-the-hook"

// pagesByHook has the home's room process page by a web service of this machine, and
// starts it.
func (w *world) pagesByHook(answer func(person string, nth int, w http.ResponseWriter, r *http.Request)) (h *hook, log *heard) {
	t := w.t
	t.Helper()
	h = &hook{got: map[string][]hooked{}}
	h.Server = httptest.NewTLSServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		x := hooked{method: r.Method, path: r.URL.Path, key: r.Header.Get("Idempotency-Key"), from: r.Header.Get("Authorization")}
		_ = json.NewDecoder(r.Body).Decode(&x.body) // what is none has no person
		h.mu.Lock()
		h.got[x.body.Person] = append(h.got[x.body.Person], x)
		nth := len(h.got[x.body.Person])
		h.mu.Unlock()
		answer(x.body.Person, nth, out, r)
	}))
	t.Cleanup(h.Close)
	trusted := filepath.Join(t.TempDir(), "ca.pem")
	writeFile(t, trusted, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.Certificate().Raw})), 0o600)
	config := filepath.Join(w.home, ".config", "warroom")
	require.NoError(t, os.MkdirAll(config, 0o700))
	writeFile(t, filepath.Join(config, "config.toml"),
		"page-webhook = \""+h.URL+"/T0/B0/hidden-address\"\npage-secret-env = \"HOOK_SECRET\"\n", 0o600)
	w.must("open", "Checkout")
	log = newHeard()
	serve := w.program([]string{"SSL_CERT_FILE=" + trusted, "HOOK_SECRET=" + hookSecret}, "serve")
	serve.Stderr = log
	require.NoError(t, serve.Start())
	t.Cleanup(func() {
		_ = serve.Process.Signal(syscall.SIGTERM)
		_ = serve.Wait() // its code is of no matter
	})
	require.Eventually(t, w.listens, time.Minute, 10*time.Millisecond)
	return h, log
}

// paged has somebody paged, waits until the room says what became of it, and gives what
// it tells of all pages.
func (w *world) paged(person, became string) string {
	w.t.Helper()
	w.must("contact", person, "--phone", "1")
	w.must("page", person, "--say", "the pool is full")
	incident := strings.Fields(w.must("list"))[1]
	comes(w.t, 3*patience, func() error {
		told := w.pagesOf(incident)
		if last := told[len(told)-1]; last.Person.Name != person || last.State != became {
			return fmt.Errorf("it is told as %+v", last)
		}
		return nil
	})
	return w.must("page")
}

// nothingShown checks that neither the secret nor the address of the service is anywhere.
func (w *world) nothingShown(log *heard) {
	w.t.Helper()
	for name, text := range map[string]string{
		"pages": w.must("page", "-o", "json"), "log": w.must("log", "--list", "-o", "json"), "export": w.must("export"), "process": log.text(),
	} {
		require.NotContains(w.t, text, hookSecret, name)
		require.NotContains(w.t, text, "hidden-address", name)
		require.NotContains(w.t, text, "\x1b", name)
		require.NotContains(w.t, text, `\u001b`, name)
	}
}

func TestARoomProcessPagesByAWebhookThatStumblesAndByNoneThatSendsElsewhere(t *testing.T) {
	t.Parallel()
	elsewhere := make(chan string, 100)
	other := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { elsewhere <- r.URL.Path }))
	t.Cleanup(other.Close)
	w := newWorld(t)
	h, log := w.pagesByHook(func(person string, nth int, out http.ResponseWriter, r *http.Request) {
		switch {
		case person == "bob" && nth < 3:
			http.Error(out, "down for "+r.Header.Get("Authorization"), http.StatusInternalServerError)
		case person == "cleo":
			http.Redirect(out, r, other.URL+"/theirs", http.StatusTemporaryRedirect)
		case person == "dora" && r.URL.Path != "/v2":
			http.Redirect(out, r, "/v2", http.StatusFound)
		case person == "emil":
			http.Error(out, "no such team \x1b[2J "+r.Header.Get("Authorization"), http.StatusForbidden)
		default:
			_, _ = out.Write([]byte("\x1b[31mqueued\a"))
		}
	})
	require.Contains(t, w.paged("bob", "sent"), "queued")
	all := h.of("bob")
	require.Len(t, all, 3)
	for _, x := range all {
		require.Equal(t, hooked{"POST", "/T0/B0/hidden-address", all[0].body.Key, "Bearer " + hookSecret, all[0].body}, x)
	}
	require.Equal(t, "warroom.page/1", all[0].body.Schema)
	require.Equal(t, "the pool is full", all[0].body.Text)
	require.Len(t, all[0].body.Key, 32)

	require.Contains(t, w.paged("cleo", "failed"), "sends to another host")
	require.Len(t, h.of("cleo"), 1)
	require.Empty(t, elsewhere)
	require.Contains(t, w.paged("dora", "failed"), "without the page")
	require.Len(t, h.of("dora"), 1)
	require.Empty(t, h.of(""), "nothing came without a page")
	require.Contains(t, w.paged("emil", "failed"), "no such team")
	require.Len(t, h.of("emil"), 1)
	w.nothingShown(log)
}

func TestAWebhookThatNeverAnswersIsGivenUpAndSaid(t *testing.T) {
	t.Parallel()
	waitsOut(t)
	w := newWorld(t)
	over := make(chan struct{})
	h, log := w.pagesByHook(func(_ string, _ int, _ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-over:
		}
	})
	t.Cleanup(func() { close(over) }) // before the service is closed, which waits for it
	w.paged("bob", "failed")
	all := h.of("bob")
	require.Len(t, all, 5)
	for _, x := range all {
		require.Equal(t, all[0].key, x.key)
	}
	require.Contains(t, w.must("status"), "call bob")
	w.nothingShown(log)
}

func TestACommandThatHangsIsEndedWholeAndTheNextStepIsTaken(t *testing.T) {
	t.Parallel()
	waitsOut(t)
	w := newWorld(t)
	out := w.pagesBy(`echo $1 >> $OUT/people
if [ $1 = bob ]; then sleep 600 & echo $! > $OUT/pid.new; mv $OUT/pid.new $OUT/pid; printf 'dialling\033[2J\n'; wait; fi`)
	w.must("open", "Checkout")
	for _, person := range []string{"bob", "cleo"} {
		w.must("contact", person, "--phone", "1")
	}
	policy := filepath.Join(t.TempDir(), "policy.toml")
	writeFile(t, policy, turns, 0o600)
	w.must("rota", "load", policy)
	serve := w.program(nil, "serve")
	require.NoError(t, serve.Start())
	t.Cleanup(func() {
		_ = serve.Process.Signal(syscall.SIGTERM)
		_ = serve.Wait() // its code is of no matter
	})
	require.Eventually(t, w.listens, time.Minute, 10*time.Millisecond)
	w.must("page", "policy", "night")
	child := strings.TrimSpace(eventually(t, filepath.Join(out, "pid")))
	require.Eventually(t, func() bool { return strings.Contains(w.must("page"), "  cleo  ") }, 2*time.Minute, 20*time.Millisecond)
	require.Contains(t, w.must("page"), "dialling")
	require.NotContains(t, w.must("page", "-o", "json"), `\u001b`)
	require.Eventually(t, func() bool { // what it started is ended with it
		stat, err := os.ReadFile("/proc/" + child + "/stat")
		return err != nil || strings.Contains(string(stat), ") Z ")
	}, time.Minute, 10*time.Millisecond)
	require.Eventually(t, func() bool {
		raw, _ := os.ReadFile(filepath.Join(out, "people")) // not there yet
		return string(raw) == "bob\ncleo\n"
	}, time.Minute, 10*time.Millisecond)
}
