//go:build unix

package durability_test

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

// What a child does.
const (
	writeStore = "write a store"
	writeRoom  = "write a room"
	examineIt  = "examine"
)

// task is what a child is asked to do.
type task struct {
	Do      string
	Dir     string
	Seed    uint64
	Writers int // goroutines that write, each its own log or incident
	Text    int // the most bytes of a text, 0 for 200
	// Reopen closes and opens again after so many commits, 0 for never.
	Reopen int
	// Patient tries a refused commit again until it is taken.
	Patient bool
	// Stop ends the child, in order, after so many commits; 0 for never.
	Stop int
	// Files limits the files that it may have open, 0 for no limit.
	Files uint64
	// Acks is the file with what was acknowledged, and Times how often the store
	// is opened, for examine.
	Acks  string
	Times int
}

// A child tells what it does in lines on standard output: what it was answered
// with "+", and else one of these words.
const (
	saidOpening = "opening"
	saidOpened  = "opened"
	saidRefused = "refused" // and the error
	saidFailed  = "failed"  // and the error; it ends
	saidClosing = "closing"
	saidClosed  = "closed"
)

var saying sync.Mutex

// say writes lines in one call, so that a kill cannot part a line from the next.
func say(lines ...string) {
	saying.Lock()
	defer saying.Unlock()
	_, _ = os.Stdout.WriteString(strings.Join(lines, "\n") + "\n")
}

func fail(err error) {
	say(saidFailed + " " + strings.ReplaceAll(err.Error(), "\n", "; "))
	os.Exit(1)
}

// ack is the line of an event that was answered as durable.
func ack(r model.Ref) string { return fmt.Sprintf("+ %x %d %x", r.Log[:], r.Seq, r.Hash[:]) }

func (t task) run() {
	if t.Files > 0 {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: t.Files, Max: t.Files}); err != nil {
			fail(err)
		}
	}
	switch t.Do {
	case writeStore, writeRoom:
		for t.write() {
		}
	case examineIt:
		t.examine()
	}
}

// session is one opening of the store by a child.
type session struct {
	task
	store *storage.Badger
	room  *room.Room

	mu   sync.Mutex
	left int // commits until the session ends, below 0 for no end
}

// write writes until it is killed, or until it has to close; then it reports
// whether to go on.
func (t task) write() bool {
	say(saidOpening)
	s := &session{task: t, left: -1}
	if n := max(t.Reopen, t.Stop); n > 0 {
		s.left = n
	}
	var err error
	if s.store, err = storage.Open(t.Dir, storage.Options{}); err != nil {
		fail(err)
	}
	if b := s.store.Report().Behind; len(b) > 0 {
		fail(fmt.Errorf("the store is behind: %v; %v", b, s.store.Report().Steps))
	}
	if s.store.Report().Cut {
		fail(fmt.Errorf("the journal is taken for cut: %v", s.store.Report().Steps))
	}
	if t.Do == writeRoom {
		s.room, err = room.Open(context.Background(), room.Options{Store: s.store, Dir: t.Dir, Name: "ana"})
		if err != nil {
			fail(err)
		}
	}
	say(saidOpened)
	var writers sync.WaitGroup
	for i := range max(1, t.Writers) {
		r := rand.New(rand.NewPCG(t.Seed, uint64(i)))
		writers.Go(func() {
			if s.room != nil {
				s.act(i, r)
			} else {
				s.commit(i, r)
			}
		})
	}
	writers.Wait()
	say(saidClosing)
	if s.room != nil {
		err = s.room.Close()
	} else {
		err = s.store.Close()
	}
	if err != nil {
		fail(err)
	}
	say(saidClosed)
	return t.Stop == 0
}

// more takes one of the commits that are left.
func (s *session) more() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left > 0 {
		s.left--
	}
	return s.left != 0
}

// patience is how long a refused commit waits before it is tried again.
const patience = 2 * time.Millisecond

// try does it until it is done, or ends the child.
func (s *session) try(do func() error) {
	for {
		err := do()
		if err == nil {
			return
		}
		if !s.Patient {
			fail(err)
		}
		say(saidRefused + " " + strings.ReplaceAll(err.Error(), "\n", "; "))
		time.Sleep(patience)
	}
}

// words gives a text of a random length.
func (t task) words(r *rand.Rand) string {
	most := t.Text
	if most == 0 {
		most = 200
	}
	text := make([]byte, 1+r.IntN(most))
	for i := range text {
		text[i] = byte('a' + r.IntN(26))
	}
	return string(text)
}

