package main

import (
	"context"
	"errors"
	"time"

	"warroom/storage"
	"warroom/sync/attach"
)

// stop ends this user's room process, or the one at a socket that was named. With
// again it comes back, for a new build of the program.
func (a *app) stop(ctx context.Context, again bool) error {
	c, r, err := a.dial(ctx)
	if errors.Is(err, attach.ErrNone) {
		a.tell(a.T("shell.stop.none"))
		return nil
	}
	if err != nil {
		return err
	}
	rem := &remote{a, c}
	err = rem.end(ctx, again)
	c.Close()
	if err != nil {
		return err
	}
	if again && r.own {
		c, err := a.attached(ctx, "")
		if err != nil {
			return err
		}
		c.Close()
		a.tell(a.T("shell.stop.again"))
		return nil
	}
	a.tell(a.T("shell.stop.done"))
	return nil
}

// end has the room process end, and waits until it has: until it has let go of the
// connection, and of the store where that is this user's own.
func (r *remote) end(ctx context.Context, again bool) error {
	dir, holder := "", 0
	if at, err := r.reach(); err == nil && at.own {
		if dir, err = r.storeDir(); err != nil {
			return err
		}
		if holder, err = storage.Holder(dir); err != nil {
			return err
		}
	}
	args := []string{"shutdown"}
	if again {
		args = append(args, "--again")
	}
	code, err := r.run(ctx, errand{args: args})
	if err != nil && !errors.Is(err, attach.ErrGone) {
		return err
	}
	if code != exitDone {
		return exit(code)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*endTime)
	defer cancel()
	slow := refuse("shell.stop.slow")
	if r.conn.Wait(ctx) != nil {
		return slow
	}
	for holder != 0 {
		now, err := storage.Holder(dir)
		if err != nil || now != holder {
			return err
		}
		select {
		case <-ctx.Done():
			return slow
		case <-time.After(startPause):
		}
	}
	return nil
}
