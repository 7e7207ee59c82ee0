// Package rotafile reads the text in which a team writes down its rotas and policies:
// TOML, of which every key is checked.
//
//	[rota.web]
//	zone = "Europe/Berlin"
//	handover = "Monday 09:00"
//	start = "2026-01-05"
//	people = ["ana", "bob"]
//
//	[[rota.web.override]]
//	from = "2026-12-24 09:00"
//	to = "2026-12-27 09:00"
//	person = "bob"
//
//	[policy.sev1]
//	repeat = 1
//	[[policy.sev1.step]]
//	who = ["rota web"]
//	wait = "5m"
//	[[policy.sev1.step]]
//	who = ["role manager", "person cleo", "everybody"]
//	wait = "10m"
//
// A rota of several shifts a day has [[rota.NAME.shift]] tables, each with name, zone,
// from, to, days, handover, start, weeks and people; what a shift leaves out is taken
// from the rota.
package rotafile

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"warroom/cmd/internal/near"
	"warroom/cmd/internal/zones"
	"warroom/model"
	"warroom/model/oncall"
)

// Parse reads a rota text, and checks all that does not need to know more than the
// text: the plan is empty when a problem of it refuses.
func Parse(src string) (oncall.Plan, []oncall.Problem) {
	if len(src) > model.MaxRotaText {
		return oncall.Plan{}, []oncall.Problem{{Say: model.Say("rota.wrong.long", "Limit", model.MaxRotaText), Refuses: true}}
	}
	tree := map[string]any{}
	if _, err := toml.Decode(src, &tree); err != nil {
		p := oncall.Problem{Say: model.Say("rota.wrong.syntax", "Cause", err.Error()), Refuses: true}
		var bad toml.ParseError
		if errors.As(err, &bad) {
			p.Line, p.Say = bad.Position.Line, model.Say("rota.wrong.syntax", "Cause", bad.Message)
		}
		return oncall.Plan{}, []oncall.Problem{p}
	}
	r := &reading{lines: linesOf(src)}
	r.top(tree)
	slices.SortStableFunc(r.found, func(a, b oncall.Problem) int { return a.Line - b.Line })
	if len(r.found) > 0 {
		return oncall.Plan{}, r.found
	}
	return r.plan, nil
}

// Check is Parse, and Check of the plan.
func Check(src string, c oncall.Checking) (oncall.Plan, []oncall.Problem) {
	plan, found := Parse(src)
	if len(found) > 0 {
		return plan, found
	}
	c.Nearest, c.NearestZone = near.Of, zones.Nearest
	return plan, oncall.Check(plan, c)
}

// Open makes the book of a text that was checked when it was loaded; nil for an empty
// one, and for one that cannot be read here, which a newer warroom may have written.
func Open(src string, zones oncall.Zones) *oncall.Book {
	if strings.TrimSpace(src) == "" {
		return nil
	}
	plan, found := Parse(src)
	if len(found) > 0 {
		return nil
	}
	return oncall.Open(plan, zones)
}

type reading struct {
	lines map[string]int
	plan  oncall.Plan
	found []oncall.Problem
}

// line is where a key stands, or what it is in.
func (r *reading) line(path string) int {
	for path != "" {
		if n := r.lines[path]; n > 0 {
			return n
		}
		i := strings.LastIndexByte(path, 0)
		if i < 0 {
			break
		}
		path = path[:i]
	}
	return 0
}

func (r *reading) wrong(path, key string, pairs ...any) {
	p := oncall.Problem{Line: r.line(path), Say: model.Say(key, pairs...), Refuses: true}
	for _, had := range r.found {
		if had.Line == p.Line && had.Say.Key == key {
			return // of a rota, once for each of its shifts
		}
	}
	r.found = append(r.found, p)
}

// under is the path of a key in a table.
func under(path, key string) string {
	if path == "" {
		return key
	}
	return path + "\x00" + key
}

