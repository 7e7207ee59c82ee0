// Package zones knows the names of the time zones, and which one was probably meant.
package zones

import (
	_ "embed"
	"strings"

	"warroom/cmd/internal/near"
)

// The names that Go's own zones have: those of its lib/time/zoneinfo.zip, one a line. A
// test says when a newer Go has others.
//
//go:embed names.txt
var list string

// Names lists the names of the zones.
func Names() []string { return strings.Fields(list) }

// Nearest is the zone that was probably meant; "" where none is near. A name of the
// right region may have half of its city wrong, as "Europe/Bruxelles", and a city needs no
// region.
func Nearest(name string) string {
	typed := plain(name)
	if typed == "" || len(typed) > maxName {
		return ""
	}
	names := Names()
	lower := make([]string, len(names))
	back := make(map[string]string, len(names))
	for i, n := range names {
		lower[i] = plain(n)
		if _, ok := back[lower[i]]; !ok {
			back[lower[i]] = n
		}
	}
	if n := near.Of(typed, lower); n != "" {
		return back[n]
	}
	region, city, ok := cut(typed)
	var cities, whole []string
	for _, n := range lower {
		if r, c, has := cut(n); has && (!ok || r == region) {
			cities, whole = append(cities, c), append(whole, n)
		}
	}
	if !ok {
		city = typed
	}
	best := near.Of(city, cities)
	if best == "" && ok {
		best = near.Within(city, cities, len([]rune(city))/2)
	}
	for i, c := range cities {
		if c == best {
			return back[whole[i]]
		}
	}
	return ""
}

// maxName is more than any zone's name has, in bytes.
const maxName = 64

// cut parts a name into its region and its city.
func cut(name string) (region, city string, ok bool) {
	i := strings.LastIndexByte(name, '/')
	if i < 0 {
		return "", "", false
	}
	return name[:i], name[i+1:], true
}

// plain is a name as it is compared: without capitals, blanks and underscores as one.
func plain(name string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimSpace(name), " ", "_"))
}
