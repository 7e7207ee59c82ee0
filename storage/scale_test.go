package storage_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/storage/storagetest"
)

// startEnv makes the test binary a process that opens the store there, reads the
// list, and says what that took.
const startEnv = "WARROOM_TEST_START"

func startUp(dir string) {
	began := time.Now()
	s, err := storage.Open(dir, storage.Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	opened := time.Since(began)
	rows := 0
	if err := s.Rows(func(model.Summary) error { rows++; return nil }); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(rows, opened.Microseconds(), time.Since(began).Microseconds(), memory("VmRSS"), memory("RssAnon"))
	if err := s.Close(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

// memory is what the process takes, in kB.
func memory(what string) int {
	raw, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, what+":"); ok {
			n, _ := strconv.Atoi(strings.Fields(rest)[0])
			return n
		}
	}
	return 0
}

// BenchmarkStart is a process that opens a store and reads its list. The sizes
// are events and incidents.
func BenchmarkStart(b *testing.B) {
	for _, size := range []struct{ events, incidents int }{{0, 0}, {10_000, 100}, {1_000_000, 10_000}} {
		b.Run(fmt.Sprintf("%d events in %d incidents", size.events, size.incidents), func(b *testing.B) {
			if testing.Short() && size.events > 100_000 {
				b.Skip("it takes a minute to write them")
			}
			dir := b.TempDir()
			large(b, dir, size.events, size.incidents)
			sum := make([]int, 5)
			n := 0
			for b.Loop() {
				c := exec.Command(os.Args[0])
				c.Env = append(os.Environ(), startEnv+"="+dir)
				out, err := c.Output()
				require.NoError(b, err, string(out))
				for i, f := range strings.Fields(string(out)) {
					v, err := strconv.Atoi(f)
					require.NoError(b, err, string(out))
					sum[i] += v
				}
				n++
			}
			require.Equal(b, size.incidents, sum[0]/n)
			b.ReportMetric(float64(sum[1])/float64(n)/1000, "open-ms")
			b.ReportMetric(float64(sum[2])/float64(n)/1000, "rows-ms")
			b.ReportMetric(float64(sum[3])/float64(n)/1024, "RSS-MB")
			b.ReportMetric(float64(sum[4])/float64(n)/1024, "anonymous-MB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// large writes a store of so many events spread over incidents, and closes it.
func large(b *testing.B, dir string, events, incidents int) {
	b.Helper()
	s, err := storage.Open(dir, storage.Options{})
	require.NoError(b, err)
	a := storagetest.NewAuthor(1)
	ctx := context.Background()
	id := func(i int) (scope model.Scope) {
		binary.BigEndian.PutUint32(scope[:], uint32(i)*2654435761)
		return scope
	}
	var batch storage.Batch
	if events > 0 {
		batch.Events = append(batch.Events, a.Open())
	}
	for i := 1; i < events; i++ {
		batch.Events = append(batch.Events, a.Write(id(i%incidents), "the queue is at 40,000 and falls"))
		if len(batch.Events) == 1000 || i == events-1 {
			_, err := s.Commit(ctx, batch)
			require.NoError(b, err)
			batch = storage.Batch{}
		}
	}
	for i := range incidents {
		batch.Rows = append(batch.Rows, model.Summary{
			ID: id(i), Title: fmt.Sprintf("checkout answers with 500, number %d", i), Status: model.Resolved,
			Opened: int64(i), Changed: int64(i), Lines: events / incidents, Groups: []model.Hash{{1}},
		})
		if len(batch.Rows) == 1000 || i == incidents-1 {
			_, err := s.Commit(ctx, batch)
			require.NoError(b, err)
			batch = storage.Batch{}
		}
	}
	require.NoError(b, s.Close())
}
