package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"slices"
	"time"

	"warroom/model"
	"warroom/sync/pager"
	"warroom/sync/room"
	"warroom/tui/clean"
)

// transport is how this machine's config has pages sent now; nil for not at all.
func (a *app) transport() pager.Transport {
	c := a.settings()
	switch {
	case len(c.OnPage) > 0:
		return pager.Command{Vector: c.OnPage, Env: os.Environ()}
	case c.PageWebhook != "":
		return pager.Webhook{URL: c.PageWebhook, SecretEnv: c.PageSecretEnv, Getenv: a.getenv}
	}
	return nil
}

// noTransport sends nothing.
func noTransport() pager.Transport { return nil }

// paging sees to the pages of a room until ctx ends. It asks for the transport at each
// look, which is what has the config read again within a second or so.
func (a *app) paging(ctx context.Context, r *room.Room, t func() pager.Transport, log *slog.Logger) {
	pager.Run(ctx, pager.Options{
		Room: r, Transport: t, Book: bookOf, Say: a.words.Say, Clean: cleanSaid, Now: a.Now, Log: log,
	})
}

// cleanSaid makes what a transport said a text that is fit to keep: nothing in it moves
// a terminal.
func cleanSaid(text string) string {
	var out string
	for _, l := range clean.Block(text) {
		if out != "" {
			out += "\n"
		}
		out += l
	}
	return out
}

// pagingHere sees to the pages of a room that this process alone has, until the end
// that it gives is called.
func (a *app) pagingHere(ctx context.Context, m model.Room, t func() pager.Transport) (end func()) {
	r, ok := m.(*room.Room)
	if !ok {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.paging(ctx, r, t, slog.New(slog.NewTextHandler(io.Discard, nil)))
	}()
	return func() {
		cancel()
		<-done
	}
}

// sendPatience is how long a verb waits for its pages to be sent, where no room process
// does it.
const sendPatience = 2 * time.Minute

// pageHere sends pages that were just written where no room process would: this verb
// has the room, and sends them before it ends.
func (s *session) pageHere(ctx context.Context, id model.Scope, refs []model.Ref) error {
	t := s.transport()
	if s.door != nil {
		if !s.room.Overview().Pager {
			s.callThem(ctx, id, refs)
		}
		return nil
	}
	if t == nil {
		s.callThem(ctx, id, refs)
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, sendPatience)
	defer cancel()
	watch := s.room.Watch()
	defer watch.Close()
	end := s.pagingHere(ctx, s.room, func() pager.Transport { return t })
	defer end()
	for {
		v, err := s.room.Incident(ctx, id)
		if err != nil {
			return err
		}
		waits := false
		for _, e := range v.Pages {
			for _, p := range e.Pages {
				waits = waits || p.Result == 0 && !p.Person.IsZero() && slices.ContainsFunc(refs, p.Is)
			}
		}
		if !waits {
			return s.showPages(ctx)
		}
		select {
		case <-watch.C():
		case <-ctx.Done():
			return nil // it is written down, and sent when a room process runs
		}
	}
}

// callThem says whom to call by hand, where this room can send nothing.
func (s *session) callThem(ctx context.Context, id model.Scope, refs []model.Ref) {
	if s.asJSON() {
		return
	}
	v, err := s.room.Incident(ctx, id)
	if err != nil {
		return
	}
	s.note(s.T("shell.page.off"))
	for _, e := range v.Pages {
		for _, p := range e.Pages {
			card := cardLines(s.room.Overview().People.Contact(p.Person))
			if len(card) > 0 && slices.ContainsFunc(refs, p.Is) {
				s.note(s.T("shell.page.callthem", "Person", p.Person, "Contact", card))
			}
		}
	}
}
