package themes

import "strings"

// Depth is how many colours a terminal shows.
type Depth int

// From no colour at all to 24 bits. NoColour still has attributes: bold, dim,
// underline and reverse.
const (
	NoColour Depth = iota
	ANSI16
	ANSI256
	TrueColour
)

// DepthOf says how many colours to use, from the environment of the terminal
// (over SSH that is the session's, not the process's). Any non-empty NO_COLOR
// counts, as no-color.org asks. It never fails: what it cannot tell is ANSI16.
func DepthOf(env func(string) string) Depth {
	term := env("TERM")
	if env("NO_COLOR") != "" || term == "" || term == "dumb" {
		return NoColour
	}
	switch strings.ToLower(env("COLORTERM")) {
	case "truecolor", "24bit":
		return TrueColour
	}
	// COLORTERM is rarely forwarded over SSH, and terminals that people log in
	// from have had 256 colours for long.
	if strings.Contains(term, "256color") || env("SSH_TTY") != "" {
		return ANSI256
	}
	return ANSI16
}
