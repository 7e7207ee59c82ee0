package storage

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"time"

	badger "github.com/dgraph-io/badger/v4"

	"warroom/storage/disk"
	"warroom/storage/journal"
)

// A backup is one file:
//
//	0   8   "wrbackup"
//	8   4   version
//	12  4   the store's format
//	16  8   when it was made, in ms since 1970
//	24      records: length 4, then as many bytes, as a commit in the journal
//	        length 0
//	        number of records 8, number of events 8
//	end 32  SHA-256 of all before it
//
// with all integers big-endian. The device's key is not in it.
const (
	backupMagic   = "wrbackup"
	backupVersion = 1
	backupHead    = 24
	backupEnd     = 4 + 8 + 8
)

// maxRecord is how many bytes of keys and values a record takes; a commit that
// is longer is one record.
const maxRecord = 1 << 20

// Why a file is not restored. Nothing is changed then.
var (
	// ErrNotBackup is a file that is something else.
	ErrNotBackup = errors.New("it is not a backup")
	// ErrBackupCut is a backup whose end is missing.
	ErrBackupCut = errors.New("its end is missing")
	// ErrBackupAltered is a backup that is not what was written.
	ErrBackupAltered = errors.New("it is not what was written")
	// ErrNoStore is a directory without a store.
	ErrNoStore = errors.New("there is no store")
)

// BackupInfo is what a backup says of itself.
type BackupInfo struct {
	// Made is when it was made, in ms since 1970.
	Made int64
	// Events and Logs are how many it holds; Size is its length in bytes.
	Events uint64
	Logs   int
	Size   int64
	// Locked says that it was made under the store's lock, because the journal
	// does not hold all that the store does.
	Locked bool
}

// BackupFile is what a backup is written to.
type BackupFile interface {
	io.Writer
	io.Seeker
	Truncate(size int64) error
}

// backupTries is how often a journal that changes under the reader is read again.
const backupTries = 5

// Backup writes what the store in the directory holds to an empty file. It may
// be in use by any process: the journal is read without a lock, and what is
// written is what was durable at some moment not before the call.
//
// Where the journal does not hold everything, because it is younger than the
// store or damaged, the store is opened for it: a *LockedError when another
// process has it. ErrNoStore, a *NewerError, and errors of the file come too.
func Backup(dir string, to BackupFile, now time.Time) (BackupInfo, error) {
	have, err := formatOf(filepath.Join(dir, dbName))
	if err != nil {
		return BackupInfo{}, &UnusableError{dir, "read the format", err}
	}
	if have > Format {
		return BackupInfo{}, &NewerError{Have: int(have), Know: Format}
	}
	if !there(filepath.Join(dir, dbName)) && !there(filepath.Join(dir, journalName)) {
		return BackupInfo{}, ErrNoStore
	}
	for range backupTries {
		info, whole, err := backupJournal(dir, to, now)
		if whole || err != nil && !errors.Is(err, fs.ErrNotExist) {
			return info, err
		}
		if _, err := to.Seek(0, io.SeekStart); err != nil {
			return BackupInfo{}, fmt.Errorf("write the backup: %w", err)
		}
		if err := to.Truncate(0); err != nil {
			return BackupInfo{}, fmt.Errorf("write the backup: %w", err)
		}
	}
	return backupDatabase(dir, to, now)
}

// backupJournal backs up what the journal holds; whole is false when that is not
// everything, or when the journal changed meanwhile.
func backupJournal(dir string, to io.Writer, now time.Time) (info BackupInfo, whole bool, err error) {
	// HEAD is read first: the journal is ahead of it.
	known, _ := readHeadFile(disk.OS{}, dir)
	w, err := newBackup(to, now)
	if err != nil {
		return BackupInfo{}, false, err
	}
	first, last := uint64(math.MaxUint64), uint64(0)
	report, err := journal.ReadIn(disk.OS{}, filepath.Join(dir, journalName), func(ordinal uint64, payload []byte) error {
		first, last = min(first, ordinal), ordinal
		writes, err := decodeWrites(payload)
		if err != nil {
			return fmt.Errorf("commit %d: %w", ordinal, err)
		}
		return w.add(writes)
	})
	if newer := new(journal.NewerError); errors.As(err, &newer) {
		return BackupInfo{}, false, &NewerError{Have: newer.Have, Know: newer.Know}
	}
	if err != nil {
		return BackupInfo{}, false, err
	}
	if first != 1 || last < known.ordinal || len(report.Damage) > 0 {
		return BackupInfo{}, false, nil
	}
	for _, h := range known.heads {
		if !w.held.reaches(h) {
			return BackupInfo{}, false, nil
		}
	}
	info, err = w.close()
	return info, err == nil, err
}

