package journal_test

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage/disk/disktest"
	"warroom/storage/journal"
)

// long gives a closed journal of some twenty segments of 1 MiB, and its payloads.
func long(t *testing.T) (*disktest.FS, []string) {
	t.Helper()
	fs := disktest.New()
	j, _, err := journal.Open(fs, dir, journal.Options{SegmentSize: 1 << 20})
	require.NoError(t, err)
	want := texts(60, 350_000)
	add(t, j, want...)
	require.NoError(t, j.Close())
	require.Greater(t, len(segments(t, fs)), 18)
	return fs, want
}

// copied gives a file system with the same segments.
func copied(t *testing.T, fs *disktest.FS) *disktest.FS {
	t.Helper()
	other := disktest.New()
	for _, p := range segments(t, fs) {
		other.Put(p, fs.Content(p))
	}
	return other
}

func TestLongJournalIsNotReadThroughAtOpen(t *testing.T) {
	t.Parallel()
	fs, want := long(t)
	paths := segments(t, fs)
	reads := map[string]int{} // the file system asks one at a time
	fs.Fail(func(op, path string) error {
		if op == "read" {
			reads[path]++
		}
		return nil
	})
	j, report := open(t, fs)
	fs.Fail(nil)
	through := 0
	for _, n := range reads {
		if n > 1 {
			through++
		}
	}
	require.Len(t, reads, len(paths))
	require.LessOrEqual(t, through, 2)
	require.True(t, report.Clean)
	require.Equal(t, len(paths)-2, report.Unread)
	require.Less(t, report.Frames, 10)
	require.Equal(t, want, all(t, j))
	add(t, j, "on")
	require.Equal(t, append(want, "on"), all(t, j))
	last := 0
	require.NoError(t, j.Read(31, func(ordinal uint64, _ []byte) error {
		require.GreaterOrEqual(t, ordinal, uint64(31))
		last++
		return nil
	}))
	require.Equal(t, 31, last, "the ordinals of what was not read are known")
	found, err := j.Check(func(uint64, []byte) error { return nil })
	require.NoError(t, err)
	require.Empty(t, found.Damage)
	require.Equal(t, 61, found.Frames)
}

func TestDamageInAnOldSegmentOfALongJournal(t *testing.T) {
	t.Parallel()
	fs, _ := long(t)
	paths := segments(t, fs)
	hurt := func(path string, change func([]byte) []byte) func(*disktest.FS) {
		return func(fs *disktest.FS) { fs.Put(path, change(fs.Content(path))) }
	}
	flip := func(at int) func([]byte) []byte {
		return func(b []byte) []byte { b[at] ^= 1; return b }
	}
	for name, c := range map[string]struct {
		hurt func(*disktest.FS)
		late bool // found by Check only
	}{
		"in the midst":            {hurt(paths[4], flip(600_000)), true},
		"its first frame":         {hurt(paths[4], flip(1024)), false},
		"in its first payload":    {hurt(paths[4], flip(100_000)), true},
		"both of its heads":       {hurt(paths[4], func(b []byte) []byte { b[3] ^= 1; b[515] ^= 1; return b }), false},
		"emptied":                 {hurt(paths[4], func([]byte) []byte { return nil }), false},
		"removed":                 {func(fs *disktest.FS) { _ = fs.Remove(paths[4]) }, false},
		"an earlier one again":    {func(fs *disktest.FS) { fs.Put(paths[4], fs.Content(paths[3])) }, false},
		"the first one's frames":  {hurt(paths[0], flip(1024)), false},
		"in one that is read now": {hurt(paths[len(paths)-2], flip(600_000)), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fs := copied(t, fs)
			c.hurt(fs)
			j, report := open(t, fs)
			require.Equal(t, c.late, len(report.Damage) == 0)
			require.Equal(t, c.late, report.Unread > 0, "what is odd is read through")
			found, err := j.Check(func(uint64, []byte) error { return nil })
			require.NoError(t, err)
			require.NotEmpty(t, found.Damage)
			require.NotZero(t, found.Damage[len(found.Damage)-1].First)
		})
	}
}

