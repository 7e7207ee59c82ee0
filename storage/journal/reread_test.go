package journal_test

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage/disk/disktest"
	"warroom/storage/journal"
)

func TestWhatWasAppendedIsReadAgainFromItsPlace(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	j, _, err := journal.Open(fs, "j", journal.Options{SegmentSize: 64 << 10})
	require.NoError(t, err)
	var places []journal.Place
	payload := func(i int) []byte { return bytes.Repeat(fmt.Append(nil, i, " "), 1+i*7) }
	for i := range 200 { // over several segments
		_, err := j.Append(payload(i))
		require.NoError(t, err)
		places = append(places, j.Place())
	}
	r := j.Reread()
	defer r.Close()
	var writing sync.WaitGroup
	writing.Go(func() { // others are written meanwhile
		for i := range 200 {
			if _, err := j.Append(payload(i)); err != nil {
				t.Error(err)
			}
		}
	})
	for _, back := range []bool{false, true} {
		for i := range places {
			if back {
				i = len(places) - 1 - i
			}
			got, err := r.Payload(places[i])
			require.NoError(t, err)
			require.Equal(t, payload(i), got)
		}
	}
	writing.Wait()
	require.NoError(t, j.Close())
}

func TestAPayloadThatIsNotAtItsPlaceAnyMoreIsAnError(t *testing.T) {
	t.Parallel()
	fs := disktest.New()
	j, _, err := journal.Open(fs, "j", journal.Options{})
	require.NoError(t, err)
	_, err = j.Append([]byte("rolled back"))
	require.NoError(t, err)
	at := j.Place()
	_, err = j.Append([]byte("it works"))
	require.NoError(t, err)
	r := j.Reread()

	broken := errors.New("the disk is broken")
	for _, op := range []string{"open", "read"} {
		fs.Fail(func(is, _ string) error {
			if is == op {
				return broken
			}
			return nil
		})
		_, err = r.Payload(at)
		require.ErrorIs(t, err, broken, op)
		fs.Fail(nil)
		got, err := r.Payload(at)
		require.NoError(t, err, "it is there again")
		require.Equal(t, "rolled back", string(got))
		r.Close()
	}

	name := "j/00000001.wj"
	data := fs.Content(name)
	i := bytes.Index(data, []byte("rolled back"))
	data[i] ^= 1
	fs.Put(name, data)
	_, err = r.Payload(at)
	require.ErrorIs(t, err, journal.ErrLost)
	require.NoError(t, j.Close())
}
