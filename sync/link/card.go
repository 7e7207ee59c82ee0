package link

import (
	"warroom/model"
	"warroom/sync/typed"
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

const cardSize = len(model.DeviceKey{}) + len(model.WorkspaceID{})

var cards = typed.Form{Mark: "wp1-", Domain: "warroom card v1", Least: cardSize, Most: cardSize}

// What can be wrong with a card.
var (
	// ErrNoCard is a text that is none.
	ErrNoCard = typed.ErrNone
	// ErrCardNewer is a card of a newer warroom.
	ErrCardNewer = typed.ErrNewer
	// ErrCardLength is a card of which a part is missing, or has something behind it.
	ErrCardLength = typed.ErrLength
	// ErrCardMistyped is a card with another sum than its own.
	ErrCardMistyped = typed.ErrMistyped
)

// String is the card as one word.
func (c Card) String() string { return cards.Text(append(c.Device.Bytes(), c.Workspace[:]...)) }

// ParseCard reads a card as it was pasted or typed: capitals are as good, and blanks
// and line breaks in its midst do not count. It fails with ErrNoCard, ErrCardNewer,
// ErrCardLength or ErrCardMistyped.
func ParseCard(text string) (Card, error) {
	raw, err := cards.Read(text)
	if err != nil {
		return Card{}, err
	}
	c := Card{Device: model.DeviceKey(raw[:len(model.DeviceKey{})]), Workspace: model.WorkspaceID(raw[len(model.DeviceKey{}):])}
	if c.Device.IsZero() {
		return Card{}, ErrCardMistyped
	}
	return c, nil
}
