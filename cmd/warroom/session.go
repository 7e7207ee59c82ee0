package main

import (
	"context"
	"errors"
	"io"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"warroom/model"
	"warroom/model/report"
	"warroom/storage"
	"warroom/sync/room"
)

// session is an open room with the person in front of it.
type session struct {
	*app
	room  model.Room
	who   model.Actor
	close func() error
	store storage.Store // nil at a door
	// looked counts the incidents that the list looked into.
	looked int
	// readOnly says that a newer warroom wrote the store.
	readOnly bool
}

// workspaceName reports a folder's name that is safe on any system: letters and
// digits, and from the second character on also points, dashes and underlines. It
// is no regular expression, because each start would wait for that.
func workspaceName(s string) bool {
	for i, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		case i > 0 && (c == '.' || c == '_' || c == '-'):
		default:
			return false
		}
	}
	return 1 <= len(s) && len(s) <= 64
}

// storeDir is the folder of the workspace.
func (a *app) storeDir() (string, error) {
	if !workspaceName(a.flags.workspace) {
		return "", misuse("shell.usage.workspace", "Workspace", a.flags.workspace)
	}
	if a.door != nil {
		return "", refuse("shell.door.folder")
	}
	if a.paths.Data == "" {
		return "", a.noHome
	}
	return filepath.Join(a.paths.Data, a.flags.workspace), nil
}

// storage says how a store is opened.
func (a *app) storage() storage.Options {
	return storage.Options{NetworkFS: a.getenv("WARROOM_NETWORK_FS") == "1"}
}

// with opens the room for a verb that writes, runs it and closes the room. The
// store is made on the first run.
func (a *app) with(ctx context.Context, via model.Door, do func(*session) error) error {
	return a.opened(ctx, via, true, do)
}

// look is with for a verb that only reads: where nothing was kept yet, it finds
// an empty room and leaves nothing behind.
func (a *app) look(ctx context.Context, do func(*session) error) error {
	return a.opened(ctx, model.DoorShell, false, do)
}

func (a *app) opened(ctx context.Context, via model.Door, create bool, do func(*session) error) error {
	s, err := a.open(ctx, via, create)
	if err != nil {
		return err
	}
	err = do(s)
	return errors.Join(err, s.close())
}

func (a *app) open(ctx context.Context, via model.Door, create bool) (*session, error) {
	if a.door != nil {
		// The room runs: this is one of the sessions on it.
		who := a.door.seat.Who()
		if via == model.DoorAlert {
			who.Via = via
		}
		return &session{app: a, room: a.door.seat, who: who, close: func() error { return nil }, readOnly: a.readOnly}, nil
	}
	dir, err := a.storeDir()
	if err != nil {
		return nil, err
	}
	if !create && !storage.There(dir) {
		return a.begin(ctx, storage.NewMemory(), "", "-", via)
	}
	store, err := a.wait(ctx, dir)
	if err != nil {
		store, err = a.readable(dir, via, create, err)
	}
	if err != nil {
		return nil, err
	}
	name := ""
	if founded, err := room.Founded(store); err != nil {
		return nil, errors.Join(err, store.Close())
	} else if !founded {
		if name, err = a.founder(ctx, via); err != nil {
			return nil, errors.Join(err, store.Close())
		}
	}
	s, err := a.begin(ctx, store, dir, name, via)
	if err == nil && name != "" && via != model.DoorConsole && !a.asJSON() {
		a.note(a.T("shell.founded", "Name", name))
	}
	return s, err
}

func (a *app) begin(ctx context.Context, store storage.Store, dir, name string, via model.Door) (*session, error) {
	warn := warnings(store)
	renew := a.doubt(store)
	o := room.Options{Store: store, Dir: dir, Name: name, Now: a.Now, Renew: renew, Warn: warn, Linked: peersIn(dir)}
	if a.live != nil {
		o.WarnOwn = a.configWarnings
	}
	if a.linking != nil {
		o.Feed = a.linking.fed
		o.TurnAway = a.linking.turnAway
		o.Warn = func() []model.Phrase { return append(warn(), a.linking.warnings()...) }
	}
	r, err := room.Open(ctx, o)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	if s, ok := store.(interface{ Adopt() error }); ok && renew != 0 {
		// Only now: a crash before the new log was begun must find the doubt again.
		if err := s.Adopt(); err != nil {
			return nil, errors.Join(err, r.Close())
		}
	}
	if goesOut(r) {
		r.SetLinked(true)
	}
	a.room = r
	s := &session{app: a, room: r, who: model.Actor{Person: r.Me(), Via: via}, close: r.Close}
	s.store = store
	_, s.readOnly = store.(*storage.ReadOnly)
	if err := r.Unremoved(); err != nil && !s.readOnly {
		a.note(a.explain(err)) // tried again at every opening
	}
	if via == model.DoorConsole {
		s.close = tended(ctx, warn, r)
	}
	return s, nil
}

