//go:build unix

package pager

import (
	"os/exec"
	"syscall"
)

// alone runs a command in a group of its own, which is ended whole: what it started
// does not go on after its time.
func alone(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
}
