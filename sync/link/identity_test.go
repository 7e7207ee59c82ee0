package link_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/link"
)

func TestCertificateIsTheDeviceAndNeverRunsOut(t *testing.T) {
	t.Parallel()
	one, err := link.Certificate(deviceKey(1))
	require.NoError(t, err)
	again, err := link.Certificate(deviceKey(1))
	require.NoError(t, err)
	require.Equal(t, one.Certificate, again.Certificate)
	leaf, err := x509.ParseCertificate(one.Certificate[0])
	require.NoError(t, err)
	require.Equal(t, 9999, leaf.NotAfter.Year())
	key := device(1)
	require.Equal(t, ed25519.PublicKey(key[:]), leaf.PublicKey)
	require.Equal(t, model.Hash(sha256.Sum256(leaf.RawSubjectPublicKeyInfo)), link.PinOf(key))
	require.NoError(t, leaf.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature))
}

func TestPinIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	want := pin(1)
	text := link.FormatPin(want)
	require.Len(t, strings.Split(text, "-"), 8)
	for _, typed := range []string{text, strings.ToUpper(text), strings.ReplaceAll(text, "-", "")} {
		got, err := link.ParsePin(typed)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

// Every letter that is another one, and every two that change places, are noticed.
func TestSlipInAPinIsNoticed(t *testing.T) {
	t.Parallel()
	text := link.FormatPin(pin(1))
	for i := range text {
		if text[i] == '-' {
			continue
		}
		for _, c := range "abcdefghijklmnopqrstuvwxyz234567" {
			if byte(c) == text[i] {
				continue
			}
			slip := text[:i] + string(c) + text[i+1:]
			_, err := link.ParsePin(slip)
			require.Equal(t, link.CodePin, model.CodeOf(err), slip)
		}
		if i > 0 && text[i-1] != text[i] && text[i-1] != '-' {
			slip := text[:i-1] + text[i:i+1] + text[i-1:i] + text[i+1:]
			_, err := link.ParsePin(slip)
			require.Equal(t, link.CodePin, model.CodeOf(err), slip)
		}
	}
	for _, typed := range []string{"", "wp1-abc", text[:len(text)-1], text + "a", "0" + text[1:]} {
		_, err := link.ParsePin(typed)
		require.Equal(t, link.CodePin, model.CodeOf(err), typed)
	}
}
