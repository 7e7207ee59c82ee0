package lang

import "strings"

// message is a sentence taken apart once: executing a template each time costs
// more than the rest of a row.
type message struct {
	parts []part
	size  int // a guess at the length of the result
}

// part is text, or a value's name and how it is to be shown.
type part struct {
	text   string
	name   string
	format string
}

// made is what a message was made for.
type made struct {
	key     string
	counted bool
	count   int
}

// madeLimit bounds what is kept: a count can be any number.
const madeLimit = 10_000

// message is the message of a key, or nil.
func (b *book) message(key string, count *int) *message {
	id := made{key: key}
	if count != nil {
		id.counted, id.count = true, *count
	}
	b.mu.RLock()
	m, ok := b.made[id]
	b.mu.RUnlock()
	if ok {
		return m
	}
	if src, ok := b.source(key, count); ok {
		m = take(src, b.ascii)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.made) < madeLimit {
		b.made[id] = m
	}
	return m
}

// take takes a template apart. It knows {{.Name}} and {{.Name | format}}; all
// else stays as it is written, where a test of the catalogue finds it.
func take(src string, ascii bool) *message {
	m := &message{}
	for src != "" {
		text, rest, found := strings.Cut(src, "{{")
		inner, after, closed := strings.Cut(rest, "}}")
		name, format, ok := placeholder(inner)
		if !found || !closed || !ok {
			m.add(part{text: src}, ascii)
			break
		}
		m.add(part{text: text}, ascii)
		m.add(part{name: name, format: format}, ascii)
		src = after
	}
	return m
}

func (m *message) add(p part, ascii bool) {
	if p.text == "" && p.name == "" {
		return
	}
	if ascii {
		p.text = toASCII.Replace(p.text)
	}
	m.parts = append(m.parts, p)
	// 12 is about a name or a time.
	m.size += len(p.text) + min(len(p.name), 1)*12
}

// placeholder reads what stands between braces.
func placeholder(s string) (name, format string, ok bool) {
	name, format, piped := strings.Cut(s, "|")
	name, ok = strings.CutPrefix(strings.TrimSpace(name), ".")
	format = strings.TrimSpace(format)
	if !ok || name == "" || strings.ContainsAny(name, " .{}()") || piped && !formats[format] {
		return "", "", false
	}
	return name, format, true
}

// toASCII writes the signs that sentences use. Letters stay: a language has
// the letters it has.
var toASCII = strings.NewReplacer(
	"…", "...", "→", "->", "←", "<-", "↑", "^", "↓", "v", "·", "-", "•", "*", "×", "x", "–", "-", "—", "-", "−", "-",
	"“", `"`, "”", `"`, "«\u00a0", `"`, "\u00a0»", `"`, "«", `"`, "»", `"`, "‘", "'", "’", "'", "✓", "x", "★", "*", "●", "*", "○", "o",
	"\u00a0", " ", "\u202f", " ", "≥", ">=", "≤", "<=",
)
