// Package paper is the key of a workspace that is kept on paper, as a person reads and
// types it.
package paper

import (
	"crypto/ed25519"
	"io"
	"strings"

	"warroom/model"
	"warroom/sync/typed"
)

// Key is the secret. Nothing prints it by accident: only Reveal gives it.
type Key struct{ seed [ed25519.SeedSize]byte }

// form is how it is written; the groups are of four letters.
var form = typed.Form{Mark: "wrr1-", Domain: "warroom recovery v1", Least: ed25519.SeedSize, Most: ed25519.SeedSize, Dashes: true}

const group = 4

// What can be wrong with a key that was typed.
var (
	// ErrNoKey is a text that is none.
	ErrNoKey = typed.ErrNone
	// ErrNewer is a key of a newer warroom.
	ErrNewer = typed.ErrNewer
	// ErrLength is a key of which a part is missing, or has something behind it.
	ErrLength = typed.ErrLength
	// ErrMistyped is a key with another sum than its own.
	ErrMistyped = typed.ErrMistyped
)

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

// Reveal is the key as it is printed: groups of four letters, so that it can be typed
// from paper.
func (k Key) Reveal() string {
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(form.Mark, "-"))
	for word := form.Word(k.seed[:]); word != ""; word = word[min(group, len(word)):] {
		b.WriteString("-" + word[:min(group, len(word))])
	}
	return b.String()
}

// Parse reads a key as it was typed: capitals are as good, and blanks, line breaks and
// dashes in its midst do not count. It fails with ErrNoKey, ErrNewer, ErrLength or
// ErrMistyped.
func Parse(text string) (Key, error) {
	raw, err := form.Read(text)
	if err != nil {
		return Key{}, err
	}
	return Key{[ed25519.SeedSize]byte(raw)}, nil
}

// Looks reports a text that is, or begins as, a key.
func Looks(text string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(text)), "wrr")
}
