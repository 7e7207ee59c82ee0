package draft

import (
	"strings"
	"unicode/utf8"
)

// folded is a text as the words are looked for in it: without accents, with plain
// blanks, apostrophes and hyphens. at says where each of its bytes came from; nil for a
// text that is as it was.
type folded struct {
	text string
	at   []int
}

// from is where in the text as it was a place is.
func (f folded) from(i int) int {
	if f.at == nil {
		return i
	}
	return f.at[i]
}

// plain are letters with an accent, by what is typed for them without it.
var plain = foldings(
	"aàáâãäåāăą", "cçćč", "dďđ", "eèéêëēĕėęěᵉ", "gğ", "iìíîïĩīĭįı", "lł", "nñńň", "oòóôõöōőø", "rřʳ", "sśšş", "tťţ", "uùúûüũūŭůűų", "yýÿ", "zźżž",
	"AÀÁÂÃÄÅĀĂĄ", "CÇĆČ", "DĎĐ", "EÈÉÊËĒĔĖĘĚ", "GĞ", "IÌÍÎÏĨĪĬĮİ", "LŁ", "NÑŃŇ", "OÒÓÔÕÖŌŐØ", "RŘ", "SŚŠŞ", "TŤŢ", "UÙÚÛÜŨŪŬŮŰŲ", "YÝŸ", "ZŹŻŽ",
	"'’‘ʼ´`", "-‐‑", " \u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f",
)

// ligatures are letters that are typed as two.
var ligatures = map[rune]string{'œ': "oe", 'Œ': "OE", 'æ': "ae", 'Æ': "AE", 'ß': "ss", 'ĳ': "ij", 'Ĳ': "IJ"}

// foldings reads rows of letters of which the first stands for the others.
func foldings(rows ...string) map[rune]string {
	out := map[rune]string{}
	for _, row := range rows {
		for _, r := range row[1:] {
			out[r] = row[:1]
		}
	}
	return out
}

// silent reports what has no width: accents that stand behind their letter, soft
// hyphens, joiners.
func silent(r rune) bool {
	return r >= 0x300 && r <= 0x36f || r >= 0x200b && r <= 0x200d || r == 0xad || r == 0x2060 || r == 0xfeff
}

func fold(s string) folded {
	if isASCII(s) && !strings.Contains(s, "`") {
		return folded{text: s}
	}
	b := make([]byte, 0, len(s))
	at := make([]int, 0, len(s)+1)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		as := s[i : i+n]
		if p, ok := plain[r]; ok {
			as = p
		} else if p, ok := ligatures[r]; ok {
			as = p
		}
		if !silent(r) {
			for j := range len(as) {
				b = append(b, as[j])
				at = append(at, i+min(j, n-1))
			}
		}
		i += n
	}
	return folded{string(b), append(at, len(s))}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
