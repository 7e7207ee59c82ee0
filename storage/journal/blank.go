package journal

import "warroom/storage/disk"

// blankPiece is how much of a new segment is written between two syncs, in bytes:
// an append that is synced meanwhile waits for one piece, a third of a
// millisecond.
const blankPiece = 128 << 10

// blank reserves a segment's blocks, and writes zeros over all of them. A block
// that is only reserved becomes part of its file when it is first written, by an
// entry in the file system's journal. When ext4 stops that journal after an error,
// and turns read-only, a sync at that moment succeeds, and the block is not there.
func blank(f disk.File, size int64) error {
	if err := f.Allocate(size); err != nil {
		return err
	}
	zeros := make([]byte, blankPiece)
	for at := int64(0); at < size; at += blankPiece {
		if _, err := f.WriteAt(zeros[:min(blankPiece, size-at)], at); err != nil {
			return err
		}
		if err := f.Sync(); err != nil {
			return err
		}
	}
	return nil
}
