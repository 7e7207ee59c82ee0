package lang

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

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

// late are the subjects that are read when first one of their sentences is asked
// for: the console's first frame needs neither.
var late = map[string]bool{"errors": true, "shell": true}

// lookup finds messages; go-i18n chooses the language and the plural form.
type lookup struct {
	tag       language.Tag
	localizer *i18n.Localizer
	keys      map[string]bool
	// more is the lookup of the late subjects; nil in that lookup itself.
	more func() lookup
}

// open reads the files of the best language there is for the wish, and of
// English; no others, because every millisecond of the first frame counts.
func open(files fs.FS, wish string, ascii bool) *book {
	tag := choose(files, wish)
	l := load(files, tag, func(subject string) bool { return !late[subject] })
	l.more = sync.OnceValue(func() lookup {
		return load(files, tag, func(subject string) bool { return late[subject] })
	})
	return &book{lookup: l, ascii: ascii, made: map[made]*message{}, faults: map[string]int{}}
}

func load(files fs.FS, tag language.Tag, wanted func(subject string) bool) lookup {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	keys := map[string]bool{}
	for _, name := range names(files) {
		subject, l := split(name)
		if !wanted(subject) || l != "en" && l != tag.String() {
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
	return lookup{tag: tag, localizer: i18n.NewLocalizer(bundle, tag.String()), keys: keys}
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
func (l lookup) source(key string, count *int) (string, bool) {
	cfg := i18n.LocalizeConfig{MessageID: key, TemplateParser: template.IdentityParser{}}
	if count != nil {
		cfg.PluralCount = *count
	}
	// An error with a text says that another language or form was taken.
	s, _ := l.localizer.Localize(&cfg)
	if s == "" && l.more != nil {
		return l.more().source(key, count)
	}
	return s, s != ""
}

func (l lookup) has(key string) bool { return l.keys[key] || l.more != nil && l.more().has(key) }

func (l lookup) sorted() []string {
	all := slices.Collect(maps.Keys(l.keys))
	if l.more != nil {
		all = append(all, l.more().sorted()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