// workspace is that of every store that is written without a room.
var workspace = model.WorkspaceID{1, 2, 3}

// hand is one writer of a store: it signs the events of its own log, all of one
// incident.
type hand struct {
	signer model.Signer
	head   model.Head
	scope  model.Scope
	last   model.Ref // in the scope
	nonce  model.Nonce
}

// newHand takes up the log of the writer where the store has it.
func newHand(s storage.Store, i int) (*hand, error) {
	h := &hand{scope: model.Scope{byte(i + 1)}, nonce: model.Nonce{byte(i + 1)}}
	h.signer.Workspace = workspace
	h.signer.Key = ed25519.NewKeyFromSeed(slices.Repeat([]byte{byte(i + 1)}, ed25519.SeedSize))
	h.head.Log = model.NewLogID(h.signer.Device(), h.nonce)
	heads, err := s.Heads()
	if err != nil {
		return nil, err
	}
	for _, held := range heads {
		if held.Log == h.head.Log {
			h.head = held
		}
	}
	if h.head.Seq > 1 {
		h.last = model.Ref{Log: h.head.Log, Seq: h.head.Seq, Hash: h.head.Hash.Short()}
	}
	return h, nil
}

// next signs the log's next event: its opening first.
func (h *hand) next(text string) (storage.Placed, error) {
	d := model.Draft{Scope: h.scope, Body: &model.EntryAdd{}, Text: text, PrevInScope: h.last}
	if h.head.Seq == 0 {
		d = model.Draft{Scope: workspace.Scope(), Body: &model.LogOpen{
			Device: h.signer.Device(), Workspace: workspace, Log: model.ContentLog, Nonce: h.nonce, Reason: model.ReasonNew,
		}}
	}
	var salt model.Salt
	binary.BigEndian.PutUint64(salt[:], h.head.Seq+1)
	e, head, err := model.Seal(h.signer, h.head, d, time.Now().UnixMilli(), salt)
	if err != nil {
		return storage.Placed{}, err
	}
	if h.head.Seq > 0 {
		h.last = e.Ref()
	}
	h.head = head
	return storage.Placed{Event: e, Eff: e.Clock}, nil
}

// row is what the list says of a scope with so many entries.
func (h *hand) row() model.Summary {
	return model.Summary{ID: h.scope, Title: fmt.Sprint("entries of ", h.scope.Key()), Lines: int(h.head.Seq) - 1}
}

// rowsOf is the row of its scope, once that has entries.
func rowsOf(h *hand) []model.Summary {
	if h.head.Seq < 2 {
		return nil
	}
	return []model.Summary{h.row()}
}

// commit writes batches of one to three events.
func (s *session) commit(i int, r *rand.Rand) {
	h, err := newHand(s.store, i)
	if err != nil {
		fail(err)
	}
	for s.more() {
		var b storage.Batch
		for range 1 + r.IntN(3) {
			p, err := h.next(s.words(r))
			if err != nil {
				fail(err)
			}
			b.Events = append(b.Events, p)
		}
		b.Rows = rowsOf(h)
		var lines []string
		s.try(func() error {
			durable, err := s.store.Commit(context.Background(), b)
			for _, d := range durable {
				lines = append(lines, ack(d.Ref()))
			}
			return err
		})
		say(lines...)
	}
}

// act writes entries into an incident of its own, and now and then changes its
// severity.
func (s *session) act(i int, r *rand.Rand) {
	who := model.Actor{Person: s.room.Me(), Via: model.DoorConsole}
	var incident model.Scope
	do := func(c model.Command) {
		s.try(func() error {
			got, err := s.room.Do(context.Background(), who, incident, c)
			var lines []string
			for _, ref := range got.Refs {
				lines = append(lines, ack(ref))
			}
			if err == nil && len(lines) > 0 {
				incident = got.Incident
				say(lines...)
			}
			switch code := model.CodeOf(err); {
			case code == model.CodeSeveritySame:
				return nil
			case code != "":
				fail(err) // trying again would not help
			}
			return err
		})
	}
	title := fmt.Sprint("incident ", i)
	for _, row := range s.room.Overview().Rows {
		if row.Title == title {
			incident = row.ID
		}
	}
	if incident.IsZero() {
		do(model.OpenIncident{Title: title})
	}
	for s.more() {
		if r.IntN(20) == 0 {
			do(model.SetSeverity{Level: model.SEV1 + model.Level(r.IntN(3)), Reason: "measured"})
		} else {
			do(model.Write{Text: s.words(r)})
		}
	}
}
