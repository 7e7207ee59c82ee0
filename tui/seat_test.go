package tui_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

// seat is a room in memory as ana sees it, with who is here, who calls her and
// what she may do as a test says.
type seat struct {
	*modeltest.Room
	mu     sync.Mutex
	access model.Access
	here   []model.Presence
	calls  []model.Call
	told   []tell
	rec    *model.Record
}

// tell is what a console told.
type tell struct {
	incident       model.Scope
	typing, active bool
}

func newSeat(t testing.TB, room *modeltest.Room) *seat {
	t.Helper()
	rec, err := model.Decode(room.Events()[0])
	require.NoError(t, err)
	return &seat{Room: room, access: model.Responder, rec: rec}
}

func (s *seat) Who() model.Actor { return s.Actor() }

func (s *seat) Tell(incident model.Scope, typing, active bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, tell{incident, typing, active})
}

// tells gives what was told since it was last asked.
func (s *seat) tells() []tell {
	s.mu.Lock()
	defer s.mu.Unlock()
	told := s.told
	s.told = nil
	return told
}

func (s *seat) Overview() *model.Overview {
	over := s.Room.Overview()
	s.mu.Lock()
	defer s.mu.Unlock()
	over.Access, over.Here, over.Calls = s.access, s.here, s.calls
	return over
}

// change changes the room as somebody else's console would, and rings: an event
// that is there already changes nothing else.
func (s *seat) change(do func()) {
	s.mu.Lock()
	do()
	s.mu.Unlock()
	s.Advance(time.Second)
	s.Inject(s.rec)
}

// console is a presence of somebody, active just now.
func (s *seat) console(name string, incident model.Scope) model.Presence {
	who, via := s.As(name), model.DoorConsole
	now := s.Now()
	return model.Presence{
		Person: who, Via: via, Access: model.Responder, Incident: incident,
		Since: now.Add(-42 * time.Minute).UnixMilli(), Active: now.UnixMilli(),
	}
}

func (s *seat) enter(all ...model.Presence) {
	s.change(func() { s.here = append([]model.Presence{}, all...) })
}

// write writes an entry as somebody else, which calls ana when it names her.
func (s *seat) write(t testing.TB, name string, incident model.Scope, text string, calls bool) {
	t.Helper()
	who := s.As(name)
	got, err := s.Room.Do(context.Background(), model.Actor{Person: who, Via: model.DoorConsole}, incident, model.Write{Text: text})
	require.NoError(t, err)
	if calls {
		s.change(func() {
			s.calls = append(s.calls, model.Call{To: s.Me(), By: who, Incident: incident, Entry: got.Refs[0], At: s.Room.Now().UnixMilli()})
		})
	}
}

var _ model.Seat = (*seat)(nil)

// seen waits until what others did is on the screen: two changes at once are two
// frames, of which the second waits for its turn.
func (s *stage) seen() {
	s.t.Helper()
	s.WaitIdle()
	s.wait(40 * time.Millisecond)
}
