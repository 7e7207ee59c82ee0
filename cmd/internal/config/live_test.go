package config_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/cmd/internal/config"
)

// writer writes a config file anew; each time it is of another moment, however fast the
// test is.
func writer(t *testing.T) (file string, write func(text string)) {
	file, at := filepath.Join(t.TempDir(), "config.toml"), time.Date(2026, 3, 5, 14, 0, 0, 0, time.UTC)
	return file, func(text string) {
		t.Helper()
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		at = at.Add(time.Second)
		require.NoError(t, os.Chtimes(file, at, at))
	}
}

func TestAConfigFileThatChangesIsReadAgain(t *testing.T) {
	t.Parallel()
	file, write := writer(t)
	l := config.Follow(file)
	changes := 0
	l.OnChange(func() { changes++ })
	require.Equal(t, config.Default(), l.Look(), "no file is the default")
	require.Zero(t, changes)

	write(`on-page = ["page-a"]`)
	require.Equal(t, []string{"page-a"}, l.Look().OnPage)
	require.Equal(t, 1, changes)
	l.Look()
	require.Equal(t, 1, changes, "it is read once")

	write("quiet = true\non-page = [\"page-b\"]\non-pgae = 1\n")
	require.Equal(t, []string{"page-a"}, l.Look().OnPage, "the old one stays")
	require.False(t, l.Config().Quiet, "nothing of a bad one counts")
	require.Equal(t, 2, changes)
	var e *config.Error
	require.ErrorAs(t, l.Wrong(), &e)
	require.Equal(t, config.Error{File: file, Line: 3, Key: "on-pgae", Problem: config.UnknownKey, Nearest: "on-page"}, *e)

	write(`on-page = ["page-b"]`)
	require.Equal(t, []string{"page-b"}, l.Look().OnPage)
	require.NoError(t, l.Wrong())

	require.NoError(t, os.Remove(file))
	require.Empty(t, l.Look().OnPage, "a file that is gone says nothing any more")
	require.NoError(t, l.Wrong())
	require.Equal(t, 4, changes)
}

func TestAConfigFileIsReadAgainWhenOnlyItsPlaceIsTaken(t *testing.T) {
	t.Parallel()
	file, write := writer(t)
	write(`on-page = ["page-a"]`)
	was, err := os.Stat(file)
	require.NoError(t, err)
	l := config.Follow(file)
	other := file + ".new"
	require.NoError(t, os.WriteFile(other, []byte(`on-page = ["page-b"]`), 0o600))
	require.NoError(t, os.Chtimes(other, was.ModTime(), was.ModTime()))
	require.NoError(t, os.Rename(other, file)) // as editors save
	require.Equal(t, []string{"page-b"}, l.Look().OnPage)
}

func TestAConfigThatWasBadFromTheStartIsTheDefaultUntilItIsGood(t *testing.T) {
	t.Parallel()
	file, write := writer(t)
	write("nmae = 1")
	l := config.Follow(file)
	require.Error(t, l.Wrong())
	require.Equal(t, config.Default(), l.Look())
	write(`name = "ana"`)
	require.Equal(t, "ana", l.Look().Name)
	require.Equal(t, config.Default(), config.Follow("").Look())
}

func TestManyMayLookAtOnce(t *testing.T) {
	t.Parallel()
	file, write := writer(t)
	l := config.Follow(file)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				l.Look()
			}
		})
	}
	for range 20 {
		write("quiet = true")
	}
	all.Wait()
	require.True(t, l.Look().Quiet)
}
