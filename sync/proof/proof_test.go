package proof_test

import (
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/proof"
	"warroom/sync/wire"
)

const at0 = 1_772_704_800_000

// writer is a device with its membership log.
type writer struct {
	t      testing.TB
	signer model.Signer
	person model.PersonID
	nonce  model.Nonce
	head   model.Head
	events []*model.Event
	in     model.Ref // its last event
}

func key(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(slices.Repeat([]byte{seed}, ed25519.SeedSize))
}

func device(seed byte) model.DeviceKey {
	return model.DeviceKey(key(seed).Public().(ed25519.PublicKey))
}

// team is a workspace of which ana is the founder.
type team struct {
	t   testing.TB
	ws  model.WorkspaceID
	all []*writer
	now int64
}

func newTeam(t testing.TB) *team {
	nonce := model.Nonce{1}
	f := &team{t: t, ws: model.NewWorkspaceID(device(1), nonce), now: at0}
	ana := f.open(1, nonce)
	ana.person = model.NewPersonID(ana.head.Log, nonce)
	f.write(ana, &model.Genesis{Founder: device(1), Nonce: nonce, Person: ana.person}, "Ana")
	return f
}

func (f *team) open(seed byte, nonce model.Nonce) *writer {
	w := &writer{t: f.t, nonce: nonce, signer: model.Signer{Workspace: f.ws, Key: key(seed)}}
	w.head = model.Head{Log: model.NewLogID(device(seed), nonce)}
	f.all = append(f.all, w)
	f.write(w, &model.LogOpen{Device: device(seed), Workspace: f.ws, Log: model.MembershipLog, Nonce: nonce, Reason: model.ReasonNew}, "")
	return w
}

// write has seen all that was written before.
func (f *team) write(w *writer, body model.Body, text string) {
	var obs []model.Ref
	for _, other := range f.all {
		if other != w && len(other.events) > 0 {
			obs = append(obs, other.events[len(other.events)-1].Ref())
		}
	}
	f.now += 1000
	d := model.Draft{Scope: f.ws.Scope(), Body: body, Text: text, PrevInScope: w.in}
	c := &model.Record{Body: body}
	c.Common().Obs = obs
	if len(w.events) > 0 {
		c.Common().Actor = w.person
	}
	e, next, err := model.Seal(w.signer, w.head, d, f.now, model.Salt{1})
	require.NoError(f.t, err)
	w.events, w.head, w.in = append(w.events, e), next, e.Ref()
}

// admit has by admit somebody with a device, who then has a log of their own.
func (f *team) admit(by *writer, seed byte, name string, access model.Access) *writer {
	nonce := model.Nonce{9, seed}
	person := model.NewPersonID(by.head.Log, nonce)
	f.write(by, &model.MemberAdmit{Person: person, Access: access, Nonce: nonce}, name)
	f.write(by, &model.MemberDevice{Person: person, Device: device(seed)}, "laptop")
	w := f.open(seed, model.Nonce{seed})
	w.person = person
	return w
}

// grow fills a log with members who have no device.
func (f *team) grow(by *writer, n int) {
	for i := range n {
		nonce := model.Nonce{7, byte(i), byte(i >> 8)}
		f.write(by, &model.MemberAdmit{Person: model.NewPersonID(by.head.Log, nonce), Access: model.Observer, Nonce: nonce}, strings.Repeat("x", 60))
	}
}

func (f *team) lines() (all [][]*model.Event) {
	for _, w := range f.all {
		all = append(all, w.events)
	}
	return all
}

// room is one that holds so many events of each log.
type room struct {
	held map[model.LogID][]*model.Event
	ws   model.WorkspaceID
	kind model.LogKind
	asks int
}

func (f *team) room(held ...int) *room {
	r := &room{held: map[model.LogID][]*model.Event{}, ws: f.ws, kind: model.MembershipLog}
	for i, w := range f.all {
		if i < len(held) && held[i] > 0 {
			r.held[w.head.Log] = w.events[:min(held[i], len(w.events))]
		}
	}
	return r
}

