module warroom

go 1.26.0

require (
	charm.land/bubbles/v2 v2.1.1 // key bindings of the action table; ADR 0002
	charm.land/bubbletea/v2 v2.0.10 // the console; ADR 0002
	charm.land/lipgloss/v2 v2.0.5 // styles, nothing else of it; ADR 0002
	charm.land/ssh v0.4.2 // accepts connections at the doors; ADR 0011
	charm.land/wish/v2 v2.0.3 // sets the doors' server up; ADR 0011
	filippo.io/age v1.3.1 // a recovery key under a passphrase; 1.3.2 would move x/crypto
	github.com/BurntSushi/toml v1.6.0 // config and themes, with the line of an error
	github.com/adrg/xdg v0.5.3 // where a user's things are on each system
	github.com/charmbracelet/colorprofile v0.4.3 // how many colours a session has: of its terminal, not of the room's
	github.com/charmbracelet/ultraviolet v0.0.0-20260703014108-f5a850f9c2b7 // reads the keys of a session; ADR 0010, pinned by 0002
	github.com/charmbracelet/x/ansi v0.11.7 // widths of cells, and the sequences that are not in Bubble Tea
	github.com/charmbracelet/x/term v0.2.2 // raw mode and size of a terminal
	github.com/charmbracelet/x/vt v0.0.0-20260924144451-d676b019604b // tests: the screen that they read
	github.com/coreos/go-systemd/v22 v22.6.0 // tells a service manager, and takes its socket; ADR 0012
	github.com/creack/pty v1.1.24 // tests: a terminal for the real program
	github.com/dgraph-io/badger/v4 v4.9.6 // the store; ADR 0003
	github.com/fxamacker/cbor/v2 v2.9.6 // bodies of events, in deterministic form; ADR 0004
	github.com/muesli/cancelreader v0.2.2 // a read of the terminal that an editor can end; ADR 0010
	github.com/nicksnyder/go-i18n/v2 v2.7.0 // the catalogue, with plurals; ADR 0006
	github.com/rogpeppe/go-internal v1.16.0 // tests: scripts over the verbs
	github.com/sahilm/fuzzy v0.1.3 // finds in the palette
	github.com/spf13/cobra v1.10.2 // the command tree
	github.com/spf13/pflag v1.0.9 // its flags
	github.com/stretchr/testify v1.12.1 // tests: require
	golang.org/x/crypto v0.54.0 // SSH, at both ends; ADR 0011
	golang.org/x/sys v0.48.0 // locks, file systems, and who is at a socket
	golang.org/x/text v0.43.0 // languages, and one form for a letter
	golang.org/x/time v0.16.0 // how often an address may knock; ADR 0011
	pgregory.net/rapid v1.3.0 // tests: properties of the fold
)

require (
	charm.land/log/v2 v2.0.0 // indirect
	filippo.io/hpke v0.4.0 // indirect
	github.com/anmitsu/go-shlex v0.0.0-20200514113438-38f4b401e2be // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/charmbracelet/keygen v0.5.4 // indirect
	github.com/charmbracelet/x/conpty v0.2.0 // indirect
	github.com/charmbracelet/x/exp/ordered v0.1.0 // indirect
	github.com/charmbracelet/x/termios v0.1.1 // indirect
	github.com/charmbracelet/x/windows v0.2.2 // indirect
	github.com/charmbracelet/x/xpty v0.1.4 // indirect
	github.com/clipperhouse/displaywidth v0.11.0 // indirect
	github.com/clipperhouse/uax29/v2 v2.7.0 // indirect
	github.com/dgraph-io/ristretto/v2 v2.2.0 // indirect
	github.com/dustin/go-humanize v1.0.1 // indirect
	github.com/go-logfmt/logfmt v0.6.1 // indirect
	github.com/go-logr/logr v1.4.3 // indirect
	github.com/go-logr/stdr v1.2.2 // indirect
	github.com/google/flatbuffers v25.2.10+incompatible // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/klauspost/compress v1.18.0 // indirect
	github.com/lucasb-eyer/go-colorful v1.4.0 // indirect
	github.com/mattn/go-runewidth v0.0.24 // indirect
	github.com/pires/go-proxyproto v0.12.0 // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	github.com/x448/float16 v0.8.4 // indirect
	github.com/xo/terminfo v0.0.0-20220910002029-abceb7e1c41e // indirect
	go.opentelemetry.io/auto/sdk v1.2.1 // indirect
	go.opentelemetry.io/otel v1.41.0 // indirect
	go.opentelemetry.io/otel/metric v1.41.0 // indirect
	go.opentelemetry.io/otel/trace v1.41.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/exp v0.0.0-20260410095643-746e56fc9e2f // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/tools v0.51.0 // indirect
	google.golang.org/protobuf v1.36.7 // indirect
)
