package storage_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/storage/disk/disktest"
	"warroom/storage/storagetest"
)

func put(t *testing.T, s storage.Store, b storage.Batch) {
	t.Helper()
	_, err := s.Commit(context.Background(), b)
	require.NoError(t, err)
}

// forked writes a log that was written from two copies, with one of everything
// that a store keeps of lines. It gives the event of the branch whose text is secret.
func forked(t *testing.T, s storage.Store, secret string) model.Ref {
	t.Helper()
	a := storagetest.NewAuthor(1)
	put(t, s, storage.Batch{Events: a.Begin(scope, 2)})
	b := a.Fork()
	put(t, s, storage.Batch{Events: []storage.Placed{a.Write(scope, "restarted the database")}})
	first := b.Write(scope, secret)
	branch := storagetest.BranchOf(a.Log(), first)
	second := storagetest.In(branch.ID, first, b.Seal(model.Draft{Scope: scope, Body: &model.SeveritySet{Level: 2}}))
	put(t, s, storage.Batch{Events: second, Begins: []model.Branch{branch}})
	third := b.Fork()
	p := third.Write(scope, "a third copy")
	nested := storagetest.BranchOf(branch.ID, p)
	moved := storagetest.In(branch.ID, b.Write(scope, "moves"))
	put(t, s, storage.Batch{
		Events: append(moved, storagetest.In(nested.ID, p)...), Begins: []model.Branch{nested},
		Awaits: []storage.Await{{For: model.Ref{Log: model.LogID{9}, Seq: 1}, Branch: nested.ID, Seq: 6}},
	})
	moved[0].Eff += 1000
	apart := storagetest.In(nested.ID, third.Seal(model.Draft{Scope: scope, Body: &model.SeveritySet{Level: 3}}))
	apart[0].Apart = true
	put(t, s, storage.Batch{Events: append(moved, apart...)})
	ended := storagetest.NewAuthor(2)
	put(t, s, storage.Batch{Events: ended.Begin(scope, 3), Ends: []storage.End{{Branch: ended.Log(), From: 3}}})
	return first.Event.Ref()
}

// copyOpen copies a store that is open and not written, as a kill would leave it. It
// still puts files of its own in their place, which may be gone when they are copied.
func copyOpen(t *testing.T, from, to string) {
	t.Helper()
	for {
		require.NoError(t, os.RemoveAll(to))
		err := os.CopyFS(to, os.DirFS(from))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		require.NoError(t, err)
		return
	}
}

func TestBranchesOutliveWhatHappensToAStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	forked(t, s, "failed over")
	want := storagetest.ImageOf(t, s)
	require.Len(t, want.Branches, 4)
	require.Len(t, want.Scopes[scope], 2+1+3+1+1)
	require.Len(t, want.Acts[scope], 1)
	same := func(t *testing.T, dir string) {
		t.Helper()
		s := open(t, dir)
		require.Empty(t, s.Report().Behind)
		require.Equal(t, want, storagetest.ImageOf(t, s))
		// Everything can go on.
		for _, b := range want.Branches {
			p := want.Lines[b.ID][0]
			put(t, s, storage.Batch{Events: storagetest.In(b.ID, p), Arrived: []model.Ref{p.Event.Ref()}})
		}
		require.NoError(t, s.Close())
	}

	for name, happens := range map[string]func(t *testing.T, dir string){
		"it is killed": func(*testing.T, string) {},
		"its database is lost": func(t *testing.T, dir string) {
			require.NoError(t, os.RemoveAll(filepath.Join(dir, "db")))
		},
		"its database is lost, and then its HEAD": func(t *testing.T, dir string) {
			require.NoError(t, os.RemoveAll(filepath.Join(dir, "db")))
			remove(t, filepath.Join(dir, "HEAD.0"), filepath.Join(dir, "HEAD.1"))
		},
		"its database is damaged": func(t *testing.T, dir string) {
			require.NoError(t, open(t, dir).Close())
			scramble(t, filepath.Join(dir, "db"))
		},
		"its index of acts is lost": func(t *testing.T, dir string) {
			require.NoError(t, open(t, dir).Close())
			require.NoError(t, storage.DropActs(dir))
		},
	} {
		killed := filepath.Join(t.TempDir(), "store")
		copyOpen(t, dir, killed)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, os.Chmod(killed, 0o700))
			happens(t, killed)
			same(t, killed)
			same(t, killed)
		})
	}
	t.Run("it is closed", func(t *testing.T) {
		require.NoError(t, s.Close())
		same(t, dir)
	})
	t.Run("its journal is gone, and it is backed up", func(t *testing.T) {
		killed := filepath.Join(t.TempDir(), "store")
		copyDir(t, dir, killed)
		require.NoError(t, os.Chmod(killed, 0o700))
		require.NoError(t, os.RemoveAll(filepath.Join(killed, "journal")))
		raw, info := backedUp(t, killed)
		require.True(t, info.Locked)
		again, said := restored(t, raw)
		require.Equal(t, want, storagetest.ImageOf(t, again))
		require.NoError(t, again.Close())
		require.NoError(t, os.RemoveAll(filepath.Join(again.Dir(), "db")))
		same(t, again.Dir()) // what is restored covers it
		info.Locked = false
		require.Equal(t, info, said)
	})
	t.Run("it is backed up", func(t *testing.T) {
		raw, info := backedUp(t, dir)
		require.False(t, info.Locked)
		require.Equal(t, 2, info.Logs)
		require.Equal(t, uint64(4+3+2+4), info.Events)
		again, said := restored(t, raw)
		require.Equal(t, info, said)
		require.Equal(t, want, storagetest.ImageOf(t, again))
	})
	t.Run("a newer version has written it", func(t *testing.T) {
		killed := filepath.Join(t.TempDir(), "store")
		copyDir(t, dir, killed)
		require.NoError(t, os.Chmod(killed, 0o700))
		plantFormat(t, killed, storage.Format+1)
		newer, err := storage.OpenNewer(killed, storage.Options{})
		require.NoError(t, err)
		require.Equal(t, want, storagetest.ImageOf(t, newer))
		require.NoError(t, newer.Close())
	})
}

