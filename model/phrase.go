package model

import "fmt"

// Phrase is a sentence that is not yet in any language: the key of a catalogue
// entry and what goes into it. A value may itself be a Phrase (the name of a
// role, say), a time.Time, a time.Duration, a PersonID or a Scope: whoever
// renders the phrase writes them as the reader is used to.
type Phrase struct {
	Key  string
	Args map[string]any
	// Count chooses the plural form; nil for a sentence without one.
	Count *int
}

// Say builds a phrase; pairs are argument names and values.
func Say(key string, pairs ...any) Phrase {
	p := Phrase{Key: key}
	if len(pairs) > 0 {
		p.Args = args(pairs...)
	}
	return p
}

// Counted gives the phrase its count, which its text names {{.Count}}.
func (p Phrase) Counted(n int) Phrase {
	p.Count = &n
	return p
}

// IsZero reports a phrase that says nothing.
func (p Phrase) IsZero() bool { return p.Key == "" }

func args(pairs ...any) map[string]any {
	if len(pairs)%2 != 0 {
		panic(fmt.Sprintf("model: odd number of phrase arguments: %v", pairs))
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}
