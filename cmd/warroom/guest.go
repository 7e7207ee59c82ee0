package main

import (
	"context"
	"errors"

	"warroom/model"
	"warroom/sync/link"
	"warroom/sync/room"
)

// guest makes a room of the workspace of the card, and links it with that one.
func (a *app) guest(ctx context.Context, dir, file string, p peering) error {
	card, err := link.ParseCard(p.Card)
	if err != nil {
		return cardProblem(err)
	}
	if card.Workspace == (model.WorkspaceID{}) {
		return refuse("shell.peers.neither")
	}
	device, err := room.DeviceAt(dir)
	if err != nil {
		return err
	}
	if device == card.Device {
		return refuse("shell.peers.self")
	}
	if err := a.guestRoom(ctx, dir, card.Workspace); err != nil {
		return err
	}
	if err := a.keepPeer(file, card, p); err != nil {
		return err
	}
	if !a.asJSON() {
		a.line(a.T("shell.peers.guest", "Name", p.Name, "Card", link.Card{Device: device, Workspace: card.Workspace}.String()))
	}
	return nil
}

// guestRoom makes a room that is to have a part in others' workspace.
func (a *app) guestRoom(ctx context.Context, dir string, workspace model.WorkspaceID) error {
	store, err := a.wait(ctx, dir)
	if err != nil {
		return err
	}
	r, err := room.Open(ctx, room.Options{Store: store, Dir: dir, Workspace: workspace, Now: a.Now})
	if err != nil {
		return errors.Join(err, store.Close())
	}
	return r.Close()
}
