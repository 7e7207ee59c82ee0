//go:build unix

package durability_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/storage"
)

// specimen is a store that was written and is now still, to be damaged.
type specimen struct {
	dir   string
	acked acks
	do    task
}

// kinds are the kinds of file that a store has.
var kinds = []string{
	"journal/*.wj", "HEAD.0", "HEAD.1", "db/MANIFEST", "db/*.sst", "db/*.mem", "db/*.vlog", "db/KEYREGISTRY", "db/DISCARD", "device.key",
}

// newSpecimen gives a store that was closed in order, and opened and killed too
// where live: then it has a log of Badger's and a journal without an end.
func newSpecimen(t *testing.T, do task, live bool) specimen {
	t.Helper()
	s := specimen{dir: filepath.Join(t.TempDir(), "store"), acked: acks{}, do: do}
	do.Dir, do.Stop = s.dir, 300
	for range 3 { // so that there are tables, and HEAD in both its files
		do.Seed++
		w := start(t, do, s.acked)
		require.NoError(t, w.drain(), w.failed)
	}
	if live {
		do.Stop = 0
		w := start(t, do, s.acked)
		w.until("+", 400)
		w.killAfter(time.Millisecond)
	}
	return s
}

// specimens are one store of each: closed or live, with a room or without. Where
// little is asked for, it is one live room.
func specimens(t *testing.T) []specimen {
	t.Helper()
	if *flips < 50 {
		return []specimen{newSpecimen(t, task{Do: writeRoom, Writers: 3}, true)}
	}
	var all []specimen
	for _, do := range []task{{Do: writeStore, Writers: 3}, {Do: writeRoom, Writers: 3}} {
		for _, live := range []bool{false, true} {
			all = append(all, newSpecimen(t, do, live))
		}
	}
	return all
}

// hurt copies a specimen, lets hurt damage the copy, and sees that what is wrong
// then is healed or named. A second open must not find less than the first one
// left: what was named once may be taken as said.
func (s specimen) hurt(t *testing.T, what string, hurt func(dir string)) (first verdict) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "store")
	copyStore(t, s.dir, dir)
	defer os.RemoveAll(dir) // hundreds of them would fill a small disk
	hurt(dir)
	what += " (" + s.do.Do + ")"
	found := examineApart(t, dir, s.acked, what, 2)
	// A bit in the MANIFEST may make it one of a newer version.
	if refused := found[0].Refused; strings.Contains(what, " db") && !strings.Contains(what, "without") && !strings.Contains(refused, "format") {
		require.Empty(t, refused, "the journal holds everything, and the database was not made anew from it after %s", what)
	}
	if strings.Contains(what, "HEAD") {
		require.Empty(t, found[0].Behind, "HEAD is damaged, the logs are not; after %s", what)
	}
	found[0].requireHealedOrNamed(t, what)
	if again := found[1]; again.Refused == "" && len(again.Named) == 0 {
		require.Empty(t, again.Wrong, "opened again after %s", what)
		// A damaged block is named by whoever reads it, and healed from the journal at
		// the next open: the second may find more than the first, never less.
		require.Subset(t, found[0].Lost, again.Lost, "opened again after %s", what)
	}
	return found[0]
}

// copyStore copies a folder as cp -a does, and leaves out blocks of zeros.
func copyStore(t *testing.T, from, to string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := os.OpenFile(filepath.Join(to, rel), os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		err = f.Truncate(int64(len(raw)))
		const block = 4096
		for at := 0; at < len(raw) && err == nil; at += block {
			if b := raw[at:min(at+block, len(raw))]; len(bytes.Trim(b, "\x00")) > 0 {
				_, err = f.WriteAt(b, int64(at))
			}
		}
		return errors.Join(err, f.Close())
	}))
}

// files lists the files of a kind that hold something, by their path in the store.
func (s specimen) files(t *testing.T, kind string) (found []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(s.dir, kind))
	require.NoError(t, err)
	for _, path := range paths {
		st, err := os.Stat(path)
		require.NoError(t, err)
		if st.Size() > 0 {
			rel, err := filepath.Rel(s.dir, path)
			require.NoError(t, err)
			found = append(found, rel)
		}
	}
	return found
}

// used is how much of a file holds something: logs are longer than what is
// written in them, and a bit in their zeros is nothing to lose.
func used(t *testing.T, path string) int64 {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	return int64(len(bytes.TrimRight(raw, "\x00")))
}

// outcome counts how damage ended.
type outcome struct {
	mu                     sync.Mutex
	healed, named, refused int
}

func (o *outcome) add(v verdict) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case v.Refused != "":
		o.refused++
	case len(v.Named) > 0, len(v.Lost) > 0:
		o.named++
	default:
		o.healed++
	}
}

func (o *outcome) log(t *testing.T, what string) {
	t.Logf("seed %d: %d %s: %d healed, %d named, %d refused with the reason, 0 silent", *seed, o.healed+o.named+o.refused, what, o.healed, o.named, o.refused)
}

