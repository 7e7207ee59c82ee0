package model

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Code names a refusal. The catalogue holds its sentence under "error.<code>".
type Code string

// The refusals of this package. Each sentence says what is wrong, what was kept
// and what to do.
const (
	CodeKeyMalformed     Code = "key.malformed"
	CodeKeyAmbiguous     Code = "key.ambiguous"
	CodeRoomWaits        Code = "room.waits"
	CodeIncidentUnknown  Code = "incident.unknown"
	CodeIncidentChoose   Code = "incident.choose"
	CodeIncidentNone     Code = "incident.none"
	CodeIncidentUnopened Code = "incident.unopened"
	CodeTitleEmpty       Code = "title.empty"
	CodeTitleLong        Code = "title.long"
	CodeTextEmpty        Code = "text.empty"
	CodeTextLong         Code = "text.long"
	CodeTextNotUTF8      Code = "text.utf8"
	CodeKindUnknown      Code = "kind.unknown"
	CodeSourceUnknown    Code = "source.unknown"
	CodeSeverityUnknown  Code = "severity.unknown"
	CodeSeveritySame     Code = "severity.same"
	CodeSuggestionNone   Code = "suggestion.none"
	CodeStatusUnknown    Code = "status.unknown"
	CodeStatusSame       Code = "status.same"
	CodeStatusStep       Code = "status.step"
	CodeReasonNeeded     Code = "reason.needed"
	CodeRoleUnknown      Code = "role.unknown"
	CodeRoleName         Code = "role.name"
	CodeRoleDuty         Code = "role.duty"
	CodeRoleID           Code = "role.id"
	CodeRoleKept         Code = "role.kept"
	CodeRoleTaken        Code = "role.taken"
	CodeRoleLetter       Code = "role.letter"
	CodeRoleLetterTaken  Code = "role.letter.taken"
	CodeRoleWords        Code = "role.words"
	CodeRoleLimit        Code = "role.limit"
	CodeRoleBuiltIn      Code = "role.builtin"
	CodeRoleRetired      Code = "role.retired"
	CodeRoleHeld         Code = "role.held"
	CodeRoleNotHeld      Code = "role.notheld"
	CodePersonUnknown    Code = "person.unknown"
	CodePersonAmbiguous  Code = "person.ambiguous"
	CodePersonEmpty      Code = "person.empty"
	CodePersonLong       Code = "person.long"
	// CodeWaitingNone is a device that does not wait at the door.
	CodeWaitingNone    Code = "waiting.none"
	CodePersonTaken    Code = "person.taken"
	CodeAccessUnknown  Code = "access.unknown"
	CodeAccessNone     Code = "access.none"
	CodeAccessObserver Code = "access.observer"
	CodeAccessOwner    Code = "access.owner"
	CodeAccessClaimed  Code = "access.claimed"
	CodeAccessSame     Code = "access.same"
	CodeOwnerLast      Code = "owner.last"
	CodeMemberAlready  Code = "member.already"
	CodeMemberNot      Code = "member.not"
	CodeMemberRevoked  Code = "member.revoked"
	CodeDeviceNone     Code = "device.none"
	CodeDeviceSame     Code = "device.same"
	CodeDeviceTaken    Code = "device.taken"
	// The device that would sign: nobody's, taken out, an observer's, of somebody who
	// may less than who acts.
	CodeDeviceStrange Code = "device.strange"
	CodeDeviceEnded   Code = "device.ended"
	CodeDeviceReads   Code = "device.reads"
	CodeDeviceLess    Code = "device.less"
	// A device that a command is about, and how devices come in.
	CodeDeviceUnknown  Code = "device.unknown"
	CodeDeviceOut      Code = "device.out"
	CodeDeviceLast     Code = "device.last"
	CodeDeviceRecovers Code = "device.recovers"
	CodeMuteSame       Code = "device.mute.same"
	CodeRecoverySame   Code = "recovery.same"
	CodeInviteNone     Code = "invite.none"
	CodeInviteOver     Code = "invite.over"
	CodeInviteSame     Code = "invite.same"
	CodeInviteUsed     Code = "invite.used"
	CodeConsentBad     Code = "join.consent"
	CodeJoinMember     Code = "join.member"

	CodeWayNone          Code = "way.none"
	CodeWayKey           Code = "way.key"
	CodeWayLong          Code = "way.long"
	CodeWaySame          Code = "way.same"
	CodeWayTaken         Code = "way.taken"
	CodeWayUnknown       Code = "way.unknown"
	CodeRestrictPeers    Code = "restrict.peers"
	CodeRestrictSame     Code = "restrict.same"
	CodeRestrictNot      Code = "restrict.not"
	CodeRestrictMany     Code = "restrict.many"
	CodeQuestionUnknown  Code = "question.unknown"
	CodeAnswerChoice     Code = "answer.choice"
	CodeAnswerCount      Code = "answer.count"
	CodeAnswerSame       Code = "answer.same"
	CodeTimeUnreadable   Code = "time.unreadable"
	CodeTimeFuture       Code = "time.future"
	CodeTimeZone         Code = "time.zone"
	CodeEntryUnknown     Code = "entry.unknown"
	CodeEntryAmbiguous   Code = "entry.ambiguous"
	CodeEntryNotText     Code = "entry.nottext"
	CodeEntryStruck      Code = "entry.struck"
	CodeEntryNotStruck   Code = "entry.notstruck"
	CodeEntrySame        Code = "entry.same"
	CodeTextGone         Code = "text.gone"
	CodeTextNone         Code = "text.none"
	CodeTextNotYours     Code = "text.notyours"
	CodeLinkURL          Code = "link.url"
	CodeLinkKind         Code = "link.kind"
	CodeLinkUnknown      Code = "link.unknown"
	CodeLinkSame         Code = "link.same"
	CodeMomentUnknown    Code = "moment.unknown"
	CodeMomentSame       Code = "moment.same"
	CodePhaseUnknown     Code = "phase.unknown"
	CodePhaseSame        Code = "phase.same"
	CodeAudienceUnknown  Code = "audience.unknown"
	CodeUpdateState      Code = "update.state"
	CodeTemplateField    Code = "template.field"
	CodeTemplateNone     Code = "template.none"
	CodeDraftOld         Code = "draft.old"
	CodeDraftNone        Code = "draft.none"
	CodeDraftSame        Code = "draft.same"
	CodeDraftConflict    Code = "draft.conflict"
	CodeDraftOther       Code = "draft.other"
	CodeDraftUnapproved  Code = "draft.unapproved"
	CodeDraftChanged     Code = "draft.changed"
	CodeApproveManager   Code = "approve.manager"
	CodeApproveNobody    Code = "approve.nobody"
	CodeApproveSame      Code = "approve.same"
	CodeCorrectNone      Code = "correct.none"
	CodeLastNone         Code = "last.none"
	CodeNothingToUndo    Code = "undo.nothing"
	CodeNothingToRedo    Code = "redo.nothing"
	CodeUndoOvertaken    Code = "undo.overtaken"
	CodeUndoImpossible   Code = "undo.impossible"
	CodeAlertMalformed   Code = "alert.malformed"
	CodeAlertLarge       Code = "alert.large"
	CodeAlertVersion     Code = "alert.version"
	CodeAlertEmpty       Code = "alert.empty"
	CodeSettled          Code = "conflict.settled"
	CodeEventMalformed   Code = "event.malformed"
	CodeEventTooLarge    Code = "event.large"
	CodeEventVersion     Code = "event.version"
	CodeEventBodyHash    Code = "event.bodyhash"
	CodeEventTextHash    Code = "event.texthash"
	CodeEventSignature   Code = "event.signature"
	CodeEventChain       Code = "event.chain"
	CodeEventClock       Code = "event.clock"
	CodeEventLog         Code = "event.log"
	CodeEventOpen        Code = "event.open"
	CodeEventGap         Code = "event.gap"
	CodeHandoverNotHeld  Code = "handover.notheld"
	CodeHandoverSelf     Code = "handover.self"
	CodeHandoverCannot   Code = "handover.cannot"
	CodeHandoverSame     Code = "handover.same"
	CodeHandoverOver     Code = "handover.over"
	CodeHandoverNotYours Code = "handover.notyours"
	CodeHandoverNone     Code = "handover.none"
	CodeItemUnknown      Code = "item.unknown"
	CodeItemAmbiguous    Code = "item.ambiguous"
	CodeTaskMinutes      Code = "task.minutes"
	CodeDayUnreadable    Code = "day.unreadable"
	CodeTaskState        Code = "task.state"
	CodeTaskSame         Code = "task.same"
	CodeDecisionOver     Code = "decision.over"
	CodeOutcomeUnknown   Code = "outcome.unknown"
	CodeFindingUnknown   Code = "finding.unknown"
	CodeFindingWhy       Code = "finding.why"
	CodeFindingSame      Code = "finding.same"
	CodeRelationUnknown  Code = "relation.unknown"
	CodeRelationSelf     Code = "relation.self"
	CodeRelationSame     Code = "relation.same"
	CodeRelationMerged   Code = "relation.merged"
	CodePageResult       Code = "page.result"
	CodePageTarget       Code = "page.target"
	CodePageWait         Code = "page.wait"
	CodePageNobody       Code = "page.nobody"
	CodePageUnknown      Code = "page.unknown"
	CodePageNone         Code = "page.none"
	CodePageOver         Code = "page.over"
	CodeContactEmpty     Code = "contact.empty"
)

// Error is a refusal with its code and the facts its sentence needs.
type Error struct {
	Code Code
	Args map[string]any
	// Cause is the error below, if one caused the refusal.
	Cause error
}

// Refuse builds a refusal; pairs are argument names and values.
func Refuse(code Code, pairs ...any) *Error {
	e := &Error{Code: code}
	if len(pairs) > 0 {
		e.Args = args(pairs...)
	}
	return e
}

// Because gives the refusal the error that caused it.
func (e *Error) Because(cause error) *Error {
	e.Cause = cause
	return e
}

// Error is the form for logs and tests; people see the catalogue's sentence.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	names := make([]string, 0, len(e.Args))
	for n := range e.Args {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		fmt.Fprintf(&b, " %s=%v", n, e.Args[n])
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Phrase is the sentence that people see.
func (e *Error) Phrase() Phrase { return Phrase{Key: "error." + string(e.Code), Args: e.Args} }

// CodeOf is the code of a refusal anywhere in err's chain, or "" for an error
// that is none.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
