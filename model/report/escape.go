package report

import "strings"

// Text from outside goes into Markdown as text: nothing in it may become a
// heading, a table's cell, HTML, emphasis or the end of a block. Only what would
// change the text is escaped, because the source is read and pasted too. An
// address may become a link to itself, where a reader makes links of addresses.

// escape writes one line of text. Its beginning counts as the beginning of a
// line.
func escape(s string) string {
	s = strings.TrimSpace(s)
	n := blockStart(s)
	if n < 0 {
		return inline(s)
	}
	return inline(s[:n]) + `\` + s[n:n+1] + inline(s[n+1:])
}

// inline escapes what means something anywhere in a line. Its text may stand
// beside another in one paragraph, so a sign counts even without its pair.
func inline(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := 0; i < len(s); i++ {
		before, after := byte(' '), byte(' ')
		if i > 0 {
			before = s[i-1]
		}
		if i+1 < len(s) {
			after = s[i+1]
		}
		if special(s, i, before, after) {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// special reports that the byte at i would mean something. before and after are
// its neighbours, a space at the ends.
func special(s string, i int, before, after byte) bool {
	switch s[i] {
	case '`', '[':
		return true
	case '\\':
		// Before anything else it is itself, but at the end it would meet what follows.
		return i == len(s)-1 || punctuation(after)
	case '*':
		return before != ' ' || after != ' ' || i == 0 || i == len(s)-1
	case '_':
		// Inside a word it is a letter like any other.
		return !wordByte(before) || !wordByte(after)
	case '~':
		// Before a number it means "about", and can begin but not end a stroke.
		return before != ' ' || after < '0' || after > '9'
	case '$':
		// Where mathematics are read, one after a space cannot end them.
		return before != ' '
	case '<':
		return letter(after) || after == '/' || after == '!' || after == '?'
	case '&':
		return entity(s[i+1:])
	}
	return false
}

// entity reports a text that begins with the rest of a character's name, as "lt;".
func entity(s string) bool {
	n := 0
	for n < len(s) && (letter(s[n]) || s[n] >= '0' && s[n] <= '9' || n == 0 && s[n] == '#') {
		n++
	}
	return n > 0 && n < len(s) && s[n] == ';'
}

// blockStart is where the character stands that would make the line more than
// a paragraph's, or -1.
func blockStart(s string) int {
	if s == "" {
		return -1
	}
	alone := len(s) == 1 || s[1] == ' ' || s[1] == '\t'
	switch s[0] {
	case '>', '|':
		return 0
	case '+':
		if alone {
			return 0
		}
	case '-', ':':
		if alone || s[1] == '-' {
			return 0
		}
	case '=':
		if strings.Trim(s, "=") == "" {
			return 0
		}
	case '#':
		if rest := strings.TrimLeft(s, "#"); rest == "" || rest[0] == ' ' || rest[0] == '\t' {
			return 0
		}
	}
	n := 0
	for n < len(s) && n < 10 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n > 0 && n < len(s) && (s[n] == '.' || s[n] == ')') && (n == len(s)-1 || s[n+1] == ' ' || s[n+1] == '\t') {
		return n
	}
	return -1
}

// code writes one line of text as code: nothing in it means anything.
func code(s string) string {
	bar := strings.Repeat("`", longestRun(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return bar + s + bar
}

func letter(c byte) bool   { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func wordByte(c byte) bool { return letter(c) || c >= '0' && c <= '9' || c >= 0x80 }

func punctuation(c byte) bool {
	return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~'
}

// fence is a row of backticks that nothing in the lines can close.
func fence(lines []string) string {
	longest := 2
	for _, l := range lines {
		longest = max(longest, longestRun(l))
	}
	return strings.Repeat("`", longest+1)
}

// longestRun is the length of the longest row of backticks.
func longestRun(s string) int {
	longest, run := 0, 0
	for i := 0; i < len(s); i++ {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
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
