package draft

import (
	"net/netip"
	"slices"
	"strings"

	"warroom/model"
)

// promises finds times by which it is said to work again.
func (c *check) promises() {
	for _, s := range sentences(c.text) {
		part := c.text[s.from:s.to]
		if at := promiseBy.FindStringIndex(part); at != nil {
			c.promise(s.from+at[0], s.from+at[1])
			continue
		}
		c.promiseIn(s, part)
	}
}

func (c *check) promise(from, to int) {
	c.find(Promise, from, to, model.Say("draft.promise", "Text", c.text[from:to]))
}

// promiseIn looks for a time at which something is to be mended.
func (c *check) promiseIn(s sentence, part string) {
	var times [][2]int // in the sentence
	for _, t := range c.hours {
		if s.has(t.from) {
			times = append(times, [2]int{t.from - s.from, t.to - s.from})
		}
	}
	for _, at := range append(afterWords.FindAllStringIndex(part, -1), vagueWord.FindAllStringIndex(part, -1)...) {
		times = append(times, [2]int{at[0], at[1]})
	}
	for _, t := range times {
		for _, says := range []func(string, [2]int) ([2]int, bool){promisesThen, promisesBy, byThenPromises} {
			if at, ok := says(part, t); ok {
				c.promise(s.from+at[0], s.from+at[1])
				return
			}
		}
	}
}

// promisesThen reads "it will be fixed at 15:00". "We will post an update at 15:00, once
// it is fixed" promises nothing.
func promisesThen(part string, t [2]int) (at [2]int, ok bool) {
	before := part[:t[0]]
	f := futureWord.FindStringIndex(before)
	if f == nil {
		return at, false
	}
	m := mendedWord.FindStringIndex(before[f[1]:])
	if m == nil || unlessWord.MatchString(before[:f[1]+m[0]]) || updateWord.MatchString(before[f[1]+m[1]:]) {
		return at, false
	}
	return [2]int{f[0], t[1]}, true
}

// promisesBy reads "restored by 15:00" and "fixed in 10 minutes", and not "it was
// restored at 15:00".
func promisesBy(part string, t [2]int) (at [2]int, ok bool) {
	before := part[:t[0]]
	m := mendedBy.FindStringIndex(before)
	if m == nil && afterWords.MatchString(part[t[0]:t[1]]) {
		m = mendedEnd.FindStringIndex(before)
	}
	if m == nil || futureWord.MatchString(before) || unlessWord.MatchString(before[:m[0]]) || pastWord.MatchString(before) {
		return at, false
	}
	return [2]int{m[0], t[1]}, true
}

// byThenPromises reads "by 15:00 all should work again".
func byThenPromises(part string, t [2]int) (at [2]int, ok bool) {
	rest := part[t[1]:]
	f := futureWord.FindStringIndex(rest)
	if f == nil || !byBefore.MatchString(part[:t[0]]) || updateWord.MatchString(part) {
		return at, false
	}
	m := mendedWord.FindStringIndex(rest[f[1]:])
	if m == nil || unlessWord.MatchString(rest[:f[1]+m[0]]) {
		return at, false
	}
	return [2]int{t[0], t[1] + f[1] + m[1]}, true
}

// hosts finds names and addresses of the inside.
func (c *check) hosts() {
	for _, at := range tokens.FindAllStringIndex(c.text, -1) {
		token := strings.ToLower(strings.TrimRight(c.text[at[0]:at[1]], ".-_"))
		at[1] = at[0] + len(token)
		if ip, err := netip.ParseAddr(token); err == nil {
			c.address(at, ip)
			continue
		}
		if slices.Contains(c.about.Hosts, token) || isInside(token) {
			c.find(Host, at[0], at[1], model.Say("draft.host", "Text", c.text[at[0]:at[1]]))
		}
	}
	for _, at := range six.FindAllStringIndex(c.text, -1) {
		if ip, err := netip.ParseAddr(c.text[at[0]:at[1]]); err == nil {
			c.address(at, ip)
		}
	}
}

func (c *check) address(at []int, ip netip.Addr) {
	if ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		c.find(Host, at[0], at[1], model.Say("draft.host", "Text", c.text[at[0]:at[1]]))
	}
}

// isInside reports a name that looks like one of the inside: by its ending, as
// shop.internal; by its number and its place, as db-1.eu-west; or by its number alone,
// as web03.
func isInside(token string) bool {
	for _, z := range insideZones {
		if strings.HasSuffix(token, z) && len(token) > len(z) {
			return true
		}
	}
	labels := strings.Split(token, ".")
	if numbered(labels[0]) && len(labels) > 1 {
		last := labels[len(labels)-1]
		public := slices.Contains(outsideZones, last) || len(last) == 2 && !digitAt(last, 0) && !digitAt(last, 1)
		return !public && !slices.ContainsFunc(labels[1:], func(l string) bool { return l == "" || strings.Trim(l, "0123456789") == "" })
	}
	if len(labels) > 1 || !numbered(token) {
		return false
	}
	for part := range strings.SplitSeq(strings.ReplaceAll(token, "_", "-"), "-") {
		if slices.Contains(machines, strings.TrimRight(part, "0123456789")) {
			return true
		}
	}
	return false
}

// numbered reports a word of letters with a number at its end, as db-1 and web03.
func numbered(label string) bool {
	stem := strings.TrimRight(label, "0123456789")
	return stem != label && strings.Trim(stem, "-_") != "" && stem[0] >= 'a' && stem[0] <= 'z'
}

// data finds that the last update says nothing about data, or that none was lost where
// the assessment says otherwise.
func (c *check) data() {
	if at := noData.FindStringIndex(c.text); at != nil && c.about.Lost {
		c.find(Data, at[0], at[1], model.Say("draft.data.lost"))
		return
	}
	if !dataSaid.MatchString(c.text) {
		c.find(Data, len(c.text), len(c.text), model.Say("draft.data.none"))
	}
}