func TestFlippedBitIsHealedOrNamed(t *testing.T) {
	t.Parallel()
	all := specimens(t)
	var o outcome
	seen := map[string]int{}
	for round := 0; round < *flips; round++ {
		r := chance(t, round)
		kind := kinds[round%len(kinds)]
		if *only != "" {
			kind = *only
		}
		with := slices.DeleteFunc(slices.Clone(all), func(s specimen) bool { return len(s.files(t, kind)) == 0 })
		if len(with) == 0 {
			continue
		}
		s := with[r.IntN(len(with))]
		file := pick(r, s.files(t, kind))
		size := used(t, filepath.Join(s.dir, file))
		if size == 0 {
			continue
		}
		at, bit := r.Int64N(size), r.IntN(8)
		if kind == "db/*.sst" && r.IntN(2) == 0 {
			at = size - 1 - r.Int64N(size/32+1) // the table's index is small, and at its end
		}
		o.add(s.hurt(t, fmt.Sprintf("flipping bit %d of byte %d (of %d) of %s", bit, at, size, file), func(dir string) {
			flip(t, filepath.Join(dir, file), at, bit)
		}))
		seen[kind]++
	}
	o.log(t, "flipped bits")
	t.Log("by kind of file: ", seen)
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func flip(t *testing.T, path string, at int64, bit int) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	b := make([]byte, 1)
	_, err = f.ReadAt(b, at)
	require.NoError(t, err)
	b[0] ^= 1 << bit
	_, err = f.WriteAt(b, at)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func TestTruncatedFileIsHealedOrNamed(t *testing.T) {
	t.Parallel()
	all := specimens(t)
	var o outcome
	for round, kind := range kinds {
		r := chance(t, round)
		for _, s := range all {
			for _, file := range s.files(t, kind) {
				path := filepath.Join(s.dir, file)
				st, err := os.Stat(path)
				require.NoError(t, err)
				// Off the end of the file, and off the end of what is written in it.
				for _, size := range []int64{st.Size(), used(t, path)} {
					size = max(0, size-1-r.Int64N(64))
					o.add(s.hurt(t, fmt.Sprintf("cutting %s to %d of %d bytes", file, size, st.Size()), func(dir string) {
						require.NoError(t, os.Truncate(filepath.Join(dir, file), size))
					}))
				}
			}
		}
	}
	o.log(t, "truncated files")
}

func TestDeletedFileIsHealedOrNamed(t *testing.T) {
	t.Parallel()
	all := specimens(t)
	var o outcome
	for _, kind := range append(kinds, "journal", "db", "room.lock") {
		for _, s := range all {
			for _, file := range s.files(t, kind) {
				o.add(s.hurt(t, "deleting "+file, func(dir string) {
					require.NoError(t, os.RemoveAll(filepath.Join(dir, file)))
				}))
			}
		}
	}
	o.log(t, "deleted files")
}

// A kill while Badger makes a log leaves it empty, and it does not open over it.
func TestEmptyLogOfTheDatabaseIsHealed(t *testing.T) {
	t.Parallel()
	s := newSpecimen(t, task{Do: writeStore, Writers: 3}, true)
	for _, name := range []string{"00099.mem", "000099.vlog"} {
		v := s.hurt(t, "an empty "+name, func(dir string) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "db", name), nil, 0o600))
		})
		require.Empty(t, v.Refused)
		require.Empty(t, v.Named)
		for _, st := range v.Steps {
			if st.Name == storage.StepDatabase {
				require.Equal(t, storage.Fine, st.State, "it was made anew for nothing: %v", st.Detail)
			}
		}
	}
}

// Badger takes a list that is cut for the whole list, and removes the tables that
// are not in it. Without a journal they are all there is.
func TestCutListOfTablesCostsNoTable(t *testing.T) {
	t.Parallel()
	s := newSpecimen(t, task{Do: writeStore, Writers: 3}, false)
	for round := range 4 {
		r := chance(t, round)
		s.hurt(t, "cutting MANIFEST without a journal", func(dir string) {
			require.NoError(t, os.RemoveAll(filepath.Join(dir, "journal")))
			path := filepath.Join(dir, "db", "MANIFEST")
			st, err := os.Stat(path)
			require.NoError(t, err)
			// No record is so short that this ends between two.
			require.NoError(t, os.Truncate(path, st.Size()-1-r.Int64N(8)))
			before := tables(t, dir)
			require.NotEmpty(t, before)
			v := examineApart(t, dir, s.acked, "cutting MANIFEST without a journal", 1)[0]
			require.NotEmpty(t, v.Refused)
			require.Equal(t, before, tables(t, dir))
		})
	}
}

func tables(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "db", "*.sst"))
	require.NoError(t, err)
	return found
}

// The journal is all there is when the database is gone: a bit in it must not go
// for what was written.
func TestFlippedBitInTheOnlyCopyIsNamed(t *testing.T) {
	t.Parallel()
	s := newSpecimen(t, task{Do: writeStore, Writers: 3}, false)
	file := s.files(t, "journal/*.wj")[0]
	size := used(t, filepath.Join(s.dir, file))
	for round := range share(*flips, 5) {
		r := chance(t, round)
		at, bit := r.Int64N(size), r.IntN(8)
		s.hurt(t, fmt.Sprintf("flipping bit %d of byte %d of %s, without a database", bit, at, file), func(dir string) {
			require.NoError(t, os.RemoveAll(filepath.Join(dir, "db")))
			flip(t, filepath.Join(dir, file), at, bit)
		})
	}
}
