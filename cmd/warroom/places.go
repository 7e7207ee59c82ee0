package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"warroom/model"
	"warroom/tui"
)

// Limits of what is kept of consoles.
const (
	// maxPlace bounds the file of a console's place: drafts are what is big in it.
	maxPlace = 4 << 20
	// maxPlaces is how many consoles of one person are remembered.
	maxPlaces = 16
)

// places keeps where consoles were left, half-typed lines included, each in a file
// that only this process's user can read. A console goes on where its client was;
// another client of the same person goes on where nobody is.
type places struct {
	dir string
	now func() time.Time
	// since is when this process began to keep them.
	since time.Time

	mu   sync.Mutex
	open map[string]bool // files that a console has just now
}

func newPlaces(dir string, now func() time.Time) *places {
	return &places{dir: dir, now: now, since: now(), open: map[string]bool{}}
}

// returning is how long the place of a client whose room process was killed is kept
// for it: it comes back at once, if it is there still.
const returning = 20 * time.Second

// place is one console's.
type place struct {
	of    *places
	file  string
	token string

	mu     sync.Mutex // the console saves outside of Update
	state  tui.State
	left   bool
	failed error
}

// kept is the file of a place.
type kept struct {
	Token string `json:"token,omitempty"`
	// Left says that the console ended; else its process did.
	Left bool `json:"left,omitempty"`
	tui.State
}

// take gives a person's console its place: that of its client's token; for a client
// that begins, else the newest that nobody has; else a new one.
func (p *places) take(who model.PersonID, token string, again bool) *place {
	p.mu.Lock()
	defer p.mu.Unlock()
	prefix := "console-" + hex.EncodeToString(who[:6]) + "-"
	found, _ := filepath.Glob(filepath.Join(p.dir, prefix+"*.json")) // the pattern is good
	slices.SortFunc(found, func(a, b string) int { return modified(b).Compare(modified(a)) })
	chosen := ""
	for _, file := range found {
		if p.open[file] {
			continue
		}
		k := read(file)
		if token != "" && k.Token == token {
			chosen = file
			break
		}
		awaited := k.Token != "" && !k.Left && p.now().Sub(p.since) < returning
		if chosen == "" && !again && !awaited {
			chosen = file
		}
	}
	pl := &place{of: p, token: token}
	if chosen != "" {
		pl.state = read(chosen).State
	} else {
		chosen = p.free(prefix, found)
	}
	pl.file = chosen
	p.open[chosen] = true
	return pl
}

// free is a name for one more place. When there are many, the oldest without a
// draft is used again.
func (p *places) free(prefix string, found []string) string {
	if len(found) >= maxPlaces {
		for _, file := range slices.Backward(found) {
			if k := read(file); !p.open[file] && k.Draft == "" && len(k.Drafts) == 0 {
				return file
			}
		}
	}
	for n := 1; ; n++ {
		file := filepath.Join(p.dir, prefix+hex.EncodeToString([]byte{byte(n >> 8), byte(n)})+".json")
		if _, err := os.Lstat(file); errors.Is(err, os.ErrNotExist) && !p.open[file] {
			return file
		}
	}
}

func modified(file string) time.Time {
	st, err := os.Stat(file)
	if err != nil {
		return time.Time{}
	}
	return st.ModTime()
}

// read reads a place. A file that is missing or cannot be read begins anew: it must
// not keep anybody from the room.
func read(file string) (k kept) {
	f, err := os.Open(file)
	if err != nil {
		return kept{}
	}
	defer f.Close()
	if json.NewDecoder(io.LimitReader(f, maxPlace)).Decode(&k) != nil {
		return kept{}
	}
	return k
}

// save writes the place whole or not at all, and remembers what went wrong last.
func (p *place) save(s tui.State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = p.write(s)
}

func (p *place) write(s tui.State) error {
	raw, err := json.Marshal(kept{p.token, p.left, s})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(p.file), 0o700); err != nil {
		return err
	}
	return writeWhole(p.file, raw)
}

// leave saves where the console was left, and gives the place free for the person's
// next one.
func (p *place) leave(s tui.State) {
	p.mu.Lock()
	p.left = true
	p.mu.Unlock()
	p.save(s)
	p.free()
}

// free gives the place free as it is.
func (p *place) free() {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	delete(p.of.open, p.file)
}

// draftsWith are the files of places that hold one of some texts.
func draftsWith(dir string, words []string) []string {
	found, _ := filepath.Glob(filepath.Join(dir, "console*.json"))
	var out []string
	for _, file := range found {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for _, w := range words {
			quoted, err := json.Marshal(w)
			if err == nil && strings.Contains(string(raw), string(quoted[1:len(quoted)-1])) {
				out = append(out, file)
				break
			}
		}
	}
	return out
}