// tended watches the store of a room that is open for long, and gives the room's
// close, which ends the watch first.
func tended(ctx context.Context, warn func() []model.Phrase, r *room.Room) func() error {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tend(ctx, warn, r.Ring)
	}()
	return func() error {
		cancel()
		<-done
		return r.Close()
	}
}

// reported is a store that says what its opening found.
type reported interface{ Report() storage.Report }

// ailing is a store that says how it is.
type ailing interface{ Health() storage.Health }

// tend rings the room when its store falls ill or is well again, until ctx ends.
func tend(ctx context.Context, warn func() []model.Phrase, ring func()) {
	last := len(warn())
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
			if now := len(warn()); now != last {
				last = now
				ring()
			}
		}
	}
}

// doubt is why the store must not go on with its logs, 0 when it may. Whoever
// uses it is told.
func (a *app) doubt(store storage.Store) model.OpenReason {
	s, ok := store.(reported)
	if !ok {
		return 0
	}
	report := s.Report()
	for _, step := range report.Steps {
		if step.State == storage.Warned {
			a.note(a.T("shell.store.step", "Step", model.Say("doctor.step."+string(step.Name)), "Detail", step.Detail))
		}
	}
	switch {
	case len(report.Behind) > 0:
		a.note(a.words.N("shell.store.behind", len(report.Behind)))
		return model.ReasonRestored
	case report.Cut:
		a.note(a.T("shell.store.cut"))
		return model.ReasonRestored
	case report.Copied:
		a.note(a.T("shell.store.copied"))
		return model.ReasonCopied
	}
	return 0
}

// warnings are what a store has to say to everybody in the room.
func warnings(store storage.Store) func() []model.Phrase {
	return func() []model.Phrase {
		var out []model.Phrase
		if _, ok := store.(*storage.ReadOnly); ok {
			out = append(out, model.Say("warning.newer"))
		}
		if s, ok := store.(ailing); ok {
			h := s.Health()
			if h.Damaged != nil {
				out = append(out, model.Say("warning.damaged"))
			}
			switch {
			case h.Failed != nil:
				out = append(out, model.Say("warning.store", "Cause", root(h.Failed)))
			case h.JournalOnly && h.FewFiles:
				out = append(out, model.Say("warning.files"))
			case h.JournalOnly:
				out = append(out, model.Say("warning.journal"))
			}
		}
		if s, ok := store.(reported); ok {
			if r := s.Report(); len(r.Behind) > 0 || r.Cut {
				out = append(out, model.Say("warning.behind"))
			}
		}
		return out
	}
}

// founder is the name of the person whose room this is going to be: as
// configured, as answered on a terminal, or as the system knows them.
func (a *app) founder(ctx context.Context, via model.Door) (string, error) {
	if a.config.Name != "" {
		return a.config.Name, nil
	}
	name := a.getenv("USER")
	if name == "" {
		if u, err := user.Current(); err == nil {
			name = u.Username
		}
	}
	if name == "" {
		name = "me"
	}
	_, reads := terminal(a.in)
	_, shows := terminal(a.err)
	switch {
	case via == model.DoorConsole:
		return a.askName(ctx, name)
	case !reads || !shows:
		return name, nil
	}
	io.WriteString(a.err, a.T("shell.name", "Name", name)+" ")
	typed, err := a.readLine(ctx)
	if typed = strings.TrimSpace(typed); typed == "" && err == nil {
		return name, nil
	}
	return typed, err
}

// readLine reads a line from the terminal, byte by byte: what is typed after it
// is the console's.
func (a *app) readLine(ctx context.Context) (string, error) {
	return a.readLineOf(ctx, 4*model.MaxPerson)
}

// readLineOf is readLine, of a line of so many bytes at the most.
func (a *app) readLineOf(ctx context.Context, most int) (string, error) {
	type result struct {
		line string
		err  error
	}
	got := make(chan result, 1)
	// As in readInput, the reader may outlive the wait for it.
	go func() {
		var line []byte
		var one [1]byte
		for len(line) < most {
			if _, err := io.ReadFull(a.in, one[:]); err != nil {
				got <- result{err: refuse("shell.interrupted")}
				return
			}
			if one[0] == '\n' {
				break
			}
			line = append(line, one[0])
		}
		got <- result{line: string(line)}
	}()
	select {
	case r := <-got:
		return r.line, r.err
	case <-ctx.Done():
		return "", refuse("shell.interrupted")
	}
}

