package wire_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/wire"
)

var update = flag.Bool("update", false, "write the golden files anew")

const at0 = 1_772_704_800_000 // 2026-03-05 10:00 UTC

// events are a content log's first n, each with a text but the first and third.
// Another salt makes other events of the same log.
func events(t testing.TB, n int, salt byte) []*model.Event {
	t.Helper()
	key := ed25519.NewKeyFromSeed(slices.Repeat([]byte{7}, ed25519.SeedSize))
	s := model.Signer{Workspace: model.WorkspaceID{2}, Key: key}
	head := model.Head{Log: model.NewLogID(s.Device(), model.Nonce{3})}
	var run []*model.Event
	for i := range n {
		d := model.Draft{Scope: model.Scope{0xaa}, Body: &model.EntryAdd{}, Text: fmt.Sprintf("entry %d\nof %d", i, salt)}
		if i == 0 {
			d.Body = &model.LogOpen{Device: s.Device(), Workspace: s.Workspace, Log: model.ContentLog, Nonce: model.Nonce{3}, Reason: model.ReasonNew}
			d.Text = ""
		}
		e, next, err := model.Seal(s, head, d, at0+int64(i), model.Salt{salt, byte(i)})
		require.NoError(t, err)
		if i == 2 {
			e.SetText(model.Salt{}, nil) // removed
		}
		run, head = append(run, e), next
	}
	return run
}

func tip(n byte) wire.Tip {
	return wire.Tip{Log: model.LogID{0xc0, n}, Seq: 300 + uint64(n), Hash: model.ShortHash{0xd0, n}}
}

// messages has one of each type, and those that are special.
func messages(t testing.TB) map[string]wire.Message {
	run := events(t, 4, 1)
	fork, err := model.NewFork(&run[3].Raw, &events(t, 4, 2)[3].Raw)
	require.NoError(t, err)
	return map[string]wire.Message{
		"hello": wire.Hello{
			Oldest: 1, Version: 2, Features: 0x80000001, Workspace: model.WorkspaceID{2}, Instance: [16]byte{3}, Store: [16]byte{4},
			Wall: at0, Fold: 5, Format: 6, Software: "0.3.0 (développement)",
		},
		"members":       wire.Vector{Members: true, Full: true, More: true, Tips: []wire.Tip{tip(1), tip(2)}},
		"vector":        wire.Vector{Digest: wire.Digest{9}, Tips: []wire.Tip{tip(1), tip(2), tip(3)}},
		"vector-again":  wire.Vector{Again: true, Digest: wire.Digest{9}},
		"want":          wire.Want{Tip: tip(1), From: 17, Credit: 1 << 31},
		"events":        wire.Run{Last: true, Log: run[0].Log, Events: run},
		"events-none":   wire.Run{Last: true, Log: run[0].Log},
		"live":          wire.Run{Fresh: true, Log: run[0].Log, Events: run[3:]},
		"ack":           wire.Ack{Tips: []wire.Tip{tip(4)}},
		"fork":          wire.Forked{Fork: fork},
		"state":         wire.State{Scope: model.Scope{0xaa}, Vector: wire.Digest{1}, Fold: 3, Hash: model.Hash{4}},
		"presence":      wire.Presence{Consoles: []wire.Console{{Person: model.PersonID{0xb0}, Via: model.DoorSSH, Incident: model.Scope{0xaa}, Since: at0, Active: at0 + 1, Typing: true}, {Person: model.PersonID{0xb1}, Via: model.DoorClaimed, Claimed: true}}},
		"presence-none": wire.Presence{},
		"ping":          wire.Ping{T0: at0 * 1000},
		"pong":          wire.Pong{T0: 1, T1: -2, T2: 3},
		"bye":           wire.Bye{Reason: wire.ByeWorkspace},
		"bye-out":       wire.Bye{Reason: wire.ByeOut},
		"join": wire.Join{
			Token: model.TokenID{0xe0}, MAC: [32]byte{0xe1}, Consent: [64]byte{0xe2, 63: 0xe3}, Label: "laptop", Name: "Cléo",
		},
		"join-short":   wire.Join{},
		"proof":        wire.Proof{Runs: []wire.Run{{Log: run[0].Log, Events: run[:2]}}},
		"admit-waits":  wire.Admit{State: wire.AdmitWaits, Access: model.Responder},
		"admit-in":     wire.Admit{State: wire.AdmitIn, Access: model.Owner, Person: model.PersonID{0xb0}, Workspace: model.WorkspaceID{2}},
		"refuse":       wire.Refuse{Reason: wire.RefuseTwice},
		"refuse-newer": wire.Refuse{Reason: 99},
	}
}

