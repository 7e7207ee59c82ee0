package tui

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// First reads the room and gives the whole first frame for a terminal of that size,
// to be written before the program runs. The program draws the same; but it sets
// itself up first, and then waits for its turn, and somebody waits for that. First
// must be called before the program runs, and at most once.
func (c *Console) First(width, height int) string {
	sized := c.resize(width, height)
	read, _ := c.loadFirst()().(result)
	c.begun = tea.Batch(sized, c.finished(read))
	rows := strings.Split(c.View().Content, "\n")
	var b strings.Builder
	b.WriteString("\x1b[?1049h\x1b[?25l\x1b[2J")
	for i, row := range rows[:min(len(rows), height)] {
		b.WriteString("\x1b[" + strconv.Itoa(i+1) + ";1H" + row + "\x1b[m")
	}
	return b.String()
}
