package journal

import (
	"encoding/binary"
	"errors"
	"io"

	"warroom/storage/disk"
)

const (
	// readPiece is how much of a file is read at once, in bytes.
	readPiece = 64 << 10
	// passed is how much is held of a file that is only looked through, unless a
	// frame is longer. In bytes.
	passed = 128 << 10
)

// content is what stands in a segment's file. A new segment is nearly all zeros,
// and a start looks through several: to touch, to hold and to free megabytes of
// fresh memory costs more than the rest of an open.
type content struct {
	// data is what stands from base on, and behind it are zeros up to size, once
	// all was read.
	data []byte
	base int64
	size int64
	// file is what the rest is read from, nil once all was; err is why it could not
	// be.
	file disk.File
	err  error
	// memory is that of a file that is only looked through.
	memory *reading
}

// reading is the memory in which files are looked through, one after the other.
type reading struct{ data []byte }

// readFile reads a file; its data is the caller's.
func readFile(fs disk.FS, path string) (*content, error) {
	c, err := openFile(fs, path)
	if err != nil {
		return nil, err
	}
	c.load(0)
	return c, c.err
}

// pass opens a file to look through it, from its beginning to its end: what was
// passed is not held. The caller closes it.
func (r *reading) pass(fs disk.FS, path string) (*content, error) {
	c, err := openFile(fs, path)
	if err != nil {
		return nil, err
	}
	if r.data == nil {
		r.data = make([]byte, 0, passed)
	}
	c.data, c.memory = r.data[:0], r
	c.have(0, framesBegin)
	return c, nil
}

func openFile(fs disk.FS, path string) (*content, error) {
	f, err := fs.Open(path)
	if err != nil {
		return nil, err
	}
	size, err := f.Size()
	if err != nil {
		_ = f.Close() // it was only read
		return nil, err
	}
	return &content{size: size, file: f}, nil
}

// close ends the reading, and gives the error of it, if there was one.
func (c *content) close() error {
	if c.file != nil {
		_ = c.file.Close() // it was only read
		c.file = nil
	}
	return c.err
}

// end is how far data goes.
func (c *content) end() int64 { return c.base + int64(len(c.data)) }

// read reads what stands at a place, and notes where the file ends sooner than it
// did.
func (c *content) read(b []byte, at int64) int {
	n, err := c.file.ReadAt(b, at)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
		c.size = at // there is no more of it
		return 0
	}
	if err != nil || n == 0 {
		c.size = at + int64(n) // it was cut meanwhile
	}
	return n
}

// load reads all from a place on, and holds it without the zeros at its end.
func (c *content) load(at int64) {
	c.base, c.data = at, nil
	piece := make([]byte, readPiece)
	for at < c.size {
		n := c.read(piece[:min(readPiece, c.size-at)], at)
		if !zero(piece[:n]) {
			c.grow(at)
			c.data = append(c.data, piece[:n]...)
		}
		at += int64(n)
	}
	_ = c.close()
	c.grow(framesBegin)
}

// grow has data up to a place at least, where the file has it.
func (c *content) grow(to int64) {
	if more := min(to, c.size) - c.end(); more > 0 {
		c.data = append(c.data, make([]byte, more)...)
	}
}

// have has n bytes in data from a place on, where the file has them, and forgets
// what is before.
func (c *content) have(at int64, n int64) {
	if c.file == nil {
		if c.end() > at {
			c.grow(at + n)
		}
		return
	}
	if c.end() >= min(at+n, c.size) {
		return
	}
	left := copy(c.data, c.from(at))
	if int64(cap(c.data)) < n {
		c.memory.data = append(make([]byte, 0, 2*n), c.data[:left]...)
		c.data = c.memory.data
	}
	c.base, c.data = at, c.data[:left]
	for c.end() < min(at+n, c.size) {
		b := c.data[len(c.data):cap(c.data)]
		n := c.read(b[:min(int64(len(b)), c.size-c.end())], c.end())
		c.data = c.data[:len(c.data)+n]
	}
}

// from gives what data has from a place on.
func (c *content) from(at int64) []byte { return c.data[min(at-c.base, int64(len(c.data))):] }

// frame is getFrame at a place. The payload of a file that is only looked through
// is valid until the next call.
func (c *content) frame(n nonce, at int64) (ordinal uint64, payload []byte, ok bool) {
	c.have(at, frameHead)
	if b := c.from(at); len(b) >= frameHead && string(b[:4]) == frameMagic {
		if length := int64(binary.BigEndian.Uint32(b[4:])); length <= MaxPayload {
			c.have(at, frameHead+length)
		}
	}
	return getFrame(n, c.from(at))
}

// blank reports that there are only zeros from a place on. Where there are not, all
// from there on is held: what it is must be looked for.
func (c *content) blank(at int64) bool {
	if c.file == nil {
		return zero(c.from(at))
	}
	blank := zero(c.from(at))
	var piece []byte
	for next := c.end(); blank && next < c.size; {
		if piece == nil {
			piece = c.data[len(c.data):cap(c.data)]
			if len(piece) < readPiece {
				piece = make([]byte, readPiece)
			}
		}
		n := c.read(piece[:min(int64(len(piece)), c.size-next)], next)
		blank = zero(piece[:n])
		next += int64(n)
	}
	if !blank {
		c.load(at)
	}
	return blank
}
