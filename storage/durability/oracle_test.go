//go:build unix

package durability_test

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
)

// acks are the events that were answered as durable.
type acks map[model.LogID]map[uint64]model.ShortHash

func (a acks) add(r model.Ref) {
	if a[r.Log] == nil {
		a[r.Log] = map[uint64]model.ShortHash{}
	}
	a[r.Log][r.Seq] = r.Hash
}

func (a acks) count() (n int) {
	for _, log := range a {
		n += len(log)
	}
	return n
}

// stepHost is the step of an open that tells a copy from the original.
const stepHost storage.StepName = "host"

// verdict is what an examination of a store found.
type verdict struct {
	Events int
	// Refused is why the store does not open.
	Refused string
	// Named is what the store itself says is wrong: in its report, or by an error
	// where it is read, or when its logs are proved.
	Named []string
	// Torn is an unfinished write at the journal's end: nobody was answered for it,
	// unless the disk destroyed the last frame, which looks the same.
	Torn string
	// Lost are acknowledged events that are not there as they were written, and
	// Wrong what else is not as the events say. Both are allowed only where
	// something is named.
	Lost, Wrong []string
	Steps       []storage.Step
	Behind      []storage.Behind
}

func (v *verdict) name(format string, a ...any) { v.Named = append(v.Named, fmt.Sprintf(format, a...)) }

func (v *verdict) wrong(format string, a ...any) {
	v.Wrong = append(v.Wrong, fmt.Sprintf(format, a...))
}

// silent is what went wrong without a word.
func (v verdict) silent() []string {
	if v.Refused != "" || len(v.Named) > 0 {
		return nil
	}
	if v.Torn != "" {
		return v.Wrong
	}
	return append(v.Lost[:len(v.Lost):len(v.Lost)], v.Wrong...)
}

// requireSound sees that nothing at all is wrong.
func (v verdict) requireSound(t *testing.T) {
	t.Helper()
	require.Empty(t, v.Refused, "%v", v.Steps)
	require.Empty(t, v.Lost, "%v", v.Steps)
	require.Empty(t, v.Wrong, "%v", v.Steps)
	require.Empty(t, v.Named, "%v", v.Steps)
}

// requireHealedOrNamed sees that what is wrong is said.
func (v verdict) requireHealedOrNamed(t *testing.T, hurt string) {
	t.Helper()
	require.Empty(t, v.silent(), "after %s nothing is said:\n%v", hurt, v.Steps)
}

// examine opens a store and compares it with what was acknowledged: every event
// there, each log whole with its chain and signature (model.CheckRun), the texts
// as they were signed, the timeline and the rows as the events say, and every
// incident proved (model.Verify).
func examine(dir string, acked acks) verdict { return examineWith(dir, storage.Options{}, acked) }

func examineWith(dir string, o storage.Options, acked acks) (v verdict) {
	s, err := storage.Open(dir, o)
	if err != nil {
		v.Refused = err.Error()
		return v
	}
	defer func() {
		if err := s.Close(); err != nil {
			v.name("close: %v", err)
		}
	}()
	v.Steps, v.Behind = s.Report().Steps, s.Report().Behind
	for _, st := range v.Steps {
		// How full the disk is, and whether this is the original or a copy, is no
		// word about what is in the store.
		if st.State == storage.Warned && st.Name != storage.StepSpace && st.Name != stepHost {
			v.name("step %s: %v", st.Name, st.Detail)
		}
		if st.State == storage.Repaired && st.Name == storage.StepJournal {
			v.Torn = st.Detail.Key
		}
	}
	if s.Report().Cut {
		v.name("the journal is cut")
	}
	for _, b := range v.Behind {
		v.name("behind: log %s has %d of %d", b.Log, b.Have, b.Want)
	}
	defer func() {
		// The tables that are checked beside the work are checked by then, as they are in a
		// room that is open for a while.
		if err := s.Checked(context.Background()); err != nil {
			v.name("tables: %v", err)
		}
	}()
	heads, err := s.Heads()
	if err != nil {
		v.name("heads: %v", err)
		return v
	}
	events := map[model.Scope][]*model.Event{}
	there := acks{}
	var openings []*model.Event
	for _, head := range heads {
		run := v.log(s, head)
		for _, e := range run {
			there.add(e.Ref())
			events[e.Scope] = append(events[e.Scope], e)
			if e.Seq == 1 {
				openings = append(openings, e)
			}
		}
		v.Events += len(run)
	}
	for log, seqs := range acked {
		for seq, hash := range seqs {
			if there[log][seq] != hash {
				v.Lost = append(v.Lost, fmt.Sprintf("event %d of log %s", seq, log))
			}
		}
	}
	v.scopes(s, events, openings)
	return v
}

