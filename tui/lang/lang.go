// Package lang says phrases in the reader's language: it holds the catalogue of
// every sentence that people see, and fills in names, times and numbers as the
// reader is used to them.
package lang

import (
	"errors"
	"maps"
	"strings"
	"sync"
	"time"

	"warroom/model"
)

// Options say who reads.
type Options struct {
	// Language is a tag such as "en", "fr-BE" or a list of them, best first
	// (see FromEnv). A language without a catalogue reads English.
	Language string
	// Zone is the reader's own; nil is UTC.
	Zone *time.Location
	// Clock chooses local times, UTC, or both.
	Clock ClockMode
	// ASCII keeps the catalogue's arrows, dots and quotes to ASCII.
	ASCII bool
	// Name gives a person's display name; without it, or when it gives "",
	// the start of the id stands for it.
	Name func(model.PersonID) string
	// Role gives the name of a workspace's own role; without it, or when it gives
	// "", the role's id stands for it.
	Role func(model.Role) string
	// Key gives an incident's short name; without it, Scope.Key does.
	Key func(model.Scope) string
}

// Printer renders phrases for one reader. It is safe for concurrent use, as far
// as the functions of its options are.
type Printer struct {
	opts Options
	book *book
}

// New opens the catalogue. It cannot fail on the catalogue that is built in,
// which a test reads; it panics on a broken one.
func New(opts Options) *Printer {
	if opts.Zone == nil {
		opts.Zone = time.UTC
	}
	return &Printer{opts: opts, book: open(catalogue, opts.Language, opts.ASCII)}
}

// For is a printer for another reader, of the same catalogue where they read the
// same: a hundred readers of one process need it once.
func (p *Printer) For(opts Options) *Printer {
	if opts.ASCII != p.book.ascii || choose(catalogue, opts.Language) != p.book.tag {
		return New(opts)
	}
	if opts.Zone == nil {
		opts.Zone = time.UTC
	}
	return &Printer{opts: opts, book: p.book}
}

// WithClock is the same printer with another way of showing times.
func (p *Printer) WithClock(mode ClockMode) *Printer {
	q := *p
	q.opts.Clock = mode
	return &q
}

// Language is the tag of the catalogue in use.
func (p *Printer) Language() string { return p.book.tag.String() }

// nesting is how deep phrases may stand in phrases: a title in a link in a
// sentence is three.
const nesting = 8

// Say renders a phrase. Values are rendered by their type: a phrase (or
// something with a Phrase method) first, a time as a clock, a duration compact,
// a person by name, an incident by key, an error by its sentence, texts cleaned.
// A key or a value that is missing is shown in ⟨⟩ and counted (see Faults).
func (p *Printer) Say(ph model.Phrase) string {
	return p.say(ph.Key, values{named: ph.Args, count: ph.Count}, 0)
}

// T is Say of a key with pairs of names and values.
func (p *Printer) T(key string, pairs ...any) string { return p.say(key, values{pairs: pairs}, 0) }

// N is T with a count, which chooses the plural and is {{.Count}}.
func (p *Printer) N(key string, n int, pairs ...any) string {
	return p.say(key, values{pairs: pairs, count: &n}, 0)
}

// Error is the sentence for an error: that of the first refusal in its chain, or
// that of an unexpected error, with its text. A nil error says nothing. The
// refusal's cause is {{.Cause}}.
func (p *Printer) Error(err error) string { return p.fault(err, 0) }

func (p *Printer) fault(err error, depth int) string {
	if err == nil {
		return ""
	}
	var refusal *model.Error
	if errors.As(err, &refusal) {
		if ph := refusal.Phrase(); p.Has(ph.Key) {
			return p.say(ph.Key, values{named: ph.Args, cause: refusal.Cause}, depth)
		}
	}
	return p.say("error.internal", values{pairs: []any{"Text", err.Error()}}, depth)
}

func (p *Printer) say(key string, v values, depth int) string {
	if key == "" {
		return ""
	}
	if depth > nesting {
		return "..."
	}
	m := p.book.message(key, v.count)
	if m == nil {
		return p.missing(key, key)
	}
	if len(m.parts) == 1 && m.parts[0].name == "" {
		return m.parts[0].text
	}
	var b strings.Builder
	b.Grow(m.size)
	for _, part := range m.parts {
		if part.name == "" {
			b.WriteString(part.text)
			continue
		}
		value, ok := v.get(part.name)
		if !ok {
			b.WriteString(p.missing(part.name+"?", key+" "+part.name))
			continue
		}
		p.write(&b, value, part.format, depth)
	}
	return b.String()
}

// missing shows what is not there, and counts it.
func (p *Printer) missing(shown, fault string) string {
	p.book.fault(fault)
	if p.opts.ASCII {
		return "<" + shown + ">"
	}
	return "⟨" + shown + "⟩"
}

// Faults is what was asked for and is not in the catalogue ("key"), or not
// given to its sentence ("key Name"), and how often.
func (p *Printer) Faults() map[string]int {
	p.book.mu.RLock()
	defer p.book.mu.RUnlock()
	return maps.Clone(p.book.faults)
}

// values are what goes into a sentence.
type values struct {
	named map[string]any
	pairs []any
	count *int
	cause error
}

func (v values) get(name string) (any, bool) {
	if value, ok := v.named[name]; ok {
		return value, true
	}
	for i := 0; i+1 < len(v.pairs); i += 2 {
		if v.pairs[i] == name {
			return v.pairs[i+1], true
		}
	}
	switch {
	case name == "Count" && v.count != nil:
		return *v.count, true
	case name == "Cause" && v.cause != nil:
		return v.cause, true
	}
	return nil, false
}

// Has reports whether the catalogue has the key, in this language or in English.
func (p *Printer) Has(key string) bool { return p.book.has(key) }

// Keys are the catalogue's keys in order.
func (p *Printer) Keys() []string { return p.book.sorted() }

// book is the catalogue of one language with English behind it, and what was
// already made of it.
type book struct {
	lookup
	ascii bool
	mu    sync.RWMutex
	made  map[made]*message
	// faults counts what was missing.
	faults map[string]int
}

func (b *book) fault(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults[what]++
}
