package model_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
)

// written is a value that several people may write, with how it is written and what
// stands of it.
type written struct {
	name   string
	values []string
	write  func(c *crew, value string) model.Command
	stands func(c *crew, v *model.View) []string
}

func standing[T comparable](h model.Held[T]) []string {
	all := []string{fmt.Sprint(h.Value)}
	for _, o := range h.Others {
		all = append(all, fmt.Sprint(o.Value))
	}
	return all
}

var registers = []written{
	{"title", []string{"one", "two", "three", "four"},
		func(_ *crew, value string) model.Command { return model.SetTitle{Title: value} },
		func(_ *crew, v *model.View) []string { return standing(v.Title) }},
	{"topic", []string{"one", "two", "three", "four"},
		func(_ *crew, value string) model.Command { return model.PinTopic{Text: value} },
		func(_ *crew, v *model.View) []string { return standing(v.Topic) }},
	{"severity", []string{"1", "2", "3"},
		func(_ *crew, value string) model.Command {
			return model.SetSeverity{Level: model.Level(value[0] - '0')}
		},
		func(_ *crew, v *model.View) (all []string) {
			all = append(all, string('0'+rune(v.Severity.Value)))
			for _, o := range v.Severity.Others {
				all = append(all, string('0'+rune(o.Value)))
			}
			return all
		}},
	{"incident manager", []string{"ana", "bob", "cleo", "dan"},
		func(c *crew, value string) model.Command {
			return model.AssignRole{Role: model.IncidentManager, Person: c.named(value).person}
		},
		func(c *crew, v *model.View) (all []string) {
			for _, h := range v.Holders(model.IncidentManager) {
				for _, a := range c.people {
					if a.person == h.Person {
						all = append(all, a.name)
					}
				}
			}
			return all
		}},
}

func (c *crew) named(name string) *author {
	for _, a := range c.people {
		if a.name == name {
			return a
		}
	}
	return nil
}

// Two who did not see each other's write both count, until somebody who saw both
// writes again; whatever the clocks say, and in whatever order it arrives.
func TestASplitLeavesBothWritesUntilOneWhoSawThemWritesAgain(t *testing.T) {
	t.Parallel()
	for _, reg := range registers {
		t.Run(reg.name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				c := newCrew(t, "ana", "bob", "cleo", "dan")
				for i, a := range c.people {
					rapid.SampledFrom(clocks).Draw(t, fmt.Sprintf("clock %d", i))(a)
				}
				id := c.begin()
				check := func(want ...string) {
					c.meet()
					for _, a := range c.people {
						require.ElementsMatch(t, want, reg.stands(c, a.view(id)))
					}
					s := c.fold(shuffled(t, c.events))
					require.ElementsMatch(t, want, reg.stands(c, s.Incidents[id].View()))
				}
				values := rapid.Permutation(reg.values).Draw(t, "values")
				if rapid.Bool().Draw(t, "before") {
					c.people[3].must(id, reg.write(c, values[2]))
					check(values[2])
				}
				who := rapid.Permutation(c.people).Draw(t, "who")
				for i, a := range who[:2] {
					// Whoever writes may write something else first, and hears nothing of the other.
					if rapid.Bool().Draw(t, "more") {
						a.must(id, model.Write{Text: "what they do meanwhile"})
					}
					a.must(id, reg.write(c, values[i]))
				}
				check(values[0], values[1])
				settler := rapid.SampledFrom(c.people).Draw(t, "settler")
				settler.must(id, reg.write(c, values[2]))
				check(values[2])
			})
		})
	}
}
