package storage

import (
	"errors"
	"path/filepath"
	"time"
)

// Limits of one transaction.
const (
	TxnBytes   = txnBytes
	TxnEntries = txnEntries
)

// TransactionLimits are Badger's own limits of one transaction.
func (b *Badger) TransactionLimits() (bytes, entries int64) {
	return b.db.MaxBatchSize(), b.db.MaxBatchCount()
}

// At has fn told the points that a removal reaches.
func (b *Badger) At(fn func(point string)) { b.at = fn }

// CheckTables has the check of the tables done now, and gives what it found.
func (b *Badger) CheckTables() error {
	if b.check != nil {
		ring(b.check.begin)
		<-b.check.done
	}
	return b.Fault()
}

// Fault is what was found wrong in the database, also after a Close.
func (b *Badger) Fault() error {
	if why := b.fault.Load(); why != nil {
		return *why
	}
	return nil
}

// EndCheck ends the check of the tables as a Close does.
func (b *Badger) EndCheck(within time.Duration) { b.endCheck(within) }

// CheckBeside checks the tables of a database as the check beside the work does,
// after meanwhile.
func CheckBeside(db string, meanwhile func()) (found error) {
	listed, err := readManifest(db, databaseOptions(db, nil))
	if err != nil {
		return err
	}
	rest, err := checkTables(db, listed, derived)
	if err != nil {
		return err
	}
	c := check(rest, 0, func(why error) { found = why })
	meanwhile()
	ring(c.begin)
	<-c.done
	return found
}

// CheckEveryBlock checks tables of a database, as after an end without order.
func CheckEveryBlock(db string, ids ...uint64) error {
	listed := map[uint64]bool{}
	for _, id := range ids {
		listed[id] = true
	}
	_, err := checkTables(db, listed, all)
	return err
}

// DropActs has a closed store forget its index of acts.
func DropActs(dir string) error {
	db, err := openDB(databaseOptions(filepath.Join(dir, dbName), nil))
	if err != nil {
		return err
	}
	return errors.Join(db.DropPrefix([]byte{keyActs}, settingKey(settingActs)), db.Close())
}
