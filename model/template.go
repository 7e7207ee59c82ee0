package model

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Templates of the workspace: of links that an incident needs, and of updates. A field
// stands in braces, as {key}; a field that is not known is refused.

type (
	// LinkTemplate is the template of a link of a kind, in its text; an empty text
	// takes it away.
	LinkTemplate struct {
		Common
		Link LinkKind `cbor:"16,keyasint"`
	}

	// UpdateTemplate is the template of an update, in its text; an empty text takes it
	// away, and the built-in one counts again.
	UpdateTemplate struct {
		Common
		Audience Audience    `cbor:"16,keyasint"`
		State    UpdateState `cbor:"17,keyasint"`
	}
)

// Kind is KindLinkTemplate.
func (*LinkTemplate) Kind() Kind { return KindLinkTemplate }

// Kind is KindUpdateTemplate.
func (*UpdateTemplate) Kind() Kind { return KindUpdateTemplate }

type (
	// SetLinkTemplate sets the template of a kind of link; an empty URL takes it away.
	SetLinkTemplate struct {
		Kind LinkKind
		URL  string
	}
	// SetUpdateTemplate sets the template of an update; an empty text takes it away.
	SetUpdateTemplate struct {
		Audience Audience
		State    UpdateState
		Text     string
	}
	// MakeLinks puts on the incident the links that the templates make, but for those
	// that are there. Key is the incident's short name; empty is its own.
	MakeLinks struct{ Key string }
)

// LinkFields are the fields of a link's template: the incident's key, its title in
// letters that an address takes, and the day it was opened, in UTC.
func LinkFields() []string { return []string{"key", "title", "date"} }

// UpdateFields are the fields of an update's template.
func UpdateFields() []string {
	return []string{"title", "key", "severity", "status", "impact", "see", "many", "started", "ended", "next", "now", "date", "manager"}
}

// maxField is how long the name in braces is taken to be, in bytes.
const maxField = 40

// eachField calls fn with each {name} of a template and with the text between.
func eachField(template string, text func(string), field func(name string)) {
	for {
		open := strings.IndexByte(template, '{')
		if open < 0 {
			break
		}
		end := strings.IndexAny(template[open+1:], "{}\n")
		if end < 0 || template[open+1+end] != '}' {
			text(template[:open+1]) // a brace that opens no field
			template = template[open+1:]
			continue
		}
		text(template[:open])
		field(template[open+1 : open+1+end])
		template = template[open+end+2:]
	}
	text(template)
}

// CheckTemplate refuses a template with a field that is not among the known with
// CodeTemplateField, and names the nearest.
func CheckTemplate(template string, known []string) error {
	var unknown *Error
	eachField(template, func(string) {}, func(name string) {
		if unknown == nil && !slices.Contains(known, name) {
			unknown = Refuse(CodeTemplateField, "Field", cutText(name, maxField), "Nearest", nearest(name, known), "Fields", strings.Join(known, ", "))
		}
	})
	if unknown == nil {
		return nil
	}
	return unknown
}

// FillTemplate puts the values in the place of the fields. It refuses a field that has
// no value with CodeTemplateField. What is in a value is not read as a field.
func FillTemplate(template string, values map[string]string) (string, error) {
	known := make([]string, 0, len(values))
	for name := range values {
		known = append(known, name)
	}
	slices.Sort(known)
	if err := CheckTemplate(template, known); err != nil {
		return "", err
	}
	var b strings.Builder
	eachField(template, func(s string) { b.WriteString(s) }, func(name string) { b.WriteString(values[name]) })
	return b.String(), nil
}

// nearest is the known word that is most like what was typed (Levenshtein).
func nearest(typed string, known []string) string {
	best, least := "", 1<<30
	typed = cutText(strings.ToLower(strings.TrimSpace(typed)), maxField)
	for _, w := range known {
		if d := edits(typed, w); d < least {
			best, least = w, d
		}
	}
	return best
}

func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		before := row[0]
		row[0] = i + 1
		for j := range y {
			change := before
			if x[i] != y[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(y)]
}

// maxSlug is how many letters of a title an address takes.
const maxSlug = 40

// slug is a title as a part of an address: letters and digits, with a dash between
// words. Letters of other scripts are escaped.
func slug(title string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToLower(title) {
		switch {
		case n >= maxSlug:
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
			n++
		case n > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
			n++
		}
	}
	return url.PathEscape(strings.Trim(b.String(), "-"))
}

