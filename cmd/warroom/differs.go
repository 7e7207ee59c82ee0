package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/room"
)

// differsDir is the folder, in the store's, of what this room held when a peer had
// another state of the same events: who looks for why compares it with the peer's. No
// text is in it.
const differsDir = "differs"

// maxDiffers is how many such files are kept, the newest.
const maxDiffers = 16

// differing is the head of such a file; the events follow.
type differing struct {
	At     int64  `json:"at_ms"`
	Peer   string `json:"peer"`
	Scope  string `json:"scope"`
	Vector string `json:"vector"`
	Fold   int    `json:"fold"`
	Here   string `json:"here"`
	There  string `json:"there"`
}

// placed is an event with where it stands, in the order of the timeline.
type placed struct {
	Log   string      `json:"log"`
	Seq   uint64      `json:"seq"`
	Hash  string      `json:"hash"`
	Clock model.Clock `json:"clock"` // effective
}

// note keeps what the room holds of a scope that a peer shows differently, and gives
// the file.
func (l *linking) note(ctx context.Context, r *room.Room, name string, e peer.Differs) (string, error) {
	dir := filepath.Join(l.dir, differsDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	now := l.app.Now().UTC()
	head, err := json.Marshal(differing{
		At: now.UnixMilli(), Peer: name, Scope: e.Scope.String(), Vector: hex.EncodeToString(e.Vector[:]), Fold: model.FoldVersion,
		Here: e.Here.String(), There: e.His.String(),
	})
	if err != nil {
		return "", err
	}
	// An event a line, so that two files can be compared line by line.
	var raw bytes.Buffer
	raw.Write(bytes.TrimSuffix(head, []byte("}")))
	raw.WriteString(",\"events\":[")
	between := "\n"
	err = r.Order(ctx, e.Scope, func(ref model.Ref, eff model.Clock) error {
		row, err := json.Marshal(placed{ref.Log.String(), ref.Seq, hex.EncodeToString(ref.Hash[:]), eff})
		raw.WriteString(between)
		raw.Write(row)
		between = ",\n"
		return err
	})
	if err != nil {
		return "", err
	}
	raw.WriteString("\n]}\n")
	file := filepath.Join(dir, now.Format("20060102T150405.000Z")+"-"+e.Scope.String()[:8]+".json")
	if err := writeWhole(file, raw.Bytes()); err != nil {
		return "", err
	}
	return file, keepNewest(dir, maxDiffers)
}

// keepNewest removes all but so many files of a folder whose names begin with the time.
func keepNewest(dir string, n int) error {
	files, err := os.ReadDir(dir) // by name
	var failed []error
	for i := 0; i < len(files)-n; i++ {
		failed = append(failed, os.Remove(filepath.Join(dir, files[i].Name())))
	}
	return errors.Join(err, errors.Join(failed...))
}
