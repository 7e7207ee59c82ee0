//go:build unix

package main

import "syscall"

// hasRoomProcess says that consoles can share a room process here.
const hasRoomProcess = true

// ownSession takes a process out of the terminal's reach: it goes on when the
// terminal is closed.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
