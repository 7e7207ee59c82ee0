package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/door"
	"warroom/sync/room"
)

// lingering is how long a room process in the background stays after its last
// console: somebody who comes back after a meeting finds it as it was.
const lingering = 10 * time.Minute

// endTime is how long consoles have to say goodbye when the room process ends.
const endTime = 4 * time.Second

// serving are the flags of the room process.
type serving struct {
	background  bool
	linger      time.Duration
	ssh         []string
	keys        string
	authorities string
	newcomers   string
	shared      []string
	name        string
	peers       []string
}

// serveVerbs run the room process.
func (a *app) serveVerbs() []verb {
	var s serving
	var again bool
	return []verb{
		{
			name: "serve", max: 0,
			example: "warroom serve --ssh :2222 --keys ~/.ssh/authorized_keys",
			flags: func(f *pflag.FlagSet) {
				f.StringSliceVar(&s.ssh, "ssh", nil, a.T("shell.flag.ssh"))
				f.StringVar(&s.keys, "keys", "", a.T("shell.flag.keys"))
				f.StringVar(&s.authorities, "authorities", "", a.T("shell.flag.authorities"))
				f.StringVar(&s.newcomers, "newcomers", "", a.T("shell.flag.newcomers"))
				f.StringSliceVar(&s.shared, "shared", nil, a.T("shell.flag.shared"))
				f.StringVar(&s.name, "name", "", a.T("shell.flag.name"))
				f.StringSliceVar(&s.peers, "peers", nil, a.T("shell.flag.servepeers"))
				f.BoolVar(&s.background, "background", false, "")
				f.DurationVar(&s.linger, "linger", lingering, "")
				for _, hidden := range []string{"background", "linger"} {
					_ = f.MarkHidden(hidden) // they are there
				}
			},
			run: func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context(), s) },
		},
		{
			name: "stop", max: 0,
			flags: func(f *pflag.FlagSet) { f.BoolVar(&again, "restart", false, a.T("shell.flag.restart")) },
			run:   func(cmd *cobra.Command, _ []string) error { return a.stop(cmd.Context(), again) },
		},
	}
}

// serve is the room process: it has the store, lets people in, and ends when it is
// told to, or in the background when nobody was there for a while.
func (a *app) serve(ctx context.Context, s serving) error {
	if !s.background {
		return a.serving(ctx, s, func() {})
	}
	tell := os.NewFile(3, "ready")
	say := func(st started) {
		_ = json.NewEncoder(tell).Encode(st) // whoever started this may be gone
		_ = tell.Close()
	}
	told := false
	err := a.serving(ctx, s, func() {
		told = true
		say(started{Ready: true})
	})
	if err != nil && !told {
		say(started{Wrong: a.explain(err), Code: stableCode(err)})
	}
	return err
}

// errElsewhere says that another process has the room, and serves it.
var errElsewhere = errors.New("another process serves the room")

// collectAt is how much of what lives the memory of a room process may grow by before
// it is swept, in hundredths. A hundred consoles are a lot that lives and changes
// little: at the usual 100 they take a fourth more, and new pages cost more time than
// the sweeping.
const collectAt = 40

func (a *app) serving(ctx context.Context, s serving, ready func()) error {
	if a.getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	dir, err := a.storeDir()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(a.err, nil))
	pol, err := a.policyOf(s)
	if err != nil {
		return err
	}
	a.linking = newLinking(a, dir, log)
	sess, r, err := a.openRoom(ctx, dir, s)
	if errors.Is(err, errElsewhere) {
		if s.background {
			ready() // that one is as good
			return nil
		}
		return refuse("shell.serve.elsewhere", "Dir", dir)
	}
	if err != nil {
		return err
	}
	p := &process{
		app: a, log: log, room: r, dir: dir, linger: s.linger, background: s.background,
		stop: make(chan bool, 1),
	}
	d := &doorman{
		app: a, room: r, policy: pol, places: newPlaces(filepath.Join(dir, "drafts"), a.Now), log: log, prompt: dir,
		ask: p.ask, links: a.linking, checkup: func() []finding { return a.checkup(sess) },
	}
	p.doorman = d
	a.readOnly = sess.readOnly
	err = p.run(ctx, s, ready)
	return errors.Join(err, sess.close())
}

// lockPatienceServe is how long a room process waits for a verb that has the store
// for a moment.
const lockPatienceServe = 10 * time.Second

