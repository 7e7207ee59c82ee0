// Command warroom is the incident war room in a terminal: a console, and a verb
// for everything that a script or a hurry needs.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Main is what the program needs from the machine. Tests give it a clock.
type Main struct {
	// Now is the clock; nil is the machine's.
	Now func() time.Time
	// Umask is what the caller had; files that are meant for others get it.
	Umask int
	// Patience is how long a verb with something to lose waits for a room that
	// another process has; 0 is half a minute.
	Patience time.Duration
}

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1 // refused or failed
	exitUsage  = 2 // wrong usage
)

func main() {
	m := Main{Umask: setUmask(0o077)}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := m.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ())
	stop()
	os.Exit(code)
}

// Run does what the arguments say and gives the exit code. When ctx ends, what
// is open is closed, and it returns.
func (m Main) Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env []string) int {
	a := newApp(m, stdin, stdout, stderr, env)
	root := newRoot(a)
	root.SetArgs(shield(args))
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		err = a.out.failed
	}
	return a.fail(cmd, err)
}
