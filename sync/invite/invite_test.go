package invite_test

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/invite"
)

func key(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(slices.Repeat([]byte{seed}, ed25519.SeedSize))
}

func device(seed byte) model.DeviceKey {
	return model.DeviceKey(key(seed).Public().(ed25519.PublicKey))
}

var (
	workspace = model.WorkspaceID{7, 31: 9}
	secret    = invite.NewSecret([16]byte([]byte("a very secret 16")))
)

func made() invite.Invite {
	return invite.Invite{
		Workspace: workspace, Pin: model.Hash{1, 2, 3}, Token: model.TokenID{4}, Secret: secret,
		Expires:   time.Unix(1_772_704_800, 0).UTC(),
		Addresses: []string{"192.0.2.7:7117", "[2001:db8::1]:7117", "ssh:ana.example"},
	}
}

func text(t testing.TB, i invite.Invite) string {
	t.Helper()
	s, err := i.Text()
	require.NoError(t, err)
	return s
}

// golden is for ever: an invite of today is read by later warrooms.
const golden = "wr1-a4aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaeqcaqdaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaeaaaaaaa" +
	"aaaagcidwmvzhsidtmvrxezlueaytmaoc2j4agdrrhezc4mbogixdoorxgeytoes3giydamj2mrrdqor2gfotunzrge3q643tna5gc3tbfzsxqylnobwgketygheq"

func TestAnInviteIsReadAsItWasMade(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*invite.Invite){
		"whole":           func(*invite.Invite) {},
		"no address":      func(i *invite.Invite) { i.Addresses = nil },
		"a long address":  func(i *invite.Invite) { i.Addresses = []string{strings.Repeat("x", invite.MaxAddress)} },
		"never":           func(i *invite.Invite) { i.Expires = time.Unix(0, 0).UTC() },
		"in a far future": func(i *invite.Invite) { i.Expires = time.Unix((1<<32-1)*60, 0).UTC() },
	} {
		i := made()
		change(&i)
		s := text(t, i)
		for _, typed := range []string{s, " " + strings.ToUpper(s) + "\n", s[:30] + "\n  " + s[30:]} {
			got, err := invite.Parse(typed)
			require.NoError(t, err, name)
			require.Equal(t, i, got, name)
		}
		require.NotContains(t, s, "0")
	}
	require.Equal(t, golden, text(t, made()))
}

func TestATextThatIsNoInviteIsRefusedByKind(t *testing.T) {
	t.Parallel()
	s := text(t, made())
	other := "b"
	if s[50] == 'b' {
		other = "c"
	}
	for name, c := range map[string]struct {
		typed string
		want  error
	}{
		"nothing":         {"", invite.ErrNoInvite},
		"a card":          {"wp1-aaaa", invite.ErrNoInvite},
		"an address":      {"192.0.2.7:7117", invite.ErrNoInvite},
		"a newer one":     {"wr2-" + s[4:], invite.ErrNewer},
		"the mark alone":  {"wr1-", invite.ErrLength},
		"a part":          {s[:60], invite.ErrLength},
		"the end missing": {s[:len(s)-10], invite.ErrLength},
		"something more":  {s + "aaaaaaaaaa", invite.ErrLength},
		"twice":           {s + s, invite.ErrMistyped},
		"a slip":          {s[:50] + other + s[51:], invite.ErrMistyped},
		"a foreign sign":  {s[:50] + "1" + s[51:], invite.ErrMistyped},
		"endless":         {s + strings.Repeat(" ", 1<<20), invite.ErrNoInvite},
	} {
		i, err := invite.Parse(c.typed)
		require.Equal(t, c.want, err, name)
		require.Zero(t, i, name)
	}
	for n := range len(s) { // no part of it is one
		_, err := invite.Parse(s[:n])
		require.Error(t, err)
	}
}

func TestWhatNobodyCouldReadIsNotMade(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*invite.Invite){
		"no workspace":     func(i *invite.Invite) { i.Workspace = model.WorkspaceID{} },
		"no pin":           func(i *invite.Invite) { i.Pin = model.Hash{} },
		"no secret":        func(i *invite.Invite) { i.Secret = invite.Secret{} },
		"four addresses":   func(i *invite.Invite) { i.Addresses = []string{"a", "b", "c", "d"} },
		"an empty address": func(i *invite.Invite) { i.Addresses = []string{""} },
		"a long address":   func(i *invite.Invite) { i.Addresses = []string{strings.Repeat("x", invite.MaxAddress+1)} },
		"an option of ssh": func(i *invite.Invite) { i.Addresses = []string{"ssh:-oProxyCommand=x"} },
		"a blank":          func(i *invite.Invite) { i.Addresses = []string{"a b"} },
		"a control":        func(i *invite.Invite) { i.Addresses = []string{"a\x1b[2J"} },
		"before 1970":      func(i *invite.Invite) { i.Expires = time.Unix(-61, 0) },
	} {
		i := made()
		change(&i)
		_, err := i.Text()
		require.Equal(t, invite.ErrMake, err, name)
	}
}

func TestASecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	type holder struct {
		hidden invite.Secret
		Shown  invite.Secret
		deep   *invite.Offer
	}
	h := holder{hidden: secret, Shown: secret, deep: &invite.Offer{Secret: secret}}
	i := made()
	var logged strings.Builder
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "invite", i, "secret", secret, "holder", h)
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "invite", i, "secret", secret, "holder", h)
	asJSON, err := json.Marshal([]any{i, h, secret})
	require.NoError(t, err)
	said := []string{logged.String(), string(asJSON)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		said = append(said, fmt.Sprintf(verb, secret), fmt.Sprintf(verb, i), fmt.Sprintf(verb, &i), fmt.Sprintf(verb, h), fmt.Sprintf(verb, &h))
	}
	require.Equal(t, "(secret)", fmt.Sprint(secret))
	raw := "a very secret 16"
	for _, s := range said {
		for _, leak := range []string{raw, fmt.Sprintf("%x", raw), fmt.Sprintf("%X", raw), "118 101 114 121", "0x76, 0x65", "97,32,118"} {
			require.NotContains(t, s, leak)
		}
	}
	for _, typed := range []string{text(t, i)[:150], text(t, i) + "aaaaaaaa", strings.Replace(text(t, i), "b", "c", 1)} {
		_, err := invite.Parse(typed)
		require.Error(t, err)
		require.NotContains(t, err.Error(), typed[40:60])
	}
}

func TestAMACIsOfOneConnectionDeviceAndText(t *testing.T) {
	t.Parallel()
	on, rest := invite.Exporter{1}, []byte("what it says")
	mac := invite.MAC(secret, on, device(1), rest)
	require.True(t, invite.CheckMAC(secret, on, device(1), rest, mac))
	wrong := mac
	wrong[31] ^= 1
	require.False(t, invite.CheckMAC(secret, on, device(1), rest, wrong))
	require.False(t, invite.CheckMAC(invite.NewSecret([16]byte{1}), on, device(1), rest, mac))
	require.False(t, invite.CheckMAC(secret, invite.Exporter{2}, device(1), rest, mac), "I4: recorded on another connection")
	require.False(t, invite.CheckMAC(secret, on, device(2), rest, mac))
	require.False(t, invite.CheckMAC(secret, on, device(1), []byte("what it says!"), mac))
	none := invite.MAC(invite.Secret{}, on, device(1), rest)
	require.False(t, invite.CheckMAC(invite.Secret{}, on, device(1), rest, none), "who knows that there is no secret has none either")
}

func TestConsentIsForOneAdmitterWorkspaceAndInvite(t *testing.T) {
	t.Parallel()
	ws, token := workspace.Scope(), model.TokenID{4}
	sig := invite.Consent(key(2), ws, device(1), token)
	check := func(ws model.Scope, admitter, of model.DeviceKey, token model.TokenID) bool {
		return invite.CheckConsent(sig[:], ws, admitter, of, token)
	}
	require.True(t, check(ws, device(1), device(2), token))
	require.False(t, check(model.Scope{1}, device(1), device(2), token))
	require.False(t, check(ws, device(3), device(2), token))
	require.False(t, check(ws, device(1), device(3), token))
	require.False(t, check(ws, device(1), device(2), model.TokenID{5}))
	require.False(t, invite.CheckConsent(nil, ws, device(1), device(2), token))
}

func FuzzInvite(f *testing.F) {
	s := text(f, made())
	i := made()
	i.Addresses = nil
	for _, typed := range []string{"", "wr1-", s, strings.ToUpper(s), s[:80], s + "aa", text(f, i), "wr2-" + s[4:], strings.Repeat("a", 300)} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		i, err := invite.Parse(typed)
		if err != nil {
			require.Contains(t, []error{invite.ErrNoInvite, invite.ErrNewer, invite.ErrLength, invite.ErrMistyped}, err)
			return
		}
		again, err := invite.Parse(text(t, i))
		require.NoError(t, err)
		require.Equal(t, i, again)
		require.LessOrEqual(t, len(i.Addresses), invite.MaxAddresses)
	})
}

// What was changed inside an invite, and has the right sum, is read or refused, and never more.
func FuzzInviteBytes(f *testing.F) {
	f.Add([]byte{})
	f.Add(make([]byte, 93))
	f.Add(append(make([]byte, 92), 1, 200, 'x'))
	f.Fuzz(func(t *testing.T, raw []byte) {
		i, err := invite.ParseBytes(raw)
		if err == nil {
			again, err := invite.Parse(text(t, i))
			require.NoError(t, err)
			require.Equal(t, i, again)
		}
	})
}
