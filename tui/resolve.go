package tui

import (
	"strings"
	"time"

	"warroom/model"
)

// What is said before an incident is resolved or closed, and at its end. It warns, and
// never blocks.

// unmet are the things that ought to be so before a status and are not, as one
// sentence; "" for none.
func (c *Console) unmet(to model.Status) string {
	var missing []model.Phrase
	switch to {
	case model.Resolved:
		missing = model.Unmet(c.view.Resolving())
	case model.Closed:
		missing = model.Unmet(c.view.Closing())
	}
	if len(missing) == 0 {
		return ""
	}
	words := make([]string, 0, len(missing))
	for _, p := range missing {
		words = append(words, c.say.Say(p))
	}
	return c.say.T("overlay.unmet", "What", strings.Join(words, "; "))
}

// lasted says how long the incident was and how long at which severity.
func (c *Console) lasted() string {
	v, now := c.view, c.o.Now().UnixMilli()
	took, ok := v.Lasted(now)
	if !ok {
		return ""
	}
	said := c.say.T("toast.lasted", "Took", time.Duration(took)*time.Millisecond)
	spent := v.MinutesAt(now)
	for _, s := range model.Severities() {
		if ms := spent[s.Level]; ms > 0 {
			said += c.say.T("toast.lasted.at", "Severity", s.Level.String(), "Took", time.Duration(ms)*time.Millisecond)
		}
	}
	return c.say.T("toast.lasted.end", "Lasted", said)
}
