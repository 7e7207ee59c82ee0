package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"strings"

	"warroom/model"
	"warroom/sync/invite"
	"warroom/sync/link"
)

// ask asks with an invite to come in, and waits for the answer: with what access this
// device was let in. While it waits it shows the four words.
func (a *app) ask(ctx context.Context, key ed25519.PrivateKey, is invite.Invite, name, label string) (link.Admitted, error) {
	in, err := link.Join(ctx, link.JoinOptions{
		Invite: is, Key: key, Name: name, Label: label,
		OnWaiting: func(words [4]string) {
			a.note(a.T("shell.join.words", "Words", strings.Join(words[:], " ")))
			a.note(a.T("shell.join.waits"))
		},
		OnLost: func(why model.Phrase) { a.note(a.T("shell.join.lost", "Why", why)) },
	})
	var no *link.JoinError
	switch {
	case errors.As(err, &no):
		return in, &problem{phrase: no.Phrase(), cause: err}
	case ctx.Err() != nil:
		return in, refuse("shell.join.left")
	}
	return in, err
}