// openRoom opens the store and the room in it. When another room process has it, it
// fails with errElsewhere.
func (a *app) openRoom(ctx context.Context, dir string, s serving) (*session, *room.Room, error) {
	socket := a.listenAt(dir)
	deadline := time.Now().Add(lockPatienceServe)
	for {
		store, err := storage.Open(dir, a.storage())
		var locked *storage.LockedError
		if err != nil && errors.As(err, &locked) {
			// A socket that the service manager made is this process's own.
			if c, derr := net.Dial("unix", socket); derr == nil && a.getenv("LISTEN_FDS") == "" {
				c.Close()
				return nil, nil, errElsewhere
			}
			if time.Now().After(deadline) || ctx.Err() != nil {
				return nil, nil, err
			}
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
			continue
		}
		var opened storage.Store = store
		if err != nil {
			if opened, err = a.readable(dir, model.DoorConsole, true, err); err != nil {
				return nil, nil, err
			}
		}
		sess, err := a.beginServing(ctx, opened, dir, s)
		if err != nil {
			return nil, nil, err
		}
		return sess, sess.room.(*room.Room), nil
	}
}

// beginServing takes up the room, or founds it under a name that was given.
func (a *app) beginServing(ctx context.Context, store storage.Store, dir string, s serving) (*session, error) {
	founded, err := room.Founded(store)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	name := ""
	if !founded {
		if name = s.name; name == "" {
			name = a.getenv(door.EnvName)
		}
		if name == "" {
			if name, err = a.founder(ctx, model.DoorShell); err != nil {
				return nil, errors.Join(err, store.Close())
			}
		}
	}
	return a.begin(ctx, store, dir, name, model.DoorConsole)
}

// listenAt is where this process listens.
func (a *app) listenAt(dir string) string {
	if socket := a.socketNamed(); socket != "" {
		return socket
	}
	return door.OwnSocket(dir)
}

// policyOf reads who may come in from the flags.
func (a *app) policyOf(s serving) (policy, error) {
	host, err := os.Hostname()
	if err != nil {
		host = "host"
	}
	p := policy{uid: uint32(os.Getuid()), host: host, shared: map[string]bool{}, mu: &sync.Mutex{}}
	p.machine = machineOf()
	for _, login := range s.shared {
		p.shared[strings.TrimSpace(login)] = true
	}
	if s.newcomers != "" && s.newcomers != "none" {
		if p.newcomers, err = model.ParseAccess(s.newcomers); err != nil {
			return p, misuse("shell.text", "Text", a.explain(err))
		}
	}
	return p, nil
}

// process is a running room process.
type process struct {
	app        *app
	log        *slog.Logger
	room       *room.Room
	doorman    *doorman
	dir        string
	background bool
	linger     time.Duration
	stop       chan bool // holds whether it comes back
}

// ask has the process end.
func (p *process) ask(again bool) {
	select {
	case p.stop <- again:
	default: // it ends already
	}
}

// run lets people in until the process must end.
func (p *process) run(ctx context.Context, s serving, ready func()) error {
	hostKey, err := hostKeyOf(p.dir)
	if err != nil {
		return err
	}
	keys, err := p.keysOf(s)
	if err != nil {
		return err
	}
	doors := door.New(door.Options{
		Handle: p.doorman.serve, HostKey: hostKey, Keys: keys, Version: thisBuild().token(), Log: p.log, Now: p.app.Now,
	})
	listeners, sockets, err := p.listen(s)
	if err != nil {
		return err
	}
	peers, err := p.listenForPeers(s)
	if err != nil {
		for _, l := range append(listeners, sockets...) {
			_ = l.Close()
		}
		return err
	}
	failed := make(chan error, len(listeners)+len(sockets))
	var serving sync.WaitGroup
	for _, l := range sockets {
		serving.Go(func() { failed <- doors.ServeSocket(l) })
	}
	for _, l := range listeners {
		serving.Go(func() { failed <- doors.ServeSSH(l) })
	}
	p.app.tellOfConfig(p.room, p.log)
	watching, unwatch := context.WithCancel(ctx)
	serving.Go(func() { p.doorman.watch(watching) })
	linked, unlink := context.WithCancel(ctx)
	unlinked := make(chan struct{})
	serving.Go(func() {
		defer close(unlinked)
		if err := p.app.linking.run(linked, p.room, peers); err != nil {
			p.log.Error("the room cannot be linked with others", "error", err)
		}
	})
	serving.Go(func() { p.app.paging(linked, p.room, p.app.transport, p.log) })
	p.log.Info("the room is open", "pid", os.Getpid(), "dir", p.dir, "version", thisBuild().name())
	ready()
	_, _ = daemon.SdNotify(false, daemon.SdNotifyReady) // without a service manager it does nothing
	again, err := p.wait(ctx, doors, failed)
	_, _ = daemon.SdNotify(false, daemon.SdNotifyStopping)
	p.log.Info("the room is closing", "again", again)
	unlink() // first: peers hear a goodbye, and what comes by a door ends
	p.doorman.sendAway(p.app.T(closingSentence(again)), again)
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	for _, l := range append(sockets, listeners...) {
		_ = l.Close() // nobody is taken in any more
	}
	<-unlinked
	p.leaveRoom(ending, doors)
	unwatch()
	serving.Wait()
	return err
}

