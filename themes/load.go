package themes

import (
	"embed"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed builtin/*.toml
var builtin embed.FS

const (
	// maxBytes and maxLine bound a theme file and its lines. A full one has 2 KiB.
	// The TOML reader's time grows with the cube of a key's parts: two minutes
	// for one line of 60,000 bytes.
	maxBytes = 32 << 10
	maxLine  = 512
	// maxParents bounds a chain of themes. Names on the chain are compared too;
	// this is for circles through links, which have no end of names.
	maxParents = 16

	extension = ".toml"
)

// Names gives the names of the built-in themes, the default one first.
func Names() []string { return []string{"default", "dark", "light", "mono"} }

// Builtin gives a theme that comes with the program. Another name is refused
// with UnknownTheme.
func Builtin(name string) (Theme, error) { return Find(name, "") }

// Find gives the built-in theme of that name or, when there is none, the one in
// the file name.toml in dir. An empty dir is no folder. An unknown name is
// refused with UnknownTheme and the nearest name of both places.
func Find(name, dir string) (Theme, error) {
	src, err := locate(name, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return Theme{}, &Error{Problem: UnknownTheme, Value: name, Nearest: nearest(name, inReach(dir)), cause: err}
	}
	if err != nil {
		return Theme{}, err
	}
	return complete(name, dir, src)
}

// Load reads a theme file. Its parents are built-in, or beside it. Every error
// is an *Error.
func Load(path string) (Theme, error) {
	src, err := readFile(path)
	if err != nil {
		return Theme{}, err
	}
	return Parse(path, src)
}

// Parse reads a theme from src. file names it, and says in which folder the
// parents are that are not built-in; with an empty file only built-in parents
// are found. Every error is an *Error, with a line when it is about one.
func Parse(file string, src []byte) (Theme, error) {
	s, err := read(file, src)
	if err != nil {
		return Theme{}, err
	}
	dir := ""
	if file != "" {
		dir = filepath.Dir(file)
	}
	return complete(strings.TrimSuffix(filepath.Base(file), extension), dir, s)
}

// complete fills what a file leaves out from its parents, up to the default.
func complete(name, dir string, s source) (Theme, error) {
	t := Theme{Name: name, background: s.background, looks: s.looks}
	seen := []string{filepath.Clean(s.file)} // parents come clean from filepath.Join
	for s.file != builtinFile("default") {
		parent := s.inherits
		if parent == "" {
			parent = "default"
		}
		place := Error{File: s.file, Line: s.inheritsLine, Key: "inherits", Value: parent}
		next, err := locate(parent, dir)
		if errors.Is(err, fs.ErrNotExist) {
			place.Problem, place.Nearest, place.cause = UnknownParent, nearest(parent, inReach(dir)), err
			return Theme{}, &place
		}
		if err != nil {
			return Theme{}, err
		}
		if slices.Contains(seen, next.file) || len(seen) > maxParents {
			place.Problem = Cycle
			return Theme{}, &place
		}
		seen = append(seen, next.file)
		if t.background == unset {
			t.background = next.background
		}
		looks := maps.Clone(next.looks)
		maps.Copy(looks, t.looks)
		t.looks, s = looks, next
	}
	return t, nil
}

// locate reads the file of a name: built-in, or in dir. A name that is nowhere
// gives fs.ErrNotExist.
func locate(name, dir string) (source, error) {
	if slices.Contains(Names(), name) {
		src, err := builtin.ReadFile("builtin/" + name + extension)
		if err != nil {
			return source{}, &Error{File: builtinFile(name), Problem: Unreadable, Detail: err.Error(), cause: err}
		}
		return read(builtinFile(name), src)
	}
	// A name is no path: a theme must not reach out of its folder.
	if dir == "" || name == "" || name != filepath.Base(name) || !filepath.IsLocal(name) {
		return source{}, fs.ErrNotExist
	}
	path := filepath.Join(dir, name+extension)
	src, err := readFile(path)
	if err != nil {
		return source{}, err
	}
	return read(path, src)
}

// builtinFile is what errors and chains call the file of a built-in theme. It
// looks like no path on disk.
func builtinFile(name string) string { return "built-in:" + name }

// readFile reads no more than a theme can have.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close() // opened for reading: nothing can be lost
	src, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	return src, nil
}

func unreadable(path string, err error) *Error {
	detail := err
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		detail = pe.Err // without the path, which File has
	}
	return &Error{File: path, Problem: Unreadable, Detail: detail.Error(), cause: err}
}

// inReach lists the names that can be found: built-in, and in dir.
func inReach(dir string) []string {
	names := Names()
	if dir == "" {
		return names
	}
	// An unreadable folder only makes the proposal worse.
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), extension); ok {
			names = append(names, name)
		}
	}
	return names
}
