package themes

// maxNear bounds the words that are compared, in runes: no name here is longer
// than half of it.
const maxNear = 32

// nearest gives the candidate that differs least from word, or "" when none is
// near: a third of its letters may be wrong.
func nearest(word string, candidates []string) string {
	w := []rune(word)
	if len(w) > maxNear {
		return ""
	}
	best, least := "", max(1, (len(w)+1)/3)+1
	for _, c := range candidates {
		if d := distance(w, []rune(c)); d < least && d < len(w) {
			best, least = c, d
		}
	}
	return best
}

// colourAlias gives our word for one that people bring from other programs, or
// nothing.
func colourAlias(word string) string {
	switch word {
	case "gray", "grey":
		return "bright-black"
	case "purple":
		return "magenta"
	case "faint":
		return "dim"
	case "inverse":
		return "reverse"
	case "strikethrough":
		return "strike"
	case "none", "":
		return "default"
	}
	return ""
}

// distance counts the letters to insert, drop, change or swap with a neighbour
// to get from a to b (optimal string alignment).
func distance(a, b []rune) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(last[j]+1, row[j-1]+1, change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
