package room

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func TestAListThatIsFilledIsTheOneThatGrew(t *testing.T) {
	t.Parallel()
	var grown, filled list
	var rows []*model.Summary
	for i := range 300 {
		row := model.Summary{
			ID: model.Scope{byte(i), byte(i >> 8), 1}, Severity: model.Level(i % 4), Opened: 1 + int64(i%7),
			Status: model.Statuses()[i%len(model.Statuses())], Over: int64(i % 5),
		}
		grown.put(row)
		rows = append(rows, &row)
	}
	filled.fill(rows)
	wantRows, wantKeys := grown.sorted()
	gotRows, gotKeys := filled.sorted()
	require.Equal(t, wantRows, gotRows)
	require.Equal(t, wantKeys, gotKeys)

	// Both go on alike: a row that changes, and one that is new.
	changed, fresh := *rows[17], model.Summary{ID: model.Scope{0xff}, Severity: 1, Opened: 9, Status: model.Open}
	changed.Status, changed.Over = model.Closed, 3
	for _, l := range []*list{&grown, &filled} {
		l.put(changed)
		l.put(fresh)
	}
	wantRows, wantKeys = grown.sorted()
	gotRows, gotKeys = filled.sorted()
	require.Len(t, gotRows, 301)
	require.Equal(t, wantRows, gotRows)
	require.Equal(t, wantKeys, gotKeys)
	require.Contains(t, gotKeys, fresh.ID)
}
