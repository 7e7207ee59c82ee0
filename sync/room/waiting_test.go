package room_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

func TestWhoWaitsIsSeenByThoseWhoMayLetThemInAndTurnedAwayByNobodyElse(t *testing.T) {
	t.Parallel()
	token, device := model.TokenID{1}, model.DeviceKey{2}
	var turned []model.DeviceKey
	r := open(t, room.Options{Store: storage.NewMemory(), TurnAway: func(tok model.TokenID, key model.DeviceKey) error {
		if tok != token {
			return model.Refuse(model.CodeWaitingNone)
		}
		turned = append(turned, key)
		return nil
	}})
	people := map[string]model.PersonID{}
	for name, access := range map[string]model.Access{"bob": model.Responder, "olga": model.Observer} {
		do(t, r, model.Scope{}, model.AdmitMember{Name: name, Access: access})
		id, err := r.Overview().People.Find(name)
		require.NoError(t, err)
		people[name] = id
	}
	do(t, r, model.Scope{}, model.AddPerson{Name: "cleo"})
	cleo, err := r.Overview().People.Find("cleo")
	require.NoError(t, err)
	watch := r.Watch()
	defer watch.Close()
	waiting := []model.Waiting{{Token: token, Device: device, Name: "dana"}}
	r.SetWaiting(waiting)
	<-watch.C()

	for name, c := range map[string]struct {
		who   model.Actor
		sees  bool
		turns model.Code
	}{
		"an owner":             {model.Actor{Person: r.Me(), Via: model.DoorConsole}, true, ""},
		"a responder":          {model.Actor{Person: people["bob"], Via: model.DoorSSH}, true, ""},
		"by a name they typed": {model.Actor{Person: people["bob"], Via: model.DoorClaimed}, false, model.CodeAccessClaimed},
		"an observer":          {model.Actor{Person: people["olga"], Via: model.DoorSSH}, false, model.CodeAccessObserver},
		"no member":            {model.Actor{Person: cleo, Via: model.DoorSSH}, false, model.CodeAccessNone},
	} {
		t.Run(name, func(t *testing.T) {
			if c.sees {
				require.Equal(t, waiting, r.Overview().For(c.who).Waiting)
			} else {
				require.Empty(t, r.Overview().For(c.who).Waiting)
			}
			before := len(turned)
			err := r.TurnAway(t.Context(), c.who, token, device)
			if c.turns == "" {
				require.NoError(t, err)
				require.Len(t, turned, before+1)
				require.Equal(t, model.CodeWaitingNone, model.CodeOf(r.TurnAway(t.Context(), c.who, model.TokenID{9}, device)))
				return
			}
			require.Equal(t, c.turns, model.CodeOf(err))
			require.Len(t, turned, before)
		})
	}
	seat, err := r.Enter(room.Entry{Person: people["bob"], Via: model.DoorSSH})
	require.NoError(t, err)
	defer seat.Close()
	require.Equal(t, waiting, seat.Overview().Waiting)
	require.NoError(t, seat.TurnAway(t.Context(), seat.Who(), token, device))
	require.ErrorIs(t, seat.TurnAway(t.Context(), me(r), token, device), room.ErrOther)
	r.SetWaiting(nil)
	require.Empty(t, seat.Overview().Waiting)

	bare := open(t, room.Options{Store: storage.NewMemory()})
	require.Equal(t, model.CodeWaitingNone, model.CodeOf(bare.TurnAway(t.Context(), me(bare), token, device)))
}
