package model_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

// monitoring is the founder's verb that feeds alerts in.
func monitoring(r *modeltest.Room) model.Actor {
	return model.Actor{Person: r.Me(), Via: model.DoorAlert}
}

func firing(fingerprint string, starts int64) model.AlertSignal {
	return model.AlertSignal{Fingerprint: fingerprint, Firing: true, Starts: starts, Suggested: model.SEV2,
		Text: `{"labels":{"alertname":"Slow ` + fingerprint + `"},"annotations":{"summary":"p99 over 2 s"}}`}
}

func quiet(fingerprint string, starts int64) model.AlertSignal {
	s := firing(fingerprint, starts)
	s.Firing, s.Ends = false, starts+int64(time.Minute)
	return s
}

func body(signals ...model.AlertSignal) model.ReceiveAlerts {
	return model.ReceiveAlerts{Group: model.Hash{1}, Title: "Slow checkout", Signals: signals}
}

// hear lets the room take a body, and gives what it did.
func hear(t *testing.T, r *modeltest.Room, b model.ReceiveAlerts) model.Receipt {
	t.Helper()
	got, err := r.Do(t.Context(), monitoring(r), model.Scope{}, b)
	require.NoError(t, err)
	return got
}

func look(t *testing.T, r *modeltest.Room, id model.Scope) *model.View {
	t.Helper()
	v, err := r.Incident(t.Context(), id)
	require.NoError(t, err)
	return v
}

// s1 is when the first alert began, ns since 1970, before the room's clock.
var s1 = modeltest.Start.Add(-10 * time.Minute).UnixNano()

func TestAnAlertOpensAnIncident(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 3)
	got := hear(t, r, body(firing("a", s1+5), firing("b", s1), quiet("c", s1)))
	require.True(t, got.Opened)
	v := look(t, r, got.Incident)
	require.Equal(t, "Slow checkout", v.Title.Value)
	require.Equal(t, model.ByMonitoring, v.Source)
	require.Equal(t, s1/1e6, v.Moments[model.Detected].At, "detected when monitoring first saw it")
	require.Zero(t, v.Moments[model.Acknowledged].At, "nobody is on it yet")
	require.Len(t, v.Alerts, 3)
	require.Equal(t, 2, model.Summarise(v).Firing)
	require.Equal(t, model.SEV2, v.Suggests.Level)
	require.Equal(t, []string{"Slow b", "p99 over 2 s"}, []string{v.Alerts[0].Name, v.Alerts[0].Summary})

	r.Must(got.Incident, model.Write{Text: "looking"})
	require.NotZero(t, look(t, r, got.Incident).Moments[model.Acknowledged].At)
}

func TestTheSameBodyTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]model.ReceiveAlerts{
		"firing":    body(firing("a", s1), firing("b", s1)),
		"mixed":     body(firing("a", s1), quiet("b", s1)),
		"truncated": {Group: model.Hash{1}, Title: "t", Signals: []model.AlertSignal{firing("a", s1)}, Truncated: 3, Note: "3 more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := modeltest.New("ana", 3)
			id := hear(t, r, b).Incident
			before := r.StateHash()
			require.True(t, hear(t, r, b).Nothing())
			r.Must(id, model.SetStatus{Status: model.Resolved})
			after := r.StateHash()
			require.NotEqual(t, before, after)
			require.True(t, hear(t, r, b).Nothing(), "also when it is over")
			require.Equal(t, after, r.StateHash())
		})
	}
}

func TestAlertsOfOneGroupGather(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 3)
	id := hear(t, r, body(firing("a", s1))).Incident
	more := hear(t, r, body(firing("a", s1), firing("b", s1+1)))
	require.Equal(t, []any{id, false, 1}, []any{more.Incident, more.Opened, len(more.Refs)})
	require.Len(t, hear(t, r, body(quiet("a", s1))).Refs, 1)
	require.False(t, look(t, r, id).Alerts[0].Firing)
	require.Empty(t, hear(t, r, body(firing("a", s1))).Refs, "that it fired is known")
	again := hear(t, r, body(firing("a", s1+100)))
	require.Equal(t, []any{id, 1}, []any{again.Incident, len(again.Refs)}, "it fires again while the incident lasts")
	for _, a := range look(t, r, id).Alerts {
		require.True(t, a.Firing)
	}
	require.Empty(t, hear(t, r, body(quiet("a", s1-5))).Refs, "what is said of an earlier start is old")
	other := body(firing("a", s1))
	other.Group = model.Hash{2}
	require.NotEqual(t, id, hear(t, r, other).Incident)
}

func TestAResolvedAlertAloneOpensNothing(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 3)
	require.True(t, hear(t, r, body(quiet("a", s1))).Nothing())
	require.Empty(t, r.Overview().Rows)
}

