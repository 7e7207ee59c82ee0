package invite

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"

	"warroom/model"
)

// SecretSize is the length of a secret in bytes.
const SecretSize = 16

// Secret is what an invite proves itself by. However it is printed, logged or written
// as JSON, "(secret)" stands there. It lies behind two pointers, of which fmt follows one
// at most: not even a structure that has it in a field of its own shows it.
type Secret struct{ key **[SecretSize]byte }

// NewSecret makes a secret of random bytes.
func NewSecret(random [SecretSize]byte) Secret {
	at := &random
	return Secret{key: &at}
}

// IsZero reports none.
func (s Secret) IsZero() bool { return s.key == nil }

const hidden = "(secret)"

// String is never the secret.
func (Secret) String() string { return hidden }

// GoString is never the secret.
func (Secret) GoString() string { return hidden }

// Format prints no secret under any verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalText is never the secret: a JSON or a log record has none.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

func (s Secret) bytes() []byte {
	if s.key == nil {
		return nil
	}
	return (*s.key)[:]
}

// MACSize is the length of a MAC in bytes.
const MACSize = sha256.Size

// Exporter is what is of one connection alone, and both its ends know: of TLS, under
// ExporterLabel, without a context.
type Exporter [32]byte

// ExporterLabel is the label of an Exporter.
const ExporterLabel = "EXPORTER-warroom-join"

// macDomain begins what a MAC is over.
const macDomain = "warroom join v1\x00"

// MAC shows that the device has the secret, on this connection: rest is all that it
// says beside the MAC (wire.Join's Rest). A secret that is zero makes one too, so that
// an invite that is not known takes as long as another.
func MAC(s Secret, on Exporter, device model.DeviceKey, rest []byte) (mac [MACSize]byte) {
	h := hmac.New(sha256.New, s.bytes())
	h.Write([]byte(macDomain))
	h.Write(on[:])
	h.Write(device[:])
	h.Write(rest)
	return [MACSize]byte(h.Sum(nil))
}

// CheckMAC reports the right MAC. It takes as long for any wrong one; with the zero secret
// none is right.
func CheckMAC(s Secret, on Exporter, device model.DeviceKey, rest []byte, mac [MACSize]byte) bool {
	want := MAC(s, on, device, rest)
	return hmac.Equal(want[:], mac[:]) && !s.IsZero()
}

// Consent is the signature of a device that asks to come in: the admitter, the device
// that made the invite, may give it to a person.
func Consent(key ed25519.PrivateKey, workspace model.Scope, admitter model.DeviceKey, token model.TokenID) (sig [ed25519.SignatureSize]byte) {
	device := model.DeviceKey(key.Public().(ed25519.PublicKey))
	return [ed25519.SignatureSize]byte(ed25519.Sign(key, model.ConsentBytes(workspace, admitter, device, token)))
}

// CheckConsent reports that the device consented.
func CheckConsent(sig []byte, workspace model.Scope, admitter, device model.DeviceKey, token model.TokenID) bool {
	return len(sig) == ed25519.SignatureSize &&
		ed25519.Verify(ed25519.PublicKey(device[:]), model.ConsentBytes(workspace, admitter, device, token), sig)
}
