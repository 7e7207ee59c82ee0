package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// syncTime is the yardstick: the median time to append 4 kB to a file and sync
// it. No store that syncs each event can be much faster; one that reserves its
// blocks beforehand can be a little.
func syncTime(dir string) (time.Duration, error) {
	f, err := os.CreateTemp(dir, "sync-")
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	block := make([]byte, 4096)
	var took []time.Duration
	for began := time.Now(); len(took) < 200 && time.Since(began) < 300*time.Millisecond; {
		start := time.Now()
		if _, err := f.Write(block); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return quantile(took, 0.5), nil
}

// usage is what a folder takes, in bytes.
type usage struct{ blocks, apparent int64 }

// used adds up a folder; parts are its folders and files at the top.
func used(dir string) (all usage, parts map[string]usage, err error) {
	parts = map[string]usage{}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		u := usage{apparent: info.Size(), blocks: info.Size()}
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			u.blocks = st.Blocks * 512
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		top, _, _ := strings.Cut(rel, string(filepath.Separator))
		p := parts[top]
		parts[top] = usage{p.blocks + u.blocks, p.apparent + u.apparent}
		all = usage{all.blocks + u.blocks, all.apparent + u.apparent}
		return nil
	})
	return all, parts, err
}

// memory is what a process holds, in bytes; zero where there is no /proc.
type memory struct {
	RSS  int64 // resident, files that are mapped with it
	Anon int64 // of which belongs to no file, and cannot be taken back
	Peak int64 // the most that was resident at once, so far
}

func resident() (m memory) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return m
	}
	for line := range strings.Lines(string(status)) {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		kB, _ := strconv.ParseInt(f[1], 10, 64)
		switch f[0] {
		case "VmRSS:":
			m.RSS = kB << 10
		case "RssAnon:":
			m.Anon = kB << 10
		case "VmHWM:":
			m.Peak = kB << 10
		}
	}
	return m
}

// load is the machine's load average, empty where there is no /proc.
func load() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	f := strings.Fields(string(raw))
	return strings.Join(f[:min(3, len(f))], " ")
}

// fileSystem is the type of the one that a folder stands on, "unknown" where
// there is no /proc.
func fileSystem(dir string) string {
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return "unknown"
	}
	kind, length := "unknown", -1
	for line := range strings.Lines(string(mounts)) {
		f := strings.Fields(line)
		if len(f) < 3 || len(f[1]) < length {
			continue
		}
		if rel, err := filepath.Rel(f[1], dir); err == nil && rel != ".." && !strings.HasPrefix(rel, "../") {
			kind, length = f[2], len(f[1])
		}
	}
	return kind
}

func mb(bytes float64) string { return fmt.Sprintf("%.1f MB", bytes/1e6) }
