package tui

import (
	"sync/atomic"

	"warroom/model"
)

// Names give a printer the names of people and incidents as the console last
// read them. Its methods fit lang.Options and are safe for concurrent use. The
// zero Names knows nobody.
type Names struct {
	over atomic.Pointer[model.Overview]
}

func (n *Names) put(o *model.Overview) { n.over.Store(o) }

// Person is a person's display name, "" for somebody unknown.
func (n *Names) Person(id model.PersonID) string {
	if o := n.over.Load(); o != nil && o.People != nil {
		return o.People.Name(id)
	}
	return ""
}

// Role is the name of a workspace's own role, "" for another.
func (n *Names) Role(role model.Role) string {
	if o := n.over.Load(); o != nil {
		return o.People.Roles().Name(role)
	}
	return ""
}

// Incident is an incident's short name.
func (n *Names) Incident(id model.Scope) string {
	if o := n.over.Load(); o != nil && o.Keys[id] != "" {
		return o.Keys[id]
	}
	return id.Key()
}
