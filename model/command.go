package model

import "time"

// Command is a person's act, or a monitoring system's, before it is decided.
// Decide turns it into drafts of events, or refuses it with a coded error that
// says what to do instead.
type Command interface {
	decide(d *decision) error
}

// Act is what surrounds a command: who, when, through which door. Everything
// that is not in the events comes in here.
type Act struct {
	Now   time.Time
	Actor PersonID
	Via   Door
	// Workspace is the workspace as a scope; Log is the content log that will
	// hold the events, and Membership the log for those of a kind that stands in
	// one (see Kind.Log): the zero one when it is Log too.
	Workspace  Scope
	Log        LogID
	Membership LogID
	// Peers reports that events go to other devices.
	Peers bool
	// Device is the device that will sign, and Tips gives the ends of all lines that a
	// device wrote, as far as they are held.
	Device DeviceKey
	Tips   func(DeviceKey) []Ref
	// Nonce gives 16 fresh random bytes a call.
	Nonce func() Nonce
}

// The commands. Zero values of optional fields mean "not said".
type (
	// OpenIncident begins an incident.
	OpenIncident struct {
		Title    string
		Kind     IncidentKind
		Source   Source
		Detected When
		Severity Level
		// Restrict, when set, restricts it from its first event on.
		Restrict *Restrict
	}
	// SetTitle gives it another title.
	SetTitle struct{ Title string }
	// SetSeverity applies a severity.
	SetSeverity struct {
		Level  Level
		Reason string
	}
	// ApplySuggestion applies the severity that the checklist suggests; its
	// reason is why.
	ApplySuggestion struct {
		// Say puts the reasons into words; the model knows only their keys.
		Say func(Phrase) string
	}
	// SetStatus moves the incident.
	SetStatus struct {
		Status Status
		Reason string
		At     When
	}
	// AnswerQuestion answers a line of the checklist.
	AnswerQuestion struct {
		Question Question
		Answer   Answer
		Text     string
	}
	// AssignRole gives a role to a person: by id, or by a name, which is added to
	// the people when nobody has it.
	AssignRole struct {
		Role   Role
		Person PersonID
		Name   string
	}
	// ReleaseRole takes a role from a person; the zero person is whoever holds it.
	ReleaseRole struct {
		Role   Role
		Person PersonID
	}
	// Write adds an entry to the log. Run is set for a command's output.
	Write struct {
		Text string
		At   When
		Run  *CommandRun
	}
	// Amend gives an entry another text; an empty text keeps it, and At alone is
	// corrected.
	Amend struct {
		Target Ref
		Text   string
		At     When
	}
	// Strike strikes an entry; Back takes the stroke away.
	Strike struct {
		Target Ref
		Reason string
		Back   bool
	}
	// Star marks a line for the postmortem's timeline, or unmarks it.
	Star struct {
		Target Ref
		On     bool
	}
	// RemoveText removes an event's text, and every copy of it in the incident,
	// for good. Only its author and owners may.
	RemoveText struct {
		Target Ref
		Reason string
	}
	// AddLink puts a link on the incident. An empty kind is guessed.
	AddLink struct {
		Kind  LinkKind
		URL   string
		Label string
	}
	// RemoveLink takes a link off.
	RemoveLink struct{ Target Ref }
	// PinTopic pins a topic line; an empty text unpins it.
	PinTopic struct{ Text string }
	// SetMoment corrects a moment; the zero At takes the correction back.
	SetMoment struct {
		Moment Moment
		At     When
		Reason string
	}
	// MarkPhase ticks a phase by hand, or unticks it.
	MarkPhase struct {
		Phase PhaseID
		Done  bool
	}
	// PostUpdate records an update that was given to an audience.
	PostUpdate struct {
		Audience Audience
		State    UpdateState
		Text     string
		At       When
		// Draft, when set, is the draft that goes out: audience, state and text are its
		// own. Force lets one out that is not approved.
		Draft Ref
		Force bool
		How   Handing
	}
	// ReceiveAlerts takes what a monitoring system said about one group of
	// alerts. It is decided against the newest incident of that group.
	ReceiveAlerts struct {
		Group     Hash
		Title     string
		Signals   []AlertSignal
		Truncated int
		// Note, when alerts were left out, is the sentence for the log.
		Note string
	}
	// AddPerson makes somebody known by name.
	AddPerson struct{ Name string }
	// RenamePerson gives somebody another display name.
	RenamePerson struct {
		Person PersonID
		Name   string
	}
	// AdmitMember makes somebody a member: a person, or whoever has that name, who
	// is added when nobody has it. Responders may admit up to responder.
	AdmitMember struct {
		Person PersonID
		Name   string
		Access Access
	}
	// SetAccess gives a member another access. Owners may.
	SetAccess struct {
		Person PersonID
		Access Access
	}
	// RevokeMember ends a membership; the person stays known by name. Owners may.
	RevokeMember struct{ Person PersonID }
	// AddDevice gives a device to a person, or to whoever has that name, who is
	// admitted with Access when no member yet. Owners may.
	AddDevice struct {
		Person PersonID
		Name   string
		Access Access
		Device DeviceKey
	}
	// MakeInvite notes an invite that this device made. Responders may up to responder.
	MakeInvite struct {
		Token   TokenID
		Access  Access
		Expires time.Time
		// Person is whose further device is invited: the actor's own, or for owners
		// anybody's.
		Person  PersonID
		Service bool
		Note    string
	}
	// ApproveJoin lets somebody in who asked with an invite: a new person under Name,
	// or Person when it is somebody who is known. Who is a member already gets the
	// device; that is for owners, and for the person.
	ApproveJoin struct {
		Token   TokenID
		Person  PersonID
		Name    string
		Access  Access
		Device  DeviceKey
		Label   string // what the device is called
		Service bool
		Consent []byte
	}
	// RevokeDevice takes a device from its person for good. People may their own,
	// owners all.
	RevokeDevice struct{ Device DeviceKey }
	// MuteDevice has nothing more fetched of what a device writes, or again. Owners may.
	MuteDevice struct {
		Device DeviceKey
		Muted  bool
	}
	// SetRecoveryKey names the key on paper, in place of the one before. Owners may.
	SetRecoveryKey struct{ Device DeviceKey }
	// AddWay lets a member come in by an ssh public key in wire format, or by a uid
	// of a machine. Members may for themselves, owners for all.
	AddWay struct {
		Person  PersonID
		Key     []byte
		Comment string
		Machine MachineID
		UID     uint32
		Login   string
	}
	// DropWay takes a way off. Members may their own, owners all.
	DropWay struct {
		Person PersonID
		Way    Ref
	}
	// Restrict lets only these people and the actor see the incident; those that
	// were named before and are not now see it no more. Who is named may.
	Restrict struct{ People []PersonID }
	// Unrestrict opens the incident to all members. Who is named may.
	Unrestrict struct{}
	// Settle ends a conflict by choosing one of the standing writes.
	Settle struct{ Choose Ref }
	// Undo writes the opposite of the actor's last act in the incident.
	Undo struct{}
	// Redo takes the last undo back.
	Redo struct{}
)

