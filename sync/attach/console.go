package attach

import (
	"context"
	"errors"
	"maps"
	"os"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"warroom/sync/door"
)

// Hooks do at the terminal what a room asks for. Any may be nil: then it is not
// done.
type Hooks struct {
	// Copy puts a text on the clipboard.
	Copy func(text string)
	// Notify tells the person something outside of the console.
	Notify func(title, body string)
	// Edit hands a text to the person's editor. The terminal is its own meanwhile.
	Edit func(text string) (string, error)
	// Hand runs a command of the person's config by its name.
	Hand func(name string, values map[string]string, input string) door.Handed
	// Status is told which incident the person manages, "" for none.
	Status func(line string)
	// Gone is told that the room process ended and is looked for again.
	Gone func()
}

// Console is a console on this terminal.
type Console struct {
	// Dial finds the room process, and starts it where that is this user's business.
	// It is called again when the room process ends.
	Dial func(ctx context.Context) (*Conn, error)
	Env  map[string]string
	Term string
	Hooks
}

// What tells a room that ends now and then from one that cannot stay.
const (
	shortLife  = 2 * time.Second
	shortLives = 3
)

// Run shows the console until the person leaves it, and gives the exit code with
// the lines to print below. When the room process ends, it is attached to the next
// one; the console then goes on where it was.
func (t *Terminal) Run(ctx context.Context, c Console) (code int, farewell []string, err error) {
	short := 0
	for {
		conn, err := c.Dial(ctx)
		if err != nil {
			return 1, farewell, err
		}
		began := time.Now()
		code, farewell, err = t.once(ctx, conn, c)
		conn.Close()
		if !errors.Is(err, ErrGone) || ctx.Err() != nil {
			return code, farewell, err
		}
		if short++; time.Since(began) > shortLife {
			short = 0
		}
		if short >= shortLives {
			return 1, farewell, err
		}
		if c.Gone != nil {
			c.Gone()
		}
		c.Env = maps.Clone(c.Env)
		c.Env[door.EnvAgain] = "1"
	}
}

// once runs one session.
func (t *Terminal) once(ctx context.Context, conn *Conn, c Console) (code int, farewell []string, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	returning := false
	var session *Session
	size := t.Size()
	code, err = conn.Run(ctx, Call{
		Env: c.Env, Term: c.Term, Size: size, Out: t, Err: t,
		Begun: func(s *Session) {
			session = s
			go func() {
				defer close(done)
				if t.Keys(ctx, s) != nil && ctx.Err() == nil {
					s.Close() // the terminal is gone
				}
			}()
			go t.follow(ctx, s, size)
		},
		Asked: func(name string, payload []byte) {
			var text door.Text
			switch name {
			case door.AskFarewell:
				if gossh.Unmarshal(payload, &text) == nil {
					farewell = append(farewell, text.Text)
				}
			case door.AskReturn:
				returning = true
			default:
				t.asked(session, c.Hooks, name, payload)
			}
		},
	})
	cancel()
	if session != nil {
		<-done
	}
	if returning && err == nil {
		err, farewell = ErrGone, nil
	}
	return code, farewell, err
}

// asked does what the room asks for.
func (t *Terminal) asked(s *Session, hooks Hooks, name string, payload []byte) {
	var text door.Text
	switch name {
	case door.AskCopy:
		if hooks.Copy != nil && gossh.Unmarshal(payload, &text) == nil {
			go hooks.Copy(text.Text)
		}
	case door.AskStatus:
		if hooks.Status != nil && gossh.Unmarshal(payload, &text) == nil {
			hooks.Status(text.Text)
		}
	case door.AskNotify:
		var n door.Note
		if hooks.Notify != nil && gossh.Unmarshal(payload, &n) == nil {
			go hooks.Notify(n.Title, n.Body)
		}
	case door.AskEdit:
		if gossh.Unmarshal(payload, &text) != nil {
			return
		}
		go func() {
			e := door.Edited{Failed: "no editor"}
			err := t.Lend(func() (err error) {
				if hooks.Edit != nil {
					e.Text, err = hooks.Edit(text.Text)
					e.Failed = ""
				}
				return err
			})
			if err != nil {
				e = door.Edited{Failed: err.Error()}
			}
			s.Tell(door.TellEdited, e)
		}()
	case door.AskHand:
		var h door.Hand
		if gossh.Unmarshal(payload, &h) != nil {
			return
		}
		go func() {
			done := door.Handed{Failed: "no such command"}
			if hooks.Hand != nil {
				done = hooks.Hand(h.Name, h.Values(), h.Input)
			}
			done.ID = h.ID
			s.Tell(door.TellHanded, done)
		}()
	case door.AskSuspend:
		go func() {
			// A terminal that cannot be had back is noticed by the next key.
			_ = t.Lend(suspend)
			s.Resize(t.Size())
			s.Tell(door.TellResumed, nil)
		}()
	}
}

// follow tells the room of changes of the terminal.
func (t *Terminal) follow(ctx context.Context, s *Session, told door.Size) {
	changed := make(chan os.Signal, 1)
	stop := notifySize(changed)
	defer stop()
	if now := t.Size(); now != told { // before anybody listened
		s.Resize(now)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case sig := <-changed:
			if isContinue(sig) {
				t.Raw()
				s.Tell(door.TellResumed, nil)
			}
			s.Resize(t.Size())
		}
	}
}
