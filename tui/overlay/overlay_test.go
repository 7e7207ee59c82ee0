package overlay_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/lang"
	"warroom/tui/overlay"
	"warroom/tui/pane"
)

func env(t testing.TB, ascii bool) pane.Env {
	t.Helper()
	theme, err := themes.Builtin("default")
	require.NoError(t, err)
	return pane.Env{Styles: theme.Styles(themes.TrueColour), Say: lang.New(lang.Options{ASCII: ascii}), ASCII: ascii}
}

var keymap = action.NewKeymap(action.Table())

// press is a key as the root would give it to a layer.
func press(name string) overlay.Key {
	k := tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
	switch name {
	case "enter":
		k = tea.KeyPressMsg{Code: tea.KeyEnter}
	case "esc":
		k = tea.KeyPressMsg{Code: tea.KeyEscape}
	case "space":
		k = tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	case "tab":
		k = tea.KeyPressMsg{Code: tea.KeyTab}
	case "down":
		k = tea.KeyPressMsg{Code: tea.KeyDown}
	}
	if letter, ok := strings.CutPrefix(name, "ctrl+"); ok {
		k = tea.KeyPressMsg{Code: rune(letter[0]), Mod: tea.ModCtrl}
	}
	a, _ := keymap.Find(k.String(), action.Overlay)
	return overlay.Key{Press: k, Action: a.ID}
}

// layers are one of each kind, with texts that are hard to draw.
func layers() map[string]func() overlay.Layer {
	do := func() tea.Cmd { return nil }
	items := func() []overlay.Item {
		return []overlay.Item{
			{Key: "1", Label: "SEV1", Detail: "critical: データ", Do: do},
			{Key: "2", Label: strings.Repeat("漢字", 40), Detail: "long", Do: do},
			{Label: "off", Off: "because", Do: do},
			{Label: "é", On: true},
		}
	}
	return map[string]func() overlay.Layer{
		"menu": func() overlay.Layer {
			return &overlay.Menu{Heading: "Severity", Note: "Which?\nSay it.", Items: items()}
		},
		"empty menu": func() overlay.Layer { return &overlay.Menu{Heading: "Links", Empty: "No links yet."} },
		"ticks": func() overlay.Layer {
			return &overlay.Menu{Heading: "Also", Items: items(), Accept: func([]int) tea.Cmd { return nil }}
		},
		"pick": func() overlay.Layer {
			return &overlay.Pick{Heading: "Who?", Placeholder: "a name", Empty: "nobody", Find: func(q string) []overlay.Item { return items()[:len(q)%4] }}
		},
		"confirm": func() overlay.Layer {
			return &overlay.Confirm{Question: "Resolve 漢字 for 5 people?", Consequence: strings.Repeat("It ends. ", 20), Affirm: "Resolve it", Refuse: "No"}
		},
		"prompt": func() overlay.Layer {
			return &overlay.Prompt{Heading: "New", Note: "A title.", Several: true, Choices: []*overlay.Choice{{Key: "tab", Label: "kind", Values: []string{"a", "b"}}}, Accept: func(string) tea.Cmd { return nil }}
		},
		"sheet": func() overlay.Layer {
			things := []string{"a", "漢字", "c", "d", "e"}
			return &overlay.Sheet{
				Heading: "Door", Wide: 60, Things: func() []string { return things },
				Rows: func(e pane.Env, w int, at string) ([]string, map[string]int) {
					rows, spots := []string{overlay.Exactly("above", w)}, map[string]int{}
					for _, thing := range things {
						spots[thing] = len(rows)
						rows = append(rows, overlay.Exactly(thing, w))
					}
					return rows, spots
				},
				Acts: func(at string) []overlay.Act {
					return []overlay.Act{{Keys: []string{"a", "enter"}, Text: "let in", Off: strings.Repeat("because ", len(at))}, {Keys: []string{"1"}, Text: "one", Do: func() (tea.Cmd, bool) { return nil, false }}}
				},
			}
		},
		"page": func() overlay.Layer {
			return &overlay.Page{Heading: "Help", Wide: 60, Toggle: "?", Rows: func(e pane.Env, w int) []string { return overlay.Help(e, action.State{}, w) }}
		},
	}
}

