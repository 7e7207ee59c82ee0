package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
	gossh "golang.org/x/crypto/ssh"

	"warroom/sync/attach"
)

// doorVerb is a verb that may be done through a door.
type doorVerb struct {
	name string
	// args are some that it takes; ENTRY stands for a line of the log.
	args string
	// flags are its own that open no file, whatever they are given.
	flags string
	// closed are its own that would open one: they are refused.
	closed string
	// changes says that it changes the room with these arguments.
	changes bool
}

// doorVerbs are all of them. A verb that is not here is none of a door's: one that
// opens files, starts programs or is about a machine, which must stay closed.
var doorVerbs = []doorVerb{
	{"open", "Payments fail", "kind source severity detected restrict", "", true},
	{"list", "", "all", "", false},
	{"status", "", "lines", "", false},
	{"title", "Another title", "", "", true},
	{"sev", "1", "reason", "", true},
	{"set", "fixing", "at reason", "", true},
	{"resolve", "", "at reason", "", true},
	{"assess", "impact external", "apply", "", true},
	{"topic", "all hands on mail", "pin unpin", "", true},
	{"moment", "detected -15m", "reason clear", "", true},
	{"log", "rolled back", "at list", "", true},
	{"undo", "", "", "", true},
	{"redo", "", "", "", true},
	{"star", "ENTRY", "off", "", true},
	{"amend", "ENTRY another", "at", "", true},
	{"strike", "ENTRY", "reason back", "", true},
	{"redact", "ENTRY --yes", "reason yes", "", true},
	{"name", "another", "", "", true},
	{"role", "manager --me", "me release id name letter duty many word", "", true},
	{"restrict", "bob", "off", "", true},
	{"member", "add dora", "access user as role yes about", "key", true},
	{"device", "mute ana", "yes about", "", true},
	{"handover", "manager dora", "brief reason", "", true},
	{"task", "add dora 5 look", "reason", "", true},
	{"decide", "propose roll back", "", "", true},
	{"hypothesis", "add cold cache", "", "", true},
	{"followup", "add an alert", "owner due", "", true},
	{"relate", "caused 0000", "reason off", "", true},
	{"update", "customers investigating We look into it", "at force", "file", true},
	{"contact", "bob --phone 123", "phone mail chat zone hours", "", true},
	{"rota", "load -", "", "", true},
	{"page", "bob", "say wait record stop", "", true},
	{"ack", "", "", "", true},
	{"link", "https://wiki.example.org/mail", "kind remove", "", true},
	{"alert", "-", "", "", true},
	{"export", "", "format", "file force", false},
	{"verify", "", "", "file", false},
	{"peers", "", "ssh access state", "", false},
	{"invite", "", "role for mine service note minutes", "", true},
	{"sync", "", "stdio", "", true},
	{"help", "", "", "", false},
	{"version", "", "", "", false},
	{"summary", "", "", "", false},
	{"which", "", "", "", false},
	{"line", "ENTRY", "", "", false},
	{"ran", "", "", "", true},
	// Of the owner's own rights at the socket.
	{"shutdown", "", "again", "", true},
	{"checkup", "", "", "", false},
	{"peering", "", "", "", true},
	{"recovering", "", "", "", true},
	{"bundling", "", "", "", true},
	{"publishing", "customers file", "force", "", true},
	{"unbundling", "", "", "", true},
}

// Flags of every verb.
var (
	everywhere       = strings.Fields("incident output ascii help")
	everywhereClosed = strings.Fields("workspace socket solo")
)

// visitor is somebody at the door of a room in this process.
type visitor struct {
	t      *testing.T
	client *gossh.Client
	keys   string // the file of keys
	again  func() *gossh.Client
}

// does does a verb through the door, again when this test was too quick for the door.
func (v *visitor) does(args ...string) (code int, stdout, stderr string) {
	v.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		code, stdout, stderr = v.doesOnce(args...)
		if !strings.Contains(stderr, "more than fifty acts a second") || time.Now().After(deadline) {
			return code, stdout, stderr
		}
	}
}

func (v *visitor) doesOnce(args ...string) (code int, stdout, stderr string) {
	v.t.Helper()
	s, err := v.client.NewSession()
	require.NoError(v.t, err)
	defer s.Close()
	var out, said bytes.Buffer
	s.Stdin, s.Stdout, s.Stderr = strings.NewReader(""), &out, &said
	err = s.Run(attach.Quote(args))
	var exit *gossh.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitStatus()
	case err != nil:
		require.NoError(v.t, err, args)
	}
	return code, out.String(), said.String()
}

