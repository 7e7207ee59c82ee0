package model_test

import (
	"bytes"
	"crypto/ed25519"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// forked is what two copies of one store wrote in an incident, after four events that
// both have: two lines of one log.
func forked(t *testing.T) (signer model.Signer, stem, one, two []*model.Event, ev model.Evidence) {
	t.Helper()
	signer = model.Signer{Workspace: model.WorkspaceID{7}, Key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))}
	scope := model.Scope{42}
	write := func(head model.Head, prev model.Ref, n int, text string) (all []*model.Event, end model.Head, last model.Ref) {
		for range n {
			d := model.Draft{Scope: scope, Body: &model.EntryAdd{}, Text: text, PrevInScope: prev}
			e, next, err := model.Seal(signer, head, d, noon, model.Salt{})
			require.NoError(t, err)
			all, head, prev = append(all, e), next, e.Ref()
		}
		return all, head, prev
	}
	head := model.Head{Log: model.NewLogID(signer.Device(), model.Nonce{})}
	open, head, err := model.Seal(signer, head, model.Draft{Scope: model.WorkspaceID{7}.Scope(), Body: &model.LogOpen{
		Device: signer.Device(), Workspace: signer.Workspace, Log: model.ContentLog, Reason: model.ReasonNew,
	}}, noon, model.Salt{})
	require.NoError(t, err)
	stem, head, prev := write(head, model.Ref{}, 4, "both")
	one, _, _ = write(head, prev, 3, "here")
	two, _, _ = write(head, prev, 5, "there")
	ev = model.Evidence{Workspace: signer.Workspace, Openings: []*model.Event{open}, Events: slices.Concat(two, stem, one, one[:1])}
	return signer, append([]*model.Event{open}, stem...), one, two, ev
}

func TestBothLinesOfAForkedLogAreProved(t *testing.T) {
	t.Parallel()
	_, _, _, _, ev := forked(t)
	v := model.Verify(ev, model.Scope{42})
	require.True(t, v.Proved(), "%v", v.Faults)
	require.Equal(t, 12, v.Events)
	require.Equal(t, 1, v.Logs)
}

func TestAGapInOneLineOfAForkedLogIsNamed(t *testing.T) {
	t.Parallel()
	_, stem, one, two, _ := forked(t)
	for name, left := range map[string]*model.Event{"where they part": stem[4], "in one": one[1], "in the other": two[2], "the first of one": one[0]} {
		_, _, _, _, ev := forked(t)
		ev.Events = slices.DeleteFunc(ev.Events, func(e *model.Event) bool { return e.Raw == left.Raw })
		v := model.Verify(ev, model.Scope{42})
		require.NotEmpty(t, v.Faults, name)
		for _, f := range v.Faults {
			require.Equal(t, model.CodeEventGap, model.CodeOf(f.Err), name)
			require.Equal(t, left.Seq+1, f.Ref.Seq, name)
		}
	}
}

func TestARunIsCheckedFromWhereItsBranchBegins(t *testing.T) {
	t.Parallel()
	signer, stem, one, two, _ := forked(t)
	check := func(head model.Head, run []*model.Event) (model.Head, error) {
		return model.CheckRun(signer.Workspace, signer.Device(), head, run)
	}
	base, err := check(model.Head{Log: stem[0].Log}, stem)
	require.NoError(t, err)
	for _, line := range [][]*model.Event{one, two} {
		end, err := check(base, line)
		require.NoError(t, err)
		require.Equal(t, line[len(line)-1].Hash(), end.Hash)
	}
	_, err = check(base, slices.Concat(one[:1], two[1:]))
	require.Equal(t, model.CodeEventChain, model.CodeOf(err))
	f, err := model.NewFork(&two[0].Raw, &one[0].Raw)
	require.NoError(t, err)
	require.NoError(t, f.Verify(signer.Workspace, signer.Device()))
}
