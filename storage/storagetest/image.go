package storagetest

import (
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
)

// Image is all that a store says of its lines and events; two stores that hold the
// same have the same.
type Image struct {
	Heads    []model.Head
	Branches []model.Branch
	Lines    map[model.LogID][]storage.Placed
	Openings map[model.LogID]storage.Opening
	// Scopes and Acts are the timelines and the acts, Ends what Tail gives of their
	// last three.
	Scopes, Acts, Ends map[model.Scope][]storage.Placed
	// Found are the lines that Find gives for every event.
	Found  map[model.Ref]model.LogID
	Awaits []storage.Await
}

// T is what an Image needs of a test.
type T interface {
	require.TestingT
	Helper()
}

// ImageOf reads a store through.
func ImageOf(t T, s Store) Image {
	t.Helper()
	i := Image{
		Lines: map[model.LogID][]storage.Placed{}, Openings: map[model.LogID]storage.Opening{},
		Scopes: map[model.Scope][]storage.Placed{}, Acts: map[model.Scope][]storage.Placed{}, Ends: map[model.Scope][]storage.Placed{},
		Found: map[model.Ref]model.LogID{},
	}
	var err error
	i.Heads, err = s.Heads()
	require.NoError(t, err)
	i.Branches, err = s.Branches()
	require.NoError(t, err)
	into := func(to *[]storage.Placed) func(*model.Event, model.Clock) error {
		return func(e *model.Event, eff model.Clock) error {
			*to = append(*to, storage.Placed{Event: e, Eff: eff})
			return nil
		}
	}
	scopes := map[model.Scope]bool{}
	for _, b := range i.Branches {
		var held []storage.Placed
		require.NoError(t, s.Line(b.ID, 1, into(&held)))
		i.Lines[b.ID] = held
		o, ok, err := s.Opening(b.ID)
		require.NoError(t, err)
		require.True(t, ok)
		i.Openings[b.ID] = o
		for _, p := range held {
			scopes[p.Event.Scope] = true
			ref := p.Event.Ref()
			e, eff, line, err := s.Find(ref)
			require.NoError(t, err)
			require.Equal(t, p, storage.Placed{Event: e, Eff: eff})
			i.Found[ref] = line
		}
	}
	for scope := range scopes {
		var all, acts, end []storage.Placed
		require.NoError(t, s.Scope(scope, into(&all)))
		require.NoError(t, s.Acts(scope, into(&acts)))
		require.NoError(t, s.Tail(scope, model.Position{}, 3, into(&end)))
		i.Scopes[scope], i.Acts[scope], i.Ends[scope] = all, acts, end
	}
	require.NoError(t, s.Awaits(func(w storage.Await) error {
		i.Awaits = append(i.Awaits, w)
		return nil
	}))
	return i
}
