package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/tui/layout"
	"warroom/tui/overlay"
)

// result is what a job gives back: what to do with it, in Update.
type result struct {
	apply func() tea.Cmd
	front bool
}

type (
	rang    struct{}          // the room has changed
	ticked  struct{ gen int } // a second, or a minute, went by
	rested  struct{}          // the bell may be listened to again
	due     struct{}          // the frame may be composed
	saving  struct{}          // the place may be saved
	expired struct{ note int }
)

// job runs work outside of Update. What it returns is called in Update. In
// front, the keys that come meanwhile wait for the result, so that what is typed
// ahead over a slow link acts on what the screen will show.
func (c *Console) job(front bool, work func(ctx context.Context) func() tea.Cmd) tea.Cmd {
	c.jobs++
	if front {
		c.busy++
	}
	ctx := c.ctx
	return func() tea.Msg { return result{work(ctx), front} }
}

func (c *Console) finished(r result) tea.Cmd {
	c.jobs--
	if r.front {
		c.busy--
		c.changed(true)
	}
	var cmds []tea.Cmd
	if r.apply != nil {
		cmds = append(cmds, r.apply())
	}
	if c.quitting && c.busy == 0 {
		return tea.Batch(append(cmds, c.quit())...)
	}
	return tea.Batch(append(cmds, c.release()...)...)
}

// release lets the keys go on that waited, as far as none of them makes the
// others wait again.
func (c *Console) release() []tea.Cmd {
	var cmds []tea.Cmd
	for c.busy == 0 && len(c.held) > 0 {
		msg := c.held[0]
		c.held = c.held[1:]
		cmds = append(cmds, c.take(msg))
	}
	return cmds
}

// after says what becomes of an act.
type after struct {
	// layer asked for the act: it is closed when it is done, and told when it is
	// refused.
	layer overlay.Layer
	// done is called when the act is written and on the screen.
	done func(model.Receipt) tea.Cmd
	// refused may take a refusal; true when it has.
	refused func(error) (tea.Cmd, bool)
	// say is the sentence for the status row; "" for none.
	say string
}

// do has the room decide a command about the incident on the screen, makes what
// came of it visible, and goes on as after says.
func (c *Console) do(cmd model.Command, a after) tea.Cmd {
	if c.readOnly() {
		return c.refuse(c.say.T("action.off.readonly"), a.layer)
	}
	id, who, room := c.id, c.o.Who, c.o.Room
	switch cmd.(type) {
	case model.OpenIncident, model.AddPerson, model.RenamePerson, model.SetLinkTemplate, model.SetUpdateTemplate, model.ApproveJoin,
		model.RevokeDevice, model.MuteDevice, model.AdmitMember, model.SetAccess, model.RevokeMember:
		id = model.Scope{}
	}
	stay := c.id
	return c.job(true, func(ctx context.Context) func() tea.Cmd {
		receipt, err := room.Do(ctx, who, id, cmd)
		if err != nil {
			return func() tea.Cmd { return c.refused(err, a) }
		}
		if receipt.Opened {
			stay = receipt.Incident
		}
		news := load(ctx, room, stay)
		return func() tea.Cmd {
			show := c.show(news)
			if a.layer != nil {
				c.remove(a.layer)
			}
			if !receipt.Nothing() && !onLine(cmd) {
				c.log.Follow() // one's own act is where one looks next
			}
			c.tell(a.say)
			if a.done == nil {
				return show
			}
			return tea.Batch(show, a.done(receipt))
		}
	})
}

func (c *Console) refused(err error, a after) tea.Cmd {
	if a.refused != nil {
		if cmd, ok := a.refused(err); ok {
			return cmd
		}
	}
	return c.refuse(c.say.Error(err), a.layer)
}

// refuse says why something is not done: in the layer that asked, else in the
// status row.
func (c *Console) refuse(sentence string, layer overlay.Layer) tea.Cmd {
	if f, ok := layer.(overlay.Failer); ok && c.holds(layer) {
		f.Fail(sentence)
		c.changed(true)
		return nil
	}
	return c.warn(sentence)
}

// news is what was read of the room.
type news struct {
	over *model.Overview
	id   model.Scope
	view *model.View
	err  error
}

func load(ctx context.Context, room model.Room, id model.Scope) news {
	n := news{over: room.Overview(), id: id}
	if !id.IsZero() {
		n.view, n.err = look(ctx, room, id)
	}
	return n
}

// look gives as much of an incident as the room has at once.
func look(ctx context.Context, room model.Room, id model.Scope) (*model.View, error) {
	if pager, ok := room.(model.Pager); ok {
		return pager.Glance(ctx, id)
	}
	return room.Incident(ctx, id)
}

