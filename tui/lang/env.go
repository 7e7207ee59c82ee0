package lang

import "strings"

// FromEnv is the language that the environment wishes, for Options.Language:
// the first of LANGUAGE (a list), LC_ALL, LC_MESSAGES and LANG that has a
// catalogue, else "en". As for other programs, a locale C or POSIX means
// English whatever LANGUAGE says.
func FromEnv(getenv func(string) string) string {
	locale := ""
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale = getenv(name); locale != "" {
			break
		}
	}
	if base := localeBase(locale); base == "C" || base == "POSIX" {
		return "en"
	}
	have := Languages()
	for _, wish := range append(strings.Split(getenv("LANGUAGE"), ":"), locale) {
		base, _, _ := strings.Cut(localeBase(wish), "_")
		for _, h := range have {
			if strings.EqualFold(h, base) {
				return h
			}
		}
	}
	return "en"
}

// localeBase is "fr_BE" of "fr_BE.UTF-8@euro".
func localeBase(s string) string {
	if i := strings.IndexAny(s, ".@"); i >= 0 {
		s = s[:i]
	}
	return strings.ReplaceAll(strings.TrimSpace(s), "-", "_")
}
