// Package draft reads the draft of an update before it goes out: it fills templates
// from an incident's state, and says what in a text cannot be right. What it finds
// warns and never blocks. It reads English, French and Dutch and is not told which: each
// sentence is read in the language of its words, so that a text may have several. Texts in
// other languages are checked for what has no words.
package draft

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"warroom/model"
)

// Rule names what a finding is about.
type Rule string

// The rules.
const (
	// Weekday: a weekday that is not that of its date, or of no day it could mean.
	Weekday Rule = "weekday"
	// Date: a day that is not there, or that is neither today nor of this incident.
	Date Rule = "date"
	// Year: the day would be right in another year.
	Year Rule = "year"
	// Next: the time of the next update is missing, or is over.
	Next Rule = "next"
	// Promise: a time by which it is to work again.
	Promise Rule = "promise"
	// Host: a name or an address of the inside.
	Host Rule = "host"
	// Data: the last update says nothing about data, or something that is known to be
	// otherwise.
	Data Rule = "data"
	// Zone: a time without its zone, or with one that does not hold then.
	Zone Rule = "zone"
	// Gap: a blank of the template that nobody filled.
	Gap Rule = "gap"
)

// Finding is something in a draft that cannot be right, or is missing.
type Finding struct {
	Rule Rule
	// From and To are where in the text, in bytes; both the text's length for what is
	// missing.
	From, To int
	Say      model.Phrase
}

// About is what a draft is checked against.
type About struct {
	Audience model.Audience
	State    model.UpdateState
	// Now is the time in the zone in which the text's times are read.
	Now time.Time
	// Since is when the incident began, Due when the update after this one is due;
	// zero for neither.
	Since, Due time.Time
	// Hosts are those of the incident's links.
	Hosts []string
	// Lost reports that the assessment says that data was lost or exposed.
	Lost bool
}

// Of is what a draft for an audience is checked against, with the time in the zone in
// which the reader's times are.
func Of(v *model.View, a model.Audience, s model.UpdateState, now time.Time) About {
	about := About{Audience: a, State: s, Now: now, Since: now}
	for _, m := range []model.Moment{model.ImpactStarted, model.Detected} {
		if at := v.Moments[m].At; at != 0 && time.UnixMilli(at).Before(about.Since) {
			about.Since = time.UnixMilli(at).In(now.Location())
		}
	}
	if due, ok := v.DueAfter(a, now.UnixMilli()); ok {
		about.Due = time.UnixMilli(due).In(now.Location())
	}
	for _, l := range v.Links {
		if u, err := url.Parse(l.URL); err == nil && u.Hostname() != "" {
			about.Hosts = append(about.Hosts, strings.ToLower(u.Hostname()))
		}
	}
	for _, answer := range v.Answers {
		if answer.Card.Question == model.AskOther && answer.Done() {
			about.Lost = answer.Answer.Has(model.DataLoss)
		}
	}
	return about
}

// Checker checks drafts. It is made of the words of all languages, which takes some 3 ms:
// whoever checks at each key keeps one. It is safe for concurrent use.
type Checker struct{ lex *lexicon }

// NewChecker makes a checker.
func NewChecker() *Checker { return &Checker{newLexicon()} }

// Check reads a draft and gives what it finds, in the order of the text.
func (k *Checker) Check(text string, about About) []Finding {
	f := fold(text)
	c := &check{text: f.text, draft: text, folded: f, about: about, lex: k.lex}
	c.read()
	c.part()
	c.lengths()
	c.dates()
	c.times()
	c.gaps()
	outside := about.Audience != model.ToTeam
	if about.State != model.Recovered {
		c.next()
	}
	if outside {
		c.promises()
		if about.State == model.Recovered {
			c.data()
		}
	}
	if about.Audience == model.ToCustomers {
		c.hosts()
	}
	slices.SortStableFunc(c.found, func(a, b Finding) int { return cmp.Compare(a.From, b.From) })
	return c.found
}

// check is a draft that is being read.
type check struct {
	draft     string // as it was written
	text      string // as it is read; all places but those of findings are in it
	folded    folded
	about     About
	lex       *lexicon
	words     []word
	marks     marks
	weekdays  []namedDay
	breaks    places // commas and dots
	sentences []sentence
	spans     []span    // the lengths of time that it names
	days      []dated   // the days that it names
	hours     []clocked // the times of day that it names
	found     []Finding
}

func (c *check) find(r Rule, from, to int, say model.Phrase) {
	c.found = append(c.found, Finding{r, c.folded.from(from), c.folded.from(to), say})
}

// said is a stretch of the text, as it was written.
func (c *check) said(from, to int) string { return c.draft[c.folded.from(from):c.folded.from(to)] }

// gaps finds what stands in brackets and waits for somebody to fill it.
func (c *check) gaps() {
	for _, at := range gapWords.FindAllStringIndex(c.text, -1) {
		if strings.HasPrefix(c.text[at[1]:], "(") {
			continue // a link, in Markdown
		}
		c.find(Gap, at[0], at[1], model.Say("draft.gap.left", "Text", c.said(at[0], at[1])))
	}
}