// linkValues are the values of the fields of a link. The day is in UTC, so that two
// who make the links at once make the same ones.
func (in *Incident) linkValues(key string) map[string]string {
	opened := in.opened()
	title := slug(in.title.last().Text)
	if title == "" {
		title = key
	}
	return map[string]string{"key": key, "title": title, "date": time.UnixMilli(opened.HappenedAt()).UTC().Format(time.DateOnly)}
}

func (c SetLinkTemplate) decide(d *decision) error {
	kind, err := ParseLinkKind(string(c.Kind))
	if err != nil {
		return err
	}
	text := strings.TrimSpace(c.URL)
	if text != "" {
		if err := CheckTemplate(text, LinkFields()); err != nil {
			return err
		}
		example, err := FillTemplate(text, map[string]string{"key": "7F3A", "title": "checkout", "date": "2026-03-05"})
		if err == nil {
			_, err = checkLinkText(example, "")
		}
		if err != nil {
			return err
		}
		if len(text) > maxURL {
			return Refuse(CodeLinkURL, "URL", cutText(text, 80))
		}
	}
	d.setTemplate(linkTemplate(kind), &LinkTemplate{Link: kind}, text)
	return nil
}

func (c SetUpdateTemplate) decide(d *decision) error {
	audience, err := ParseAudience(string(c.Audience))
	if err != nil {
		return err
	}
	state, err := ParseUpdateState(string(c.State))
	if err != nil {
		return err
	}
	text := ""
	if !blank(c.Text) {
		if text, err = checkText(c.Text); err != nil {
			return err
		}
		if err := CheckTemplate(text, UpdateFields()); err != nil {
			return err
		}
	}
	d.setTemplate(updateTemplate(audience, state), &UpdateTemplate{Audience: audience, State: state}, text)
	return nil
}

func (d *decision) setTemplate(name string, b Body, text string) {
	g := d.people.templatesOf(name)
	if textOf(g.last()) == text && len(g.standing()) <= 1 {
		return
	}
	d.addTo(d.Workspace, b, text).Pred = g.refs()
}

func (c MakeLinks) decide(d *decision) error {
	key := c.Key
	if key == "" {
		key = d.in.id.Key()
	}
	templates := d.people.Roster().LinkTemplates()
	if len(templates) == 0 {
		return Refuse(CodeTemplateNone)
	}
	values := d.in.linkValues(key)
	var same error
	for _, t := range templates {
		address, err := FillTemplate(t.URL, values)
		if err != nil {
			return err // a newer warroom's field
		}
		err = AddLink{Kind: t.Kind, URL: address}.decide(d)
		switch CodeOf(err) {
		case "":
		case CodeLinkSame:
			same = err
		default:
			return err
		}
	}
	if len(d.drafts) == 0 {
		return same
	}
	return nil
}

func linkTemplate(k LinkKind) string { return "link " + string(k) }

func updateTemplate(a Audience, s UpdateState) string { return "update " + string(a) + " " + string(s) }

// template folds a write of a template.
func (p *People) template(name string, r *Record) { at(p.templates, name).add(r) }

// LinkRule is the template of the links of a kind.
type LinkRule struct {
	Kind LinkKind
	URL  string
	By   *Record
}

// LinkTemplates lists the templates of links that are set, in the order of their kinds.
func (ro *Roster) LinkTemplates() []LinkRule {
	var out []LinkRule
	for _, k := range LinkKinds() {
		if r := ro.templates[linkTemplate(k)]; textOf(r) != "" {
			out = append(out, LinkRule{k, r.Text, r})
		}
	}
	return out
}

// UpdateTemplate is the workspace's template of an update; "" where the built-in one
// counts.
func (ro *Roster) UpdateTemplate(a Audience, s UpdateState) string {
	return textOf(ro.templates[updateTemplate(a, s)])
}

// templatesOf are the writes of a template that count.
func (p *People) templatesOf(name string) *register { return p.counting(p.templates[name]) }

// standingTemplates are the templates that count: of two that were set at once, the
// later one.
func (p *People) standingTemplates() map[string]*Record {
	out := make(map[string]*Record, len(p.templates))
	for name := range p.templates {
		if last := p.templatesOf(name).last(); last != nil {
			out[name] = last
		}
	}
	return out
}
