package model_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// log is a log of one device, written by hand.
type log struct {
	signer model.Signer
	head   model.Head
	events []*model.Event
}

const at0 = 1_772_704_800_000 // 2026-03-05 10:00 UTC in ms

func newLog(seed byte) *log {
	l := &log{signer: model.Signer{Key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))}}
	dev := l.signer.Device()
	l.signer.Workspace = model.NewWorkspaceID(dev, model.Nonce{1})
	l.head.Log = model.NewLogID(dev, model.Nonce{2})
	return l
}

func (l *log) open() *model.LogOpen {
	return &model.LogOpen{
		Device: l.signer.Device(), Workspace: l.signer.Workspace, Log: model.ContentLog,
		Nonce: model.Nonce{2}, Reason: model.ReasonNew,
	}
}

func (l *log) write(t require.TestingT, bodies ...model.Body) *log {
	for _, b := range bodies {
		e, head, err := model.Seal(l.signer, l.head, model.Draft{Scope: model.Scope{3}, Body: b, Text: "text"}, at0, model.Salt{4})
		require.NoError(t, err)
		l.head, l.events = head, append(l.events, e)
	}
	return l
}

func (l *log) check(from model.Head, run []*model.Event) (model.Head, error) {
	return model.CheckRun(l.signer.Workspace, l.signer.Device(), from, run)
}

func TestParseEnvelope(t *testing.T) {
	t.Parallel()
	good := newLog(1).write(t, &model.EntryAdd{}).events[0].Raw
	for name, c := range map[string]struct {
		raw  func(raw []byte) []byte
		code model.Code
	}{
		"good":             {func(raw []byte) []byte { return raw }, ""},
		"nothing":          {func([]byte) []byte { return nil }, model.CodeEventMalformed},
		"short":            {func(raw []byte) []byte { return raw[:191] }, model.CodeEventMalformed},
		"long":             {func(raw []byte) []byte { return append(raw, 0) }, model.CodeEventMalformed},
		"newer version":    {func(raw []byte) []byte { raw[0] = model.FormatVersion + 1; return raw }, model.CodeEventVersion},
		"sequence 0":       {func(raw []byte) []byte { clear(raw[4:12]); return raw }, model.CodeEventMalformed},
		"longest body":     {func(raw []byte) []byte { binary.BigEndian.PutUint32(raw[124:], model.MaxBody); return raw }, ""},
		"body too long":    {func(raw []byte) []byte { binary.BigEndian.PutUint32(raw[124:], model.MaxBody+1); return raw }, model.CodeEventTooLarge},
		"body enormous":    {func(raw []byte) []byte { copy(raw[124:], "\xff\xff\xff\xff"); return raw }, model.CodeEventTooLarge},
		"unknown flags":    {func(raw []byte) []byte { raw[1] = 0xff; return raw }, ""},
		"last sequence":    {func(raw []byte) []byte { copy(raw[4:], "\xff\xff\xff\xff\xff\xff\xff\xff"); return raw }, ""},
		"last clock":       {func(raw []byte) []byte { copy(raw[12:], "\x7f\xff\xff\xff\xff\xff\xff\xff"); return raw }, ""},
		"clock too far":    {func(raw []byte) []byte { copy(raw[12:], "\x80\x00\x00\x00\x00\x00\x00\x00"); return raw }, model.CodeEventMalformed},
		"wall before 1970": {func(raw []byte) []byte { raw[20] = 0xff; return raw }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := model.ParseEnvelope(c.raw(bytes.Clone(good[:])))
			require.Equal(t, c.code, model.CodeOf(err))
		})
	}
}

func TestAnEnvelopeKeepsItsFields(t *testing.T) {
	t.Parallel()
	l := newLog(1).write(t, l0(), &model.EntryAdd{})
	e := l.events[1]
	got, err := model.ParseEvent(e.Raw[:], e.Body)
	require.NoError(t, err)
	got.SetText(e.Salt, e.Text)
	require.Equal(t, e, got)
	require.Equal(t, uint64(2), got.Seq)
	require.Equal(t, int64(at0), got.Wall)
	require.Equal(t, model.ClockAt(at0)+1, got.Clock)
	require.Equal(t, l.events[0].Hash(), got.Prev)
	require.Equal(t, uint8(model.FlagText), got.Flags)
	require.Equal(t, model.EnvelopeSize+len(e.Body)+model.IDSize+len("text"), got.Size())
}

func l0() model.Body { return newLog(1).open() }

func TestParseEventChecksTheBody(t *testing.T) {
	t.Parallel()
	e := newLog(1).write(t, &model.EntryAdd{}).events[0]
	for name, body := range map[string][]byte{
		"none":    nil,
		"shorter": e.Body[:len(e.Body)-1],
		"longer":  append(bytes.Clone(e.Body), 0),
		"other":   bytes.Repeat([]byte{0}, len(e.Body)),
	} {
		_, err := model.ParseEvent(e.Raw[:], body)
		require.Equal(t, model.CodeEventBodyHash, model.CodeOf(err), name)
	}
}

func TestCheckRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(l *log)
		code  model.Code
	}{
		"good": {func(*log) {}, ""},
		"gap":  {func(l *log) { l.events = append(l.events[:1:1], l.events[2:]...) }, model.CodeEventGap},
		"repeated": {func(l *log) {
			l.events = append(l.events[:2:2], l.events[1:]...)
		}, model.CodeEventGap},
		"another log": {func(l *log) {
			l.resign(3, func(e *model.Event) { e.Log = model.LogID{9} })
		}, model.CodeEventLog},
		"another previous event": {func(l *log) {
			l.resign(3, func(e *model.Event) { e.Prev = model.Hash{1} })
		}, model.CodeEventChain},
		"a clock that stands still": {func(l *log) {
			l.resign(3, func(e *model.Event) { e.Clock = l.events[2].Clock })
		}, model.CodeEventClock},
		"a clock that goes back": {func(l *log) {
			l.resign(3, func(e *model.Event) { e.Clock = 1 })
		}, model.CodeEventClock},
		"a bad last signature": {func(l *log) {
			l.events[3].Sig[5] ^= 1
			l.events[3].Raw[128+5] ^= 1
		}, model.CodeEventSignature},
		"a bad signature in the middle": {func(l *log) {
			l.events[1].Raw[128+5] ^= 1
		}, model.CodeEventChain},
		"a first event that is no opening": {func(l *log) {
			l.events[0], _ = model.SealRaw(l.signer, model.Head{Log: l.head.Log}, model.KindEntryAdd, model.Scope{}, []byte{0xa0}, at0)
		}, model.CodeEventOpen},
		"an opening that cannot be read": {func(l *log) {
			l.events[0], _ = model.SealRaw(l.signer, model.Head{Log: l.head.Log}, model.KindLogOpen, model.Scope{}, []byte{0xa1}, at0)
		}, model.CodeEventMalformed},
		"an opening for another device": {func(l *log) {
			b := l.open()
			b.Device = newLog(2).signer.Device()
			l.reopen(b)
		}, model.CodeEventOpen},
		"an opening for another workspace": {func(l *log) {
			b := l.open()
			b.Workspace[0] ^= 1
			l.reopen(b)
		}, model.CodeEventOpen},
		"an opening with another nonce": {func(l *log) {
			b := l.open()
			b.Nonce[0] ^= 1
			l.reopen(b)
		}, model.CodeEventOpen},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLog(1).write(t, l0(), &model.EntryAdd{}, &model.SeveritySet{Level: 1}, &model.EntryAdd{})
			from, want := model.Head{Log: l.head.Log}, l.head
			c.spoil(l)
			got, err := l.check(from, l.events)
			require.Equal(t, c.code, model.CodeOf(err))
			if c.code != "" {
				want = from
			}
			require.Equal(t, want, got)
		})
	}
}

func (l *log) resign(i int, change func(*model.Event)) {
	e := *l.events[i]
	change(&e)
	l.events[i], _ = model.ResignEnvelope(l.signer, &e)
}

func (l *log) reopen(b *model.LogOpen) {
	l.events[0], _, _ = model.Seal(l.signer, model.Head{Log: l.head.Log}, model.Draft{Body: b}, at0, model.Salt{})
}

func TestARunAttachesInTheMiddleOfItsLog(t *testing.T) {
	t.Parallel()
	l := newLog(1).write(t, l0(), &model.EntryAdd{}, &model.EntryAdd{})
	head, err := l.check(model.Head{Log: l.head.Log}, l.events[:2])
	require.NoError(t, err)
	end, err := l.check(head, l.events[2:])
	require.NoError(t, err)
	require.Equal(t, l.head, end)
	end, err = l.check(head, nil)
	require.NoError(t, err)
	require.Equal(t, head, end)
}

// A log's id binds its device's key: what another device signs under it is not
// taken, whatever it claims.
func TestNobodyWritesInAnothersLog(t *testing.T) {
	t.Parallel()
	mine, theirs := newLog(1), newLog(2)
	theirs.signer.Workspace = mine.signer.Workspace
	theirs.head.Log = mine.head.Log
	theirs.write(t, mine.open())
	_, err := mine.check(model.Head{Log: mine.head.Log}, theirs.events)
	require.Equal(t, model.CodeEventSignature, model.CodeOf(err))
	_, err = theirs.check(model.Head{Log: mine.head.Log}, theirs.events)
	require.Equal(t, model.CodeEventOpen, model.CodeOf(err))
}

func TestAnEventOfAnotherWorkspaceIsNotTaken(t *testing.T) {
	t.Parallel()
	l := newLog(1).write(t, l0())
	require.NoError(t, l.events[0].VerifySignature(l.signer.Workspace, l.signer.Device()))
	err := l.events[0].VerifySignature(model.WorkspaceID{1}, l.signer.Device())
	require.Equal(t, model.CodeEventSignature, model.CodeOf(err))
}

