package model

import (
	"slices"
	"strings"
	"unicode"
)

// MaxMentions is how many people one text calls; a list of everybody calls nobody
// in particular.
const MaxMentions = 20

// Mentions are the people whom a text calls by name, as @name, each once, in the
// order of the text. The name is whole, in any case, and may have spaces in it; of
// two that fit the longer one is meant, and of two people with one name both are.
// An address of mail or of the web, a path, and code in backticks call nobody.
func Mentions(text string, people *Roster) []PersonID {
	if !strings.Contains(text, "@") {
		return nil
	}
	names := namesOf(people)
	runes := []rune(text)
	code := codeIn(runes)
	var out []PersonID
	address := false // this word is an address of the web
	for i, r := range runes {
		switch {
		case unicode.IsSpace(r):
			address = false
		case r == '/' && i > 1 && runes[i-1] == '/' && runes[i-2] == ':', begins(runes, i, "www."), begins(runes, i, "mailto:"):
			address = true
		case r == '@' && !address && !code[i] && (i == 0 || opens(runes[i-1])):
			for _, id := range names.at(runes[i+1:]) {
				if !slices.Contains(out, id) && len(out) < MaxMentions {
					out = append(out, id)
				}
			}
		}
	}
	return out
}

// wordly reports a character that a word is made of.
func wordly(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// opens reports a character behind which a name may be called. Behind the others
// stands the rest of an address, a path or a setting.
func opens(r rune) bool { return !wordly(r) && !strings.ContainsRune(`@./\+-%=&#~$`, r) }

// begins reports that a word begins here with what an address does.
func begins(runes []rune, i int, with string) bool {
	if i > 0 && wordly(runes[i-1]) || len(runes)-i < len(with) {
		return false
	}
	return strings.EqualFold(string(runes[i:i+len(with)]), with)
}

// ends reports that a name can end before the rest of a text: no letter follows,
// not even behind a sign that joins words.
func ends(rest []rune) bool {
	switch {
	case len(rest) == 0:
		return true
	case wordly(rest[0]):
		return false
	}
	return len(rest) == 1 || !wordly(rest[1]) || !strings.ContainsRune("-.@/", rest[0])
}

// callable are the names of a roster as a text may spell them, sorted.
type callable []calledBy

type calledBy struct {
	name []rune
	id   PersonID
}

func namesOf(people *Roster) callable {
	var out callable
	for _, p := range people.All() {
		name := []rune(p.Name)
		for i, r := range name {
			name[i] = spelt(r)
		}
		out = append(out, calledBy{name, p.ID})
	}
	slices.SortStableFunc(out, func(a, b calledBy) int { return slices.Compare(a.name, b.name) })
	return out
}

// spelt is a character without its case, and every space as one.
func spelt(r rune) rune {
	if unicode.IsSpace(r) {
		return ' '
	}
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	return least
}

// at are those with the longest name that stands at the beginning of the text. The
// names that agree with it so far are a run of the sorted ones, which each
// character makes shorter.
func (c callable) at(text []rune) (found []PersonID) {
	for n := 0; len(c) > 0; n++ {
		whole := 0
		for whole < len(c) && len(c[whole].name) == n {
			whole++
		}
		if whole > 0 && n > 0 && ends(text[n:]) {
			found = found[:0]
			for _, called := range c[:whole] {
				found = append(found, called.id)
			}
		}
		if n == len(text) {
			break
		}
		c = c[whole:]
		next := spelt(text[n])
		at := func(want rune) int {
			i, _ := slices.BinarySearchFunc(c, want, func(called calledBy, r rune) int { return int(called.name[n]) - int(r) })
			return i
		}
		c = c[at(next):at(next+1)]
	}
	return found
}

// codeIn marks what stands in backticks: from a run of them to the next run that is
// as long. A run of three or more at the beginning of a line that nothing closes
// goes on to the end; any other that nothing closes is no code.
func codeIn(runes []rune) []bool {
	code := make([]bool, len(runes))
	for i := 0; i < len(runes); i++ {
		if runes[i] != '`' {
			continue
		}
		n := run(runes[i:])
		end := i + n
		for end < len(runes) {
			if runes[end] != '`' {
				end++
				continue
			}
			m := run(runes[end:])
			if m == n {
				break
			}
			end += m
		}
		if end == len(runes) && (n < 3 || i > 0 && runes[i-1] != '\n') {
			i += n - 1
			continue
		}
		for j := i; j < end; j++ {
			code[j] = true
		}
		i = end + n - 1
	}
	return code
}

// run is how many backticks stand at the beginning.
func run(runes []rune) int {
	n := 0
	for n < len(runes) && runes[n] == '`' {
		n++
	}
	return n
}
