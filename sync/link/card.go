package link

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"strings"
	"unicode"

	"warroom/model"
)

// Card is what one room says of itself so that another can be told of it by hand:
// its device's public key and its workspace. There is no secret in it; who passes
// it on must be sure only that it is not changed on the way, and the sum at its end
// finds a slip of the hand, not a forger.
type Card struct {
	Device model.DeviceKey
	// Workspace is zero for a room that has none yet.
	Workspace model.WorkspaceID
}

// cardMark begins a card; the digit is for another content.
const cardMark = "wp1-"

const (
	cardSum  = 4
	cardSize = len(model.DeviceKey{}) + len(model.WorkspaceID{}) + cardSum
)

// What can be wrong with a card.
var (
	// ErrNoCard is a text that is none.
	ErrNoCard = errors.New("no card")
	// ErrCardNewer is a card of a newer warroom.
	ErrCardNewer = errors.New("a card of a newer warroom")
	// ErrCardLength is a card of which a part is missing, or has something behind it.
	ErrCardLength = errors.New("a card is not whole")
	// ErrCardMistyped is a card with another sum than its own.
	ErrCardMistyped = errors.New("a card was changed on the way")
)

// letters are those of RFC 4648, small: without 0, 1, 8 and 9, which pass for others.
var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func (c Card) sum() []byte {
	h := sha256.New()
	h.Write([]byte("warroom card v1"))
	h.Write(c.Device[:])
	h.Write(c.Workspace[:])
	return h.Sum(nil)[:cardSum]
}

// String is the card as one word.
func (c Card) String() string {
	raw := make([]byte, 0, cardSize)
	raw = append(raw, c.Device[:]...)
	raw = append(raw, c.Workspace[:]...)
	return cardMark + letters.EncodeToString(append(raw, c.sum()...))
}

// ParseCard reads a card as it was pasted or typed: capitals are as good, and blanks
// and line breaks in its midst do not count. It fails with ErrNoCard, ErrCardNewer,
// ErrCardLength or ErrCardMistyped.
func ParseCard(typed string) (Card, error) {
	s := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, typed)
	rest, ok := strings.CutPrefix(s, cardMark)
	if !ok {
		if len(s) > len(cardMark) && strings.HasPrefix(s, "wp") && '2' <= s[2] && s[2] <= '9' && s[3] == '-' {
			return Card{}, ErrCardNewer
		}
		return Card{}, ErrNoCard
	}
	if len(rest) != letters.EncodedLen(cardSize) {
		return Card{}, ErrCardLength
	}
	raw, err := letters.DecodeString(rest)
	if err != nil || len(raw) != cardSize {
		return Card{}, ErrCardMistyped
	}
	c := Card{Device: model.DeviceKey(raw), Workspace: model.WorkspaceID(raw[len(model.DeviceKey{}):])}
	// Of the last sign only some bits count, so two words could mean one card.
	if c.Device.IsZero() || !bytes.Equal(raw[cardSize-cardSum:], c.sum()) || c.String() != s {
		return Card{}, ErrCardMistyped
	}
	return c, nil
}
