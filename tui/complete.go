package tui

import (
	"slices"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/tui/clean"
	"warroom/tui/line"
)

// completion is a name after @ that is being completed.
type completion struct {
	names []string // those that begin as it was typed
	next  int      // the one that the key brings
	text  string   // what stands after the @ now
}

// complete completes the name before the cursor as far as it is certain; pressed
// again, it goes through those that it can be. People who are here come first.
func (c *Console) complete() tea.Cmd {
	now := c.completing
	if len(now.names) > 1 && strings.HasSuffix(c.editor.Before(), "@"+now.text) {
		name := now.names[now.next] + " "
		c.editor.Replace(now.text, name)
		c.completing = completion{now.names, (now.next + 1) % len(now.names), name}
		c.offerNames(now.names)
		return nil
	}
	c.completing = completion{}
	typed, ok := line.Called(c.editor.Before())
	if !ok {
		return nil
	}
	names := c.namesFrom(typed)
	if len(names) == 0 {
		return c.warn(c.say.T("line.complete.none", "Name", typed))
	}
	text := names[0] + " "
	if len(names) > 1 {
		text = shared(names)
		if len(text) < len(typed) {
			text = typed // the letters differ by more than their case
		}
		c.completing = completion{names: names, text: text}
		c.offerNames(names)
	}
	c.editor.Replace(typed, text)
	return nil
}

// mostNames is how many names the sentence lists.
const mostNames = 8

func (c *Console) offerNames(names []string) {
	shown := make([]string, 0, mostNames)
	for _, n := range names[:min(len(names), mostNames)] {
		shown = append(shown, clean.Line(n))
	}
	c.tell(c.say.T("line.complete.names", "Names", strings.Join(shown, ", ")))
}

// namesFrom are the names that begin as typed, in any case.
func (c *Console) namesFrom(typed string) []string {
	here := map[model.PersonID]bool{}
	for i := range c.over.Here {
		here[c.over.Here[i].Person] = true
	}
	var first, then []string
	typed = strings.ToLower(typed)
	for _, p := range c.people().All() {
		switch {
		case p.Name == "" || !strings.HasPrefix(strings.ToLower(p.Name), typed):
		case here[p.ID]:
			first = append(first, p.Name)
		default:
			then = append(then, p.Name)
		}
	}
	return slices.Concat(first, then)
}

// shared is what all the names begin with, in any case, as the first one is
// written.
func shared(names []string) string {
	n := len(names[0])
	for _, o := range names[1:] {
		n = min(n, common(names[0][:n], o))
	}
	return names[0][:n]
}

// common is how many bytes of a its beginning has in common with that of b.
func common(a, b string) int {
	n := 0
	for n < len(a) {
		_, size := utf8.DecodeRuneInString(a[n:])
		if n+size > len(b) || !strings.EqualFold(a[n:n+size], b[n:n+size]) {
			break
		}
		n += size
	}
	return n
}
