package warroom_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// pin is a version that must not move by itself, and what breaks when it does.
type pin struct{ module, version, why string }

var pins = []pin{
	{"github.com/charmbracelet/ultraviolet", "v0.0.0-20260703014108-f5a850f9c2b7",
		"later ones lose the borders of 9 to 10 rows in 40 under tmux, where a row holds ZWJ or VS16 emoji (ultraviolet#164); move it only with the wide-row test green"},
	{"github.com/mattn/go-runewidth", "v0.0.24",
		"0.0.27 builds tables at start-up that cost every process 21 to 30 ms; `warroom prompt` has 10 ms in all"},
	{"charm.land/bubbletea/v2", "v2.0.10",
		"v2.1.x asks for an ultraviolet other than the pinned one"},
	{"charm.land/lipgloss/v2", "v2.0.5",
		"v2.0.6 pulls the ultraviolet that loses borders under tmux"},
	{"charm.land/bubbles/v2", "v2.1.1",
		"v2.2.1 pulls go-runewidth 0.0.27 and its start-up cost"},
	{"github.com/dgraph-io/badger/v4", "v4.9.6",
		"before 4.9.4 deleted keys came back and acknowledged writes were dropped; every other version has to pass the crash tests first"},
}

// module is what the go command says of a module in the build.
type module struct {
	Path, Version string
	Replace       *struct{ Path string }
}

func TestPinnedVersionsHaveNotMoved(t *testing.T) {
	t.Parallel()
	args := []string{"list", "-m", "-json"}
	for _, p := range pins {
		args = append(args, p.module)
	}
	require.Empty(t, moved(pins, decodeStream[module](t, goCommand(t, args...))))
}

func TestMovedPinIsFound(t *testing.T) {
	t.Parallel()
	want := []pin{{"a", "v1.0.0", "a breaks"}, {"b", "v2.0.0", "b breaks"}, {"c", "v3.0.0", "c breaks"}, {"d", "v4.0.0", "d breaks"}}
	built := []module{
		{Path: "a", Version: "v1.0.0"},
		{Path: "b", Version: "v2.0.1"},
		{Path: "c", Version: "v3.0.0", Replace: &struct{ Path string }{"../c"}},
	}
	require.Equal(t, []string{
		`b is v2.0.1, pinned at v2.0.0: b breaks`,
		`c is replaced by ../c, pinned at v3.0.0: c breaks`,
		`d is not in the build, pinned at v4.0.0: d breaks`,
	}, moved(want, built))
}

// moved lists the pins that the build does not keep, each with its reason.
func moved(pins []pin, built []module) []string {
	is := map[string]string{}
	for _, m := range built {
		is[m.Path] = m.Version
		if m.Replace != nil {
			is[m.Path] = "replaced by " + m.Replace.Path
		}
	}
	var bad []string
	for _, p := range pins {
		got, ok := is[p.module]
		if !ok {
			got = "not in the build"
		}
		if got != p.version {
			bad = append(bad, fmt.Sprintf("%s is %s, pinned at %s: %s", p.module, got, p.version, p.why))
		}
	}
	return bad
}

// A replaced module builds here and nowhere else: `go install` refuses it, and
// a reader of go.mod is told a version that is not the one that runs.
func TestNoModuleIsReplaced(t *testing.T) {
	t.Parallel()
	require.Empty(t, replaced(t, goCommand(t, "mod", "edit", "-json")))
}

func TestReplacedModuleIsFound(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"example.org/a"},
		replaced(t, []byte(`{"Module":{"Path":"warroom"},"Replace":[{"Old":{"Path":"example.org/a"},"New":{"Path":"../a"}}]}`)))
}

// replaced lists the modules that a go.mod, as JSON, replaces.
func replaced(t *testing.T, raw []byte) []string {
	t.Helper()
	var file struct {
		Replace []struct{ Old struct{ Path string } }
	}
	require.NoError(t, json.Unmarshal(raw, &file))
	var old []string
	for _, r := range file.Replace {
		old = append(old, r.Old.Path)
	}
	return old
}
