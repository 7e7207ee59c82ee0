package model

// Kind says what an event means. A number is never used again for another
// meaning; a changed meaning is a new kind.
type Kind uint16

// The kinds. 1 to 15 and those from MembershipKinds on stand in membership logs, and 1
// at the beginning of every log; 16 to 31 are about the workspace; from 32 on they are
// about an incident.
const (
	KindLogOpen       Kind = 1
	KindGenesis       Kind = 2
	KindMemberInvite  Kind = 3
	KindMemberAdmit   Kind = 4
	KindMemberAccess  Kind = 5 // 6 is kept
	KindMemberDevice  Kind = 7
	KindMemberRevoke  Kind = 8
	KindDeviceMute    Kind = 9
	KindMemberWay     Kind = 10
	KindMemberWayDrop Kind = 11
	KindRecoveryKey   Kind = 12
	KindDeviceRevoke  Kind = 13

	KindPersonAdd  Kind = 16
	KindPersonName Kind = 17

	KindLinkTemplate   Kind = 18
	KindUpdateTemplate Kind = 19
	KindContactSet     Kind = 20
	KindRotaSet        Kind = 21
	KindRoleSet        Kind = 22

	KindIncidentOpen   Kind = 32
	KindTitleSet       Kind = 33
	KindSeveritySet    Kind = 34
	KindStatusSet      Kind = 35
	KindAnswerSet      Kind = 36
	KindRoleAssign     Kind = 37
	KindRoleRelease    Kind = 38
	KindEntryAdd       Kind = 39
	KindEntryAmend     Kind = 40
	KindEntryStrike    Kind = 41
	KindEntryStar      Kind = 42
	KindTextRemove     Kind = 43
	KindLinkAdd        Kind = 44
	KindLinkRemove     Kind = 45
	KindTopicPin       Kind = 46
	KindMomentSet      Kind = 47
	KindAlertState     Kind = 48
	KindIncidentRelate Kind = 49
	KindUpdatePost     Kind = 50
	KindPhaseMark      Kind = 51

	KindIncidentRestrict Kind = 52
	KindUpdateDraft      Kind = 53
	KindUpdateApprove    Kind = 54

	KindHandoverOffer   Kind = 60
	KindHandoverAnswer  Kind = 61
	KindTaskAdd         Kind = 62
	KindTaskState       Kind = 63
	KindDecisionPropose Kind = 64
	KindDecisionObject  Kind = 65
	KindDecisionClose   Kind = 66
	KindHypothesisAdd   Kind = 67
	KindHypothesisState Kind = 68
	KindFollowUpAdd     Kind = 69
	KindFollowUpState   Kind = 70

	KindUpdateWaive Kind = 71

	KindPageSend  Kind = 56
	KindPageState Kind = 57
	KindPageLease Kind = 58
)

// MembershipKinds is where the kinds begin that are for later acts of membership: few
// numbers below 16 are left.
const MembershipKinds Kind = 0xf000

// Log is the kind of log in which events of this kind stand.
func (k Kind) Log() LogKind {
	if k < KindPersonAdd || k >= MembershipKinds {
		return MembershipLog
	}
	return ContentLog
}

// Body is the signed content of an event. A kind's own fields begin at key 16.
type Body interface {
	Kind() Kind
	common() *Common
}

// Common holds the fields that a body of any kind may have, under keys 0 to 15.
// Keys 9 to 15 are reserved.
type Common struct {
	// Actor is who acted; zero for the device itself.
	Actor PersonID `cbor:"0,keyasint,omitzero"`
	// Via is the door the act came through.
	Via Door `cbor:"1,keyasint,omitzero"`
	// Pred is what this write replaces.
	Pred []Ref `cbor:"2,keyasint,omitempty"`
	// Obs are the heads the author had seen since its last event.
	Obs []Ref `cbor:"3,keyasint,omitempty"`
	// Happened is when it happened, in ms since 1970, if that is not when it
	// was recorded.
	Happened int64 `cbor:"4,keyasint,omitzero"`
	// Said is how exactly, and in which zone, a person gave Happened.
	Said Said `cbor:"5,keyasint,omitzero"`
	// TextHash is SHA-256(salt ‖ text) of the text beside the body.
	TextHash Hash `cbor:"6,keyasint,omitzero"`
	// TextLen is the length of that text in bytes.
	TextLen uint32 `cbor:"7,keyasint,omitzero"`
	// PrevInScope is this log's previous event in the same scope, so that one
	// incident can be proved without the envelopes of the others.
	PrevInScope Ref `cbor:"8,keyasint,omitzero"`

	// Undoes and Redoes say that this act is the opposite of that one. They
	// stand among a kind's own fields, the same in every kind.
	Undoes Ref `cbor:"254,keyasint,omitzero"`
	Redoes Ref `cbor:"255,keyasint,omitzero"`
}

