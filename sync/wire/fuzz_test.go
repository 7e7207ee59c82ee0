package wire_test

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/wire"
)

// What decodes is what a warroom writes, byte for byte: so no two frames mean the same.
func FuzzFrames(f *testing.F) {
	for _, m := range messages(f) {
		f.Add(encode(f, m))
	}
	for _, raw := range bombs() {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := wire.Decode(raw)
		if err != nil {
			require.ErrorIs(t, err, wire.ErrFrame)
			return
		}
		require.Equal(t, wire.Type(raw[0]), m.Type())
		if _, unknown := m.(wire.Unknown); !unknown {
			require.Equal(t, raw, encode(t, m))
		}
	})
}

// A good run in which some bytes were changed, taken out and put in: it is refused,
// or it is a run still.
func FuzzRun(f *testing.F) {
	run := events(f, 4, 1)
	good := encode(f, wire.Run{Last: true, Log: run[0].Log, Events: run})
	f.Add(uint16(0), uint16(0), []byte{})
	f.Add(uint16(2), uint16(1), []byte{1})
	f.Add(uint16(19), uint16(2), []byte{5})
	f.Add(uint16(20+124), uint16(4), binary.BigEndian.AppendUint32(nil, model.MaxBody))
	f.Add(uint16(len(good)-1), uint16(1), []byte{})
	f.Fuzz(func(t *testing.T, at, out uint16, in []byte) {
		from := min(int(at), len(good))
		to := min(from+int(out), len(good))
		raw := append(append(append([]byte{}, good[:from]...), in...), good[to:]...)
		m, err := wire.Decode(raw)
		if err != nil {
			return
		}
		require.Equal(t, wire.Type(raw[0]), m.Type())
		r, ok := m.(wire.Run)
		if !ok {
			return
		}
		require.Equal(t, raw, encode(t, m))
		for i, e := range r.Events {
			require.Equal(t, r.Log, e.Log)
			require.Equal(t, r.Events[0].Seq+uint64(i), e.Seq)
			require.NoError(t, e.CheckTextFast())
			require.LessOrEqual(t, len(e.Text), model.MaxText)
			_, err := model.ParseEvent(e.Raw[:], e.Body)
			require.NoError(t, err)
		}
	})
}
