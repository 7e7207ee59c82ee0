package lang

import (
	"strconv"
	"strings"
	"time"
)

// ClockMode chooses the zone of the times on the screen.
type ClockMode uint8

// The ways of showing times.
const (
	Local ClockMode = iota
	UTC
	Both // local, then UTC in brackets
)

const (
	clockLayout = "15:04:05"
	shortLayout = "15:04"
	dateLayout  = "2006-01-02"
)

// Clock is a time of day to the second; the zero time is "-".
func (p *Printer) Clock(t time.Time) string { return p.layout(t, clockLayout) }

// ClockShort is a time of day to the minute.
func (p *Printer) ClockShort(t time.Time) string { return p.layout(t, shortLayout) }

// Date is a day as ISO 8601 has it, which reads the same in every language.
func (p *Printer) Date(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return p.here(t).Format(dateLayout)
}

// Full is a date and a time of day.
func (p *Printer) Full(t time.Time) string { return p.layout(t, dateLayout+" "+clockLayout) }

func (p *Printer) moment(t time.Time, format string) string {
	switch format {
	case "short":
		return p.ClockShort(t)
	case "zoned":
		return p.ClockShort(t) + " " + p.Zone(t)
	case "date":
		return p.Date(t)
	case "full":
		return p.Full(t)
	}
	return p.Clock(t)
}

func (p *Printer) layout(t time.Time, layout string) string {
	if t.IsZero() {
		return "-"
	}
	var buf [64]byte
	b := p.here(t).AppendFormat(buf[:0], layout)
	if p.opts.Clock == Both {
		b = append(b, " ("...)
		b = t.UTC().AppendFormat(b, layout)
		b = append(b, "Z)"...)
	}
	return string(b)
}

func (p *Printer) here(t time.Time) time.Time {
	if p.opts.Clock == UTC {
		return t.UTC()
	}
	return t.In(p.opts.Zone)
}

// Zone is the name of the zone that times are shown in at t, for the header:
// "CET", "UTC", "UTC+05:30" for a zone without a name, "CET/UTC" for both.
func (p *Printer) Zone(t time.Time) string {
	if p.opts.Clock == UTC {
		return "UTC"
	}
	name, offset := t.In(p.opts.Zone).Zone()
	if name == "" || strings.ContainsAny(name[:1], "+-") {
		name = "UTC"
		if offset != 0 {
			name += t.In(p.opts.Zone).Format("-07:00")
		}
	}
	if p.opts.Clock == Both && name != "UTC" {
		return name + "/UTC"
	}
	return name
}

// Duration is a duration in at most two units, cut and not rounded: 3.2s, 42s,
// 42m, 3h 05m, 2d 4h. Tenths are shown below ten seconds, where there are any.
func (p *Printer) Duration(d time.Duration) string {
	if d < 0 {
		// The least duration has no opposite.
		return "-" + p.Duration(-max(d, -1<<63+1))
	}
	s := int64(d / time.Second)
	tenth := int64(d%time.Second) / int64(100*time.Millisecond)
	switch {
	case s < 10 && tenth > 0:
		return p.T("duration.seconds", "S", strconv.FormatInt(s, 10)+"."+strconv.FormatInt(tenth, 10))
	case s < 60:
		return p.T("duration.seconds", "S", s)
	case s < 3600:
		return p.T("duration.minutes", "M", s/60)
	case s < 86400:
		return p.T("duration.hours", "H", s/3600, "M", twoDigits(s/60%60))
	}
	return p.T("duration.days", "D", s/86400, "H", s/3600%24)
}

func twoDigits(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}
