package link_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
	"warroom/sync/link"
)

func TestACardIsReadAsItWasPasted(t *testing.T) {
	t.Parallel()
	c := link.Card{Device: model.DeviceKey{1, 2, 3}, Workspace: model.WorkspaceID{4, 5}}
	s := c.String()
	require.Equal(t, "wp1-", s[:4])
	require.Len(t, s, 113)
	for _, typed := range []string{s, strings.ToUpper(s), "  " + s + "\r\n", s[:40] + "\n    " + s[40:]} {
		got, err := link.ParseCard(typed)
		require.NoError(t, err, typed)
		require.Equal(t, c, got)
	}
	c.Workspace = model.WorkspaceID{}
	got, err := link.ParseCard(c.String())
	require.NoError(t, err)
	require.Equal(t, c, got)
}

func TestWhatIsNoCardIsRefused(t *testing.T) {
	t.Parallel()
	s := link.Card{Device: model.DeviceKey{1}}.String()
	for name, c := range map[string]struct {
		typed string
		want  error
	}{
		"nothing":        {"", link.ErrNoCard},
		"a word":         {"ana", link.ErrNoCard},
		"the mark alone": {"wp1-", link.ErrCardLength},
		"a short one":    {"wp", link.ErrNoCard},
		"an ssh key":     {"ssh-ed25519 AAAA", link.ErrNoCard},
		"a newer one":    {"wp2-" + s[4:], link.ErrCardNewer},
		"cut off":        {s[:len(s)-1], link.ErrCardLength},
		"with more":      {s + "a", link.ErrCardLength},
		"another letter": {s[:60] + "b" + s[61:], link.ErrCardMistyped},
		"no letter":      {s[:60] + "0" + s[61:], link.ErrCardMistyped},
		"no device":      {link.Card{Workspace: model.WorkspaceID{1}}.String(), link.ErrCardMistyped},
	} {
		_, err := link.ParseCard(c.typed)
		require.ErrorIs(t, err, c.want, name)
	}
}

// One slip is always found, and no two words are one card.
func TestASlipInACardIsFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := link.Card{
			Device:    model.DeviceKey(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "device")),
			Workspace: model.WorkspaceID(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "workspace")),
		}
		if c.Device.IsZero() {
			return
		}
		s := []byte(c.String())
		i := rapid.IntRange(4, len(s)-1).Draw(t, "place")
		s[i] = rapid.SampledFrom([]byte("abcdefghijklmnopqrstuvwxyz234567")).Draw(t, "letter")
		got, err := link.ParseCard(string(s))
		if string(s) == c.String() {
			require.NoError(t, err)
			require.Equal(t, c, got)
		} else {
			require.Error(t, err)
		}
	})
}