// backupDatabase backs up the database, which it opens for it.
func backupDatabase(dir string, to io.Writer, now time.Time) (info BackupInfo, err error) {
	b, err := Open(dir, Options{NetworkFS: true}) // what is kept there is best copied away
	if err != nil {
		return BackupInfo{}, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	defer func() { b.caught(recover(), &err) }()
	if err := b.follower.wait(); err != nil {
		return BackupInfo{}, b.fail("write to the database", err)
	}
	w, err := newBackup(to, now)
	if err != nil {
		return BackupInfo{}, err
	}
	err = b.db.View(func(txn *badger.Txn) error {
		// What stands apart is known before the events come.
		err := scan(txn, []byte{keyApart}, nil, func(item *badger.Item) error {
			return w.add([]write{{item.KeyCopy(nil), []byte{}}})
		})
		if err != nil {
			return err
		}
		return everyKey(txn, func(key, value []byte) error {
			if key[0] == keyApart {
				return nil
			}
			return w.add([]write{{key, value}})
		})
	})
	if err != nil {
		return BackupInfo{}, fmt.Errorf("back up the database: %w", err)
	}
	info, err = w.close()
	info.Locked = true
	return info, err
}

// everyKey gives every key with its value, in order; both are fn's to keep.
func everyKey(txn *badger.Txn, fn func(key, value []byte) error) error {
	o := badger.DefaultIteratorOptions
	o.PrefetchValues = false
	it := txn.NewIterator(o)
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		value, err := it.Item().ValueCopy(nil)
		if err != nil {
			return err
		}
		if err := fn(it.Item().KeyCopy(nil), value); err != nil {
			return err
		}
	}
	return nil
}

// backup is a backup that is being written.
type backup struct {
	out     *bufio.Writer
	sum     hash.Hash
	size    int64
	records uint64
	held    *tally
	info    BackupInfo

	group []write
	bytes int
}

func newBackup(to io.Writer, now time.Time) (*backup, error) {
	b := &backup{out: bufio.NewWriterSize(to, 1<<18), sum: sha256.New(), held: newTally()}
	b.info.Made = now.UnixMilli()
	head := append(make([]byte, 0, backupHead), backupMagic...)
	head = binary.BigEndian.AppendUint32(head, backupVersion)
	head = binary.BigEndian.AppendUint32(head, Format)
	head = binary.BigEndian.AppendUint64(head, uint64(b.info.Made))
	return b, b.put(head)
}

func (b *backup) put(data []byte) error {
	b.sum.Write(data)
	b.size += int64(len(data))
	if _, err := b.out.Write(data); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	return nil
}

// ownSetting reports a key that is a store's own, and means nothing in another.
func ownSetting(key []byte) bool {
	return len(key) > 0 && key[0] == keySetting && slices.Contains(ownSettings, string(key[1:]))
}

// add adds a commit. Several go into one record, in their order.
func (b *backup) add(commit []write) error {
	size := 0
	for _, w := range commit {
		size += len(w.key) + len(w.value) + entryOverhead
	}
	if b.bytes+size > maxRecord || len(b.group)+len(commit) > MaxBatchEntries/2 {
		if err := b.flush(); err != nil {
			return err
		}
	}
	for _, w := range commit {
		if ownSetting(w.key) {
			continue
		}
		if err := b.held.add(w); err != nil {
			return fmt.Errorf("read a line: %w", err)
		}
		b.group = append(b.group, w)
	}
	b.bytes += size
	return nil
}

func (b *backup) flush() error {
	if len(b.group) == 0 {
		return nil
	}
	payload := encodeWrites(b.group)
	b.group, b.bytes = b.group[:0], 0
	b.records++
	return errors.Join(b.put(binary.BigEndian.AppendUint32(nil, uint32(len(payload)))), b.put(payload))
}

func (b *backup) close() (BackupInfo, error) {
	if err := b.flush(); err != nil {
		return BackupInfo{}, err
	}
	b.info.Logs, b.info.Events = b.held.count()
	end := binary.BigEndian.AppendUint32(nil, 0)
	end = binary.BigEndian.AppendUint64(end, b.records)
	end = binary.BigEndian.AppendUint64(end, b.info.Events)
	if err := b.put(end); err != nil {
		return BackupInfo{}, err
	}
	b.info.Size = b.size + sha256.Size
	if _, err := b.out.Write(b.sum.Sum(nil)); err != nil {
		return BackupInfo{}, fmt.Errorf("write the backup: %w", err)
	}
	if err := b.out.Flush(); err != nil {
		return BackupInfo{}, fmt.Errorf("write the backup: %w", err)
	}
	return b.info, nil
}
