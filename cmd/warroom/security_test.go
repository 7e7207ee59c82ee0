package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every claim in docs/security.md names a test, and every test that it names is there.
func TestEveryClaimOfSecurityHasItsTest(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	have := map[string]bool{}
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(raw, -1) {
			have[string(m[1])] = true
		}
		return err
	}))
	raw, err := os.ReadFile(filepath.Join(root, "docs", "security.md"))
	require.NoError(t, err)
	named := regexp.MustCompile("`(Test\\w+)`").FindAllSubmatch(raw, -1)
	require.Greater(t, len(named), 30)
	for _, m := range named {
		require.True(t, have[string(m[1])], "there is no %s", m[1])
	}
	claims := false
	for line := range strings.Lines(string(raw)) {
		switch {
		case !strings.HasPrefix(line, "|"):
			claims = false
		case strings.HasPrefix(line, "| claim |"):
			claims = true
		case claims && !strings.HasPrefix(line, "| ---"):
			require.Contains(t, line, "`Test")
		}
	}
}
