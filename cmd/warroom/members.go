package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"warroom/model"
	"warroom/sync/link"
	"warroom/sync/room"
)

// Who may be linked with this room follows from its membership; the file of peers says
// where they are.

// membersOf is what a roster says of each device. It does not change.
type membersOf struct {
	roster *model.Roster
	of     map[model.DeviceKey]model.Device
}

// members gives what the membership says of each device, as it is now.
func (l *linking) members(r *room.Room) map[model.DeviceKey]model.Device {
	people := r.Overview().People
	if had := l.roster.Load(); had != nil && had.roster == people {
		return had.of
	}
	now := membersOf{people, map[model.DeviceKey]model.Device{}}
	for _, d := range people.AllDevices() {
		now.of[d.Key] = d
	}
	l.roster.Store(&now)
	return now.of
}

// whoHas says what a device is called among links, and what its person may do.
func whoHas(r *room.Room, d model.Device) (string, model.Access) {
	people := r.Overview().People
	return people.Name(d.Person), people.Access(d.Person)
}

// whoseDevice names a peer by its person and device, as the membership has them; by its
// name among the links where that knows neither. A peer that was found by an invite is
// called by its address there.
func whoseDevice(people *model.Roster, pin model.Hash, name string) model.Phrase {
	for _, d := range people.AllDevices() {
		if link.PinOf(d.Key) == pin {
			short, _, _ := strings.Cut(link.FormatPin(pin), "-")
			return model.Say("device.of", "Person", d.Person, "Device", cmp.Or(d.Name, short))
		}
	}
	return model.Say("shell.text", "Text", name)
}

// goesOut reports a room of which events go to other devices, or may at any time: members
// have some, or somebody is invited or waits.
func goesOut(r *room.Room) bool {
	people := r.Overview().People
	for _, d := range people.AllDevices() {
		if d.Key != r.Device() && d.Standing.Linked() {
			return true
		}
	}
	return len(r.Overview().Waiting) > 0 || len(people.Invites(time.Now().UnixMilli())) > 0
}

// waits waits until there is somebody to link with: false when ctx ends before.
func (l *linking) waits(ctx context.Context, r *room.Room, file string) bool {
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	there := func(path string) bool {
		_, err := os.Lstat(path)
		return !errors.Is(err, fs.ErrNotExist)
	}
	for !there(file) && !there(filepath.Join(l.dir, link.InvitesFile)) && !goesOut(r) {
		select {
		case <-ctx.Done():
			return false
		case <-l.wants:
			return true
		case <-l.wake:
		case <-every.C:
		}
	}
	return true
}

// wanted gives what runs the links, which begin now where nobody was linked yet.
func (l *linking) wanted(ctx context.Context) (*link.Shell, error) {
	if l == nil {
		return nil, refuse("shell.invite.solo")
	}
	select {
	case l.wants <- struct{}{}:
	default:
	}
	select {
	case <-l.begun:
		return l.running(), nil
	case <-l.ended:
		return nil, refuse("shell.room.ends")
	case <-ctx.Done():
		return nil, refuse("shell.interrupted")
	}
}

// turnAway tells a device that waits that it does not come in.
func (l *linking) turnAway(token model.TokenID, device model.DeviceKey) error {
	shell := l.running()
	if shell == nil {
		return model.Refuse(model.CodeWaitingNone)
	}
	return shell.TurnAway(token, device)
}

// opened are the addresses for other rooms that were given at the start.
func (l *linking) opened() []string {
	if l == nil {
		return nil
	}
	if all := l.addresses.Load(); all != nil {
		return *all
	}
	return nil
}
