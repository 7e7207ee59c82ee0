package paper

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASealedKeyIsOpenedByItsPassphraseAlone(t *testing.T) {
	t.Parallel()
	k := key(t, 9)
	text, err := k.seal("correct horse", 10)
	require.NoError(t, err)
	require.True(t, Sealed("\n"+text))
	require.NotContains(t, text, "wrr")
	got, err := Unseal(" "+text+"\n", "correct horse")
	require.NoError(t, err)
	require.Equal(t, k.Device(), got.Device())
	for _, wrong := range []string{"correct horses", "", " "} {
		_, err = Unseal(text, wrong)
		require.ErrorIs(t, err, ErrPassphrase, "%q", wrong)
	}
	cut := text[:len(text)/2]
	for _, no := range []string{"", "hello", cut, strings.Repeat(text, 100)} {
		_, err = Unseal(no, "correct horse")
		require.ErrorIs(t, err, ErrSealed)
	}
	_, err = k.Seal("")
	require.Error(t, err)
}
