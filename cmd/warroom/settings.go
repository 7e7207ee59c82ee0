package main

import (
	"errors"
	"log/slog"

	"warroom/cmd/internal/config"
	"warroom/model"
	"warroom/sync/room"
)

// What a process that lasts uses of the config is asked for at each use, and the file is
// read again when it changed: how pages are sent, and the commands that something is
// handed to. What a console is shown with (theme, language, mouse, which commands it
// offers) is of its beginning, and so of the next console.

// settings is the config as it counts now. Whoever came through a door has the one that
// was sent along.
func (a *app) settings() config.Config {
	if a.live == nil {
		return a.config
	}
	return a.live.Look()
}

// tellOfConfig has the log told, and the room's consoles look, whenever another config was
// read. It is for before the first look.
func (a *app) tellOfConfig(r *room.Room, log *slog.Logger) {
	if a.live == nil {
		return
	}
	a.live.OnChange(func() {
		if err := a.live.Wrong(); err != nil {
			log.Warn("the config cannot be used; the one before stays", "error", err)
		} else {
			log.Info("the config was read again", "file", a.paths.File)
		}
		r.Ring()
	})
}

// configWarnings are what whoever runs the room must know of their config.
func (a *app) configWarnings() []model.Phrase {
	var wrong *config.Error
	if !errors.As(a.live.Wrong(), &wrong) {
		return nil
	}
	return []model.Phrase{model.Say("warning.config", "Wrong", configWrong(wrong))}
}
