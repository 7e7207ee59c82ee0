package invite_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/sync/invite"
)

func TestWordsAreShortAndToldApartByFourLetters(t *testing.T) {
	t.Parallel()
	words := invite.AllWords()
	require.Len(t, words, 1024)
	heads := map[string]string{}
	for _, w := range words {
		require.Regexp(t, "^[a-z]{3,7}$", w)
		head := w[:min(4, len(w))]
		require.Empty(t, heads[head], "%s", w)
		heads[head] = w
	}
	for _, w := range words {
		if len(w) > 3 {
			require.Empty(t, heads[w[:3]], "%s is typed as the beginning of %s", heads[w[:3]], w)
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(words, " ")))
	require.Equal(t, "f2ae66ec", hex.EncodeToString(sum[:4]), "another list, or order, is another language")
}

func TestBothEndsOfOneConnectionHaveTheSameWords(t *testing.T) {
	t.Parallel()
	on := invite.Exporter{1}
	here := invite.Words(on, device(1), device(2))
	require.Equal(t, here, invite.Words(on, device(2), device(1)))
	require.NotEqual(t, here, invite.Words(invite.Exporter{2}, device(1), device(2)))
	require.NotEqual(t, here, invite.Words(on, device(1), device(3)))
	require.NotEqual(t, here, invite.Words(on, device(3), device(2)))
	seen := map[string]bool{}
	for i := range 2000 {
		for _, w := range invite.Words(invite.Exporter{byte(i), byte(i >> 8), 7}, device(1), device(2)) {
			seen[w] = true
		}
	}
	require.Greater(t, len(seen), 1000, "all words are used")
}
