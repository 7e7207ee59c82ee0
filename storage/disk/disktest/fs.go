// Package disktest is a file system in memory that can fail, fill up and lose
// power, for tests.
package disktest

import (
	"io"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"syscall"

	"warroom/storage/disk"
)

// sector is what a disk writes whole, in bytes.
const sector = 512

// FS is a file system in memory. It remembers what was synced: Crash gives what
// a power cut leaves. Its directories need no making.
type FS struct {
	mu      sync.Mutex
	names   map[string]*node
	durable map[string]*node // the names as they were when their directory was synced
	fail    func(op, path string) error
	// room is what may still be allocated or written beyond the end of a file.
	room    int64
	network string
}

var _ disk.FS = (*FS)(nil)

// node is a file's content. After a failed sync its dirty sectors count as
// clean, as they do in a real page cache: reading gives them, a later sync does
// not write them.
type node struct {
	cached, synced []byte
	dirty          map[int64]bool
}

// New gives an empty file system.
func New() *FS {
	return &FS{names: map[string]*node{}, durable: map[string]*node{}, room: 1 << 40}
}

// Fail sets what is asked before every operation: open, create, rename, remove,
// list, makedir, syncdir, space, read, write, allocate or sync. An error from it
// is the operation's; a failed write has written its first half. nil is no
// faults.
func (f *FS) Fail(fail func(op, path string) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = fail
}

// SetRoom sets how many bytes there is room for.
func (f *FS) SetRoom(n int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.room = n
}

// SetNetwork makes it a file system of that kind on another machine.
func (f *FS) SetNetwork(kind string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.network = kind
}

// Crash gives the file system after a power cut: what was synced, and of the
// rest any sectors and names that r picks.
func (f *FS) Crash(r *rand.Rand) *FS {
	f.mu.Lock()
	defer f.mu.Unlock()
	after := New()
	content := map[*node]*node{}
	keep := func(name string, n *node) {
		if content[n] == nil {
			content[n] = n.crash(r)
		}
		after.names[name], after.durable[name] = content[n], content[n]
	}
	all := map[string]bool{}
	for name := range f.names {
		all[name] = true
	}
	for name := range f.durable {
		all[name] = true
	}
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names) // so that r decides, not the map
	for _, name := range names {
		now, before := f.names[name], f.durable[name]
		if now != before && r.IntN(2) == 0 {
			now = before
		}
		if now != nil {
			keep(name, now)
		}
	}
	return after
}

func (n *node) crash(r *rand.Rand) *node {
	data := slices.Clone(n.synced)
	dirty := make([]int64, 0, len(n.dirty))
	for s := range n.dirty {
		dirty = append(dirty, s)
	}
	slices.Sort(dirty)
	for _, s := range dirty {
		if r.IntN(2) == 0 {
			data = n.flush(data, s)
		}
	}
	return &node{cached: data, synced: slices.Clone(data), dirty: map[int64]bool{}}
}

// flush copies one sector from the cache.
func (n *node) flush(to []byte, s int64) []byte {
	from, end := s*sector, min((s+1)*sector, int64(len(n.cached)))
	if from >= end {
		return to
	}
	if int64(len(to)) < end {
		to = append(to, make([]byte, end-int64(len(to)))...)
	}
	copy(to[from:end], n.cached[from:end])
	return to
}

// Content gives a file's bytes, to be looked at or damaged; nil when there is
// none. What is changed in them counts as synced.
func (f *FS) Content(path string) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := f.names[path]; n != nil {
		return slices.Clone(n.cached)
	}
	return nil
}

// Put sets a file's bytes, durably.
func (f *FS) Put(path string, data []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := &node{cached: slices.Clone(data), synced: slices.Clone(data), dirty: map[int64]bool{}}
	f.names[path], f.durable[path] = n, n
}

func (f *FS) ask(op, path string) error {
	if f.fail == nil {
		return nil
	}
	if err := f.fail(op, path); err != nil {
		return &fs.PathError{Op: op, Path: path, Err: err}
	}
	return nil
}

// Open is disk.FS.
func (f *FS) Open(path string) (disk.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.ask("open", path); err != nil {
		return nil, err
	}
	n := f.names[path]
	if n == nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return &handle{f, path, n}, nil
}

