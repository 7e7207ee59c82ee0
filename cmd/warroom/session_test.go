package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAWorkspaceIsAFolderThatIsSafe(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"default", "a", "0", "team-1.eu_west", strings.Repeat("a", 64)} {
		require.True(t, workspaceName(good), good)
	}
	for _, bad := range []string{"", ".", "..", "-a", "_a", ".a", "a/b", `a\b`, "A", "a b", "é", "a\x00", "a\n", strings.Repeat("a", 65)} {
		require.False(t, workspaceName(bad), "%q", bad)
	}
}

func TestWhatBeginsLikeATimeAgo(t *testing.T) {
	t.Parallel()
	for arg, want := range map[string]bool{"-12m": true, "-1": true, "-": false, "--at": false, "-i": false, "12m": false, "": false, "-é": false} {
		require.Equal(t, want, agoLike(arg), arg)
	}
}