func closingSentence(again bool) string {
	if again {
		return "shell.room.returns"
	}
	return "shell.room.ends"
}

// leaveRoom gives consoles a moment to end by themselves, then ends them.
func (p *process) leaveRoom(ctx context.Context, doors *door.Server) {
	soon, cancel := context.WithTimeout(ctx, endTime/2)
	defer cancel()
	for doors.Sessions() > 0 && soon.Err() == nil {
		select {
		case <-soon.Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
	if err := doors.Shutdown(ctx); err != nil {
		p.log.Error("not every session ended", "error", err)
	}
}

// wait waits until the process must end, and says whether it comes back.
func (p *process) wait(ctx context.Context, doors *door.Server, failed <-chan error) (bool, error) {
	every := time.NewTicker(min(p.linger/10+time.Millisecond, time.Second))
	defer every.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return false, nil // a signal: it is meant
		case again := <-p.stop:
			return again, nil
		case err := <-failed:
			return false, &problem{phrase: model.Say("shell.serve.failed", "Cause", root(err)), cause: err}
		case <-every.C:
			if p.needed(doors) {
				last = time.Now()
			}
			if p.background && time.Since(last) >= p.linger {
				p.log.Info("nobody was here for a while", "time", p.linger.String())
				return false, nil
			}
		}
	}
}

// needed reports that the process is of use to somebody: to a console or a verb, to a room
// that is linked with it, to somebody who was invited, or because a page waits for an answer.
func (p *process) needed(doors *door.Server) bool {
	o := p.room.Overview()
	return doors.Sessions() > 0 || o.Peers.Linked() > 0 || len(o.Waiting) > 0 || len(o.Pages) > 0 ||
		len(o.People.Invites(p.app.Now().UnixMilli())) > 0
}

// listen opens the doors: the socket, or those that the service manager made, and
// the addresses for ssh.
func (p *process) listen(s serving) (ssh, sockets []net.Listener, err error) {
	defer func() {
		if err != nil {
			for _, l := range append(ssh, sockets...) {
				_ = l.Close()
			}
		}
	}()
	given, err := activation.Listeners()
	if err != nil {
		return nil, nil, err
	}
	for _, l := range given {
		if _, ok := l.(*net.UnixListener); ok {
			sockets = append(sockets, l)
		} else if l != nil {
			p.log.Info("ssh is open", "address", l.Addr().String())
			ssh = append(ssh, l)
		}
	}
	if len(sockets) == 0 {
		path := p.app.listenAt(p.dir)
		mode := fs.FileMode(0o600)
		if p.app.socketNamed() != "" {
			mode = 0o660 // it is for others: the folder says who gets that far
		}
		l, err := door.Listen(path, mode)
		if err != nil {
			return ssh, sockets, &problem{phrase: model.Say("shell.serve.socket", "Socket", path, "Cause", root(err)), cause: err}
		}
		sockets = append(sockets, l)
	}
	for _, addr := range s.ssh {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return ssh, sockets, &problem{phrase: model.Say("shell.serve.ssh", "Address", addr, "Cause", root(err)), cause: err}
		}
		p.log.Info("ssh is open", "address", l.Addr().String())
		ssh = append(ssh, l)
	}
	return ssh, sockets, nil
}

// listenForPeers opens the addresses for other rooms that were given at the start.
// Those of the file come and go with it.
func (p *process) listenForPeers(s serving) (doors []net.Listener, err error) {
	for _, addr := range s.peers {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			for _, l := range doors {
				_ = l.Close()
			}
			return nil, &problem{phrase: model.Say("shell.serve.peers", "Address", addr, "Cause", root(err)), cause: err}
		}
		p.log.Info("peers may come in", "address", l.Addr().String())
		doors = append(doors, l)
	}
	return doors, nil
}

// keysOf says who may come in over SSH.
func (p *process) keysOf(s serving) (door.Keys, error) {
	report := func(err error, problems []door.Problem) {
		if err != nil {
			p.log.Error("a file of keys cannot be read; nobody comes in by it", "error", err)
		}
		for _, pr := range problems {
			p.log.Warn("a key is left out", "where", pr.String())
		}
	}
	k := door.Keys{Member: func(key []byte) bool {
		_, ok := p.doorman.people().ByKey(key)
		return ok
	}}
	for file, to := range map[string]**door.KeyFile{s.keys: &k.File, s.authorities: &k.Authorities} {
		if file == "" {
			continue
		}
		// A file that is not there is said now; one that goes later, in the log.
		if _, problems, err := door.ReadKeys(file); err != nil {
			return k, unreadable(file, err)
		} else if len(problems) > 0 {
			report(nil, problems)
		}
		*to = &door.KeyFile{File: file, Report: report}
	}
	return k, nil
}
