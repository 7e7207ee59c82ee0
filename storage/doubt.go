package storage

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// doubtName is the file that says that the journal's end was missing. It is
// written before anything is mended, because what is mended is not found again,
// and stays until Adopt: a process that ends before a new log was begun leaves it
// to the next one.
const doubtName = "doubt"

// doubt says that something durable may be missing at the logs' ends, now and at
// every open until Adopt.
func (b *Badger) doubt() error {
	if b.report.Cut {
		return nil
	}
	b.report.Cut = true
	err := b.writeDoubt()
	if err != nil && diskFull(err) {
		// Whoever has the store now is told all the same.
		if b.logf != nil {
			b.logf("warning: %v", err)
		}
		return nil
	}
	return err
}

func (b *Badger) writeDoubt() error {
	f, err := b.fs.Create(filepath.Join(b.dir, doubtName))
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err == nil {
		err = errors.Join(f.Sync(), f.Close(), b.fs.SyncDir(b.dir))
	}
	if err != nil {
		return b.fail("note that the journal is cut", err)
	}
	return nil
}

// readDoubt sees whether an open before this one had a doubt that nobody ended.
func (b *Badger) readDoubt() error {
	f, err := b.fs.Open(filepath.Join(b.dir, doubtName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return b.fail("look for a doubt", err)
	}
	b.report.Cut = true
	return f.Close()
}

func (b *Badger) endDoubt() error {
	err := b.fs.Remove(filepath.Join(b.dir, doubtName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = b.fs.SyncDir(b.dir)
	}
	if err != nil {
		return b.fail("end a doubt", err)
	}
	return nil
}

// doubtEnds compares the journal's end with the last commit that the database
// has, and what is missing in it with what the database has of that.
func (b *Badger) doubtEnds(applied uint64) error {
	gone := applied > b.journal.Last()
	for _, d := range b.missing {
		gone = gone || d.Last > applied
	}
	if gone {
		return b.doubt()
	}
	return nil
}
