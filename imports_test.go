package warroom_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// node is a package of ours with what each of its files imports (tests left
// out). Files for other systems count too, although they are not built here.
type node struct {
	files map[string][]string
}

// graph is our packages by path, and which other paths are the standard
// library's.
type graph struct {
	ours     map[string]node
	standard map[string]bool
}

// mayImport says, for each top-level folder, which of ours its packages may
// import. Imports point one way: cmd, then tui, sync, storage and themes, then
// model. Nothing imports cmd.
var mayImport = map[string][]string{
	"cmd":     {"cmd", "model", "storage", "sync", "themes", "tui"},
	"model":   {"model"},
	"storage": {"storage", "model"},
	"sync":    {"sync", "model", "storage"},
	"themes":  {"themes"},
	"tui":     {"tui", "model", "themes"},
}

// neverReach says what a folder may not reach through any number of steps. It
// follows from mayImport today; it stands here so that loosening one rule does
// not silently join the console to the network.
var neverReach = map[string][]string{
	"tui":  {"sync", "storage", "cmd"},
	"sync": {"tui", "cmd"},
}

// impure are the standard packages that model may not import, with the reason.
// context is not among them: the interfaces that model declares carry one.
var impure = map[string]string{
	"crypto/rand": "randomness", "embed": "files", "log": "output",
	"log/slog": "output", "math/rand": "randomness", "math/rand/v2": "randomness", "net": "network",
	"net/http": "network", "os": "the machine", "os/exec": "the machine", "os/signal": "the machine",
	"os/user": "the machine", "path/filepath": "the machine's paths", "runtime": "the machine",
	"sync": "a sign of goroutines", "sync/atomic": "a sign of goroutines", "syscall": "the machine",
	"time/tzdata": "the machine's zones", "unsafe": "nothing in model needs it",
}

// narrow are packages below sync that are as pure as model, with all of ours that
// each may import.
var narrow = map[string][]string{
	"warroom/sync/invite": {"warroom/model", "warroom/sync/typed", "warroom/sync/wire"},
	"warroom/sync/typed":  {},
	"warroom/sync/proof":  {"warroom/model", "warroom/sync/peer", "warroom/sync/wire"},
}

// codec is the one file of model that may know a library, and which.
const (
	codecFile    = "codec.go"
	codecLibrary = "github.com/fxamacker/cbor/v2"
)

func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	require.Empty(t, violations(loadGraph(t)))
}

func TestImportRulesFindPlantedViolations(t *testing.T) {
	t.Parallel()
	standard := map[string]bool{"fmt": true, "net/url": true, "math/rand/v2": true, "os": true, "sync": true}
	for name, c := range map[string]struct {
		ours map[string][]string // "package file.go" to imports
		want []string
	}{
		"what is allowed": {ours: map[string][]string{
			"model codec.go":         {"fmt", codecLibrary},
			"model link.go":          {"net/url", "warroom/model/report"},
			"model/report report.go": {"fmt"},
			"storage store.go":       {"os", "sync", "warroom/model", "github.com/dgraph-io/badger/v4"},
			"sync/room room.go":      {"sync", "warroom/model", "warroom/storage", "warroom/sync/wire"},
			"sync/wire wire.go":      {"warroom/model"},
			"themes theme.go":        {"charm.land/lipgloss/v2"},
			"tui console.go":         {"warroom/tui/pane", "warroom/model", "warroom/themes"},
			"tui/pane pane.go":       {"warroom/model"},
			"cmd/warroom main.go":    {"warroom/tui", "warroom/sync/room", "warroom/storage", "warroom/model", "warroom/themes"},
		}},
		"the codec in another file": {
			ours: map[string][]string{"model event.go": {codecLibrary}},
			want: []string{"warroom/model/event.go imports " + codecLibrary + ": model is the standard library, and the codec in codec.go alone"},
		},
		"the codec in a sub-package": {
			ours: map[string][]string{"model/report codec.go": {codecLibrary}},
			want: []string{"warroom/model/report/codec.go imports " + codecLibrary + ": model is the standard library, and the codec in codec.go alone"},
		},
		"the machine in the domain": {
			ours: map[string][]string{"model a.go": {"os", "sync"}, "model/report b.go": {"math/rand/v2"}},
			want: []string{
				"warroom/model/a.go imports os: model is pure (the machine)",
				"warroom/model/a.go imports sync: model is pure (a sign of goroutines)",
				"warroom/model/report/b.go imports math/rand/v2: model is pure (randomness)",
			},
		},
		"the console that knows the room": {
			ours: map[string][]string{"tui a.go": {"warroom/sync/room"}, "sync/room b.go": {}},
			want: []string{
				"warroom/tui reaches warroom/sync/room: tui must never depend on sync",
				"warroom/tui/a.go imports warroom/sync/room: tui may import tui, model, themes",
			},
		},
		"the console that reaches the store by a detour": {
			ours: map[string][]string{"tui a.go": {"warroom/themes"}, "themes b.go": {"warroom/storage"}, "storage c.go": {}},
			want: []string{
				"warroom/themes/b.go imports warroom/storage: themes may import themes",
				"warroom/tui reaches warroom/storage: tui must never depend on storage",
			},
		},
		"the store that knows the room": {
			ours: map[string][]string{"storage a.go": {"warroom/sync/room"}},
			want: []string{"warroom/storage/a.go imports warroom/sync/room: storage may import storage, model"},
		},
		"somebody imports cmd": {
			ours: map[string][]string{"sync/room a.go": {"warroom/cmd/warroom"}, "cmd/warroom b.go": {}},
			want: []string{
				"warroom/sync/room reaches warroom/cmd/warroom: sync must never depend on cmd",
				"warroom/sync/room/a.go imports warroom/cmd/warroom: sync may import sync, model, storage",
			},
		},
		"what serves tests alone": {ours: map[string][]string{
			"model/modeltest room.go":    {"sync", "warroom/model", "pgregory.net/rapid"},
			"storage/storagetest all.go": {"warroom/model/modeltest"},
		}},
		"a product made of what serves tests": {
			ours: map[string][]string{"storage a.go": {"warroom/model/modeltest"}},
			want: []string{"warroom/storage/a.go imports warroom/model/modeltest: it serves tests alone"},
		},
		"a desk that knows the machine": {
			ours: map[string][]string{"sync/invite a.go": {"os", "warroom/sync/link", "warroom/model"}, "sync/link b.go": {"os"}},
			want: []string{
				"warroom/sync/invite/a.go imports os: warroom/sync/invite is pure (the machine)",
				"warroom/sync/invite/a.go imports warroom/sync/link: warroom/sync/invite may import warroom/model, warroom/sync/typed, warroom/sync/wire",
			},
		},
		"a folder without a rule": {
			ours: map[string][]string{"internal/x a.go": {"fmt"}},
			want: []string{"warroom/internal/x/a.go imports fmt: the folder internal has no import rule"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := graph{ours: map[string]node{}, standard: standard}
			for place, imports := range c.ours {
				pkg, file, _ := strings.Cut(place, " ")
				n, ok := g.ours["warroom/"+pkg]
				if !ok {
					n = node{files: map[string][]string{}}
				}
				n.files[file] = imports
				g.ours["warroom/"+pkg] = n
			}
			require.Equal(t, c.want, violations(g))
		})
	}
}

