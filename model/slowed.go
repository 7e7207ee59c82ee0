package model

// SlowReason is why something that a device wrote is not fetched now.
type SlowReason uint8

// The reasons.
const (
	// SlowRate is of a device that writes faster than one may.
	SlowRate SlowReason = iota + 1
	// SlowLogs is of one that opened too many logs today.
	SlowLogs
	// SlowDisk is of one whose log is as large as a log may be.
	SlowDisk
	// SlowMuted is of one that an owner muted.
	SlowMuted
	// SlowStranger is of one that the membership does not know yet.
	SlowStranger
)

// Slowed is a device of whose events some are not fetched now. Nothing is lost: what
// is held back comes as it may.
type Slowed struct {
	// Device is zero for all those together whom the membership does not know.
	Device DeviceKey
	// Person is whose device it is; zero where that is not known.
	Person PersonID
	Why    SlowReason
	// Since is when that began, in ms since 1970.
	Since int64
	// Behind is how many events are known of and not here.
	Behind int
	// Limit is what it is over: events a second, logs a day, or MiB of a log.
	Limit int
}

// slowed are the notices of who is slowed down. Of those whom an owner muted and those
// who wait to be let in people know without.
func (p *Peers) slowed(people *Roster) []Notice {
	var out []Notice
	for _, s := range p.Slowed {
		key := ""
		switch s.Why {
		case SlowRate:
			key = "warning.slowed.rate"
		case SlowLogs:
			key = "warning.slowed.logs"
		case SlowDisk:
			key = "warning.slowed.disk"
		default:
			continue
		}
		say := Say(key, "Who", p.device(s.Device, s.Person, people), "Limit", s.Limit)
		out = append(out, Notice{Say: say, ID: key + " " + s.Device.String(), Grave: true})
	}
	return out
}
