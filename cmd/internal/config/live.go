package config

import (
	"io/fs"
	"os"
	"sync"
)

// Live is a config whose file is read again when it changed. What it says takes effect
// with the next use; a file that cannot be used changes nothing, and is told of. It is safe
// for concurrent use.
type Live struct {
	file    string
	changed func()

	mu    sync.Mutex
	stat  fs.FileInfo // nil for no file
	now   Config
	wrong error
}

// Follow reads a config file, which need not be there, as Load does. An empty path is no
// file.
func Follow(file string) *Live {
	l := &Live{file: file, now: Default(), changed: func() {}}
	if file != "" {
		l.stat = statOf(file)
		l.now, l.wrong = Load(file)
	}
	return l
}

// OnChange has something done whenever another file was read, good or bad. It is for
// before Look is called first.
func (l *Live) OnChange(do func()) { l.changed = do }

// Config is the last good one, the default where there was none.
func (l *Live) Config() Config {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

// Wrong is what is wrong with the file as it is now, an *Error; nil for nothing.
func (l *Live) Wrong() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wrong
}

// Look reads the file again if it changed, and gives what counts now.
func (l *Live) Look() Config {
	if l.file == "" {
		return l.Config()
	}
	l.mu.Lock()
	stat := statOf(l.file)
	if same(l.stat, stat) {
		defer l.mu.Unlock()
		return l.now
	}
	l.stat = stat
	c, err := Load(l.file)
	if l.wrong = err; err == nil {
		l.now = c
	}
	now := l.now
	l.mu.Unlock()
	l.changed()
	return now
}

func statOf(file string) fs.FileInfo {
	info, err := os.Stat(file)
	if err != nil {
		return nil
	}
	return info
}

// same reports a file that nobody wrote: one of the same time and size, and not another
// in its place.
func same(was, now fs.FileInfo) bool {
	if was == nil || now == nil {
		return was == nil && now == nil
	}
	return was.ModTime().Equal(now.ModTime()) && was.Size() == now.Size() && was.Mode() == now.Mode() && os.SameFile(was, now)
}
