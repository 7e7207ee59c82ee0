package link

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"warroom/model"
	"warroom/sync/invite"
)

// InvitesFile is the name of the file of invites in a store's folder.
const InvitesFile = "invites.json"

// CodeInvitesOpen is a file of invites that others may read or write: the secrets in it let
// somebody in. File, and Mode as it is.
const CodeInvitesOpen model.Code = "invites.open"

// loadDesk reads the file of invites; one that is not there has none. One that nobody can
// read any more is moved aside: its new name is given, and no invite of it counts. It is
// refused with CodeInvitesOpen or CodeInviteKeep.
func loadDesk(path string, workspace model.Scope, device model.DeviceKey) (desk *invite.Desk, moved string, err error) {
	fail := func(err error) (*invite.Desk, string, error) {
		return nil, "", model.Refuse(CodeInviteKeep, "File", path).Because(err)
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return invite.NewDesk(workspace, device), "", nil
	}
	if err != nil {
		return fail(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fail(err)
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return nil, "", model.Refuse(CodeInvitesOpen, "File", path, "Mode", fmt.Sprintf("%04o", mode))
	}
	raw, err := io.ReadAll(io.LimitReader(f, invite.MaxDesk+1))
	if err != nil {
		return fail(err)
	}
	if desk, err = invite.DecodeDesk(raw, workspace, device); err == nil {
		return desk, "", nil
	}
	moved = path + ".damaged"
	if err := os.Rename(path, moved); err != nil {
		return fail(err)
	}
	return invite.NewDesk(workspace, device), moved, nil
}

// saveDesk has the desk on the disk, for its owner alone, when it returns. It is refused
// with CodeInviteKeep.
func saveDesk(path string, d *invite.Desk) error {
	raw, err := d.Encode()
	if err == nil {
		err = replaceFile(path, raw)
	}
	if err != nil {
		return model.Refuse(CodeInviteKeep, "File", path).Because(err)
	}
	return nil
}

// replaceFile writes a file anew, for its owner alone. The old one stands until the new one is
// whole on the disk, and when it returns the new one does.
func replaceFile(path string, raw []byte) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, filepath.Base(path)+".*") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if runtime.GOOS == "windows" {
		return nil // has no such sync
	}
	return d.Sync()
}
