package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// How much of a command's output the log keeps: its first and its last lines,
// each up to a length. 80 lines of 580 bytes are below 48 kB.
const (
	keptLines    = 40
	keptLineSize = 580
)

// keeper keeps the first and the last lines of what is written through it, in
// the order in which it came. Its memory is bounded whatever is written.
type keeper struct {
	mu    sync.Mutex
	head  []string
	tail  []string // a ring of keptLines
	next  int
	count int64
	part  []byte // of the line that has not ended
	cut   bool   // the line is longer than what is kept of it
}

func newKeeper() *keeper { return &keeper{} }

// through is a writer that shows what is written, and keeps it.
func (k *keeper) through(w io.Writer) io.Writer { return &keeping{k, w} }

type keeping struct {
	keeper *keeper
	shown  io.Writer
}

func (w *keeping) Write(p []byte) (int, error) {
	w.keeper.take(p)
	// A reader that went away must not end the command.
	_, _ = w.shown.Write(p)
	return len(p), nil
}

func (k *keeper) take(p []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n')
		rest := p[len(p):]
		if end >= 0 {
			p, rest = p[:end], p[end+1:]
		}
		room := keptLineSize - len(k.part)
		k.cut = k.cut || len(p) > room
		k.part = append(k.part, p[:min(len(p), room)]...)
		if end >= 0 {
			k.end()
		}
		p = rest
	}
}

// end takes the line that has just ended.
func (k *keeper) end() {
	line := string(k.part)
	if k.cut {
		for len(line) > 0 && !utf8.RuneStart(line[len(line)-1]) {
			line = line[:len(line)-1]
		}
		line += "…"
	}
	line = strings.TrimSuffix(strings.ToValidUTF8(line, "\ufffd"), "\r")
	k.part, k.cut = k.part[:0], false
	k.count++
	switch {
	case len(k.head) < keptLines:
		k.head = append(k.head, line)
	case len(k.tail) < keptLines:
		k.tail = append(k.tail, line)
	default:
		k.tail[k.next] = line
		k.next = (k.next + 1) % keptLines
	}
}

// flush ends a last line that has no line break.
func (k *keeper) flush() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.part) > 0 || k.cut {
		k.end()
	}
}

// lines is how many lines were written.
func (k *keeper) lines() int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.count
}

// text is what was kept, each line after a line break. Lines that were left out
// are a line with their number.
func (k *keeper) text() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var b strings.Builder
	for _, l := range k.head {
		b.WriteString("\n" + l)
	}
	if left := k.count - int64(len(k.head)+len(k.tail)); left > 0 {
		fmt.Fprintf(&b, "\n… %d …", left)
	}
	for i := range k.tail {
		b.WriteString("\n" + k.tail[(k.next+i)%len(k.tail)])
	}
	return b.String()
}
