package storage

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage/disk"
	"warroom/storage/disk/disktest"
)

// headAt is a HEAD that differs in every generation.
func headAt(generation uint64) headFile {
	h := headFile{generation: generation}
	for i := range generation%5 + 1 {
		h.heads = append(h.heads, model.Head{
			Log: model.LogID{byte(i)}, Seq: generation*10 + i, Hash: model.Hash{byte(generation), 7}, Clock: model.Clock(generation << 20),
		})
	}
	return h
}

func TestNewestHeadIsRead(t *testing.T) {
	t.Parallel()
	for name, fsys := range map[string]disk.FS{"in memory": disktest.New(), "on a disk": disk.OS{}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			got, damaged := readHeadFile(fsys, dir)
			require.Equal(t, headFile{}, got)
			require.Empty(t, damaged, "one that is not there is not damaged")
			for g := range uint64(6) {
				want := headAt(g + 1)
				require.NoError(t, want.write(fsys, dir))
				got, damaged = readHeadFile(fsys, dir)
				require.Equal(t, want, got)
				require.Empty(t, damaged)
			}
			found, ok := got.find(model.LogID{})
			require.True(t, ok)
			require.Equal(t, got.heads[0], found)
			_, ok = got.find(model.LogID{99})
			require.False(t, ok)
		})
	}
}

// Whatever stands in a HEAD file, it is what was written or it is not read.
func TestDamagedHeadFallsBackToTheOneBefore(t *testing.T) {
	t.Parallel()
	fsys := disktest.New()
	require.NoError(t, headAt(6).write(fsys, "d"))
	require.NoError(t, headAt(7).write(fsys, "d"))
	whole := fsys.Content("d/HEAD.1")
	for at := range whole {
		hurt := fsys.Content("d/HEAD.1")
		hurt[at] ^= 1 << (at % 8)
		for _, put := range [][]byte{hurt, whole[:at]} {
			fsys.Put("d/HEAD.1", put)
			got, damaged := readHeadFile(fsys, "d")
			require.Equal(t, headAt(6), got)
			require.Equal(t, []string{"HEAD.1"}, damaged)
		}
		fsys.Put("d/HEAD.1", whole)
	}
	fsys.Put("d/HEAD.0", whole) // copied by hand over the other
	got, damaged := readHeadFile(fsys, "d")
	require.Equal(t, headAt(7), got)
	require.Equal(t, []string{"HEAD.0"}, damaged)
}

// A fault at any step, and a power cut after it, leave the HEAD before or the
// new one, never neither.
func TestHeadOutlivesFaultsAndPowerCuts(t *testing.T) {
	t.Parallel()
	for step := 1; step <= 7; step++ {
		for seed := range uint64(30) {
			fsys := disktest.New()
			for g := range uint64(4) {
				require.NoError(t, headAt(g+1).write(fsys, "d"))
			}
			left := step
			fsys.Fail(func(op, _ string) error {
				if left--; left == 0 {
					return syscall.EIO
				}
				return nil
			})
			err := headAt(5).write(fsys, "d")
			fsys.Fail(nil)
			name := fmt.Sprintf("fault at step %d, seed %d", step, seed)
			after := fsys.Crash(rand.New(rand.NewPCG(seed, 3)))
			got, damaged := readHeadFile(after, "d")
			require.Empty(t, damaged, name)
			if err == nil {
				require.Equal(t, headAt(5), got, name)
			} else {
				require.Contains(t, []headFile{headAt(4), headAt(5)}, got, name)
			}
			require.NoError(t, headAt(6).write(after, "d"), name)
			got, _ = readHeadFile(after, "d")
			require.Equal(t, headAt(6), got, name)
		}
	}
}
