//go:build !unix

package main

import "syscall"

// hasRoomProcess: there is no telling who is at a socket here.
const hasRoomProcess = false

func ownSession() *syscall.SysProcAttr { return nil }
