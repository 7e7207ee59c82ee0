package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
	"warroom/themes"
	"warroom/tui/clean"
)

// finding is one thing that the doctor looked at.
type finding struct {
	Check string `json:"check"`
	State string `json:"state"` // ok, warn or bad
	Text  string `json:"text"`
}

// The states of a finding.
const (
	good = "ok"
	warn = "warn"
	bad  = "bad"
)

// doctor gathers findings.
type doctor struct {
	*app
	found []finding
}

func (d *doctor) say(check, state, key string, pairs ...any) {
	d.found = append(d.found, finding{check, state, d.T(key, pairs...)})
}

func (a *app) runDoctor(cmd *cobra.Command, _ []string) error {
	d := &doctor{app: a}
	d.checkConfig()
	if !d.checkRoom(cmd.Context()) {
		d.checkStore(cmd.Context())
	}
	d.checkClock()
	d.checkTerminal(cmd.Context())
	worst := good
	for _, f := range d.found {
		if f.State == bad || f.State == warn && worst == good {
			worst = f.State
		}
	}
	if a.asJSON() {
		if err := a.json(map[string]any{"findings": d.found, "worst": worst}); err != nil {
			return err
		}
	} else {
		for _, f := range d.found {
			a.line(clean.Fit(f.State, 5) + clean.Fit(f.Check, 10) + f.Text)
		}
		a.line(a.T("doctor.end." + worst))
	}
	if worst == bad {
		return exit(exitFailed)
	}
	return nil
}

func (d *doctor) checkConfig() {
	if d.noHome != nil {
		d.say("home", bad, "doctor.home.missing")
	}
	if d.paths.File == "" {
		return
	}
	switch _, there := modeOf(d.paths.File); {
	case d.badConfig != nil:
		d.found = append(d.found, finding{"config", bad, d.explain(d.badConfig)})
	case !there:
		d.say("config", good, "doctor.config.none", "File", d.paths.File)
	default:
		d.say("config", good, "doctor.config.good", "File", d.paths.File)
	}
	if _, err := themes.Find(d.config.Theme, d.paths.Themes); err != nil {
		d.found = append(d.found, finding{"theme", bad, d.explain(err)})
	} else {
		d.say("theme", good, "doctor.theme.good", "Theme", d.config.Theme)
	}
	if want := d.config.Language; want != "" && want != d.words.Language() {
		d.say("language", warn, "doctor.language.none", "Language", want, "Instead", d.words.Language())
	}
}

func (d *doctor) checkStore(ctx context.Context) {
	dir, err := d.storeDir()
	if err != nil {
		if d.noHome == nil {
			d.found = append(d.found, finding{"store", bad, d.explain(err)})
		}
		return
	}
	if free, ok := freeBytes(dir); ok {
		// A store takes tens of MB; below 100 MB of free disk it may not grow.
		if free < 100<<20 {
			d.say("disk", bad, "doctor.disk.low", "Free", int64(free), "Dir", dir)
		} else {
			d.say("disk", good, "doctor.disk.good", "Free", int64(min(free, 1<<62)), "Dir", dir)
		}
	}
	mode, there := modeOf(dir)
	if _, err := os.Lstat(dir); !there && errors.Is(err, os.ErrNotExist) {
		d.say("store", good, "doctor.store.none", "Dir", dir)
		return
	}
	if there && mode&0o077 != 0 {
		d.say("store", warn, "doctor.store.mode", "Dir", dir, "Mode", fmt.Sprintf("%04o", mode))
	}
	d.inside(ctx, dir)
}

// opening tells each step of the opening in a line.
func (d *doctor) opening(store reported) {
	for _, step := range store.Report().Steps {
		state, detail := good, step.Detail
		switch step.State {
		case storage.Repaired:
			state = warn
		case storage.Warned:
			state = bad
		}
		if detail.IsZero() {
			detail = model.Say("doctor.step.fine")
		}
		d.say("store", state, "shell.store.step", "Step", model.Say("doctor.step."+string(step.Name)), "Detail", detail)
	}
}

