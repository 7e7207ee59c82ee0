package door

import gossh "golang.org/x/crypto/ssh"

// What the room asks of the client at the terminal, and what the client tells the
// room, are channel requests: SSH carries them beside the stream, so that nobody
// has to look for them in what is drawn.
const (
	// AskCopy puts a text on the clipboard. The payload is a Text.
	AskCopy = "copy@warroom"
	// AskNotify shows a notification. The payload is a Note.
	AskNotify = "notify@warroom"
	// AskEdit hands a text to the person's own editor. The payload is a Text; the
	// answer is TellEdited.
	AskEdit = "edit@warroom"
	// AskHand hands a text to a command of the client's config. The payload is a Hand;
	// the answer is TellHanded.
	AskHand = "hand@warroom"
	// AskSuspend gives the terminal back to the shell until the person returns. The
	// answer is TellResumed.
	AskSuspend = "suspend@warroom"
	// AskStatus says which incident the person manages now. The payload is a Text.
	AskStatus = "status@warroom"
	// AskFarewell is a line to print once the terminal is as it was. The payload is
	// a Text.
	AskFarewell = "farewell@warroom"
	// AskReturn tells the client that the room process ends and comes back: attach
	// again. It has no payload.
	AskReturn = "return@warroom"

	// TellEdited is what came of AskEdit. The payload is an Edited.
	TellEdited = "edited@warroom"
	// TellHanded is what came of AskHand. The payload is a Handed.
	TellHanded = "handed@warroom"
	// TellResumed says that the person is back: draw everything anew.
	TellResumed = "resumed@warroom"
)

// The payloads.
type (
	// Text is one text.
	Text struct{ Text string }
	// Note is a notification.
	Note struct{ Title, Body string }
	// Edited is a text that came back from an editor; Failed says why it did not.
	Edited struct{ Text, Failed string }
)

// What a client says about itself and its terminal, as environment variables of
// the session. The door takes these and the usual ones of a terminal, no others.
const (
	// EnvClient is set by the thin client, to its version of this protocol: the room
	// then asks it for what a bare terminal cannot do.
	EnvClient = "WARROOM_CLIENT"
	// EnvSeat is the client's token: the console goes on where that client left it.
	EnvSeat = "WARROOM_SEAT"
	// EnvAgain is set by a client that comes back after the room process ended.
	EnvAgain = "WARROOM_AGAIN"
	// EnvShow is how the person wants things shown, as JSON.
	EnvShow = "WARROOM_SHOW"
	// EnvIncident chooses the incident that a verb is about.
	EnvIncident = "WARROOM_INCIDENT"
	// EnvName is a name that somebody claims at a login that several share.
	EnvName = "WARROOM_NAME"
)

// ClientProtocol is the version of these requests.
const ClientProtocol = "1"

// Limits of what a client may say about itself.
const (
	maxEnv      = 64
	maxEnvValue = 24 << 10
	maxCommand  = 128 << 10
	maxTerm     = 64
)

// envNames are the variables that a door takes.
var envNames = map[string]bool{
	"LANG": true, "LC_ALL": true, "LC_CTYPE": true, "LC_MESSAGES": true, "TZ": true,
	"NO_COLOR": true, "COLORTERM": true, "TERM_PROGRAM": true,
	EnvClient: true, EnvSeat: true, EnvAgain: true, EnvShow: true, EnvIncident: true, EnvName: true,
}

// parse reads a payload; a malformed one is none.
func parse(payload []byte, to any) bool { return gossh.Unmarshal(payload, to) == nil }
