package themes

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// source is a theme file as it stands, before it inherits.
type source struct {
	file         string
	inherits     string // empty when the file does not say
	inheritsLine int
	background   colour
	looks        map[Token]look
}

// reader walks one file, key by key in the order of the file, and stops at the
// first thing it cannot take.
type reader struct {
	source
	meta   toml.MetaData
	top    map[string]toml.Primitive
	tokens []Token
}

// read reads a file alone. Every error is an *Error with a line.
func read(file string, src []byte) (source, error) {
	r := &reader{source: source{file: file, looks: map[Token]look{}}, tokens: Tokens()}
	if len(src) > maxBytes {
		return source{}, &Error{File: file, Problem: TooLong}
	}
	number := 0
	for line := range bytes.Lines(src) {
		if number++; len(line) > maxLine {
			return source{}, &Error{File: file, Line: number, Problem: TooLong}
		}
	}
	meta, err := toml.NewDecoder(bytes.NewReader(src)).Decode(&r.top)
	if err != nil {
		e := &Error{File: file, Line: 1, Problem: BadSyntax, Detail: err.Error(), cause: err}
		if pe, ok := errors.AsType[toml.ParseError](err); ok {
			e.Line, e.Key, e.Detail = max(1, pe.Position.Line), pe.LastKey, pe.Message
		}
		return source{}, e
	}
	r.meta = meta
	for _, key := range meta.Keys() {
		if err := r.key(key); err != nil {
			return source{}, err
		}
	}
	return r.source, nil
}

// key takes one key of the file in.
func (r *reader) key(key toml.Key) error {
	if slices.Contains(tables(), key[0]) {
		if len(key) == 1 {
			if r.meta.Type(key...) != "Hash" {
				return r.refuse(key, Error{Problem: BadKind, Value: "table"})
			}
			return nil
		}
	} else if len(key) > 1 {
		// Inside a thing that is no table of ours.
		return r.refuse(key[:1], r.noTable(key[0]))
	}

	name := strings.Join(key, ".")
	if len(key) > 2 && r.known(key[0]+"."+key[1]) {
		return r.refuse(key[:2], Error{Problem: BadKind, Value: "string"})
	}
	setting := name == "inherits" || name == "background"
	if !setting && !r.known(name) {
		return r.refuse(key, Error{Problem: UnknownToken, Nearest: r.nearest(key)})
	}
	text, ok := r.text(key)
	if !ok {
		return r.refuse(key, Error{Problem: BadKind, Value: "string"})
	}
	switch name {
	case "inherits":
		r.inherits, r.inheritsLine = text, r.line(key)
	case "background":
		word := strings.ToLower(strings.TrimSpace(text))
		c, ok := parseColour(word)
		if !ok {
			return r.refuse(key, Error{Problem: BadColour, Value: word, Nearest: nearestColour(word)})
		}
		r.background = c
	default:
		l, problem := parseLook(text)
		if problem != nil {
			return r.refuse(key, *problem)
		}
		r.looks[Token(name)] = l
	}
	return nil
}

// noTable says what is wrong with a table that has no business here.
func (r *reader) noTable(name string) Error {
	if r.known(name) || name == "inherits" || name == "background" {
		return Error{Problem: BadKind, Value: "string"}
	}
	return Error{Problem: UnknownToken, Nearest: r.nearest(toml.Key{name})}
}

// text gives the string at a key of one or two parts. A bare number is taken as
// the string of itself: 240 and "240" are the same colour.
func (r *reader) text(key toml.Key) (string, bool) {
	prim, ok := r.at(key)
	if !ok {
		return "", false
	}
	var value any
	if err := r.meta.PrimitiveDecode(prim, &value); err != nil {
		return "", false
	}
	switch v := value.(type) {
	case string:
		return v, true
	case int64:
		return strconv.FormatInt(v, 10), true
	}
	return "", false
}

// at finds the undecoded value of a key.
func (r *reader) at(key toml.Key) (toml.Primitive, bool) {
	prim, ok := r.top[key[0]]
	for _, part := range key[1:] {
		if !ok {
			break
		}
		var inside map[string]toml.Primitive
		if err := r.meta.PrimitiveDecode(prim, &inside); err != nil {
			return toml.Primitive{}, false
		}
		prim, ok = inside[part]
	}
	return prim, ok
}

// probe refuses every value. The decoder then says where the value stands,
// which it tells in no other way.
type probe struct{}

func (*probe) UnmarshalTOML(any) error { return errors.New("here") }

// line gives the line of a key, or of the first thing in it when it has none of
// its own: in "a.b = 1" there is no line that makes a.
func (r *reader) line(key toml.Key) int {
	for _, k := range r.meta.Keys() {
		if len(k) < len(key) || !slices.Equal(k[:len(key)], key) {
			continue
		}
		prim, ok := r.at(k)
		if !ok {
			continue
		}
		pe, ok := errors.AsType[toml.ParseError](r.meta.PrimitiveDecode(prim, &probe{}))
		if ok && pe.Position.Line > 0 {
			return pe.Position.Line
		}
	}
	return 1
}

// refuse completes e with the place of key.
func (r *reader) refuse(key toml.Key, e Error) error {
	e.File, e.Line, e.Key = r.file, r.line(key), strings.Join(key, ".")
	return &e
}

func (r *reader) known(name string) bool { return slices.Contains(r.tokens, Token(name)) }

// nearest proposes a key for one that is unknown. A token that slipped into
// a table is proposed without it: in TOML all that follows a table's head is in
// the table.
func (r *reader) nearest(key toml.Key) string {
	if level, ok := strings.CutPrefix(key[0], "sev"); ok && r.known("severity."+level) {
		return "severity." + level
	}
	candidates := append(tables(), "inherits", "background")
	for _, tok := range r.tokens {
		candidates = append(candidates, string(tok))
	}
	if len(key) == 1 {
		return nearest(key[0], candidates)
	}
	if slices.Contains(candidates, key[1]) {
		return key[1]
	}
	// Only the word after the dot: the table is right, and its name must not
	// make everything in it look near.
	var words []string
	for _, tok := range r.tokens {
		if word, ok := strings.CutPrefix(string(tok), key[0]+"."); ok {
			words = append(words, word)
		}
	}
	if word := nearest(key[1], words); word != "" {
		return key[0] + "." + word
	}
	return ""
}

// parseLook reads "FOREGROUND on BACKGROUND attributes". The problem it gives
// has no place yet.
func parseLook(text string) (look, *Error) {
	var l look
	words := strings.Fields(strings.ToLower(text))
	if len(words) == 0 {
		return l, &Error{Problem: BadColour, Value: text, Nearest: nearestColour("")}
	}
	for i := 0; i < len(words); i++ {
		word, target := words[i], &l.fg
		if a := slices.Index(attributeNames(), word); a >= 0 {
			l.attrs |= 1 << a
			continue
		}
		if word == "on" {
			if i++; i == len(words) {
				return l, &Error{Problem: BadStyle, Value: word}
			}
			word, target = words[i], &l.bg
		}
		if slices.Contains(attributeNames(), word) {
			return l, &Error{Problem: BadStyle, Value: word} // "on bold"
		}
		c, ok := parseColour(word)
		if !ok {
			return l, &Error{Problem: BadColour, Value: word, Nearest: nearestColour(word)}
		}
		if *target != unset {
			return l, &Error{Problem: BadStyle, Value: word}
		}
		*target = c
	}
	return l, nil
}