func encode(t testing.TB, m wire.Message) []byte {
	t.Helper()
	raw, err := wire.Encode(m)
	require.NoError(t, err)
	return raw
}

func TestGoldenFrames(t *testing.T) {
	t.Parallel()
	seen := map[wire.Type]bool{}
	for name, m := range messages(t) {
		seen[m.Type()] = true
		raw := encode(t, m)
		path := filepath.Join("testdata", "frames", name+".hex")
		if *update {
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, []byte(hex.EncodeToString(wire.AppendFrame(nil, raw))+"\n"), 0o644))
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err, "make golden writes it")
		stream, err := hex.DecodeString(strings.TrimSpace(string(text)))
		require.NoError(t, err)
		golden, err := wire.ReadFrame(bytes.NewReader(stream), nil)
		require.NoError(t, err)
		require.Equal(t, golden, raw, name)
		got, err := wire.Decode(golden)
		require.NoError(t, err, name)
		require.Equal(t, m, got, name)
	}
	for kind := wire.TypeHello; kind <= wire.TypeBye; kind++ {
		require.True(t, seen[kind], "no golden frame of type %d", kind)
	}
}

func TestFramesAreSmall(t *testing.T) {
	t.Parallel()
	size := func(m wire.Message) int { return wire.FrameSize(encode(t, m)) }
	require.LessOrEqual(t, size(wire.Vector{Digest: wire.Digest{1}}), 40)
	require.Equal(t, 40, size(wire.Vector{Tips: []wire.Tip{tip(1)}})-size(wire.Vector{}))
	require.LessOrEqual(t, size(wire.Hello{Software: "0.3.0"}), 128)
	run := events(t, 4, 1)
	require.Equal(t, wire.EventSize(run[3]), size(wire.Run{Events: run[3:], Log: run[3].Log})-size(wire.Run{}))
}

func TestFrameOfATypeThatIsNotKnownIsSkipped(t *testing.T) {
	t.Parallel()
	for _, kind := range []byte{0, 18, 255} {
		m, err := wire.Decode([]byte{kind, 1, 2, 3})
		require.NoError(t, err)
		require.Equal(t, wire.Unknown{Kind: wire.Type(kind)}, m)
		_, err = wire.Encode(m)
		require.ErrorIs(t, err, wire.ErrFrame)
	}
}

func TestFrameThatIsCutOffOrTooLongIsRefused(t *testing.T) {
	t.Parallel()
	for name, m := range messages(t) {
		raw := encode(t, m)
		for n := range raw {
			_, err := wire.Decode(raw[:n:n])
			require.ErrorIs(t, err, wire.ErrFrame, "%s cut after %d bytes", name, n)
		}
		_, err := wire.Decode(append(slices.Clone(raw), 0))
		require.ErrorIs(t, err, wire.ErrFrame, "%s with a byte too many", name)
	}
}

// forged is a run of one event that an author made by hand: its hashes are right.
func forged(t *testing.T, flags byte, text string) []byte {
	t.Helper()
	salt := model.Salt{9}
	hash := sha256.Sum256(append(salt[:], text...))
	body, err := model.EncodeBody(&model.EntryAdd{Common: model.Common{TextHash: hash, TextLen: uint32(len(text))}})
	require.NoError(t, err)
	envelope := events(t, 2, 1)[1].Raw
	envelope[1] = flags
	bodyHash := sha256.Sum256(body)
	copy(envelope[92:], bodyHash[:])
	binary.BigEndian.PutUint32(envelope[124:], uint32(len(body)))
	raw := encode(t, wire.Run{Log: model.LogID(envelope[28:44])})
	raw[len(raw)-1] = 1
	raw = append(append(append(raw, envelope[:]...), body...), 1)
	raw = binary.BigEndian.AppendUint32(raw, uint32(len(text)))
	return append(append(raw, salt[:]...), text...)
}

