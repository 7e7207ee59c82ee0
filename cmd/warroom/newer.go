package main

import (
	"errors"

	"warroom/model"
	"warroom/storage"
)

// readable opens a store that a newer warroom wrote, for a verb that only reads
// and for the console: in an incident it is worth more to see it than to be told
// to upgrade first. Who writes gets the refusal, and so does who would find a
// layout that this version cannot read.
func (a *app) readable(dir string, via model.Door, writes bool, refused error) (storage.Store, error) {
	var newer *storage.NewerError
	if !errors.As(refused, &newer) || writes && via != model.DoorConsole {
		return nil, refused
	}
	store, err := storage.OpenNewer(dir, storage.Options{})
	if err != nil {
		return nil, err
	}
	a.note(a.T("shell.store.readonly", "Have", newer.Have, "Know", newer.Know))
	return store, nil
}