// violations lists what in the graph breaks the import rules, sorted.
func violations(g graph) []string {
	var bad []string
	for path, n := range g.ours {
		folder := folderOf(path)
		for file, imports := range n.files {
			for _, imp := range imports {
				if why := refused(g, path, file, folder, imp); why != "" {
					bad = append(bad, fmt.Sprintf("%s/%s imports %s: %s", path, file, imp, why))
				}
			}
		}
		for _, far := range reached(g, path) {
			if slices.Contains(neverReach[folder], folderOf(far)) {
				bad = append(bad, fmt.Sprintf("%s reaches %s: %s must never depend on %s", path, far, folder, folderOf(far)))
			}
		}
	}
	slices.Sort(bad)
	return bad
}

// refused says why a file may not have an import, or "".
func refused(g graph, path, file, folder, imp string) string {
	allowed, ok := mayImport[folder]
	switch {
	case !ok:
		return "the folder " + folder + " has no import rule"
	case strings.HasPrefix(imp, "warroom/"):
		if !slices.Contains(allowed, folderOf(imp)) {
			return folder + " may import " + strings.Join(allowed, ", ")
		}
		if servesTests(imp) && !servesTests(path) {
			return "it serves tests alone"
		}
		if only, ok := narrow[path]; ok && !slices.Contains(only, imp) {
			return path + " may import " + strings.Join(only, ", ")
		}
	case narrow[path] != nil && impure[imp] != "":
		return path + " is pure (" + impure[imp] + ")"
	case folder != "model", servesTests(path):
	case !g.standard[imp]:
		if path != "warroom/model" || file != codecFile || imp != codecLibrary {
			return "model is the standard library, and the codec in codec.go alone"
		}
	case impure[imp] != "":
		return "model is pure (" + impure[imp] + ")"
	}
	return ""
}

// reached gives every package of ours that path depends on, near or far.
func reached(g graph, path string) []string {
	seen := map[string]bool{}
	var walk func(string)
	walk = func(from string) {
		for _, imports := range g.ours[from].files {
			for _, imp := range imports {
				if strings.HasPrefix(imp, "warroom/") && !seen[imp] {
					seen[imp] = true
					walk(imp)
				}
			}
		}
	}
	walk(path)
	return slices.Sorted(maps.Keys(seen))
}

// servesTests reports a package that only tests may import, by its name
// (modeltest, as the standard library's httptest). It may do what they may.
func servesTests(path string) bool { return strings.HasSuffix(path, "test") }

// folderOf is the top-level folder of one of our packages.
func folderOf(path string) string {
	folder, _, _ := strings.Cut(strings.TrimPrefix(path, "warroom/"), "/")
	return folder
}

// loadGraph asks the go command for our packages and all they depend on, and
// reads the imports of every source, those for other systems included.
func loadGraph(t *testing.T) graph {
	t.Helper()
	type listed struct {
		ImportPath, Dir                   string
		Standard                          bool
		GoFiles, CgoFiles, IgnoredGoFiles []string
	}
	raw := goCommand(t, "list", "-e", "-deps", "-json=ImportPath,Dir,Standard,GoFiles,CgoFiles,IgnoredGoFiles", "./...")
	g := graph{ours: map[string]node{}, standard: map[string]bool{}}
	for _, p := range decodeStream[listed](t, raw) {
		if p.Standard {
			g.standard[p.ImportPath] = true
		}
		if !strings.HasPrefix(p.ImportPath, "warroom/") {
			continue
		}
		n := node{files: map[string][]string{}}
		for _, file := range slices.Concat(p.GoFiles, p.CgoFiles, p.IgnoredGoFiles) {
			if !isTest(file) {
				n.files[file] = importsOf(t, filepath.Join(p.Dir, file))
			}
		}
		g.ours[p.ImportPath] = n
	}
	require.NotEmpty(t, g.ours, "the go command lists no package of ours: the rules would hold for nothing")
	require.Contains(t, g.standard, "fmt", "the go command lists no standard package")
	return g
}

func importsOf(t *testing.T, path string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	require.NoError(t, err)
	var paths []string
	for _, spec := range f.Imports {
		imp, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		paths = append(paths, imp)
	}
	return paths
}