func TestForgedRunIsReadWhereItKeepsTheRules(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"x", strings.Repeat("x", model.MaxText)} {
		m, err := wire.Decode(forged(t, model.FlagText, text))
		require.NoError(t, err)
		require.Equal(t, text, string(m.(wire.Run).Events[0].Text))
	}
}

func TestRunThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	other := events(t, 4, 2)
	const head = 1 + 1 + 16 + 2
	for name, c := range map[string]struct {
		spoil func(run []*model.Event) []*model.Event
		raw   func(raw []byte) []byte
		code  model.Code
	}{
		"another log": {raw: func(raw []byte) []byte { raw[2] ^= 1; return raw }},
		"a gap": {raw: func(raw []byte) []byte { // the second event is taken out
			run := events(t, 4, 1)
			at := head + wire.EventSize(run[0])
			raw = slices.Delete(raw, at, at+wire.EventSize(run[1]))
			raw[head-1]--
			return raw
		}},
		"the same number twice": {raw: func(raw []byte) []byte {
			raw = append(raw, raw[len(raw)-wire.EventSize(other[3]):]...)
			raw[head-1]++
			return raw
		}},
		"another body":                {raw: func(raw []byte) []byte { raw[head+model.EnvelopeSize+5] ^= 1; return raw }, code: model.CodeEventBodyHash},
		"another text":                {raw: func(raw []byte) []byte { raw[len(raw)-1] ^= 1; return raw }, code: model.CodeEventTextHash},
		"another salt":                {spoil: func(run []*model.Event) []*model.Event { run[3].Salt[0] ^= 1; return run }, code: model.CodeEventTextHash},
		"another event's text":        {spoil: func(run []*model.Event) []*model.Event { run[3].Text = run[1].Text; return run }, code: model.CodeEventTextHash},
		"an envelope of a newer form": {raw: func(raw []byte) []byte { raw[head] = model.FormatVersion + 1; return raw }, code: model.CodeEventVersion},
		"number 0":                    {raw: func(raw []byte) []byte { clear(raw[head+4 : head+12]); return raw }, code: model.CodeEventMalformed},
		"a body over the limit": {raw: func(raw []byte) []byte {
			binary.BigEndian.PutUint32(raw[head+124:], model.MaxBody+1)
			return raw
		}, code: model.CodeEventTooLarge},
		"a text beside an event without": {raw: func([]byte) []byte { return forged(t, 0, "text") }},
		"a text of no bytes":             {raw: func([]byte) []byte { return forged(t, model.FlagText, "") }},
		"a text over the limit": {raw: func([]byte) []byte {
			return forged(t, model.FlagText, strings.Repeat("x", model.MaxText+1))
		}},
		"a mark for the text that is none": {raw: func(raw []byte) []byte { raw[len(raw)-21-len(other[3].Text)] = 2; return raw }},
		"an unknown flag":                  {raw: func(raw []byte) []byte { raw[1] |= 2; return raw }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := events(t, 4, 1)
			if c.spoil != nil {
				run = c.spoil(run)
			}
			raw := encode(t, wire.Run{Log: run[0].Log, Events: run})
			if c.raw != nil {
				raw = c.raw(raw)
			}
			_, err := wire.Decode(raw)
			require.ErrorIs(t, err, wire.ErrFrame)
			if c.code != "" {
				require.Equal(t, c.code, model.CodeOf(err))
			}
		})
	}
}

