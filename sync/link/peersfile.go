package link

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"warroom/model"
	"warroom/sync/wire"
)

// PeersFile is the name of the file of peers in a store's folder.
const PeersFile = "peers.toml"

// The refusals of a file of peers.
const (
	// CodePeersFile is a line that cannot be read: File, Line, and Why as a phrase.
	CodePeersFile model.Code = "peers.file"
	// CodePeersOpen is a file that others may read or write: who links with whom, and where,
	// is nobody's business, and who could add a pin would be let in.
	CodePeersOpen model.Code = "peers.open"
	// CodePeersWrite is a file that cannot be written: File.
	CodePeersWrite model.Code = "peers.write"
)

// Peers is what the file says.
type Peers struct {
	// Listen are the addresses at which peers may come in; none by default.
	Listen []string
	All    []Peer
}

// Peer is a room that this one may be linked with.
type Peer struct {
	Name string
	Pin  model.Hash
	// Addresses are tried in turn, then SSH, which names a host as the ssh program
	// knows it. A peer with neither only comes in.
	Addresses []string
	SSH       string
}

// peersTable is the file.
type peersTable struct {
	Listen []string    `toml:"listen,omitempty"`
	Peer   []peerTable `toml:"peer,omitempty"`
}

type peerTable struct {
	Name      string   `toml:"name"`
	Pin       string   `toml:"pin"`
	Addresses []string `toml:"addresses,omitempty"`
	SSH       string   `toml:"ssh,omitempty"`
}

// maxPeersFile bounds what is read; a team has some dozens of peers.
const maxPeersFile = 1 << 20

// LoadPeers reads the file of peers. A file that is not there names none. It is refused whole
// with CodePeersFile, which names the line, or CodePeersOpen.
func LoadPeers(path string) (Peers, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Peers{}, nil
	}
	if err != nil {
		return Peers{}, fmt.Errorf("read the file of peers: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Peers{}, fmt.Errorf("read the file of peers: %w", err)
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return Peers{}, model.Refuse(CodePeersOpen, "File", path, "Mode", fmt.Sprintf("%04o", mode))
	}
	if info.Size() > maxPeersFile {
		return Peers{}, model.Refuse(CodePeersFile, "File", path, "Line", 1, "Why", model.Say("peers.why.long"))
	}
	raw := make([]byte, info.Size())
	n, err := f.ReadAt(raw, 0)
	if err != nil && n < len(raw) {
		return Peers{}, fmt.Errorf("read the file of peers: %w", err)
	}
	return parsePeers(path, raw)
}

func parsePeers(path string, raw []byte) (Peers, error) {
	refuse := func(line int, why model.Phrase) (Peers, error) {
		return Peers{}, model.Refuse(CodePeersFile, "File", path, "Line", max(1, line), "Why", why)
	}
	table, peer, key, err := readPeers(string(raw))
	if pe, ok := errors.AsType[toml.ParseError](err); ok && key == "" {
		return refuse(pe.Position.Line, model.Say("peers.why.toml", "Cause", pe.Message))
	}
	if errors.Is(err, errNoKey) {
		return refuse(lineOf(raw, peer, key), model.Say("peers.why.key", "Key", key))
	}
	if err != nil {
		return refuse(lineOf(raw, peer, key), model.Say("peers.why.type", "Key", key))
	}
	out := Peers{Listen: table.Listen}
	for i, address := range table.Listen {
		if !goodAddress(address, true) {
			return refuse(lineOf(raw, -1, strconv.Quote(table.Listen[i])), model.Say("peers.why.address", "Address", address))
		}
	}
	names, pins := map[string]bool{}, map[model.Hash]bool{}
	for i, t := range table.Peer {
		pin, err := ParsePin(t.Pin)
		switch {
		case !goodName(t.Name):
			return refuse(lineOf(raw, i, "name"), model.Say("peers.why.name", "Name", t.Name))
		case names[t.Name]:
			return refuse(lineOf(raw, i, "name"), model.Say("peers.why.twice", "Name", t.Name))
		case err != nil:
			return refuse(lineOf(raw, i, "pin"), model.Say("peers.why.pin", "Pin", t.Pin))
		case pins[pin]:
			return refuse(lineOf(raw, i, "pin"), model.Say("peers.why.pintwice", "Pin", t.Pin))
		case !goodHost(t.SSH):
			return refuse(lineOf(raw, i, "ssh"), model.Say("peers.why.ssh", "Host", t.SSH))
		}
		for _, address := range t.Addresses {
			if !goodAddress(address, false) {
				return refuse(lineOf(raw, i, strconv.Quote(address)), model.Say("peers.why.address", "Address", address))
			}
		}
		names[t.Name], pins[pin] = true, true
		out.All = append(out.All, Peer{Name: t.Name, Pin: pin, Addresses: t.Addresses, SSH: t.SSH})
	}
	return out, nil
}

