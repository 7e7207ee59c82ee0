//go:build unix

package durability_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

// What is written in order stands in order, whatever the machine's clock does,
// also across an end of the process.
func TestOrderHoldsWhateverTheClockDoes(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC)
	for name, at := range map[string]func(n int) time.Time{
		"frozen":                 func(int) time.Time { return begin },
		"running backwards":      func(n int) time.Time { return begin.Add(-time.Duration(n) * time.Second) },
		"an hour forth and back": func(n int) time.Time { return begin.Add(time.Duration(n%3-1) * time.Hour) },
		"ten years off for a while": func(n int) time.Time {
			if n > 20 && n < 40 {
				return begin.AddDate(10, 0, 0)
			}
			return begin.Add(time.Duration(n) * time.Millisecond)
		},
		"before 1970": func(n int) time.Time { return time.Unix(-1000, 0).Add(time.Duration(n) * time.Millisecond) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, acked := filepath.Join(t.TempDir(), "store"), acks{}
			n := 0
			now := func() time.Time { n++; return at(n) } // called by the committer alone
			var incident model.Scope
			var want []string
			for session := range 3 {
				s, err := storage.Open(dir, storage.Options{})
				require.NoError(t, err)
				r, err := room.Open(context.Background(), room.Options{Store: s, Dir: dir, Name: "ana", Now: now})
				require.NoError(t, err)
				do := func(c model.Command) {
					got, err := r.Do(context.Background(), model.Actor{Person: r.Me(), Via: model.DoorConsole}, incident, c)
					require.NoError(t, err)
					incident = got.Incident
					for _, ref := range got.Refs {
						acked.add(ref)
					}
				}
				if session == 0 {
					do(model.OpenIncident{Title: "incident 0"})
				}
				for i := range 25 {
					text := fmt.Sprint("entry ", session, " ", i)
					want = append(want, text)
					do(model.Write{Text: text})
				}
				require.NoError(t, r.Close())
			}
			s, err := storage.Open(dir, storage.Options{})
			require.NoError(t, err)
			var got []string
			last := map[model.LogID]model.Clock{}
			require.NoError(t, s.Scope(incident, func(e *model.Event, eff model.Clock) error {
				require.Greater(t, e.Clock, last[e.Log], "the clock of a log rises")
				require.GreaterOrEqual(t, eff, e.Clock)
				last[e.Log] = e.Clock
				if e.Text != nil && e.Kind == model.KindEntryAdd {
					got = append(got, string(e.Text))
				}
				return nil
			}))
			require.NoError(t, s.Close())
			require.Equal(t, want, got)
			examine(dir, acked).requireSound(t)
		})
	}
}