func TestNothingIsWrittenThatCannotBeRead(t *testing.T) {
	t.Parallel()
	run, other := events(t, 4, 1), events(t, 4, 2)
	long := &model.Event{Envelope: run[0].Envelope, Raw: run[0].Raw, Body: run[0].Body, Text: make([]byte, model.MaxText+1)}
	long.Flags |= model.FlagText
	for name, m := range map[string]wire.Message{
		"too many tips":            wire.Ack{Tips: make([]wire.Tip, wire.MaxTips+1)},
		"a name that is too long":  wire.Hello{Software: strings.Repeat("x", wire.MaxName+1)},
		"a name that is no UTF-8":  wire.Hello{Software: "\xff"},
		"too many consoles":        wire.Presence{Consoles: make([]wire.Console, wire.MaxConsoles+1)},
		"events with a gap":        wire.Run{Log: run[0].Log, Events: []*model.Event{run[0], run[2]}},
		"events of another log":    wire.Run{Log: model.LogID{1}, Events: run},
		"a text that is too long":  wire.Run{Log: run[0].Log, Events: []*model.Event{long}},
		"a frame that is too long": wire.Run{Log: run[0].Log, Events: heavy(run[1], 18)},
		"no fork":                  wire.Forked{Fork: model.Fork{Log: run[0].Log, Seq: 1, A: run[0].Raw, B: run[0].Raw}},
		"two numbers":              wire.Forked{Fork: model.Fork{Log: run[0].Log, Seq: 1, A: run[0].Raw, B: other[1].Raw}},
	} {
		_, err := wire.Encode(m)
		require.ErrorIs(t, err, wire.ErrFrame, name)
	}
	encode(t, wire.Ack{Tips: make([]wire.Tip, wire.MaxTips)})
	encode(t, wire.Run{Log: run[0].Log, Events: heavy(run[1], 17)})
}

// heavy makes n events with the longest text.
func heavy(from *model.Event, n int) []*model.Event {
	run := make([]*model.Event, n)
	for i := range run {
		e := *from
		e.Seq, e.Text = uint64(i+1), make([]byte, model.MaxText)
		run[i] = &e
	}
	return run
}

func TestForkInTheWrongOrderIsRefused(t *testing.T) {
	t.Parallel()
	raw := encode(t, messages(t)["fork"])
	turned := append([]byte{raw[0]}, append(slices.Clone(raw[1+model.EnvelopeSize:]), raw[1:1+model.EnvelopeSize]...)...)
	_, err := wire.Decode(turned)
	require.ErrorIs(t, err, wire.ErrFrame)
}

func TestFramesAreReadFromAnyStream(t *testing.T) {
	t.Parallel()
	var stream []byte
	var want [][]byte
	for _, m := range messages(t) {
		raw := encode(t, m)
		want = append(want, raw)
		stream = wire.AppendFrame(stream, raw)
	}
	buf := make([]byte, 0, 64)
	for name, r := range map[string]io.Reader{
		"at once":      bytes.NewReader(stream),
		"byte by byte": iotest.OneByteReader(bytes.NewReader(stream)),
		"end with it":  iotest.DataErrReader(bytes.NewReader(stream)),
	} {
		for _, raw := range want {
			got, err := wire.ReadFrame(r, buf)
			require.NoError(t, err, name)
			require.Equal(t, raw, got, name)
		}
		_, err := wire.ReadFrame(r, buf)
		require.Equal(t, io.EOF, err, name)
	}
	for n := 1; n < wire.FrameSize(want[0]); n++ {
		_, err := wire.ReadFrame(bytes.NewReader(wire.AppendFrame(nil, want[0])[:n]), nil)
		require.Equal(t, io.ErrUnexpectedEOF, err, "after %d bytes", n)
	}
}

