package journal_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage/disk"
	"warroom/storage/disk/disktest"
	"warroom/storage/journal"
)

// small segments, so that a few payloads need several.
const small = 4096

const dir = "journal"

func open(t testing.TB, fs disk.FS) (*journal.Journal, journal.Report) {
	t.Helper()
	j, report, err := journal.Open(fs, dir, journal.Options{SegmentSize: small})
	require.NoError(t, err)
	return j, report
}

func add(t testing.TB, j *journal.Journal, payloads ...string) {
	t.Helper()
	for _, p := range payloads {
		_, err := j.Append([]byte(p))
		require.NoError(t, err)
	}
}

func all(t testing.TB, j *journal.Journal) (got []string) {
	t.Helper()
	last := uint64(0)
	require.NoError(t, j.Read(0, func(ordinal uint64, p []byte) error {
		require.Greater(t, ordinal, last)
		last = ordinal
		got = append(got, string(p))
		return nil
	}))
	return got
}

// texts gives n different payloads of that length or a little more.
func texts(n, length int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("%d %s", i, strings.Repeat("x", length)))
	}
	return out
}

// segments gives the paths of the files with frames.
func segments(t testing.TB, fs disk.FS) (paths []string) {
	t.Helper()
	names, err := fs.List(dir)
	require.NoError(t, err)
	for _, n := range names {
		if strings.HasSuffix(n, ".wj") {
			paths = append(paths, filepath.Join(dir, n))
		}
	}
	return paths
}

func TestWhatWasAppendedComesBack(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"nothing":                     nil,
		"one":                         {"one"},
		"many segments":               texts(100, 200),
		"one that fills a segment":    {strings.Repeat("x", small-1024-20), "y"},
		"one longer than a segment":   {"before", strings.Repeat("x", 3*small), "after"},
		"a long one when one is made": slices.Concat(texts(8, 200), []string{strings.Repeat("x", 2*small)}, texts(30, 100)),
		"every length":                lengths(300),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fs := disktest.New()
			j, report := open(t, fs)
			require.Equal(t, journal.Report{Clean: true}, report)
			half := len(want) / 2
			add(t, j, want[:half]...)
			require.NoError(t, j.Close())
			j, report = open(t, fs)
			require.True(t, report.Clean)
			require.Equal(t, half, report.Frames)
			add(t, j, want[half:]...)
			require.Equal(t, want, all(t, j))
			j, report = open(t, fs) // without a close, as after a kill
			require.Equal(t, len(want) == half, report.Clean)
			require.Empty(t, report.Damage)
			require.Nil(t, report.Torn)
			require.Equal(t, want, all(t, j))
			add(t, j, "on")
			require.Equal(t, append(slices.Clone(want), "on"), all(t, j))
		})
	}
}

func lengths(n int) (out []string) {
	for i := 1; i <= n; i++ {
		out = append(out, strings.Repeat("l", i))
	}
	return out
}

func TestOrdinalsRiseByOneAcrossOpens(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	last := uint64(0)
	for range 5 {
		j, _ := open(t, fs)
		for i := range 20 {
			n, err := j.Append(bytes.Repeat([]byte("x"), 150))
			require.NoError(t, err)
			if i > 0 { // the mark of a close takes one
				require.Equal(t, last+1, n)
			}
			require.Greater(t, n, last)
			last = n
		}
		require.NoError(t, j.Close())
	}
}

func TestReadingBeginsAtAnOrdinal(t *testing.T) {
	t.Parallel()
	want := texts(60, 200)
	j, _ := open(t, disktest.New())
	add(t, j, want...)
	require.Equal(t, uint64(60), j.Last())
	for _, from := range []uint64{0, 1, 2, 13, 14, 40, 60, 61} {
		read := 0
		require.NoError(t, j.Read(from, func(ordinal uint64, _ []byte) error {
			require.GreaterOrEqual(t, ordinal, from)
			read++
			return nil
		}))
		require.Equal(t, len(want)-int(max(from, 1))+1, read, "from %d", from)
	}
}

func TestPayloadSizesAreLimited(t *testing.T) {
	t.Parallel()
	j, _ := open(t, disktest.New())
	_, err := j.Append(nil)
	require.ErrorIs(t, err, journal.ErrSize)
	_, err = j.Append(make([]byte, journal.MaxPayload+1))
	require.ErrorIs(t, err, journal.ErrSize)
	require.NoError(t, j.Close())
	require.NoError(t, j.Close())
	_, err = j.Append([]byte("x"))
	require.ErrorIs(t, err, journal.ErrClosed)
	require.ErrorIs(t, j.Read(0, nil), journal.ErrClosed)
	require.ErrorIs(t, j.Trim(1), journal.ErrClosed)
}