func (r *room) Lines() (all []model.Branch) {
	for log, events := range r.held {
		body, _, _ := model.DecodeBody(events[0].Kind, events[0].Body)
		open := body.(*model.LogOpen)
		last := events[len(events)-1]
		all = append(all, model.Branch{
			ID: log, Log: log, Device: open.Device, Kind: r.kind, Nonce: open.Nonce,
			Tip: model.Head{Log: log, Seq: last.Seq, Hash: last.Hash(), Clock: last.Clock},
		})
	}
	return all
}

func (r *room) Look(log model.LogID, from, to uint64) (held []peer.Held, err error) {
	r.asks++
	for _, e := range r.held[log] {
		if from <= e.Seq && e.Seq <= to {
			held = append(held, peer.Held{Branch: log, Event: e})
		}
	}
	return held, nil
}

func (r *room) Records(fn func(*model.Record) error) error {
	r.asks++
	order := model.NewOrder()
	for _, events := range r.held {
		for _, e := range events {
			rec, err := model.Decode(e)
			if err != nil {
				return err
			}
			order.Add(rec)
			if err := fn(rec); err != nil {
				return err
			}
		}
	}
	return nil
}

const all = 1 << 20

// forge is an event of which one byte was changed.
func forge(t testing.TB, e *model.Event, at int) *model.Event {
	t.Helper()
	raw := e.Raw
	raw[at]++
	out, err := model.ParseEvent(raw[:], e.Body)
	require.NoError(t, err)
	return out
}

func TestAMemberWhomAnotherAdmittedShowsIt(t *testing.T) {
	t.Parallel()
	f := newTeam(t)
	ben := f.admit(f.all[0], 2, "Ben", model.Owner)
	f.admit(ben, 3, "Cleo", model.Responder)
	runs := proof.Choose(f.lines(), device(3))
	require.Len(t, runs, 2, "the founder's, and Ben's who admitted her; her own says nothing of it")
	require.Equal(t, f.all[0].head.Log, runs[0].Log)
	require.Equal(t, ben.head.Log, runs[1].Log)
	frame, err := wire.Encode(wire.Proof{Runs: runs})
	require.NoError(t, err)
	sent, err := wire.Decode(frame)
	require.NoError(t, err)
	runs = sent.(wire.Proof).Runs
	for name, c := range map[string]struct {
		room  *room
		takes int
	}{
		"it knows the founder alone":   {f.room(2), 2},
		"it knows of Ben":              {f.room(4), 1},
		"it has the beginning of each": {f.room(4, 1), 1},
		"it has heard of it":           {f.room(all, all), 0},
		"it is empty":                  {f.room(), 2},
	} {
		takes, err := proof.Check(f.ws, c.room, runs, device(3))
		require.NoError(t, err, name)
		require.Len(t, takes, c.takes, name)
		for _, take := range takes {
			held := c.room.held[take.Log]
			require.EqualValues(t, len(held), take.After, name)
			require.Equal(t, take.After+1, take.Events[0].Seq, name)
			require.Equal(t, take.Log, take.Branch, name)
			require.False(t, take.Begins, name)
		}
	}
	require.Nil(t, proof.Choose(f.lines(), device(9)), "nobody's device shows nothing")
	require.Len(t, proof.Choose(f.lines(), device(1)), 1)
}

