package main

import (
	"context"
	"os/user"
	"strconv"
	"strings"
	"sync"

	"warroom/model"
	"warroom/sync/door"
)

// policy says which person somebody is whom a door has proved.
type policy struct {
	// uid is the user of this process, who keeps the room; root does too.
	uid uint32
	// machine is the one whose uids count here.
	machine model.MachineID
	host    string
	// newcomers is what somebody gets who reaches the socket of a service and is
	// not known yet: being let into the socket's group is root's consent. NoAccess
	// turns them away.
	newcomers model.Access
	// shared are logins that several people use: a name is asked for.
	shared map[string]bool

	// One newcomer at a time, so that two consoles of one person do not make two.
	mu *sync.Mutex
}

// keeps reports a user who keeps the room: who may end its process.
func (p policy) keeps(uid uint32) bool { return uid == p.uid || uid == 0 }

// person finds the person, and makes newcomers known. claimed reports a name that
// was only said.
func (p policy) person(ctx context.Context, d *doorman, s *door.Session, a *app) (who model.PersonID, claimed bool, err error) {
	if !s.Guest.Local {
		who, err = p.overSSH(ctx, d, s.Guest)
		return who, false, err
	}
	uid := s.Guest.UID
	if who, ok := d.people().ByUID(p.machine, uid); ok {
		return who, false, nil
	}
	login := loginOf(uid)
	switch {
	case p.shared[login]:
		who, err = p.claimed(ctx, d, s, a)
		return who, true, err
	case p.keeps(uid):
		return d.room.Me(), false, nil
	case d.people().BarredUID(p.machine, uid):
		return who, false, refuse("shell.door.removed")
	case p.newcomers == model.NoAccess:
		return who, false, refuse("shell.door.stranger", "Login", login)
	}
	who, err = p.newcomer(ctx, d, login, p.newcomers, func(who model.PersonID) model.Command {
		return model.AddWay{Person: who, Machine: p.machine, UID: uid, Login: login}
	})
	return who, false, err
}

// overSSH finds the person of a key or a certificate. What stands in the file of
// keys, and what an authority certifies, are names that whoever runs this machine
// answers for.
func (p policy) overSSH(ctx context.Context, d *doorman, g door.Guest) (model.PersonID, error) {
	if d.people().BarredKey(g.Key) {
		return model.PersonID{}, refuse("shell.door.removed")
	}
	name, access := g.Principal, model.Responder
	if g.Listed.Name != "" {
		name = g.Listed.Name
		if g.Listed.Access != "" {
			var err error
			if access, err = model.ParseAccess(g.Listed.Access); err != nil {
				return model.PersonID{}, err
			}
		}
	}
	if name == "" {
		if who, ok := d.people().ByKey(g.Key); ok {
			return who, nil
		}
		return model.PersonID{}, refuse("shell.door.nobody")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	known, ok := d.people().Named(name)
	switch {
	case !ok || !known.Member() && !known.Revoked:
		return p.admit(ctx, d, name, access)
	case known.Member() && g.Listed.Access != "" && known.Access != access:
		// What the file says of a key counts each time that it comes.
		if _, err := d.do(ctx, model.SetAccess{Person: known.ID, Access: access}); err != nil {
			return model.PersonID{}, err
		}
	}
	return known.ID, nil // somebody who was revoked is turned away by the room
}

// newcomer makes somebody a member who came for the first time, with the way by
// which they came.
func (p policy) newcomer(ctx context.Context, d *doorman, login string, access model.Access, way func(model.PersonID) model.Command) (model.PersonID, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	name := login
	switch known, taken := d.people().Named(name); {
	case taken && known.Revoked:
		return known.ID, nil // whom the room turns away
	case taken && known.Member():
		// Somebody of that name came in by another way. That both are one person is
		// for an owner to say.
		name = login + "@" + p.host
		if _, taken := d.people().Named(name); taken {
			return model.PersonID{}, refuse("shell.door.stranger", "Login", login) // a name proves nobody
		}
	}
	who, err := p.admit(ctx, d, name, access)
	if err != nil {
		return who, err
	}
	_, err = d.do(ctx, way(who))
	return who, err
}

// admit makes a name a member.
func (p policy) admit(ctx context.Context, d *doorman, name string, access model.Access) (model.PersonID, error) {
	if _, err := d.do(ctx, model.AdmitMember{Name: name, Access: access}); err != nil {
		return model.PersonID{}, err
	}
	if known, ok := d.people().Named(name); ok {
		return known.ID, nil
	}
	return model.PersonID{}, errAdmit
}

// claimed is the person that somebody at a shared login says to be. The log says
// of each of their acts that the name was only claimed.
func (p policy) claimed(ctx context.Context, d *doorman, s *door.Session, a *app) (model.PersonID, error) {
	name := s.Env[door.EnvName]
	if name == "" && len(s.Args) == 0 && s.Term != "" {
		var err error
		if name, err = d.askName(s, a); err != nil {
			return model.PersonID{}, err
		}
	}
	if strings.TrimSpace(name) == "" {
		return model.PersonID{}, refuse("shell.door.name")
	}
	name, err := model.CheckPersonName(name)
	if err != nil {
		return model.PersonID{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, ok := d.people().Named(name); ok && (known.Member() || known.Revoked) {
		return known.ID, nil
	}
	return p.admit(ctx, d, name, max(p.newcomers, model.Observer))
}

func (d *doorman) people() *model.Roster { return d.room.Overview().People }

// loginOf is the name of a user of this machine; of one that the files of this machine
// do not know, as those of a directory service, "uid" and the number.
func loginOf(uid uint32) string {
	n := strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(n); err == nil {
		return u.Username
	}
	return "uid" + n
}
