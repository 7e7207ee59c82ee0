package warroom_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// banned are the names of pure-looking packages that model may not use: the
// clock, the machine's zone, waiting, and randomness taken by default.
var banned = map[string][]string{
	"time": {
		"Now", "Since", "Until", "Local", "LoadLocation",
		"After", "AfterFunc", "NewTicker", "NewTimer", "Sleep", "Tick",
	},
	"crypto/ed25519": {"GenerateKey"},
}

// Two replicas that fold the same events must agree. A clock, a zone or a race
// in the fold would make them differ without a word.
func TestModelIsPure(t *testing.T) {
	t.Parallel()
	checked := 0
	for name, src := range goFiles(os.DirFS(".")) {
		if strings.HasPrefix(name, "model/") && !isTest(name) && !servesTests(path.Dir(name)) {
			require.Empty(t, impurities(t, name, src))
			checked++
		}
	}
	require.Positive(t, checked, "no source of model was found")
}

func TestImpuritiesAreFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		src  string
		want []string
	}{
		"time as a value": {src: `
			import "time"
			func f(now time.Time) time.Time { return time.UnixMilli(0).UTC().Add(time.Minute).In(time.UTC) }`},
		"the clock": {
			src:  `import "time"; var f = time.Now; func g(t time.Time) { _ = time.Since(t); _ = time.Until(t) }`,
			want: []string{"x.go:1 uses time.Now", "x.go:1 uses time.Since", "x.go:1 uses time.Until"},
		},
		"the clock under another name": {
			src:  `import clock "time"; var f = clock.Now()`,
			want: []string{"x.go:1 uses time.Now"},
		},
		"the machine's zone": {
			src:  `import "time"; func f(t time.Time) { _ = t.Local(); _ = t.In(time.Local); time.LoadLocation("") }`,
			want: []string{"x.go:1 uses .Local()", "x.go:1 uses time.LoadLocation", "x.go:1 uses time.Local"},
		},
		"waiting": {
			src:  `import "time"; func f() { time.Sleep(1); <-time.After(1) }`,
			want: []string{"x.go:1 uses time.After", "x.go:1 uses time.Sleep"},
		},
		"a goroutine": {src: `func f() { go f() }`, want: []string{"x.go:1 starts a goroutine"}},
		"a key from nowhere": {
			src:  `import "crypto/ed25519"; func f() { ed25519.GenerateKey(nil) }`,
			want: []string{"x.go:1 uses crypto/ed25519.GenerateKey"},
		},
		"every name at once": {src: `import . "time"`, want: []string{"x.go:1 imports time without a name"}},
		"a name of ours": {src: `
			type clock struct{ Now, Local int }
			func f(time clock) int { return time.Now }`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, impurities(t, "x.go", []byte("package p; "+c.src)))
		})
	}
}

// impurities lists what in a source of model depends on more than its
// arguments, sorted.
func impurities(t *testing.T, name string, src []byte) []string {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, src, parser.SkipObjectResolution)
	require.NoError(t, err)
	var bad []string
	report := func(n ast.Node, what string) {
		at := set.Position(n.Pos())
		bad = append(bad, fmt.Sprintf("%s:%d %s", at.Filename, at.Line, what))
	}
	known := map[string]string{} // the name in this file, to the package it stands for
	for _, spec := range file.Imports {
		imp, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		switch {
		case spec.Name == nil:
			known[path.Base(imp)] = imp
		case spec.Name.Name == "." && banned[imp] != nil:
			report(spec, "imports "+imp+" without a name")
		default:
			known[spec.Name.Name] = imp
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			report(n, "starts a goroutine")
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "Local" && len(n.Args) == 0 {
				report(n, "uses .Local()")
			}
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && slices.Contains(banned[known[x.Name]], n.Sel.Name) {
				report(n, "uses "+known[x.Name]+"."+n.Sel.Name)
			}
		}
		return true
	})
	slices.Sort(bad)
	return bad
}
