package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage"
	"warroom/tui/lang"
)

func TestNetworkFileSystemIsRefusedInOneSentence(t *testing.T) {
	t.Parallel()
	refused := &storage.UnusableError{Dir: "/far/warroom", Op: "use the file system", Err: &storage.NetworkError{Kind: "nfs"}}
	a := &app{words: lang.New(lang.Options{})}
	said := a.explain(refused)
	require.Contains(t, said, "/far/warroom")
	require.Contains(t, said, "nfs")
	require.Contains(t, said, "WARROOM_NETWORK_FS=1")

	a.env = map[string]string{}
	require.False(t, a.storage().NetworkFS)
	a.env["WARROOM_NETWORK_FS"] = "1"
	require.True(t, a.storage().NetworkFS)
}
