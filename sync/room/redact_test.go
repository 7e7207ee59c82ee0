package room_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

const secret = "hunter2-7c1e4b"

// holds looks for the text in everything that a value leads to, and says where it
// is; "" when it is nowhere.
func holds(v any, text string) string {
	seen := map[uintptr]bool{}
	var in func(at string, v reflect.Value) string
	first := func(n int, each func(int) string) string {
		for i := range n {
			if at := each(i); at != "" {
				return at
			}
		}
		return ""
	}
	in = func(at string, v reflect.Value) string {
		switch v.Kind() {
		case reflect.String:
			if strings.Contains(v.String(), text) {
				return at
			}
		case reflect.Pointer:
			if v.IsNil() || seen[v.Pointer()] {
				return ""
			}
			seen[v.Pointer()] = true
			return in(at, v.Elem())
		case reflect.Interface:
			if !v.IsNil() {
				return in(at+"("+v.Elem().Type().String()+")", v.Elem())
			}
		case reflect.Struct:
			return first(v.NumField(), func(i int) string { return in(at+"."+v.Type().Field(i).Name, v.Field(i)) })
		case reflect.Map:
			keys := v.MapKeys()
			return first(len(keys), func(i int) string { return in(at+"[key]", keys[i]) + in(at+"[value]", v.MapIndex(keys[i])) })
		case reflect.Slice:
			if v.Type().Elem().Kind() == reflect.Uint8 {
				if strings.Contains(string(v.Bytes()), text) {
					return at
				}
				return ""
			}
			return first(v.Len(), func(i int) string { return in(fmt.Sprint(at, i), v.Index(i)) })
		}
		return ""
	}
	return in("it", reflect.ValueOf(v))
}

// everywhere opens an incident in which the secret stands wherever a text can
// stand, and gives the lines to remove it by: copies of the same text go with the
// first, a link holds it beside an address.
func everywhere(t *testing.T, r *room.Room) (id model.Scope, entry, link model.Ref) {
	t.Helper()
	id = do(t, r, model.Scope{}, model.OpenIncident{Title: secret}).Incident
	entry = do(t, r, id, model.Write{Text: secret}).Refs[0]
	other := do(t, r, id, model.Write{Text: "something else"}).Refs[0]
	do(t, r, id, model.Amend{Target: other, Text: secret})
	do(t, r, id, model.SetTitle{Title: "another title"})
	do(t, r, id, model.Undo{})
	do(t, r, id, model.SetSeverity{Level: model.SEV1, Reason: secret})
	do(t, r, id, model.PinTopic{Text: secret})
	link = do(t, r, id, model.AddLink{URL: "https://x.example/", Label: secret}).Refs[0]
	answer, text, err := model.ParseAnswer(model.AskSee, secret, time.Unix(1_772_704_800, 0))
	require.NoError(t, err)
	do(t, r, id, model.AnswerQuestion{Question: model.AskSee, Answer: answer, Text: text})
	return id, entry, link
}

func TestARemovedTextIsShownNowhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	reopen := func() *room.Room {
		s, err := storage.Open(dir, storage.Options{})
		require.NoError(t, err)
		return open(t, room.Options{Store: s, Dir: dir})
	}
	r := reopen()
	id, entry, link := everywhere(t, r)
	elsewhere := do(t, r, model.Scope{}, model.OpenIncident{Title: "elsewhere"}).Incident
	require.NotEmpty(t, holds(view(t, r, id), secret))
	require.NotEmpty(t, holds(r.Overview(), secret))
	lines := len(view(t, r, id).Lines)

	removed := do(t, r, id, model.RemoveText{Target: entry, Reason: "a password"})
	removed.Refs = append(removed.Refs, do(t, r, id, model.RemoveText{Target: link}).Refs...)
	none := func(r *room.Room) {
		t.Helper()
		v := view(t, r, id)
		require.Empty(t, holds(v, secret))
		require.Empty(t, holds(r.Overview(), secret))
		require.Empty(t, holds(view(t, r, elsewhere), secret))
		require.GreaterOrEqual(t, len(v.Lines), lines, "every line is still there")
		ev, err := r.Evidence(t.Context(), id)
		require.NoError(t, err)
		require.Empty(t, holds(ev, secret))
		verdict := model.Verify(ev, id)
		require.True(t, verdict.Proved(), verdict.Faults)
		require.Equal(t, len(removed.Refs), verdict.Removed)
		require.NoError(t, r.Unremoved())
	}
	none(r)
	do(t, r, id, model.Write{Text: "and on"})
	none(r)
	require.NoError(t, r.Close())
	r = reopen()
	none(r)
	require.NoError(t, r.Close())
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		require.NotContains(t, string(raw), secret, path)
		return err
	}))
}

// stuck is a store that survives the room and removes nothing while told so.
type stuck struct {
	storage.Store
	mu   sync.Mutex
	fail error
	n    int
}

func (s *stuck) Close() error { return nil }

func (s *stuck) Remove(ctx context.Context, refs []model.Ref, rows []model.Summary) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	if len(refs) > 0 {
		s.n++
	}
	return s.Store.Remove(ctx, refs, rows)
}

func TestARemovalThatFailsIsSaidAndTriedAgain(t *testing.T) {
	t.Parallel()
	dir, store := t.TempDir(), &stuck{Store: storage.NewMemory(), fail: errors.New("no room on the disk")}
	r := open(t, room.Options{Store: store, Dir: dir})
	id, entry, link := everywhere(t, r)
	_, err := r.Do(t.Context(), me(r), id, model.RemoveText{Target: entry})
	var kept *room.RemovalError
	require.ErrorAs(t, err, &kept)
	require.ErrorIs(t, err, store.fail)
	do(t, r, id, model.Write{Text: "the room goes on"})
	require.NoError(t, r.Close())

	r = open(t, room.Options{Store: store, Dir: dir})
	require.ErrorAs(t, r.Unremoved(), &kept, "it fails again, and the room opens")
	do(t, r, id, model.Write{Text: "and on"})
	_, err = r.Do(t.Context(), me(r), id, model.RemoveText{Target: link})
	require.ErrorAs(t, err, &kept)
	require.NoError(t, r.Close())

	store.fail = nil
	r = open(t, room.Options{Store: store, Dir: dir})
	require.NoError(t, r.Unremoved())
	require.Equal(t, 1, store.n)
	require.Empty(t, holds(view(t, r, id), secret))
	require.Empty(t, holds(r.Overview(), secret))
	require.NoError(t, r.Close())
	open(t, room.Options{Store: store, Dir: dir})
	require.Equal(t, 1, store.n, "what is done is not done again")
}

// Whoever reads while a text is removed may see it, and nobody after.
func TestAReaderDoesNotBringARemovedTextBack(t *testing.T) {
	t.Parallel()
	r := open(t, room.Options{Store: storage.NewMemory(), Dir: t.TempDir()})
	id, entry, link := everywhere(t, r)
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := r.Incident(t.Context(), id); err != nil {
					t.Error(err)
				}
			}
		})
	}
	do(t, r, id, model.RemoveText{Target: link})
	do(t, r, id, model.RemoveText{Target: entry})
	require.Empty(t, holds(view(t, r, id), secret))
	close(stop)
	readers.Wait()
	require.Empty(t, holds(view(t, r, id), secret))
}
