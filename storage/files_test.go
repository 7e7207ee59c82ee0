package storage

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/storage/disk/disktest"
)

func TestTheDatabaseWaitsWhileFewFilesCanBeOpened(t *testing.T) {
	t.Parallel()
	free, ranOut := 1000, 0
	d := descriptors{free: func(n int) int { return min(n, free) }, ranOut: func() { ranOut++ }}
	require.False(t, d.low())
	require.False(t, d.few())
	free = filesNeeded - 1
	require.True(t, d.low())
	require.True(t, d.few())
	require.Zero(t, ranOut)
	free = filesNeeded
	require.False(t, d.enough(), "it would be low again at once")
	require.True(t, d.few())
	free = filesNeeded + filesSlack
	require.True(t, d.enough())
	require.False(t, d.few())
}

func TestADatabaseThatMayHaveLackedAFileIsSuspect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		looks func(d *descriptors, free *int)
		is    bool
	}{
		"there are none while it is written": {func(d *descriptors, free *int) { *free = 0; d.low() }, true},
		"there are none a little later": {func(d *descriptors, free *int) {
			*free = filesGone
			d.low()
			d.enough()
			*free = filesGone - 1
			d.enough()
		}, true},
		"there are a few": {func(d *descriptors, free *int) { *free = filesGone; d.low(); d.enough() }, false},
		"there are none long after": {func(d *descriptors, free *int) {
			*free = filesGone
			d.low()
			for range compacts {
				d.enough()
			}
			*free = 0
			d.enough()
			d.low()
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			free, ranOut := 1000, false
			d := descriptors{free: func(n int) int { return min(n, free) }, ranOut: func() { ranOut = true }}
			d.low()
			c.looks(&d, &free)
			require.Equal(t, c.is, ranOut)
		})
	}
}

func TestAFileThatBadgerCouldNotOpenMakesTheDatabaseSuspect(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(dir, Options{})
	require.NoError(t, err)
	o := s.options(dir)
	o.Errorf("while opening: %v", "open 000001.sst: too many open files")
	require.NoError(t, s.Fault(), "nothing was written")
	_, err = s.Commit(t.Context(), Batch{Settings: map[string][]byte{"last": []byte("1")}})
	require.NoError(t, err)
	require.NoError(t, s.follower.wait())
	o.Warningf("While forcing compaction on level 0: %v", "no such level")
	require.NoError(t, s.Fault())
	o.Errorf("error flushing memtable to disk: %v, retrying", "open 000001.sst: too many open files")
	require.ErrorIs(t, s.Fault(), ErrFiles)
	require.ErrorIs(t, s.Health().Damaged, ErrFiles)
	require.NoError(t, s.Close())
	s, err = Open(dir, Options{})
	require.NoError(t, err)
	require.True(t, slices.ContainsFunc(s.Report().Steps, func(st Step) bool {
		return st.Name == StepDatabase && st.State == Repaired
	}), "%v", s.Report())
	require.NoError(t, s.Close())
}

func TestAStoreWithFewFilesGoesOnInItsJournal(t *testing.T) {
	t.Parallel()
	free := filesNeeded - 1
	s, err := Open(t.TempDir(), Options{filesFree: func(n int) int { return min(n, free) }})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	_, err = s.Commit(t.Context(), Batch{Settings: map[string][]byte{"last": []byte("1")}})
	require.NoError(t, err)
	v, ok, err := s.Setting("last")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "1", string(v))
	h := s.Health()
	require.True(t, h.JournalOnly && h.FewFiles)
}

// A pause for the one thing does not wait for more of the other than is always needed.
func TestAPauseForFilesEndsThoughTheDiskHasNoMoreRoomThanItNeeds(t *testing.T) {
	t.Parallel()
	fs, ticks := disktest.New(), make(chan time.Time)
	var free atomic.Int64
	free.Store(filesNeeded - 1)
	s, err := Open(t.TempDir(), Options{Disk: fs, ticks: ticks, filesFree: func(n int) int { return min(n, int(free.Load())) }})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	_, err = s.Commit(t.Context(), Batch{Settings: map[string][]byte{"last": []byte("1")}})
	require.NoError(t, err)
	require.ErrorIs(t, s.follower.wait(), ErrFull)
	fs.SetRoom(reserve + slack)
	tick := func() { ticks <- time.Time{}; ticks <- time.Time{} }
	tick()
	require.True(t, s.Health().FewFiles)
	free.Store(filesNeeded + filesSlack)
	tick()
	require.NoError(t, s.follower.wait())
	require.False(t, s.Health().JournalOnly)
}
