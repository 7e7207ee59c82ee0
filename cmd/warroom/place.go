package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"

	"warroom/tui"
)

// maxPlace bounds the file of a console's place: drafts are what is big in it.
const maxPlace = 4 << 20

// place keeps where the console was left, half-typed lines included, in a file
// that only its owner can read.
type place struct {
	file string

	mu     sync.Mutex // the console saves outside of Update
	failed error
}

// load reads the place. A file that is missing or cannot be read begins anew:
// it must not keep anybody from the room.
func (p *place) load() tui.State {
	var s tui.State
	f, err := os.Open(p.file)
	if err != nil {
		return s
	}
	defer f.Close()
	if json.NewDecoder(io.LimitReader(f, maxPlace)).Decode(&s) != nil {
		return tui.State{}
	}
	return s
}

// save writes the place whole or not at all, and remembers what went wrong last.
func (p *place) save(s tui.State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = p.write(s)
}

func (p *place) write(s tui.State) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	dir := filepath.Dir(p.file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".console.*") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), p.file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
