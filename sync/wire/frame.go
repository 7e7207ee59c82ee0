package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// ErrFrame is below every error of a frame that must not be: too long, cut off,
// or with something in it that no warroom writes.
var ErrFrame = errors.New("malformed frame")

// lengthSize is the length that stands before each frame.
const lengthSize = 4

// AppendFrame appends a frame, which begins with its type, and its length before
// it. The frame must not be empty or longer than MaxFrame; Encode makes no such.
func AppendFrame(out, raw []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(raw)))
	return append(out, raw...)
}

// FrameSize is what a frame takes on the wire, its length included.
func FrameSize(raw []byte) int { return lengthSize + len(raw) }

// readAtOnce is how much a reader takes for a frame on the mere word of its length:
// who says a megabyte must send one before it costs one.
const readAtOnce = 64 << 10

// ReadFrame reads one frame and gives it without its length. It is read into buf
// where that is large enough, and the frame is then good until buf is used again;
// events that Decode makes of it are too.
//
// io.EOF says that the stream ended between two frames, io.ErrUnexpectedEOF that
// it ended in the midst of one. A length of 0 or over MaxFrame is an ErrFrame, and
// nothing more of the stream can be read.
func ReadFrame(r io.Reader, buf []byte) ([]byte, error) { return ReadFrameOf(r, buf, MaxFrame) }

// ReadFrameOf is ReadFrame for a frame of at most so many bytes, from somebody who has
// proved nothing.
func ReadFrameOf(r io.Reader, buf []byte, most int) ([]byte, error) {
	var head [lengthSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := int64(binary.BigEndian.Uint32(head[:]))
	if n == 0 || n > int64(most) {
		return nil, fmt.Errorf("wire: a frame of %d bytes: %w", n, ErrFrame)
	}
	raw := buf[:0]
	for len(raw) < int(n) {
		step := min(int(n)-len(raw), max(readAtOnce, len(raw), cap(raw)-len(raw)))
		at := len(raw)
		raw = slices.Grow(raw, step)[:at+step]
		if _, err := io.ReadFull(r, raw[at:]); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	return raw, nil
}
