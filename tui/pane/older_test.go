package pane

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// part is a view of which the last n lines are loaded.
func part(v *model.View, n int) *model.View {
	w := *v
	w.Earlier = len(v.Lines) - n
	w.Lines = v.Lines[w.Earlier:]
	return &w
}

func TestEarlierLinesComeAboveWhatIsSeen(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	env, whole := r.env(t, look{}), r.long(2000)
	const h = 12
	for name, at := range map[string]int{"on the first line": 0, "a little below it": 5, "further down": 30} {
		for more, left := range map[string]int{"more is left": 800, "all is there": 0} {
			p := NewLog()
			p.SetData(part(whole, 500), r.ov.People)
			require.Equal(t, "2000", p.Count())
			require.False(t, p.WantsOlder(), "the end is read")
			p.Rows(env, 80, h, true)
			p.Move(Top, h)
			for range at {
				p.Move(Down, h)
			}
			require.True(t, p.WantsOlder())
			seen := p.Rows(env, 80, h, true)
			line, row := p.Selected(), p.at+p.lead-p.drawn
			p.SetData(part(whole, 2000-left), r.ov.People)
			got := p.Rows(env, 80, h, true)
			require.Same(t, line, p.Selected(), name+", "+more)
			require.Equal(t, row, p.at+p.lead-p.drawn, "its row on the screen")
			from := 1
			if at < 9 {
				from = 2 // where the row stood that said so
			}
			require.Equal(t, seen[from:], got[from:], name+", "+more)
			require.False(t, p.WantsOlder())
			require.Zero(t, p.fresh, "nothing of it is new")
		}
	}
}

func TestTheRowThatSaysThereIsMoreIsNoLine(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	p := NewLog()
	p.SetData(part(r.long(2000), 500), r.ov.People)
	const h = 12
	p.Move(Top, h)
	rows := p.Rows(r.env(t, look{}), 80, h, true)
	require.Contains(t, bare(rows[1:2]), "1500 earlier lines")
	require.False(t, p.Click(1))
	require.True(t, p.Click(2))
	require.Same(t, p.view.Lines[0], p.Selected())
	require.True(t, p.Click(4))
	require.Same(t, p.view.Lines[2], p.Selected())
	p.Move(Top, h)
	p.Move(Down, h)
	require.Contains(t, bare(p.Rows(r.env(t, look{}), 80, h, true)), "earlier lines", "the rows do not jump")
	for range h {
		p.Move(Down, h)
	}
	require.NotContains(t, bare(p.Rows(r.env(t, look{}), 80, h, true)), "earlier lines")
}

func TestAFilterAsksForTheWholeLog(t *testing.T) {
	t.Parallel()
	r := checkout(t)
	whole := r.long(2000)
	p := NewLog()
	p.SetData(part(whole, 500), r.ov.People)
	require.False(t, p.WantsAll())
	p.SetFilter("error")
	require.True(t, p.WantsAll())
	require.Contains(t, bare(p.Rows(r.env(t, look{}), 80, 12, true)), "reading the whole log")
	p.SetData(whole, r.ov.People)
	require.False(t, p.WantsAll())
	if find := p.MatchJob(); find != nil {
		p.Apply(find())
	}
	alone := NewLog()
	alone.SetData(whole, r.ov.People)
	alone.SetFilter("error")
	if find := alone.MatchJob(); find != nil {
		alone.Apply(find())
	}
	_, want, _ := alone.Filter()
	_, got, total := p.Filter()
	require.Equal(t, want, got)
	require.Equal(t, 2000, total)
}
