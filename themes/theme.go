package themes

import "strconv"

// Theme is a set of looks, one for each token. It is read by Builtin, Load,
// Parse or Find, and never changes. The zero Theme draws all as it is.
type Theme struct {
	Name string // the name of the file, without folder and ".toml"

	background colour
	looks      map[Token]look
}

// Styles fits the theme to a terminal. It is meant to be made once for a
// terminal and a theme, not for each frame.
func (t Theme) Styles(d Depth) *Styles {
	s := &Styles{of: make(map[Token]Style, len(t.looks))}
	var without Theme
	if d == NoColour {
		without = colourless()
	}
	for _, tok := range Tokens() {
		l := t.look(tok)
		if d == NoColour && l.coloured() {
			l = without.look(tok)
		}
		l = t.fit(l, d)
		s.of[tok] = Style{prefix: l.sgr(), token: tok, look: l}
	}
	// Under 256 colours the terminal may not know how to change its own colours,
	// and a near colour would be far off over a whole screen.
	if d >= ANSI256 && t.background.painted() {
		s.bg = t.background.rgba()
		s.fg = t.looks[Text].fg.rgba()
	}
	return s
}

// look gives the look of a token. A severity level that nobody names has that
// of the level before it: severities are an open list.
func (t Theme) look(tok Token) look {
	l, ok := t.looks[tok]
	if ok || tok.table() != "severity" {
		return l
	}
	level, _ := strconv.Atoi(string(tok[len("severity."):]))
	for level--; level > 0; level-- {
		if l, ok := t.looks[Severity(level)]; ok {
			return l
		}
	}
	return t.looks[Text]
}

// fit brings a look to a depth. A fill that there cannot be told from the
// background becomes reverse: a selection must be seen.
func (t Theme) fit(l look, d Depth) look {
	fitted := look{fg: l.fg.at(d), bg: l.bg.at(d), attrs: l.attrs}
	ground := t.background.at(d)
	if l.bg != t.background && fitted.bg.painted() && fitted.bg == ground {
		fitted.bg = own
		fitted.attrs |= reverse
	}
	return fitted
}

// colourless is the theme that lends its looks where there is no colour.
func colourless() Theme {
	t, err := Builtin("mono")
	if err != nil {
		// The file is part of the program, and a test reads it.
		return Theme{}
	}
	return t
}
