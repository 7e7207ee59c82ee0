// Package golden compares what a test drew with the file that holds how it
// should look. It serves tests alone.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// update is the one -update flag of every package that draws:
// go test ./tui/... -run Golden -update
var update = flag.Bool("update", false, "write golden files anew")

// Equal compares got with testdata/<name>.golden in the caller's folder. With
// -update it writes the file instead. Trailing blanks are kept: the width of a
// row is part of its look, so each row of the file ends in a bar.
func Equal(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", filepath.FromSlash(name)+".golden")
	got = barred(got)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; look at this, then write it with -update:\n%s", err, got)
	}
	if string(want) != got {
		t.Errorf("%s is not as it was.\nwant:\n%s\ngot:\n%s\nfirst difference: %s", file, want, got, firstDifference(string(want), got))
	}
}

// barred ends each row in a bar, so that no editor takes trailing blanks away
// unseen.
func barred(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(strings.TrimSuffix(line, "\n"))
		b.WriteString("¦\n")
	}
	return b.String()
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		var a, b string
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return "\n- " + a + "\n+ " + b
		}
	}
	return "none"
}
