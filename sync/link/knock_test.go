package link_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/invite"
	"warroom/sync/link"
	"warroom/sync/wire"
)

// reach opens a stream to ana's door.
func reach(t testing.TB, n *network) net.Conn {
	t.Helper()
	c, _, err := n.dial(t.Context(), link.Route{Address: "ana:7117"})
	require.NoError(t, err)
	return c
}

// shakeAs proves a device's key at ana's door.
func shakeAs(t testing.TB, n *network, seed byte) *tls.Conn {
	t.Helper()
	c, _, err := link.Secure(t.Context(), reach(t, n), link.ClientConfig(certificate(t, seed), pin(1)), true, 5*time.Second)
	require.NoError(t, err)
	return c
}

// heard is all that the other side says until it closes.
func heard(c net.Conn) string {
	got, _ := io.ReadAll(c)
	return string(got)
}

// joinFrame is a JOIN of a device on a connection.
func joinFrame(t testing.TB, c *tls.Conn, seed byte, i invite.Invite, secret invite.Secret) []byte {
	t.Helper()
	state := c.ConnectionState()
	raw, err := state.ExportKeyingMaterial(invite.ExporterLabel, nil, 32)
	require.NoError(t, err)
	j := wire.Join{Token: i.Token, Label: "laptop", Name: "Cleo"}
	j.Consent = invite.Consent(deviceKey(seed), workspace.Scope(), device(1), i.Token)
	j.MAC = invite.MAC(secret, invite.Exporter(raw), device(seed), j.Rest())
	return frames(t, j)
}

