package main

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/door"
)

// lockPatience is how long a verb waits for another process to let go of the store:
// alerts and scripts come several at once, and each needs it for less than a tenth
// of a second. A console alone on its room keeps it for longer.
const lockPatience = 5 * time.Second

// tellAfter is when somebody who waits is told for what.
const tellAfter = time.Second

// carriedPatience is how long a verb waits that carries something which nobody
// can easily say again: what came through a pipe, an alert, what a command did.
const carriedPatience = 30 * time.Second

// carried is what a verb brings to the room and would lose when it is refused.
type carried struct {
	any bool
	// text is kept in a file when the room stays closed; "" has a copy elsewhere.
	text string
	// lost is the sentence's key that says what is lost and what to do, "" for
	// none. It gets the refusal as Wrong.
	lost string
}

// wait opens the store, waiting for whoever has it.
func (a *app) wait(ctx context.Context, dir string) (storage.Store, error) {
	began := time.Now()
	patience, told := lockPatience, false
	if a.carries.any {
		patience = carriedPatience
	}
	if a.Patience > 0 {
		patience = a.Patience
	}
	for {
		store, err := storage.Open(dir, a.storage())
		if err == nil {
			return store, nil
		}
		var locked *storage.LockedError
		if !errors.As(err, &locked) {
			return nil, err
		}
		if a.served(dir) {
			return nil, errServed
		}
		waited := time.Since(began)
		if !told && waited >= min(tellAfter, patience/2) {
			told = true
			a.waiting(locked, patience)
		}
		if waited > patience {
			return nil, a.refused(dir, err)
		}
		select {
		case <-ctx.Done():
			return nil, a.refused(dir, errors.Join(refuse("shell.interrupted"), ctx.Err()))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// errServed says that a room process came up meanwhile: the verb is to be handed to
// it.
var errServed = errors.New("a room process has the store")

// servedTries is how often a verb goes from the store to a room process and back,
// when one begins or ends just then.
const servedTries = 5

// served reports that whoever has the store is a room process, for a verb that can be
// handed to one.
func (a *app) served(dir string) bool {
	if !a.forwards || a.flags.solo {
		return false
	}
	c, err := net.Dial("unix", door.OwnSocket(dir))
	if err != nil {
		return false
	}
	_ = c.Close() // it was only to see whether somebody listens
	return true
}

// waiting says for what the verb waits. A program reads the answer alone.
func (a *app) waiting(e *storage.LockedError, patience time.Duration) {
	switch {
	case a.asJSON():
	case e.PID == 0:
		a.note(a.T("shell.store.waiting", "Patience", patience))
	default:
		a.note(a.T("shell.store.waiting.by", "Patience", patience, "PID", e.PID))
	}
}

// refused keeps what the verb carries, and says where.
func (a *app) refused(dir string, err error) error {
	wrong := model.Say("shell.text", "Text", a.explain(err))
	switch {
	case a.carries.text != "":
		file, failed := keepText(filepath.Join(dir, "drafts"), a.Now(), a.carries.text)
		if failed != nil {
			return &problem{phrase: model.Say("shell.store.notkept", "Wrong", wrong, "Cause", root(failed)), cause: err}
		}
		return &problem{phrase: model.Say("shell.store.kept", "Wrong", wrong, "File", file), cause: err}
	case a.carries.lost != "":
		return &problem{phrase: model.Say(a.carries.lost, "Wrong", wrong), cause: err}
	}
	return err
}

// keepText writes a text into a new file that only its owner can read, and gives
// the file's name.
func keepText(dir string, now time.Time, text string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, "unsent-"+now.UTC().Format("20060102T150405Z")+"-*.txt") // 0600
	if err != nil {
		return "", err
	}
	_, err = io.WriteString(f, text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}
