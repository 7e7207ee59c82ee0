package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/line"
	"warroom/tui/overlay"
	"warroom/tui/pane"
)

// mostFound is how many items of each kind the palette shows: nobody reads more,
// and a workspace may have ten thousand incidents.
const mostFound = 50

// candidates are the things that the palette finds, each with the words by which
// it is found.
type candidates struct {
	words []string
	items []func() overlay.Item
}

func (k *candidates) add(words string, item func() overlay.Item) {
	k.words, k.items = append(k.words, strings.ToLower(words)), append(k.items, item)
}

// find gives the best matches, best first; without a query the first ones. What
// begins with what is typed is meant more often than what holds it, and that
// more often than what only has its letters somewhere. The letters are looked
// for last, and only as long as something is missing: in ten thousand titles
// that takes a frame's time.
func (k *candidates) find(query string, most int) []overlay.Item {
	query = strings.ToLower(query)
	var begin, within []int
	for i, w := range k.words {
		switch at := strings.Index(w, query); {
		case len(begin) == most:
		case at == 0, at > 0 && strings.Contains(w, " "+query):
			begin = append(begin, i)
		case at > 0 && len(within) < most:
			within = append(within, i)
		}
	}
	found := append(begin, within...)
	if len(found) < most && query != "" {
		for _, m := range fuzzy.Find(query, k.words) {
			if !slices.Contains(found, m.Index) {
				found = append(found, m.Index)
			}
			if len(found) >= most {
				break
			}
		}
	}
	var out []overlay.Item
	for _, i := range found[:min(most, len(found))] {
		out = append(out, k.items[i]())
	}
	return out
}

// showPalette opens the palette: every action with its key, every incident and
// every person; and commands with arguments.
func (c *Console) showPalette() tea.Cmd {
	actions, incidents, people := c.actionCandidates(), c.incidentCandidates(), c.peopleCandidates()
	palette := &overlay.Pick{
		Heading: c.say.T("overlay.palette.title"), Placeholder: c.say.T("overlay.palette.placeholder"), Toggle: "ctrl+p",
		Empty: c.say.T("overlay.palette.empty"),
	}
	palette.Find = func(query string) []overlay.Item {
		var out []overlay.Item
		query = strings.TrimLeft(query, " :")
		if i, ok := c.commandItem(query, palette); ok {
			out = append(out, i)
			if strings.Contains(query, " ") {
				return out // a command with its arguments is nothing else
			}
		}
		out = append(out, ableFirst(actions.find(query, mostFound))...)
		out = append(out, incidents.find(query, mostFound)...)
		return append(out, people.find(query, mostFound)...)
	}
	return c.push(palette)
}

// ableFirst puts what cannot be done now behind what can.
func ableFirst(items []overlay.Item) []overlay.Item {
	slices.SortStableFunc(items, func(a, b overlay.Item) int {
		switch {
		case a.Off == "" && b.Off != "":
			return -1
		case a.Off != "" && b.Off == "":
			return 1
		}
		return 0
	})
	return items
}

// commandItem is what a typed command would do.
func (c *Console) commandItem(query string, palette overlay.Layer) (overlay.Item, bool) {
	word, rest := line.Split(query)
	a, ok := action.ByWord(word)
	if !ok {
		return overlay.Item{}, false
	}
	if rest == "" && len(a.Keys) > 0 {
		return overlay.Item{}, false // found as an action
	}
	i := overlay.Item{Key: c.keys[a.ID], Label: ":" + clean.Line(strings.TrimSpace(query)), Detail: c.say.Say(a.Long()), Token: themes.Accent}
	if why := a.Disabled(c.state()); !why.IsZero() {
		i.Off = c.say.Say(why)
	}
	i.Do, i.Stays = func() tea.Cmd { return c.command(word, rest, palette, func() {}) }, true
	if rest == "" {
		i.Stays = false
		i.Label = action.Usage(a)
		i.Do = func() tea.Cmd { return c.handlers[a.ID](c, "") }
	}
	return i, true
}

func (c *Console) actionCandidates() *candidates {
	k, s := &candidates{}, c.state()
	for _, a := range action.Table() {
		if a.Hidden || c.handlers[a.ID] == nil {
			continue
		}
		short := c.say.Say(a.Short())
		k.add(short+" "+strings.Join(a.Words, " "), func() overlay.Item {
			i := overlay.Item{Key: c.keys[a.ID], Label: short, Detail: c.say.Say(a.Long())}
			if usage := action.Usage(a); usage != "" && a.Args != "" {
				i.Detail = usage + "  " + i.Detail
			}
			if why := a.Disabled(s); !why.IsZero() {
				i.Off = c.say.Say(why)
			}
			i.Do = func() tea.Cmd { return c.run(a, "") }
			return i
		})
	}
	return k
}

func (c *Console) incidentCandidates() *candidates {
	k := &candidates{}
	for _, r := range c.over.Rows {
		key := c.key(r.ID)
		k.add(key+" "+r.Title, func() overlay.Item {
			return overlay.Item{
				Label: key + "  " + clean.Line(r.Title), Token: themes.Title,
				Detail: r.Severity.String() + " " + c.say.Say(r.Status.Phrase()),
				Do:     func() tea.Cmd { return c.open(r.ID, nil) },
			}
		})
	}
	return k
}

// peopleCandidates offer a role to whoever is chosen.
func (c *Console) peopleCandidates() *candidates {
	k := &candidates{}
	for _, p := range c.people().All() {
		k.add("@"+p.Name, func() overlay.Item {
			i := overlay.Item{Label: "@" + clean.Line(p.Name), Token: themes.Name, Detail: c.say.T("overlay.palette.person")}
			if why := c.say.Say(disabled(action.Role, c.state())); why != "" {
				i.Off = why
			}
			i.Do = func() tea.Cmd { return c.offerRoles(p) }
			return i
		})
	}
	return k
}

func disabled(id action.ID, s action.State) model.Phrase {
	a, _ := action.ByID(id)
	return a.Disabled(s)
}

// offerRoles asks which role somebody takes.
func (c *Console) offerRoles(p model.Person) tea.Cmd {
	m := &overlay.Menu{Heading: c.say.T("overlay.role.for", "Name", p.Name), Stays: true}
	for _, h := range c.view.Roles {
		if !h.Card.Offered() {
			continue
		}
		m.Items = append(m.Items, overlay.Item{
			Key: h.Card.Letter, Label: c.say.Say(h.Card.Role.Phrase()), Detail: c.holders(h),
			Do: func() tea.Cmd { return c.do(model.AssignRole{Role: h.Card.Role, Person: p.ID}, after{layer: m}) },
		})
	}
	return c.push(m)
}

// showHelp lists the keys, from the table.
func (c *Console) showHelp() tea.Cmd {
	s := c.state()
	return c.push(&overlay.Page{
		Heading: c.say.T("help.title"), Wide: 116, Toggle: "?",
		Rows: func(env pane.Env, w int) []string { return overlay.Help(env, s, w) },
	})
}
