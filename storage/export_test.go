package storage

// TransactionLimits are Badger's own limits of one transaction.
func (b *Badger) TransactionLimits() (bytes, entries int64) {
	return b.db.MaxBatchSize(), b.db.MaxBatchCount()
}
