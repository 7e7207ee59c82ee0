package attach

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/muesli/cancelreader"

	"warroom/sync/door"
)

// reset brings a terminal back to what a shell expects, whatever the room was
// drawing when it ended: out of a synchronized update, out of the alternate
// screen, no mouse, no bracketed paste, no focus reports, plain keys, a visible
// cursor of the usual shape, plain colours.
const reset = "\x1b[?2026l\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[<u\x1b[>4;0m\x1b[?25h\x1b[0 q\x1b[0m"

// drainTime is how long late answers of the terminal are waited for, so that they
// do not land in the shell.
const drainTime = 40 * time.Millisecond

// Terminal is the person's terminal while a console is on it.
type Terminal struct {
	in, out *os.File
	state   *term.State

	mu    sync.Mutex
	keys  cancelreader.CancelReader // being read; nil while nobody reads
	lent  chan struct{}             // closed when the terminal is back; nil while it is ours
	wrote time.Time
}

// Open takes a terminal: raw mode, until Close.
func Open(in, out *os.File) (*Terminal, error) {
	state, err := term.MakeRaw(in.Fd())
	if err != nil {
		return nil, err
	}
	return &Terminal{in: in, out: out, state: state}, nil
}

// Size is the terminal's size.
func (t *Terminal) Size() door.Size {
	w, h, err := term.GetSize(t.out.Fd())
	if err != nil {
		return door.Size{}
	}
	return door.Size{Width: w, Height: h}
}

// Write draws what the room sends. While the terminal is somebody else's it is
// dropped: the room draws all of it anew afterwards.
func (t *Terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lent != nil {
		return len(p), nil
	}
	n, err := t.out.Write(p)
	t.wrote = time.Now()
	return n, err
}

// quiet is how long nothing was drawn before it is sure that no sequence of the
// room's is under way.
const quiet = 40 * time.Millisecond

// Say writes a sequence of the client's own between what the room draws.
func (t *Terminal) Say(sequence string) {
	for {
		t.mu.Lock()
		wait := quiet - time.Since(t.wrote)
		if wait <= 0 || t.lent != nil {
			_, _ = io.WriteString(t.out, sequence)
			t.mu.Unlock()
			return
		}
		t.mu.Unlock()
		time.Sleep(wait)
	}
}

// cancel wakes whoever reads keys.
func (t *Terminal) cancel() {
	if t.keys != nil {
		t.keys.Cancel()
	}
}

// restore gives the terminal back as it was. It may be called again.
func (t *Terminal) restore() error {
	_, err := io.WriteString(t.out, reset)
	t.drain()
	return errors.Join(err, term.Restore(t.in.Fd(), t.state))
}

// drain reads what the terminal still answers.
func (t *Terminal) drain() {
	keys, err := cancelreader.NewReader(t.in)
	if err != nil {
		return
	}
	defer keys.Close()
	stop := time.AfterFunc(drainTime, func() { keys.Cancel() })
	defer stop.Stop()
	_, _ = io.Copy(io.Discard, keys)
}

// Lend gives the terminal to somebody else, an editor or the shell, and takes it
// back when use returns.
func (t *Terminal) Lend(use func() error) error {
	back := make(chan struct{})
	t.mu.Lock()
	t.lent = back
	t.cancel()
	err := t.restore()
	t.mu.Unlock()
	if err == nil {
		err = use()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	_, raw := term.MakeRaw(t.in.Fd())
	t.lent = nil
	close(back)
	return errors.Join(err, raw)
}

// Raw makes the terminal raw again: a shell that stopped and continued this
// process may have changed it.
func (t *Terminal) Raw() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lent == nil {
		_, _ = term.MakeRaw(t.in.Fd())
	}
}

// Close gives the terminal back.
func (t *Terminal) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cancel()
	return t.restore()
}

// Keys reads what is typed into to, until ctx ends; not what is typed while the
// terminal is lent. It gives another error when the terminal is gone.
func (t *Terminal) Keys(ctx context.Context, to io.Writer) error {
	for {
		err := t.read(ctx, to)
		if !errors.Is(err, cancelreader.ErrCanceled) {
			return err
		}
		t.mu.Lock()
		lent := t.lent
		t.mu.Unlock()
		if lent == nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			continue // it is back already
		}
		select {
		case <-lent:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (t *Terminal) read(ctx context.Context, to io.Writer) error {
	keys, err := cancelreader.NewReader(t.in)
	if err != nil {
		return err
	}
	defer keys.Close()
	t.mu.Lock()
	if t.lent != nil {
		t.mu.Unlock()
		return cancelreader.ErrCanceled
	}
	t.keys = keys
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		t.keys = nil
		t.mu.Unlock()
	}()
	stop := context.AfterFunc(ctx, func() { keys.Cancel() })
	defer stop()
	buf := make([]byte, 16<<10)
	for {
		n, err := keys.Read(buf)
		if n > 0 {
			if _, werr := to.Write(buf[:n]); werr != nil {
				return werr
			}
		}
		if err != nil {
			return err
		}
	}
}
