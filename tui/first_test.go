package tui_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

func TestTheFirstFrameIsThatOfTheProgram(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}, {40, 12}, {20, 1}, {1, 1}} {
		for _, empty := range []bool{true, false} {
			room := modeltest.New("ana", 1)
			if !empty {
				got := room.Must(model.Scope{}, model.OpenIncident{Title: "支付 5xx in eu-west", Severity: model.SEV1})
				room.Must(got.Incident, model.Write{Text: "rolled back 🎉 déjà vu"})
			}
			s := open(t, setting{room: room, width: size[0], height: size[1], first: true})
			require.Equal(t, s.Text(), s.FirstText(), size)
			if !empty && size[0] >= 80 {
				require.Contains(t, s.FirstText(), "rolled back")
			}
			if size[0] >= 80 {
				s.Press("n").Type("Another").Press("enter").has("Another")
			}
		}
	}
}
