package link

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"strings"
	"time"

	"warroom/model"
	"warroom/sync/typed"
)

// CodePin is the refusal of what is no pin.
const CodePin model.Code = "peer.pin"

// forever is the end of what has none, as RFC 5280 writes it (4.1.2.5): a pin is
// taken back, it does not run out in the midst of an outage.
var forever = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// Certificate wraps a device's key as TLS wants it. Nobody else signs it, and what
// it says beside the key counts for nothing.
func Certificate(key ed25519.PrivateKey) (tls.Certificate, error) {
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "warroom"},
		NotBefore:    time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), // a clock may be years behind
		NotAfter:     forever,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	// Ed25519 signs without randomness: one key has one certificate.
	der, err := x509.CreateCertificate(nil, about, about, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// PinOf is what a device is known by: SHA-256 of its public key as X.509 writes it
// (the SubjectPublicKeyInfo; RFC 7469, 2.4).
func PinOf(key model.DeviceKey) model.Hash {
	spki, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(key[:]))
	if err != nil {
		panic(err) // a key of that length always can be written
	}
	return sha256.Sum256(spki)
}

// deviceOf is the key in a certificate.
func deviceOf(cert *x509.Certificate) (model.DeviceKey, error) {
	key, ok := cert.PublicKey.(ed25519.PublicKey)
	if !ok || len(key) != ed25519.PublicKeySize {
		return model.DeviceKey{}, errors.New("not an Ed25519 key")
	}
	return model.DeviceKey(key), nil
}

// A pin in letters: its 32 bytes and three that check them make 56 of a card's letters,
// eight groups of seven. One slip in 16 million is not noticed.
const (
	pinCheck = 3
	pinGroup = 7
)

// FormatPin writes a pin for people, with digits that tell a slip of the pen.
func FormatPin(pin model.Hash) string {
	text := typed.Letters.EncodeToString(append(pin[:], checkPin(pin)...))
	var out strings.Builder
	for i := 0; i < len(text); i += pinGroup {
		if i > 0 {
			out.WriteByte('-')
		}
		out.WriteString(text[i : i+pinGroup])
	}
	return out.String()
}

// ParsePin reads what FormatPin wrote, in capital or small letters, with or without
// its hyphens. Anything else is refused with CodePin.
func ParsePin(text string) (model.Hash, error) {
	bare := strings.ToLower(strings.ReplaceAll(text, "-", ""))
	raw, err := typed.Letters.DecodeString(bare)
	if err != nil || len(raw) != model.HashSize+pinCheck || typed.Letters.EncodeToString(raw) != bare {
		return model.Hash{}, model.Refuse(CodePin, "Pin", text)
	}
	pin := model.Hash(raw[:model.HashSize])
	if string(checkPin(pin)) != string(raw[model.HashSize:]) {
		return model.Hash{}, model.Refuse(CodePin, "Pin", text)
	}
	return pin, nil
}

func checkPin(pin model.Hash) []byte {
	h := sha256.Sum256(append([]byte("warroom pin v1"), pin[:]...))
	return h[:pinCheck]
}