func (c *Common) common() *Common { return c }

// Said is how a person gave a time: to which precision, and in which zone.
type Said struct {
	_         struct{} `cbor:",toarray"`
	Precision Precision
	// Offset is the zone's distance from UTC in minutes, east positive.
	Offset int16
	// Zone is the zone's name as it was typed or configured.
	Zone string
}

// Precision is how exactly a time was given.
type Precision uint8

// The precisions.
const (
	ToSecond Precision = iota
	ToMinute
)

// LogKind says what a log holds.
type LogKind uint8

// The kinds of log. Membership is synced before content.
const (
	ContentLog LogKind = iota + 1
	MembershipLog
)

// OpenReason says why a log was begun.
type OpenReason uint8

// The reasons.
const (
	ReasonNew OpenReason = iota + 1
	ReasonRestored
	ReasonCopied
	ReasonForked
	ReasonRotated
)

// The bodies. Field numbers are for ever.
type (
	// LogOpen is the first event of every log.
	LogOpen struct {
		Common
		Device    DeviceKey   `cbor:"16,keyasint"`
		Workspace WorkspaceID `cbor:"17,keyasint"`
		Log       LogKind     `cbor:"18,keyasint"`
		Nonce     Nonce       `cbor:"19,keyasint"`
		Reason    OpenReason  `cbor:"20,keyasint"`
		Continues []Ref       `cbor:"21,keyasint,omitempty"`
	}

	// Genesis founds a workspace; it is event 2 of the founder's membership
	// log. Its text is the founder's name.
	Genesis struct {
		Common
		Founder DeviceKey `cbor:"16,keyasint"`
		Nonce   Nonce     `cbor:"17,keyasint"`
		Person  PersonID  `cbor:"18,keyasint"`
	}

	// PersonAdd makes somebody known by name, member or not. Its text is the name.
	PersonAdd struct {
		Common
		Person PersonID `cbor:"16,keyasint"`
		Nonce  Nonce    `cbor:"17,keyasint"`
	}

	// PersonName gives a person another display name, in its text.
	PersonName struct {
		Common
		Person PersonID `cbor:"16,keyasint"`
	}

	// IncidentOpen begins an incident. Its text is the title.
	IncidentOpen struct {
		Common
		Nonce  Nonce        `cbor:"16,keyasint"`
		Type   IncidentKind `cbor:"17,keyasint"`
		Source Source       `cbor:"18,keyasint"`
	}

	// TitleSet gives the incident another title, in its text.
	TitleSet struct{ Common }

	// SeveritySet applies a severity; 0 takes it away again. Its text is the reason.
	SeveritySet struct {
		Common
		Level Level `cbor:"16,keyasint"`
	}

	// StatusSet moves the incident to a status. Its text is the reason.
	StatusSet struct {
		Common
		Status Status `cbor:"16,keyasint"`
	}

	// AnswerSet answers a question of the checklist. A text answer is in the
	// event's text.
	AnswerSet struct {
		Common
		Question Question `cbor:"16,keyasint"`
		Answer   Answer   `cbor:"17,keyasint"`
	}

	// RoleAssign gives a role to a person. One says, of a workspace's own role, that
	// one person holds it.
	RoleAssign struct {
		Common
		Role   Role     `cbor:"16,keyasint"`
		Person PersonID `cbor:"17,keyasint"`
		One    bool     `cbor:"18,keyasint,omitzero"`
	}

	// RoleRelease takes away the assignments that Pred names.
	RoleRelease struct {
		Common
		Role   Role     `cbor:"16,keyasint"`
		Person PersonID `cbor:"17,keyasint"`
	}

	// EntryAdd writes in the log. Its text is what was written, or a command
	// line and, after the first line break, its output.
	EntryAdd struct {
		Common
		Form EntryForm   `cbor:"16,keyasint,omitzero"`
		Run  *CommandRun `cbor:"17,keyasint,omitempty"`
	}

	// EntryAmend gives an entry another text, in its own text, and may correct
	// when it happened.
	EntryAmend struct {
		Common
		Target Ref `cbor:"16,keyasint"`
	}

	// EntryStrike strikes an entry, or takes the stroke back. Its text is the reason.
	EntryStrike struct {
		Common
		Target Ref  `cbor:"16,keyasint"`
		Struck bool `cbor:"17,keyasint"`
	}

	// EntryStar marks an entry for the postmortem's timeline, or unmarks it.
	EntryStar struct {
		Common
		Target Ref  `cbor:"16,keyasint"`
		Star   bool `cbor:"17,keyasint"`
	}

	// TextRemove says that the target's text and salt were removed for good. Its
	// own text is the reason; it stays as the proof that something was removed,
	// by whom and why.
	TextRemove struct {
		Common
		Target Ref `cbor:"16,keyasint"`
	}

	// LinkAdd puts a link on the incident. Its text is the address and, after a
	// line break, its label.
	LinkAdd struct {
		Common
		Link LinkKind `cbor:"16,keyasint"`
	}

	// LinkRemove takes off the links that Pred names.
	LinkRemove struct {
		Common
	}

	// TopicPin pins its text as the topic line, or unpins.
	TopicPin struct {
		Common
		Pinned bool `cbor:"16,keyasint"`
	}

	// MomentSet corrects when a moment was, or takes the correction back. The
	// time is At; its text is the reason.
	MomentSet struct {
		Common
		Moment Moment `cbor:"16,keyasint"`
		At     int64  `cbor:"17,keyasint,omitzero"`
		Clear  bool   `cbor:"18,keyasint,omitzero"`
	}

	// AlertState is what a monitoring system said of one alert. Its text is a
	// JSON object with the labels and annotations as they came.
	AlertState struct {
		Common
		Group       Hash       `cbor:"16,keyasint"`
		Fingerprint string     `cbor:"17,keyasint"`
		State       AlertPhase `cbor:"18,keyasint"`
		Starts      int64      `cbor:"19,keyasint,omitzero"` // ns since 1970
		Ends        int64      `cbor:"20,keyasint,omitzero"` // ns since 1970; 0 while it lasts
		Suggested   Level      `cbor:"21,keyasint,omitzero"`
	}

	// IncidentRelate says how this incident stands to another, or takes that back.
	IncidentRelate struct {
		Common
		Other    Scope    `cbor:"16,keyasint"`
		Relation Relation `cbor:"17,keyasint"`
		Off      bool     `cbor:"18,keyasint,omitzero"`
	}

	// UpdatePost records an update that was given to an audience, in its text.
	UpdatePost struct {
		Common
		Audience Audience    `cbor:"16,keyasint"`
		State    UpdateState `cbor:"17,keyasint"`
		// Draft is the draft whose text it is, Corrects the earlier update that it
		// corrects, How how it went out; all may be left out.
		Draft    Ref     `cbor:"18,keyasint,omitzero"`
		Corrects Ref     `cbor:"19,keyasint,omitzero"`
		How      Handing `cbor:"20,keyasint,omitzero"`
	}

	// PhaseMark ticks a phase of the rail by hand, or unticks it.
	PhaseMark struct {
		Common
		Phase PhaseID `cbor:"16,keyasint"`
		Done  bool    `cbor:"17,keyasint"`
	}

	// Unknown is an event of a kind that a newer warroom wrote.
	Unknown struct {
		Common
		kind Kind
	}
)

