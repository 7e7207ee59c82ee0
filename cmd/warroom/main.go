// Command warroom is the incident war room in a terminal: a console, and a verb
// for everything that a script or a hurry needs.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// Main is what the program needs from the machine. Tests give it a clock.
type Main struct {
	// Now is the clock; nil is the machine's.
	Now func() time.Time
	// Umask is what the caller had; files that are meant for others get it.
	Umask int
	// Program is the file that a room process in the background is started from, by
	// the name "warroom"; with none, none is started.
	Program string
	// ServiceDir is where the sockets of services are; "" is the system's place.
	ServiceDir string
	// Patience is how long a verb waits for a store that another process has; 0 is
	// five seconds, and half a minute where there is something to lose.
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
	if file, err := os.Executable(); err == nil {
		m.Program = file
	}
	env := os.Environ()
	_ = os.Unsetenv(envInvite) // no program that this one starts is to have it
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := m.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, env)
	stop()
	os.Exit(code)
}

// Run does what the arguments say and gives the exit code. When ctx ends, what
// is open is closed, and it returns.
func (m Main) Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env []string) int {
	if len(args) > 0 && args[0] == "prompt" {
		if code, done := m.prompt(args[1:], stdout, env); done {
			return code
		}
	}
	a := newApp(m, stdin, stdout, stderr, env)
	a.args = args
	root := newRoot(a)
	root.SetArgs(shield(args))
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		err = a.out.failed
	}
	return a.fail(cmd, err)
}

// prompt is the verb that has no time for the rest of the program.
func (m Main) prompt(args []string, stdout io.Writer, env []string) (code int, done bool) {
	now := time.Now()
	if m.Now != nil {
		now = m.Now()
	}
	return prompt(args, stdout, func(name string) string {
		for _, pair := range env {
			if n, value, _ := strings.Cut(pair, "="); n == name {
				return value
			}
		}
		return ""
	}, now)
}
