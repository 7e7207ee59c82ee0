package storage

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"warroom/storage/disk"
	"warroom/storage/journal"
)

// ErrNotEmpty is a directory that holds something, where a store is to be made.
var ErrNotEmpty = errors.New("there is something in it")

// Restore makes a store of a backup in a directory that is not there or is
// empty, for this user alone. The backup is read through before anything is
// written: ErrNotBackup, ErrBackupCut and ErrBackupAltered say what is wrong with
// it, a *NewerError that a newer version made it. What an error leaves in the
// directory is the caller's to remove.
//
// Others may know events of the restored logs that the backup has not: whoever
// opens the store must go on under new ones.
func Restore(dir string, from io.ReadSeeker) (BackupInfo, error) {
	info, err := CheckBackup(from)
	if err != nil {
		return BackupInfo{}, err
	}
	names, err := os.ReadDir(dir)
	names = slices.DeleteFunc(names, func(f os.DirEntry) bool { return f.Name() == stageMark || f.Name() == stageLock })
	if err == nil && len(names) > 0 {
		return BackupInfo{}, &UnusableError{dir, "restore into the directory", ErrNotEmpty}
	}
	if err := prepare(dir); err != nil {
		return BackupInfo{}, err
	}
	fail := func(err error) error { return &UnusableError{dir, "restore into the directory", err} }
	if _, err := from.Seek(backupHead, io.SeekStart); err != nil {
		return BackupInfo{}, fmt.Errorf("read the backup: %w", err)
	}
	if err := journal.Write(disk.OS{}, filepath.Join(dir, journalName), records(bufio.NewReaderSize(from, 1<<18))); err != nil {
		return BackupInfo{}, fail(err)
	}
	return info, nil
}

// records gives the records of a backup that was checked.
func records(from io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for {
			var length [4]byte
			if _, err := io.ReadFull(from, length[:]); err != nil {
				yield(nil, err)
				return
			}
			n := binary.BigEndian.Uint32(length[:])
			if n == 0 {
				return
			}
			payload := make([]byte, min(n, journal.MaxPayload))
			if _, err := io.ReadFull(from, payload); !yield(payload, err) || err != nil {
				return
			}
		}
	}
}

// CheckBackup reads a backup through and says what it is, or what is wrong with
// it: see Restore.
func CheckBackup(from io.ReadSeeker) (BackupInfo, error) {
	size, err := from.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = from.Seek(0, io.SeekStart)
	}
	if err != nil {
		return BackupInfo{}, fmt.Errorf("read the backup: %w", err)
	}
	head := make([]byte, min(size, backupHead))
	if _, err := io.ReadFull(from, head); err != nil {
		return BackupInfo{}, fmt.Errorf("read the backup: %w", err)
	}
	switch {
	case size == 0, !bytes.HasPrefix(head, []byte(backupMagic)[:min(len(head), len(backupMagic))]):
		return BackupInfo{}, ErrNotBackup
	case size < backupHead+backupEnd+sha256.Size:
		return BackupInfo{}, ErrBackupCut
	}
	if v := binary.BigEndian.Uint32(head[8:]); v > backupVersion {
		return BackupInfo{}, &NewerError{Have: int(v), Know: backupVersion}
	}
	c := checking{from: bufio.NewReaderSize(from, 1<<18), sum: sha256.New(), left: size - backupHead - sha256.Size, held: newTally()}
	c.sum.Write(head)
	if err := c.read(); err != nil {
		return BackupInfo{}, err
	}
	// The format counts only where the file is what was written.
	if f := binary.BigEndian.Uint32(head[12:]); f > Format {
		return BackupInfo{}, &NewerError{Have: int(f), Know: Format}
	}
	info := BackupInfo{Made: int64(binary.BigEndian.Uint64(head[16:])), Size: size}
	info.Logs, info.Events = c.held.count()
	return info, nil
}

// checking reads a backup from its first record to its end.
type checking struct {
	from io.Reader
	sum  hash.Hash
	left int64 // up to the checksum
	held *tally
}

func (c *checking) take(n int64) ([]byte, error) {
	if n > c.left {
		return nil, ErrBackupCut
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(c.from, b); err != nil {
		return nil, fmt.Errorf("read the backup: %w", err)
	}
	c.left -= n
	c.sum.Write(b)
	return b, nil
}

func (c *checking) read() error {
	unread := error(nil) // a record that says nothing counts only where the file is whole
	for {
		length, err := c.take(4)
		if err != nil {
			return err
		}
		n := int64(binary.BigEndian.Uint32(length))
		if n == 0 {
			break
		}
		if n > journal.MaxPayload {
			return ErrBackupAltered
		}
		payload, err := c.take(n)
		if err != nil {
			return err
		}
		writes, err := decodeWrites(payload)
		unread = errors.Join(unread, err)
		for _, w := range writes {
			if ownSetting(w.key) {
				unread = ErrBackupAltered
			}
			unread = errors.Join(unread, c.held.add(w))
		}
	}
	if _, err := c.take(backupEnd - 4); err != nil {
		return err
	}
	sum := make([]byte, sha256.Size)
	if _, err := io.ReadFull(c.from, sum); err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	if c.left > 0 || !bytes.Equal(sum, c.sum.Sum(nil)) || unread != nil {
		return ErrBackupAltered
	}
	return nil
}
