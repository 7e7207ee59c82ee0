package warroom_test

import (
	"bytes"
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

// maxKept is how many bytes a file of the repository has at most. What people
// write stays far below it.
const maxKept = 256 << 10

// programs are the first bytes of what a compiler makes.
var programs = [][]byte{
	[]byte("\x7fELF"), []byte("MZ"), // Linux and the BSDs, Windows
	[]byte("\xcf\xfa\xed\xfe"), []byte("\xca\xfe\xba\xbe"), // macOS, for one processor and for several
	[]byte("!<arch>\n"), // an archive of object files
}

func TestNothingThatWasBuiltIsKept(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "git", "ls-files", "-z").Output()
	if err != nil {
		t.Skipf("this tree is no clone, or there is no git: %v", err)
	}
	names := strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
	require.Contains(t, names, "go.mod")
	require.Empty(t, builtFiles(os.DirFS("."), names))
}

func TestTheRuleAboutBuiltFilesFindsPlantedOnes(t *testing.T) {
	t.Parallel()
	planted := fstest.MapFS{
		"warroom":        {Data: []byte("\x7fELF and more")},
		"w.exe":          {Data: []byte("MZ and more")},
		"docs/x.bin":     {Data: make([]byte, maxKept+1)},
		"docs/largest":   {Data: make([]byte, maxKept)},
		"README.md":      {Data: []byte("# ELF")},
		"docs/empty.txt": {},
	}
	names := []string{"README.md", "docs/empty.txt", "docs/gone.md", "docs/largest", "docs/x.bin", "w.exe", "warroom"}
	require.Equal(t, []string{
		"docs/x.bin: 262145 bytes, the limit is 262144",
		"w.exe: a program; make build puts it into bin, which is not kept",
		"warroom: a program; make build puts it into bin, which is not kept",
	}, builtFiles(planted, names))
}

// builtFiles lists the files among names that somebody built, or that are too
// large to have been written. A name without a file was removed and is not
// committed yet.
func builtFiles(tree fs.FS, names []string) []string {
	var bad []string
	for _, name := range names {
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			continue
		}
		switch {
		case slices.ContainsFunc(programs, func(magic []byte) bool { return bytes.HasPrefix(data, magic) }):
			bad = append(bad, name+": a program; make build puts it into bin, which is not kept")
		case len(data) > maxKept:
			bad = append(bad, fmt.Sprintf("%s: %d bytes, the limit is %d", name, len(data), maxKept))
		}
	}
	slices.Sort(bad)
	return bad
}
