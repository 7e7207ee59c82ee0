package storage

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"warroom/model"
)

// A store is restored in a folder beside its place, which it takes when it is
// whole. The folder says what it is, in a file, and is locked by its process; so
// what a process that ended left behind is known, and nothing else is taken for it.
const (
	stageMiddle = ".restoring-"
	stageMark   = "restoring"
	stageLock   = "restoring.lock"
)

var stageSays = []byte("a store that is being restored by warroom; it is removed when that is interrupted\n")

// Stage is a folder in which a store is restored.
type Stage struct {
	place, dir string
	lock       *lock
}

// NewStage makes a folder, for this user alone, for a store that is to stand in a
// place; the folder above that must be there. Place or Discard ends it.
func NewStage(place string) (*Stage, error) {
	place, err := filepath.Abs(place)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(filepath.Dir(place), stagePrefix(place)+"*") // 0700
	if err != nil {
		return nil, err
	}
	s := &Stage{place: place, dir: dir}
	if s.lock, err = takeLockIn(dir, stageLock); err == nil {
		err = os.WriteFile(filepath.Join(dir, stageMark), stageSays, 0o600)
	}
	if err != nil {
		return nil, errors.Join(err, s.Discard())
	}
	return s, nil
}

func stagePrefix(place string) string { return "." + filepath.Base(place) + stageMiddle }

// Dir is the folder.
func (s *Stage) Dir() string { return s.dir }

// Place gives the store its place, durably. Nothing may stand there, or an empty
// folder.
func (s *Stage) Place() error {
	if err := os.Remove(s.place); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(s.dir, s.place); err != nil {
		return err
	}
	s.dir = "" // it is the store now
	return errors.Join(s.release(), forgetStage(s.place), syncDir(s.place), syncDir(filepath.Dir(s.place)))
}

// Discard removes the folder and what is in it, unless it has its place.
func (s *Stage) Discard() error {
	if s.dir == "" {
		return s.release()
	}
	return errors.Join(removeStage(s.dir), s.release())
}

func (s *Stage) release() error {
	if s.lock == nil {
		return nil
	}
	l := s.lock
	s.lock = nil
	return l.release()
}

// forgetStage removes what makes a folder a stage.
func forgetStage(dir string) error {
	for _, name := range []string{stageMark, stageLock} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// RemoveStages removes what restores that were interrupted left beside a store's
// place, and counts it: folders of that name that say what they are, and that no
// process holds.
func RemoveStages(place string) (n int, err error) {
	above := filepath.Dir(place)
	found, err := os.ReadDir(above)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	for _, f := range found {
		if !f.IsDir() || !strings.HasPrefix(f.Name(), stagePrefix(place)) {
			continue
		}
		dir := filepath.Join(above, f.Name())
		if !isStage(dir) {
			continue
		}
		l, err := takeLockIn(dir, stageLock)
		if locked := new(LockedError); errors.As(err, &locked) {
			continue
		}
		if err == nil {
			err = errors.Join(removeStage(dir), l.release())
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func isStage(dir string) bool {
	path := filepath.Join(dir, stageMark)
	st, err := os.Lstat(path)
	if err != nil || !st.Mode().IsRegular() || st.Size() != int64(len(stageSays)) {
		return false
	}
	said, err := os.ReadFile(path)
	return err == nil && bytes.Equal(said, stageSays)
}

// removeStage removes a stage, and last what says that it is one: so that what is
// half removed is still known.
func removeStage(dir string) error {
	found, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range found {
		if f.Name() == stageMark {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, f.Name())); err != nil {
			return err
		}
	}
	return os.RemoveAll(dir)
}

// sweep removes what interrupted restores left, and tells it.
func (b *Badger) sweep() {
	if strings.Contains(filepath.Base(b.dir), stageMiddle) {
		return // this is one
	}
	n, err := RemoveStages(b.dir)
	if err == nil {
		err = forgetStage(b.dir) // of a restore that ended between its last steps
	}
	switch {
	case err != nil:
		b.report.step(StepRestore, Warned, model.Say("store.restore.kept", "Cause", err.Error()))
	case n > 0:
		b.report.step(StepRestore, Repaired, model.Say("store.restore.removed").Counted(n))
	}
}
