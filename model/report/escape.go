package report

import "strings"

// Text from outside goes into Markdown as text: nothing in it may become a
// heading, a table's cell, HTML, a link or the end of a block. Only what could
// mean something is escaped, because the source is read too.

// escape writes one line of text. Its beginning counts as the beginning of a
// line.
func escape(s string) string {
	s = strings.TrimSpace(s)
	var b strings.Builder
	b.Grow(len(s) + 8)
	if n := blockStart(s); n >= 0 {
		b.WriteString(inline(s[:n]) + `\`)
		b.WriteByte(s[n])
		s = s[n+1:]
	}
	b.WriteString(inline(s))
	return b.String()
}

// inline escapes what means something anywhere in a line.
func inline(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch c {
		case '\\', '`', '*', '[', ']', '<', '>', '|', '~', '$':
			b.WriteByte('\\')
		case '_':
			// Inside a word it is a letter like any other.
			if i == 0 || i == len(s)-1 || !wordByte(s[i-1]) || !wordByte(s[i+1]) {
				b.WriteByte('\\')
			}
		case '&':
			if i+1 < len(s) && (s[i+1] == '#' || letter(s[i+1])) {
				b.WriteByte('\\')
			}
		case ':':
			// Some readers make links of bare addresses.
			if strings.HasPrefix(s[i:], "://") {
				b.WriteByte('\\')
			}
		case '.':
			if i >= 3 && strings.EqualFold(s[i-3:i], "www") {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// blockStart is where the character stands that would make the line more than
// a paragraph's, or -1.
func blockStart(s string) int {
	if s == "" {
		return -1
	}
	switch s[0] {
	case '#', '+', '-', '=', ':':
		return 0
	}
	n := 0
	for n < len(s) && n < 10 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n > 0 && n < len(s) && (s[n] == '.' || s[n] == ')') {
		return n
	}
	return -1
}

func letter(c byte) bool   { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func wordByte(c byte) bool { return letter(c) || c >= '0' && c <= '9' || c >= 0x80 }

// fence is a row of backticks that nothing in the lines can close.
func fence(lines []string) string {
	longest := 2
	for _, l := range lines {
		run := 0
		for i := 0; i < len(l); i++ {
			if l[i] != '`' {
				run = 0
				continue
			}
			run++
			longest = max(longest, run)
		}
	}
	return strings.Repeat("`", longest+1)
}

// address writes the target of a link, or "" for one that must not be clicked:
// only web addresses are links in a report.
func address(s string) string {
	low := strings.ToLower(s)
	if !strings.HasPrefix(low, "https://") && !strings.HasPrefix(low, "http://") {
		return ""
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c <= ' ' || c == 0x7f || strings.IndexByte("<>\\`|\"", c) >= 0 {
			const hex = "0123456789ABCDEF"
			b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
			continue
		}
		b.WriteByte(c)
	}
	return "<" + b.String() + ">"
}
