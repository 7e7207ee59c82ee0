package storage

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"warroom/model"
)

// The new files of a removal: in next while they are being written, in swap from
// the moment when they are whole. The renaming of one into the other decides.
const (
	nextName = "next"
	swapName = "swap"
	snapName = "snap"
)

// settleRemoval undoes a removal that was not decided when the process ended,
// and completes one that was.
func (b *Badger) settleRemoval() error {
	next, swap := filepath.Join(b.dir, nextName), filepath.Join(b.dir, swapName)
	if there(swap) {
		have, err := formatOf(filepath.Join(swap, dbName))
		if err != nil {
			return b.fail("read the format", err)
		}
		if have > Format {
			return &NewerError{Have: int(have), Know: Format}
		}
		if err := b.completeSwap(); err != nil {
			return b.fail("complete a removal", err)
		}
		b.report.step(StepRemoval, Repaired, model.Say("store.removal.completed"))
	}
	if !there(next) {
		return nil
	}
	if err := os.RemoveAll(next); err != nil {
		return b.fail("undo a removal", err)
	}
	b.report.step(StepRemoval, Repaired, model.Say("store.removal.undone"))
	return nil
}

// completeSwap puts the new files in the place of the old ones, which go, and
// with them all that could hold what was in them. It can be ended anywhere and
// called again.
func (b *Badger) completeSwap() error {
	swap := filepath.Join(b.dir, swapName)
	if err := syncDir(b.dir); err != nil { // the decision, before anything goes
		return err
	}
	for _, name := range []string{journalName, dbName} {
		if !there(filepath.Join(swap, name)) {
			continue
		}
		old := filepath.Join(b.dir, name)
		if err := os.RemoveAll(old); err != nil {
			return err
		}
		b.reached("old " + name + " removed")
		if err := os.Rename(filepath.Join(swap, name), old); err != nil {
			return err
		}
		if err := errors.Join(syncDir(b.dir), syncDir(swap)); err != nil {
			return err
		}
		b.reached("new " + name + " in place")
	}
	copies, err := filepath.Glob(filepath.Join(b.dir, readingName+"*"))
	if err != nil {
		return err
	}
	for _, path := range append(copies, filepath.Join(b.dir, quarantineName), filepath.Join(b.dir, snapName)) {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	b.reached("copies removed")
	if err := os.Remove(swap); err != nil {
		return err
	}
	return syncDir(b.dir)
}

func there(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