// log reads a log and proves it up to its head.
func (v *verdict) log(s storage.Store, head model.Head) (run []*model.Event) {
	err := s.Log(head.Log, 1, func(e *model.Event) error {
		run = append(run, e)
		return nil
	})
	if err != nil {
		v.name("read: %v", err)
	}
	if len(run) == 0 {
		v.wrong("log %s has a head and no events", head.Log)
		return nil
	}
	body, _, err := model.DecodeBody(run[0].Kind, run[0].Body)
	open, ok := body.(*model.LogOpen)
	if err != nil || !ok {
		v.name("the opening of log %s: %v", head.Log, err)
		return nil
	}
	end, err := model.CheckRun(open.Workspace, open.Device, model.Head{Log: head.Log}, run)
	if err != nil {
		v.name("chain: %v", err)
		return nil
	}
	if end != head {
		v.wrong("log %s ends at %d, its head says %d", head.Log, end.Seq, head.Seq)
	}
	whole := run[:0:0]
	for _, e := range run {
		rec, err := model.Decode(e)
		switch {
		case err != nil:
			v.name("event %d of log %s: %v", e.Seq, e.Log, err)
		case e.Flags&model.FlagText != 0 && e.Text == nil:
			v.wrong("the text of event %d of log %s is missing", e.Seq, e.Log)
		default:
			if err := e.CheckText(rec.Common()); err != nil {
				v.name("text: %v", err)
				continue
			}
			whole = append(whole, e)
		}
	}
	return whole
}

// scopes compares the timelines and the list with the events.
func (v *verdict) scopes(s storage.Store, events map[model.Scope][]*model.Event, openings []*model.Event) {
	rows := map[model.Scope]model.Summary{}
	err := s.Rows(func(row model.Summary) error {
		rows[row.ID] = row
		return nil
	})
	if err != nil {
		v.name("rows: %v", err)
	}
	for scope, held := range events {
		var placed []*model.Event
		var last model.Clock
		in := model.NewIncident(scope)
		err := s.Scope(scope, func(e *model.Event, eff model.Clock) error {
			if eff < last {
				v.wrong("scope %s is not in order at event %d of log %s", scope, e.Seq, e.Log)
			}
			last = eff
			placed = append(placed, e)
			rec, err := model.Decode(e)
			if err != nil {
				return err
			}
			rec.Eff = eff
			in.Apply(rec)
			return nil
		})
		if err != nil {
			v.name("timeline: %v", err)
			continue
		}
		if len(placed) != len(held) {
			v.wrong("the timeline of %s has %d of %d events", scope, len(placed), len(held))
		}
		of := workspaceOf(openings)
		if proof := model.Verify(model.Evidence{Workspace: of, Openings: openings, Events: placed}, scope); !proof.Proved() {
			v.name("verify %s: %v", scope, proof.Faults)
		}
		if scope == of.Scope() {
			continue
		}
		if row, ok := rows[scope]; !ok {
			v.wrong("%s is not in the list", scope)
		} else if want := rowOf(in); !bytes.Equal(encoded(row), encoded(want)) {
			v.wrong("the row of %s is %+v, its events say %+v", scope, row, want)
		}
	}
}

// rowOf is what the list must say: what the room writes of an incident, or what
// the suite's own writers do.
func rowOf(in *model.Incident) model.Summary {
	view := in.View()
	if view.Opened != nil {
		return model.Summarise(view)
	}
	h := hand{scope: in.ID(), head: model.Head{Seq: uint64(in.Len()) + 1}}
	return h.row()
}

func encoded(row model.Summary) []byte {
	raw, err := model.EncodeRow(row)
	if err != nil {
		panic(err) // numbers and strings
	}
	return raw
}

func workspaceOf(openings []*model.Event) model.WorkspaceID {
	for _, e := range openings {
		if body, _, err := model.DecodeBody(e.Kind, e.Body); err == nil {
			if open, ok := body.(*model.LogOpen); ok {
				return open.Workspace
			}
		}
	}
	return model.WorkspaceID{}
}

// examine is the same in a child, so many times: damage must not reach the suite.
func (t task) examine() {
	var acked acks
	raw, err := os.ReadFile(t.Acks)
	if err == nil {
		err = gob.NewDecoder(bytes.NewReader(raw)).Decode(&acked)
	}
	if err != nil {
		fail(err)
	}
	var found []verdict
	for range t.Times {
		found = append(found, examine(t.Dir, acked))
	}
	out, err := json.Marshal(found)
	if err != nil {
		fail(err)
	}
	_, _ = os.Stdout.Write(out)
}

// examineApart examines in a process of its own. One that does not end in order
// is a failure of the test.
func examineApart(t *testing.T, dir string, acked acks, what string, times int) (found []verdict) {
	t.Helper()
	var raw bytes.Buffer
	require.NoError(t, gob.NewEncoder(&raw).Encode(acked))
	file := filepath.Join(t.TempDir(), "acks")
	require.NoError(t, os.WriteFile(file, raw.Bytes(), 0o600))
	c := child(t, task{Do: examineIt, Dir: dir, Acks: file, Times: times})
	var out, problem bytes.Buffer
	c.Stdout, c.Stderr = &out, &problem
	require.NoError(t, c.Run(), "after %s: %s%s", what, out.String(), firstLines(problem.String()))
	require.NoError(t, json.Unmarshal(out.Bytes(), &found), "after %s: %s", what, out.String())
	require.Len(t, found, times)
	return found
}
