package bundle

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"warroom/model"
	"warroom/sync/wire"
)

// Source is a room that events are taken from.
type Source interface {
	Workspace() model.WorkspaceID
	// Lines are all lines, as far as they are on the disk.
	Lines() []model.Branch
	// ReadLine gives the events of a line from a number on, its own ones only.
	ReadLine(id model.LogID, from uint64, fn func(*model.Event) error) error
}

// Choice says what goes into a bundle.
type Choice struct {
	// Made is when it is made, in ms since 1970.
	Made int64
	// Logs, when not nil, are the content logs that go in, whole: a log is
	// contiguous, so a part of one could not be taken. Membership logs always do.
	Logs map[model.LogID]bool
	// Theirs is what those hold whom it is for. What they have is left out.
	Theirs []wire.Tip
}

// Write writes a bundle. What is written meanwhile is not in it: of each line it has
// what was on the disk when it began, so it is of one moment.
func Write(w io.Writer, from Source, c Choice) (Info, error) {
	lines := from.Lines()
	// Membership first, as over a link, and each line after the one that it leaves.
	slices.SortFunc(lines, func(a, b model.Branch) int {
		return cmp.Or(-cmp.Compare(a.Kind, b.Kind), slices.Compare(a.Log[:], b.Log[:]), cmp.Compare(a.Base, b.Base), slices.Compare(a.ID[:], b.ID[:]))
	})
	b := &writer{out: w, sum: sha256.New()}
	b.info.Head = Head{from.Workspace(), c.Made}
	head := append([]byte(mark), version)
	head = append(head, b.info.Workspace[:]...)
	b.write(binary.BigEndian.AppendUint64(head, uint64(c.Made)))
	b.vector(lines, model.MembershipLog)
	b.vector(lines, model.ContentLog)
	logs := map[model.LogID]bool{}
	for _, l := range lines {
		if l.Kind != model.MembershipLog && c.Logs != nil && !c.Logs[l.Log] {
			continue
		}
		had := b.info.Events
		if err := b.line(from, l, c.Theirs); err != nil {
			return b.info, err
		}
		if b.info.Events > had {
			logs[l.Log] = true
		}
	}
	b.info.Logs = len(logs)
	b.write(make([]byte, 4))
	b.write(b.sum.Sum(nil))
	return b.info, b.err
}

// writer writes a bundle, and remembers the first error of writing.
type writer struct {
	out  io.Writer
	sum  hash.Hash
	info Info
	err  error
}

func (b *writer) write(p []byte) {
	if b.err != nil {
		return
	}
	n, err := b.out.Write(p)
	b.sum.Write(p)
	b.info.Bytes += int64(n)
	if err != nil {
		b.err = fmt.Errorf("write a bundle: %w", err)
	}
}

func (b *writer) frame(m wire.Message) {
	raw, err := wire.Encode(m)
	if err != nil {
		b.err = cmp.Or(b.err, err)
		return
	}
	b.write(wire.AppendFrame(nil, raw))
}

// vector writes what is held of one kind of logs.
func (b *writer) vector(lines []model.Branch, kind model.LogKind) {
	var tips []wire.Tip
	for _, l := range lines {
		if l.Kind == kind && l.Tip.Seq > 0 {
			tips = append(tips, tipOf(l))
		}
	}
	v := wire.Vector{Members: kind == model.MembershipLog, Full: true, Digest: wire.DigestOf(tips)}
	for {
		n := min(len(tips), wire.MaxTips)
		v.Tips, v.More = tips[:n], n < len(tips)
		b.frame(v)
		if tips = tips[n:]; len(tips) == 0 {
			return
		}
		v.Full = false
	}
}

func tipOf(l model.Branch) wire.Tip {
	return wire.Tip{Log: l.Log, Seq: l.Tip.Seq, Hash: l.Tip.Hash.Short()}
}

// line writes the runs of a line that the others lack.
func (b *writer) line(from Source, l model.Branch, theirs []wire.Tip) error {
	if l.Tip.Seq <= l.Base || slices.Contains(theirs, tipOf(l)) {
		return nil
	}
	first, err := lacking(from, l, theirs)
	if err != nil {
		return err
	}
	run := wire.Run{Log: l.Log}
	size := 0
	flush := func() {
		if len(run.Events) > 0 {
			b.frame(run)
			b.info.Events += uint64(len(run.Events))
		}
		run.Events, size = nil, 0
	}
	err = from.ReadLine(l.ID, first, func(e *model.Event) error {
		if e.Seq > l.Tip.Seq {
			return errEnough
		}
		if n := wire.EventSize(e); size+n > wire.MaxRun && size > 0 {
			flush()
		}
		run.Events = append(run.Events, e)
		size += wire.EventSize(e)
		return b.err
	})
	if err != nil && err != errEnough {
		return fmt.Errorf("read log %s for a bundle: %w", l.Log, err)
	}
	flush()
	return b.err
}

// lacking is the number from which on others lack a line: after the last of their
// ends that stands in it. An end of theirs that is not in it may be of another
// line, or further on than ours; then they get it whole, which is never wrong.
func lacking(from Source, l model.Branch, theirs []wire.Tip) (uint64, error) {
	first := l.Base + 1
	for _, t := range theirs {
		if t.Log != l.Log || t.Seq < first || t.Seq >= l.Tip.Seq {
			continue
		}
		has := false
		err := from.ReadLine(l.ID, t.Seq, func(e *model.Event) error {
			has = e.Hash().Short() == t.Hash
			return errEnough
		})
		if err != nil && err != errEnough {
			return 0, fmt.Errorf("read log %s for a bundle: %w", l.Log, err)
		}
		if has {
			first = t.Seq + 1
		}
	}
	return first, nil
}

// errEnough ends a reading.
var errEnough = errors.New("enough")
