package invite

// ParseBytes parses what stands in an invite, with its right sum.
func ParseBytes(raw []byte) (Invite, error) {
	return Parse(form.Text(raw))
}

// AllWords are the words.
func AllWords() []string { return words }