func TestANewFiringAfterTheEndOpensAnotherThatFollows(t *testing.T) {
	t.Parallel()
	for _, end := range []model.Status{model.Resolved, model.Cancelled} {
		t.Run(string(end), func(t *testing.T) {
			t.Parallel()
			r := modeltest.New("ana", 3)
			first := hear(t, r, body(firing("a", s1))).Incident
			r.Must(first, model.SetStatus{Status: end})
			quieted := hear(t, r, body(quiet("a", s1)))
			require.Equal(t, []any{first, 1}, []any{quieted.Incident, len(quieted.Refs)}, "its end belongs to the old one")
			second := hear(t, r, body(firing("a", s1+100)))
			require.True(t, second.Opened)
			require.NotEqual(t, first, second.Incident)
			require.Equal(t, []model.Related{{Other: first, Relation: model.Follows}}, look(t, r, second.Incident).Related)
			require.True(t, hear(t, r, body(firing("a", s1+100))).Nothing())
			require.True(t, hear(t, r, body(firing("a", s1))).Nothing(), "the first body once more")
			require.Len(t, r.Overview().Rows, 2)
		})
	}
}

func TestAReopenedIncidentTakesItsAlerts(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 3)
	id := hear(t, r, body(firing("a", s1))).Incident
	r.Must(id, model.SetStatus{Status: model.Resolved})
	r.Must(id, model.SetStatus{Status: model.Reopened, Reason: "again"})
	got := hear(t, r, body(firing("a", s1+100)))
	require.Equal(t, []any{id, false}, []any{got.Incident, got.Opened})
}

func TestTheNewestIncidentOfAGroupIsChosen(t *testing.T) {
	t.Parallel()
	group := []model.Hash{{1}}
	row := func(n byte, status model.Status, opened int64) model.Summary {
		return model.Summary{ID: model.Scope{n}, Status: status, Opened: opened, Groups: group}
	}
	over, open, late := row(1, model.Resolved, 50), row(2, model.Open, 10), row(3, model.Open, 20)
	strange := model.Summary{ID: model.Scope{9}, Opened: 99, Groups: []model.Hash{{7}}}
	for _, c := range []struct {
		rows []model.Summary
		want model.Scope
	}{
		{nil, model.Scope{}},
		{[]model.Summary{strange}, model.Scope{}},
		{[]model.Summary{over, strange}, over.ID},
		{[]model.Summary{over, open}, open.ID},
		{[]model.Summary{open, over, late}, late.ID},
	} {
		require.Equal(t, c.want, body().Place(c.rows, model.PersonID{}))
	}
}

func TestWhatAMonitoringSystemSaysOfTheFutureIsNow(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 3)
	ahead := modeltest.Start.Add(time.Hour).UnixNano()
	v := look(t, r, hear(t, r, body(firing("a", ahead))).Incident)
	require.Equal(t, v.Opened.Wall, v.Moments[model.Detected].At)
	require.Equal(t, ahead, v.Alerts[0].Starts, "it is kept as it was said")
	for _, l := range v.Lines {
		require.LessOrEqual(t, l.At, r.Now().UnixMilli())
	}
}

func TestAlertsRefused(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 3)
	untitled := body(firing("a", s1))
	untitled.Title = ""
	large, binary := firing("a", s1), firing("b", s1)
	large.Text = strings.Repeat("a", model.MaxText+1)
	binary.Text = "\xff"
	for name, c := range map[string]struct {
		cmd  model.ReceiveAlerts
		code model.Code
	}{
		"none":          {body(), model.CodeAlertEmpty},
		"no title":      {untitled, model.CodeTitleEmpty},
		"large text":    {body(firing("x", s1), large), model.CodeTextLong},
		"text of bytes": {body(firing("x", s1), binary), model.CodeTextNotUTF8},
	} {
		_, err := r.Do(t.Context(), monitoring(r), model.Scope{}, c.cmd)
		require.Equal(t, c.code, model.CodeOf(err), name)
	}
	require.Empty(t, r.Overview().Rows, "nothing is half written")
	long := body(firing("a", s1))
	long.Title = strings.Repeat("é", 400)
	v := look(t, r, hear(t, r, long).Incident)
	require.Len(t, v.Title.Value, model.MaxTitle, "a machine's long title is cut, not refused")
}

func TestWhatMonitoringDidIsNotUndone(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 3)
	id := hear(t, r, body(firing("a", s1))).Incident
	for _, who := range []model.Actor{r.Actor(), monitoring(r)} {
		_, err := r.Do(t.Context(), who, id, model.Undo{})
		require.Equal(t, model.CodeNothingToUndo, model.CodeOf(err))
	}
}