// inside opens the store and looks at what it holds.
func (d *doctor) inside(ctx context.Context, dir string) {
	store, err := storage.Open(dir, d.storage())
	var locked *storage.LockedError
	switch {
	case errors.As(err, &locked) && locked.PID != 0:
		d.say("store", warn, "doctor.store.locked", "Dir", dir, "PID", locked.PID)
		return
	case err != nil:
		d.found = append(d.found, finding{"store", bad, d.explain(err)})
		var newer *storage.NewerError
		if errors.As(err, &newer) {
			d.say("store", warn, "doctor.store.readable")
		}
		return
	}
	d.opening(store)
	founded, err := room.Founded(store)
	if err == nil && !founded {
		d.say("store", good, "doctor.store.none", "Dir", dir)
		err = store.Close()
	} else if err == nil {
		var s *session
		if s, err = d.begin(ctx, store, dir, "", model.DoorShell); err == nil {
			d.read(s, dir)
			err = s.close()
		}
	}
	if err != nil {
		d.found = append(d.found, finding{"store", bad, d.explain(err)})
	}
}

func (d *doctor) read(s *session, dir string) {
	o := s.room.Overview()
	d.found = append(d.found, finding{"store", good, d.words.N("doctor.store.good", len(o.Rows), "Dir", dir)})
	if _, fingerprint := hostKeyLines(dir); fingerprint != "" {
		d.say("hostkey", good, "doctor.hostkey", "Fingerprint", fingerprint)
	}
	d.peers(s)
	if o.Newer > 0 {
		d.found = append(d.found, finding{"store", warn, d.words.N("doctor.store.newer", o.Newer)})
	}
	last := int64(0)
	for _, r := range o.Rows {
		last = max(last, r.Changed)
	}
	if now := d.Now().UnixMilli(); last > now+model.MaxAhead.Milliseconds() {
		d.say("clock", bad, "doctor.clock.back", "Last", time.UnixMilli(last), "Now", d.Now())
	}
}

// oldestYear is the year in which this program was written: a clock before it
// is wrong.
const oldestYear = 2026

func (d *doctor) checkClock() {
	now := d.Now()
	if now.Year() < oldestYear || now.Year() > oldestYear+50 {
		d.say("clock", bad, "doctor.clock.wrong", "Now", now)
		return
	}
	d.say("clock", good, "doctor.clock.good", "Now", now, "Zone", d.words.Zone(now))
}

func (d *doctor) checkTerminal(ctx context.Context) {
	file, shows := terminal(d.out)
	if !shows {
		d.say("terminal", good, "doctor.terminal.none")
	} else if w, h, err := term.GetSize(file.Fd()); err == nil {
		key, state := "doctor.terminal.size", good
		if w < 40 || h < 10 {
			key, state = "doctor.terminal.small", warn
		}
		d.say("terminal", state, key, "Width", w, "Height", h)
	}
	switch name := d.getenv("TERM"); name {
	case "":
		d.say("terminal", warn, "doctor.terminal.unset")
	case "dumb":
		d.say("terminal", warn, "doctor.terminal.dumb")
	default:
		d.say("terminal", good, "doctor.terminal.name", "Term", name)
	}
	d.say("colour", good, "doctor.colour", "Depth", model.Say("doctor.colour."+depthWord(themes.DepthOf(d.getenv))))
	if d.utf8() {
		d.say("locale", good, "doctor.utf8.good")
	} else {
		d.say("locale", warn, "doctor.utf8.none")
	}
	if d.getenv("TMUX") == "" {
		return
	}
	// tmux answers at once, or not at all.
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "tmux", "-V").Output()
	if err != nil {
		d.say("tmux", warn, "doctor.tmux.none")
		return
	}
	d.say("tmux", good, "doctor.tmux", "Version", string(out))
}

func depthWord(d themes.Depth) string {
	switch d {
	case themes.ANSI16:
		return "16"
	case themes.ANSI256:
		return "256"
	case themes.TrueColour:
		return "true"
	}
	return "none"
}
