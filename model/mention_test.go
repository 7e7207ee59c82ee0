package model_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func TestMentions(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "Ana", "Ana Lima", "bob", "Émile", "Zoë Ångström", "o'neil", "J. R. Doe", "ΣΊΣΥΦΟΣ")
	people := c.people[0].state.People.Roster()
	for text, want := range map[string][]string{
		"":                              nil,
		"no name":                       nil,
		"@":                             nil,
		"@ ana":                         nil,
		"@ana":                          {"Ana"},
		"@ANA: look":                    {"Ana"},
		"(@ana) and,@bob!":              {"Ana", "bob"},
		"@ana @bob @ana":                {"Ana", "bob"},
		"@bob then @ana":                {"bob", "Ana"},
		"ask @ana lima.":                {"Ana Lima"},
		"ask @ana\nlima":                {"Ana Lima"},
		"ask @ana limar":                {"Ana"},
		"ask @analima":                  nil,
		"@ana's turn":                   {"Ana"},
		"@o'neil":                       {"o'neil"},
		"@émile, @ÉMILE":                {"Émile"},
		"@zoë ångström knows":           {"Zoë Ångström"},
		"@σίσυφος":                      {"ΣΊΣΥΦΟΣ"},
		"@J. R. Doe.":                   {"J. R. Doe"},
		"@bobby":                        nil,
		"@bob_1":                        nil,
		"@bob1":                         nil,
		"@bob-the-bot":                  nil,
		"@bob- no":                      {"bob"},
		"@bob.":                         {"bob"},
		"@bob.example":                  nil,
		"@bob/ops":                      nil,
		"@bob@example.com":              nil,
		"mail x@bob":                    nil,
		"mail x.@bob":                   nil,
		"ana@bob.example":               nil,
		"mailto:@bob":                   nil,
		"https://chat.example/@bob":     nil,
		"https://chat.example/?to,@bob": nil,
		"(www.example,@bob)":            nil,
		"https://a.example @bob":        {"bob"},
		"medium.example/@bob":           nil,
		"cc:@bob":                       {"bob"},
		"@@bob":                         nil,
		"`@bob`":                        nil,
		"`` ` @bob ``":                  nil,
		"`x` @bob `y`":                  {"bob"},
		"it`s @bob":                     {"bob"},
		"```\n@bob\n``` @ana":           {"Ana"},
		"```\n@bob":                     nil,
		"x ``` @bob":                    {"bob"},
		"\xff@bob":                      {"bob"},
	} {
		var names []string
		for _, id := range model.Mentions(text, people) {
			names = append(names, people.Name(id))
		}
		require.Equal(t, want, names, text)
	}
}

func TestATextCallsAtMostTwenty(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range model.MaxMentions + 5 {
		names = append(names, fmt.Sprintf("p%02d", i))
	}
	c := newCrew(t, names...)
	got := model.Mentions("@"+strings.Join(names, " @"), c.people[0].state.People.Roster())
	require.Len(t, got, model.MaxMentions)
	require.Equal(t, c.people[0].person, got[0])
	require.Equal(t, c.people[19].person, got[19])
}

func TestTwoPeopleOfOneNameAreBothCalled(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	c.people[0].seal(model.Draft{Scope: c.ws.Scope(), Body: &model.PersonName{Person: c.people[1].person}, Text: "Cleo"})
	got := model.Mentions("@cleo", c.people[0].state.People.Roster())
	require.ElementsMatch(t, []model.PersonID{c.people[1].person, c.people[2].person}, got)
}

// FuzzMentions: whatever the text, whom it calls is known, called once, and
// spelt in it; and calling somebody on a line of its own does it.
func FuzzMentions(f *testing.F) {
	for _, s := range []string{"@ana lima and `@bob`", "https://x/@bob @ana", "@ana@bob", "```\n@ana", "`@`@bob", "@ana\u0301"} {
		f.Add(s)
	}
	c := newCrew(f, "Ana", "Ana Lima", "bob")
	people := c.people[0].state.People.Roster()
	f.Fuzz(func(t *testing.T, text string) {
		seen := map[model.PersonID]bool{}
		for _, id := range model.Mentions(text, people) {
			require.False(t, seen[id])
			seen[id] = true
			first, _, _ := strings.Cut(strings.ToLower(people.Name(id)), " ")
			require.Contains(t, strings.ToLower(text), "@"+first)
		}
		if !strings.Contains(text, "`") {
			require.Contains(t, model.Mentions(text+"\n@bob", people), c.people[2].person)
		}
	})
}

func BenchmarkMentions(b *testing.B) {
	people := crowd(b).Roster()
	text := strings.Repeat("ask @person 500 or @persona; ", 2_000)
	b.ReportAllocs()
	for b.Loop() {
		require.Len(b, model.Mentions(text, people), 1)
	}
}
