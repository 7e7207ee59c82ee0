package draft

import (
	"net/netip"
	"slices"
	"strings"

	"warroom/model"
)

// hosts finds names and addresses of the inside.
func (c *check) hosts() {
	links := make([]string, 0, len(c.about.Hosts))
	for _, h := range c.about.Hosts {
		links = append(links, lower(h))
	}
	for _, at := range tokens.FindAllStringIndex(c.text, -1) {
		token := strings.ToLower(strings.TrimRight(c.text[at[0]:at[1]], ".-_"))
		at[1] = at[0] + len(token)
		if ip, err := netip.ParseAddr(token); err == nil {
			c.address(at, ip)
			continue
		}
		if slices.Contains(links, token) || isInside(token) {
			c.find(Host, at[0], at[1], model.Say("draft.host", "Text", c.said(at[0], at[1])))
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
		c.find(Host, at[0], at[1], model.Say("draft.host", "Text", c.said(at[0], at[1])))
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