// servesHere runs the room of this world in this process until the test ends, and
// lets in one who has an access.
func (w *world) servesHere(access string) *visitor {
	t := w.t
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	signer, err := gossh.NewSignerFromKey(key)
	require.NoError(t, err)
	keys := filepath.Join(t.TempDir(), "keys")
	line := `warroom-access="` + access + `" ` + strings.TrimSpace(string(gossh.MarshalAuthorizedKey(signer.PublicKey()))) + " bob\n"
	require.NoError(t, os.WriteFile(keys, []byte(line), 0o600))
	ctx, cancel := context.WithCancel(context.Background())
	address := make(chan string, 1)
	ended := make(chan int, 1)
	go func() {
		m := Main{Now: func() time.Time { return time.Now().UTC() }, Umask: 0o022}
		ended <- m.Run(ctx, []string{"serve", "--ssh", "127.0.0.1:0", "--keys", keys}, strings.NewReader(""), &bytes.Buffer{}, findsAddress(address), w.env)
	}()
	t.Cleanup(func() {
		cancel()
		require.Zero(t, <-ended)
	})
	var at string
	select {
	case at = <-address:
	case code := <-ended:
		ended <- code
		t.Fatalf("the room process ended with %d", code)
	}
	dial := func() *gossh.Client {
		client, err := gossh.Dial("tcp", at, &gossh.ClientConfig{
			User: "bob", Auth: []gossh.AuthMethod{gossh.PublicKeys(signer)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
		})
		require.NoError(t, err)
		t.Cleanup(func() { client.Close() })
		return client
	}
	return &visitor{t, dial(), keys, dial}
}

func TestWhatTheFileSaysOfAKeyCountsEachTimeItComes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	bob := w.servesHere("responder")
	code, _, said := bob.does("log", "hello")
	require.Zero(t, code, said)
	line, err := os.ReadFile(bob.keys)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(bob.keys, bytes.Replace(line, []byte("responder"), []byte("observer"), 1), 0o600))
	bob.client = bob.again()
	code, _, said = bob.does("log", "hello again")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "observer")
	require.NoError(t, os.WriteFile(bob.keys, line, 0o600))
	bob.client = bob.again()
	code, _, said = bob.does("log", "hello again")
	require.Zero(t, code, said)
}

func TestSomebodyWhoDoesTooMuchIsSlowedDownAndNobodyElse(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	d := &doorman{app: &app{Main: Main{Now: func() time.Time { return now }}}}
	for range verbsBurst {
		require.True(t, d.allowed("ana"))
	}
	require.False(t, d.allowed("ana"))
	require.True(t, d.allowed("bob"))
	now = now.Add(time.Second)
	for range verbsPerSecond {
		require.True(t, d.allowed("ana"))
	}
	require.False(t, d.allowed("ana"))
	now = now.Add(time.Hour)
	for range verbsBurst {
		require.True(t, d.allowed("ana"))
	}
	require.False(t, d.allowed("ana"), "what was not used is not saved up without end")
}

// findsAddress is a log, of which the address is wanted.
type findsAddress chan<- string

var addressOf = regexp.MustCompile(`msg="ssh is open" address=(\S+)`)

// Write gets a line at a time.
func (f findsAddress) Write(p []byte) (int, error) {
	if m := addressOf.FindSubmatch(p); m != nil {
		f <- string(m[1])
	}
	return len(p), nil
}

// folder holds a file with a secret, and shows whether anything was read or made.
type folder struct{ dir, file string }

const folderSecret = "hunter2-5d0f"

func newFolder(t *testing.T) folder {
	dir := t.TempDir()
	f := folder{dir, filepath.Join(dir, "secret")}
	require.NoError(t, os.WriteFile(f.file, []byte(folderSecret+"\n"), 0o600))
	return f
}

// untouched checks that a verb did nothing here.
func (f folder) untouched(t *testing.T, said string, args []string) {
	t.Helper()
	require.NotContains(t, said, folderSecret, "%q", args)
	found, err := os.ReadDir(f.dir)
	require.NoError(t, err)
	require.Len(t, found, 1, "%q", args)
	raw, err := os.ReadFile(f.file)
	require.NoError(t, err)
	require.Equal(t, folderSecret+"\n", string(raw), "%q", args)
}

// given is a flag with the name of a file, where it takes one.
func given(f *pflag.Flag, file string) string {
	switch f.Value.Type() {
	case "bool":
		return "--" + f.Name + "=true"
	case "int":
		return "--" + f.Name + "=3"
	case "duration":
		return "--" + f.Name + "=3s"
	}
	return "--" + f.Name + "=" + file
}

