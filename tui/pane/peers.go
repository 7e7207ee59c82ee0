package pane

import (
	"strconv"
	"strings"
	"time"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/clean"
)

// Peers lists the rooms that this one is linked with: first what people must know
// of this machine and of them, whole; then how much is on its way; then each with its state, what it
// lacks, its clock and the way to it. Why a link is not there stands under it.
func Peers(env Env, ov *model.Overview, w int) []string {
	p := peersPage{env: env, w: max(w, 0)}
	for _, say := range ov.Faults() {
		p.prose(themes.Warn, 2, env.signs().need+" "+env.Say.Say(say))
	}
	if !peered(ov) {
		if len(p.out) > 0 {
			p.blank()
		}
		p.prose(themes.Text, 0, env.Say.T("pane.peers.none"))
		p.blank()
		p.prose(themes.Dim, 0, env.Say.T("pane.peers.none.how"))
		return p.out
	}
	for _, n := range ov.Peers.Notices(ov.People) {
		tok, sign := themes.Warn, env.signs().need
		if n.Grave {
			tok, sign = themes.Danger, env.signs().fail
		}
		p.prose(tok, 2, sign+" "+env.Say.Say(n.Say))
	}
	if len(p.out) > 0 {
		p.blank()
	}
	p.summary(ov.Peers)
	p.blank()
	p.columns()
	p.heading()
	for i := range ov.Peers.All {
		p.peer(&ov.Peers.All[i])
	}
	return p.out
}

// peersPage is the page in the making. Its columns are widths; 0 leaves one out.
type peersPage struct {
	env Env
	w   int
	out []string

	name, state, come, lacks, clock, answer, route, version int
}

func (p *peersPage) blank() { p.out = append(p.out, p.env.row(p.w).end()) }

// prose adds a text, wrapped, its second line on indented by some cells.
func (p *peersPage) prose(tok themes.Token, indent int, text string) {
	for i, l := range clean.Wrap(text, max(p.w-indent-2, 1)) {
		r := p.env.row(p.w)
		r.gap(1)
		if i > 0 {
			r.gap(indent)
		}
		r.put(tok, l)
		p.out = append(p.out, r.end())
	}
}

// summary is how many are linked, and what is on its way, with the signs that
// stand for it elsewhere.
func (p *peersPage) summary(all *model.Peers) {
	e := p.env
	tok := themes.OK
	if all.Linked() < len(all.All) {
		tok = themes.Text
	}
	if all.Linked() > 0 {
		p.prose(tok, 0, e.Say.N("pane.peers.linked", len(all.All), "Linked", all.Linked()))
	} else {
		p.prose(themes.Warn, 0, e.Say.T("pane.peers.linked.none"))
	}
	if all.Unshared > 0 {
		p.prose(themes.Text, 2, e.signs().alone+" "+e.Say.N("pane.peers.alone", all.Unshared))
	}
	if all.Behind > 0 {
		p.prose(themes.Text, 2, e.signs().come+" "+e.Say.N("pane.peers.come", all.Behind))
	}
}

// columns shares the width out: who and whether they are reached is worth most,
// then what is on its way, then the clock and the way.
func (p *peersPage) columns() {
	p.state, p.come = 11, 7
	if p.w >= 52 {
		p.lacks, p.clock = 5, 7
	}
	if p.w >= 70 {
		p.answer = 6
	}
	if p.w >= 84 {
		p.version = 8
	}
	left := p.w - 2
	for _, c := range []int{p.state, p.come, p.lacks, p.clock, p.answer, p.version} {
		if c > 0 {
			left -= c + 1
		}
	}
	if p.w >= 70 {
		p.name = max(min(left/2, 20), 4)
		p.route = max(left-p.name-1, 1)
		return
	}
	p.name = max(min(left, 28), 4)
}

func (p *peersPage) heading() {
	r := p.env.row(p.w)
	r.gap(2)
	for _, c := range []struct {
		width int
		key   string
	}{{p.name, "name"}, {p.state, "state"}, {p.come, "to.come"}, {p.lacks, "to.go"}, {p.clock, "clock"}, {p.answer, "answer"}, {p.route, "route"}, {p.version, "version"}} {
		if c.width > 0 {
			r.fit(themes.Dim, p.env.Say.T("pane.peers."+c.key), c.width)
			r.gap(1)
		}
	}
	p.out = append(p.out, r.end())
}