// table gives a table of which all keys are known.
func (r *reading) table(path string, value any, known ...string) (map[string]any, bool) {
	tree, ok := value.(map[string]any)
	if !ok {
		r.wrong(path, "rota.wrong.kind", "Key", last(path), "Wanted", model.Say("rota.kind.table"))
		return nil, false
	}
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		if slices.Contains(known, key) {
			continue
		}
		if n := near.Of(strings.ToLower(key), known); n != "" {
			r.wrong(under(path, key), "rota.wrong.key.nearest", "Key", key, "Nearest", n)
		} else {
			r.wrong(under(path, key), "rota.wrong.key", "Key", key)
		}
	}
	return tree, true
}

func last(path string) string {
	return path[strings.LastIndexByte(path, 0)+1:]
}

// tables gives the tables of a list; each is at the path with its number.
func (r *reading) tables(path string, value any) []any {
	switch list := value.(type) {
	case nil:
		return nil
	case []map[string]any:
		out := make([]any, len(list))
		for i := range list {
			out[i] = list[i]
		}
		return out
	case []any:
		return list
	}
	r.wrong(path, "rota.wrong.kind", "Key", last(path), "Wanted", model.Say("rota.kind.tables"))
	return nil
}

func (r *reading) text(path string, value any) (string, bool) {
	s, ok := value.(string)
	if value != nil && !ok {
		r.wrong(path, "rota.wrong.kind", "Key", last(path), "Wanted", model.Say("rota.kind.text"))
	}
	return s, ok
}

func (r *reading) texts(path string, value any) []string {
	if value == nil {
		return nil
	}
	list, ok := value.([]any)
	var out []string
	for _, v := range list {
		s, is := v.(string)
		ok = ok && is
		out = append(out, strings.TrimSpace(s))
	}
	if !ok {
		r.wrong(path, "rota.wrong.kind", "Key", last(path), "Wanted", model.Say("rota.kind.texts"))
		return nil
	}
	return out
}

func (r *reading) number(path string, value any) int {
	if value == nil {
		return 0
	}
	n, ok := value.(int64)
	if !ok || n < -1 || n > 1_000_000 {
		r.wrong(path, "rota.wrong.kind", "Key", last(path), "Wanted", model.Say("rota.kind.number"))
	}
	return int(n)
}

func (r *reading) top(tree map[string]any) {
	if _, ok := r.table("", tree, "rota", "policy"); !ok {
		return
	}
	r.each(tree, "rota", r.rota)
	r.each(tree, "policy", r.policy)
}

// each reads the tables under a key, in the order of the text.
func (r *reading) each(tree map[string]any, key string, read func(path, name string, value any)) {
	value, ok := tree[key]
	if !ok {
		return
	}
	named, ok := value.(map[string]any)
	if !ok {
		r.wrong(key, "rota.wrong.kind", "Key", key, "Wanted", model.Say("rota.kind.table"))
		return
	}
	names := slices.Sorted(maps.Keys(named))
	slices.SortStableFunc(names, func(a, b string) int { return r.line(under(key, a)) - r.line(under(key, b)) })
	for _, name := range names {
		read(under(key, name), name, named[name])
	}
}

// shiftKeys are what a rota says for all its shifts, and each shift for itself.
var shiftKeys = []string{"zone", "from", "to", "days", "handover", "start", "weeks", "people"}

