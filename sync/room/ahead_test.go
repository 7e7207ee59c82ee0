package room_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
	"warroom/sync/room"
)

// slowGuest is a pair of rooms that know of each other, of which bob's is on a disk that the
// test makes wait, and some runs of one line that bob has not.
func slowGuest(t *testing.T) (ana, bob *site, disk *gate, id model.Scope, todo []peer.Take) {
	t.Helper()
	ana, bob, id = linked(t)
	require.NoError(t, bob.Close())
	disk = &gate{kept: kept{bob.store}, at: make(chan storage.Batch, 1), pass: make(chan error), over: make(chan struct{})}
	bob = openSite(t, room.Options{Store: disk, Dir: bob.dir})
	t.Cleanup(disk.end) // before the room is closed
	for n := range 6 {
		do(t, ana.Room, id, model.Write{Text: fmt.Sprint("entry ", n)})
	}
	for _, b := range ana.Lines() {
		for _, run := range runs(t, ana, bob, b, rand.New(rand.NewPCG(3, 4))) {
			for i, e := range run.Events {
				one := run
				one.After, one.Events = e.Seq-1, run.Events[i:i+1]
				todo = append(todo, one)
			}
		}
	}
	require.Len(t, todo, 6)
	disk.shut.Store(true)
	return ana, bob, disk, id, todo
}

func TestRunsOfPeersArePlannedWhileTheLastAreOnTheirWay(t *testing.T) {
	t.Parallel()
	ana, bob, disk, id, todo := slowGuest(t)
	said := []<-chan error{bob.Offer(todo[0])}
	require.Len(t, (<-disk.at).Events, 1)
	for _, run := range append(todo[1:5:5], todo[0]) { // one that is on its way comes again
		said = append(said, bob.Offer(run))
	}
	gap := bob.Offer(peer.Take{Log: todo[5].Log, Branch: todo[5].Branch, After: 1 << 20, Events: []*model.Event{later(todo[5].Events[0])}})
	for _, answer := range append(said, gap) {
		require.Empty(t, answer, "answered, and not on the disk")
	}
	disk.pass <- nil
	require.NoError(t, <-said[0])
	require.Len(t, (<-disk.at).Events, 4, "all that waited goes together")
	last := bob.Offer(todo[5])
	for _, answer := range said[1:] {
		require.Empty(t, answer, "answered, and not on the disk")
	}
	disk.pass <- nil
	for _, answer := range said[1:] {
		require.NoError(t, <-answer)
	}
	require.Equal(t, model.CodeEventGap, model.CodeOf(<-gap))
	<-disk.at
	disk.shut.Store(false)
	disk.pass <- nil
	require.NoError(t, <-last)
	meet(t, ana, bob)
	require.Len(t, view(t, bob.Room, id).Lines, 7)
	same(t, ana, bob)
}

// later is an event as it would be with a number that nothing leads to.
func later(e *model.Event) *model.Event {
	far := *e
	far.Seq += 1 << 20
	return &far
}

// What was planned on a commit that the store refuses is refused with it, and both
// can come again.
func TestWhatWasPlannedOnARefusedCommitGoesWithIt(t *testing.T) {
	t.Parallel()
	ana, bob, disk, id, todo := slowGuest(t)
	before := view(t, bob.Room, id)
	first := bob.Offer(todo[0])
	<-disk.at
	var said []<-chan error
	for _, run := range todo[1:] {
		said = append(said, bob.Offer(run))
	}
	held := bob.Offer(todo[0])
	disk.pass <- errDisk
	for _, answer := range append(said, first, held) {
		require.ErrorIs(t, <-answer, errDisk)
	}
	require.Same(t, before, view(t, bob.Room, id))
	disk.shut.Store(false)
	meet(t, ana, bob)
	require.Len(t, view(t, bob.Room, id).Lines, 7)
	same(t, ana, bob)
}

// The second of two commits is refused: the first stays.
func TestARefusalOfWhatWasPlannedLeavesWhatWasOnItsWay(t *testing.T) {
	t.Parallel()
	ana, bob, disk, id, todo := slowGuest(t)
	first := bob.Offer(todo[0])
	<-disk.at
	second := bob.Offer(todo[1])
	disk.pass <- nil
	require.NoError(t, <-first)
	<-disk.at
	third := bob.Offer(todo[2])
	disk.pass <- errDisk
	require.ErrorIs(t, <-second, errDisk)
	require.ErrorIs(t, <-third, errDisk)
	disk.shut.Store(false)
	require.Len(t, view(t, bob.Room, id).Lines, 2)
	meet(t, ana, bob)
	same(t, ana, bob)
}

// Who does something here waits for what is on its way and what is planned, and not
// for all that a peer has.
func TestAnActIsDoneBetweenTheCommitsOfPeers(t *testing.T) {
	t.Parallel()
	ana, bob, disk, id, todo := slowGuest(t)
	bob.Offer(todo[0])
	<-disk.at
	bob.Offer(todo[1])
	bob.Offer(peer.Take{}) // when the committer has it, the one before is planned
	own := make(chan error, 1)
	go func() {
		_, err := bob.Do(t.Context(), me(bob.Room), id, model.Write{Text: "mine"})
		own <- err
	}()
	bob.Asked()
	last := bob.Offer(todo[2]) // is not planned: somebody waits
	for range 2 {              // the run that was planned, and then the act
		disk.pass <- nil
		<-disk.at
	}
	require.Empty(t, own)
	disk.pass <- nil
	require.NoError(t, <-own)
	<-disk.at
	disk.shut.Store(false)
	disk.pass <- nil
	require.NoError(t, <-last)
	meet(t, ana, bob)
	same(t, ana, bob)
}