// allocated is what a call allocates, in bytes. A test that asks is not parallel,
// because the whole program's allocations are counted.
func allocated(call func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

func TestLengthOfAFrameIsNotBelieved(t *testing.T) {
	for _, n := range []uint32{0, wire.MaxFrame + 1, 1 << 31, 1<<32 - 1} {
		_, err := wire.ReadFrame(bytes.NewReader(append(binary.BigEndian.AppendUint32(nil, n), 1, 2, 3)), nil)
		require.ErrorIs(t, err, wire.ErrFrame)
	}
	claimed := append(binary.BigEndian.AppendUint32(nil, wire.MaxFrame), 1, 2, 3)
	per := allocated(func() {
		_, err := wire.ReadFrame(bytes.NewReader(claimed), nil)
		if err != io.ErrUnexpectedEOF {
			t.Error(err)
		}
	})
	require.Less(t, per, int64(256<<10), "a megabyte is claimed, three bytes come")
}

// bombs are frames that are small and claim much.
func bombs() map[string][]byte {
	cat := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	zeros := func(n int) []byte { return make([]byte, n) }
	full := []byte{0xff, 0xff}
	return map[string][]byte{
		"tips":     cat([]byte{byte(wire.TypeAck)}, full, zeros(40)),
		"a vector": cat([]byte{byte(wire.TypeVector)}, zeros(17), []byte{0x40, 0}, zeros(40)),
		"events":   cat([]byte{byte(wire.TypeEvents)}, zeros(17), full, zeros(193)),
		"consoles": cat([]byte{byte(wire.TypePresence)}, []byte{1, 0}, zeros(50)),
		"a proof":  cat([]byte{byte(wire.TypeProof), 255}, zeros(16), full, zeros(193)),
		"runs":     cat([]byte{byte(wire.TypeProof), 255}, zeros(18)),
		"a label":  cat([]byte{byte(wire.TypeJoin)}, zeros(104), []byte{0xff}, zeros(3)),
		"a name":   cat([]byte{byte(wire.TypeHello)}, zeros(84), []byte{0xff}, zeros(3)),
	}
}

func TestCountsOfAFrameAreNotBelieved(t *testing.T) {
	for name, raw := range bombs() {
		per := allocated(func() {
			if _, err := wire.Decode(raw); err == nil {
				t.Error("it was read")
			}
		})
		require.Less(t, per, int64(2<<10), name)
	}
}

func TestRunCostsLittleMoreThanItsBytes(t *testing.T) {
	run := events(t, 1_000, 1)
	raw := encode(t, wire.Run{Log: run[0].Log, Events: run})
	per := allocated(func() {
		if _, err := wire.Decode(raw); err != nil {
			t.Error(err)
		}
	})
	require.Less(t, per, 3*int64(len(raw)), "for %d bytes", len(raw))
}

func TestDigestHasNoOrder(t *testing.T) {
	t.Parallel()
	tips := make([]wire.Tip, 50)
	for i := range tips {
		tips[i] = tip(byte(i))
	}
	want := wire.DigestOf(tips)
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		r.Shuffle(len(tips), func(i, j int) { tips[i], tips[j] = tips[j], tips[i] })
		require.Equal(t, want, wire.DigestOf(tips))
	}
	var tally wire.Tally
	require.Equal(t, wire.DigestOf(nil), tally.Digest())
	for _, tip := range tips {
		tally.Add(tip)
	}
	require.Equal(t, want, tally.Digest())
	next := tips[7]
	next.Seq++
	tally.Remove(tips[7])
	tally.Add(next)
	require.NotEqual(t, want, tally.Digest())
	tips[7] = next
	require.Equal(t, wire.DigestOf(tips), tally.Digest())
	for _, tip := range tips {
		tally.Remove(tip)
	}
	require.Equal(t, wire.DigestOf(nil), tally.Digest())
}

func TestDigestSeesEachPartOfATip(t *testing.T) {
	t.Parallel()
	seen := map[wire.Digest]string{wire.DigestOf(nil): "nothing"}
	for name, tips := range map[string][]wire.Tip{
		"one":            {tip(1)},
		"twice":          {tip(1), tip(1)},
		"two":            {tip(1), tip(2)},
		"another log":    {{Log: model.LogID{1}, Seq: tip(1).Seq, Hash: tip(1).Hash}},
		"another number": {{Log: tip(1).Log, Seq: 1, Hash: tip(1).Hash}},
		"another hash":   {{Log: tip(1).Log, Seq: tip(1).Seq, Hash: model.ShortHash{1}}},
	} {
		d := wire.DigestOf(tips)
		require.NotContains(t, seen, d, name)
		seen[d] = name
	}
}
