package themes

import (
	"fmt"
	"strings"
)

// Problem is the kind of refusal. The catalogue has a sentence for each.
type Problem string

// What can be wrong with a theme.
const (
	// UnknownTheme: no built-in and no file has this name. Value is the name.
	UnknownTheme Problem = "theme.unknown"
	// Unreadable: the file could not be read. Detail is the reason.
	Unreadable Problem = "theme.unreadable"
	// TooLong: the file is over 32 KiB or, when there is a Line, that line is over
	// 512 bytes. Neither is a theme.
	TooLong Problem = "theme.long"
	// BadSyntax: the file is not TOML. Detail is the reader's reason.
	BadSyntax Problem = "theme.syntax"
	// UnknownToken: Key is no token, table or setting.
	UnknownToken Problem = "theme.token"
	// BadKind: Key holds a thing of the wrong kind. Value says what it should
	// be: "string" or "table".
	BadKind Problem = "theme.kind"
	// BadColour: Value, in Key, is no colour and no attribute.
	BadColour Problem = "theme.colour"
	// BadStyle: the words in Key are good and do not fit together. Value is the
	// word where it went wrong.
	BadStyle Problem = "theme.style"
	// UnknownParent: the file inherits from Value, which is nowhere.
	UnknownParent Problem = "theme.parent"
	// Cycle: the file inherits, in the end, from itself. Value is the parent
	// that closes the circle.
	Cycle Problem = "theme.cycle"
)

// Error is every refusal of this package. Fields that say nothing are empty.
type Error struct {
	File    string  // the file, as it was given
	Line    int     // from 1; 0 when it is about no line
	Key     string  // the key in the file ("severity.1")
	Value   string  // the word that is wrong
	Problem Problem // what is wrong with it
	Nearest string  // the name that was probably meant
	Detail  string  // a technical reason, in English

	cause error
}

// Error says it in plain English, for logs and tests. What people read comes
// from the catalogue, by Problem.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File + ": ")
	}
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", e.Line)
	}
	b.WriteString(e.sentence())
	if e.Nearest != "" {
		fmt.Fprintf(&b, "; did you mean %q?", e.Nearest)
	}
	return b.String()
}

func (e *Error) sentence() string {
	switch e.Problem {
	case UnknownTheme:
		return fmt.Sprintf("unknown theme %q", e.Value)
	case Unreadable:
		return "the theme cannot be read: " + e.Detail
	case TooLong:
		if e.Line > 0 {
			return fmt.Sprintf("the line is over %d bytes", maxLine)
		}
		return fmt.Sprintf("the theme is over %d bytes", maxBytes)
	case BadSyntax:
		return "not a TOML file: " + e.Detail
	case UnknownToken:
		return fmt.Sprintf("unknown token %q", e.Key)
	case BadKind:
		return fmt.Sprintf("%q must be a %s", e.Key, e.Value)
	case BadColour:
		return fmt.Sprintf("%q: unknown colour or attribute %q", e.Key, e.Value)
	case BadStyle:
		return fmt.Sprintf("%q: %q does not fit here (the form is \"FOREGROUND on BACKGROUND attributes\")", e.Key, e.Value)
	case UnknownParent:
		return fmt.Sprintf("inherits from unknown theme %q", e.Value)
	case Cycle:
		return fmt.Sprintf("inherits from %q, which inherits from it", e.Value)
	}
	return string(e.Problem)
}

// Unwrap gives the cause, such as fs.ErrNotExist, or nil.
func (e *Error) Unwrap() error { return e.cause }
