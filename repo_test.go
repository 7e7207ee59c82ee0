// Package warroom_test keeps the rules of the repository itself: which folders
// hold code, how long a file may grow, which versions are pinned and why, and
// who may import whom. There is no other Go code at the top level.
//
// Every rule is a function from facts to violations, and each has a test that
// plants a violation: a rule that cannot fail keeps nothing.
package warroom_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// codeFolders are the only top-level folders that may hold Go code, each with
// one sentence in ARCHITECTURE.md.
var codeFolders = []string{"cmd", "model", "storage", "sync", "themes", "tui"}

// maxLines is where a source file has outgrown one subject. Tests, which are
// tables, may be longer.
const maxLines = 500

func TestCodeLivesInTheSixFolders(t *testing.T) {
	t.Parallel()
	require.Empty(t, misplacedCode(os.DirFS(".")))
}

func TestSourceFilesStayShort(t *testing.T) {
	t.Parallel()
	require.Empty(t, longFiles(os.DirFS(".")))
}

func TestRepositoryRulesFindPlantedFiles(t *testing.T) {
	t.Parallel()
	lines := func(n int) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("package p\n" + strings.Repeat("//\n", n-1))}
	}
	planted := fstest.MapFS{
		"repo_test.go":              lines(maxLines + 1), // a test may be long, and at the top
		"main.go":                   lines(1),            // code at the top
		"internal/x/x.go":           lines(1),            // a seventh folder
		"model/full.go":             lines(maxLines),
		"tui/pane/log.go":           lines(maxLines + 1),
		"tui/pane/log_test.go":      lines(maxLines + 1),
		"cmd/warroom/testdata/x.go": lines(maxLines + 1), // no package of ours
		".ci/tools/tools.go":        lines(1),            // a module of its own
		"bin/x.go":                  lines(1),            // built, not kept
		"docs/x.md":                 lines(maxLines + 1),
	}
	require.Equal(t, []string{
		"internal/x/x.go: code lives in cmd, model, storage, sync, themes, tui only",
		"main.go: code lives in cmd, model, storage, sync, themes, tui only",
	}, misplacedCode(planted))
	require.Equal(t, []string{
		"tui/pane/log.go: 501 lines, the limit is 500: split it by subject",
	}, longFiles(planted))
}

// misplacedCode lists Go files outside the code folders. Tests at the top level
// are this package.
func misplacedCode(tree fs.FS) []string {
	var bad []string
	for path := range goFiles(tree) {
		folder, _, below := strings.Cut(path, "/")
		if slices.Contains(codeFolders, folder) && below || !below && isTest(path) {
			continue
		}
		bad = append(bad, path+": code lives in "+strings.Join(codeFolders, ", ")+" only")
	}
	slices.Sort(bad)
	return bad
}

// longFiles lists the sources, tests left out, that are over maxLines.
func longFiles(tree fs.FS) []string {
	var bad []string
	for path, src := range goFiles(tree) {
		if n := bytes.Count(src, []byte("\n")); n > maxLines && !isTest(path) {
			bad = append(bad, fmt.Sprintf("%s: %d lines, the limit is %d: split it by subject", path, n, maxLines))
		}
	}
	slices.Sort(bad)
	return bad
}

func isTest(path string) bool { return strings.HasSuffix(path, "_test.go") }

// goFiles gives every Go file of the tree with its content, as the go command
// would see them (no hidden folder, no testdata), and without what was built
// into bin.
func goFiles(tree fs.FS) map[string][]byte {
	files := map[string][]byte{}
	err := fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if name != "." && (path == "bin" || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		files[path], err = fs.ReadFile(tree, path)
		return err
	})
	if err != nil {
		panic(err) // the tree of a test is always readable
	}
	return files
}

// goCommand runs the go command at the top of the repository and gives its
// standard output. The go command is all that these tests need.
func goCommand(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, complaints bytes.Buffer
	c := exec.CommandContext(t.Context(), "go", args...)
	c.Stdout, c.Stderr = &out, &complaints
	require.NoError(t, c.Run(), "go %s\n%s", strings.Join(args, " "), &complaints)
	return out.Bytes()
}

// decodeStream reads the values that the go command writes one after another.
func decodeStream[T any](t *testing.T, raw []byte) []T {
	t.Helper()
	var all []T
	for d := json.NewDecoder(bytes.NewReader(raw)); d.More(); {
		var v T
		require.NoError(t, d.Decode(&v))
		all = append(all, v)
	}
	return all
}
