package door

import "errors"

// ErrQuote is a command line in which a quotation does not end.
var ErrQuote = errors.New("a quotation does not end")

// split reads a command line as a shell's words, without anything else that a
// shell does: quotes and backslashes count, and nothing is expanded. Each byte is
// looked at once, and what is no text stays as it is. (The library that came with
// the server drops empty words and takes the square of the line's length.)
func split(line string) ([]string, error) {
	var words []string
	var word []byte
	begun := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case ' ', '\t', '\n', '\r':
			if begun {
				words = append(words, string(word))
				word, begun = word[:0], false
			}
		case '\'':
			begun = true
			for i++; ; i++ {
				if i >= len(line) {
					return nil, ErrQuote
				}
				if line[i] == '\'' {
					break
				}
				word = append(word, line[i])
			}
		case '"':
			begun = true
			for i++; ; i++ {
				if i >= len(line) {
					return nil, ErrQuote
				}
				if line[i] == '"' {
					break
				}
				if line[i] == '\\' && i+1 < len(line) && isEscaped(line[i+1]) {
					i++
				}
				word = append(word, line[i])
			}
		case '\\':
			if i++; i >= len(line) {
				return nil, ErrQuote
			}
			word, begun = append(word, line[i]), true
		default:
			word, begun = append(word, c), true
		}
	}
	if begun {
		words = append(words, string(word))
	}
	return words, nil
}

// isEscaped reports what a backslash takes the meaning from between double quotes.
func isEscaped(c byte) bool { return c == '"' || c == '\\' || c == '$' || c == '`' }
