package journal_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage/disk/disktest"
	"warroom/storage/journal"
)

// A start looks through a segment without holding it. It must find what is found
// in a segment that is held, wherever it is damaged, cut, or written over.
func TestLookingThroughFindsWhatReadingFinds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(25) {
		r := rand.New(rand.NewPCG(seed, 7))
		fs := disktest.New()
		j, _, err := journal.Open(fs, dir, journal.Options{SegmentSize: 1 << 20})
		require.NoError(t, err)
		for range 1 + r.IntN(40) {
			n := 1 + r.IntN(2000)
			if r.IntN(10) == 0 {
				n = 1 + r.IntN(150_000) // longer than what is held
			}
			payload := make([]byte, n)
			if r.IntN(3) > 0 { // else of zeros
				for i := range payload {
					payload[i] = byte(r.Uint32())
				}
			}
			add(t, j, string(payload))
		}
		journal.Wait(j)
		path := segments(t, fs)[0]
		compare := func(what string) {
			t.Helper()
			read, readErr := journal.Stands(fs, path, 1, false)
			passed, passErr := journal.Stands(fs, path, 1, true)
			require.Equal(t, readErr, passErr, "%s, seed %d", what, seed)
			require.Equal(t, read, passed, "%s, seed %d", what, seed)
		}
		compare("whole")
		whole := fs.Content(path)
		end := len(bytes.TrimRight(whole, "\x00"))
		for i := range 8 {
			b := bytes.Clone(whole)
			switch at := r.IntN(end); i % 4 {
			case 0:
				b[at] ^= 1 << r.IntN(8)
			case 1:
				clear(b[at:min(at+r.IntN(200_000), len(b))])
			case 2:
				b = b[:at]
			case 3:
				b[end+r.IntN(len(b)-end)] = 1
			}
			fs.Put(path, b)
			compare(fmt.Sprint("damage ", i%4))
		}
	}
}
