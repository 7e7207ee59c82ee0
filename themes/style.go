package themes

import (
	"image/color"
	"strconv"

	"charm.land/lipgloss/v2"
)

// attributes is a set of the things a style can be besides coloured.
type attributes uint8

const (
	bold attributes = 1 << iota
	dim
	italic
	underline
	reverse
	strike
)

// attributeNames are the attributes' words, at the index of their bit.
func attributeNames() []string {
	return []string{"bold", "dim", "italic", "underline", "reverse", "strike"}
}

// sgrOf are their SGR numbers, at the same index (ECMA-48, 8.3.117).
var sgrOf = [...]int64{1, 2, 3, 4, 7, 9}

// look is how a style looks, before or after it was fitted to a depth.
type look struct {
	fg, bg colour
	attrs  attributes
}

func (l look) coloured() bool { return l.fg.painted() || l.bg.painted() }

// filled is true when the look changes what is behind the letters.
func (l look) filled() bool { return l.bg.painted() || l.attrs&reverse != 0 }

// over puts o on top of l.
func (l look) over(o look) look {
	if o.filled() {
		// Faint letters on a fill cannot be read.
		l.attrs &^= dim
	}
	l.attrs |= o.attrs
	if o.fg != unset {
		l.fg = o.fg
	}
	if o.bg != unset {
		l.bg = o.bg
	}
	return l
}

// sgr gives the sequence that switches the look on from a reset terminal, or
// nothing when there is nothing to switch.
func (l look) sgr() string {
	// 49 bytes: all attributes and two true colours.
	buf := make([]byte, 0, 49)
	for i, n := range sgrOf {
		if l.attrs&(1<<i) != 0 {
			buf = strconv.AppendInt(append(buf, ';'), n, 10)
		}
	}
	buf = l.fg.appendSGR(buf, 30)
	buf = l.bg.appendSGR(buf, 40)
	if len(buf) == 0 {
		return ""
	}
	buf[0] = '[' // in place of the first semicolon
	return "\x1b" + string(append(buf, 'm'))
}

// reset ends what a style's prefix began.
const reset = "\x1b[m"

// Style draws text. It is a small value, can be compared with ==, and is safe
// to copy and to use from anywhere. The zero Style leaves text as it is.
type Style struct {
	prefix string
	token  Token
	look   look
	named  bool
}

// Render gives text in this style: its prefix, the text, and a reset. The text
// must hold no styles of its own (the first reset in it would end this one). An
// empty text, or a style with nothing to switch, costs nothing.
func (s Style) Render(text string) string {
	if s.prefix == "" || text == "" {
		return text
	}
	if s.named {
		return s.prefix + text + markEnd
	}
	return s.prefix + text + reset
}

// Token gives the token this style was made for.
func (s Style) Token() Token { return s.token }

// With gives this style with o on top: each colour that o sets replaces this
// one's, and o's attributes are added. When o fills what is behind the text,
// dim goes, so that the text can be read. The result keeps this style's token.
func (s Style) With(o Style) Style {
	if o.prefix == "" && o.look == (look{}) {
		return s
	}
	s.look = s.look.over(o.look)
	if s.named || o.named {
		s.named, s.prefix = true, markStart(joinNames(s.name(), o.name()))
		return s
	}
	s.prefix = s.look.sgr()
	return s
}

// Lipgloss gives the style for widgets that want one, already fitted to the
// terminal's depth. A style of NamedStyles gives an empty one.
func (s Style) Lipgloss() lipgloss.Style {
	l := lipgloss.NewStyle()
	if s.named {
		return l
	}
	if c := s.look.fg.rgba(); c != nil {
		l = l.Foreground(c)
	}
	if c := s.look.bg.rgba(); c != nil {
		l = l.Background(c)
	}
	// Only what is set: in Lip Gloss a property set to false is still set, and
	// would win over an inherited one.
	for i, set := range []func(lipgloss.Style, bool) lipgloss.Style{
		lipgloss.Style.Bold, lipgloss.Style.Faint, lipgloss.Style.Italic,
		lipgloss.Style.Underline, lipgloss.Style.Reverse, lipgloss.Style.Strikethrough,
	} {
		if s.look.attrs&(1<<i) != 0 {
			l = set(l, true)
		}
	}
	return l
}

// Styles are a theme's styles for one terminal. They never change, and may be
// used by several goroutines.
type Styles struct {
	of     map[Token]Style
	named  bool
	fg, bg color.Color
}

// Style gives the style of a token. An unknown token is drawn as Text, so that
// a value from a newer teammate is still seen.
func (s *Styles) Style(tok Token) Style {
	if s == nil {
		return Style{token: tok}
	}
	if st, ok := s.of[tok]; ok {
		return st
	}
	if s.named {
		return namedStyle(tok)
	}
	st := s.of[Text]
	st.token = tok
	return st
}

// Ground gives the colours that the theme wants for text and background where
// nothing is styled, to be set for the whole screen. Each is nil when the
// terminal's own should stay, as it should under 256 colours.
func (s *Styles) Ground() (fg, bg color.Color) {
	if s == nil {
		return nil, nil
	}
	return s.fg, s.bg
}
