package main

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/invite"
	"warroom/sync/link"
)

// Those who are invited are told addresses by which they get here: no loopback, where
// there is another, and no address for all networks.
func TestTheAddressesOfAnInvite(t *testing.T) {
	t.Parallel()
	own := []net.IP{net.IPv4(10, 0, 0, 2), net.IPv4(192, 168, 1, 2), net.ParseIP("fd00::1"), net.ParseIP("fd00::2")}
	for _, c := range []struct {
		listens []string
		own     []net.IP
		want    []string
	}{
		{[]string{":7117"}, own, []string{"10.0.0.2:7117", "192.168.1.2:7117", "[fd00::1]:7117"}},
		{[]string{"[::]:7117", "0.0.0.0:7117"}, own[:1], []string{"10.0.0.2:7117"}},
		{[]string{":7117"}, nil, []string{"127.0.0.1:7117"}},
		{[]string{"127.0.0.1:99", "[::1]:99"}, own, []string{"127.0.0.1:99", "[::1]:99"}},
		{[]string{"127.0.0.1:99", "10.0.0.9:7117"}, own, []string{"10.0.0.9:7117"}},
		{[]string{"jump:7117"}, own, []string{"jump:7117"}},
		{[]string{":0", "nonsense"}, own, nil},
		{nil, own, nil},
	} {
		require.Equal(t, c.want, reachable(c.listens, c.own), "%v", c.listens)
	}
}

func TestTheOneWhoInvitedIsFoundAgain(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/peers.toml"
	a := &app{}
	is := invite.Invite{Pin: model.Hash{1}, Addresses: []string{"ssh:jump", "10.0.0.2:7117", "[fd00::1]:7117"}}
	require.NoError(t, a.keepInviter(file, is))
	had, err := link.LoadPeers(file)
	require.NoError(t, err)
	require.Equal(t, []link.Peer{{Name: "jump", Pin: is.Pin, Addresses: []string{"10.0.0.2:7117", "[fd00::1]:7117"}, SSH: "jump"}}, had.All)
}

func TestAnInviteIsKnownByItsBeginning(t *testing.T) {
	t.Parallel()
	for typed, is := range map[string]bool{"wr1-abc": true, " WR1-ABC": true, "wr2-a": true, "wr1-": false, "wp1-abc": false, "wrr1-abc": false, "": false, "write": false} {
		require.Equal(t, is, looksInvite(typed), typed)
	}
}
