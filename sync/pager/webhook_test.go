package pager_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/sync/pager"
)

// service answers requests without a network, and notes them.
type service struct {
	answers  []func(*http.Request) (*http.Response, error)
	requests []*http.Request
	bodies   []string
	at       []time.Time
}

func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	raw := []byte{}
	if r.Body != nil {
		raw, _ = io.ReadAll(r.Body)
	}
	s.requests, s.bodies, s.at = append(s.requests, r), append(s.bodies, string(raw)), append(s.at, time.Now())
	return s.answers[min(len(s.requests), len(s.answers))-1](r)
}

func status(code int, body string, headers ...string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		h := http.Header{}
		for i := 0; i+1 < len(headers); i += 2 {
			h.Set(headers[i], headers[i+1])
		}
		return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(bytes.NewBufferString(body)), Request: r}, nil
	}
}

func broken(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }

func hanging(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestAWebhookGetsThePageWithItsKey(t *testing.T) {
	t.Parallel()
	s := &service{answers: []func(*http.Request) (*http.Response, error){status(202, "taken")}}
	w := pager.Webhook{URL: "https://page.example/hook", SecretEnv: "TOKEN", Getenv: func(string) string { return "s3cret" }, Client: s}
	said, err := w.Send(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, "taken", said)
	r := s.requests[0]
	require.Equal(t, "00ff", r.Header.Get("Idempotency-Key"))
	require.Equal(t, "Bearer s3cret", r.Header.Get("Authorization"))
	var body map[string]any
	require.NoError(t, json.Unmarshal([]byte(s.bodies[0]), &body))
	require.Equal(t, "warroom.page/1", body["schema"])
	require.Equal(t, "bob", body["person"])
	require.NotContains(t, s.bodies[0], "s3cret")
}

func TestAWebhookIsTriedAgainWhereThatHelps(t *testing.T) {
	t.Parallel()
	type answers = []func(*http.Request) (*http.Response, error)
	for name, c := range map[string]struct {
		answers answers
		at      []int // seconds
		key     string
	}{
		"at once":                         {answers{status(200, "")}, []int{0}, ""},
		"it has the key already":          {answers{status(409, "")}, []int{0}, ""},
		"after a broken connection":       {answers{broken, status(200, "")}, []int{0, 1}, ""},
		"after it was overloaded":         {answers{status(503, ""), status(503, ""), status(200, "")}, []int{0, 1, 3}, ""},
		"as late as it asks":              {answers{status(429, "", "Retry-After", "7"), status(200, "")}, []int{0, 7}, ""},
		"but no later than half a minute": {answers{status(429, "", "Retry-After", "9999"), status(200, "")}, []int{0, 30}, ""},
		"after one that hangs":            {answers{hanging, status(200, "")}, []int{0, 11}, ""},
		"five times and no more":          {answers{broken}, []int{0, 1, 3, 7, 15}, "page.fail.net"},
		"not when it is refused":          {answers{status(403, "no such team")}, []int{0}, "page.fail.http"},
		"not where it is sent elsewhere":  {answers{status(307, "", "Location", "https://evil.example/")}, []int{0}, "page.fail.redirect"},
		"nor to the same host in clear":   {answers{status(307, "", "Location", "http://page.example/")}, []int{0}, "page.fail.redirect"},
		"nor without the page":            {answers{status(302, "", "Location", "/v2"), status(200, "")}, []int{0}, "page.fail.without"},
		"but on the same host":            {answers{status(307, "", "Location", "/v2"), status(200, "")}, []int{0, 0}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &service{answers: c.answers}
				began := time.Now()
				_, err := pager.Webhook{URL: "https://page.example/hook", Client: s}.Send(t.Context(), call)
				var at []int
				for i, x := range s.at {
					at = append(at, int(x.Sub(began)/time.Second))
					require.Equal(t, "00ff", s.requests[i].Header.Get("Idempotency-Key"))
				}
				require.Equal(t, c.at, at)
				if c.key == "" {
					require.NoError(t, err)
					return
				}
				var f *pager.Failure
				require.ErrorAs(t, err, &f)
				require.Equal(t, c.key, f.Why.Key)
			})
		})
	}
}

func TestNothingThatIsSaidHoldsTheSecretOrTheAddress(t *testing.T) {
	t.Parallel()
	const url = "https://page.example/T0/B0/hook-secret"
	for name, answer := range map[string]func(*http.Request) (*http.Response, error){
		"an echo": func(r *http.Request) (*http.Response, error) {
			return status(400, r.Header.Get("Authorization")+" at "+url)(r)
		},
		"an error": func(*http.Request) (*http.Response, error) { return nil, errors.New("dial " + url + ": s3cret") },
		"success":  status(200, "s3cret"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := pager.Webhook{URL: url, SecretEnv: "TOKEN", Getenv: func(string) string { return "s3cret" }, Client: &service{answers: []func(*http.Request) (*http.Response, error){answer}}}
				said, err := w.Send(t.Context(), call)
				if err != nil {
					said += err.Error()
				}
				require.NotContains(t, said, "s3cret")
				require.NotContains(t, said, "hook-secret")
			})
		})
	}
	_, err := pager.Webhook{URL: url, SecretEnv: "TOKEN", Getenv: func(string) string { return "" }}.Send(t.Context(), call)
	require.ErrorContains(t, err, "page.fail.secret")
	_, err = pager.Webhook{URL: ":" + url}.Send(t.Context(), call)
	require.NotContains(t, err.Error(), "hook-secret")
}

func TestAWebhookEndsWithTheRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		s := &service{answers: []func(*http.Request) (*http.Response, error){broken}}
		_, err := pager.Webhook{URL: "https://page.example", Client: s}.Send(ctx, call)
		require.Error(t, err)
		require.Len(t, s.requests, 2)
		require.False(t, strings.Contains(err.Error(), "page.example"))
	})
}
