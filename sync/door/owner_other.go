//go:build !unix

package door

import "io/fs"

func ownedByUs(fs.FileInfo) error { return nil }

// OwnerOf cannot be told here.
func OwnerOf(string) (uint32, error) { return 0, errNotPrivate }

func giveToGroup(string, fs.FileInfo) error { return nil }
