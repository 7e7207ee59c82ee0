package tui_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/tui"
)

// reached writes down how people are reached: one in another zone, one by what was
// written in many ways, and an expert who is no member.
func reached(g *gate) {
	set := func(name, phone, mail, chat, zone, hours string) {
		g.Must(model.Scope{}, model.SetContact{Person: g.As(name), Phone: &phone, Mail: &mail, Chat: &chat, Zone: &zone, Hours: &hours})
	}
	set("bob", "+49 30 1234567", "bob@example.com", "@bob", "Europe/Berlin", "Mon-Fri 9 to 17, at night for SEV1 alone")
	set("Zoë Ångström", "+46 8 123 45 67 \x1b[31mext\u202e 9", "", "", "Mars/Olympus", "")
	phone := "+1 555 0100"
	g.Must(model.Scope{}, model.SetContact{Name: "Dr. Grace, database vendor", Phone: &phone})
}

// zoned finds the zone of one place, and counts.
func zoned(looked *int) func(*tui.Options) {
	return func(o *tui.Options) {
		o.Zone = func(name string) (*time.Location, error) {
			*looked++
			if name == "Europe/Berlin" {
				return time.FixedZone(name, 2*60*60), nil
			}
			return nil, errors.New("unknown")
		}
	}
}

func TestWhomToCallIsSeenWithoutLeavingTheConsole(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.device("bob", 7)
	reached(g)
	looked := 0
	s := g.open(t, setting{width: 120, height: 40, with: zoned(&looked)}).showing()
	s.Press("W").has("phone: +49 30 1234567 · chat: @bob · mail: bob@example.com", "hours: Mon-Fri 9 to 17, at night for SEV1 alone", "Europe/Berlin, "+g.Now().UTC().Add(2*time.Hour).Format("15:04")+" there")
	s.has("Dr. Grace, database vendor", "no access", "+1 555 0100")
	s.Press("y")
	require.Equal(t, "+49 30 1234567", s.copied)
	s.Press("G").has("phone: +46 8 123 45 67 ext 9", "zone: Mars/Olympus")
	require.NotContains(t, s.Text(), "chat: @bob", "one card at a time")
	require.NotContains(t, s.Text(), "Mars/Olympus,")
	require.LessOrEqual(t, looked, 2, "a zone is looked up once")
	s.Press("g").has("Nobody wrote down how to reach them").Press("y").has("No number is on a card of ana.")
	s.Press("G", "k", "x").has("Dr. Grace, database vendor is no member: there is nothing to take out.")
	phone := "+49 30 7654321"
	g.Must(model.Scope{}, model.SetContact{Person: g.As("bob"), Phone: &phone})
	s.seen()
	s.has("+49 30 7654321")
	require.Empty(t, g.done())
}

func TestAnObserverSeesWhomToCall(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.device("bob", 7)
	reached(g)
	g.access = model.Observer
	s := g.open(t, setting{width: 120, height: 40}).showing().Press("W")
	s.has("phone: +49 30 1234567", "zone: Europe/Berlin").Press("y")
	require.Equal(t, "+49 30 1234567", s.copied)
}

func TestGoldenContactCards(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}, {40, 12}} {
		for _, ascii := range []bool{false, true} {
			if ascii && size[0] != 80 {
				continue
			}
			name := fmt.Sprintf("%dx%d", size[0], size[1])
			if ascii {
				name += "-ascii"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				g := newGate(t)
				g.device("bob", 7)
				reached(g)
				looked := 0
				s := g.open(t, setting{width: 120, height: 40, ascii: ascii, with: zoned(&looked)}).showing()
				s.Resize(size[0], size[1])
				s.Press("W").same(t, "contacts-device-"+name)
				s.Press("k").same(t, "contacts-person-"+name)
				s.Press("g", "j", "j")
				if size[1] > 12 {
					require.Contains(t, s.Text(), " there", "the card of who is selected is seen whole")
				}
				s.Press("G").same(t, "contacts-last-"+name)
				require.Contains(t, strings.Join(strings.Fields(s.Text()), " "), "67 ext 9", "the card of the last is seen whole")
			})
		}
	}
}
