package clean

import "unicode"

// marksKept is how many combining marks a character keeps. Vietnamese, Hebrew
// and Thai need two or three; more is decoration that paints over other rows.
const marksKept = 3

// newMarks are combining marks (and letters that join like one) that this Go's
// tables do not know as such, but the renderer's do.
var newMarks = &unicode.RangeTable{
	R16: []unicode.Range16{{0x0897, 0x0897, 1}, {0x1acf, 0x1add, 1}, {0x1ae0, 0x1aeb, 1}},
	R32: []unicode.Range32{
		{0x10d69, 0x10d6d, 1}, {0x10efa, 0x10efc, 1}, {0x113b8, 0x113e2, 1},
		{0x11b60, 0x11b67, 1}, {0x11f5a, 0x11f5a, 1}, {0x1611e, 0x1612f, 1}, {0x1e5ee, 0x1e5ef, 1},
		{0x1e6e3, 0x1e6e3, 1}, {0x1e6e6, 0x1e6e6, 1}, {0x1e6ee, 0x1e6ef, 1}, {0x1e6f5, 0x1e6f5, 1},
	},
}

// prepended are characters that join whatever follows them, a pane's border
// included.
var prepended = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x0600, 0x0605, 1}, {0x06dd, 0x06dd, 1}, {0x070f, 0x070f, 1}, {0x0890, 0x0891, 1},
		{0x08e2, 0x08e2, 1}, {0x0d4e, 0x0d4e, 1},
	},
	R32: []unicode.Range32{
		{0x110bd, 0x110bd, 1}, {0x110cd, 0x110cd, 1}, {0x111c2, 0x111c3, 1}, {0x113d1, 0x113d1, 1},
		{0x1193f, 0x1193f, 1}, {0x11941, 0x11941, 1}, {0x11a84, 0x11a89, 1}, {0x11d46, 0x11d46, 1},
		{0x11f02, 0x11f02, 1},
	},
}

// invisible characters take no room, or pretend to be none: format characters
// (directions, joiners, tags, zero-width spaces), variation selectors, fillers.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

func mark(r rune) bool {
	return r >= 0x300 && (unicode.Is(unicode.M, r) || unicode.Is(newMarks, r))
}

func noncharacter(r rune) bool {
	return r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef
}

// plain characters need no look at the tables: letters of Latin, Greek and
// Cyrillic, the marks of punctuation and boxes, Han, kana and whole Hangul.
func plain(r rune) bool {
	switch {
	case r < 0x20, r == 0x7f:
		return false
	case r < 0x7f:
		return true
	case r < 0xa0, r == 0xad:
		return false
	case r < 0x300:
		return true
	case r >= 0x370 && r < 0x483:
		return r < 0x378 || r >= 0x384
	}
	return r >= 0x2010 && r < 0x2028 || r >= 0x2500 && r < 0x25a0 ||
		r >= 0x3041 && r <= 0x3096 || r >= 0x30a1 && r <= 0x30fa ||
		r >= 0x4e00 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7a3
}

// Regional indicators and skin tones.
const (
	flagA, flagZ = 0x1f1e6, 0x1f1ff
	toneA, toneZ = 0x1f3fb, 0x1f3ff
)

// replacement is what stands for a character that cannot be shown as it is, and
// whether there is one; an empty replacement takes the character away.
func replacement(r rune) (string, bool) {
	switch {
	case r < 0x20:
		return string(rune(0x2400) + r), true // the control pictures
	case r == 0x7f:
		return "\u2421", true
	case r < 0xa0, noncharacter(r), unicode.Is(prepended, r):
		return "\ufffd", true
	case r >= toneA && r <= toneZ, invisible(r):
		return "", true
	case r >= flagA && r <= flagZ:
		// A flag is one cell to some terminals, two to others; its letters
		// are two to all.
		return string('A' + r - flagA), true
	case r == 0xff9e, r == 0xff9f:
		// The half-width sound marks are counted alone by terminals and with
		// their letter by the renderer.
		return string(r - 0xff9e + 0x309b), true
	}
	return "", false
}

// split gives the two halves of a vowel that terminals count as a cell of its
// own and the renderer does not: the Thai and Lao "am".
func split(r rune) (markHalf, letter rune, ok bool) {
	switch r {
	case 0x0e33:
		return 0x0e4d, 0x0e32, true
	case 0x0eb3:
		return 0x0ecd, 0x0eb2, true
	}
	return 0, 0, false
}
