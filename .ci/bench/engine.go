package main

import (
	"sync"

	"warroom/model"
	"warroom/storage"
)

// engine is a store of events, doing what warroom's storage does at the least:
// events in the order of their log and of their incident's timeline, durable
// when write returns.
type engine interface {
	// write makes the events durable in one transaction. One goroutine at a time.
	write(events []storage.Placed) error
	// ends counts the logs that it holds: what a start must find before all else.
	ends() (int, error)
	// read gives every event, log by log, parsed as warroom's storage parses it.
	read(fn func(*model.Event)) error
	// settle waits until what was written stands where it is read from: warroom's
	// database follows its journal, SQLite's file its log.
	settle() error
	close() error
}

// engines are the stores that are compared, warroom's own first.
var engines = []struct {
	name string
	open func(dir string) (engine, error)
}{
	{"warroom storage", openStorage},
	{"bbolt", openBbolt},
	{"SQLite", openSQLite},
}

// session is an open store that several writers may use at once.
type session struct {
	write  func(storage.Placed) error
	settle func() error
	close  func() error
}

// alone gives a session for one writer: a transaction for each event.
func alone(open func(string) (engine, error)) func(string, []storage.Placed) (session, error) {
	return func(dir string, first []storage.Placed) (session, error) {
		e, err := open(dir)
		if err != nil {
			return session{}, err
		}
		return session{
			write:  func(p storage.Placed) error { return e.write([]storage.Placed{p}) },
			settle: e.settle,
			close:  e.close,
		}, e.write(first)
	}
}

// inTurn lets the writers wait for one another: a transaction for each event.
func inTurn(open func(string) (engine, error)) func(string, []storage.Placed) (session, error) {
	return func(dir string, first []storage.Placed) (session, error) {
		s, err := alone(open)(dir, first)
		var turn sync.Mutex
		one := s.write
		s.write = func(p storage.Placed) error {
			turn.Lock()
			defer turn.Unlock()
			return one(p)
		}
		return s, err
	}
}

// maxGroup is how many events a group takes: as many as sync/room takes requests.
const maxGroup = 512

type request struct {
	event storage.Placed
	done  chan error
}

// grouped puts a committer before the engine, made as the room's is: it takes
// what queued up during the last commit and never waits for more.
func grouped(open func(string) (engine, error)) func(string, []storage.Placed) (session, error) {
	return func(dir string, first []storage.Placed) (session, error) {
		e, err := open(dir)
		if err != nil {
			return session{}, err
		}
		requests, over := make(chan request, maxGroup), make(chan struct{})
		go func() {
			defer close(over)
			commitGroups(e, requests)
		}()
		return session{
			write: func(p storage.Placed) error {
				done := make(chan error, 1)
				requests <- request{p, done}
				return <-done
			},
			settle: e.settle,
			close: func() error {
				close(requests)
				<-over
				return e.close()
			},
		}, e.write(first)
	}
}

func commitGroups(e engine, requests <-chan request) {
	for r := range requests {
		events, waiting := []storage.Placed{r.event}, []chan error{r.done}
	more:
		for len(events) < maxGroup {
			select {
			case r, ok := <-requests:
				if !ok {
					break more
				}
				events, waiting = append(events, r.event), append(waiting, r.done)
			default:
				break more
			}
		}
		err := e.write(events)
		for _, done := range waiting {
			done <- err
		}
	}
}