// A cut at any byte leaves every payload before the cut, takes the rest for an
// unfinished write, and lets people go on.
func TestTruncationAtEveryByte(t *testing.T) {
	t.Parallel()
	want := []string{"one", strings.Repeat("2", 100), "three", "four"}
	fs := disktest.New()
	j, _ := open(t, fs)
	ends := make([]int, len(want)) // where each payload's frame ends
	for i, p := range want {
		add(t, j, p)
		ends[i] = 1024
		for _, q := range want[:i+1] {
			ends[i] += (20 + len(q) + 7) / 8 * 8
		}
	}
	path := segments(t, fs)[0]
	data := fs.Content(path)
	for cut := range ends[3] + 20 {
		fs := disktest.New()
		fs.Put(path, data[:cut])
		j, report := open(t, fs)
		there := 0
		for there < len(want) && ends[there]-(ends[there]-1024)%8 <= cut {
			there++
		}
		got := all(t, j)
		if cut < 40 {
			require.Len(t, report.Damage, 1, "cut at %d", cut)
			require.Error(t, report.Damage[0].Err)
		} else {
			require.Empty(t, report.Damage, "cut at %d", cut)
			// The zeros behind a payload belong to its frame and may be gone.
			require.GreaterOrEqual(t, len(got), there, "cut at %d", cut)
			require.Equal(t, strings.Join(want[:len(got)], ","), strings.Join(got, ","), "cut at %d", cut)
		}
		add(t, j, "goes on")
		j, report = open(t, fs)
		require.Nil(t, report.Torn)
		require.Equal(t, append(got, "goes on"), all(t, j), "cut at %d", cut)
	}
}

// A flipped bit is never read as something else: what it destroyed is named, or,
// where it is the last frame, reported as an unfinished write.
func TestFlippedBitInEveryByte(t *testing.T) {
	t.Parallel()
	want := []string{"one", strings.Repeat("2", 100), "three", "four"}
	fs := disktest.New()
	j, _ := open(t, fs)
	add(t, j, want...)
	path := segments(t, fs)[0]
	data := fs.Content(path)
	r := rand.New(rand.NewPCG(1, 2))
	lost, torn := 0, 0
	for at := range 1024 + 320 {
		fs := disktest.New()
		hurt := slices.Clone(data)
		hurt[at] ^= 1 << r.IntN(8)
		fs.Put(path, hurt)
		j, report := open(t, fs)
		got := all(t, j)
		switch {
		case report.Torn != nil && len(report.Damage) == 0 && len(got) < len(want):
			require.Equal(t, want[:3], got, "flipped at %d", at)
			require.Equal(t, hurt[report.Torn.From:report.Torn.To], fs.Content(report.Torn.Kept))
			torn++
		case len(report.Damage) > 0:
			require.Len(t, report.Damage, 1)
			d := report.Damage[0]
			require.Equal(t, d.First, d.Last)
			require.Equal(t, slices.Delete(slices.Clone(want), int(d.First-1), int(d.Last)), got, "flipped at %d", at)
			require.Equal(t, hurt, fs.Content(path), "what is damaged is left as it is")
			lost++
		default:
			require.Equal(t, want, got, "flipped at %d", at)
		}
		add(t, j, "goes on")
		j, _ = open(t, fs)
		require.Equal(t, append(got, "goes on"), all(t, j), "flipped at %d", at)
	}
	require.Greater(t, lost, 150)
	require.Greater(t, torn, 20)
}

func TestMissingSegmentIsNamed(t *testing.T) {
	t.Parallel()
	want := texts(60, 200)
	fs := disktest.New()
	j, _ := open(t, fs)
	add(t, j, want...)
	require.NoError(t, j.Close())
	for name, c := range map[string]struct {
		hurt  func(fs *disktest.FS, paths []string)
		first uint64
	}{
		"removed":    {func(fs *disktest.FS, p []string) { _ = fs.Remove(p[1]) }, 0},
		"emptied":    {func(fs *disktest.FS, p []string) { fs.Put(p[1], nil) }, 0},
		"zeroed":     {func(fs *disktest.FS, p []string) { fs.Put(p[1], make([]byte, small)) }, 0},
		"the first":  {func(fs *disktest.FS, p []string) { fs.Put(p[0], make([]byte, small)) }, 1},
		"exchanged":  {func(fs *disktest.FS, p []string) { fs.Put(p[1], fs.Content(p[2])) }, 0},
		"a big hole": {func(fs *disktest.FS, p []string) { fs.Put(p[1], fs.Content(p[1])[:2000]) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hurt := disktest.New()
			paths := segments(t, fs)
			require.Greater(t, len(paths), 4)
			for _, p := range paths {
				hurt.Put(p, fs.Content(p))
			}
			c.hurt(hurt, paths)
			j, report := open(t, hurt)
			require.NotEmpty(t, report.Damage)
			d := report.Damage[len(report.Damage)-1]
			require.NotZero(t, d.First)
			if c.first != 0 {
				require.Equal(t, c.first, d.First)
			}
			require.Equal(t, slices.Delete(slices.Clone(want), int(d.First-1), int(d.Last)), all(t, j))
		})
	}
}

