// Package bundle carries events between rooms in a file, for when no network does.
//
// A bundle is
//
//	"warroom-bundle" 0 version      16 bytes
//	workspace id                    32
//	when it was made, ms since 1970  8
//	frames of warroom/1, each with its length: vectors, then runs
//	a length of 0                    4
//	SHA-256 of all before           32
//
// The vectors say what its maker holds, all of it, whatever of it is in the bundle.
// Runs of membership logs come first. Nothing in it is secret to a member, and
// nothing is sealed: it is to be carried like what is written in it.
package bundle

import (
	"errors"
	"fmt"

	"warroom/model"
	"warroom/sync/wire"
)

const (
	mark = "warroom-bundle\x00"
	// version is of the format. What is in the frames has versions of its own.
	version  = 1
	headSize = len(mark) + 1 + len(model.WorkspaceID{}) + 8
)

// maxTips bounds what a bundle may say that its maker holds: a room with a log a
// day for each of 50 devices has so many after five years.
const maxTips = 100_000

// What can be wrong with a bundle.
var (
	// ErrNoBundle is a file that is none.
	ErrNoBundle = errors.New("no bundle")
	// ErrNewer is one of a later format.
	ErrNewer = errors.New("a bundle of a newer warroom")
	// ErrWorkspace is one of another workspace.
	ErrWorkspace = errors.New("a bundle of another workspace")
	// ErrCut is one that ends too early.
	ErrCut = errors.New("a bundle is not whole")
	// ErrAltered is one that is not what was written.
	ErrAltered = errors.New("a bundle was changed")
)

// Head is how a bundle begins.
type Head struct {
	Workspace model.WorkspaceID
	// Made is when, in ms since 1970.
	Made int64
}

// Info is what is in a bundle that was written.
type Info struct {
	Head
	Logs   int
	Events uint64
	Bytes  int64
}

// Gap is what is missing before a run can be taken: the numbers From to To of a log.
type Gap struct {
	Log      model.LogID
	From, To uint64
}

func (g Gap) String() string { return fmt.Sprintf("%s %d-%d", g.Log, g.From, g.To) }

// Taken is what came of reading a bundle.
type Taken struct {
	Head
	// Events is how many were taken, Held how many were there already; Runs is how
	// many whole runs were good.
	Events, Held uint64
	Runs         int
	// Apart counts the events that attach to nothing that is held, Gaps is what
	// is missing before them, each log once.
	Apart uint64
	Gaps  []Gap
	// Unsigned counts those without the signature of who should have written them.
	Unsigned uint64
	// Newer counts the frames that this warroom does not know.
	Newer int
	// Tips is what the bundle's maker holds.
	Tips []wire.Tip
}