// show puts what was read on the screen.
func (c *Console) show(n news) tea.Cmd {
	was := c.over.Access
	c.over = n.over
	c.o.Names.put(n.over)
	c.incidents.SetData(n.over)
	if n.id != c.id && n.view != nil {
		c.swap(n.id)
	}
	if n.id == c.id && n.view != nil {
		c.view = n.view
	}
	var gone tea.Cmd
	if n.id == c.id && !c.id.IsZero() && model.CodeOf(n.err) == model.CodeIncidentUnknown {
		gone, n.err = c.hidden(), nil
	}
	c.incidents.SetCurrent(c.id)
	c.impact.SetData(c.view)
	c.roles.SetData(c.view, c.over.People)
	c.log.SetData(c.view, c.over.People)
	c.flow.see(c.over.Peers, c.o.Now())
	c.log.SetPeers(c.over.Peers, c.flow.now(c.o.Now()))
	c.conflicts = conflictsOf(c.view, c.twice.in(c.view))
	c.attend()
	cmds := []tea.Cmd{gone, c.watchDue(), c.called(), c.watchPending(), c.watchPages(), c.refreshWork(), c.allow(was, n.over.Access), c.knocked(), c.match()}
	if n.err != nil {
		cmds = append(cmds, c.warn(c.say.Error(n.err)))
	}
	return tea.Batch(cmds...)
}

// swap changes the incident on the screen, with the draft that belongs to it and what is
// open on it: what is typed or asked there is not for another.
func (c *Console) swap(id model.Scope) {
	if text := c.editor.Text(); text != "" {
		c.drafts[c.id] = text
	}
	c.layAside(id)
	c.id, c.view = id, nil
	c.editor.Set(c.drafts[id])
	delete(c.drafts, id)
	c.incidents.Select(id)
}

// open reads an incident and shows it.
func (c *Console) open(id model.Scope, done func() tea.Cmd) tea.Cmd {
	room := c.o.Room
	return c.job(true, func(ctx context.Context) func() tea.Cmd {
		n := load(ctx, room, id)
		return func() tea.Cmd {
			cmd := c.show(n)
			if n.err == nil && done != nil {
				return tea.Batch(cmd, done())
			}
			return cmd
		}
	})
}

// loadFirst reads what the console begins with: the incident where it was left
// if that lasts, or the first that does, which is the one that most needs somebody.
func (c *Console) loadFirst() tea.Cmd {
	room, o := c.o.Room, c.o
	start := o.Start
	return c.job(true, func(ctx context.Context) func() tea.Cmd {
		over := room.Overview()
		id := start.incident()
		row, known := over.Row(id)
		if !known {
			id = model.Scope{}
		}
		if rows := over.OpenRows(); (id.IsZero() || row.Status.Over()) && len(rows) > 0 {
			id = rows[0].ID
		}
		n := load(ctx, room, id)
		theme, chosen := chosenTheme(o)
		return func() tea.Cmd {
			if chosen {
				c.wear(theme)
			}
			cmd := c.show(n)
			c.reselect(start)
			return tea.Batch(cmd, c.match())
		}
	})
}

// listen waits for the room's bell.
func (c *Console) listen() tea.Cmd {
	bell, ctx := c.watch.C(), c.ctx
	return func() tea.Msg {
		select {
		case <-bell:
			return rang{}
		case <-ctx.Done():
			return nil
		}
	}
}

// listenAgain listens for the next bell: after a rest, when the last reading was
// just before this one. A storm of changes is read as often as it is drawn, and a
// hundred consoles leave the room's machine to those who write. A clock that
// stands still, as a test's does, makes nobody rest.
func (c *Console) listenAgain() tea.Cmd {
	now := c.o.Now()
	since := now.Sub(c.read)
	c.read = now
	if since <= 0 || since >= paceOf {
		return c.listen()
	}
	return c.o.After(paceOf-since, func() tea.Msg { return rested{} })
}

// reload reads the room after the bell rang. The bell is listened to again only
// then: many rings during one reading make one more.
func (c *Console) reload() tea.Cmd {
	room, id := c.o.Room, c.id
	return c.job(false, func(ctx context.Context) func() tea.Cmd {
		n := load(ctx, room, id)
		return func() tea.Cmd {
			if n.over.Version < c.over.Version {
				return c.listenAgain() // an act of ours was read after this
			}
			if n.id != c.id {
				n.view, n.id = nil, c.id
				return tea.Batch(c.show(n), c.reload())
			}
			said := c.announce(n)
			c.changed(false)
			return tea.Batch(c.show(n), said, c.listenAgain())
		}
	})
}

// match filters the log outside of Update: it may have a hundred thousand lines.
func (c *Console) match() tea.Cmd {
	find := c.log.MatchJob()
	if find == nil || c.log.WantsAll() {
		return c.fill()
	}
	return c.job(false, func(context.Context) func() tea.Cmd {
		found := find()
		return func() tea.Cmd {
			if c.log.Apply(found) {
				c.changed(true)
			}
			return nil
		}
	})
}

// tick runs the clock: each second where the header shows seconds, each minute
// on a screen that has room for the hours alone.
func (c *Console) tick() tea.Cmd {
	c.ticks++
	gen, step := c.ticks, time.Second
	if c.screen.Mode == layout.Tiny {
		step = time.Minute
	}
	now := c.o.Now()
	return c.o.After(now.Truncate(step).Add(step).Sub(now), func() tea.Msg { return ticked{gen} })
}

func (c *Console) ticked(t ticked) tea.Cmd {
	if t.gen != c.ticks {
		return nil
	}
	c.changed(false)
	c.log.SetPeers(c.over.Peers, c.flow.now(c.o.Now()))
	c.log.SetWriting(c.writers()) // who went away does not write for ever
	return tea.Batch(c.tick(), c.watchDue(), c.watchPending())
}