// choose is the incident that a verb means: by -i, by WARROOM_INCIDENT, or
// because no other is open. Where it cannot tell it shows the list.
func (s *session) choose(ctx context.Context) (model.Scope, error) {
	o := s.room.Overview()
	typed := s.flags.incident
	if typed == "" {
		typed = s.getenv("WARROOM_INCIDENT")
	}
	if typed != "" {
		ids := make([]model.Scope, 0, len(o.Rows))
		for _, r := range o.Rows {
			ids = append(ids, r.ID)
		}
		return model.FindKey(typed, ids)
	}
	open := o.OpenRows()
	switch len(open) {
	case 0:
		return model.Scope{}, model.Refuse(model.CodeIncidentNone)
	case 1:
		return open[0].ID, nil
	}
	if !s.asJSON() {
		for _, l := range s.table(ctx, open) {
			s.noteRow(l)
		}
	}
	return model.Scope{}, model.Refuse(model.CodeIncidentChoose)
}

// chosen is choose, and the incident as it stands.
func (s *session) chosen(ctx context.Context) (*model.View, error) {
	id, err := s.choose(ctx)
	if err != nil {
		return nil, err
	}
	return s.room.Incident(ctx, id)
}

// act does a command on the chosen incident and says what it did.
func (s *session) act(ctx context.Context, c model.Command) error {
	id, err := s.choose(ctx)
	if err != nil {
		return err
	}
	return s.do(ctx, id, c)
}

func (s *session) do(ctx context.Context, id model.Scope, c model.Command) error {
	got, err := s.room.Do(ctx, s.who, id, c)
	if err != nil {
		return err
	}
	if got.Nothing() && !s.asJSON() {
		s.line(s.words.Say(soAlready(c)))
		return nil
	}
	return s.told(ctx, got)
}

// doAndSay does what no line of a log tells, and says that it is done.
func (s *session) doAndSay(ctx context.Context, c model.Command, said string) error {
	got, err := s.room.Do(ctx, s.who, model.Scope{}, c)
	switch {
	case err != nil:
		return err
	case s.asJSON():
		return s.told(ctx, got)
	case got.Nothing():
		said = s.words.Say(soAlready(c))
	}
	s.tell(said)
	return nil
}

// receipt is what a verb did, for a program.
type receipt struct {
	Incident *reference     `json:"incident,omitempty"`
	Opened   bool           `json:"opened"`
	Changed  bool           `json:"changed"`
	Lines    []report.Entry `json:"lines"`
}

type reference struct {
	ID  string `json:"id"`
	Key string `json:"key"`
}

// told says what a command did: the lines that it wrote in the log, or the line
// that it changed.
func (s *session) told(ctx context.Context, got model.Receipt) error {
	out := receipt{Opened: got.Opened, Changed: !got.Nothing(), Lines: []report.Entry{}}
	var lines []*model.Line
	if !got.Incident.IsZero() {
		v, err := s.room.Incident(ctx, got.Incident)
		if err != nil {
			return err
		}
		lines = touched(v, got.Refs)
		out.Incident = &reference{v.ID.String(), model.KeyPrefix + s.key(v.ID)}
	}
	if s.asJSON() {
		o := s.report(s.room)
		for _, l := range lines {
			out.Lines = append(out.Lines, report.Line(l, o))
		}
		return s.json(out)
	}
	if got.Nothing() {
		s.tell(s.T("shell.nothing"))
		return nil
	}
	for _, l := range lines {
		done := s.T("shell.done", "Key", s.key(got.Incident), "What", s.sentence(l), "Ref", l.Ref().String())
		if l.Struck != nil {
			done += " " + s.struck(l) // by an undo
		}
		s.line(done)
	}
	return nil
}

// touched are the lines of the log that events made or changed.
func touched(v *model.View, refs []model.Ref) []*model.Line {
	var out []*model.Line
	for _, l := range v.Lines {
		for _, r := range refs {
			if l.Ref() == r || l.Struck != nil && l.Struck.Ref == r || amendedBy(l, r) {
				out = append(out, l)
				break
			}
		}
	}
	return out
}

func amendedBy(l *model.Line, ref model.Ref) bool {
	for _, a := range l.Amends {
		if a.Ref == ref {
			return true
		}
	}
	return false
}

func (a *app) keyOf(r model.Room, id model.Scope) string {
	if key := r.Overview().Keys[id]; key != "" {
		return key
	}
	return id.Key()
}

func (s *session) key(id model.Scope) string { return s.keyOf(s.room, id) }