// forEachVerb walks the whole tree: each verb with how many arguments it needs, and
// all its flags.
func forEachVerb(w *world, do func(name string, min int, flags []*pflag.Flag)) {
	a := newApp(Main{}, strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{}, w.env)
	min := map[string]int{}
	for _, g := range a.groups() {
		for _, v := range g.verbs {
			min[v.name] = v.min
		}
	}
	for _, c := range newRoot(a).Commands() {
		var flags []*pflag.Flag
		add := func(f *pflag.Flag) { flags = append(flags, f) }
		c.LocalFlags().VisitAll(add)
		c.InheritedFlags().VisitAll(add)
		do(c.Name(), min[c.Name()], flags)
	}
}

func atDoors(name string) (doorVerb, bool) {
	i := slices.IndexFunc(doorVerbs, func(v doorVerb) bool { return v.name == name })
	if i < 0 {
		return doorVerb{}, false
	}
	return doorVerbs[i], true
}

// everything is what a room has to tell of all of its incidents and people: also how
// many events there are.
func (w *world) everything() string {
	w.t.Helper()
	return w.must("list", "--all", "-o", "json") + w.must("member", "-o", "json") + w.must("verify")
}

// entry is the reference of a line that is in the log.
func (w *world) entry() string {
	w.t.Helper()
	return regexp.MustCompile(`\(([0-9a-f]{8})\)`).FindStringSubmatch(w.must("log", "a line to change"))[1]
}

func TestNoVerbThatIsNotForDoorsIsDoneThroughOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	bob := w.servesHere("owner")
	bob.does("list") // he is made known
	before := w.everything()
	f := newFolder(t)
	n := 0
	forEachVerb(w, func(name string, min int, flags []*pflag.Flag) {
		if _, ok := atDoors(name); ok {
			return
		}
		args := append([]string{name}, slices.Repeat([]string{f.file}, min)...)
		lines := [][]string{args}
		for _, fl := range flags {
			if fl.Name == "help" { // says what the verb does where it is done
				continue
			}
			if fl.Name == "output" {
				lines = append(lines, append(args, "--output=json"))
				continue
			}
			lines = append(lines, append(slices.Clone(args), given(fl, f.file)), append(slices.Clone(args), given(fl, filepath.Join(f.dir, "new"))))
		}
		for _, line := range lines {
			code, out, said := bob.does(line...)
			require.Equal(t, exitFailed, code, "%q: %s", line, said)
			require.Empty(t, out, "%q", line)
			require.Contains(t, said, "cannot be done through a door", "%q", line)
			f.untouched(t, said, line)
			n++
		}
	})
	require.Greater(t, n, 50)
	for _, args := range [][]string{{"__complete", "log"}, {"__completeNoDesc", "log"}, {"-o", "text", "__complete", "themes", ""}} {
		code, out, said := bob.does(args...)
		require.Equal(t, exitFailed, code, "%q", args)
		require.Empty(t, out, "%q", args)
		require.Contains(t, said, "cannot be done through a door", "%q", args)
	}
	require.Equal(t, before, w.everything())
}

// A flag that is new must be put into the table above: as one that is refused at
// doors, or one that opens no file.
func TestNoFlagOpensAFileThroughADoor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	bob := w.servesHere("owner")
	ref := w.entry()
	f := newFolder(t)
	forEachVerb(w, func(name string, _ int, flags []*pflag.Flag) {
		v, ok := atDoors(name)
		if !ok {
			return
		}
		args := append([]string{name}, strings.Fields(strings.ReplaceAll(v.args, "ENTRY", ref))...)
		for _, fl := range flags {
			closed := slices.Contains(everywhereClosed, fl.Name) || slices.Contains(strings.Fields(v.closed), fl.Name)
			open := slices.Contains(everywhere, fl.Name) || slices.Contains(strings.Fields(v.flags), fl.Name)
			require.True(t, closed != open, "%s --%s: does it open a file? See doorVerbs.", name, fl.Name)
			for _, file := range []string{f.file, filepath.Join(f.dir, "new")} {
				line := append(slices.Clone(args), given(fl, file))
				code, out, said := bob.does(line...)
				f.untouched(t, out+said, line)
				if closed && name != "help" {
					require.Equal(t, exitFailed, code, "%q: %s", line, said)
					require.Empty(t, out, "%q", line)
					require.Regexp(t, `^warroom: --`+fl.Name+` cannot be used through a door|no file is opened, so --`+fl.Name+` cannot be used`, said, "%q", line)
				}
			}
		}
	})
	for _, line := range [][]string{{"alert", f.file}, {"verify", f.file}, {"log", f.file}, {"export", f.file}, {"update", "customers", "investigating", f.file}} {
		_, out, said := bob.does(line...)
		f.untouched(t, out+said, line)
	}
}

