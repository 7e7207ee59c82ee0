package paper

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// ErrPassphrase is a sealed key that the passphrase does not open.
var ErrPassphrase = errors.New("the passphrase does not open the recovery key")

// ErrSealed is a text that only looks like a sealed key.
var ErrSealed = errors.New("no sealed recovery key")

// maxSealed bounds a sealed key, in bytes.
const maxSealed = 16 << 10

// maxWork bounds what a sealed key may cost to open: some seconds and 1 GiB.
const maxWork = 20

// Seal is the key as an armoured file of age under a passphrase: what is printed is
// worth nothing without it, and age itself can open it.
func (k Key) Seal(passphrase string) (string, error) { return k.seal(passphrase, 0) }

func (k Key) seal(passphrase string, work int) (string, error) {
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return "", err
	}
	if work > 0 {
		to.SetWorkFactor(work)
	}
	var out bytes.Buffer
	armoured := armor.NewWriter(&out)
	w, err := age.Encrypt(armoured, to)
	if err != nil {
		return "", err
	}
	_, err = io.WriteString(w, k.Reveal()+"\n")
	err = errors.Join(err, w.Close(), armoured.Close())
	return out.String(), err
}

// Sealed reports a text that is a sealed key.
func Sealed(text string) bool { return strings.HasPrefix(strings.TrimSpace(text), armor.Header) }

// Unseal opens a sealed key. It fails with ErrPassphrase, ErrSealed, or as Parse does.
func Unseal(text, passphrase string) (Key, error) {
	if len(text) > maxSealed {
		return Key{}, ErrSealed
	}
	by, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return Key{}, ErrPassphrase
	}
	by.SetMaxWorkFactor(maxWork)
	r, err := age.Decrypt(armor.NewReader(strings.NewReader(strings.TrimSpace(text)+"\n")), by)
	var none *age.NoIdentityMatchError
	switch {
	case errors.As(err, &none):
		return Key{}, ErrPassphrase
	case err != nil:
		return Key{}, ErrSealed
	}
	raw, err := io.ReadAll(io.LimitReader(r, maxSealed))
	if err != nil {
		return Key{}, ErrSealed
	}
	return Parse(string(raw))
}
