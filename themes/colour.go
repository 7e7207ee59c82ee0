package themes

import (
	"image/color"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// colour is one colour of a style. The high byte is its kind, the rest its
// value. The zero colour is not set: it leaves what is below it.
type colour uint32

const (
	unset   colour = 0
	own     colour = 1 << 24 // the terminal's own, for which nothing is written
	palette colour = 2 << 24 // 0 to 255
	rgb     colour = 3 << 24 // 24 bits
)

func (c colour) kind() colour { return c &^ 0xffffff }

// painted is true for a colour that must be written.
func (c colour) painted() bool { return c.kind() == palette || c.kind() == rgb }

// colourNames are the sixteen, at the index of their number.
func colourNames() []string {
	names := []string{"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"}
	for _, n := range names[:8:8] {
		names = append(names, "bright-"+n)
	}
	return names
}

// parseColour reads one word in lower case.
func parseColour(word string) (colour, bool) {
	if word == "default" {
		return own, true
	}
	if i := slices.Index(colourNames(), word); i >= 0 {
		return palette | colour(i), true
	}
	if hex, ok := strings.CutPrefix(word, "#"); ok {
		v, err := strconv.ParseUint(hex, 16, 24)
		return rgb | colour(v), err == nil && len(hex) == 6
	}
	// Only digits: ParseUint takes no sign.
	v, err := strconv.ParseUint(word, 10, 8)
	return palette | colour(v), err == nil
}

// nearestColour proposes a colour or an attribute for a word that is none.
func nearestColour(word string) string {
	if hex, ok := strings.CutPrefix(word, "#"); ok {
		if len(hex) == 3 { // the short form of the web
			return "#" + strings.Repeat(hex[:1], 2) + strings.Repeat(hex[1:2], 2) + strings.Repeat(hex[2:], 2)
		}
		return ""
	}
	if ours := colourAlias(word); ours != "" {
		return ours
	}
	names := append(colourNames(), "default")
	return nearest(word, append(names, attributeNames()...))
}

// rgba gives the colour as Go's image packages know it; nil when the terminal's
// own or not set.
func (c colour) rgba() color.Color {
	switch {
	case c.kind() == rgb:
		return ansi.RGBColor{R: uint8(c >> 16), G: uint8(c >> 8), B: uint8(c)}
	case c.kind() == palette && c&0xff < 16:
		return ansi.BasicColor(c)
	case c.kind() == palette:
		return ansi.IndexedColor(c)
	}
	return nil
}

// at gives the nearest colour that a terminal of this depth has.
func (c colour) at(d Depth) colour {
	if !c.painted() || d == TrueColour {
		return c
	}
	switch {
	case d == NoColour:
		return unset
	case d == ANSI16 && (c.kind() == rgb || c&0xff > 15):
		return palette | sixteen(c.rgba())
	case d == ANSI256 && c.kind() == rgb:
		return palette | colour(ansi.Convert256(c.rgba()))
	}
	return c
}

// sixteen gives the number of the ANSI colour that means the same: the nearest
// hue, in its bright form when it is light. Distance alone would make a soft
// amber white and a bluish grey blue, and lose what the colour was for.
func sixteen(c color.Color) colour {
	r16, g16, b16, _ := c.RGBA()
	r, g, b := float64(r16)/0xffff, float64(g16)/0xffff, float64(b16)/0xffff
	light, chroma := max(r, g, b), max(r, g, b)-min(r, g, b)
	// The bounds were found by looking at the shipped themes, whose contrast at
	// sixteen colours a test keeps.
	if light < 0.2 {
		return 0
	}
	if chroma < 0.15 {
		switch {
		case light < 0.72:
			return 8
		case light < 0.95:
			return 7
		}
		return 15
	}
	// The hue as a circle of six, red at 0 (Smith, Color gamut transform pairs,
	// 1978), and the ANSI colour of each sixth: a bit each for red, green, blue.
	var hue float64
	switch light {
	case r:
		hue = (g - b) / chroma
	case g:
		hue = 2 + (b-r)/chroma
	default:
		hue = 4 + (r-g)/chroma
	}
	number := [...]colour{1, 3, 2, 6, 4, 5}[int(hue+6.5)%6]
	if light > 0.8 {
		number += 8
	}
	return number
}

// appendSGR adds the parameters that switch the colour on: base is 30 for a
// foreground and 40 for a background (ECMA-48, and xterm's extensions).
func (c colour) appendSGR(dst []byte, base int) []byte {
	number := func(n int) { dst = strconv.AppendInt(append(dst, ';'), int64(n), 10) }
	switch n := int(c & 0xff); {
	case c.kind() == rgb:
		number(base + 8)
		number(2)
		number(int(c >> 16 & 0xff))
		number(int(c >> 8 & 0xff))
		number(n)
	case c.kind() == palette && n < 8:
		number(base + n)
	case c.kind() == palette && n < 16:
		number(base + 60 + n - 8)
	case c.kind() == palette:
		number(base + 8)
		number(5)
		number(n)
	}
	return dst
}
