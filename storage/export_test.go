package storage

// TransactionLimits are Badger's own limits of one transaction.
func (b *Badger) TransactionLimits() (bytes, entries int64) {
	return b.db.MaxBatchSize(), b.db.MaxBatchCount()
}

// At has fn told the points that a removal reaches.
func (b *Badger) At(fn func(point string)) { b.at = fn }
