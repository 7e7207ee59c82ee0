package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	gossh "golang.org/x/crypto/ssh"

	"warroom/model"
)

// hostKeyFile holds the key by which those who come over SSH know this room.
const hostKeyFile = "ssh_host_ed25519_key"

// hostKeyOf reads the key of a room's SSH door, or makes it on the first run.
func hostKeyOf(dir string) (gossh.Signer, error) {
	file := filepath.Join(dir, hostKeyFile)
	broken := func(err error) error {
		return &problem{phrase: model.Say("shell.hostkey", "File", file, "Cause", root(err)), cause: err}
	}
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		raw, err = makeHostKey(file)
	}
	if err != nil {
		return nil, broken(err)
	}
	st, err := os.Stat(file)
	if err != nil {
		return nil, broken(err)
	}
	if st.Mode().Perm()&0o077 != 0 {
		return nil, broken(errOpenKey)
	}
	key, err := gossh.ParsePrivateKey(raw)
	if err != nil {
		return nil, broken(err)
	}
	return key, nil
}

var errOpenKey = errors.New("others on this machine can read it")

// makeHostKey makes a key, whole or not at all.
func makeHostKey(file string) ([]byte, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	block, err := gossh.MarshalPrivateKey(private, "warroom")
	if err != nil {
		return nil, err
	}
	raw := pem.EncodeToMemory(block)
	return raw, writeWhole(file, raw)
}

// hostKeyLines are the public key and its fingerprint, for people; none where there
// is no key yet.
func hostKeyLines(dir string) (public, fingerprint string) {
	raw, err := os.ReadFile(filepath.Join(dir, hostKeyFile))
	if err != nil {
		return "", ""
	}
	key, err := gossh.ParsePrivateKey(raw)
	if err != nil {
		return "", ""
	}
	return string(gossh.MarshalAuthorizedKey(key.PublicKey())), gossh.FingerprintSHA256(key.PublicKey())
}
