package invite

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"warroom/model"
	"warroom/sync/wire"
)

// ErrDesk is a desk's text that no warroom wrote.
var ErrDesk = errors.New("the invites that were kept cannot be read")

// MaxDesk is the most bytes that a desk's text takes.
const MaxDesk = 1 << 20

// deskVersion is that of the text; a newer one is refused.
const deskVersion = 1

// The text of a desk is JSON: it has the secrets in it, which nothing else writes.
type (
	deskText struct {
		Version  int           `json:"version"`
		Device   string        `json:"device"`
		Offers   []offerText   `json:"invites,omitempty"`
		Requests []requestText `json:"requests,omitempty"`
	}
	offerText struct {
		Token   string       `json:"token"`
		Secret  string       `json:"secret"`
		Access  model.Access `json:"access"`
		Person  string       `json:"person"`
		By      string       `json:"by"`
		Service bool         `json:"service,omitempty"`
		Made    int64        `json:"made"`
		Expires int64        `json:"expires"`
		State   State        `json:"state"`
		Wrong   int          `json:"wrong,omitempty"`
		Over    int64        `json:"over,omitempty"`
	}
	requestText struct {
		Token   string    `json:"token"`
		Device  string    `json:"device"`
		Name    string    `json:"name"`
		Label   string    `json:"label"`
		Words   [4]string `json:"words"`
		From    string    `json:"from"`
		Consent string    `json:"consent"`
		Since   int64     `json:"since"`
		Seen    int64     `json:"seen"`
		State   State     `json:"state"`
		Twice   bool      `json:"twice,omitempty"`
	}
)

// Encode writes the desk, with its secrets: for a file that nobody else reads.
func (d *Desk) Encode() ([]byte, error) {
	t := deskText{Version: deskVersion, Device: hex.EncodeToString(d.device[:])}
	for _, o := range d.offers {
		t.Offers = append(t.Offers, offerText{
			Token: hex.EncodeToString(o.Token[:]), Secret: hex.EncodeToString(o.Secret.bytes()), Access: o.Access,
			Person: hex.EncodeToString(o.Person[:]), By: hex.EncodeToString(o.By[:]), Service: o.Service,
			Made: o.Made, Expires: o.Expires, State: o.state, Wrong: o.wrong, Over: o.over,
		})
	}
	for _, r := range d.requests {
		t.Requests = append(t.Requests, requestText{
			Token: hex.EncodeToString(r.Token[:]), Device: hex.EncodeToString(r.Device[:]), Name: r.Name, Label: r.Label, Words: r.Words,
			From: r.From, Consent: hex.EncodeToString(r.Consent), Since: r.Since, Seen: r.Seen, State: r.state, Twice: r.twice,
		})
	}
	return json.MarshalIndent(t, "", " ")
}

// DecodeDesk reads what Encode wrote. It fails with ErrDesk, which has nothing of the text in it;
// a desk of another device is none of this room's either.
func DecodeDesk(raw []byte, workspace model.Scope, device model.DeviceKey) (*Desk, error) {
	var t deskText
	if len(raw) > MaxDesk || json.Unmarshal(raw, &t) != nil || t.Version != deskVersion || t.Device != hex.EncodeToString(device[:]) ||
		len(t.Offers) > maxOffers || len(t.Requests) > MaxRequests {
		return nil, ErrDesk
	}
	d := NewDesk(workspace, device)
	bad := false
	// fixed reads so many bytes as the target has.
	fixed := func(into []byte, text string) {
		if n, err := hex.Decode(into, pad(text, 2*len(into))); err != nil || n != len(into) || len(text) != 2*len(into) {
			bad = true
		}
	}
	for _, o := range t.Offers {
		var secret [SecretSize]byte
		is := &Offer{Access: o.Access, Service: o.Service, Made: o.Made, Expires: o.Expires, state: o.State, wrong: o.Wrong, over: o.Over}
		fixed(is.Token[:], o.Token)
		fixed(secret[:], o.Secret)
		fixed(is.Person[:], o.Person)
		fixed(is.By[:], o.By)
		is.Secret = NewSecret(secret)
		if bad = bad || o.Access > model.Owner || o.State < Open || o.State > Withdrawn || o.Wrong < 0 || d.offer(is.Token) != nil; bad {
			return nil, ErrDesk
		}
		d.offers = append(d.offers, is)
	}
	for _, r := range t.Requests {
		is := &Request{
			Name: r.Name, Label: r.Label, Words: r.Words, From: r.From, Consent: make([]byte, wire.ConsentSize),
			Since: r.Since, Seen: r.Seen, state: r.State, twice: r.Twice,
		}
		fixed(is.Token[:], r.Token)
		fixed(is.Device[:], r.Device)
		fixed(is.Consent, r.Consent)
		state := r.State == Open || r.State == In || r.State == Refused
		if bad = bad || !state || !short(r.Name, wire.MaxName) || !short(r.Label, wire.MaxLabel) || !short(r.From, MaxAddress) ||
			d.offer(is.Token) == nil || d.request(is.Token, is.Device) != nil; bad {
			return nil, ErrDesk
		}
		d.requests = append(d.requests, is)
	}
	return d, nil
}

func short(text string, most int) bool { return len(text) <= most && utf8.ValidString(text) }

// pad gives a text that is hex.Decode's to read, whatever its length is.
func pad(text string, n int) []byte {
	if len(text) != n {
		return nil
	}
	return []byte(text)
}

// String says how much lies on the desk, and no secret.
func (d *Desk) String() string {
	return fmt.Sprintf("%d invites, %d requests", len(d.offers), len(d.requests))
}
