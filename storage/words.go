package storage

import (
	"errors"

	"warroom/model"
	"warroom/storage/journal"
)

// step tells a step that found something; fine one that did not.
func (r *Report) step(name StepName, state State, detail model.Phrase) {
	r.Steps = append(r.Steps, Step{name, state, detail})
}

func (r *Report) fine(name StepName) { r.step(name, Fine, model.Phrase{}) }

// reason puts what is wrong with the database into words, as far as it is ours.
func reason(err error) model.Phrase {
	table := new(tableError)
	switch {
	case errors.As(err, &table):
		return model.Say("store.cause.table", "File", tableName(table.id))
	case errors.Is(err, ErrManifest):
		return model.Say("store.cause.manifest")
	case errors.Is(err, ErrSuspect):
		return model.Say("store.cause.suspect")
	case errors.Is(err, journal.ErrNoHead):
		return model.Say("store.cause.head")
	case errors.Is(err, journal.ErrMisplaced):
		return model.Say("store.cause.misplaced")
	}
	return model.Say("store.cause.other", "Cause", err.Error())
}

// missing says what the journal lacks.
func missing(d journal.Damage) model.Phrase {
	what := model.Say("store.missing.unknown")
	switch {
	case d.Last != 0 && d.First == 0:
		what = model.Say("store.missing.upto", "Last", d.Last)
	case d.Last != 0:
		what = model.Say("store.missing.range", "First", d.First, "Last", d.Last)
	}
	if d.Err != nil {
		return model.Say("store.journal.unreadable", "Segment", d.Segment, "Cause", reason(d.Err), "Missing", what)
	}
	return model.Say("store.journal.damaged", "Segment", d.Segment, "From", d.From, "To", d.To, "Missing", what)
}
