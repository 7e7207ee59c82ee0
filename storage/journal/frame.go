package journal

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"iter"
	"slices"
)

// A segment is a file NNNNNNNN.wj of a fixed length:
//
//	0     segment head, 40 B; again at 512, in another sector
//	1024  frames, each beginning at a multiple of 8; zeros after the last
//
// A segment head is
//
//	0   8   "wrjournl"
//	8   4   version
//	12  8   segment number
//	20  16  nonce
//	36  4   CRC-32C of bytes 0..35
//	40  8   the file's length
//	48  4   CRC-32C of bytes 0..47
//
// (the last two are zero in a segment that was made before they were kept) and a frame
//
//	0   4   "WJF1"
//	4   4   length of the payload
//	8   8   ordinal: 1 for the first frame of a journal, then one more each
//	16  4   CRC-32C of the segment's nonce, bytes 0..15 and the payload
//	20      payload
//
// with all integers big-endian. The nonce keeps a text that somebody wrote from
// passing for a frame when what is around it is damaged. A frame without payload
// says that the journal was closed in order.
const (
	version     = 1
	segmentHead = 40
	lengthHead  = 52
	secondHead  = 512
	framesBegin = 1024
	frameHead   = 20
	align       = 8
	nonceSize   = 16
)

const (
	segmentMagic = "wrjournl"
	frameMagic   = "WJF1"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

type nonce [nonceSize]byte

// frameSize is what a payload of n bytes takes in a segment.
func frameSize(n int) int64 { return (frameHead + int64(n) + align - 1) &^ (align - 1) }

// closing is kept free at the end of every segment for the mark of a close.
const closing = (frameHead + align - 1) &^ (align - 1)

// appendFrame puts a frame behind b, with the zeros up to the next.
func appendFrame(b []byte, n nonce, ordinal uint64, payload []byte) []byte {
	at, size := len(b), int(frameSize(len(payload)))
	b = slices.Grow(b, size)[:at+size]
	f := b[at:]
	copy(f, frameMagic)
	binary.BigEndian.PutUint32(f[4:], uint32(len(payload)))
	binary.BigEndian.PutUint64(f[8:], ordinal)
	clear(f[frameHead+copy(f[frameHead:], payload):])
	binary.BigEndian.PutUint32(f[16:], frameSum(n, f[:16], payload))
	return b
}

func frameSum(n nonce, head, payload []byte) uint32 {
	sum := crc32.Update(0, castagnoli, n[:])
	sum = crc32.Update(sum, castagnoli, head)
	return crc32.Update(sum, castagnoli, payload)
}

// getFrame reads the frame at the beginning of b; false when no whole one is there.
func getFrame(n nonce, b []byte) (ordinal uint64, payload []byte, ok bool) {
	if len(b) < frameHead || string(b[:4]) != frameMagic {
		return 0, nil, false
	}
	length := binary.BigEndian.Uint32(b[4:])
	if uint64(length) > uint64(len(b)-frameHead) {
		return 0, nil, false
	}
	payload = b[frameHead : frameHead+length : frameHead+length]
	if frameSum(n, b[:16], payload) != binary.BigEndian.Uint32(b[16:]) {
		return 0, nil, false
	}
	return binary.BigEndian.Uint64(b[8:]), payload, true
}

// putHead gives what stands before the frames of a segment of this length.
func putHead(number uint64, n nonce, size int64) []byte {
	b := make([]byte, framesBegin)
	copy(b, segmentMagic)
	binary.BigEndian.PutUint32(b[8:], version)
	binary.BigEndian.PutUint64(b[12:], number)
	copy(b[20:], n[:])
	binary.BigEndian.PutUint32(b[36:], crc32.Checksum(b[:36], castagnoli))
	binary.BigEndian.PutUint64(b[40:], uint64(size))
	binary.BigEndian.PutUint32(b[48:], crc32.Checksum(b[:48], castagnoli))
	copy(b[secondHead:], b[:lengthHead])
	return b
}

// lengthOf is the length that a segment was made with, 0 where it does not say.
func lengthOf(b []byte) int64 {
	for _, at := range []int{0, secondHead} {
		if len(b) < at+lengthHead {
			continue
		}
		h := b[at : at+lengthHead]
		if crc32.Checksum(h[:48], castagnoli) == binary.BigEndian.Uint32(h[48:]) {
			return int64(binary.BigEndian.Uint64(h[40:]))
		}
	}
	return 0
}

// forgetLength has a segment not say its length any more.
func forgetLength(b []byte) {
	for _, at := range []int{0, secondHead} {
		clear(b[min(at+segmentHead, len(b)):min(at+lengthHead, len(b))])
	}
}

// getHead reads a segment's head from whichever copy is whole.
func getHead(number uint64, b []byte) (nonce, error) {
	for _, at := range []int{0, secondHead} {
		if len(b) < at+segmentHead {
			continue
		}
		h := b[at : at+segmentHead]
		if string(h[:8]) != segmentMagic || crc32.Checksum(h[:36], castagnoli) != binary.BigEndian.Uint32(h[36:]) {
			continue
		}
		if v := binary.BigEndian.Uint32(h[8:]); v > version {
			return nonce{}, &NewerError{Have: int(v), Know: version}
		}
		if binary.BigEndian.Uint64(h[12:]) != number {
			return nonce{}, ErrMisplaced
		}
		return nonce(h[20:36]), nil
	}
	return nonce{}, ErrNoHead
}

// found is a frame in a segment, or, where bad, a stretch without a whole frame.
type found struct {
	from, to int64
	bad      bool
	ordinal  uint64
	payload  []byte
}

// frames gives what stands in a segment. Zeros after the last frame are left out.
func frames(n nonce, read *content) iter.Seq[found] {
	return func(yield func(found) bool) {
		for at := int64(framesBegin); at < read.size; {
			f := found{from: at, bad: true}
			if ordinal, payload, ok := read.frame(n, at); ok {
				f = found{from: at, to: min(at+frameSize(len(payload)), read.size), ordinal: ordinal, payload: payload}
			} else if read.blank(at) {
				return
			} else {
				f.to = nextFrame(n, read, at)
			}
			if !yield(f) {
				return
			}
			at = f.to
		}
	}
}

// nextFrame finds the next whole frame behind at, or gives the segment's length.
func nextFrame(n nonce, read *content, at int64) int64 {
	for at += align; at < read.end(); at += align {
		if _, _, ok := read.frame(n, at); ok {
			return at
		}
	}
	return read.size
}

var zeros [4096]byte

func zero(b []byte) bool {
	for len(b) > len(zeros) {
		if !bytes.Equal(b[:len(zeros)], zeros[:]) {
			return false
		}
		b = b[len(zeros):]
	}
	return bytes.Equal(b, zeros[:len(b)])
}