func (r *reading) rota(path, name string, value any) {
	tree, ok := r.table(path, value, append([]string{"shift", "override"}, shiftKeys...)...)
	if !ok {
		return
	}
	rota := oncall.Rota{Name: name, Line: r.line(path)}
	shifts := r.tables(under(path, "shift"), tree["shift"])
	if len(shifts) == 0 {
		shifts = []any{map[string]any{}}
	}
	for i, s := range shifts {
		at := under(path, "shift") + index(i)
		own, ok := r.table(at, s, append([]string{"name"}, shiftKeys...)...)
		if !ok {
			continue
		}
		rota.Shifts = append(rota.Shifts, r.shift(path, tree, at, own))
	}
	for i, o := range r.tables(under(path, "override"), tree["override"]) {
		at := under(path, "override") + index(i)
		own, ok := r.table(at, o, "from", "to", "zone", "person")
		if !ok {
			continue
		}
		x := oncall.Override{Line: r.line(at)}
		x.From, x.To = r.localTime(under(at, "from"), own["from"]), r.localTime(under(at, "to"), own["to"])
		x.Person, _ = r.text(under(at, "person"), own["person"])
		if x.Person == "" {
			r.wrong(at, "rota.wrong.missing", "Key", "person")
		}
		if x.Zone, ok = r.text(under(at, "zone"), own["zone"]); ok {
			x.ZoneLine = r.line(under(at, "zone"))
		} else if len(rota.Shifts) > 0 {
			x.Zone, x.ZoneLine = rota.Shifts[0].Zone, rota.Shifts[0].ZoneLine
		}
		rota.Overrides = append(rota.Overrides, x)
	}
	r.plan.Rotas = append(r.plan.Rotas, rota)
}

// index is the number of a table in a list, as a part of its path.
func index(i int) string { return "\x00" + strconv.Itoa(i) }

// shift reads a shift; what it leaves out is taken from its rota.
func (r *reading) shift(rota string, all map[string]any, at string, own map[string]any) oncall.Shift {
	s := oncall.Shift{Line: r.line(at), Handover: time.Monday}
	if s.Line == 0 {
		s.Line = r.line(rota)
	}
	get := func(key string) (string, any) {
		if v, ok := own[key]; ok {
			return under(at, key), v
		}
		return under(rota, key), all[key]
	}
	s.Name, _ = r.text(under(at, "name"), own["name"])
	path, value := get("zone")
	if s.Zone, _ = r.text(path, value); value != nil {
		s.ZoneLine = r.line(path)
	}
	path, value = get("people")
	s.People = r.texts(path, value)
	path, value = get("weeks")
	s.Weeks = r.number(path, value)
	path, value = get("handover")
	if text, ok := r.text(path, value); ok {
		day, at, found := strings.Cut(strings.TrimSpace(text), " ")
		d, good := oncall.ParseWeekday(day)
		c, timed := oncall.ParseClock(strings.TrimSpace(at))
		if !found || !good || !timed {
			r.wrong(path, "rota.wrong.handover", "Text", text)
		}
		s.Handover, s.HandoverAt = d, c
	}
	s.From, s.To = s.HandoverAt, s.HandoverAt
	for key, into := range map[string]*oncall.Clock{"from": &s.From, "to": &s.To} {
		path, value = get(key)
		if text, ok := r.text(path, value); ok {
			var good bool
			if *into, good = oncall.ParseClock(text); !good {
				r.wrong(path, "rota.wrong.clock", "Text", text)
			}
		}
	}
	if _, value = get("from"); value != nil {
		if _, to := get("to"); to == nil {
			r.wrong(at, "rota.wrong.missing", "Key", "to")
		}
		if _, h := get("handover"); h == nil {
			s.HandoverAt = s.From
		}
	}
	path, value = get("days")
	for _, text := range r.texts(path, value) {
		d, ok := oncall.ParseWeekday(text)
		if !ok {
			r.wrong(path, "rota.wrong.day", "Text", text)
		}
		s.Days = append(s.Days, d)
	}
	path, value = get("start")
	switch v := value.(type) {
	case time.Time: // a date of TOML's own
		y, m, d := v.Date()
		s.Start = oncall.Date{Year: y, Month: m, Day: d}
	case string:
		var ok bool
		if s.Start, ok = oncall.ParseDate(v); !ok {
			r.wrong(path, "rota.wrong.date", "Text", v)
		}
	case nil:
	default:
		r.wrong(path, "rota.wrong.kind", "Key", "start", "Wanted", model.Say("rota.kind.date"))
	}
	return s
}

