package wire

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// Tally is the digest of a set of tips that changes: adding or taking away a tip
// costs one hash, however many there are. The zero Tally is of no tips. It is the
// sum of the tips' hashes modulo 2^256, which has no order.
type Tally struct{ sum [4]uint64 }

// Add counts a tip. A tip that is counted twice gives another digest than one that is
// counted once.
func (t *Tally) Add(tip Tip) {
	var carry uint64
	for i, w := range tip.words() {
		t.sum[i], carry = bits.Add64(t.sum[i], w, carry)
	}
}

// Remove takes a tip away that was added.
func (t *Tally) Remove(tip Tip) {
	var borrow uint64
	for i, w := range tip.words() {
		t.sum[i], borrow = bits.Sub64(t.sum[i], w, borrow)
	}
}

// Digest is the digest of what is counted now.
func (t *Tally) Digest() Digest {
	var raw [4 * 8]byte
	for i, w := range t.sum {
		binary.LittleEndian.PutUint64(raw[8*i:], w)
	}
	h := sha256.Sum256(raw[:])
	return Digest(h[:len(Digest{})])
}

// words is the hash of a tip as a number, its lowest part first.
func (t Tip) words() (w [4]uint64) {
	var raw [tipSize]byte
	h := sha256.Sum256(appendTip(raw[:0], t))
	for i := range w {
		w[i] = binary.LittleEndian.Uint64(h[8*i:])
	}
	return w
}

// DigestOf is the digest of a vector. The order of its tips does not matter.
func DigestOf(tips []Tip) Digest {
	var t Tally
	for _, tip := range tips {
		t.Add(tip)
	}
	return t.Digest()
}
