package tui

import (
	"cmp"
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/tui/clean"
	"warroom/tui/overlay"
)

// What leaves the room: updates, and the topic line.

// Handout is something for a command of the reader's config.
type Handout struct {
	// Values are what stands in the place of whole arguments, as {audience}.
	Values map[string]string
	// Input is the command's standard input.
	Input string
}

// Hander runs a command of the reader's config. It gives the entry for the log, with
// what was kept of the output; an error says why the command could not be tried.
type Hander func(ctx context.Context, h Handout) (model.Write, error)

// changedFact says what is otherwise since an approval.
func (c *Console) changedFact(f model.Fact) string {
	return c.say.T("desk.changed", "What", f.What, "Was", f.Was, "Now", f.Now)
}

// objections are why a draft had better not go out yet.
func (c *Console) objections(t model.Drafted) []string {
	var out []string
	if t.Approved == nil {
		out = append(out, c.say.T("desk.ask.unapproved"))
	}
	for _, f := range t.Changed {
		out = append(out, c.changedFact(f))
	}
	for _, f := range c.checker().Check(t.Text, c.about(t.Audience, t.State)) {
		out = append(out, c.say.Say(f.Say))
	}
	return out
}

// publish records that a draft went out, copies it, and hands it to the command of the
// reader's config. For customers, and where something speaks against it, it asks.
func (c *Console) publish(t model.Drafted, page overlay.Layer) tea.Cmd {
	post := model.PostUpdate{Draft: t.Ref, Force: t.Approved == nil || len(t.Changed) > 0}
	if c.o.OnUpdate != nil {
		post.How = model.ByCommand
	}
	do := func() tea.Cmd {
		return c.do(post, after{layer: page, done: func(model.Receipt) tea.Cmd { return tea.Batch(c.handOver(t), c.afterLast(t)) }})
	}
	against := c.objections(t)
	if len(against) == 0 && t.Audience != model.ToCustomers {
		return do()
	}
	q := &overlay.Confirm{
		Question: c.say.T("overlay.publish.ask", "Key", c.key(c.id)), Consequence: clean.Line(t.Text),
		Affirm: c.say.T("overlay.publish.yes"), Refuse: c.say.T("overlay.no"), Yes: do,
	}
	if c.o.OnUpdate != nil {
		q.Question = c.say.T("overlay.publish.hand", "Key", c.key(c.id), "Command", cmp.Or(clean.Line(c.o.UpdateCommand), "on-update"))
		q.Affirm = c.say.T("desk.publish.yes")
	}
	if len(against) > 0 {
		q.Question = c.say.N("desk.ask.against", len(against), "Audience", t.Audience.Phrase())
		q.Consequence = c.sign("⚠ ", "! ") + strings.Join(against, "\n"+c.sign("⚠ ", "! "))
		q.Affirm = c.say.T("desk.ask.anyway")
	}
	return c.push(q)
}

// handOver copies what went out, and gives it to the command of the config.
func (c *Console) handOver(t model.Drafted) tea.Cmd {
	copied := c.o.Clipboard(t.Text)
	if c.o.OnUpdate == nil {
		c.tell(c.say.T("toast.update"))
		c.note.offer = t.Text
		return copied
	}
	c.tell(c.say.T("desk.handed"))
	c.note.offer = t.Text
	values := map[string]string{"{audience}": string(t.Audience), "{state}": string(t.State), "{incident}": c.key(c.id)}
	return tea.Batch(copied, c.hand("on-update", c.o.OnUpdate, Handout{values, t.Text}))
}

// copyTopic copies the topic line, and hands it to the command of the config with the
// address of the team's chat.
func (c *Console) copyTopic() tea.Cmd {
	topic := c.topicLine()
	copied := c.copy(topic)
	if c.o.OnTopic == nil || c.view == nil || c.readOnly() {
		return copied
	}
	channel := ""
	for _, l := range c.view.Links {
		if l.Kind == model.ChatLink && channel == "" {
			channel = l.URL
		}
	}
	values := map[string]string{"{channel}": channel, "{topic}": clean.Line(topic), "{incident}": c.key(c.id)}
	return tea.Batch(copied, c.hand("on-topic", c.o.OnTopic, Handout{Values: values, Input: topic}))
}

// hand runs a command of the config, keeps what it said in the log of the incident on
// the screen, and says when it failed. The keys do not wait for it.
func (c *Console) hand(name string, run Hander, h Handout) tea.Cmd {
	id, who, room := c.id, c.o.Who, c.o.Room
	return c.job(false, func(ctx context.Context) func() tea.Cmd {
		entry, err := run(ctx, h)
		if err == nil {
			_, err = room.Do(ctx, who, id, entry)
		}
		return func() tea.Cmd {
			switch {
			case err != nil:
				return c.warn(c.say.T("desk.hand.failed", "Command", name, "Cause", err))
			case entry.Run != nil && entry.Run.Exit != 0:
				_, output := model.SplitCommand(entry.Text)
				lines := strings.Split(strings.TrimSpace(output), "\n")
				return c.warn(c.say.T("desk.hand.exit", "Command", name, "Exit", int(entry.Run.Exit), "Output", lines[len(lines)-1]))
			}
			return nil
		}
	})
}
