package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestALineIsBrokenAtWordsUnderItsText(t *testing.T) {
	t.Parallel()
	head, tail := "SEV1  INC-ABCDEF  ", "Checkout answers 5xx in eu-west"
	require.Equal(t, []string{head + tail}, hung(head, tail, 0))
	require.Equal(t, []string{head + tail}, hung(head, tail, 80))
	require.Equal(t, []string{head + "Checkout answers 5xx", "                  in eu-west"}, hung(head, tail, 40))
	require.Equal(t, []string{"SEV1  INC-ABCDEF", "  Checkout answers 5xx", "  in eu-west"}, hung(head, tail, 24))
}
