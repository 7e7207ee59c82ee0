package main

import (
	"bytes"
	"io"
	"os"
)

// The first frame is on the screen before the program that draws the next ones runs
// (tui.Console.First). A program that ends before it has drawn anything leaves the
// terminal as it found it: on the other screen, without a cursor. Then it is given
// back here.
const (
	otherScreenOn  = "\x1b[?1049h"
	otherScreenOff = "\x1b[?1049l"
	giveBack       = "\x1b[m" + otherScreenOff + "\x1b[?25h"
)

// givenBack sees whether what is written leaves the other screen in the end.
type givenBack struct {
	io.Writer
	left bool
}

func (g *givenBack) Write(b []byte) (int, error) {
	on, off := bytes.LastIndex(b, []byte(otherScreenOn)), bytes.LastIndex(b, []byte(otherScreenOff))
	if on != off { // one of them is there
		g.left = off > on
	}
	return g.Writer.Write(b)
}

// finish gives the terminal back when nobody did.
func (g *givenBack) finish() {
	if !g.left {
		_, _ = io.WriteString(g.Writer, giveBack) // a terminal that is gone needs nothing
	}
}

// watched is a terminal that a givenBack looks at.
type watched struct {
	*os.File
	to *givenBack
}

func (w watched) Write(b []byte) (int, error)       { return w.to.Write(b) }
func (w watched) WriteString(s string) (int, error) { return w.to.Write([]byte(s)) }
