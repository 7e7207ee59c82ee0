package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"warroom/sync/attach"
)

// checkRoom asks a running room process what it found when it opened its store, and
// looks at the way to it. It says whether there is one.
func (d *doctor) checkRoom(ctx context.Context) bool {
	if d.flags.solo {
		return false
	}
	c, r, err := d.dial(ctx)
	switch {
	case errors.Is(err, attach.ErrNone) && r.own:
		return false
	case err != nil:
		d.found = append(d.found, finding{"room", bad, d.explain(err)})
		return true
	}
	defer c.Close()
	if there := parseBuild(c.Version); thisBuild().newer(there) {
		d.say("room", warn, "shell.room.older", "Room", there.name(), "This", thisBuild().name())
	} else {
		d.say("room", good, "doctor.room", "Socket", r.socket, "Version", there.name())
	}
	var out bytes.Buffer
	rem := &remote{d.app, c}
	code, err := rem.run(ctx, errand{args: []string{"checkup"}, out: &out})
	var found []finding
	if err == nil && code == exitDone {
		err = json.Unmarshal(out.Bytes(), &found)
	}
	if err != nil {
		d.found = append(d.found, finding{"room", bad, d.explain(err)})
	}
	d.found = append(d.found, found...)
	return true
}

// checkup is what a room process says of its store, to a doctor.
func (a *app) checkup(s *session) []finding {
	d := &doctor{app: a}
	if store, ok := s.store.(reported); ok {
		d.opening(store)
	}
	dir, err := a.storeDir()
	if err != nil {
		return append(d.found, finding{"store", bad, d.explain(err)})
	}
	d.read(s, dir)
	for _, w := range s.room.Overview().Warnings {
		d.found = append(d.found, finding{"store", bad, a.words.Say(w)})
	}
	return d.found
}
