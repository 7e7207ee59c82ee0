package main

import (
	"context"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

// stored is warroom's storage as an engine.
type stored struct{ *storage.Badger }

func openStorage(dir string) (engine, error) {
	s, err := storage.Open(dir, storage.Options{})
	return stored{s}, err
}

func (s stored) write(events []storage.Placed) error {
	_, err := s.Commit(context.Background(), storage.Batch{Events: events})
	return err
}

func (s stored) ends() (int, error) {
	heads, err := s.Heads()
	return len(heads), err
}

func (s stored) read(fn func(*model.Event)) error {
	heads, err := s.Heads()
	if err != nil {
		return err
	}
	for _, h := range heads {
		if err := s.Log(h.Log, 1, func(e *model.Event) error { fn(e); return nil }); err != nil {
			return err
		}
	}
	return nil
}

// settle reads a setting: a reader waits for the database.
func (s stored) settle() error {
	_, _, err := s.Setting("settle")
	return err
}

func (s stored) close() error { return s.Close() }

// openRoom gives a session that writes through a room, as people do. Nothing is
// made beforehand: the room checks the command, seals the event and folds it,
// and writes the incident's row with it.
func openRoom(dir string, _ []storage.Placed) (session, error) {
	ctx := context.Background()
	s, err := storage.Open(dir, storage.Options{})
	if err != nil {
		return session{}, err
	}
	r, err := room.Open(ctx, room.Options{Store: s, Dir: dir, Name: "ana"})
	if err != nil {
		return session{}, err
	}
	who := model.Actor{Person: r.Me(), Via: model.DoorConsole}
	opened, err := r.Do(ctx, who, model.Scope{}, model.OpenIncident{Title: "Checkout answers with 500"})
	return session{
		write: func(p storage.Placed) error {
			_, err := r.Do(ctx, who, opened.Incident, model.Write{Text: string(p.Event.Text)})
			return err
		},
		settle: stored{s}.settle,
		close:  r.Close,
	}, err
}
