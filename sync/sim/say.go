package sim

import (
	"fmt"

	"warroom/sync/wire"
)

// say tells a step's frame for people.
func say(kind string, raw []byte) string {
	if kind != "frame" {
		return ""
	}
	m, err := wire.Decode(raw)
	if err != nil {
		return err.Error()
	}
	switch m := m.(type) {
	case wire.Run:
		if len(m.Events) == 0 {
			return fmt.Sprintf("run %x none last=%v", m.Log[:4], m.Last)
		}
		return fmt.Sprintf("run %x %d..%d fresh=%v last=%v", m.Log[:4], m.Events[0].Seq, m.Events[len(m.Events)-1].Seq, m.Fresh, m.Last)
	case wire.Want:
		return fmt.Sprintf("want %s from %d credit %d", tips([]wire.Tip{m.Tip}), m.From, m.Credit)
	case wire.Vector:
		return fmt.Sprintf("vector members=%v full=%v again=%v more=%v%s", m.Members, m.Full, m.Again, m.More, tips(m.Tips))
	case wire.Ack:
		return "ack" + tips(m.Tips)
	case wire.Forked:
		return fmt.Sprintf("forked %x at %d", m.Fork.Log[:4], m.Fork.Seq)
	case wire.Bye:
		return fmt.Sprintf("bye %d", m.Reason)
	}
	return fmt.Sprintf("%T", m)
}

func tips(all []wire.Tip) (s string) {
	for _, t := range all {
		s += fmt.Sprintf(" %x:%d:%x", t.Log[:4], t.Seq, t.Hash[:3])
	}
	return s
}
