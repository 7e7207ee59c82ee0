package tui_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

// longRoom has an incident of n entries, of which a part is loaded at first.
func longRoom(n int) *modeltest.Room {
	r := modeltest.New("ana", 1)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident
	for i := range n {
		r.Must(id, model.Write{Text: fmt.Sprintf("entry %04d", i)})
	}
	r.Part = 500
	return r
}

func TestALongLogIsReadBackToTheFirstEntryByKeys(t *testing.T) {
	t.Parallel()
	s := open(t, setting{width: 120, height: 40, room: longRoom(2000)})
	s.has("entry 1999", "2001")
	s.Press("4")
	presses := 0
	for ; presses < 10 && !s.contains("entry 0000"); presses++ {
		s.Press("g")
	}
	s.has("entry 0000")
	require.Greater(t, presses, 2, "it came in pages")
	require.False(t, s.contains("earlier lines"))
	s.Press("G").has("entry 1999")
}

func TestTheFirstRowSaysThatThereIsMoreAndThePlaceIsKept(t *testing.T) {
	t.Parallel()
	s := open(t, setting{width: 120, height: 40, room: longRoom(2000)})
	s.Press("4", "G")
	require.False(t, s.contains("earlier lines"))
	s.Press("g").has("entry 1500") // 500 events are loaded at first; 500 more come
	s.Press("up").has("entry 1499")
	s.Press("g").has("entry 1000")
	s.Press("up").has("entry 0999")
	for range 60 {
		s.Press("pgup")
	}
	s.has("entry 0000")
}

func TestAFilterLooksAtTheWholeLog(t *testing.T) {
	t.Parallel()
	s := open(t, setting{width: 120, height: 40, room: longRoom(2000)})
	s.Press("4", "/").Type("entry 0007").Press("enter")
	s.has("entry 0007", "1 of 2001")
}

func TestWhatIsWrittenWhileAPartIsLoadedIsSeen(t *testing.T) {
	t.Parallel()
	s := open(t, setting{width: 120, height: 40, room: longRoom(2000)})
	s.Press("4", "g")
	s.write("rolled back")
	s.Press("4", "G").has("rolled back", "2002")
	s.Press("u")
	require.NotNil(t, s.last().Struck)
}

func (s *stage) contains(text string) bool { return strings.Contains(s.Text(), text) }