func TestBranchesAreReadOnAFullDisk(t *testing.T) {
	t.Parallel()
	dir, fs := t.TempDir(), disktest.New()
	s := openTicked(t, dir, fs)
	forked(t, s, "failed over")
	want := storagetest.ImageOf(t, s.Badger)
	fs.SetRoom(low)
	s.tick()
	require.Equal(t, want, storagetest.ImageOf(t, s.Badger))
	require.NoError(t, s.Close())
	s = openTicked(t, dir, fs) // from the journal alone, or the database as it stands
	require.True(t, s.Health().JournalOnly)
	require.Equal(t, want, storagetest.ImageOf(t, s.Badger))
	fs.SetRoom(full)
	s.tick()
	requireWell(t, s)
	require.Equal(t, want, storagetest.ImageOf(t, s.Badger))
}

func TestATextOfABranchIsRemovedFromEveryFile(t *testing.T) {
	t.Parallel()
	dir, secret := t.TempDir(), secretText(t)
	s := open(t, dir)
	ref := forked(t, s, secret)
	want := storagetest.ImageOf(t, s)
	require.NotEmpty(t, grep(t, dir, secret))
	require.NoError(t, s.Remove(context.Background(), []model.Ref{ref}, nil))
	require.Empty(t, grep(t, dir, secret))
	for _, placed := range []map[model.Scope][]storage.Placed{want.Scopes, want.Acts, want.Ends} {
		for _, all := range placed {
			forget(all, ref)
		}
	}
	for _, all := range want.Lines {
		forget(all, ref)
	}
	require.Equal(t, want, storagetest.ImageOf(t, s))
	require.NoError(t, s.Close())
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "db")))
	s = open(t, dir)
	require.Equal(t, want, storagetest.ImageOf(t, s))
	require.Empty(t, grep(t, dir, secret))
}

// forget takes the text from an event.
func forget(placed []storage.Placed, ref model.Ref) {
	for i := range placed {
		if e := *placed[i].Event; e.Ref() == ref {
			e.SetText(model.Salt{}, nil)
			placed[i].Event = &e
		}
	}
}

// pen is an author in a test of random acts, with the lines that it wrote.
type pen struct {
	*storagetest.Author
	branch model.Branch // zero ID for the log's own line
	wrote  []storage.Placed
}

func (p *pen) line() model.LogID {
	if p.branch.ID != (model.LogID{}) {
		return p.branch.ID
	}
	return p.Log()
}

// script makes random batches: most of them fit what was given before.
type script struct {
	*rand.Rand
	pens []*pen
}

// kept is what was written so far: nothing of a batch that is refused counts.
func (s *script) kept() (pens []*pen) {
	for _, p := range s.pens {
		pens = append(pens, &pen{p.Fork(), p.branch, slices.Clone(p.wrote)})
	}
	return pens
}

func (s *script) chance(of int) bool { return s.IntN(of) == 0 }

func (s *script) pen() *pen { return s.pens[s.IntN(len(s.pens))] }

func (s *script) draft() model.Draft {
	d := model.Draft{Scope: model.Scope{byte(1 + s.IntN(2))}, Body: &model.EntryAdd{}, Text: fmt.Sprint("text ", s.IntN(1000))}
	if s.chance(2) {
		d.Body, d.Text = &model.SeveritySet{Level: model.Level(1 + s.IntN(4))}, ""
	}
	return d
}

