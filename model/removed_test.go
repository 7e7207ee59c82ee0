package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

const secret = "password hunter2"

// without fails when the secret stands in an event that was written after n.
func without(t *testing.T, c *crew, n int) {
	t.Helper()
	for _, e := range c.events[n:] {
		require.NotContains(t, string(e.Text), secret)
	}
}

// No act writes a removed text again, though memory may still hold it.
func TestARemovedTextDoesNotComeBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		// theirs is what another did on top of the secret, and then tries.
		mine, theirs, try model.Command
		code              model.Code
	}{
		"undo of an amendment": {model.Write{Text: secret}, model.Amend{Target: last, Text: "***"}, model.Undo{}, model.CodeUndoImpossible},
		"undo of a title":      {model.SetTitle{Title: secret}, model.SetTitle{Title: "***"}, model.Undo{}, model.CodeUndoImpossible},
		"undo of a topic":      {model.PinTopic{Text: secret}, model.PinTopic{}, model.Undo{}, model.CodeUndoImpossible},
		"undo of a removal":    {model.AddLink{URL: "https://x.example", Label: secret}, model.RemoveLink{Target: last}, model.Undo{}, model.CodeUndoImpossible},
		"amended time":         {model.Write{Text: secret}, model.Star{Target: last, On: true}, model.Amend{Target: last, At: ago(time.Hour)}, model.CodeTextGone},
		"amended anew":         {model.Write{Text: secret}, model.Star{Target: last, On: true}, model.Amend{Target: last, Text: "***"}, ""},
		"undo of a severity":   {model.SetSeverity{Level: 1, Reason: secret}, model.SetSeverity{Level: 2}, model.Undo{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "bob")
			bob := s.crew.people[1]
			_, err := s.play(c.mine)
			require.NoError(t, err)
			s.crew.meet()
			bob.must(s.id, s.aim(c.theirs))
			s.crew.meet()
			s.must(s.id, model.RemoveText{Target: s.last})
			s.crew.meet()
			n := len(s.crew.events)
			_, err = bob.do(s.id, s.aim(c.try))
			require.Equal(t, c.code, model.CodeOf(err))
			without(t, s.crew, n)
		})
	}
}

func TestARemovedTextIsNotSettledOn(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	id := c.begin()
	ana, bob := c.people[0], c.people[1]
	title := ana.must(id, model.SetTitle{Title: secret})
	bob.must(id, model.SetTitle{Title: "Search fails"})
	c.meet()
	ana.must(id, model.RemoveText{Target: title.Ref()})
	_, err := ana.do(id, model.Settle{Choose: title.Ref()})
	require.Equal(t, model.CodeTextGone, model.CodeOf(err))
}

// Who is neither the author nor an owner removes nothing, though the act is signed
// and stands in the log; who was an owner may be learned later.
func TestARemovalThatWasNobodysToDoLeavesTheText(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	id := c.begin()
	ana, bob, cleo := c.people[0], c.people[1], c.people[2]
	entry := bob.must(id, model.Write{Text: "rolled back"})
	c.meet()
	forged := func(a *author) *model.Event {
		body := &model.TextRemove{Target: entry.Ref()}
		model.CommonOf(body).Actor = a.person
		return a.seal(model.Draft{Scope: id, Body: body})
	}
	look := func(people *model.People, events ...*model.Event) (*model.Line, *model.Incident) {
		in := model.NewIncident(id)
		for _, e := range append(c.events[:len(c.events):len(c.events)], events...) {
			in.Apply(decode(t, e))
		}
		in.Judge(people.Roster())
		lines := in.View().Lines
		return lines[1], in
	}
	forged(cleo)
	line, in := look(ana.state.People)
	require.Equal(t, "rolled back", line.Text)
	require.Nil(t, line.Removed)
	require.Empty(t, in.Unremoved(ana.state.People))
	require.True(t, in.Doubted(ana.state.People))

	// Cleo is made an owner, and removes it; of the membership nothing is known yet.
	unknown := c.fold(c.events).People
	c.meet()
	ana.must(model.Scope{}, model.SetAccess{Person: cleo.person, Access: model.Owner})
	c.meet()
	cleo.now = cleo.now.Add(time.Minute)
	by := forged(cleo)
	c.meet()
	_, in = look(unknown)
	require.Empty(t, in.Unremoved(unknown))
	require.True(t, in.Doubted(unknown))
	line, in = look(ana.state.People)
	require.Equal(t, []model.Ref{entry.Ref()}, in.Unremoved(ana.state.People))
	require.False(t, in.Doubted(ana.state.People))
	require.Equal(t, by.Ref(), line.Removed.Ref)
	asked, right := in.Removing(decode(t, entry), ana.state.People)
	require.True(t, asked && right)
}