func TestAnyFlippedBitIsFound(t *testing.T) {
	t.Parallel()
	l := newLog(1).write(t, l0())
	from := l.head
	e := l.write(t, &model.SeveritySet{Level: 1}).events[1]
	found := func(raw, body []byte, salt model.Salt, text []byte) bool {
		got, err := model.ParseEvent(raw, body)
		if err != nil {
			return true
		}
		got.SetText(salt, text)
		if _, err := l.check(from, []*model.Event{got}); err != nil {
			return true
		}
		r, err := model.Decode(got)
		return err != nil || got.CheckText(r.Common()) != nil
	}
	require.False(t, found(e.Raw[:], e.Body, e.Salt, e.Text))
	flip := func(b []byte, bit int) []byte {
		c := bytes.Clone(b)
		c[bit/8] ^= 1 << (bit % 8)
		return c
	}
	for bit := range len(e.Raw) * 8 {
		require.True(t, found(flip(e.Raw[:], bit), e.Body, e.Salt, e.Text), "envelope bit %d", bit)
	}
	for bit := range len(e.Body) * 8 {
		require.True(t, found(e.Raw[:], flip(e.Body, bit), e.Salt, e.Text), "body bit %d", bit)
	}
	for bit := range len(e.Salt) * 8 {
		require.True(t, found(e.Raw[:], e.Body, model.Salt(flip(e.Salt[:], bit)), e.Text), "salt bit %d", bit)
	}
	for bit := range len(e.Text) * 8 {
		require.True(t, found(e.Raw[:], e.Body, e.Salt, flip(e.Text, bit)), "text bit %d", bit)
	}
}

func TestCheckText(t *testing.T) {
	t.Parallel()
	e := newLog(1).write(t, &model.EntryAdd{}).events[0]
	common := decode(t, e).Common()
	for name, c := range map[string]struct {
		salt model.Salt
		text []byte
		code model.Code
	}{
		"as written": {e.Salt, e.Text, ""},
		"removed":    {model.Salt{}, nil, ""},
		"other":      {e.Salt, []byte("tent"), model.CodeEventTextHash},
		"empty":      {e.Salt, []byte{}, model.CodeEventTextHash},
		"moved salt": {model.Salt{}, e.Text, model.CodeEventTextHash},
	} {
		got := *e
		got.SetText(c.salt, c.text)
		require.Equal(t, c.code, model.CodeOf(got.CheckText(common)), name)
	}
	none := newLog(1)
	bare, _, err := model.Seal(none.signer, none.head, model.Draft{Body: &model.EntryAdd{}}, at0, model.Salt{})
	require.NoError(t, err)
	bare.SetText(model.Salt{}, []byte("smuggled"))
	require.Equal(t, model.CodeEventTextHash, model.CodeOf(bare.CheckText(decode(t, bare).Common())))
}

func TestARemovedTextIsMarked(t *testing.T) {
	t.Parallel()
	e := *newLog(1).write(t, &model.EntryAdd{}).events[0]
	r := decode(t, &e)
	require.Equal(t, []any{"text", true, false}, []any{r.Text, r.HasText, r.Removed})
	e.SetText(model.Salt{}, nil)
	r = decode(t, &e)
	require.Equal(t, []any{"", true, true}, []any{r.Text, r.HasText, r.Removed})
}

func TestSealLimits(t *testing.T) {
	t.Parallel()
	refs := func(n int) []model.Ref {
		out := make([]model.Ref, n)
		for i := range out {
			out[i] = refOf(1, byte(i))
		}
		return out
	}
	pred := func(n int) model.Body { return &model.EntryAdd{Common: model.Common{Pred: refs(n)}} }
	for name, c := range map[string]struct {
		draft model.Draft
		code  model.Code
	}{
		"longest text":      {model.Draft{Body: &model.EntryAdd{}, Text: strings.Repeat("a", 60_000)}, ""},
		"text too long":     {model.Draft{Body: &model.EntryAdd{}, Text: strings.Repeat("a", 60_001)}, model.CodeTextLong},
		"bytes count":       {model.Draft{Body: &model.EntryAdd{}, Text: strings.Repeat("é", 30_001)}, model.CodeTextLong},
		"text not UTF-8":    {model.Draft{Body: &model.EntryAdd{}, Text: "a\xff"}, model.CodeTextNotUTF8},
		"a thousand heads":  {model.Draft{Body: pred(1_000)}, ""},
		"body too large":    {model.Draft{Body: pred(4_000)}, model.CodeEventTooLarge},
		"a name not UTF-8":  {model.Draft{Body: &model.AlertState{Fingerprint: "\xff"}}, model.CodeEventMalformed},
		"a zone not UTF-8":  {model.Draft{Body: &model.EntryAdd{Common: model.Common{Said: model.Said{Zone: "\xff"}}}}, model.CodeEventMalformed},
		"too many children": {model.Draft{Body: &model.AnswerSet{Answer: model.Answer{Choices: make([]string, 5_000)}}}, model.CodeEventMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLog(1)
			e, head, err := model.Seal(l.signer, l.head, c.draft, at0, model.Salt{1})
			require.Equal(t, c.code, model.CodeOf(err))
			if c.code != "" {
				require.Nil(t, e)
				require.Equal(t, l.head, head, "nothing is half made")
				return
			}
			require.Equal(t, sha256.Sum256(e.Raw[:]), [32]byte(head.Hash))
			decode(t, e)
		})
	}
}
