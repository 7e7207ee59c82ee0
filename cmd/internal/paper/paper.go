// Package paper is the key of a workspace that is kept on paper, as a person reads and
// types it.
package paper

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"io"
	"strings"
	"unicode"

	"warroom/model"
)

// Key is the secret. Nothing prints it by accident: only Reveal gives it.
type Key struct{ seed [ed25519.SeedSize]byte }

// mark begins a key on paper; the digit is for another content.
const mark = "wrr1-"

const (
	sumSize = 4
	size    = ed25519.SeedSize + sumSize
	group   = 4
)

// What can be wrong with a key that was typed.
var (
	// ErrNoKey is a text that is none.
	ErrNoKey = errors.New("no recovery key")
	// ErrNewer is a key of a newer warroom.
	ErrNewer = errors.New("a recovery key of a newer warroom")
	// ErrLength is a key of which a part is missing, or has something behind it.
	ErrLength = errors.New("a recovery key is not whole")
	// ErrMistyped is a key with another sum than its own.
	ErrMistyped = errors.New("a recovery key was mistyped")
)

// letters are those of RFC 4648, small: without 0, 1, 8 and 9, which pass for others.
var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// New makes a key from 32 random bytes.
func New(random io.Reader) (Key, error) {
	var k Key
	_, err := io.ReadFull(random, k.seed[:])
	return k, err
}

// Private is the key that signs.
func (k Key) Private() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(k.seed[:]) }

// Device is the public half, as the workspace notes it.
func (k Key) Device() model.DeviceKey {
	return model.DeviceKey(k.Private().Public().(ed25519.PublicKey))
}

// String does not tell the key.
func (Key) String() string { return "recovery key" }

// GoString does not tell the key.
func (Key) GoString() string { return "recovery key" }

func (k Key) sum() []byte {
	h := sha256.New()
	h.Write([]byte("warroom recovery v1"))
	h.Write(k.seed[:])
	return h.Sum(nil)[:sumSize]
}

func (k Key) word() string { return letters.EncodeToString(append(bytes.Clone(k.seed[:]), k.sum()...)) }

// Reveal is the key as it is printed: groups of four letters, so that it can be typed
// from paper.
func (k Key) Reveal() string {
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(mark, "-"))
	for word := k.word(); word != ""; word = word[min(group, len(word)):] {
		b.WriteString("-" + word[:min(group, len(word))])
	}
	return b.String()
}

// Parse reads a key as it was typed: capitals are as good, and blanks, line breaks and
// dashes in its midst do not count. It fails with ErrNoKey, ErrNewer, ErrLength or
// ErrMistyped.
func Parse(typed string) (Key, error) {
	s := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' {
			return -1
		}
		return unicode.ToLower(r)
	}, typed)
	rest, ok := strings.CutPrefix(s, strings.TrimSuffix(mark, "-"))
	if !ok {
		if len(s) > len("wrr") && strings.HasPrefix(s, "wrr") && '2' <= s[3] && s[3] <= '9' {
			return Key{}, ErrNewer
		}
		return Key{}, ErrNoKey
	}
	if len(rest) != letters.EncodedLen(size) {
		return Key{}, ErrLength
	}
	raw, err := letters.DecodeString(rest)
	if err != nil || len(raw) != size {
		return Key{}, ErrMistyped
	}
	k := Key{[ed25519.SeedSize]byte(raw)}
	// Of the last sign only some bits count, so two words could mean one key.
	if k.word() != rest {
		return Key{}, ErrMistyped
	}
	return k, nil
}

// Looks reports a text that is, or begins as, a key.
func Looks(typed string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(typed)), "wrr")
}
