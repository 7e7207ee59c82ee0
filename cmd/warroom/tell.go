package main

import (
	"io"
	"strings"

	"github.com/charmbracelet/x/term"

	"warroom/tui/clean"
)

// Sentences for people are broken between words where they go to a terminal. What is to
// be copied, tables and JSON are not: they go out by line and noteRow.

// tell writes a sentence to standard output.
func (a *app) tell(s string) { writeSentence(a.out, s, a.sees(a.out, a.show.Wide)) }

// note writes a sentence to standard error.
func (a *app) note(s string) { writeSentence(a.err, s, a.sees(a.err, a.show.ErrWide)) }

// noteRow writes a row of a table to standard error.
func (a *app) noteRow(s string) { io.WriteString(a.err, s+"\n") }

func writeSentence(to io.Writer, s string, width int) {
	io.WriteString(to, strings.Join(sentence(s, width), "\n")+"\n")
}

// sentence breaks a sentence into rows of a width; 0 is any width. One with a word that
// is wider is left to the terminal, so that an address in it can be copied whole.
func sentence(s string, width int) []string {
	if width <= 0 || clean.Width(s) <= width {
		return []string{s}
	}
	for _, word := range strings.Fields(s) {
		if clean.Width(word) > width {
			return []string{s}
		}
	}
	var out []string
	for _, l := range strings.Split(s, "\n") {
		out = append(out, clean.Wrap(l, width)...)
	}
	return out
}

// sees is the width of the terminal at which somebody reads what is written to an output,
// 0 for none; said is what a client of this room process said of its own.
func (a *app) sees(to any, said int) int {
	switch {
	case a.door == nil:
		return widthOf(to)
	case a.door.session.Thin():
		return said
	case a.door.session.Term != "": // a bare ssh client
		return a.door.session.Size().Width
	}
	return 0
}

// widthOf is the width of a terminal that a stream goes to, 0 when it goes to none.
func widthOf(stream any) int {
	f, ok := terminal(stream)
	if !ok {
		return 0
	}
	w, _, err := term.GetSize(f.Fd())
	if err != nil {
		return 0
	}
	return w
}
