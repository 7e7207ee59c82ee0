package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

// backupVerbs copy a room out of its store, and back.
func (a *app) backupVerbs() []verb {
	var force bool
	return []verb{
		{
			name: "backup", args: "FILE", min: 1, max: 1,
			flags:   func(f *pflag.FlagSet) { f.BoolVar(&force, "force", false, a.T("shell.flag.force")) },
			example: "warroom backup /mnt/usb/warroom-$(date +%F).backup",
			run:     func(_ *cobra.Command, args []string) error { return a.backup(args[0], force) },
		},
		{
			name: "restore", args: "FILE", min: 1, max: 1,
			example: "warroom restore warroom.backup\nwarroom restore warroom.backup --workspace drill",
			run:     func(cmd *cobra.Command, args []string) error { return a.restore(cmd, args[0]) },
		},
	}
}

// copied is what a backup or a restoring did, for a program.
type copied struct {
	File      string `json:"file"`
	Workspace string `json:"workspace"`
	Dir       string `json:"dir"`
	Made      int64  `json:"made_ms"`
	Events    uint64 `json:"events"`
	Logs      int    `json:"logs"`
	Bytes     int64  `json:"bytes"`
}

func (a *app) copied(file, dir string, info storage.BackupInfo) copied {
	return copied{file, a.flags.workspace, dir, info.Made, info.Events, info.Logs, info.Size}
}

// backup writes the room into a file for this user alone. It needs no lock but
// where the journal does not hold everything.
func (a *app) backup(file string, force bool) error {
	dir, err := a.storeDir()
	if err != nil {
		return err
	}
	var info storage.BackupInfo
	var inside error
	err = a.saveWith(file, force, 0o600, func(f *os.File) error {
		info, inside = storage.Backup(dir, f, a.Now())
		return inside
	})
	var locked *storage.LockedError
	switch {
	case errors.As(inside, &locked):
		return &problem{phrase: model.Say("shell.backup.locked", "PID", locked.PID, "Dir", dir), cause: inside}
	case errors.Is(inside, storage.ErrNoStore):
		return refuse("shell.backup.none", "Dir", dir)
	case inside != nil && !a.phraseOf(inside).IsZero():
		return inside
	case err != nil:
		return err
	}
	if a.asJSON() {
		return a.json(a.copied(file, dir, info))
	}
	a.line(a.words.N("shell.backup.done", int(info.Events), "File", file, "Size", info.Size))
	a.tell(a.T("shell.backup.care"))
	return nil
}

// restore makes the room of a workspace that has none.
func (a *app) restore(cmd *cobra.Command, file string) error {
	dir, err := a.storeDir()
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return &problem{phrase: model.Say("shell.unreadable", "File", file, "Cause", root(err)), cause: err}
	}
	defer f.Close()
	info, err := room.Restore(cmd.Context(), dir, f, room.Options{Now: a.Now}, a.storage())
	if err != nil {
		return a.unrestored(file, dir, err)
	}
	if a.asJSON() {
		return a.json(a.copied(file, dir, info))
	}
	a.line(a.words.N("shell.restore.done", int(info.Events), "Made", info.Made, "Dir", dir))
	a.tell(a.T("shell.restore.key"))
	return nil
}

// unrestored says why a backup was not restored.
func (a *app) unrestored(file, dir string, err error) error {
	say := func(key string) error {
		return &problem{phrase: model.Say(key, "File", file, "Dir", dir, "Cause", root(err)), cause: err}
	}
	var newer *storage.NewerError
	switch {
	case errors.Is(err, room.ErrRoomThere):
		return say("shell.restore.there")
	case errors.Is(err, storage.ErrNotBackup):
		return say("shell.restore.other")
	case errors.Is(err, storage.ErrBackupCut):
		return say("shell.restore.cut")
	case errors.Is(err, storage.ErrBackupAltered):
		return say("shell.restore.altered")
	case errors.As(err, &newer):
		return &problem{phrase: model.Say("shell.restore.newer", "File", file, "Have", newer.Have, "Know", newer.Know), cause: err}
	case !a.phraseOf(err).IsZero():
		return err
	}
	return say("shell.restore.failed")
}