// A text that looks like a frame must not become one when what is around it is
// damaged. The writer of the text does not know the segment's nonce.
func TestForgedFrameInAPayloadIsNotTaken(t *testing.T) {
	t.Parallel()
	own := disktest.New()
	j, _ := open(t, own)
	add(t, j, "forged")
	path := segments(t, own)[0]
	frame := own.Content(path)[1024 : 1024+32]

	fs := disktest.New()
	j, _ = open(t, fs)
	add(t, j, "1234"+string(frame), "after") // 20 + 4: where a frame may begin
	data := fs.Content(path)
	require.Equal(t, frame, data[1024+24:1024+24+32])
	data[1024] ^= 1
	fs.Put(path, data)
	j, report := open(t, fs)
	require.Equal(t, []string{"after"}, all(t, j))
	require.Len(t, report.Damage, 1)
}

func TestNewerJournalIsRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	path := filepath.Join(dir, "00000001.wj")
	fs.Put(path, journal.NewerSegment(small))
	before := fs.Content(path)
	_, _, err := journal.Open(fs, dir, journal.Options{})
	var newer *journal.NewerError
	require.ErrorAs(t, err, &newer)
	require.Equal(t, 2, newer.Have)
	require.Equal(t, before, fs.Content(path))
}

func TestTrimRemovesWholeSegments(t *testing.T) {
	t.Parallel()
	want := texts(60, 200)
	fs := disktest.New()
	j, _ := open(t, fs)
	add(t, j, want...)
	before := len(segments(t, fs))
	require.NoError(t, j.Trim(1))
	require.Len(t, segments(t, fs), before)
	require.NoError(t, j.Trim(40))
	got := all(t, j)
	require.Less(t, len(segments(t, fs)), before)
	require.Equal(t, want[len(want)-len(got):], got)
	require.GreaterOrEqual(t, len(got), 21, "40 and what follows stay")
	j, report := open(t, fs)
	require.Empty(t, report.Damage)
	require.Equal(t, got, all(t, j))
	require.NoError(t, j.Trim(1<<60))
	require.NotEmpty(t, all(t, j), "the segment that is written stays")
	add(t, j, "on")
}

func TestFullDiskIsSaidAndSpaceIsUsedAgain(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	fs.SetRoom(2*small + 100)
	j, _ := open(t, fs)
	var want []string
	for _, p := range texts(100, 200) {
		_, err := j.Append([]byte(p))
		if err != nil {
			require.ErrorIs(t, err, syscall.ENOSPC)
			var broken *journal.BrokenError
			require.False(t, errors.As(err, &broken))
			break
		}
		want = append(want, p)
	}
	require.Equal(t, 26, len(want), "two segments were reserved, and both were filled")
	_, err := j.Append(make([]byte, 300))
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.Equal(t, want, all(t, j))
	fs.SetRoom(1 << 20)
	add(t, j, "there is room again")
	want = append(want, "there is room again")
	require.Equal(t, want, all(t, j))
	j, report := open(t, fs)
	require.Empty(t, report.Damage)
	require.Equal(t, want, all(t, j))
}

func TestFailedSyncIsNeverTakenForSuccess(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"sync", "write"} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			fs := disktest.New()
			j, _ := open(t, fs)
			add(t, j, "good")
			fs.Fail(func(o, _ string) error {
				if o == op {
					return syscall.EIO
				}
				return nil
			})
			_, err := j.Append([]byte("unknown"))
			var broken *journal.BrokenError
			require.ErrorAs(t, err, &broken)
			require.ErrorIs(t, err, syscall.EIO)
			fs.Fail(nil) // the disk is well again, and a second sync would say so
			_, err = j.Append([]byte("next"))
			require.ErrorAs(t, err, &broken)
			require.NoError(t, j.Close())

			// Whatever the reopened journal gives stays, though the failed sync's
			// pages count as written.
			j, report := open(t, fs)
			require.False(t, report.Clean)
			got := all(t, j)
			require.Equal(t, "good", got[0])
			add(t, j, "next")
			got = append(got, "next")
			for seed := range uint64(20) {
				after, report := open(t, fs.Crash(rand.New(rand.NewPCG(seed, 1))))
				require.Empty(t, report.Damage)
				require.Equal(t, got, all(t, after))
			}
		})
	}
}

