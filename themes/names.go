package themes

import "strings"

// A style of NamedStyles puts its name into an APC string (ECMA-48, 8.3.2)
// before the text: terminals and width functions skip those, so a row keeps its
// width and can be cut and padded like a coloured one.
const (
	markBegin = "\x1b_style:"
	markClose = "\x1b\\"
	markEnd   = markBegin + markClose
)

func markStart(name string) string { return markBegin + name + markClose }

// joinNames names a style on top of another.
func joinNames(under, over string) string { return under + "+" + over }

func namedStyle(tok Token) Style {
	return Style{prefix: markStart(string(tok)), token: tok, named: true}
}

// name is what a named style calls itself: "severity.1+selection" after With.
func (s Style) name() string {
	if !s.named {
		return string(s.token)
	}
	return strings.TrimSuffix(strings.TrimPrefix(s.prefix, markBegin), markClose)
}

// NamedStyles gives styles for golden screens: Render marks text with the name
// of its token in place of colours, so that a change of a theme changes no
// golden file. The marks have no width. ShowNames makes them readable, and
// StripNames takes them away.
func (t Theme) NamedStyles() *Styles {
	s := &Styles{of: make(map[Token]Style, len(t.looks)), named: true}
	for _, tok := range Tokens() {
		s.of[tok] = namedStyle(tok)
	}
	return s
}

// ShowNames writes the marks of NamedStyles out: text in the style border
// becomes ‹border:text›. Text without a style stays as it is.
func ShowNames(s string) string {
	return rewriteMarks(s, func(name string) string {
		if name == "" {
			return "›"
		}
		return "‹" + name + ":"
	})
}

// StripNames takes the marks of NamedStyles away, and leaves the bare text at
// its true width.
func StripNames(s string) string {
	return rewriteMarks(s, func(string) string { return "" })
}

// rewriteMarks puts what instead says in place of each mark; the name of an end
// mark is "". A mark that was cut in two is left as it is.
func rewriteMarks(s string, instead func(name string) string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, markBegin)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, markClose)
		if !closed {
			b.WriteString(markBegin + rest)
			return b.String()
		}
		b.WriteString(instead(name))
		s = after
	}
}