// O8: whatever a stranger does, no byte of the workspace comes out of the door: neither in
// what passes over the network, nor in what the stranger reads of it.
func TestO8StrangersLearnNothingOfTheWorkspace(t *testing.T) {
	t.Parallel()
	guess := invite.NewSecret([16]byte{1})
	noInvite := "s" + string(frames(t, wire.Refuse{Reason: wire.RefuseInvite}))
	noMember := "s" + string(frames(t, wire.Refuse{Reason: wire.RefuseMember}))
	says := func(what string) func(*testing.T, *network, invite.Invite) string {
		return func(t *testing.T, n *network, _ invite.Invite) string {
			c := reach(t, n)
			defer c.Close()
			_, _ = io.WriteString(c, what)
			return heard(c)
		}
	}
	shakes := func(change func(*tls.Config)) func(*testing.T, *network, invite.Invite) string {
		return func(t *testing.T, n *network, _ invite.Invite) string {
			cfg := link.ClientConfig(certificate(t, 9), pin(1))
			change(cfg)
			c := tls.Client(reach(t, n), cfg)
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(time.Minute))
			_ = c.Handshake()
			return heard(c)
		}
	}
	sends := func(make func(t *testing.T, c *tls.Conn, i invite.Invite) []byte) func(*testing.T, *network, invite.Invite) string {
		return func(t *testing.T, n *network, i invite.Invite) string {
			c := shakeAs(t, n, 9)
			defer c.Close()
			_, _ = c.Write(make(t, c, i))
			return heard(c)
		}
	}
	other := newRoom(t, 9, model.WorkspaceID{8})
	run, err := other.ReadLine(t.Context(), wire.Tip{Log: other.writes().Membership, Seq: 1}, 1, 1<<20)
	require.NoError(t, err)
	proof := frames(t, wire.Proof{Runs: []wire.Run{{Log: run[0].Log, Events: run}}})
	for name, c := range map[string]struct {
		does func(*testing.T, *network, invite.Invite) string
		says []string // what may be heard; nil for an alert of TLS at most
	}{
		"plain TCP":     {says("hello?\n"), nil},
		"HTTP":          {says("GET / HTTP/1.1\r\nHost: ana\r\n\r\n"), nil},
		"SSH":           {says("SSH-2.0-OpenSSH_9.6\r\n"), nil},
		"our frames":    {says(string(frames(t, wire.Hello{Workspace: workspace}))), nil},
		"silence":       {says(""), nil},
		"no device key": {shakes(func(c *tls.Config) { c.Certificates = nil }), nil},
		"another ALPN":  {shakes(func(c *tls.Config) { c.NextProtos = []string{"h2"} }), nil},
		"no ALPN":       {shakes(func(c *tls.Config) { c.NextProtos = nil }), nil},
		"an older TLS":  {shakes(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12 }), nil},
		"a key that is another's": {shakes(func(c *tls.Config) {
			c.Certificates = []tls.Certificate{certificate(t, 2)}
			c.Certificates[0].PrivateKey = deviceKey(9)
		}), nil},
		"an unknown key that is silent": {shakes(func(*tls.Config) {}), []string{"s"}},
		"an unknown key with a member's behind it": {shakes(func(c *tls.Config) {
			c.Certificates = []tls.Certificate{both(certificate(t, 9), certificate(t, 2))}
		}), []string{"s"}},
		"a hello": {sends(func(t *testing.T, _ *tls.Conn, _ invite.Invite) []byte {
			return frames(t, wire.Hello{Oldest: 1, Version: 1, Workspace: workspace}, wire.Vector{Members: true, Full: true}, wire.Vector{Full: true})
		}), []string{"s"}},
		"a frame that is long": {sends(func(*testing.T, *tls.Conn, invite.Invite) []byte {
			return append([]byte{0, 1, 0, 1, byte(wire.TypeProof)}, make([]byte, wire.MaxKnock)...)
		}), []string{"s"}},
		"a part of a frame": {sends(func(t *testing.T, c *tls.Conn, i invite.Invite) []byte {
			return joinFrame(t, c, 9, i, i.Secret)[:50]
		}), []string{"s"}},
		"an unknown type": {sends(func(*testing.T, *tls.Conn, invite.Invite) []byte { return []byte{0, 0, 0, 2, 99, 1} }), []string{"s"}},
		"a JOIN with a wrong MAC": {sends(func(t *testing.T, c *tls.Conn, i invite.Invite) []byte {
			return joinFrame(t, c, 9, i, guess)
		}), []string{noInvite}},
		"a JOIN with an unknown token": {sends(func(t *testing.T, c *tls.Conn, i invite.Invite) []byte {
			i.Token[0]++
			return joinFrame(t, c, 9, i, i.Secret)
		}), []string{noInvite}},
		"two JOINs": {sends(func(t *testing.T, c *tls.Conn, i invite.Invite) []byte {
			return slices.Concat(joinFrame(t, c, 9, i, guess), joinFrame(t, c, 9, i, i.Secret))
		}), []string{noInvite}},
		"a JOIN of another connection": {func(t *testing.T, n *network, i invite.Invite) string {
			first := shakeAs(t, n, 9)
			recorded := joinFrame(t, first, 9, i, i.Secret)
			_ = first.Close()
			c := shakeAs(t, n, 9)
			defer c.Close()
			_, _ = c.Write(recorded)
			return heard(c)
		}, []string{noInvite}},
		"a PROOF of another workspace": {sends(func(*testing.T, *tls.Conn, invite.Invite) []byte { return proof }), []string{noMember}},
		"a PROOF cut short":            {sends(func(*testing.T, *tls.Conn, invite.Invite) []byte { return proof[:len(proof)-1] }), []string{"s"}},
		"a PROOF that ends too soon": {sends(func(*testing.T, *tls.Conn, invite.Invite) []byte {
			raw := bytes.Clone(proof[:len(proof)-1])
			raw[3]--
			return raw
		}), []string{"s"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork()
				n.recorded = true
				ana := openHall(t, n, 1, listens(knows("benjamin", 2), "ana"), func(o *link.Options) {
					o.Admits = func(context.Context, []wire.Run, model.DeviceKey) error { return errors.New("of another workspace") }
				})
				ana.set(3, model.Writes)
				ana.write("the password is hunter2", "and more of it")
				i := ana.invite(t, "ana:7117")
				began := time.Now()
				got := c.does(t, n, i)
				require.LessOrEqual(t, time.Since(began), 11*time.Second, "a stranger has five seconds for each step")
				if c.says == nil {
					require.LessOrEqual(t, len(got), 7, "an alert has seven bytes")
				} else {
					require.Contains(t, c.says, got)
				}
				own := device(1)
				secrets := map[string][]byte{
					"the workspace": workspace[:], "a text": []byte("hunter2"), "a peer's name": []byte("benjamin"), "a member's": []byte("member d"),
					"the token": i.Token[:], "the software": []byte("test"),
				}
				for seed := byte(2); seed < 4; seed++ {
					key, p := device(seed), pin(seed)
					secrets["a device "+string('0'+rune(seed))], secrets["a pin "+string('0'+rune(seed))] = key[:], p[:]
				}
				for id := range ana.tips() {
					secrets["log "+id.String()] = id[:]
				}
				answers := []byte(got)
				for at, r := range n.records() {
					if at%2 == 1 { // what ana's end sent
						answers = append(answers, r...)
						require.Less(t, len(r), 2_000, "more than a handshake and an answer")
					}
				}
				for what, s := range secrets {
					require.False(t, bytes.Contains(answers, s), "%s was sent", what)
				}
				require.False(t, bytes.Contains(answers, own[:]), "in the clear not even its own key")
				require.Empty(t, ana.waits())
				require.Len(t, ana.tips(), 2)
				time.Sleep(time.Second)
				require.Zero(t, n.open(), "and the stream is closed")
				require.Zero(t, ana.shell.HalfOpen())
			})
		})
	}
}

