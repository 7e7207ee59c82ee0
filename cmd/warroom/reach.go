package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"warroom/model"
	"warroom/sync/attach"
	"warroom/sync/door"
)

// reach is where a room is to be found.
type reach struct {
	socket string
	// own reports this user's own room, which is started where it does not run.
	own bool
	// owners are the users whose process may be at the socket.
	owners []uint32
}

// trusts reports a user whose room process this may be.
func (r reach) trusts(uid uint32) bool {
	for _, o := range r.owners {
		if o == uid {
			return true
		}
	}
	return false
}

// reach finds which room is meant: --socket, WARROOM_SOCKET, the service of this
// machine for the workspace, this user's own room, in this order. It is the same one
// for as long as this process lives: who was in the room of a service must not be
// taken to one of their own when that is started anew.
func (a *app) reach() (reach, error) {
	if a.reached == nil {
		r, err := a.find()
		if err != nil {
			return r, err
		}
		a.reached = &r
	}
	return *a.reached, nil
}

func (a *app) find() (reach, error) {
	me := uint32(os.Getuid())
	if socket := a.socketNamed(); socket != "" {
		owner, err := door.OwnerOf(filepath.Dir(socket))
		if err != nil {
			owner = me
		}
		return reach{socket: socket, owners: []uint32{me, 0, owner}}, nil
	}
	dir, err := a.storeDir()
	if err != nil {
		return reach{}, err
	}
	service := door.ServiceSocket(a.serviceDir(), a.flags.workspace)
	if owner, err := door.OwnerOf(filepath.Dir(service)); err == nil {
		switch st, err := os.Lstat(service); {
		case err == nil && st.Mode()&fs.ModeSocket != 0:
			return reach{socket: service, owners: []uint32{0, owner}}, nil
		case errors.Is(err, fs.ErrPermission) && !a.asJSON():
			a.note(a.T("shell.service.closed", "Dir", filepath.Dir(service)))
		}
	}
	return reach{socket: door.OwnSocket(dir), own: true, owners: []uint32{me}}, nil
}

func (a *app) socketNamed() string {
	if a.flags.socket != "" {
		return a.flags.socket
	}
	return a.getenv("WARROOM_SOCKET")
}

func (a *app) serviceDir() string {
	if a.ServiceDir != "" {
		return a.ServiceDir
	}
	return door.ServiceDir
}

// dial connects to the room if its process runs. It fails with attach.ErrNone
// when none does.
func (a *app) dial(ctx context.Context) (*attach.Conn, reach, error) {
	r, err := a.reach()
	if err != nil {
		return nil, r, err
	}
	c, err := attach.Dial(ctx, r.socket, thisBuild().token(), r.trusts)
	switch {
	case errors.Is(err, attach.ErrNone) && !r.own && a.socketNamed() != "":
		return nil, r, &problem{phrase: model.Say("shell.room.nosocket", "Socket", r.socket), cause: err}
	case errors.Is(err, attach.ErrStranger):
		return nil, r, &problem{phrase: model.Say("shell.room.stranger", "Socket", r.socket), cause: err}
	case errors.Is(err, fs.ErrPermission):
		return nil, r, &problem{phrase: model.Say("shell.room.permission", "Socket", r.socket), cause: err}
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return nil, r, &problem{phrase: model.Say("shell.room.silent", "Socket", r.socket), cause: err}
	}
	return c, r, err
}

func isTimeout(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}

// How long a room process may take to come up, and how often it is looked for: a
// store that must be made anew takes its time, and says so in its log.
const (
	startPatience = 30 * time.Second
	startPause    = 10 * time.Millisecond
)