// Create is disk.FS.
func (f *FS) Create(path string) (disk.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.ask("create", path); err != nil {
		return nil, err
	}
	if f.names[path] != nil {
		return nil, &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	n := &node{dirty: map[int64]bool{}}
	f.names[path] = n
	return &handle{f, path, n}, nil
}

// Rename is disk.FS.
func (f *FS) Rename(from, to string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.ask("rename", from); err != nil {
		return err
	}
	if f.names[from] == nil {
		return &fs.PathError{Op: "rename", Path: from, Err: fs.ErrNotExist}
	}
	f.names[to] = f.names[from]
	delete(f.names, from)
	return nil
}

// Remove is disk.FS.
func (f *FS) Remove(path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.ask("remove", path); err != nil {
		return err
	}
	if f.names[path] == nil {
		return &fs.PathError{Op: "remove", Path: path, Err: fs.ErrNotExist}
	}
	delete(f.names, path)
	return nil
}

// List is disk.FS.
func (f *FS) List(dir string) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.ask("list", dir); err != nil {
		return nil, err
	}
	var names []string
	for path := range f.names {
		if filepath.Dir(path) == filepath.Clean(dir) {
			names = append(names, filepath.Base(path))
		}
	}
	slices.Sort(names)
	return names, nil
}

// MakeDir is disk.FS.
func (f *FS) MakeDir(dir string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ask("makedir", dir)
}

// SyncDir is disk.FS.
func (f *FS) SyncDir(dir string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.ask("syncdir", dir); err != nil {
		return err
	}
	for path := range f.durable {
		if filepath.Dir(path) == filepath.Clean(dir) && f.names[path] == nil {
			delete(f.durable, path)
		}
	}
	for path, n := range f.names {
		if filepath.Dir(path) == filepath.Clean(dir) {
			f.durable[path] = n
		}
	}
	return nil
}

// Space is disk.FS.
func (f *FS) Space(dir string) (disk.Space, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return disk.Space{Free: uint64(max(f.room, 0)), Network: f.network}, f.ask("space", dir)
}

type handle struct {
	fs   *FS
	path string
	n    *node
}

func (h *handle) ReadAt(p []byte, off int64) (int, error) {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if err := h.fs.ask("read", h.path); err != nil {
		return 0, err
	}
	if off >= int64(len(h.n.cached)) {
		return 0, io.EOF
	}
	n := copy(p, h.n.cached[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (h *handle) WriteAt(p []byte, off int64) (int, error) {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	err := h.fs.ask("write", h.path)
	if err != nil {
		p = p[:len(p)/2]
	}
	if roomErr := h.grow(off + int64(len(p))); roomErr != nil {
		return 0, roomErr
	}
	copy(h.n.cached[off:], p)
	for s := off / sector; s*sector < off+int64(len(p)); s++ {
		h.n.dirty[s] = true
	}
	return len(p), err
}

// grow lengthens the file, if there is room.
func (h *handle) grow(size int64) error {
	more := size - int64(len(h.n.cached))
	if more <= 0 {
		return nil
	}
	if more > h.fs.room {
		return &fs.PathError{Op: "write", Path: h.path, Err: syscall.ENOSPC}
	}
	h.fs.room -= more
	first := int64(len(h.n.cached)) / sector
	h.n.cached = append(h.n.cached, make([]byte, more)...)
	for s := first; s*sector < size; s++ {
		h.n.dirty[s] = true
	}
	return nil
}

func (h *handle) Size() (int64, error) {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	return int64(len(h.n.cached)), nil
}

func (h *handle) Allocate(size int64) error {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if err := h.fs.ask("allocate", h.path); err != nil {
		return err
	}
	return h.grow(size)
}

func (h *handle) Sync() error {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if err := h.fs.ask("sync", h.path); err != nil {
		clear(h.n.dirty)
		return err
	}
	for s := range h.n.dirty {
		h.n.synced = h.n.flush(h.n.synced, s)
	}
	clear(h.n.dirty)
	return nil
}

func (h *handle) Close() error { return nil }
