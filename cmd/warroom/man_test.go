package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNoTextOfAManualPageIsARequest(t *testing.T) {
	t.Parallel()
	var p roff
	p.macro("SH", `a "word" \ -x`)
	p.text(".so /etc/passwd\n'br\n\na \\ -l")
	p.strong("--at")
	require.Equal(t, `.SH "a \(dqword\(dq \e -x"
\&.so /etc/passwd
\&'br
.PP
a \e \-l
\fB\-\-at\fR
`, p.b.String())
}