// attached connects to the room, and starts this user's own where it does not
// run. name is the founder's, for a room that is not founded yet.
func (a *app) attached(ctx context.Context, name string) (*attach.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	for {
		c, r, err := a.dial(ctx)
		if !errors.Is(err, attach.ErrNone) && !errors.Is(err, attach.ErrGone) {
			return c, err
		}
		if r.own && errors.Is(err, attach.ErrNone) {
			if err := a.start(ctx, name); err != nil {
				return nil, err
			}
			continue
		}
		// A service that is being started again, or a process that is just ending.
		select {
		case <-ctx.Done():
			return nil, &problem{phrase: model.Say("shell.room.silent", "Socket", r.socket), cause: err}
		case <-time.After(startPause):
		}
	}
}

// started is what a room process in the background says once, when it is ready or
// knows that it will not be.
type started struct {
	Ready bool `json:"ready"`
	// Wrong is the sentence of a refusal, Code its code.
	Wrong string `json:"wrong,omitempty"`
	Code  string `json:"code,omitempty"`
}

// logFile is where a room process in the background writes what it does.
const logFile = "room.log"

// mostLog is how long that file may be when a new process begins; one older file
// is kept.
const mostLog = 1 << 20

// envStarted is set for a room process in the background: it starts no other.
const envStarted = "WARROOM_STARTED"

var (
	errNoProgram = errors.New("the program's own file is not known")
	errStarted   = errors.New("a room process starts no other")
)

// start starts this user's room process in the background, and waits until it is
// ready. When another process was faster, that one is as good.
func (a *app) start(ctx context.Context, name string) error {
	dir, err := a.storeDir()
	if err != nil {
		return err
	}
	failed := func(err error) error {
		return &problem{phrase: model.Say("shell.room.start", "Dir", dir, "Cause", root(err)), cause: err}
	}
	switch {
	case a.Program == "":
		return failed(errNoProgram)
	case a.getenv(envStarted) != "":
		return failed(errStarted)
	}
	log, err := openLog(dir)
	if err != nil {
		return failed(err)
	}
	defer log.Close()
	ready, tell, err := os.Pipe()
	if err != nil {
		return failed(err)
	}
	defer ready.Close()
	cmd := exec.Command(a.Program, "serve", "--background", "--workspace", a.flags.workspace)
	cmd.Args[0] = "warroom"
	cmd.Dir = "/" // it must not keep anybody's disk busy
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = log, log, []*os.File{tell}
	cmd.SysProcAttr = ownSession()
	for name, value := range a.env {
		if !sessionOnly[name] {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	cmd.Env = append(cmd.Env, envStarted+"=1")
	if name != "" {
		cmd.Env = append(cmd.Env, door.EnvName+"="+name)
	}
	err = cmd.Start()
	tell.Close()
	if err != nil {
		return failed(err)
	}
	go func() { _ = cmd.Wait() }() // it outlives this process as a rule
	stop := context.AfterFunc(ctx, func() { ready.Close() })
	defer stop()
	var said started
	if err := json.NewDecoder(io.LimitReader(ready, 64<<10)).Decode(&said); err != nil {
		if ctx.Err() != nil {
			return failed(ctx.Err())
		}
		return &problem{phrase: model.Say("shell.room.died", "File", log.Name()), cause: err}
	}
	if said.Wrong != "" {
		return &problem{phrase: model.Say("shell.text", "Text", said.Wrong), code: said.Code}
	}
	return nil
}

// sessionOnly are variables of one terminal, which a process for many must not
// take for its own.
var sessionOnly = map[string]bool{
	"TERM": true, "COLORTERM": true, "TMUX": true, "TMUX_PANE": true, "STY": true, "SSH_TTY": true, "SSH_CLIENT": true,
	"SSH_CONNECTION": true, "WARROOM_INCIDENT": true, "WARROOM_SOCKET": true, "NO_COLOR": true, "NOTIFY_SOCKET": true,
}

// openLog opens the room process's log for appending.
func openLog(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, logFile)
	if st, err := os.Stat(file); err == nil && st.Size() > mostLog {
		if err := os.Rename(file, file+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
}
