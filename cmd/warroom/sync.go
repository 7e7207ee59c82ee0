package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/storage"
	"warroom/sync/link"
)

// syncVerbs join a peer that comes over ssh to the room.
func (a *app) syncVerbs() []verb {
	var stdio bool
	there := func(cmd *cobra.Command, _ []string, _ *remote) error {
		if !stdio {
			return misuse("shell.sync.how")
		}
		return a.syncStdio(cmd.Context())
	}
	return []verb{{
		name: "sync", max: 0, room: true,
		flags:  func(f *pflag.FlagSet) { f.BoolVar(&stdio, "stdio", false, a.T("shell.flag.stdio")) },
		errand: there,
		run: func(cmd *cobra.Command, args []string) error {
			if a.door != nil && stdio {
				return a.joinPeer(cmd.Context())
			}
			return there(cmd, args, nil)
		},
	}}
}

// syncStdio carries bytes between standard input and output and the room process,
// which is started where none runs. It writes nothing else to standard output: the
// peer at the other end takes every byte for the link's.
func (a *app) syncStdio(ctx context.Context) error {
	if _, ok := terminal(a.in); ok {
		return refuse("shell.sync.terminal")
	}
	if _, ok := terminal(a.out); ok {
		return refuse("shell.sync.terminal")
	}
	at, err := a.reach()
	if err != nil {
		return err
	}
	if at.own {
		dir, err := a.storeDir()
		if err != nil {
			return err
		}
		if !storage.There(dir) { // nobody has asked for a room here
			return refuse("shell.sync.none")
		}
	}
	c, err := a.attached(ctx, "")
	if err != nil {
		return err
	}
	defer c.Close()
	r := &remote{a, c}
	return r.does(ctx, errand{args: []string{"sync", "--stdio"}, in: a.in})
}

// joinPeer hands what comes through a door to the links. What is in it is between the
// two rooms: TLS runs inside, and the door only carries bytes.
func (a *app) joinPeer(ctx context.Context) error {
	s := a.door.session
	if s.Term != "" {
		return refuse("shell.sync.terminal")
	}
	shell := a.door.doorman.links.running()
	if shell == nil {
		return refuse("shell.sync.none")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn := link.Stdio(carrier{s, cancel}, carrier{s, cancel}, "ssh")
	defer conn.Close()
	shell.Accept(ctx, conn)
	<-ctx.Done() // the link has it, until either side closes it
	return nil
}

// carrier is a session as a stream; who closes it ends the session.
type carrier struct {
	io.ReadWriter
	end context.CancelFunc
}

// Close ends the session soon: what was written leaves with it.
func (c carrier) Close() error {
	c.end()
	return nil
}
