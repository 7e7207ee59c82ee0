package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/invite"
	"warroom/sync/link"
	"warroom/sync/room"
)

// envInvite may hold an invite for `join`. It is taken out of the environment at once.
const envInvite = "WARROOM_INVITE"

// maxInvite bounds an invite as it is typed or piped, in bytes.
const maxInvite = 8 << 10

// joinVerbs ask to come into the workspace of others.
func (a *app) joinVerbs() []verb {
	var name, label string
	return []verb{{
		name: "join", max: -1,
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&name, "name", "", a.T("shell.flag.joinname"))
			f.StringVar(&label, "label", "", a.T("shell.flag.label"))
		},
		example: "warroom join\nwarroom join --name Bea < invite.txt\nwarroom join --workspace acme",
		run: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				if looksInvite(args[0]) {
					return misuse("shell.join.argument")
				}
				return misuse("shell.usage.many", "Use", cmd.Use, "Extra", args[0])
			}
			return a.join(cmd.Context(), name, label)
		},
	}}
}

// join asks at the door of the room that made the invite, and waits until somebody there
// lets this device in. Until then nothing is made but the device's key, so that asking
// again is the same request.
func (a *app) join(ctx context.Context, name, label string) error {
	dir, err := a.storeDir()
	if err != nil {
		return err
	}
	if storage.There(dir) {
		return refuse("shell.join.home", "Dir", dir, "Workspace", a.flags.workspace)
	}
	is, err := a.invitation(ctx)
	if err != nil {
		return err
	}
	if name == "" {
		if name, err = a.founder(ctx, model.DoorShell); err != nil {
			return err
		}
	}
	if name, err = model.CheckPersonName(name); err != nil {
		return err
	}
	if label == "" {
		if label, err = os.Hostname(); err != nil {
			label = "host"
		}
	}
	key, err := room.KeyAt(dir)
	if err != nil {
		return err
	}
	in, err := a.ask(ctx, key, is, name, label)
	if err != nil {
		return err
	}
	if err := a.guestRoom(ctx, dir, is.Workspace); err != nil {
		return err
	}
	if err := a.keepInviter(filepath.Join(dir, link.PeersFile), is); err != nil {
		return err
	}
	if a.asJSON() {
		return a.json(map[string]string{"access": in.Access.String(), "workspace": is.Workspace.String()})
	}
	if in.Known { // it was let in before, and what it may do comes with the membership
		a.tell(a.T("shell.join.known"))
		return nil
	}
	a.tell(a.T("shell.join.in", "Access", in.Access.Phrase()))
	return nil
}

// invitation reads the invite: from WARROOM_INVITE, from the terminal, or from standard
// input.
func (a *app) invitation(ctx context.Context) (invite.Invite, error) {
	text := a.given
	if _, ok := terminal(a.in); text == "" && ok {
		io.WriteString(a.err, a.T("shell.join.ask")+" ")
		line, err := a.readLineOf(ctx, maxInvite)
		if err != nil {
			return invite.Invite{}, err
		}
		text = line
	} else if text == "" {
		raw, err := a.readInput(ctx, maxInvite)
		if err != nil {
			return invite.Invite{}, err
		}
		text = string(raw)
	}
	is, err := invite.Parse(text)
	if err != nil {
		return is, invitationProblem(err)
	}
	return is, nil
}

// looksInvite reports an argument that is an invite, or the beginning of one.
func looksInvite(typed string) bool {
	s := strings.ToLower(strings.TrimSpace(typed))
	return len(s) > len("wr1-") && strings.HasPrefix(s, "wr") && '0' <= s[2] && s[2] <= '9' && s[3] == '-'
}

// invitationProblem says what is wrong with an invite.
func invitationProblem(err error) error {
	name := "shell.join.none"
	switch {
	case errors.Is(err, invite.ErrNewer):
		name = "shell.join.newer"
	case errors.Is(err, invite.ErrLength):
		name = "shell.join.length"
	case errors.Is(err, invite.ErrMistyped):
		name = "shell.join.mistyped"
	}
	return &problem{phrase: model.Say(name), usage: true, cause: err}
}

// keepInviter writes the room that made the invite into the file of peers, so that this
// one finds it again.
func (a *app) keepInviter(file string, is invite.Invite) error {
	had, err := link.LoadPeers(file)
	if err != nil {
		return err
	}
	peer := link.Peer{Pin: is.Pin}
	for _, address := range is.Addresses {
		if host, ok := strings.CutPrefix(address, "ssh:"); ok {
			peer.SSH = cmp.Or(peer.SSH, host)
			peer.Name = cmp.Or(peer.Name, host)
			continue
		}
		peer.Addresses = append(peer.Addresses, address)
		if host, _, err := net.SplitHostPort(address); err == nil {
			peer.Name = cmp.Or(peer.Name, host)
		}
	}
	peer.Name = freeName(had, cmp.Or(peer.Name, "room"))
	had.All = append(had.All, peer)
	return link.SavePeers(file, had)
}