// Power is cut and disks fail at random; what was answered is there, in order,
// and nothing that nobody appended.
func TestPowerCutsAndFaultsLoseNothingThatWasAnswered(t *testing.T) {
	t.Parallel()
	for seed := range uint64(150) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 7))
			fs := disktest.New()
			var kept []string // known to be there
			for round := range 6 {
				j, report, err := journal.Open(fs, dir, journal.Options{SegmentSize: small})
				for err != nil { // a fault during the open: nothing is lost, and it may be tried again
					fs = fs.Crash(r)
					j, report, err = journal.Open(fs, dir, journal.Options{SegmentSize: small})
				}
				fs.Fail(nil)
				require.Empty(t, report.Damage)
				require.Nil(t, report.Cut, "a crash is taken for a file that was cut")
				got := all(t, j)
				require.GreaterOrEqual(t, len(got), len(kept))
				require.LessOrEqual(t, len(got), len(kept)+1, "only the write that failed may have come through")
				require.Equal(t, kept, got[:len(kept)])
				kept = got
				faults := r.IntN(60)
				fs.Fail(func(string, string) error {
					if faults--; faults == 0 {
						return syscall.EIO
					}
					return nil
				})
				for i := range r.IntN(40) {
					p := fmt.Sprint(round, i, strings.Repeat("p", r.IntN(900)))
					if _, err := j.Append([]byte(p)); err == nil {
						kept = append(kept, p)
					} else if journal.IsBroken(err) {
						break
					}
				}
				switch r.IntN(3) {
				case 0:
					_ = j.Close()
				case 1:
					journal.Wait(j)
					fs.Fail(nil)
					fs = fs.Crash(r)
				default:
					journal.Wait(j)
				}
				if r.IntN(2) == 0 {
					fs.Fail(nil)
				}
			}
		})
	}
}

func TestOnARealDisk(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "journal")
	want := texts(100, 2000)
	for i := range want {
		j, report, err := journal.Open(disk.OS{}, dir, journal.Options{SegmentSize: 64 << 10})
		require.NoError(t, err)
		require.True(t, report.Clean)
		require.Equal(t, i, report.Frames)
		add(t, j, want[i])
		require.NoError(t, j.Close())
	}
	j, _, err := journal.Open(disk.OS{}, dir, journal.Options{})
	require.NoError(t, err)
	require.Equal(t, want, all(t, j))
	require.NoError(t, j.Close())
	names, err := disk.OS{}.List(dir)
	require.NoError(t, err)
	require.Greater(t, len(names), 2)
	for _, n := range names {
		f, err := disk.OS{}.Open(filepath.Join(dir, n))
		require.NoError(t, err)
		size, err := f.Size()
		require.NoError(t, err)
		require.Equal(t, int64(64<<10), size)
		require.NoError(t, f.Close())
	}
}

// A segment that was put back from an earlier time repeats ordinals.
func TestOrdinalsThatComeAgainAreNotRead(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	fs.Put(filepath.Join(dir, "00000001.wj"), journal.Segment(1, 1, 2, 3))
	fs.Put(filepath.Join(dir, "00000002.wj"), journal.Segment(2, 3, 2, 4))
	j, report := open(t, fs)
	require.Len(t, report.Damage, 2)
	require.Equal(t, []string{"payload 1", "payload 2", "payload 3", "payload 4"}, all(t, j))
}

func TestUnreadableLastSegmentIsLeftToBeLookedAt(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	fs.Put(filepath.Join(dir, "00000001.wj"), journal.Segment(1, 1, 2))
	hurt := bytes.Repeat([]byte("?"), 2000)
	path := filepath.Join(dir, "00000002.wj")
	fs.Put(path, hurt)
	j, report := open(t, fs)
	require.Len(t, report.Damage, 1)
	want := []string{"payload 1", "payload 2"}
	for _, p := range texts(40, 200) {
		add(t, j, p)
		want = append(want, p)
	}
	require.NoError(t, j.Close())
	require.Equal(t, hurt, fs.Content(path))
	j, report = open(t, fs)
	require.Len(t, report.Damage, 1, "it is said again as long as it is there")
	require.Equal(t, want, all(t, j))
}
