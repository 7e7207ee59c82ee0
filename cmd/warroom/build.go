package main

import (
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
)

// release is set when a release is built; a build from a working copy has none.
var release = ""

// build says which program this is, so that two processes can tell which of them
// is the newer one.
type build struct {
	Version  string
	Revision string
	Changed  bool
	At       time.Time // of the revision; zero when it is not known
}

func thisBuild() build {
	b := build{Version: "devel"}
	info, ok := debug.ReadBuildInfo()
	if ok {
		if v := info.Main.Version; v != "" && v != "(devel)" && !strings.Contains(v, "-0.") {
			b.Version = v
		}
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				b.Revision = s.Value
			case "vcs.modified":
				b.Changed = s.Value == "true"
			case "vcs.time":
				b.At, _ = time.Parse(time.RFC3339, s.Value)
			}
		}
	}
	if release != "" {
		b.Version = release
	}
	return b
}

// token is the build in one word, as it stands in the first line of a door.
func (b build) token() string {
	return b.Version + "_" + strconv.FormatInt(max(b.At.Unix(), 0), 10) + "_" + b.Revision[:min(12, len(b.Revision))]
}

// parseBuild reads a token; what is no token is a build of which nothing is known.
func parseBuild(token string) build {
	parts := strings.Split(token, "_")
	if len(parts) != 3 {
		return build{Version: token}
	}
	b := build{Version: parts[0], Revision: parts[2]}
	if at, err := strconv.ParseInt(parts[1], 10, 64); err == nil && at > 0 {
		b.At = time.Unix(at, 0)
	}
	return b
}

// newer reports a build that came after another one, as far as that can be told.
func (b build) newer(o build) bool {
	if mine, theirs := numbers(b.Version), numbers(o.Version); mine != nil && theirs != nil {
		if c := slices.Compare(mine, theirs); c != 0 {
			return c > 0
		}
	}
	return !o.At.IsZero() && b.At.After(o.At)
}

// numbers are those of a release, as 1.12.3; nil for what is none.
func numbers(version string) []int {
	parts := strings.Split(strings.TrimPrefix(version, "v"), ".")
	if len(parts) != 3 {
		return nil
	}
	var out []int
	for _, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil {
			return nil
		}
		out = append(out, n)
	}
	return out
}

// name is the build for people.
func (b build) name() string {
	if b.Version != "devel" || b.Revision == "" {
		return b.Version
	}
	return b.Version + " " + b.Revision[:min(12, len(b.Revision))]
}
