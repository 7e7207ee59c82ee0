package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestALineThatIsNotShownIsEditedAsAnyOther(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"abc\r": "abc", "abc\n": "abc", "abd\x7fc\r": "abc", "x\x15abc\r": "abc", "\x7f\x7fabc\r": "abc", "aé\x08bc\r": "abc", " abc \r": "abc",
		"abc\x04": "abc", "\x1babc\r": "abc", "\r": "",
	} {
		got, err := readUnseen(strings.NewReader(typed + "the next"))
		require.NoError(t, err, "%q", typed)
		require.Equal(t, want, got, "%q", typed)
	}
	for _, typed := range []string{"ab\x03c\r", "abc", strings.Repeat("a", maxSecret+1)} {
		_, err := readUnseen(strings.NewReader(typed))
		require.Error(t, err)
	}
}
