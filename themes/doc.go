// Package themes turns theme files into the styles that the console draws with.
//
// A theme is a TOML file. Each key is a token: the meaning of a piece of the
// screen, never a colour ("danger", not "red"). Each value is one string:
//
//	inherits = "dark"             # where missing tokens come from; "default" when left out
//	background = "#14171d"        # what the theme is meant to lie on; "default" is the terminal's own
//
//	border = "bright-black"       # a foreground
//	focus = "cyan bold"           # with attributes
//	selection = "black on cyan"   # with a background
//	banner = "on 52 bold"         # a background alone
//	struck = "strike"             # attributes alone
//	text = "default"              # the terminal's own
//
//	[severity]                    # by level, 1 to 9
//	1 = "bright-white on #c4202f bold"
//
//	[status]
//	resolved = "green"
//
//	[phase]
//	active = "bold"
//
// A colour is "#rrggbb", a number from 0 to 255 of the terminal's palette, one
// of the sixteen names (black, red, green, yellow, blue, magenta, cyan, white,
// and each with "bright-" before it), or "default". The attributes are bold,
// dim, italic, underline, reverse and strike. Words may stand in any order,
// but for "on" and its colour.
//
// A token in a file replaces the inherited one whole. A severity level that
// nobody names looks like the level before it. An unknown key or a bad value
// is refused with an [*Error] that has the line and the nearest name.
//
// True colours become the nearest of 256 or 16 where the terminal has no more.
// Without colour (see [DepthOf]) a coloured token looks as it does in mono, so
// that a selection is still seen.
package themes
