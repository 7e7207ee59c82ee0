package main

import (
	"errors"
	"os"
	"path/filepath"
)

// writeWhole writes a file of the program's own, for this user alone: all of it or
// nothing, whatever happens meanwhile. It is on the disk when it is there.
func writeWhole(file string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