func TestALongMembershipIsShownByItsEnd(t *testing.T) {
	t.Parallel()
	f := newTeam(t)
	ana := f.all[0]
	f.grow(ana, 300)
	ben := f.admit(ana, 2, "Ben", model.Owner)
	f.grow(ben, 20)
	f.admit(ben, 3, "Cleo", model.Responder)
	f.grow(ben, 200) // after it: not needed
	runs := proof.Choose(f.lines(), device(3))
	require.LessOrEqual(t, wire.ProofSize(runs), wire.MaxKnock)
	require.Greater(t, wire.ProofSize(runs), wire.MaxKnock-1000, "it is used up")
	_, err := wire.Encode(wire.Proof{Runs: runs})
	require.NoError(t, err)
	takes, err := proof.Check(f.ws, f.room(302), runs, device(3))
	require.NoError(t, err)
	require.Len(t, takes, 2)
	_, err = proof.Check(f.ws, f.room(20), runs, device(3))
	require.ErrorIs(t, err, proof.ErrProof, "it attaches to nothing there")
}

// T2, and what a stranger may make up.
func TestAProofThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	f := newTeam(t)
	ben := f.admit(f.all[0], 2, "Ben", model.Owner)
	f.admit(ben, 3, "Cleo", model.Responder)
	runs := proof.Choose(f.lines(), device(3))
	other := &team{t: t, now: at0}
	other.ws = model.NewWorkspaceID(device(3), model.Nonce{1})
	cleo := other.open(3, model.Nonce{1})
	cleo.person = model.NewPersonID(cleo.head.Log, model.Nonce{1})
	other.write(cleo, &model.Genesis{Founder: device(3), Nonce: model.Nonce{1}, Person: cleo.person}, "Cleo")

	// A log of the stranger's own, in this workspace, that admits itself.
	self := &team{t: t, ws: f.ws, now: f.now}
	mallory := self.open(4, model.Nonce{4})
	mallory.person = model.NewPersonID(mallory.head.Log, model.Nonce{5})
	self.write(mallory, &model.MemberAdmit{Person: mallory.person, Access: model.Owner, Nonce: model.Nonce{5}}, "Mallory")

	altered := slices.Clone(runs)
	altered[1].Events = slices.Clone(runs[1].Events)
	altered[1].Events[1] = forge(t, runs[1].Events[1], 140) // of its signature
	gap := slices.Clone(runs)
	gap[1].Events = append(slices.Clone(runs[1].Events[:1]), runs[1].Events[2:]...)
	badLast := slices.Clone(runs)
	badLast[1].Events = slices.Clone(runs[1].Events)
	badLast[1].Events[2] = forge(t, runs[1].Events[2], 190)

	for name, c := range map[string]struct {
		runs   []wire.Run
		device model.DeviceKey
	}{
		"of another workspace":       {[]wire.Run{{Log: cleo.head.Log, Events: cleo.events}}, device(3)},
		"of somebody else":           {runs, device(4)},
		"cut short":                  {[]wire.Run{runs[0], {Log: runs[1].Log, Events: runs[1].Events[:1]}}, device(3)},
		"without the middle":         {runs[:1], device(3)},
		"altered":                    {altered, device(3)},
		"with a gap":                 {gap, device(3)},
		"with a bad signature":       {badLast, device(3)},
		"nothing":                    {nil, device(3)},
		"a run of nothing":           {[]wire.Run{{Log: runs[0].Log}}, device(3)},
		"admitted by nobody":         {[]wire.Run{{Log: mallory.head.Log, Events: mallory.events}}, device(4)},
		"the beginning is not there": {[]wire.Run{{Log: runs[1].Log, Events: runs[1].Events[1:]}}, device(3)},
	} {
		takes, err := proof.Check(f.ws, f.room(2), c.runs, c.device)
		require.ErrorIs(t, err, proof.ErrProof, name)
		require.Empty(t, takes, name)
	}
	r := f.room(2)
	_, err := proof.Check(f.ws, r, []wire.Run{runs[0], {Log: cleo.head.Log, Events: cleo.events}}, device(3))
	require.ErrorIs(t, err, proof.ErrProof)
	require.Zero(t, r.asks, "the room is asked nothing for what is not its own")

	// What says by its scope that it is of this workspace, and by its opening that it is not.
	torn := &team{t: t, ws: f.ws, now: f.now}
	odd := &writer{t: t, signer: model.Signer{Workspace: f.ws, Key: key(5)}, head: model.Head{Log: model.NewLogID(device(5), model.Nonce{5})}}
	torn.write(odd, &model.LogOpen{Device: device(5), Workspace: other.ws, Log: model.MembershipLog, Nonce: model.Nonce{5}}, "")
	_, err = proof.Check(f.ws, r, []wire.Run{runs[0], {Log: odd.head.Log, Events: odd.events}}, device(3))
	require.ErrorIs(t, err, proof.ErrProof)
	require.Zero(t, r.asks)

	// An event of an incident, where none may stand.
	stray := &team{t: t, ws: f.ws, now: f.now}
	e, _, err := model.Seal(ben.signer, ben.head, model.Draft{Scope: model.Scope{0xaa}, Body: &model.EntryAdd{}, Text: "x"}, stray.now+5000, model.Salt{1})
	require.NoError(t, err)
	with := append(slices.Clone(runs[1].Events), e)
	_, err = proof.Check(f.ws, r, []wire.Run{runs[0], {Log: runs[1].Log, Events: with}}, device(3))
	require.ErrorIs(t, err, proof.ErrProof)

	content := f.room(all, all)
	content.kind = model.ContentLog
	_, err = proof.Check(f.ws, content, runs, device(3))
	require.ErrorIs(t, err, proof.ErrProof, "no membership log")

	// Two events at one number, both signed: links sort that out, not strangers.
	twin := newTeam(t)
	twinBen := twin.admit(twin.all[0], 2, "Ben", model.Owner)
	twin.write(twinBen, &model.MemberAdmit{Person: model.NewPersonID(twinBen.head.Log, model.Nonce{8}), Access: model.Owner, Nonce: model.Nonce{8}}, "Dora")
	require.Equal(t, f.ws, twin.ws)
	_, err = proof.Check(f.ws, twin.room(all, all), runs, device(3))
	require.ErrorIs(t, err, proof.ErrProof)
}

