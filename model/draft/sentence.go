package draft

import (
	"math/bits"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentence is a stretch of the text, with the tongues in which it is read.
type sentence struct {
	from, to int
	spoken   spoken
}

// part parts the text into sentences, at full stops and line breaks. A dot inside of a
// word, or behind a word that has one, ends none.
func (c *check) part() {
	from, w := 0, 0
	end := func(i int) {
		c.sentences = append(c.sentences, sentence{from: from, to: i})
		from = i
	}
	for i := range len(c.text) {
		for w < len(c.words) && c.words[w].to < i {
			w++
		}
		switch c.text[i] {
		case '\n', ';':
			end(i + 1)
		case ',':
			c.breaks = append(c.breaks, place{i, i + 1})
		case '.', '!', '?':
			c.breaks = append(c.breaks, place{i, i + 1})
			if i+1 < len(c.text) && !strings.ContainsRune(" \t\r\n)\"", rune(c.text[i+1])) {
				continue
			}
			if w < len(c.words) && c.words[w].to == i && c.lex.stops[c.words[w].low] && !capital(c.text[i+1:]) {
				continue
			}
			end(i + 1)
		}
	}
	if from < len(c.text) {
		end(len(c.text))
	}
	c.speak()
}

// capital reports a text that begins with a capital.
func capital(text string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(text[:min(len(text), maxGap)], " \t"))
	return unicode.IsUpper(r)
}

// speak finds the tongues of each sentence: those that most of its words are of. One
// without such words is read as most of the text is, and a text without them in all.
func (c *check) speak() {
	var all [len(tongues)]int
	w := 0
	for i := range c.sentences {
		s := &c.sentences[i]
		var votes [len(tongues)]int
		for ; w < len(c.words) && c.words[w].from < s.to; w++ {
			if of := c.lex.of[c.words[w].low]; bits.OnesCount8(uint8(of)) == 1 {
				votes[bits.TrailingZeros8(uint8(of))]++
			}
		}
		for n, v := range votes {
			all[n] += v
		}
		s.spoken = most(votes)
	}
	text := most(all)
	if text == 0 {
		text = 1<<len(tongues) - 1
	}
	for i := range c.sentences {
		if c.sentences[i].spoken == 0 {
			c.sentences[i].spoken = text
		}
	}
}

// most are those with the most votes, if any has one.
func most(votes [len(tongues)]int) (s spoken) {
	best := 1
	for n, v := range votes {
		switch {
		case v > best:
			best, s = v, 1<<n
		case v == best:
			s |= 1 << n
		}
	}
	return s
}

// sentenceAt is the sentence in which a place is.
func (c *check) sentenceAt(at int) sentence {
	i := sort.Search(len(c.sentences), func(i int) bool { return c.sentences[i].to > at })
	if i == len(c.sentences) {
		return sentence{from: len(c.text), to: len(c.text)}
	}
	return c.sentences[i]
}

// hoursIn are the times of day that begin in a sentence.
func (c *check) hoursIn(s sentence) []clocked {
	i := sort.Search(len(c.hours), func(i int) bool { return c.hours[i].from >= s.from })
	j := sort.Search(len(c.hours), func(i int) bool { return c.hours[i].from >= s.to })
	return c.hours[i:j]
}

// spansIn are the lengths of time that begin in a sentence.
func (c *check) spansIn(s sentence) []span {
	i := sort.Search(len(c.spans), func(i int) bool { return c.spans[i].from >= s.from })
	j := sort.Search(len(c.spans), func(i int) bool { return c.spans[i].from >= s.to })
	return c.spans[i:j]
}
