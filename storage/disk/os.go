package disk

import (
	"errors"
	"io/fs"
	"os"
)

// OS is the machine's file system.
type OS struct{}

var _ FS = OS{}

// Open is FS.
func (OS) Open(path string) (File, error) { return file(os.OpenFile(path, os.O_RDWR, 0)) }

// Create is FS.
func (OS) Create(path string) (File, error) {
	return file(os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600))
}

func file(f *os.File, err error) (File, error) {
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

// Rename is FS.
func (OS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove is FS.
func (OS) Remove(path string) error { return os.Remove(path) }

// List is FS.
func (OS) List(dir string) ([]string, error) {
	found, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(found))
	for _, f := range found {
		names = append(names, f.Name())
	}
	return names, nil
}

// MakeDir is FS.
func (OS) MakeDir(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// SyncDir is FS.
func (OS) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(syncNames(d), d.Close())
}

// Space is FS.
func (OS) Space(dir string) (Space, error) { return space(dir) }

type osFile struct{ *os.File }

func (f osFile) Size() (int64, error) {
	st, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return st.Size(), nil
}

func (f osFile) Allocate(size int64) error { return allocate(f.File, size) }

func (f osFile) Sync() error { return syncData(f.File) }

// fill reserves blocks by writing zeros, where the file system cannot reserve
// them itself.
func fill(f *os.File, size int64) error {
	st, err := f.Stat()
	if err != nil {
		return err
	}
	zeros := make([]byte, 64<<10)
	for at := st.Size(); at < size; {
		n, err := f.WriteAt(zeros[:min(int64(len(zeros)), size-at)], at)
		if err != nil {
			return err
		}
		at += int64(n)
	}
	return nil
}
