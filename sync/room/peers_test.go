package room_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
	"warroom/sync/room"
)

// linked is a pair that has met, with an incident that both have.
func linked(t *testing.T) (ana, bob *site, id model.Scope) {
	t.Helper()
	ana, bob = pair(t)
	id = do(t, ana.Room, model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident
	meet(t, ana, bob)
	return ana, bob, id
}

func TestSeveritiesThatWereSetAtOnceAreAConflictEverywhere(t *testing.T) {
	t.Parallel()
	a, b, id := linked(t)
	do(t, a.Room, id, model.SetSeverity{Level: model.SEV1})
	do(t, b.Room, id, model.SetSeverity{Level: model.SEV3})
	meet(t, a, b)
	for _, s := range []*site{a, b} {
		require.True(t, view(t, s.Room, id).Severity.Conflict())
		row, _ := s.Overview().Row(id)
		require.True(t, row.Conflict)
	}
	same(t, a, b)
	do(t, b.Room, id, model.SetSeverity{Level: model.SEV2})
	meet(t, a, b)
	require.False(t, view(t, a.Room, id).Severity.Conflict(), "who has seen both settles it")
	require.Equal(t, model.SEV2, view(t, a.Room, id).Severity.Value)
	same(t, a, b)
}

func TestAGuestWaitsUntilItIsToldWhoseItIs(t *testing.T) {
	t.Parallel()
	a, b := pair(t)
	require.True(t, b.Me().IsZero())
	_, err := b.Do(t.Context(), me(b.Room), model.Scope{}, model.OpenIncident{Title: "early"})
	require.Equal(t, model.CodeRoomWaits, model.CodeOf(err))
	_, err = b.Enter(room.Entry{Via: model.DoorConsole})
	require.Equal(t, model.CodeRoomWaits, model.CodeOf(err))
	require.Empty(t, b.Overview().Rows)
	require.NoError(t, b.Close())
	b = openSite(t, room.Options{Store: b.store, Dir: b.dir})
	require.Equal(t, a.Workspace(), b.Workspace(), "it is known before anything was exchanged")
	meet(t, a, b)
	do(t, b.Room, model.Scope{}, model.OpenIncident{Title: "now"})
	meet(t, a, b)
	require.Len(t, a.Overview().Rows, 1)
	require.NoError(t, b.Close())
	again := openSite(t, room.Options{Store: b.store, Dir: b.dir})
	require.Equal(t, b.Overview().Me, again.Me())
	require.False(t, again.Me().IsZero())
}

// all are the runs that to lacks, line by line.
func all(t *testing.T, from, to *site) (out []peer.Take) {
	t.Helper()
	for _, b := range from.Lines() {
		out = append(out, runs(t, from, to, b, rand.New(rand.NewPCG(3, 4)))...)
	}
	return out
}

func TestWhatIsTakenTwiceIsNothing(t *testing.T) {
	t.Parallel()
	a, b, id := linked(t)
	do(t, a.Room, id, model.Write{Text: "once"})
	todo := all(t, a, b)
	require.NotEmpty(t, todo)
	for range 2 {
		for _, run := range todo {
			require.NoError(t, b.Take(t.Context(), run))
		}
	}
	require.Len(t, view(t, b.Room, id).Lines, 2)
	heard := len(b.heard)
	for _, run := range all(t, a, openSite(t, room.Options{Workspace: a.Workspace()})) {
		require.NoError(t, b.Take(t.Context(), run))
	}
	require.Len(t, b.heard, heard)
	same(t, a, b)
}

func TestARunThatAttachesToNothingIsRefused(t *testing.T) {
	t.Parallel()
	a, b, id := linked(t)
	do(t, a.Room, id, model.Write{Text: "one"})
	do(t, a.Room, id, model.Write{Text: "two"})
	before := view(t, b.Room, id)
	for _, run := range all(t, a, b) {
		if last := len(run.Events) - 1; last > 0 {
			run.Events = run.Events[last:]
			require.Equal(t, model.CodeEventGap, model.CodeOf(b.Take(t.Context(), run)))
		}
	}
	require.Same(t, before, view(t, b.Room, id))
	meet(t, a, b)
	same(t, a, b)
}

func TestAnIncidentIsInTheListWhenItsOpeningHasCome(t *testing.T) {
	t.Parallel()
	a, b := pair(t)
	meet(t, a, b)
	id := do(t, a.Room, model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident
	content, _ := a.Writes()
	rnd := rand.New(rand.NewPCG(5, 6))
	// Bob's room has heard of it, and a third one has what bob wrote and not the opening.
	give(t, a, b, rnd, false)
	do(t, b.Room, id, model.Write{Text: "on it"})
	do(t, b.Room, id, model.SetSeverity{Level: model.SEV1})
	c := openSite(t, room.Options{Workspace: a.Workspace()})
	for _, run := range all(t, b, c) {
		if run.Log != content {
			require.NoError(t, c.Take(t.Context(), run))
		}
	}
	require.Empty(t, c.Overview().Rows)
	v, err := c.Incident(t.Context(), id)
	require.NoError(t, err)
	require.Nil(t, v.Opened)
	require.Len(t, v.Lines, 2)
	_, err = c.Do(t.Context(), model.Actor{Person: a.Me(), Via: model.DoorConsole}, id, model.Write{Text: "x"})
	require.Equal(t, model.CodeRoomWaits, model.CodeOf(err))
	require.NoError(t, c.Close())
	c = openSite(t, room.Options{Store: c.store, Dir: c.dir})
	require.Empty(t, c.Overview().Rows)
	meet(t, b, c)
	row, ok := c.Overview().Row(id)
	require.True(t, ok)
	require.Equal(t, "Checkout 5xx", row.Title)
	same(t, b, c)
}

func TestWhatTheStoreRefusesInTheMidstOfTakingWasNeverThere(t *testing.T) {
	t.Parallel()
	a, b, id := linked(t)
	require.NoError(t, b.Close())
	store := &failing{Store: b.store}
	b = openSite(t, room.Options{Store: store, Dir: b.dir})
	do(t, a.Room, id, model.Write{Text: "one"})
	do(t, a.Room, id, model.AssignRole{Role: model.TechLead, Name: "cleo"})
	fresh := do(t, a.Room, model.Scope{}, model.OpenIncident{Title: "another"}).Incident
	before, people := view(t, b.Room, id), len(b.Overview().People.All())
	lines, heard := b.Lines(), len(b.heard)
	broken := errors.New("disk on fire")
	store.set(broken)
	refused := 0
	for _, run := range all(t, a, b) {
		err := b.Take(t.Context(), run)
		require.Error(t, err)
		if errors.Is(err, broken) {
			refused++ // the others follow one that was
		}
	}
	require.NotZero(t, refused)
	_, err := b.Do(t.Context(), me(b.Room), id, model.Write{Text: "lost"})
	require.ErrorIs(t, err, broken)
	require.Same(t, before, view(t, b.Room, id))
	require.Len(t, b.Overview().People.All(), people)
	_, err = b.Incident(t.Context(), fresh)
	require.Equal(t, model.CodeIncidentUnknown, model.CodeOf(err))
	require.Equal(t, lines, b.Lines())
	require.Len(t, b.heard, heard)

	store.set(nil)
	do(t, b.Room, id, model.Write{Text: "and on"})
	meet(t, a, b)
	require.Len(t, view(t, b.Room, id).Lines, 4)
	same(t, a, b)
}

func TestARoomWhoseLogIsLongerElsewhereGoesOnUnderNewOnes(t *testing.T) {
	t.Parallel()
	a, b, id := linked(t)
	before, membership := b.Writes()
	do(t, b.Room, id, model.Write{Text: "before"})
	require.NoError(t, b.Renew(t.Context(), model.ReasonRestored))
	content, members := b.Writes()
	require.NotEqual(t, before, content)
	require.NotEqual(t, membership, members)
	after := do(t, b.Room, id, model.Write{Text: "after"}).Refs[0]
	require.Equal(t, content, after.Log)
	b.mu.Lock()
	require.Equal(t, model.ContentLog, b.told[content].Kind, "the others are told of it")
	b.mu.Unlock()
	meet(t, a, b)
	same(t, a, b)
	lines := view(t, a.Room, id).Lines
	require.Equal(t, "before", lines[1].Text)
	require.Equal(t, "after", lines[2].Text)
	require.NoError(t, b.Close())
	b = openSite(t, room.Options{Store: b.store, Dir: b.dir})
	require.Equal(t, content, do(t, b.Room, id, model.Write{Text: "and on"}).Refs[0].Log)
}

// A store that was put back has forgotten what others hold; they bring it back.
func TestWhatARoomForgotComesBackFromOthers(t *testing.T) {
	t.Parallel()
	a, b, id := linked(t)
	require.NoError(t, b.Close())
	old := storage.NewMemory()
	branches, err := b.store.Branches()
	require.NoError(t, err)
	copyStore(t, b.store, old, branches)
	b = openSite(t, room.Options{Store: b.store, Dir: b.dir})
	lost := do(t, b.Room, id, model.Write{Text: "forgotten"}).Refs[0]
	meet(t, a, b)
	require.NoError(t, b.Close())

	b = openSite(t, room.Options{Store: kept{old}, Dir: b.dir})
	require.Len(t, view(t, b.Room, id).Lines, 1)
	require.NoError(t, b.Renew(t.Context(), model.ReasonRestored))
	meet(t, a, b)
	next := do(t, b.Room, id, model.Write{Text: "on"}).Refs[0]
	require.NotEqual(t, lost.Log, next.Log)
	meet(t, a, b)
	same(t, a, b)
	require.Len(t, view(t, b.Room, id).Lines, 3)
}

// copyStore commits all of a store to another.
func copyStore(t *testing.T, from, to storage.Store, lines []model.Branch) {
	t.Helper()
	for _, b := range lines {
		var batch storage.Batch
		require.NoError(t, from.Line(b.ID, 1, func(e *model.Event, eff model.Clock) error {
			batch.Events = append(batch.Events, storage.Placed{Event: e, Eff: eff})
			return nil
		}))
		_, err := to.Commit(t.Context(), batch)
		require.NoError(t, err)
	}
	id, _, err := from.Setting("identity")
	require.NoError(t, err)
	batch := storage.Batch{Settings: map[string][]byte{"identity": id}}
	require.NoError(t, from.Rows(func(row model.Summary) error {
		batch.Rows = append(batch.Rows, row)
		return nil
	}))
	_, err = to.Commit(t.Context(), batch)
	require.NoError(t, err)
}

func TestActsOfPeopleAndRunsOfPeersLoseNothingToEachOther(t *testing.T) {
	t.Parallel()
	a, b, id := linked(t)
	for i := range 300 {
		do(t, a.Room, id, model.Write{Text: fmt.Sprint("ana ", i)})
	}
	todo := all(t, a, b)
	done := make(chan error, 1)
	go func() {
		for _, run := range todo {
			if err := b.Take(t.Context(), run); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for i := range 100 {
		do(t, b.Room, id, model.Write{Text: fmt.Sprint("bob ", i)})
		_, err := b.Glance(t.Context(), id)
		require.NoError(t, err)
	}
	require.NoError(t, <-done)
	meet(t, a, b)
	require.Len(t, view(t, b.Room, id).Lines, 401)
	same(t, a, b)
}

func TestWhatComesLateDoesNotMoveWhatIsLoadedAway(t *testing.T) {
	t.Parallel()
	a, b, id := linked(t)
	give(t, a, b, rand.New(rand.NewPCG(1, 1)), false)
	do(t, a.Room, id, model.Write{Text: "late"})
	fill(t, b.Room, id)
	first := glance(t, b.Room, id)
	require.NotZero(t, first.Earlier)
	paged, err := b.Older(t.Context(), id, 200)
	require.NoError(t, err)
	meet(t, a, b)
	after := glance(t, b.Room, id)
	require.Equal(t, paged.Total()+1, after.Total())
	require.GreaterOrEqual(t, len(after.Lines), len(paged.Lines))
	require.Equal(t, paged.Lines[0].Ref(), after.Lines[len(after.Lines)-len(paged.Lines)].Ref())
	same(t, a, b)
}

func TestWhereOthersAreIsShownAndGoesWithTheLink(t *testing.T) {
	t.Parallel()
	a, b, id := linked(t)
	seat, err := b.Enter(room.Entry{Person: b.Me(), Via: model.DoorConsole, Console: true})
	require.NoError(t, err)
	defer seat.Close()
	seat.Tell(id, false, true)
	here := b.Consoles()
	require.Len(t, here, 1)
	require.Equal(t, id, here[0].Incident)
	a.SetConsoles("jump2", here)
	seen := a.Overview().Here
	require.Len(t, seen, 1)
	require.Equal(t, "jump2", seen[0].Room)
	require.Equal(t, model.Responder, seen[0].Access)
	require.Len(t, b.Consoles(), 1, "others' consoles are theirs to tell")
	a.SetConsoles("jump2", nil)
	require.Empty(t, a.Overview().Here)

	a.SetPeers(model.NewPeers([]model.Peer{{Name: "jump2", State: model.LinkLive}}, 0, 0, nil, nil))
	require.Equal(t, model.LinkLive, a.Overview().Peers.State())
	do(t, a.Room, id, model.Restrict{})
	a.SetLinked(true)
	do(t, a.Room, id, model.Unrestrict{})
	_, err = a.Do(t.Context(), me(a.Room), id, model.Restrict{})
	require.Equal(t, model.CodeRestrictPeers, model.CodeOf(err))
}
