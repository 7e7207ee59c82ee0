package model

// Standing is what a device may do, as the membership says it.
type Standing uint8

// The standings.
const (
	// Stranger is a device that was never anybody's.
	Stranger Standing = iota
	// Reads is an observer's: it may be linked with, and nothing that it writes
	// counts.
	Reads
	// Writes is a responder's or an owner's.
	Writes
	// Out is one that was taken out, or whose person is no member any more: it is told
	// so, and given nothing.
	Out
)

// Linked reports a device that rooms may be linked with.
func (s Standing) Linked() bool { return s == Reads || s == Writes }

// Device is a device that the membership knows, as it stands.
type Device struct {
	Key    DeviceKey
	Person PersonID
	// Name is what it is called; it may be empty.
	Name     string
	Standing Standing
	// Service says that it serves many people.
	Service bool
	// Muted says that nothing more of it is fetched.
	Muted bool
}

// Cut says up to where what a device wrote counts. Of a device whose Standing is
// Writes everything does and there is none.
type Cut struct {
	Device DeviceKey
	// Whole says that nothing of the device counts, for a stranger or an observer who
	// never was more.
	Whole bool
	// Tips are the ends that stand: an event counts when it is one of them or before
	// one on its line. A tip that is not held lets all of its log count up to its
	// number. What stands in a log without a tip does not count. Several lists come of
	// several removals: an event must be within each.
	Tips [][]Ref
}
