package lang

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

// The catalogue: files named <subject>.<language>.toml. A language is there as
// soon as one of its files is.
//
//go:embed *.toml
var catalogue embed.FS

// lookup finds messages; go-i18n chooses the language and the plural form.
type lookup struct {
	tag       language.Tag
	localizer *i18n.Localizer
	keys      map[string]bool
}

// open reads the files of the best language there is for the wish, and of
// English; no others, because every millisecond of the first frame counts.
func open(files fs.FS, wish string, ascii bool) *book {
	tag := choose(files, wish)
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	keys := map[string]bool{}
	for _, name := range names(files) {
		if l := languageOf(name); l != "en" && l != tag.String() {
			continue
		}
		f, err := bundle.LoadMessageFileFS(files, name)
		if err != nil {
			panic(fmt.Sprintf("lang: reading the catalogue %s: %v", name, err))
		}
		for _, m := range f.Messages {
			keys[m.ID] = true
		}
	}
	return &book{
		lookup: lookup{tag: tag, localizer: i18n.NewLocalizer(bundle, tag.String()), keys: keys},
		ascii:  ascii, made: map[made]*message{}, faults: map[string]int{},
	}
}

func names(files fs.FS) []string {
	all, err := fs.Glob(files, "*.toml")
	if err != nil {
		panic(err) // only a bad pattern is an error
	}
	return all
}

func languageOf(name string) string {
	parts := strings.Split(name, ".")
	return parts[max(len(parts)-2, 0)]
}

// Languages are the tags that have a catalogue.
func Languages() []string { return languages(catalogue) }

func languages(files fs.FS) []string {
	seen := map[string]bool{"en": true}
	for _, n := range names(files) {
		seen[languageOf(n)] = true
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
func (l lookup) source(key string, count *int) (string, bool) {
	cfg := i18n.LocalizeConfig{MessageID: key, TemplateParser: template.IdentityParser{}}
	if count != nil {
		cfg.PluralCount = *count
	}
	// An error with a text says that another language or form was taken.
	s, _ := l.localizer.Localize(&cfg)
	return s, s != ""
}

func (l lookup) sorted() []string { return slices.Sorted(maps.Keys(l.keys)) }
