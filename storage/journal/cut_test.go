package journal_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage/disk/disktest"
	"warroom/storage/journal"
)

// What a crash leaves is no cut: the power cuts of the other tests say so. What
// is told here no crash can leave.
func TestJournalWhoseEndIsGoneIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hurt func(fs *disktest.FS, paths []string)
		cut  bool
	}{
		"nothing":                       {func(*disktest.FS, []string) {}, false},
		"the last one removed":          {func(fs *disktest.FS, p []string) { _ = fs.Remove(p[len(p)-2]) }, true},
		"the last one cut":              {func(fs *disktest.FS, p []string) { shorten(fs, p[len(p)-2], 1500) }, true},
		"the last one cut a little":     {func(fs *disktest.FS, p []string) { shorten(fs, p[len(p)-2], small-1) }, true},
		"the last one empty":            {func(fs *disktest.FS, p []string) { shorten(fs, p[len(p)-2], 0) }, true},
		"the one made ahead removed":    {func(fs *disktest.FS, p []string) { _ = fs.Remove(p[len(p)-1]) }, false},
		"the one made ahead cut":        {func(fs *disktest.FS, p []string) { shorten(fs, p[len(p)-1], 2000) }, true},
		"all but the one made ahead":    {func(fs *disktest.FS, p []string) { removeAll(fs, p[:len(p)-1]) }, true},
		"one in the midst, named apart": {func(fs *disktest.FS, p []string) { _ = fs.Remove(p[1]) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fs := disktest.New()
			j, _ := open(t, fs)
			add(t, j, texts(40, 200)...)
			journal.Wait(j) // and never closed
			paths := segments(t, fs)
			require.Greater(t, len(paths), 3)
			c.hurt(fs, paths)
			var told []journal.Report
			j, report, err := journal.Open(fs, dir, journal.Options{SegmentSize: small, Found: func(r journal.Report) error {
				told = append(told, r)
				return nil
			}})
			require.NoError(t, err)
			require.Equal(t, c.cut, report.Cut != nil, "%+v", report)
			require.Len(t, told, 1)
			require.Equal(t, report.Cut, told[0].Cut)

			// Once it has gone on it is whole.
			add(t, j, "goes on")
			journal.Wait(j)
			_, report = open(t, fs)
			require.Nil(t, report.Cut)
		})
	}
}

func TestNothingIsMendedBeforeItWasTold(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	j, _ := open(t, fs)
	add(t, j, texts(40, 200)...)
	journal.Wait(j)
	paths := segments(t, fs)
	_ = fs.Remove(paths[len(paths)-2])
	before := segments(t, fs)
	full := errors.New("no room to write it down")
	_, _, err := journal.Open(fs, dir, journal.Options{SegmentSize: small, Found: func(journal.Report) error { return full }})
	require.ErrorIs(t, err, full)
	require.Equal(t, before, segments(t, fs))
	_, report := open(t, fs)
	require.NotNil(t, report.Cut, "it is told again")
}

// A journal that is longer than what an open reads through.
func TestCutEndOfALongJournalIsTold(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	j, _, err := journal.Open(fs, dir, journal.Options{})
	require.NoError(t, err)
	add(t, j, texts(30, 1<<20)...)
	journal.Wait(j)
	paths := segments(t, fs)
	_ = fs.Remove(paths[len(paths)-2])
	_, report, err := journal.Open(fs, dir, journal.Options{})
	require.NoError(t, err)
	require.NotNil(t, report.Cut)
}

func shorten(fs *disktest.FS, path string, size int) { fs.Put(path, fs.Content(path)[:size]) }

func removeAll(fs *disktest.FS, paths []string) {
	for _, p := range paths {
		_ = fs.Remove(p)
	}
}
