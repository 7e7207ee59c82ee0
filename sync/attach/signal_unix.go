//go:build unix

package attach

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// notifySize reports changes of the terminal's size, and that the process goes on
// after it was stopped.
func notifySize(to chan os.Signal) (stop func()) {
	signal.Notify(to, syscall.SIGWINCH, syscall.SIGCONT)
	return func() { signal.Stop(to) }
}

func isContinue(s os.Signal) bool { return s == syscall.SIGCONT }

// notStopped is how long after the signal a process that still runs was not stopped
// by it.
const notStopped = 200 * time.Millisecond

// suspend stops this process, with what the shell counts to it, until the shell
// lets it go on.
func suspend() error {
	on := make(chan os.Signal, 1)
	signal.Notify(on, syscall.SIGCONT)
	defer signal.Stop(on)
	if err := syscall.Kill(0, syscall.SIGTSTP); err != nil {
		return err
	}
	// A process that no shell watches over is not stopped: then it just goes on.
	select {
	case <-on:
	case <-time.After(notStopped):
	}
	return nil
}
