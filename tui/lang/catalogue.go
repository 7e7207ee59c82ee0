package lang

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

// The catalogue: files named <subject>.<language>.toml. A language is there as
// soon as one of its files is.
// They are TOML of one form alone, which entry.go reads.
//
//go:embed *.toml
var catalogue embed.FS

// lookup finds messages: the best language there is for the wish, and English for
// what that lacks. go-i18n chooses the plural form.
type lookup struct {
	tag     language.Tag
	entries map[string]entry
	// english and own know the plural forms of the two languages.
	english, own func() *i18n.Localizer
}

// open reads the files of the best language there is for the wish, and of
// English; no others, because every millisecond of the first frame counts.
func open(files fs.FS, wish string, ascii bool) *book {
	l := lookup{tag: choose(files, wish), entries: make(map[string]entry, 1024), english: plurals(language.English)}
	l.own = l.english
	l.load(files, language.English)
	if l.tag != language.English {
		l.own = plurals(l.tag)
		l.load(files, l.tag)
	}
	return &book{lookup: l, ascii: ascii, made: map[made]*message{}, faults: map[string]int{}}
}

// load reads the files of a language over what is there.
func (l *lookup) load(files fs.FS, tag language.Tag) {
	for _, name := range names(files) {
		if _, t := split(name); t != tag.String() {
			continue
		}
		raw, err := fs.ReadFile(files, name)
		if err == nil {
			err = scan(string(raw), func(key, value string) { l.entries[key] = entry{value, tag} })
		}
		if err != nil {
			panic(fmt.Sprintf("lang: reading the catalogue %s: %v", name, err))
		}
	}
}

// plurals gives what knows a language's plural forms, made when first a sentence
// with forms is counted.
func plurals(tag language.Tag) func() *i18n.Localizer {
	return sync.OnceValue(func() *i18n.Localizer { return i18n.NewLocalizer(i18n.NewBundle(tag), tag.String()) })
}

func names(files fs.FS) []string {
	all, err := fs.Glob(files, "*.toml")
	if err != nil {
		panic(err) // only a bad pattern is an error
	}
	return all
}

// split gives the subject and the language of a file's name.
func split(name string) (subject, tag string) {
	parts := strings.Split(name, ".")
	return parts[0], parts[max(len(parts)-2, 0)]
}

// Languages are the tags that have a catalogue.
func Languages() []string { return languages(catalogue) }

func languages(files fs.FS) []string {
	seen := map[string]bool{"en": true}
	for _, n := range names(files) {
		_, tag := split(n)
		seen[tag] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// choose is the best language there is for the wish, else English.
func choose(files fs.FS, wish string) language.Tag {
	have := languages(files)
	tags, _, err := language.ParseAcceptLanguage(wish)
	if err != nil {
		return language.English
	}
	for _, t := range tags {
		base, _ := t.Base()
		for _, h := range have {
			if h == base.String() {
				return language.Make(h)
			}
		}
	}
	return language.English
}

// source is the template of a key, in the plural form for the count, and
// whether there is one.
func (l *lookup) source(key string, count *int) (string, bool) {
	e, ok := l.entries[key]
	if !ok {
		return "", false
	}
	m, err := e.message(key)
	if err != nil {
		panic(fmt.Sprintf("lang: reading the sentence %s: %v", key, err))
	}
	if count == nil || !e.plural() {
		return m.Other, m.Other != ""
	}
	localizer := l.english
	if e.tag == l.tag {
		localizer = l.own
	}
	// An error with a text says that another form was taken.
	s, _ := localizer().Localize(&i18n.LocalizeConfig{DefaultMessage: m, PluralCount: *count, TemplateParser: template.IdentityParser{}})
	return s, s != ""
}

func (l *lookup) has(key string) bool { _, ok := l.entries[key]; return ok }

func (l *lookup) sorted() []string { return slices.Sorted(maps.Keys(l.entries)) }
