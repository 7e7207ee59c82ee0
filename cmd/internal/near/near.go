// Package near finds the name that somebody probably meant.
package near

// Of gives the name nearest to the word: at most a third of its letters wrong,
// and never more than three; "" when none is that near. Of several it is the
// first.
func Of(word string, names []string) string {
	return Within(word, names, min(max(len(word)/3, 1), 3))
}

// Within is Of with at most a number of letters wrong.
func Within(word string, names []string, wrong int) string {
	best, limit := "", wrong+1
	for _, n := range names {
		if d := distance([]rune(word), []rune(n)); d < limit {
			best, limit = n, d
		}
	}
	return best
}

// distance counts the letters to add, drop, replace or swap with their
// neighbour to get from a to b (optimal string alignment).
func distance(a, b []rune) int {
	before, above := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above = above, row
	}
	return above[len(b)]
}
