package main

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver, without C

	"warroom/model"
	"warroom/storage"
)

// FULL syncs the write-ahead log at every commit; NORMAL, the usual advice for
// WAL, does not, and a power cut takes the last commits with it. On a Mac even
// FULL does not reach through the drive's own cache, as warroom's journal does.
const sqliteOptions = "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"

const sqliteTables = `
create table if not exists event (
	log blob not null, seq integer not null, scope blob not null, eff integer not null,
	raw blob not null, body blob not null, salt blob, text blob,
	primary key (log, seq)
) strict, without rowid;
create index if not exists timeline on event (scope, eff)`

const sqliteInsert = `insert into event (log, seq, scope, eff, raw, body, salt, text) values (?, ?, ?, ?, ?, ?, ?, ?)`

type sqlited struct {
	db     *sql.DB
	insert *sql.Stmt
}

func openSQLite(dir string) (engine, error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "events.sqlite")+sqliteOptions)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // the options are a connection's; and one writes at a time
	var mode string
	var synced int
	if err := db.QueryRow("select * from pragma_journal_mode, pragma_synchronous").Scan(&mode, &synced); err != nil {
		return nil, err
	}
	if mode != "wal" || synced != 2 {
		return nil, fmt.Errorf("sqlite is in journal mode %s, synchronous %d", mode, synced)
	}
	if _, err := db.Exec(sqliteTables); err != nil {
		return nil, err
	}
	insert, err := db.Prepare(sqliteInsert)
	return sqlited{db, insert}, err
}

func (s sqlited) write(events []storage.Placed) error {
	if len(events) == 1 { // a statement alone is a transaction
		return s.add(s.insert, events[0])
	}
	tx, err := s.db.Begin()
	if err != nil {
		return err
	}
	insert := tx.Stmt(s.insert)
	for _, p := range events {
		if err := s.add(insert, p); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

func (s sqlited) add(insert *sql.Stmt, p storage.Placed) error {
	e := p.Event
	_, err := insert.Exec(e.Log[:], int64(e.Seq), e.Scope[:], int64(p.Eff), e.Raw[:], e.Body, e.Salt[:], e.Text)
	return err
}

// ends jumps from log to log; count(distinct log) would read all of them.
func (s sqlited) ends() (n int, err error) {
	err = s.db.QueryRow(`with recursive logs(log) as (
		select min(log) from event
		union all select (select min(log) from event where event.log > logs.log) from logs where log is not null
	) select count(log) from logs`).Scan(&n)
	return n, err
}

func (s sqlited) read(fn func(*model.Event)) error {
	rows, err := s.db.Query("select raw, body, salt, text from event order by log, seq")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var raw, salt sql.RawBytes
		var body, text []byte
		if err := rows.Scan(&raw, &body, &salt, &text); err != nil {
			return err
		}
		e, err := model.ParseEvent(raw, body)
		if err != nil {
			return err
		}
		copy(e.Salt[:], salt)
		e.Text = text
		fn(e)
	}
	return rows.Err()
}

// settle is what SQLite does by itself every thousand pages and at the close.
func (s sqlited) settle() error {
	_, err := s.db.Exec("pragma wal_checkpoint(passive)")
	return err
}

func (s sqlited) close() error { return errors.Join(s.insert.Close(), s.db.Close()) }