func (p *peersPage) peer(o *model.Peer) {
	e, r := p.env, p.env.row(p.w)
	sign, tok := e.linkSign(o.State)
	r.put(tok, sign)
	r.gap(1)
	cell := func(tok themes.Token, text string, width int) {
		if width > 0 {
			r.fit(tok, text, width)
			r.gap(1)
		}
	}
	cell(themes.Name, clean.Line(o.Name), p.name)
	cell(tok, p.stateOf(o), p.state)
	cell(lagging(o.Behind), count(o.Behind), p.come)
	cell(lagging(o.Lacks), count(o.Lacks), p.lacks)
	clock, answer := "-", "-"
	if o.RTT > 0 {
		clock, answer = e.offset(o.Offset), e.micros(o.RTT)
	}
	clockTok := themes.Dim
	if o.ClockWrong() {
		clockTok = themes.Warn
	}
	cell(clockTok, clock, p.clock)
	cell(themes.Dim, answer, p.answer)
	cell(themes.Dim, p.way(o), p.route)
	versionTok := themes.Dim
	if o.Old {
		versionTok = themes.Warn
	}
	cell(versionTok, clean.Line(o.Version), p.version)
	p.out = append(p.out, r.end())
	p.notes(o)
}

// notes are what a row has no room for: why the link is not there, and where it
// was looked for.
func (p *peersPage) notes(o *model.Peer) {
	e := p.env
	if !o.Problem.IsZero() && o.State < model.LinkBehind {
		p.note(themes.Danger, e.Say.Say(o.Problem))
	}
	if o.State < model.LinkBehind && len(o.Addresses) > 1 {
		p.note(themes.Dim, e.Say.T("pane.peers.addresses", "List", o.Addresses))
	}
	if p.lacks == 0 && o.Lacks > 0 {
		p.note(themes.Dim, e.Say.N("pane.peers.owed", o.Lacks))
	}
}

func (p *peersPage) note(tok themes.Token, text string) {
	for _, l := range clean.Wrap(text, max(p.w-5, 1)) {
		r := p.env.row(p.w)
		r.gap(4)
		r.put(tok, l)
		p.out = append(p.out, r.end())
	}
}

// linkSign is the sign of a link, and its style.
func (e Env) linkSign(s model.LinkState) (string, themes.Token) {
	switch s {
	case model.LinkLive:
		return e.signs().here, themes.Here
	case model.LinkBehind:
		return e.signs().come, themes.Warn
	case model.LinkConnecting:
		return e.signs().todo, themes.Dim
	}
	return e.signs().away, themes.Warn
}

// stateOf is a link's state and for how long it has been up or down.
func (p *peersPage) stateOf(o *model.Peer) string {
	word := map[model.LinkState]string{model.LinkConnecting: "connecting", model.LinkBehind: "behind", model.LinkLive: "live"}[o.State]
	if word == "" {
		word = "offline"
	}
	word = p.env.Say.T("pane.peers.state." + word)
	if o.Since == 0 || o.State == model.LinkConnecting {
		return word
	}
	return word + " " + p.env.age(p.env.Now-o.Since)
}

// way is how the peer is reached, or was last looked for.
func (p *peersPage) way(o *model.Peer) string {
	switch {
	case o.Route != "":
		return clean.Line(o.Route)
	case len(o.Addresses) > 0:
		return clean.Line(o.Addresses[0])
	}
	return "-"
}

func lagging(n int) themes.Token {
	if n > 0 {
		return themes.Warn
	}
	return themes.Dim
}

func count(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}

// offset is how far a clock is ahead, with its sign.
func (e Env) offset(ms int64) string {
	sign := "+"
	if ms < 0 {
		sign, ms = "-", -ms
	}
	return sign + e.millis(ms)
}

// micros is a short time given in µs.
func (e Env) micros(us int64) string {
	if us < 10_000 {
		return e.Say.T("pane.peers.ms", "N", strings.TrimSuffix(strconv.FormatFloat(float64(us)/1000, 'f', 1, 64), ".0"))
	}
	return e.millis(us / 1000)
}

func (e Env) millis(ms int64) string {
	if ms < 1000 {
		return e.Say.T("pane.peers.ms", "N", ms)
	}
	return e.Say.Duration(time.Duration(ms) * time.Millisecond)
}