func TestALogOfNobodyIsNotTakenBesideAGoodProof(t *testing.T) {
	t.Parallel()
	f := newTeam(t)
	f.admit(f.all[0], 3, "Cleo", model.Responder)
	self := &team{t: t, ws: f.ws, now: f.now}
	mallory := self.open(4, model.Nonce{4})
	runs := append(proof.Choose(f.lines(), device(3)), wire.Run{Log: mallory.head.Log, Events: mallory.events})
	takes, err := proof.Check(f.ws, f.room(2), runs, device(3))
	require.NoError(t, err)
	require.Len(t, takes, 1)
	require.Equal(t, f.all[0].head.Log, takes[0].Log)
}

func FuzzCheck(f *testing.F) {
	team := newTeam(f)
	ben := team.admit(team.all[0], 2, "Ben", model.Owner)
	team.admit(ben, 3, "Cleo", model.Responder)
	good, err := wire.Encode(wire.Proof{Runs: proof.Choose(team.lines(), device(3))})
	require.NoError(f, err)
	f.Add(uint16(0), uint16(0), []byte{}, byte(3))
	f.Add(uint16(1), uint16(1), []byte{1}, byte(3))
	f.Add(uint16(20), uint16(2), []byte{0, 1}, byte(4))
	f.Add(uint16(400), uint16(8), []byte("somebody"), byte(3))
	f.Fuzz(func(t *testing.T, at, out uint16, in []byte, who byte) {
		from := min(int(at), len(good))
		to := min(from+int(out), len(good))
		raw := slices.Concat(good[:from], in, good[to:])
		m, err := wire.Decode(raw)
		p, ok := m.(wire.Proof)
		if err != nil || !ok {
			return
		}
		takes, err := proof.Check(team.ws, team.room(2), p.Runs, device(who))
		if err == nil {
			require.Contains(t, []byte{1, 2, 3}, who)
			for _, take := range takes {
				require.NotEmpty(t, take.Events)
			}
		}
	})
}
