package pager_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/sync/pager"
)

// hooked is a web service that listens, and notes what comes.
type hooked struct {
	*httptest.Server
	mu  sync.Mutex
	got []string // the method, the path, the key, who it is from, and how much came
}

func newHooked(t *testing.T, answer http.HandlerFunc) *hooked {
	h := &hooked{}
	h.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // what came is what is noted
		h.mu.Lock()
		whole := "whole"
		if len(body) == 0 {
			whole = "empty"
		}
		h.got = append(h.got, r.Method+" "+r.URL.Path+" "+r.Header.Get("Idempotency-Key")+" "+r.Header.Get("Authorization")+" "+whole)
		h.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hooked) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.got)
}

// A redirect is followed where the page goes along, and to nobody else: over sockets, as
// the library that follows them does it.
func TestWhereARedirectLeadsThePageAndItsSecretGoAlongOrNothingDoes(t *testing.T) {
	t.Parallel()
	other := newHooked(t, func(http.ResponseWriter, *http.Request) {})
	whole := "POST /hook 00ff Bearer s3cret whole"
	for name, c := range map[string]struct {
		code      int
		to, fails string
		got       []string
	}{
		"moved for good on the same host":  {308, "/v2", "", []string{whole, "POST /v2 00ff Bearer s3cret whole"}},
		"moved on the same host":           {307, "/v2", "", []string{whole, "POST /v2 00ff Bearer s3cret whole"}},
		"to a page that says it went well": {303, "/v2", "page.fail.without", []string{whole}},
		"as old services do":               {302, "/v2", "page.fail.without", []string{whole}},
		"to another port":                  {307, other.URL + "/v2", "page.fail.redirect", []string{whole}},
		"round and round":                  {307, "/hook", "page.fail.redirect", []string{whole, whole, whole, whole}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHooked(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/hook" {
					w.Header().Set("Location", c.to)
					w.WriteHeader(c.code)
				}
			})
			hook := pager.Webhook{
				URL: h.URL + "/hook", SecretEnv: "TOKEN", Getenv: func(string) string { return "s3cret" }, Client: h.Client().Transport,
			}
			_, err := hook.Send(t.Context(), call)
			require.Equal(t, c.got, h.all())
			if c.fails == "" {
				require.NoError(t, err)
				return
			}
			var f *pager.Failure
			require.ErrorAs(t, err, &f)
			require.Equal(t, c.fails, f.Why.Key)
			require.NotContains(t, err.Error(), h.URL)
		})
	}
	t.Cleanup(func() { require.Empty(t, other.all()) })
}