func (*LogOpen) Kind() Kind        { return KindLogOpen }
func (*Genesis) Kind() Kind        { return KindGenesis }
func (*PersonAdd) Kind() Kind      { return KindPersonAdd }
func (*PersonName) Kind() Kind     { return KindPersonName }
func (*IncidentOpen) Kind() Kind   { return KindIncidentOpen }
func (*TitleSet) Kind() Kind       { return KindTitleSet }
func (*SeveritySet) Kind() Kind    { return KindSeveritySet }
func (*StatusSet) Kind() Kind      { return KindStatusSet }
func (*AnswerSet) Kind() Kind      { return KindAnswerSet }
func (*RoleAssign) Kind() Kind     { return KindRoleAssign }
func (*RoleRelease) Kind() Kind    { return KindRoleRelease }
func (*EntryAdd) Kind() Kind       { return KindEntryAdd }
func (*EntryAmend) Kind() Kind     { return KindEntryAmend }
func (*EntryStrike) Kind() Kind    { return KindEntryStrike }
func (*EntryStar) Kind() Kind      { return KindEntryStar }
func (*TextRemove) Kind() Kind     { return KindTextRemove }
func (*LinkAdd) Kind() Kind        { return KindLinkAdd }
func (*LinkRemove) Kind() Kind     { return KindLinkRemove }
func (*TopicPin) Kind() Kind       { return KindTopicPin }
func (*MomentSet) Kind() Kind      { return KindMomentSet }
func (*AlertState) Kind() Kind     { return KindAlertState }
func (*IncidentRelate) Kind() Kind { return KindIncidentRelate }
func (*UpdatePost) Kind() Kind     { return KindUpdatePost }
func (*PhaseMark) Kind() Kind      { return KindPhaseMark }
func (u *Unknown) Kind() Kind      { return u.kind }

