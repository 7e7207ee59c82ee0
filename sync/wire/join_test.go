package wire_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/wire"
)

func TestRestOfAJoinIsTheFrameWithoutItsMAC(t *testing.T) {
	t.Parallel()
	j := messages(t)["join"].(wire.Join)
	raw := encode(t, j)
	require.Equal(t, append(bytes.Clone(raw[:9]), raw[9+wire.MACSize:]...), j.Rest())
	other := j
	other.MAC[5]++
	require.Equal(t, j.Rest(), other.Rest())
	for name, change := range map[string]func(*wire.Join){
		"the token":   func(j *wire.Join) { j.Token[7]++ },
		"the consent": func(j *wire.Join) { j.Consent[63]++ },
		"the label":   func(j *wire.Join) { j.Label = "laptoq" },
		"the name":    func(j *wire.Join) { j.Name = "Clea" },
		"its border":  func(j *wire.Join) { j.Label, j.Name = "laptopC", "léo" },
	} {
		other := j
		change(&other)
		require.NotEqual(t, j.Rest(), other.Rest(), name)
	}
}

func TestWhatNoWarroomWritesOfJoiningIsRefused(t *testing.T) {
	t.Parallel()
	run := events(t, 4, 1)
	long := events(t, 300, 1) // over 64 KiB
	for name, m := range map[string]wire.Message{
		"a long label":           wire.Join{Label: strings.Repeat("x", wire.MaxLabel+1)},
		"a long name":            wire.Join{Name: strings.Repeat("x", wire.MaxName+1)},
		"a name that is no text": wire.Join{Name: "\xff"},
		"no runs":                wire.Proof{},
		"a run of nothing":       wire.Proof{Runs: []wire.Run{{Log: run[0].Log}}},
		"a log twice":            wire.Proof{Runs: []wire.Run{{Log: run[0].Log, Events: run[:2]}, {Log: run[0].Log, Events: run[2:]}}},
		"a run with flags":       wire.Proof{Runs: []wire.Run{{Last: true, Log: run[0].Log, Events: run}}},
		"a proof that is long":   wire.Proof{Runs: []wire.Run{{Log: long[0].Log, Events: long}}},
		"a workspace too soon":   wire.Admit{State: wire.AdmitWaits, Workspace: model.WorkspaceID{1}},
		"no state":               wire.Admit{},
		"an access of more":      wire.Admit{State: wire.AdmitIn, Access: model.Owner + 1},
		"no reason":              wire.Refuse{},
	} {
		_, err := wire.Encode(m)
		require.ErrorIs(t, err, wire.ErrFrame, name)
	}
	proof := encode(t, wire.Proof{Runs: []wire.Run{{Log: run[0].Log, Events: run}}})
	twice := append(append([]byte{proof[0], 2}, proof[2:]...), proof[2:]...)
	big := append(append([]byte{byte(wire.TypeProof), 1}, long[0].Log[:]...), 0, 0)
	big = append(big, make([]byte, wire.MaxKnock)...)
	for name, raw := range map[string][]byte{
		"a log twice":      twice,
		"no runs":          {byte(wire.TypeProof), 0},
		"a long one":       big,
		"a run of nothing": append([]byte{byte(wire.TypeProof), 1}, make([]byte, 18)...),
		"an access":        append([]byte{byte(wire.TypeAdmit), 2, 4}, make([]byte, 48)...),
		"a workspace":      append([]byte{byte(wire.TypeAdmit), 1, 1}, bytes.Repeat([]byte{1}, 48)...),
	} {
		_, err := wire.Decode(raw)
		require.ErrorIs(t, err, wire.ErrFrame, name)
	}
}

func TestSizeOfAProofIsKnownBeforeItIsWritten(t *testing.T) {
	t.Parallel()
	run := events(t, 6, 1)
	other := events(t, 1, 1)
	other[0] = run[5]
	runs := []wire.Run{{Log: run[0].Log, Events: run[:5]}}
	require.Len(t, encode(t, wire.Proof{Runs: runs}), wire.ProofSize(runs))
}

func TestAStrangersFrameIsReadNoLongerThanItMayBe(t *testing.T) {
	t.Parallel()
	frame := wire.AppendFrame(nil, make([]byte, 100))
	_, err := wire.ReadFrameOf(bytes.NewReader(frame), nil, 99)
	require.ErrorIs(t, err, wire.ErrFrame)
	raw, err := wire.ReadFrameOf(bytes.NewReader(frame), nil, 100)
	require.NoError(t, err)
	require.Len(t, raw, 100)
}
