package lang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/stretchr/testify/require"
)

// sentence is an entry of the catalogue with where it stands.
type sentence struct {
	file  string
	texts []string // the plural forms
}

// read is the catalogue of a language, by key. A key that stands twice fails.
func read(t *testing.T, tag string) map[string]sentence {
	t.Helper()
	all := map[string]sentence{}
	for _, name := range names(catalogue) {
		if _, l := split(name); l != tag {
			continue
		}
		raw, err := fs.ReadFile(catalogue, name)
		require.NoError(t, err)
		f, err := i18n.ParseMessageFileBytes(raw, name, map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
		require.NoError(t, err, name)
		for _, m := range f.Messages {
			if before, twice := all[m.ID]; twice {
				t.Errorf("%s: %q stands in %s too", name, m.ID, before.file)
			}
			s := sentence{file: name}
			for _, text := range []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other} {
				if text != "" {
					s.texts = append(s.texts, text)
				}
			}
			if m.Other == "" {
				t.Errorf("%s: %q has no form \"other\"", name, m.ID)
			}
			all[m.ID] = s
		}
	}
	return all
}

// names of the values in a sentence.
func (s sentence) names() []string {
	var out []string
	for _, text := range s.texts {
		for _, p := range take(text, false).parts {
			if p.name != "" && !slices.Contains(out, p.name) {
				out = append(out, p.name)
			}
		}
	}
	return out
}

// call is one place in the code that names a key.
type call struct {
	at    string
	key   string
	given []string
	open  bool // what is given cannot be told from the call
}

// usage is what the code says about keys.
type usage struct {
	codes    map[string]string // a refusal's code: where it is declared
	calls    []call
	literals map[string]bool
	prefixes []string // keys built as "prefix." + something
	suffixes []string // and as something + ".suffix"
}

var keyLike = regexp.MustCompile(`^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+$`)

// usageOfTree reads every source file of the project but the tests.
func usageOfTree(t *testing.T) usage {
	t.Helper()
	u := usage{codes: map[string]string{}, literals: map[string]bool{}}
	root := filepath.Join("..", "..")
	files := token.NewFileSet()
	var trees []*ast.File
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != root):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		// A file that does not parse fails its own package; what could be read
		// of it still counts here.
		tree, _ := parser.ParseFile(files, path, src, parser.SkipObjectResolution)
		if tree != nil {
			trees = append(trees, tree)
		}
		return nil
	})
	require.NoError(t, err)
	consts := map[string]string{}
	for _, tree := range trees {
		ast.Inspect(tree, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && nameOf(spec.Type) == "Code" {
				for i, id := range spec.Names {
					if i < len(spec.Values) {
						if v, ok := literal(spec.Values[i]); ok {
							consts[id.Name] = v
							u.codes[v] = files.Position(id.Pos()).String()
						}
					}
				}
			}
			return true
		})
	}
	for _, tree := range trees {
		ast.Inspect(tree, func(n ast.Node) bool {
			u.see(n, consts, files)
			return true
		})
	}
	return u
}

func (u *usage) see(n ast.Node, consts map[string]string, files *token.FileSet) {
	at := func() string { return files.Position(n.Pos()).String() }
	switch n := n.(type) {
	case *ast.BasicLit:
		if s, ok := literal(n); ok {
			u.literals[s] = true
		}
	case *ast.BinaryExpr:
		if s, ok := literal(n.X); ok && n.Op == token.ADD && strings.HasSuffix(s, ".") && len(s) > 1 {
			u.prefixes = append(u.prefixes, s)
		}
		if s, ok := literal(n.Y); ok && n.Op == token.ADD && strings.HasPrefix(s, ".") && len(s) > 1 {
			u.suffixes = append(u.suffixes, s)
		}
	case *ast.AssignStmt:
		if s, ok := literal(n.Rhs[0]); ok && n.Tok == token.ADD_ASSIGN && strings.HasPrefix(s, ".") && len(s) > 1 {
			u.suffixes = append(u.suffixes, s)
		}
	case *ast.CallExpr:
		if len(n.Args) == 0 {
			return
		}
		c := call{at: at(), open: n.Ellipsis.IsValid()}
		pairs := n.Args[1:]
		switch nameOf(n.Fun) {
		case "Say", "T":
			c.key, _ = literal(n.Args[0])
		case "N":
			c.key, _ = literal(n.Args[0])
			pairs = n.Args[min(2, len(n.Args)):]
		case "Refuse":
			if code, ok := consts[nameOf(n.Args[0])]; ok {
				c.key = "error." + code
			}
		}
		if !keyLike.MatchString(c.key) {
			return
		}
		for i := 0; i < len(pairs); i += 2 {
			name, ok := literal(pairs[i])
			c.open = c.open || !ok
			c.given = append(c.given, name)
		}
		u.calls = append(u.calls, c)
	}
}

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func literal(e ast.Expr) (string, bool) {
	b, ok := e.(*ast.BasicLit)
	if !ok || b.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(b.Value)
	return s, err == nil
}