func newBody(k Kind) Body {
	switch k {
	case KindLogOpen:
		return &LogOpen{}
	case KindGenesis:
		return &Genesis{}
	case KindMemberAdmit:
		return &MemberAdmit{}
	case KindMemberAccess:
		return &MemberAccess{}
	case KindMemberDevice:
		return &MemberDevice{}
	case KindMemberRevoke:
		return &MemberRevoke{}
	case KindMemberInvite:
		return &MemberInvite{}
	case KindDeviceMute:
		return &DeviceMute{}
	case KindRecoveryKey:
		return &RecoveryKey{}
	case KindDeviceRevoke:
		return &DeviceRevoke{}
	case KindMemberWay:
		return &MemberWay{}
	case KindMemberWayDrop:
		return &MemberWayDrop{}
	case KindPersonAdd:
		return &PersonAdd{}
	case KindPersonName:
		return &PersonName{}
	case KindIncidentOpen:
		return &IncidentOpen{}
	case KindTitleSet:
		return &TitleSet{}
	case KindSeveritySet:
		return &SeveritySet{}
	case KindStatusSet:
		return &StatusSet{}
	case KindAnswerSet:
		return &AnswerSet{}
	case KindRoleAssign:
		return &RoleAssign{}
	case KindRoleRelease:
		return &RoleRelease{}
	case KindEntryAdd:
		return &EntryAdd{}
	case KindEntryAmend:
		return &EntryAmend{}
	case KindEntryStrike:
		return &EntryStrike{}
	case KindEntryStar:
		return &EntryStar{}
	case KindTextRemove:
		return &TextRemove{}
	case KindLinkAdd:
		return &LinkAdd{}
	case KindLinkRemove:
		return &LinkRemove{}
	case KindTopicPin:
		return &TopicPin{}
	case KindMomentSet:
		return &MomentSet{}
	case KindAlertState:
		return &AlertState{}
	case KindIncidentRelate:
		return &IncidentRelate{}
	case KindUpdatePost:
		return &UpdatePost{}
	case KindPhaseMark:
		return &PhaseMark{}
	case KindIncidentRestrict:
		return &IncidentRestrict{}
	case KindLinkTemplate:
		return &LinkTemplate{}
	case KindUpdateTemplate:
		return &UpdateTemplate{}
	case KindRoleSet:
		return &RoleSet{}
	case KindUpdateDraft:
		return &UpdateDraft{}
	case KindUpdateApprove:
		return &UpdateApprove{}
	case KindUpdateWaive:
		return &UpdateWaive{}
	}
	if b := newWorkBody(k); b != nil {
		return b
	}
	if b := newPageBody(k); b != nil {
		return b
	}
	return &Unknown{kind: k}
}
