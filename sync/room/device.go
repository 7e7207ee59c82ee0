package room

import (
	"crypto/ed25519"
	"crypto/rand"
	"os"

	"warroom/model"
)

// DeviceAt is the device whose room is in the directory, or will be: its key is made
// where there is none. It fails with a *KeyError.
func DeviceAt(dir string) (model.DeviceKey, error) {
	key, err := KeyAt(dir)
	if err != nil {
		return model.DeviceKey{}, err
	}
	return model.DeviceKey(key.Public().(ed25519.PublicKey)), nil
}

// KeyAt is the key of that device, by which it proves who it is before there is a room.
// It fails as DeviceAt does.
func KeyAt(dir string) (ed25519.PrivateKey, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, &KeyError{dir, err}
	}
	return loadKey(dir, rand.Reader)
}

// Key is the device's key, by which the room proves to others who it is.
func (r *Room) Key() ed25519.PrivateKey { return r.signer.Key }
