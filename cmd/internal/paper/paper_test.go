package paper

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func key(t *testing.T, b byte) Key {
	t.Helper()
	k, err := New(bytes.NewReader(bytes.Repeat([]byte{b}, 64)))
	require.NoError(t, err)
	return k
}

func TestAKeyIsReadAsAPersonTypesIt(t *testing.T) {
	t.Parallel()
	for _, b := range []byte{0, 1, 0x5a, 0xff} {
		k := key(t, b)
		shown := k.Reveal()
		require.Regexp(t, `^wrr1(-[a-z2-7]{4}){14}-[a-z2-7]{2}$`, shown)
		for _, typed := range []string{
			shown, strings.ToUpper(shown), " " + shown + "\n", strings.ReplaceAll(shown, "-", " "), strings.ReplaceAll(shown, "-", ""),
			strings.ReplaceAll(shown, "-", "-\n"),
		} {
			got, err := Parse(typed)
			require.NoError(t, err, typed)
			require.Equal(t, k.Device(), got.Device())
			require.Equal(t, k.Private(), got.Private())
		}
	}
}

func TestEverySlipInAKeyIsNoticed(t *testing.T) {
	t.Parallel()
	shown := key(t, 7).Reveal()
	for i := len("wrr1-"); i < len(shown); i++ {
		for _, other := range "abcdefghijklmnopqrstuvwxyz234567" {
			if shown[i] == '-' || rune(shown[i]) == other {
				continue
			}
			_, err := Parse(shown[:i] + string(other) + shown[i+1:])
			require.ErrorIs(t, err, ErrMistyped, "%d %c", i, other)
		}
	}
	for typed, want := range map[string]error{
		"": ErrNoKey, "hello": ErrNoKey, "wp1-abc": ErrNoKey, "wrr2-abcd": ErrNewer, "wrr1": ErrLength, shown[:len(shown)-1]: ErrLength,
		shown + "a": ErrLength, strings.Replace(shown, "wrr1-", "wrr1-\x00", 1)[:len(shown)]: ErrMistyped,
	} {
		_, err := Parse(typed)
		require.True(t, errors.Is(err, want), "%q: %v", typed, err)
	}
	require.True(t, Looks(" WRR1-ab"))
	require.False(t, Looks("wp1-ab"))
}

// What is printed by accident, in a log or an error, tells nothing.
func TestAKeyIsNotPrintedByAccident(t *testing.T) {
	t.Parallel()
	k := key(t, 3)
	for _, verb := range []string{"%v", "%s", "%+v", "%#v", "%q"} {
		require.NotContains(t, fmt.Sprintf(verb, k), "3", verb)
		require.NotContains(t, fmt.Sprintf(verb, struct{ K Key }{k}), "3", verb)
	}
	_, err := New(strings.NewReader("short"))
	require.Error(t, err)
}
