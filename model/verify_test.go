package model_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

// evidence is what an export of the incident would carry.
func evidence(r *modeltest.Room, id model.Scope) model.Evidence {
	ev := model.Evidence{Workspace: r.Workspace()}
	for _, e := range r.Events() {
		c := *e // so that a test may break it
		c.Body = append([]byte(nil), e.Body...)
		c.Text = append([]byte(nil), e.Text...)
		if e.Text == nil {
			c.Text = nil
		}
		switch {
		case e.Kind == model.KindLogOpen:
			ev.Openings = append(ev.Openings, &c)
		case e.Scope == id:
			ev.Events = append(ev.Events, &c)
		}
	}
	return ev
}

func proved(t *testing.T) (*modeltest.Room, model.Scope, model.Evidence) {
	t.Helper()
	r := modeltest.New("ana", 3)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident
	other := r.Must(model.Scope{}, model.OpenIncident{Title: "Mail delays"}).Incident
	for i := range 5 {
		r.Must(id, model.Write{Text: fmt.Sprint("entry ", i)})
		r.Must(other, model.Write{Text: "elsewhere"})
	}
	return r, id, evidence(r, id)
}

func TestALogAsItWasWrittenIsProved(t *testing.T) {
	t.Parallel()
	_, id, ev := proved(t)
	v := model.Verify(ev, id)
	require.True(t, v.Proved(), "%v", v.Faults)
	require.Equal(t, 6, v.Events)
	require.Equal(t, 1, v.Logs)
	require.False(t, model.Verify(model.Evidence{}, id).Proved(), "nothing proves nothing")
}

func TestWhatWasChangedAfterwardsIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		harm func(ev *model.Evidence)
		want model.Code
		at   int
	}{
		"a text":          {func(ev *model.Evidence) { ev.Events[3].Text[0] ^= 1 }, model.CodeEventTextHash, 3},
		"a salt":          {func(ev *model.Evidence) { ev.Events[3].Salt[0] ^= 1 }, model.CodeEventTextHash, 3},
		"a body":          {func(ev *model.Evidence) { ev.Events[2].Body[4] ^= 1 }, model.CodeEventBodyHash, 2},
		"a clock":         {func(ev *model.Evidence) { ev.Events[2].Raw[19] ^= 1 }, model.CodeEventSignature, 2},
		"a signature":     {func(ev *model.Evidence) { ev.Events[5].Raw[150] ^= 1 }, model.CodeEventSignature, 5},
		"one left out":    {func(ev *model.Evidence) { ev.Events = append(ev.Events[:2], ev.Events[3:]...) }, model.CodeEventGap, 2},
		"the first gone":  {func(ev *model.Evidence) { ev.Events = ev.Events[1:] }, model.CodeEventGap, 0},
		"no opening":      {func(ev *model.Evidence) { ev.Openings = nil }, model.CodeEventOpen, 0},
		"other workspace": {func(ev *model.Evidence) { ev.Workspace[0] ^= 1 }, model.CodeEventOpen, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, id, ev := proved(t)
			c.harm(&ev)
			v := model.Verify(ev, id)
			require.False(t, v.Proved())
			require.Equal(t, c.want, model.CodeOf(v.Faults[0].Err), "%v", v.Faults[0].Err)
			if c.at >= 0 {
				require.Equal(t, ev.Events[c.at].Seq, v.Faults[0].Ref.Seq)
			}
		})
	}
}

func TestARemovedTextLeavesTheProofWhole(t *testing.T) {
	t.Parallel()
	_, id, ev := proved(t)
	ev.Events[3].SetText(model.Salt{}, nil)
	v := model.Verify(ev, id)
	require.True(t, v.Proved(), "%v", v.Faults)
	require.Equal(t, 1, v.Removed)
}

func TestTheOrderInWhichEvidenceComesDoesNotMatter(t *testing.T) {
	t.Parallel()
	_, id, ev := proved(t)
	for i, j := 0, len(ev.Events)-1; i < j; i, j = i+1, j-1 {
		ev.Events[i], ev.Events[j] = ev.Events[j], ev.Events[i]
	}
	ev.Events = append(ev.Events, ev.Events[0])
	require.True(t, model.Verify(ev, id).Proved())
}
