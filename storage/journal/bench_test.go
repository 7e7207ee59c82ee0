package journal_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/storage/disk"
	"warroom/storage/journal"
)

// BenchmarkAppend is one event of 400 bytes made durable on a real disk.
func BenchmarkAppend(b *testing.B) {
	j, _, err := journal.Open(disk.OS{}, filepath.Join(b.TempDir(), "journal"), journal.Options{})
	require.NoError(b, err)
	defer func() { require.NoError(b, j.Close()) }()
	payload := bytes.Repeat([]byte("x"), 400)
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := j.Append(payload); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) }
	b.ReportMetric(at(0.50), "p50-µs")
	b.ReportMetric(at(0.99), "p99-µs")
	b.ReportMetric(at(0.999), "p99.9-µs")
}

// BenchmarkOpen is what a start after a kill waits for, with 10,000 events of
// 400 bytes in the journal.
func BenchmarkOpen(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "journal")
	j, _, err := journal.Open(disk.OS{}, dir, journal.Options{})
	require.NoError(b, err)
	payload := bytes.Repeat([]byte("x"), 4000)
	for range 1000 {
		_, err := j.Append(payload)
		require.NoError(b, err)
	}
	for b.Loop() {
		_, report, err := journal.Open(disk.OS{}, dir, journal.Options{})
		if err != nil || report.Frames != 1000 || report.Clean {
			b.Fatal(report, err)
		}
	}
}