func TestEverySentenceIsReadAsTOMLDoes(t *testing.T) {
	t.Parallel()
	for _, tag := range Languages() {
		seen := 0
		for _, name := range names(catalogue) {
			if _, l := split(name); l != tag {
				continue
			}
			raw, err := fs.ReadFile(catalogue, name)
			require.NoError(t, err)
			f, err := i18n.ParseMessageFileBytes(raw, name, map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
			require.NoError(t, err, name)
			want, have := map[string]i18n.Message{}, map[string]i18n.Message{}
			for _, m := range f.Messages {
				want[m.ID] = *m
			}
			require.NoError(t, scan(string(raw), func(key, value string) {
				m, err := entry{value: value}.message(key)
				require.NoError(t, err, "%s: %s", name, key)
				have[key] = *m
			}), name)
			require.Equal(t, want, have, name)
			seen += len(have)
		}
		require.Positive(t, seen, tag)
	}
}

func TestAnotherFormOfTheCatalogueIsRefused(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"a bare key":            `key = "text"`,
		"a table":               `[key]`,
		"a raw text":            `"key" = 'text'`,
		"a number":              `"key" = 1`,
		"nothing":               `"key" = `,
		"no value":              `"key"`,
		"an open text":          `"key" = "text`,
		"two values":            `"key" = "text" "text"`,
		"a comment behind":      `"key" = "text" # why`,
		"an open table":         `"key" = { other = "text"`,
		"a form that is none":   `"key" = { some = "text", other = "text" }`,
		"a form without a text": `"key" = { one = , other = "text" }`,
		"forms without a comma": `"key" = { one = "text" other = "text" }`,
		"an empty table":        `"key" = { }`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := scan("# fine\n"+line+"\n", func(key, value string) {
				_, err := entry{value: value}.message(key)
				require.Error(t, err)
			})
			if err != nil {
				require.ErrorContains(t, err, "line 2")
			}
		})
	}
}

func TestEveryRefusalHasItsSentence(t *testing.T) {
	t.Parallel()
	have, u := read(t, "en"), usageOfTree(t)
	require.Greater(t, len(u.codes), 60, "the codes were found")
	for code, at := range u.codes {
		s, ok := have["error."+code]
		if !ok {
			t.Errorf("%s: the code %q has no sentence \"error.%s\"", at, code, code)
			continue
		}
		// What is wrong; what was kept and what to do.
		if text := s.texts[0]; strings.Count(text, ". ") < 1 || !strings.HasSuffix(text, ".") {
			t.Errorf("%s: %q must say what is wrong, what was kept and what to do: %q", s.file, "error."+code, text)
		}
	}
	for key, s := range have {
		if code, ok := strings.CutPrefix(key, "error."); ok && code != "internal" && u.codes[code] == "" {
			t.Errorf("%s: no code %q is left", s.file, code)
		}
	}
}

func TestEveryKeyInTheCodeIsInTheCatalogue(t *testing.T) {
	t.Parallel()
	have, u := read(t, "en"), usageOfTree(t)
	require.Greater(t, len(u.calls), 50, "the calls were found")
	for _, c := range u.calls {
		s, ok := have[c.key]
		if !ok {
			t.Errorf("%s: %q is not in the catalogue", c.at, c.key)
			continue
		}
		for _, name := range s.names() {
			if !c.open && name != "Count" && name != "Cause" && !slices.Contains(c.given, name) {
				t.Errorf("%s: %q needs {{.%s}}, which is not given", c.at, c.key, name)
			}
		}
	}
}

func TestEveryEntryIsUsed(t *testing.T) {
	t.Parallel()
	u := usageOfTree(t)
	for key, s := range read(t, "en") {
		if !u.says(key) {
			t.Errorf("%s: nobody says %q", s.file, key)
		}
	}
}

// says reports a key that stands in the code, whole or built from its parts.
func (u usage) says(key string) bool {
	if u.literals[key] {
		return true
	}
	for _, p := range u.prefixes {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	for _, suffix := range u.suffixes {
		if stem, ok := strings.CutSuffix(key, suffix); ok && u.literals[stem] {
			return true
		}
	}
	return false
}

func TestEverySentenceCanBeTakenApart(t *testing.T) {
	t.Parallel()
	for _, tag := range Languages() {
		english := read(t, "en")
		for key, s := range read(t, tag) {
			for _, text := range s.texts {
				for _, p := range take(text, false).parts {
					if strings.ContainsAny(p.text, "{}") {
						t.Errorf("%s: %q has a placeholder that is not {{.Name}} or {{.Name | format}}: %q", s.file, key, text)
					}
				}
			}
			want, ok := english[key]
			if !ok {
				t.Errorf("%s: %q is not in the English catalogue", s.file, key)
				continue
			}
			for _, name := range s.names() {
				if name != "Count" && !slices.Contains(want.names(), name) {
					t.Errorf("%s: %q names {{.%s}}, which the English one does not", s.file, key, name)
				}
			}
		}
	}
}
