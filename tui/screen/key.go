package screen

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// named are the keys that send a sequence. Escape is sent as the Kitty protocol
// has it, because a bare escape byte means two things until some time went by.
var named = map[string]string{
	"enter": "\r", "tab": "\t", "space": " ", "backspace": "\x7f", "esc": "\x1b[27u",
	"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
	"pgup": "\x1b[5~", "pgdown": "\x1b[6~", "delete": "\x1b[3~", "shift+tab": "\x1b[Z",
	"ctrl+left": "\x1b[1;5D", "ctrl+right": "\x1b[1;5C",
}

// sequence is what a terminal sends for a key.
func sequence(t testing.TB, key string) string {
	t.Helper()
	if s, ok := named[key]; ok {
		return s
	}
	if letter, ok := strings.CutPrefix(key, "ctrl+"); ok && len(letter) == 1 && letter[0] >= 'a' && letter[0] <= 'z' {
		return fmt.Sprintf("%c", letter[0]-'a'+1)
	}
	if utf8.RuneCountInString(key) == 1 {
		return key
	}
	t.Fatalf("no key is called %q; use Type for text", key)
	return ""
}
