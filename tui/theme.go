package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"warroom/themes"
	"warroom/tui/overlay"
)

// askTheme offers the themes; the screen shows each while it is selected. With
// an argument it takes that theme at once. The files are read outside of Update.
func (c *Console) askTheme(name string) tea.Cmd {
	list := c.o.Themes
	return c.job(true, func(context.Context) func() tea.Cmd {
		all := list()
		return func() tea.Cmd {
			if name == "" {
				return c.offerThemes(all)
			}
			for _, t := range all {
				if t.Name == name {
					c.wear(t)
					return nil
				}
			}
			return c.warn(c.say.T("overlay.theme.unknown", "Name", name))
		}
	})
}

// chosenTheme finds, outside of Update, the theme that was chosen at the console
// before.
func chosenTheme(o Options) (themes.Theme, bool) {
	if o.Themes == nil || o.Start.Theme == "" || o.Start.Configured != o.Theme.Name {
		return themes.Theme{}, false
	}
	for _, t := range o.Themes() {
		if t.Name == o.Start.Theme {
			return t, true
		}
	}
	return themes.Theme{}, false
}

func (c *Console) offerThemes(all []themes.Theme) tea.Cmd {
	before := c.theme
	m := &overlay.Menu{Heading: c.say.T("overlay.theme.title")}
	for i, t := range all {
		item := overlay.Item{Label: t.Name, Do: func() tea.Cmd { c.wear(t); return nil }}
		if t.Name == before.Name {
			item.Mark, m.At = c.sign("●", "*"), i
		}
		m.Items = append(m.Items, item)
	}
	m.Moved = func(i int) { c.wear(all[i]) }
	m.Closed = func() tea.Cmd { c.wear(before); return nil }
	return c.push(m)
}

func (c *Console) wear(t themes.Theme) {
	c.theme, c.styles = t, t.Styles(c.o.Depth)
	c.changed(true)
}

// synchronize asks the terminal for synchronized output where the library does
// not: over SSH it believes the terminal cannot be trusted to answer. Without
// it, frames tear on the slow links that need it most. A terminal that does not
// know the mode says so, or nothing; nobody waits for it.
func (c *Console) synchronize(env tea.EnvMsg) tea.Cmd {
	if _, over := env.LookupEnv("SSH_TTY"); !over {
		return nil
	}
	return tea.Raw(ansi.RequestModeSynchronizedOutput)
}

// FPS is how often the renderer may write, a second. A key reaches the wire 16
// ms after it was pressed at 60, p95, and 29 ms at 30: 60 is the least at which
// the screen answers within a frame of the display. The price is 1.2 % of a core
// for each console that idles, which one person's machine does not notice. (A
// process that serves a hundred consoles should give those of idle people less.)
const FPS = 60
