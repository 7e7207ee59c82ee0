package model_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
)

func TestARowSaysWhenAnythingLastChanged(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	entry := s.must(s.id, model.Write{Text: "a"})
	star := s.must(s.id, model.Star{Target: entry.Ref(), On: true})
	row := model.Summarise(s.view(s.id))
	require.Equal(t, star.Wall, row.Changed, "also what is no line of its own")
	require.Equal(t, 2, row.Lines)
}

func TestTheOrderOfTheList(t *testing.T) {
	t.Parallel()
	want := []model.Summary{
		{ID: model.Scope{1}, Status: model.Open, Opened: 5}, // nobody has looked at it
		{ID: model.Scope{2}, Status: model.Fixing, Severity: 1, Opened: 9},
		{ID: model.Scope{3}, Status: model.Mitigated, Severity: 1, Opened: 8},
		{ID: model.Scope{4}, Status: model.Open, Severity: 3, Opened: 99},
		{ID: model.Scope{5}, Status: model.Resolved, Severity: 1, Opened: 1, Over: 60},
		{ID: model.Scope{6}, Status: model.Closed, Severity: 1, Opened: 2, Over: 50},
		{ID: model.Scope{7}, Status: model.Closed, Severity: 1, Opened: 2, Over: 50},
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, model.CompareSummaries)
	require.Equal(t, want, got)
}

func TestARowSurvivesItsBytes(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.after(0, model.SetSeverity{Level: 1}, model.AssignRole{Role: model.IncidentManager, Name: "ana"}, body(firing("a", 1)))
	row := model.Summarise(s.view(s.id))
	require.Equal(t, s.person, row.Manager)
	for name, row := range map[string]model.Summary{
		"an incident": row,
		"nothing":     {},
		"everything": {
			ID: model.Scope{1}, Title: "Größe → 5xx", Kind: 2, Severity: 3, Status: model.Fixing, Conflict: true, Opened: 1 << 50,
			Over: -1, Changed: 1, Manager: model.PersonID{9}, Firing: 300, Lines: 1 << 30, Groups: []model.Hash{{1}, {2}}, Due: 1 << 60,
			Restricted: true, Named: []model.PersonID{{1}, {9}}, Into: model.Scope{7}, Pending: []model.Pending{
				{From: model.PersonID{1}, To: model.PersonID{2}, Ref: model.Ref{Log: model.LogID{3}, Seq: 1 << 40, Hash: model.ShortHash{4}}},
				{Task: true, From: model.PersonID{2}, Due: 1 << 45},
			},
			Paged: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := model.EncodeSummary(&row)
			var back model.Summary
			require.NoError(t, model.DecodeSummary(raw, &back))
			require.Equal(t, row, back)
			for cut := range raw {
				require.Error(t, model.DecodeSummary(raw[:cut], &back), "cut at %d", cut)
			}
			require.Error(t, model.DecodeSummary(append(raw, 0), &back), "more than a row")
			raw[0]++
			require.Error(t, model.DecodeSummary(raw, &back), "another version")
			require.Equal(t, row, back, "what cannot be read changes nothing")

			// The first version was written by the codec of the bodies.
			raw, err := model.EncodeRow(firstRow{
				ID: row.ID, Title: row.Title, Kind: row.Kind, Severity: row.Severity, Status: row.Status, Conflict: row.Conflict,
				Opened: row.Opened, Over: row.Over, Changed: row.Changed, Manager: row.Manager, Firing: row.Firing, Lines: row.Lines,
				Groups: row.Groups, Due: row.Due,
			})
			require.NoError(t, err)
			open := row
			open.Restricted, open.Named, open.Into, open.Pending, open.Paged = false, nil, model.Scope{}, nil, true
			back = model.Summary{}
			require.NoError(t, model.DecodeSummary(raw, &back))
			require.Equal(t, open, back)

			// Version 1 ended before the restriction.
			raw = model.EncodeSummary(&open)
			const after = model.IDSize + 2 // the merging, nothing pending, and whether somebody was paged
			raw = raw[:len(raw)-after-2]
			raw[0] = 1
			back = model.Summary{}
			require.NoError(t, model.DecodeSummary(raw, &back))
			require.Equal(t, open, back)
			require.Error(t, model.DecodeSummary(append(raw, 0), &back), "more than a row")

			// Version 2 ended before the merging.
			alone := row
			alone.Into, alone.Pending, alone.Paged = model.Scope{}, nil, true
			raw = model.EncodeSummary(&alone)
			raw = raw[:len(raw)-after]
			raw[0] = 2
			back = model.Summary{}
			require.NoError(t, model.DecodeSummary(raw, &back))
			require.Equal(t, alone, back)

			// Version 3 ended before what is said of pages.
			old := row
			old.Paged = true
			raw = model.EncodeSummary(&old)
			raw = raw[:len(raw)-1]
			raw[0] = 3
			back = model.Summary{}
			require.NoError(t, model.DecodeSummary(raw, &back))
			require.Equal(t, old, back, "it may have pages")
		})
	}
}