func TestFullDiskTakesWhatOneSegmentHolds(t *testing.T) {
	t.Parallel()
	payload := strings.Repeat("e", 800) // an entry of 300 B with its keys and its row
	for _, before := range []int{0, 1, 2500, 5000, 5119, 5120, 9000} {
		fs := disktest.New()
		j, _, err := journal.Open(fs, dir, journal.Options{})
		require.NoError(t, err)
		add(t, j, "first")
		for range before {
			add(t, j, payload)
		}
		journal.Wait(j)
		fs.SetRoom(0)
		n := 0
		for ; err == nil; n++ {
			_, err = j.Append([]byte(payload))
		}
		require.ErrorIs(t, err, syscall.ENOSPC)
		require.Greater(t, n, 3000, "after %d", before)
		fs.SetRoom(1 << 30)
		add(t, j, "there is room again")
	}
}

// A process that is killed on a full disk leaves a journal that is opened there,
// with the segment that was reserved.
func TestJournalIsOpenedOnAFullDisk(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		closed bool
		torn   bool
	}{
		"closed in order":     {closed: true},
		"killed":              {},
		"killed in mid-write": {torn: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fs := disktest.New()
			j, _ := open(t, fs)
			want := texts(10, 150)
			add(t, j, want...)
			journal.Wait(j)
			if c.closed {
				require.NoError(t, j.Close())
			}
			path := segments(t, fs)[0]
			if c.torn {
				data := fs.Content(path)
				copy(data[1024+10*184:], "WJF1 half of a frame")
				fs.Put(path, data)
			}
			fs.SetRoom(0)
			j, report := open(t, fs)
			require.Empty(t, report.Damage)
			require.Equal(t, c.torn, report.Torn != nil)
			require.Equal(t, want, all(t, j))
			for _, p := range texts(20, 150) {
				add(t, j, p)
				want = append(want, p)
			}
			require.Equal(t, want, all(t, j))
			fs = fs.Crash(rand.New(rand.NewPCG(1, 1)))
			j, report = open(t, fs)
			require.Empty(t, report.Damage)
			require.Nil(t, report.Torn)
			require.Equal(t, want, all(t, j))
		})
	}
}

func TestReserveMakesTheNextSegmentWhenThereIsRoomAgain(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	fs.SetRoom(small)
	j, _ := open(t, fs)
	j.Reserve() // nothing was written: nothing to reserve
	add(t, j, "x")
	journal.Wait(j)
	require.Len(t, segments(t, fs), 1)
	fs.SetRoom(small)
	for range 2 {
		j.Reserve()
		journal.Wait(j)
		require.Len(t, segments(t, fs), 2)
	}
	fs.SetRoom(0)
	for _, p := range texts(20, 200) {
		add(t, j, p)
	}
	require.NoError(t, j.Close())
	require.Equal(t, filepath.Join(dir, "00000002.wj"), segments(t, fs)[1])
}

// What a start asks for is nothing after a close in order, and costs nothing.
func TestNothingIsReadBehindTheMarkOfAClose(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	j, _ := open(t, fs)
	add(t, j, texts(5, 100)...)
	last := j.Last()
	require.NoError(t, j.Close())
	j, report := open(t, fs)
	require.True(t, report.Clean)
	require.Equal(t, last+1, j.Last())
	reads := 0
	fs.Fail(func(op, _ string) error {
		if op == "read" {
			reads++
		}
		return nil
	})
	require.NoError(t, j.Read(last+1, func(uint64, []byte) error { return nil }))
	require.Zero(t, reads)
	got := 0
	require.NoError(t, j.Read(last, func(uint64, []byte) error { got++; return nil }))
	require.Equal(t, 1, got)
}
