package model

import (
	"net/url"
	"strings"
)

// LinkKind says what a link leads to.
type LinkKind string

// The kinds of link. Chat and video are the team's channels.
const (
	ChatLink      LinkKind = "chat"
	VideoLink     LinkKind = "video"
	DocumentLink  LinkKind = "document"
	DashboardLink LinkKind = "dashboard"
	OtherLink     LinkKind = "other"
)

// LinkKinds lists them in the order of menus.
func LinkKinds() []LinkKind {
	return []LinkKind{ChatLink, VideoLink, DocumentLink, DashboardLink, OtherLink}
}

// Channel reports a link in which people talk.
func (k LinkKind) Channel() bool { return k == ChatLink || k == VideoLink }

// Phrase is the kind's name.
func (k LinkKind) Phrase() Phrase { return Say("link." + string(k)) }

// Limits of a link, in bytes.
const (
	maxURL   = 2000
	maxLabel = 200
)

// ParseLinkKind reads a kind by name or first letter. It refuses with
// CodeLinkKind.
func ParseLinkKind(typed string) (LinkKind, error) {
	w := trimWord(typed)
	switch w {
	case "doc":
		return DocumentLink, nil
	case "dash", "graph":
		return DashboardLink, nil
	case "call", "bridge":
		return VideoLink, nil
	case "link":
		return OtherLink, nil
	}
	for _, k := range LinkKinds() {
		if w == string(k) {
			return k, nil
		}
	}
	return "", Refuse(CodeLinkKind, "Kind", typed)
}

// GuessLinkKind tells from an address what it most likely leads to.
func GuessLinkKind(address string) LinkKind {
	u, err := url.Parse(address)
	if err != nil {
		return OtherLink
	}
	host := strings.ToLower(u.Hostname())
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(host, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("meet", "zoom", "jitsi", "whereby", "webex"):
		return VideoLink
	case has("slack", "mattermost", "teams", "chat", "zulip", "matrix", "element", "discord", "irc"):
		return ChatLink
	case has("grafana", "kibana", "datadog", "prometheus", "dashboard", "newrelic"):
		return DashboardLink
	case has("docs", "wiki", "notion", "confluence", "hackmd"):
		return DocumentLink
	}
	return OtherLink
}

// checkLink gives the text of a link event: the address and, after a line
// break, its label. It refuses what is no absolute address with CodeLinkURL.
func checkLinkText(address, label string) (string, error) {
	address, label = strings.TrimSpace(address), strings.TrimSpace(label)
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" || (u.Host == "" && u.Opaque == "") || len(address) > maxURL || strings.ContainsAny(address, " \t\r\n") {
		return "", Refuse(CodeLinkURL, "URL", cutText(address, 80))
	}
	if len(label) > maxLabel {
		return "", Refuse(CodeTextLong, "Length", len(label), "Limit", maxLabel)
	}
	if label = oneLine(label); label != "" {
		return address + "\n" + label, nil
	}
	return address, nil
}

func splitLink(text string) (address, label string) {
	address, label, _ = strings.Cut(text, "\n")
	return address, label
}
