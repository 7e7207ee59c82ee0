package journal

import (
	"encoding/binary"
	"errors"
	"io"

	"warroom/storage/disk"
)

// readPiece is how much of a file is read at once, in bytes.
const readPiece = 64 << 10

// content is what stands in a segment's file: data, and zeros from there to the
// size. A new segment is nearly all zeros, and a start reads two of them: to hold
// and to free megabytes of nothing costs more than the rest of an open.
type content struct {
	data []byte
	size int64
}

// reading is the memory in which files are read one after the other.
type reading struct {
	piece []byte
	// into holds what was read until the next file is, where nobody keeps it.
	into []byte
}

// readFile reads a file; its data is the caller's.
func readFile(fs disk.FS, path string) (*content, error) { return new(reading).file(fs, path, true) }

// file reads a file. Unless it is kept, its data is valid until the next one.
func (r *reading) file(fs disk.FS, path string, keep bool) (*content, error) {
	f, err := fs.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c := &content{}
	if c.size, err = f.Size(); err != nil {
		return nil, err
	}
	if r.piece == nil {
		r.piece = make([]byte, readPiece)
	}
	piece := r.piece
	if !keep {
		if int64(cap(r.into)) < c.size {
			r.into = make([]byte, 0, c.size) // what is not touched costs nothing
		}
		c.data = r.into[:0]
	}
	for at := int64(0); at < c.size; {
		n, err := f.ReadAt(piece[:min(int64(len(piece)), c.size-at)], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if !zero(piece[:n]) {
			c.grow(at)
			c.data = append(c.data, piece[:n]...)
		}
		if at += int64(n); err != nil || n == 0 {
			c.size = at // it was cut meanwhile
		}
	}
	c.grow(framesBegin)
	return c, nil
}

// grow has at least so many bytes in data, where the file has them.
func (c *content) grow(to int64) {
	if more := min(to, c.size) - int64(len(c.data)); more > 0 {
		c.data = append(c.data, make([]byte, more)...)
	}
}

// from gives what data has from a place on.
func (c *content) from(at int64) []byte { return c.data[min(at, int64(len(c.data))):] }

// frame is getFrame at a place.
func (c *content) frame(n nonce, at int64) (ordinal uint64, payload []byte, ok bool) {
	if len(c.from(at)) == 0 {
		return 0, nil, false
	}
	c.grow(at + frameHead)
	if b := c.from(at); len(b) >= frameHead && string(b[:4]) == frameMagic {
		if length := int64(binary.BigEndian.Uint32(b[4:])); length <= MaxPayload {
			c.grow(at + frameHead + length)
		}
	}
	return getFrame(n, c.from(at))
}
