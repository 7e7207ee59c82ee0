package storage

import "warroom/model"

// Report is what an Open found and did, for the doctor and for the room.
type Report struct {
	Steps []Step
	// Behind are the logs of which less is there than HEAD knows of. What is
	// missing was durable once. Whoever writes such a log must go on in a new one:
	// others may hold other events under the next numbers.
	Behind []Behind
	// Cut says that the end of the journal is gone, and with it, perhaps, the last
	// events of any log, which others may hold. Whoever writes must go on in new
	// logs. Adopt ends it.
	Cut bool
	// Copied says that the store is not where it was last written: it is a copy,
	// or was moved or put back. Whoever writes in it must go on in new logs,
	// because the original may be written too. Adopt ends it.
	Copied bool
}

// Step is one step of an Open.
type Step struct {
	Name  StepName
	State State
	// Detail says what was found or done, for the catalogue to put into words; zero
	// when nothing was.
	Detail model.Phrase
}

// StepName names a step; the catalogue has its sentence.
type StepName string

// The steps, in their order.
const (
	StepDirectory StepName = "directory" // it is this user's alone, and locked
	StepRestore   StepName = "restore"   // what an interrupted one left is removed; told only then
	StepRemoval   StepName = "removal"   // one that was interrupted is completed or undone; told only then
	StepSpace     StepName = "space"     // there is room, on a local disk
	StepJournal   StepName = "journal"   // what was answered as durable
	StepHead      StepName = "head"      // what the store must contain
	StepFiles     StepName = "files"     // empty log files are removed, unlisted tables kept
	StepManifest  StepName = "manifest"  // the database's list of its tables is whole
	StepDatabase  StepName = "database"  // it opens, or is made anew from the journal
	StepReplay    StepName = "replay"    // it is brought after the journal
	StepCompare   StepName = "compare"   // every log reaches what HEAD knows
	StepHost      StepName = "host"      // it is where it was last written
)

// State is how a step ended.
type State uint8

// The states.
const (
	Fine     State = iota // nothing to say
	Repaired              // something was wrong, and nothing is lost
	Warned                // somebody should look
)

// Behind is a log of which less is there than was.
type Behind struct {
	Log        model.LogID
	Have, Want uint64
}

// Report gives what the open found and did.
func (b *Badger) Report() Report { return b.report }
