package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/tui/clean"
	"warroom/tui/overlay"
)

// How one incident stands to another.

// askRelate asks for the other incident, then how this one stands to it.
func (c *Console) askRelate(key string) tea.Cmd {
	if key != "" {
		id, err := c.incident(key)
		if err != nil {
			return c.warn(c.notFound(key, err))
		}
		return c.askRelation(id)
	}
	return c.push(&overlay.Pick{
		Heading: c.say.T("overlay.relate.title", "Key", c.key(c.id)), Placeholder: c.say.T("overlay.relate.placeholder"),
		Find: func(query string) []overlay.Item {
			query = strings.ToLower(strings.TrimSpace(query))
			var items []overlay.Item
			for i := range c.over.Rows {
				r := &c.over.Rows[i]
				if r.ID == c.id || !strings.Contains(strings.ToLower(c.key(r.ID)+" "+r.Title), query) {
					continue
				}
				id := r.ID
				items = append(items, overlay.Item{Label: c.key(id) + "  " + clean.Line(r.Title), Do: func() tea.Cmd { return c.askRelation(id) }})
				if len(items) == mostRelated {
					break
				}
			}
			return items
		},
	})
}

// mostRelated is how many incidents are offered at once.
const mostRelated = 50

func (c *Console) askRelation(other model.Scope) tea.Cmd {
	m := &overlay.Menu{Heading: c.say.T("overlay.relation.title", "Key", c.key(c.id), "Other", c.key(other)), Stays: true}
	for _, r := range []model.Relation{model.MergedInto, model.CausedBy, model.Follows} {
		x, off := model.Related{Other: other, Relation: r}, false
		for _, have := range c.view.Related {
			off = off || have == x
		}
		i := overlay.Item{Key: string(r)[:1], Label: c.say.T("overlay.relation."+string(r), "Other", c.key(other))}
		switch {
		case off:
			i.Mark, i.Detail = c.sign("●", "*"), c.say.T("overlay.relation.off")
			i.Do = func() tea.Cmd { return c.do(model.Relate{Other: other, Relation: r, Off: true}, after{layer: m}) }
		case r == model.MergedInto:
			i.Do = func() tea.Cmd { return c.askMerge(other, m) }
		default:
			i.Do = func() tea.Cmd { return c.do(model.Relate{Other: other, Relation: r}, after{layer: m}) }
		}
		m.Items = append(m.Items, i)
	}
	return c.push(m)
}

// askMerge asks before the incident is cancelled in favour of the other.
func (c *Console) askMerge(other model.Scope, m *overlay.Menu) tea.Cmd {
	c.remove(m)
	return c.push(&overlay.Confirm{
		Question:    c.say.T("overlay.merge.ask", "Key", c.key(c.id), "Other", c.key(other)),
		Consequence: c.say.T("overlay.merge.text", "Key", c.key(c.id)),
		Affirm:      c.say.T("overlay.merge.yes"), Refuse: c.say.T("overlay.no"),
		Yes: func() tea.Cmd {
			return c.do(model.Merge{Into: other}, after{say: c.say.T("toast.merged", "Other", c.key(other))})
		},
	})
}
