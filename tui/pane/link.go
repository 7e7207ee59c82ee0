package pane

import (
	"strconv"
	"time"

	"warroom/model"
	"warroom/themes"
)

// Flow says that what is on its way between this room and its peers moves. As long
// as it does it is no news: an entry is at the others in less time than it takes to
// read a word about it.
type Flow struct{ Out, In bool }

// linkIn is how the header tells how the room stands to its peers.
type linkIn int

const (
	linkSigns linkIn = iota // only what is wrong, and how much in signs
	linkShort               // offline 29m, 3 only here
	linkFull                // offline since 14:02, live, 4 peers
	linkNone
)

// alone counts the events that are only here, as far as people must know.
func (e Env) alone(p *model.Peers) int {
	if p == nil || e.Flow.Out && p.Linked() > 0 {
		return 0
	}
	return p.Unshared
}

// behind counts the events that are still to come, as far as people must know.
func (e Env) behind(p *model.Peers) int {
	if p == nil || e.Flow.In || p.Linked() == 0 {
		return 0
	}
	return p.Behind
}

// peered reports a room that has peers at all.
func peered(ov *model.Overview) bool { return ov != nil && ov.Peers != nil && len(ov.Peers.All) > 0 }

// troubled reports something that people must know of the links.
func (e Env) troubled(ov *model.Overview) bool {
	return peered(ov) && (ov.Peers.Linked() == 0 || e.alone(ov.Peers) > 0 || e.behind(ov.Peers) > 0)
}

// peers says how the room stands to its peers. A room that has none says nothing.
func (e Env) peers(ov *model.Overview, in linkIn) []piece {
	if !peered(ov) || in == linkNone {
		return nil
	}
	p, sg := ov.Peers, e.signs()
	alone, behind := e.alone(p), e.behind(p)
	if in == linkSigns {
		text := ""
		switch {
		case p.Linked() == 0:
			text = e.parted(p, in)
		case behind > 0:
			text = sg.come + strconv.Itoa(behind)
		}
		if alone > 0 {
			if text != "" {
				text += " "
			}
			text += sg.alone + strconv.Itoa(alone)
		}
		if text == "" {
			return nil
		}
		return []piece{{themes.Warn, text}}
	}
	var out []piece
	switch {
	case p.Linked() == 0:
		out = append(out, piece{themes.Warn, e.parted(p, in)})
	case behind > 0:
		out = append(out, piece{themes.Warn, e.Say.T("pane.header.behind", "N", behind)})
	case alone == 0:
		out = append(out, piece{themes.OK, e.Say.T("pane.header.live")})
		if in == linkFull {
			out = append(out, piece{themes.Dim, e.linked(p)})
		}
	}
	if alone > 0 {
		out = append(out, piece{themes.Warn, e.Say.N("pane.header.alone", alone)})
	}
	return out
}

// linked counts the peers with a link.
func (e Env) linked(p *model.Peers) string {
	if n := p.Linked(); n < len(p.All) {
		return e.Say.N("pane.header.peers.some", len(p.All), "Linked", n)
	}
	return e.Say.N("pane.header.peers", len(p.All))
}

// parted says that no link is up, and since when.
func (e Env) parted(p *model.Peers, in linkIn) string {
	since := p.Parted()
	at := time.UnixMilli(since)
	switch {
	case in == linkSigns, since == 0 && !connecting(p), in == linkShort && since != 0 && e.Now-since < time.Minute.Milliseconds():
		return e.Say.T("pane.header.offline")
	case since == 0:
		return e.Say.T("pane.header.connecting")
	case in == linkShort:
		return e.Say.T("pane.header.offline.for", "Time", e.age(e.Now-since))
	case e.date(since) != e.date(e.Now):
		return e.Say.T("pane.header.offline.since", "Time", e.Say.Date(at)+" "+e.Say.ClockShort(at))
	}
	return e.Say.T("pane.header.offline.since", "Time", e.Say.ClockShort(at))
}

func connecting(p *model.Peers) bool {
	for i := range p.All {
		if p.All[i].State == model.LinkConnecting {
			return true
		}
	}
	return false
}
