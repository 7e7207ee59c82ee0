package pager

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"warroom/model"
)

// Schema names the form of what a webhook gets.
const Schema = "warroom.page/1"

// Webhook is a transport that posts the page as JSON to a web service, with its key as
// Idempotency-Key.
type Webhook struct {
	URL string
	// SecretEnv names the environment variable with the secret that goes along as a
	// bearer token, "" for none; Getenv reads it. The secret is kept nowhere, and taken
	// out of what the service says.
	SecretEnv string
	Getenv    func(string) string
	// Client sends the requests; nil is one of its own.
	Client http.RoundTripper
}

// Limits of a webhook.
const (
	WebhookLimit = 10 * time.Second
	webhookTries = 5
	firstBackoff = time.Second
	mostBackoff  = 30 * time.Second
)

// posted is the body of a request. Names are for ever.
type posted struct {
	Schema   string        `json:"schema"`
	Key      string        `json:"key"`
	Incident string        `json:"incident"`
	Title    string        `json:"title"`
	Severity string        `json:"severity,omitempty"`
	Person   string        `json:"person"`
	Contact  postedContact `json:"contact"`
	Policy   string        `json:"policy,omitempty"`
	Round    int           `json:"round"`
	Step     int           `json:"step"`
	Text     string        `json:"text"`
}

type postedContact struct {
	Phone string `json:"phone,omitempty"`
	Mail  string `json:"mail,omitempty"`
	Chat  string `json:"chat,omitempty"`
}

// errElsewhere ends a request that is sent to another host: the secret and the page go
// to the one that was configured. errWithout ends one that is to go on without the page:
// but for 307 and 308, what follows a redirect is a GET, and whatever that gives says
// nothing of the page.
var (
	errElsewhere = errors.New("a redirect to another host")
	errWithout   = errors.New("a redirect that leaves the page behind")
)

// Send is Transport. What may pass by itself is tried again, up to five times in all.
func (w Webhook) Send(ctx context.Context, p Page) (string, error) {
	secret := ""
	if w.SecretEnv != "" {
		if secret = w.Getenv(w.SecretEnv); secret == "" {
			return "", &Failure{Why: model.Say("page.fail.secret", "Variable", w.SecretEnv)}
		}
	}
	body, err := json.Marshal(posted{
		Schema: Schema, Key: p.Key, Incident: p.Incident, Title: p.Title, Severity: p.Severity, Person: p.Person,
		Contact: postedContact{p.Contact.Phone, p.Contact.Mail, p.Contact.Chat}, Policy: p.Policy, Round: p.Round, Step: p.Step, Text: p.Text,
	})
	if err != nil {
		return "", err
	}
	backoff := firstBackoff
	for try := 1; ; try++ {
		said, wait, err := w.post(ctx, p.Key, body, secret)
		if err == nil || wait < 0 || try == webhookTries || ctx.Err() != nil {
			return said, err
		}
		select {
		case <-ctx.Done():
			return "", err
		case <-time.After(min(max(wait, backoff), mostBackoff)):
		}
		backoff *= 2
	}
}

// post is one try. A wait below 0 says that another makes no sense, one above it how
// long the service asks to be left alone.
func (w Webhook) post(ctx context.Context, key string, body []byte, secret string) (said string, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, WebhookLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return "", -1, &Failure{Why: model.Say("page.fail.address")} // its text holds the address, and that may be secret
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	if secret != "" {
		req.Header.Set("Authorization", "Bearer "+secret)
	}
	client := &http.Client{Transport: w.Client, CheckRedirect: func(to *http.Request, via []*http.Request) error {
		if to.URL.Scheme != via[0].URL.Scheme || to.URL.Host != via[0].URL.Host || len(via) > 3 {
			return errElsewhere
		}
		if to.Method != http.MethodPost {
			return errWithout
		}
		return nil
	}}
	answer, err := client.Do(req)
	if err != nil {
		switch {
		case errors.Is(err, errElsewhere):
			return "", -1, &Failure{Why: model.Say("page.fail.redirect"), Cause: errElsewhere}
		case errors.Is(err, errWithout):
			return "", -1, &Failure{Why: model.Say("page.fail.without"), Cause: errWithout}
		}
		var e *url.Error // names the address too
		if errors.As(err, &e) {
			err = e.Err
		}
		return "", 0, &Failure{Why: model.Say("page.fail.net"), Said: w.hide(err.Error(), secret), Cause: err}
	}
	defer answer.Body.Close()
	raw, _ := io.ReadAll(io.LimitReader(answer.Body, model.MaxPageSaid)) // what came of it is enough
	said = w.hide(strings.ToValidUTF8(string(raw), ""), secret)
	switch code := answer.StatusCode; {
	case code/100 == 2, code == http.StatusConflict: // it has the key already
		return said, 0, nil
	case code/100 == 5, code == http.StatusTooManyRequests, code == http.StatusRequestTimeout:
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After")) // a date is not read
		wait = time.Duration(max(seconds, 0)) * time.Second
	default:
		wait = -1
	}
	return "", wait, &Failure{Why: model.Say("page.fail.http", "Status", answer.StatusCode), Said: said}
}

// hide takes the secret and the address out of a text.
func (w Webhook) hide(text, secret string) string {
	for _, s := range []string{secret, w.URL} {
		if s != "" {
			text = strings.ReplaceAll(text, s, "…")
		}
	}
	return text
}
