package room

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"warroom/model"
	"warroom/storage"
)

// ErrRoomThere is a directory in which there is a room, or anything else: a room
// is not restored over it.
var ErrRoomThere = errors.New("there is a room already")

// Restore makes a room in a directory, which must not be there or be empty, of a
// backup. It is there whole or not at all.
//
// The restored room writes with a new key, under new logs: the backup has no
// key, and the old logs may have events, here or elsewhere, that the backup does
// not know. So no number of a log is used twice, however often it is restored.
//
// ErrRoomThere, the errors of storage.Restore, and those of Open come back. Of
// the room's options Now and Random are used; at says how the store is opened.
func Restore(ctx context.Context, dir string, backup io.ReadSeeker, o Options, at storage.Options) (info storage.BackupInfo, err error) {
	if err := vacant(dir); err != nil {
		return info, err
	}
	above := filepath.Dir(dir)
	if err := os.MkdirAll(above, 0o700); err != nil {
		return info, fmt.Errorf("restore the room: %w", err)
	}
	if _, err := storage.RemoveStages(dir); err != nil {
		return info, fmt.Errorf("remove what an earlier restore left: %w", err)
	}
	stage, err := storage.NewStage(dir)
	if err != nil {
		return info, fmt.Errorf("restore the room: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, stage.Discard())
		}
	}()
	if info, err = storage.Restore(stage.Dir(), backup); err != nil {
		return info, err
	}
	store, err := storage.Open(stage.Dir(), at)
	if err != nil {
		return info, err
	}
	founded, err := Founded(store)
	if err == nil && !founded {
		err = fmt.Errorf("restore the room: %w", storage.ErrNotBackup)
	}
	if err != nil {
		return info, errors.Join(err, store.Close())
	}
	r, err := Open(ctx, Options{Store: store, Dir: stage.Dir(), Renew: model.ReasonRestored, Now: o.Now, Random: o.Random})
	if err != nil {
		return info, errors.Join(err, store.Close())
	}
	if err := r.Close(); err != nil {
		return info, err
	}
	if err := vacant(dir); err != nil {
		return info, err
	}
	if err := stage.Place(); err != nil {
		return info, fmt.Errorf("restore the room: %w", err)
	}
	return info, nil
}

func vacant(dir string) error {
	names, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("restore the room: %w", err)
	case len(names) > 0:
		return ErrRoomThere
	}
	return nil
}
