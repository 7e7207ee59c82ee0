package model

import (
	"encoding/binary"
	"sort"
	"strings"
)

// crockford is Crockford's base32 alphabet: no I, L, O or U, so that a key can
// be read out on a bad telephone line.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// KeyPrefix stands before an incident's key in full: INC-7F3K2M.
const KeyPrefix = "INC-"

// Lengths of a key in characters.
const (
	keyShort  = 6
	keyLong   = 8
	keyMin    = 4 // the shortest prefix that is accepted
	keyLength = 26
)

// spelling is an id in full.
type spelling [keyLength]byte

// encodeKey spells the whole id, 26 characters.
func encodeKey(id Scope) (out spelling) {
	var acc uint32
	bits, n := 0, 0
	for _, c := range id {
		acc = acc<<8 | uint32(c)
		for bits += 8; bits >= 5; n++ {
			bits -= 5
			out[n] = crockford[acc>>bits&31]
		}
	}
	out[n] = crockford[acc<<(5-bits)&31] // 128 bits leave three
	return out
}

// Key is the incident's short name: six characters.
func (s Scope) Key() string { k := encodeKey(s); return string(k[:keyShort]) }

// LongKey is the name of an incident that shares its short name with another:
// eight characters.
func (s Scope) LongKey() string { k := encodeKey(s); return string(k[:keyLong]) }

// Keys names each incident: six characters, or eight for those that share six.
func Keys(ids []Scope) map[Scope]string {
	// The short ones lie in one text, and are told apart by the bits that they
	// spell: ten thousand are made before the first frame is shown.
	text := make([]byte, 0, keyShort*len(ids))
	for _, id := range ids {
		k := encodeKey(id)
		text = append(text, k[:keyShort]...)
	}
	short := string(text)
	owner := make(map[uint32]Scope, len(ids))
	keys := make(map[Scope]string, len(ids))
	for i, id := range ids {
		keys[id] = short[i*keyShort : (i+1)*keyShort]
		bits := binary.BigEndian.Uint32(id[:]) >> (32 - 5*keyShort)
		if other, ok := owner[bits]; ok && other != id {
			keys[id], keys[other] = id.LongKey(), other.LongKey()
		}
		owner[bits] = id
	}
	return keys
}

// normalKey reads what a person typed: INC- is optional, small letters are
// letters, and the letters that Crockford leaves out stand for the digits they
// are mistaken for.
func normalKey(typed string) (string, bool) {
	s := strings.ToUpper(strings.TrimSpace(typed))
	s = strings.TrimPrefix(s, KeyPrefix)
	s = strings.NewReplacer("I", "1", "L", "1", "O", "0").Replace(s)
	if len(s) < keyMin || len(s) > keyLength {
		return s, false
	}
	for _, c := range s {
		if !strings.ContainsRune(crockford, c) {
			return s, false
		}
	}
	return s, true
}

// FindKey finds the one incident whose key begins with what a person typed:
// any unambiguous prefix of four characters or more.
//
// It refuses with CodeKeyMalformed, CodeIncidentUnknown, or CodeKeyAmbiguous,
// which carries the keys it could mean.
func FindKey(typed string, ids []Scope) (Scope, error) {
	want, ok := normalKey(typed)
	if !ok {
		return Scope{}, Refuse(CodeKeyMalformed, "Key", typed)
	}
	var found []Scope
	for _, id := range ids {
		if k := encodeKey(id); strings.HasPrefix(string(k[:]), want) {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 0:
		return Scope{}, Refuse(CodeIncidentUnknown, "Key", want)
	case 1:
		return found[0], nil
	}
	var keys []string
	for _, id := range found {
		keys = append(keys, id.LongKey())
	}
	sort.Strings(keys)
	return Scope{}, Refuse(CodeKeyAmbiguous, "Key", want, "Keys", strings.Join(keys, ", "))
}