// firstRow is a row as it was kept first.
type firstRow struct {
	_        struct{} `cbor:",toarray"`
	ID       model.Scope
	Title    string
	Kind     model.IncidentKind
	Severity model.Level
	Status   model.Status
	Conflict bool
	Opened   int64
	Over     int64
	Changed  int64
	Manager  model.PersonID
	Firing   int
	Lines    int
	Groups   []model.Hash
	Due      int64
}

func TestAnOddRowIsRefused(t *testing.T) {
	t.Parallel()
	raw := model.EncodeSummary(&model.Summary{Title: "abc"})
	var s model.Summary
	const after = model.IDSize + 2 // the merging, nothing pending, and whether somebody was paged
	title := bytes.Index(raw, []byte("abc"))
	for name, change := range map[string]func([]byte){
		"a title that is not text":      func(b []byte) { b[title] = 0xff },
		"a title longer than the row":   func(b []byte) { b[title-1] = 0x7f },
		"more groups than there are":    func(b []byte) { b[len(b)-after-3] = 1 },
		"more people than there are":    func(b []byte) { b[len(b)-after-1] = 1 },
		"a number where restricted is":  func(b []byte) { b[len(b)-after-2] = 2 },
		"more pending than there is":    func(b []byte) { b[len(b)-2] = 1 },
		"a number where paged is":       func(b []byte) { b[len(b)-1] = 2 },
		"a number where a yes or no is": func(b []byte) { b[19] = 2 },
	} {
		hurt := bytes.Clone(raw)
		change(hurt)
		require.Error(t, model.DecodeSummary(hurt, &s), name)
	}
	for _, cut := range []int{2, 4} {
		huge := append(bytes.Clone(raw[:len(raw)-cut]), 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01)
		require.Error(t, model.DecodeSummary(huge, &s), "a number of people or groups whose bytes overflow")
	}
}

// FuzzDecodeSummary: no bytes panic, and what is read is written the same.
func FuzzDecodeSummary(f *testing.F) {
	f.Add(model.EncodeSummary(&model.Summary{Title: "abc", Groups: []model.Hash{{1}}, Lines: 3}))
	f.Add([]byte("\x8e\xf6\xf6\xf6\xf6\xf6\xf600\xf7\xf7\xf7\xf7\x800")) // the first version, with a list of no groups
	f.Fuzz(func(t *testing.T, raw []byte) {
		var s, back model.Summary
		if model.DecodeSummary(raw, &s) == nil {
			require.NoError(t, model.DecodeSummary(model.EncodeSummary(&s), &back))
			require.Equal(t, s, back)
		}
	})
}

func TestSortedRowsAreInTheOrderOfTheList(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		small := func(name string) int64 { return rapid.Int64Range(0, 3).Draw(t, name) }
		var want []model.Summary
		var rows []*model.Summary
		for i := range rapid.IntRange(0, 40).Draw(t, "rows") {
			statuses := model.Statuses()
			row := model.Summary{
				ID: model.Scope{byte(i * 37), byte(i)}, Severity: model.Level(rapid.SampledFrom([]int{0, 1, 2, 255}).Draw(t, "severity")),
				Status: statuses[rapid.IntRange(0, len(statuses)-1).Draw(t, "status")], Over: small("over"), Opened: small("opened"),
			}
			want, rows = append(want, row), append(rows, &row)
		}
		slices.SortFunc(want, model.CompareSummaries)
		got := model.SortedRows(rows)
		require.Equal(t, append([]model.Summary{}, want...), got)

		var open []model.Summary
		for _, row := range want {
			if !row.Status.Over() {
				open = append(open, row)
			}
		}
		require.Equal(t, len(open), len((&model.Overview{Rows: got}).OpenRows()))
		require.Subset(t, (&model.Overview{Rows: got}).OpenRows(), open)
	})
}