// What the handshake shows is the device's own key, which who was invited has the pin of.
func TestCertificateShowsTheDevicesKeyAlone(t *testing.T) {
	t.Parallel()
	cert := certificate(t, 1)
	require.Len(t, cert.Certificate, 1)
	other := certificate(t, 2)
	own, others := device(1), device(2)
	a := bytes.ReplaceAll(cert.Certificate[0], own[:], nil)
	b := bytes.ReplaceAll(other.Certificate[0], others[:], nil)
	require.Equal(t, a[:len(a)-64], b[:len(b)-64], "but for key and signature all have the same")
}

// I4
func TestI4ARecordedJoinIsWorthNothingOnAnotherConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"))
		i := ana.invite(t, "ana:7117")
		c := shakeAs(t, n, 2)
		recorded := joinFrame(t, c, 2, i, i.Secret)
		_, err := c.Write(recorded)
		require.NoError(t, err)
		time.Sleep(time.Second)
		require.Len(t, ana.waits(), 1)
		words := ana.waits()[0].Words
		no := "s" + string(frames(t, wire.Refuse{Reason: wire.RefuseInvite}))
		for _, seed := range []byte{3, 2} { // by somebody else, and by the device itself
			again := shakeAs(t, n, seed)
			_, err = again.Write(recorded)
			require.NoError(t, err)
			require.Equal(t, no, heard(again))
		}
		require.Len(t, ana.waits(), 1)
		require.False(t, ana.waits()[0].Twice)
		require.Equal(t, words, ana.waits()[0].Words)
		_ = c.Close()
	})
}

// How long a refusal takes says nothing of which invites there are.
func TestRefusalsOfInvitesLeaveAtTheSameTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"))
		i := ana.invite(t, "ana:7117")
		unknown := i
		unknown.Token[3]++
		var took []time.Duration
		for _, i := range []invite.Invite{i, unknown} {
			c := shakeAs(t, n, 9)
			_, err := c.Write(joinFrame(t, c, 9, i, invite.NewSecret([16]byte{1})))
			require.NoError(t, err)
			began := time.Now()
			require.True(t, strings.HasPrefix(heard(c), "s\x00"))
			took = append(took, time.Since(began))
		}
		require.Equal(t, took[0], took[1])
		require.Positive(t, took[0])
	})
}

// Who waits may not go on talking.
func TestWhoWaitsAndSpeaksIsLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"))
		i := ana.invite(t, "ana:7117")
		c := shakeAs(t, n, 2)
		_, err := c.Write(joinFrame(t, c, 2, i, i.Secret))
		require.NoError(t, err)
		time.Sleep(time.Second)
		require.Len(t, ana.waits(), 1)
		_, err = c.Write(make([]byte, 10))
		require.NoError(t, err)
		began := time.Now()
		want := "s" + string(frames(t, wire.Admit{State: wire.AdmitWaits, Access: model.Responder}))
		require.Equal(t, want, heard(c), "of a workspace nothing, not even to one that has the secret")
		require.Zero(t, time.Since(began))
		require.Len(t, ana.waits(), 1)
	})
}