// Whatever is pressed, at whatever size: no more than h rows, each w cells.
func TestLayersFitAnySize(t *testing.T) {
	t.Parallel()
	for name, make := range layers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain, bare := env(t, false), env(t, true)
			rapid.Check(t, func(r *rapid.T) {
				l, e := make(), plain
				if rapid.Bool().Draw(r, "ascii") {
					e = bare
				}
				for range rapid.IntRange(1, 8).Draw(r, "steps") {
					w, h := rapid.IntRange(1, 90).Draw(r, "w"), rapid.IntRange(1, 20).Draw(r, "h")
					ww, wh := l.Want(e, w, h)
					require.True(r, ww <= w && wh <= h, "wants %dx%d of %dx%d", ww, wh, w, h)
					d := l.Draw(e, w, h)
					require.LessOrEqual(r, len(d.Rows), h)
					for _, row := range d.Rows {
						require.Equal(r, w, clean.Width(row), "%q", row)
					}
					require.True(r, d.X < w && d.Y < h, "cursor %d,%d in %dx%d", d.X, d.Y, w, h)
					require.Equal(r, w, clean.Width(overlay.Exactly(overlay.HintRow(e, l.Hints(e), w), w)))
					l.Key(press(rapid.SampledFrom([]string{"j", "k", "g", "G", "down", "space", "a", "漢", "tab", "1", "ctrl+o", "ctrl+u"}).Draw(r, "key")))
				}
			})
		})
	}
}

// Some links and terminals swallow esc.
func TestEveryLayerClosesByEscAndByAnotherKey(t *testing.T) {
	t.Parallel()
	for name, make := range layers() {
		e := env(t, false)
		for _, k := range []string{"esc", "ctrl+g"} {
			l := make()
			l.Draw(e, 40, 10)
			_, done := l.Key(press(k))
			require.True(t, done, "%s by %s", name, k)
		}
		l := make()
		l.Draw(e, 40, 10)
		_, done := l.Key(press("q"))
		require.Equal(t, !l.Typing(), done, "%s: q closes where it is no letter", name)
	}
}

func TestNoIsWhatEnterSays(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]bool{"enter": false, "y": true, "n": false, "tab enter": true, "tab tab enter": false, "q": false, "esc": false} {
		said := false
		c := &overlay.Confirm{Question: "Resolve?", Yes: func() tea.Cmd { said = true; return nil }}
		done := false
		for _, k := range strings.Fields(keys) {
			_, done = c.Key(press(k))
		}
		require.True(t, done, keys)
		require.Equal(t, want, said, keys)
	}
}

func TestOnlyWhatIsTickedIsAccepted(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string][]int{
		"enter": nil, "j enter": nil, "b b enter": nil, "space j space enter": {0, 1}, "b enter": {1},
		"a b c enter": {2}, "c a enter": {0}, "c b a enter": {0, 1}, "c c enter": nil,
	} {
		var got []int
		m := &overlay.Menu{
			Items:  []overlay.Item{{Key: "a"}, {Key: "b"}, {Key: "c", Alone: true}},
			Accept: func(ticked []int) tea.Cmd { got = ticked; return nil }, Untick: "tick something",
		}
		m.Draw(env(t, false), 40, 10)
		for _, k := range strings.Fields(keys) {
			_, done := m.Key(press(k))
			require.False(t, done, "what it does closes it")
		}
		require.Equal(t, want, got, keys)
		said := strings.Contains(strings.Join(m.Draw(env(t, false), 40, 10).Rows, ""), "tick something")
		require.Equal(t, want == nil, said, keys)
	}
}

func TestWhatIsOffCannotBeChosen(t *testing.T) {
	t.Parallel()
	m := &overlay.Menu{Items: []overlay.Item{{Key: "a", Off: "not now", Do: func() tea.Cmd { t.Error("chosen"); return nil }}}}
	for _, k := range []string{"a", "enter"} {
		_, done := m.Key(press(k))
		require.False(t, done)
	}
}

func TestAnOfferedTextIsReplacedByTheFirstLetter(t *testing.T) {
	t.Parallel()
	offered := func(keys ...string) string {
		p := (&overlay.Prompt{}).Offering("root")
		for _, k := range keys {
			p.Key(press(k))
		}
		return p.Text()
	}
	require.Equal(t, "ab", offered("a", "b"))
	require.Equal(t, "roota", offered("ctrl+e", "a"), "another key keeps it")
}

// A letter of a menu must not be a key by which one moves in it or leaves it.
func TestLettersOfMenusAreFree(t *testing.T) {
	t.Parallel()
	letters := []string{"1", "2", "3", "a", "y", "n", "d", "i", "m", "r"}
	for _, s := range model.Statuses() {
		letters = append(letters, s.Letter())
	}
	for _, c := range model.RoleCards() {
		letters = append(letters, c.Letter)
	}
	for _, l := range letters {
		a, taken := keymap.Find(l, action.Overlay)
		require.False(t, taken, "%s is %s", l, a.ID)
	}
}