func TestAnObserverAtADoorChangesNothingByAnyVerb(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	w.must("sev", "2")
	w.must("undo") // so that there is something to do again
	eve := w.servesHere("observer")
	eve.does("list") // she is made known
	ref := w.entry()
	before := w.everything()
	n := 0
	forEachVerb(w, func(name string, _ int, _ []*pflag.Flag) {
		v, ok := atDoors(name)
		if !ok {
			return
		}
		line := append([]string{name}, strings.Fields(strings.ReplaceAll(v.args, "ENTRY", ref))...)
		code, out, said := eve.does(line...)
		if !v.changes {
			if name != "checkup" {
				require.Zero(t, code, "%q: %s", line, said)
			}
			return
		}
		n++
		require.NotZero(t, code, "%q: %s", line, out)
		require.Empty(t, out, "%q", line)
		require.NotEmpty(t, said, "%q", line)
		require.Equal(t, before, w.everything(), "%q", line)
		if name == "alert" || name == "ran" || name == "sync" || name == "relate" { // they have nothing to say here
			return
		}
		require.Equal(t, exitFailed, code, "%q", line)
		require.Regexp(t, `^warroom: (You are an observer|Only an owner|Only whoever runs)`, said, "%q", line)
	})
	require.Greater(t, n, 15)
}

func TestAnExportIsVerifiedWhileARoomProcessRuns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	w.servesHere("observer")
	file := filepath.Join(t.TempDir(), "incident.json")
	w.must("export", "--format", "json", "--file", file)
	require.Contains(t, w.must("verify", "--file", file), "proved")
}

// Which rooms are let in is for whoever runs the process: not for an owner at a door.
func TestNobodyAtADoorChangesWhoIsLinked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	bob := w.servesHere("owner")
	code, card, said := bob.does("peers", "card")
	require.Zero(t, code, said)
	require.Regexp(t, `^wp1-[a-z2-7]{109}\n$`, card)
	for _, args := range [][]string{{"peers", "listen", ":7117"}, {"peers", "remove", "ana"}, {"peers", "add", "eve", strings.TrimSpace(card)}} {
		code, out, said := bob.does(args...)
		require.Equal(t, exitFailed, code, args)
		require.Empty(t, out)
		require.Contains(t, said, "cannot be done through a door", args)
	}
	code, _, said = bob.does("sync", "--stdio")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "This room has no peers")
	_, err := os.Lstat(filepath.Join(w.store(), "peers.toml"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.Equal(t, card, w.must("peers", "card"), "where the process runs, it answers")
	require.Contains(t, w.must("peers", "listen", "127.0.0.1:0"), "Peers come in at")
	require.Contains(t, w.must("bundle", "export", filepath.Join(t.TempDir(), "b")), "events of 2 logs are in")
}

func TestRolesOfATeamsOwnAreKeptThroughADoor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	eve := w.servesHere("responder")
	code, out, said := eve.does("role", "add", "Database lead", "--duty", "Keeps the data whole.", "--word", "dba")
	require.Zero(t, code, said)
	require.Contains(t, out, "database-lead")
	require.Contains(t, w.must("role", "list"), "Database lead")
	code, _, said = eve.does("role", "dba", "--me")
	require.Zero(t, code, said)
	require.Contains(t, w.must("role"), "Database lead")
	code, _, said = eve.does("role", "retire", "Database lead")
	require.Zero(t, code, said)
	require.Contains(t, w.must("role", "list"), "retired")
}

func TestAnObserverAtADoorChangesNoRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	w.must("role", "add", "Database lead", "--duty", "Keeps the data whole.")
	eve := w.servesHere("observer")
	eve.does("list") // she is made known
	before := w.everything()
	for _, line := range [][]string{
		{"role", "add", "Runner", "--duty", "x"}, {"role", "edit", "database-lead", "--duty", "x"}, {"role", "retire", "database-lead"}, {"role", "database-lead", "--me"},
	} {
		code, _, said := eve.does(line...)
		require.Equal(t, exitFailed, code, "%q", line)
		require.Contains(t, said, "You are an observer", "%q", line)
	}
	require.Equal(t, before, w.everything())
	code, out, said := eve.does("role", "list")
	require.Zero(t, code, said)
	require.Contains(t, out, "Keeps the data whole.")
}