// decision is a command on its way to becoming drafts.
type decision struct {
	Act
	people  *People
	in      *Incident
	verdict *verdict
	// signs is the device that will sign, and by who acts through it.
	signs DeviceKey
	by    writer
	// access is what the actor may do, through this door and by this device.
	access Access
	drafts []Draft
}

// Decide decides a command. people is the workspace; in is the incident it is
// about, nil for one that is not about any (OpenIncident, AddPerson). Nothing
// is changed: what the drafts do happens when they are sealed, durable and
// applied. No drafts and no error means that there is nothing to do.
//
// An incident that the actor may not see is refused as one that does not exist;
// then comes what the actor's access allows.
func Decide(a Act, people *People, in *Incident, c Command) ([]Draft, error) {
	d := &decision{Act: a, people: people, in: in}
	if in != nil {
		in.judge(people)
	}
	if in != nil && !in.visibleTo(Actor{a.Actor, a.Via}.Sees()) {
		if _, ok := c.(ReceiveAlerts); !ok {
			return nil, Refuse(CodeIncidentUnknown, "Key", in.id.Key())
		}
		in, d.in = nil, nil // what comes opens an incident of its own
	}
	if err := d.authorise(); err != nil {
		return nil, err
	}
	if in != nil && in.opened() == nil {
		return nil, Refuse(CodeIncidentUnopened, "Key", in.id.Key())
	}
	if in == nil && needsIncident(c) {
		return nil, Refuse(CodeIncidentNone)
	}
	if err := c.decide(d); err != nil {
		return nil, err
	}
	// Of several drafts all can be sealed or none is made.
	for _, draft := range d.drafts {
		if err := sealable(draft.Text); err != nil {
			return nil, err
		}
	}
	return d.drafts, nil
}

func needsIncident(c Command) bool {
	switch c.(type) {
	case OpenIncident, AddPerson, RenamePerson, ReceiveAlerts,
		AdmitMember, SetAccess, RevokeMember, AddDevice, AddWay, DropWay, SetLinkTemplate, SetUpdateTemplate,
		MakeInvite, ApproveJoin, RevokeDevice, MuteDevice, SetRecoveryKey, SetContact, SetRota,
		AddRole, ChangeRole, RetireRole:
		return false
	}
	return true
}

// add drafts an event about the incident.
func (d *decision) add(b Body, text string) *Common { return d.addTo(d.in.id, b, text) }

func (d *decision) addTo(scope Scope, b Body, text string) *Common {
	c := b.common()
	c.Actor, c.Via = d.Actor, d.Via
	d.drafts = append(d.drafts, Draft{Scope: scope, Body: b, Text: text})
	return c
}

func (w When) put(c *Common) {
	if !w.IsZero() {
		c.Happened, c.Said = w.Happened(), w.Said
	}
}
