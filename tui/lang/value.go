package lang

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"warroom/model"
	"warroom/tui/clean"
)

// formats are the ways that a sentence can ask for: {{.At | date}}. The first
// five take a time or ms since 1970, duration a duration or ms, bytes a number.
var formats = map[string]bool{
	"clock": true, "short": true, "zoned": true, "date": true, "full": true, "duration": true, "bytes": true,
}

// phrased is a value of the model that has a name in the catalogue.
type phrased interface{ Phrase() model.Phrase }

func (p *Printer) write(b *strings.Builder, value any, format string, depth int) {
	if format != "" {
		if n, ok := integer(value); ok {
			switch format {
			case "bytes":
				b.WriteString(bytes(n))
				return
			case "duration":
				value = time.Duration(n) * time.Millisecond
			default:
				value = time.UnixMilli(n)
			}
		}
	}
	switch v := value.(type) {
	case string:
		b.WriteString(clean.Line(v))
	case model.Phrase:
		b.WriteString(p.say(v.Key, values{named: v.Args, count: v.Count}, depth+1))
	case []model.Phrase:
		for i, ph := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			p.write(b, ph, "", depth)
		}
	case []string:
		b.WriteString(clean.Line(strings.Join(v, ", ")))
	case time.Time:
		b.WriteString(p.moment(v, format))
	case time.Duration:
		b.WriteString(p.Duration(v))
	case model.PersonID:
		b.WriteString(p.person(v))
	case []model.PersonID:
		for i, id := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(p.person(id))
		}
	case model.Scope:
		b.WriteString(p.incident(v))
	case model.Role:
		b.WriteString(p.role(v, depth))
	case error:
		b.WriteString(p.cause(v, depth+1))
	case phrased:
		p.write(b, v.Phrase(), "", depth)
	case nil:
		b.WriteString("-")
	default:
		if n, ok := integer(value); ok {
			var digits [20]byte
			b.Write(strconv.AppendInt(digits[:0], n, 10))
			return
		}
		b.WriteString(clean.Line(fmt.Sprint(value)))
	}
}

// integer is a plain number; a number of the model's own type is not, because
// it may have a name.
func integer(value any) (int64, bool) {
	switch n := value.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case int32:
		return int64(n), true
	case uint32:
		return int64(n), true
	case uint16:
		return int64(n), true
	case uint64:
		return int64(min(n, 1<<63-1)), true
	}
	return 0, false
}

// cause is an error inside a sentence: a refusal's sentence, or the text.
func (p *Printer) cause(err error, depth int) string {
	if model.CodeOf(err) != "" {
		return p.fault(err, depth)
	}
	return clean.Line(err.Error())
}

func (p *Printer) person(id model.PersonID) string {
	if p.opts.Name != nil {
		if name := clean.Line(p.opts.Name(id)); name != "" {
			return name
		}
	}
	return id.String()[:8]
}

// role is the name of a role: one that every workspace has by the catalogue.
func (p *Printer) role(role model.Role, depth int) string {
	if _, ok := role.Card(); ok {
		return p.say(role.Phrase().Key, values{}, depth+1)
	}
	if p.opts.Role != nil {
		if name := clean.Line(p.opts.Role(role)); name != "" {
			return name
		}
	}
	return clean.Line(string(role))
}

func (p *Printer) incident(id model.Scope) string {
	if p.opts.Key != nil {
		if key := clean.Line(p.opts.Key(id)); key != "" {
			return key
		}
	}
	return id.Key()
}

// bytes is a size as limits are given: 4 MiB, 1.5 KiB, 300 B.
func bytes(n int64) string {
	switch {
	case n >= 1<<20:
		return tenths(n, 1<<20) + " MiB"
	case n >= 1<<10:
		return tenths(n, 1<<10) + " KiB"
	}
	return strconv.FormatInt(n, 10) + " B"
}

func tenths(n, unit int64) string {
	s := strconv.FormatFloat(float64(n)/float64(unit), 'f', 1, 64)
	return strings.TrimSuffix(s, ".0")
}
