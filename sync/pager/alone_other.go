//go:build !unix

package pager

import "os/exec"

// alone does nothing here: the command itself is ended, and not what it started.
func alone(*exec.Cmd) {}
