package room

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// keyFile holds the device's Ed25519 seed in hexadecimal: 0600, never copied,
// never printed.
const keyFile = "device.key"

// KeyError says that the device's key cannot be used, and why.
type KeyError struct {
	Path string
	Err  error
}

func (e *KeyError) Error() string { return fmt.Sprintf("device key %s: %v", e.Path, e.Err) }

// Unwrap gives the cause.
func (e *KeyError) Unwrap() error { return e.Err }

// Reasons of a KeyError.
var (
	ErrKeyMode    = errors.New("others on this machine can read it")
	ErrKeyBroken  = errors.New("it is not a key")
	ErrKeyForeign = errors.New("the store was written with another key")
)

// loadKey reads the device's key, or makes it on the first run.
func loadKey(dir string, random io.Reader) (ed25519.PrivateKey, error) {
	path := filepath.Join(dir, keyFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(path, random)
	}
	if err != nil {
		return nil, &KeyError{path, err}
	}
	st, err := os.Stat(path)
	if err != nil {
		return nil, &KeyError{path, err}
	}
	if st.Mode().Perm()&0o077 != 0 {
		return nil, &KeyError{path, ErrKeyMode}
	}
	seed, err := hex.DecodeString(strings.TrimSpace(string(raw)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, &KeyError{path, ErrKeyBroken}
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// newKey makes a key that is kept nowhere.
func newKey(random io.Reader) (ed25519.PrivateKey, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return nil, fmt.Errorf("make a device key: %w", err)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// makeKey writes a new key so that it is whole or not there at all.
func makeKey(path string, random io.Reader) (ed25519.PrivateKey, error) {
	key, err := newKey(random)
	if err != nil {
		return nil, &KeyError{path, err}
	}
	f, err := os.CreateTemp(filepath.Dir(path), keyFile+".*") // 0600
	if err != nil {
		return nil, &KeyError{path, err}
	}
	_, err = f.WriteString(hex.EncodeToString(key.Seed()) + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return nil, &KeyError{path, errors.Join(err, os.Remove(f.Name()))}
	}
	return key, syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	return errors.Join(d.Sync(), d.Close())
}
