package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

func TestRemovingATextTakesItsCopiesAndAmendmentsToo(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 5)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident
	entry := r.Must(id, model.Write{Text: "password hunter2"}).Refs[0]
	amend := r.Must(id, model.Amend{Target: entry, Text: "password is hunter2"}).Refs[0]
	undone := r.Must(id, model.Undo{}).Refs[0] // writes the first text again
	kept := r.Must(id, model.Write{Text: "unrelated"}).Refs[0]

	got := r.Must(id, model.RemoveText{Target: entry, Reason: "a password"})
	v, err := r.Incident(t.Context(), id)
	require.NoError(t, err)
	var targets []model.Ref
	for _, l := range v.Lines {
		if b, ok := l.Rec.Body.(*model.TextRemove); ok {
			targets = append(targets, b.Target)
			require.Equal(t, "log.remove.why", l.Describe().Key)
		}
	}
	require.Len(t, got.Refs, 3)
	require.ElementsMatch(t, []model.Ref{entry, amend, undone}, targets)
	for _, l := range v.Lines {
		switch l.Ref() {
		case entry:
			require.Equal(t, "log.removed.by.why", l.Describe().Key)
			require.Equal(t, "a password", l.Describe().Args["Reason"])
		case kept:
			require.Equal(t, "log.entry", l.Describe().Key)
		}
	}
	_, err = r.Do(t.Context(), r.Actor(), id, model.RemoveText{Target: entry})
	require.Equal(t, model.CodeTextGone, model.CodeOf(err))
}

func TestOnlyTheAuthorAndOwnersRemoveAText(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 5)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident
	bob := model.Actor{Person: r.As("bob"), Via: model.DoorShell}
	cleo := model.Actor{Person: r.As("cleo"), Via: model.DoorShell}
	wrote, err := r.Do(t.Context(), bob, id, model.Write{Text: "mine"})
	require.NoError(t, err)
	_, err = r.Do(t.Context(), cleo, id, model.RemoveText{Target: wrote.Refs[0]})
	require.Equal(t, model.CodeTextNotYours, model.CodeOf(err))
	_, err = r.Do(t.Context(), bob, id, model.RemoveText{Target: wrote.Refs[0]})
	require.NoError(t, err)
	other, err := r.Do(t.Context(), bob, id, model.Write{Text: "another"})
	require.NoError(t, err)
	_, err = r.Do(t.Context(), r.Actor(), id, model.RemoveText{Target: other.Refs[0]})
	require.NoError(t, err, "the founder owns the workspace")
	star := r.Must(id, model.Star{Target: other.Refs[0], On: true}).Refs[0]
	_, err = r.Do(t.Context(), r.Actor(), id, model.RemoveText{Target: star})
	require.Equal(t, model.CodeTextNone, model.CodeOf(err))
}
