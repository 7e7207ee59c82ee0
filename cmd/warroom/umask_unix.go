//go:build unix

package main

import "syscall"

// setUmask changes which rights new files do not get, and gives what was.
func setUmask(mask int) int { return syscall.Umask(mask) }