func (r *reading) localTime(path string, value any) oncall.LocalTime {
	if t, ok := value.(time.Time); ok { // a local time of TOML's own
		y, m, d := t.Date()
		return oncall.LocalTime{Date: oncall.Date{Year: y, Month: m, Day: d}, Clock: oncall.Clock(t.Hour()*60 + t.Minute())}
	}
	if value == nil {
		r.wrong(path, "rota.wrong.missing", "Key", last(path))
		return oncall.LocalTime{}
	}
	text, _ := r.text(path, value)
	at, ok := oncall.ParseLocalTime(text)
	if !ok {
		r.wrong(path, "rota.wrong.time", "Text", text)
	}
	return at
}

func (r *reading) policy(path, name string, value any) {
	tree, ok := r.table(path, value, "step", "repeat")
	if !ok {
		return
	}
	p := oncall.Policy{Name: name, Line: r.line(path), Repeat: r.number(under(path, "repeat"), tree["repeat"])}
	for i, s := range r.tables(under(path, "step"), tree["step"]) {
		at := under(path, "step") + index(i)
		own, ok := r.table(at, s, "who", "wait")
		if !ok {
			continue
		}
		step := oncall.Step{Line: r.line(at)}
		for _, who := range r.texts(under(at, "who"), own["who"]) {
			step.Who = append(step.Who, ParseTarget(who))
		}
		if text, ok := r.text(under(at, "wait"), own["wait"]); ok {
			var err error
			if step.Wait, err = time.ParseDuration(text); err != nil {
				r.wrong(under(at, "wait"), "rota.wrong.duration", "Text", text)
			}
		} else if own["wait"] == nil {
			step.Wait = model.DefaultWait
		}
		p.Steps = append(p.Steps, step)
	}
	r.plan.Policies = append(r.plan.Policies, p)
}

// ParseTarget reads "person NAME", "role NAME", "rota NAME" or "everybody". What is none
// of them has that text as its kind.
func ParseTarget(text string) oncall.Target {
	kind, name, _ := strings.Cut(strings.TrimSpace(text), " ")
	switch k := oncall.TargetKind(strings.ToLower(kind)); {
	case k == oncall.ToEverybody && name == "":
		return oncall.Target{Kind: k}
	case (k == oncall.ToPerson || k == oncall.ToRole || k == oncall.ToRota) && strings.TrimSpace(name) != "":
		return oncall.Target{Kind: k, Name: strings.TrimSpace(name)}
	}
	return oncall.Target{Kind: oncall.TargetKind(text)}
}

// linesOf says on which line each table and key of a text stands, in a text that is
// known to be TOML. The tables of a list have their number.
func linesOf(src string) map[string]int {
	lines, table, counts := map[string]int{}, "", map[string]int{}
	for i, line := range strings.Split(src, "\n") {
		line = strings.TrimSpace(line)
		set := func(path string) {
			if lines[path] == 0 {
				lines[path] = i + 1
			}
		}
		switch {
		case strings.HasPrefix(line, "[["):
			name := dotted(strings.SplitN(strings.TrimPrefix(line, "[["), "]]", 2)[0])
			table = name + index(counts[name])
			counts[name]++
			set(name)
			set(table)
		case strings.HasPrefix(line, "["):
			table = dotted(strings.SplitN(line[1:], "]", 2)[0])
			set(table)
		default:
			key, _, ok := strings.Cut(line, "=")
			if !ok || strings.HasPrefix(line, "#") {
				continue
			}
			set(under(table, dotted(key)))
		}
	}
	return lines
}

// dotted is a dotted key as a path, without quotes and blanks.
func dotted(s string) string {
	parts := strings.Split(s, ".")
	for i, p := range parts {
		parts[i] = strings.Trim(strings.TrimSpace(p), `"'`)
	}
	return strings.Join(parts, "\x00")
}