func (s *script) write(p *pen) storage.Placed {
	e := p.Seal(s.draft())
	e.Branch, e.Apart = p.branch.ID, s.chance(4)
	e.Eff += model.Clock(s.IntN(3))
	p.wrote = append(p.wrote, e)
	return e
}

// next adds to a batch.
func (s *script) next(b *storage.Batch) {
	acts := []string{"log", "write", "write", "write", "fork", "fork", "move", "end", "await", "arrive", "anything"}
	if len(s.pens) == 0 {
		acts = acts[:1]
	}
	switch acts[s.IntN(len(acts))] {
	case "log":
		p := &pen{Author: storagetest.NewAuthor(byte(len(s.pens)))}
		s.pens = append(s.pens, p)
		p.wrote = []storage.Placed{p.Open()}
		b.Events = append(b.Events, p.wrote...)
	case "write":
		b.Events = append(b.Events, s.write(s.pen()))
	case "fork":
		// A copy of the store as it was before the last event goes on.
		p := s.pen()
		copied := &pen{Author: p.Fork()}
		b.Events = append(b.Events, s.write(p))
		first := copied.Seal(s.draft())
		if first.Event.Raw == p.wrote[len(p.wrote)-1].Event.Raw {
			return
		}
		copied.branch = storagetest.BranchOf(p.line(), first)
		copied.wrote = storagetest.In(copied.branch.ID, first)
		if !slices.ContainsFunc(s.pens, func(o *pen) bool { return o.branch == copied.branch }) {
			s.pens = append(s.pens, copied)
		}
		b.Begins = append(b.Begins, copied.branch)
		b.Events = append(b.Events, copied.wrote...)
	case "move":
		p := s.pen()
		e := &p.wrote[s.IntN(len(p.wrote))]
		e.Eff += model.Clock(s.IntN(100_000))
		e.Apart = s.chance(2)
		b.Events = append(b.Events, *e)
	case "end":
		b.Ends = append(b.Ends, storage.End{Branch: s.pen().line(), From: uint64(s.IntN(40))})
	case "await":
		p := s.pen()
		b.Awaits = append(b.Awaits, storage.Await{For: s.awaited(), Branch: p.line(), Seq: uint64(s.IntN(8))})
	case "arrive":
		b.Arrived = append(b.Arrived, s.awaited())
	case "anything": // most of it is refused
		p, q := s.pen(), s.pen()
		e := p.wrote[s.IntN(len(p.wrote))]
		e.Branch = q.line()
		b.Events = append(b.Events, e)
		if q.branch.ID != (model.LogID{}) && s.chance(2) {
			begins := q.branch
			begins.Base = uint64(s.IntN(4))
			b.Begins = append(b.Begins, begins)
		}
	}
}

func (s *script) awaited() model.Ref {
	return model.Ref{Log: model.LogID{1}, Seq: uint64(1 + s.IntN(3))}
}

func TestStoresAnswerAlike(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			m, b := storage.NewMemory(), open(t, t.TempDir())
			s := &script{Rand: rand.New(rand.NewPCG(seed, 1))}
			refused := 0
			for n := range 150 {
				var batch storage.Batch
				before := s.kept()
				for range 1 + s.IntN(3) {
					s.next(&batch)
				}
				d, err := m.Commit(ctx, batch)
				d2, err2 := b.Commit(ctx, batch)
				require.Equal(t, model.CodeOf(err), model.CodeOf(err2), "%d: %v, %v", n, err, err2)
				require.Equal(t, err == nil, err2 == nil, "%d: %v, %v", n, err, err2)
				require.Equal(t, d, d2, n)
				if err != nil {
					refused++
					s.pens = before
				}
				if len(s.pens) > 0 && s.chance(50) {
					p := s.pen()
					refs := []model.Ref{p.wrote[s.IntN(len(p.wrote))].Event.Ref()}
					require.Equal(t, model.CodeOf(m.Remove(ctx, refs, nil)), model.CodeOf(b.Remove(ctx, refs, nil)), n)
				}
				if s.chance(50) {
					require.NoError(t, b.Close())
					b = open(t, b.Dir())
				}
				if s.chance(10) {
					require.Equal(t, storagetest.ImageOf(t, m), storagetest.ImageOf(t, b), n)
				}
			}
			want := storagetest.ImageOf(t, m)
			require.Equal(t, want, storagetest.ImageOf(t, b))
			require.NoError(t, b.Close())
			require.Equal(t, want, storagetest.ImageOf(t, open(t, b.Dir())))
			require.Less(t, refused, 100)
		})
	}
}