var errNoKey = errors.New("no such key")

// readPeers reads the file key by key, and says at which key of which peer an error is, -1
// for one above them. The TOML library does not say it of a value of the wrong type.
func readPeers(raw string) (table peersTable, peer int, key string, err error) {
	var top map[string]toml.Primitive
	meta, err := toml.Decode(raw, &top)
	if err != nil {
		return table, -1, "", err
	}
	read := func(from map[string]toml.Primitive, into map[string]any) error {
		for _, key = range slices.Sorted(maps.Keys(from)) {
			target, ok := into[key]
			if !ok {
				return errNoKey
			}
			if err := meta.PrimitiveDecode(from[key], target); err != nil {
				return err
			}
		}
		return nil
	}
	var each []map[string]toml.Primitive
	if err := read(top, map[string]any{"listen": &table.Listen, "peer": &each}); err != nil {
		return table, -1, key, err
	}
	for i, fields := range each {
		var t peerTable
		if err := read(fields, map[string]any{"name": &t.Name, "pin": &t.Pin, "addresses": &t.Addresses, "ssh": &t.SSH}); err != nil {
			return table, i, key, err
		}
		table.Peer = append(table.Peer, t)
	}
	return table, -1, "", nil
}

// lineOf finds the first line that sets the key, or has the value in quotes, in the peer'th table or, with -1, anywhere:
// what the TOML library says of a table that repeats is always its last.
func lineOf(raw []byte, peer int, word string) int {
	at, begins := -1, 1
	for i, line := range strings.Split(string(raw), "\n") {
		code, _, _ := strings.Cut(line, "#")
		if head := strings.ReplaceAll(strings.TrimSpace(code), " ", ""); head == "[[peer]]" {
			if at == peer && peer >= 0 {
				break // the word is missing
			}
			if at++; at == peer {
				begins = i + 1
			}
		}
		set, _, _ := strings.Cut(code, "=")
		found := strings.TrimSpace(set) == word || strings.HasPrefix(word, `"`) && strings.Contains(line, word)
		if (peer < 0 || at == peer) && found {
			return i + 1
		}
	}
	return begins
}

func goodName(name string) bool {
	return name != "" && len(name) <= wire.MaxName && utf8.ValidString(name) &&
		!strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

// goodAddress reports host:port; the host may be missing where one listens.
func goodAddress(address string, listens bool) bool {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" && !listens || strings.ContainsFunc(host, unicode.IsSpace) {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && (n > 0 || listens) // 0 listens anywhere
}

// goodHost reports a name that ssh will not take for an option.
func goodHost(host string) bool {
	return !strings.HasPrefix(host, "-") && len(host) <= 255 &&
		!strings.ContainsFunc(host, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
}

const peersHead = `# The rooms that this one may be linked with. The file is read again when it changes.
# A pin is what "warroom peers" prints at the other side.

`

// SavePeers writes the file of peers anew, for its owner alone. The old one stands until the
// new one is whole on the disk. Comments that were in it are lost.
func SavePeers(path string, p Peers) (err error) {
	defer func() {
		if err != nil {
			err = model.Refuse(CodePeersWrite, "File", path).Because(err)
		}
	}()
	table := peersTable{Listen: p.Listen}
	for _, e := range p.All {
		table.Peer = append(table.Peer, peerTable{Name: e.Name, Pin: FormatPin(e.Pin), Addresses: e.Addresses, SSH: e.SSH})
	}
	var text bytes.Buffer
	text.WriteString(peersHead)
	enc := toml.NewEncoder(&text)
	enc.Indent = ""
	if err := enc.Encode(table); err != nil {
		return err
	}
	if _, err := parsePeers(path, text.Bytes()); err != nil {
		return err // nobody could read it again
	}
	return replaceFile(path, text.Bytes())
}

// changed reports that a file is not what it was; either is nil when there is none.
func changed(was, is fs.FileInfo) bool {
	if was == nil || is == nil {
		return was != is
	}
	// A new file of the same size, within one tick of the disk's clock, is another file.
	return was.Size() != is.Size() || !was.ModTime().Equal(is.ModTime()) || was.Mode() != is.Mode() || !os.SameFile(was, is)
}
