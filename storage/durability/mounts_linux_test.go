package durability_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// ownEnv says that this process has mounts of its own.
const ownEnv = "WARROOM_TEST_OWN_MOUNTS"

// inOwnMounts runs the suite again in a mount namespace of its own, where it may
// make one: whatever becomes of it, what it mounted goes with it.
func inOwnMounts() (code int, done bool) {
	if os.Getuid() != 0 || os.Getenv(ownEnv) != "" {
		return 0, false
	}
	// The child dies with the thread that started it.
	runtime.LockOSThread()
	c := exec.Command("/proc/self/exe", os.Args[1:]...)
	c.Args[0] = os.Args[0]
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	c.Env = append(os.Environ(), ownEnv+"=1")
	c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	if err := c.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "no mounts of our own:", err)
		return 0, false
	}
	err := c.Wait()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return max(ended.ExitCode(), 1), true
	}
	return 0, true
}
