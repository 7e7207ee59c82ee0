package door

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// maxKeyFile bounds a file of keys: ten thousand of them fit.
const maxKeyFile = 4 << 20

// Options of a line that say who it is. Those of sshd that only forbid what a door
// never does are taken and change nothing.
const (
	optionName   = "warroom-name"
	optionAccess = "warroom-access"
)

var harmless = map[string]bool{
	"restrict": true, "no-pty": true, "no-port-forwarding": true, "no-agent-forwarding": true,
	"no-x11-forwarding": true, "no-user-rc": true, "pty": true,
}

// Problem is a line of a file of keys that is left out, and why: it must not let
// somebody in whom sshd would not let in by it.
type Problem struct {
	File string
	Line int
	Why  string
}

// String is the form for the log.
func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Why) }

// ReadKeys reads a file in authorized_keys format. The name of a key is that of
// its option warroom-name, else its comment up to an @. Lines that cannot be kept
// to are left out and reported.
func ReadKeys(file string) (map[string]Listed, []Problem, error) {
	raw, err := readLimited(file)
	if err != nil {
		return nil, nil, err
	}
	keys := map[string]Listed{}
	var problems []Problem
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, 64<<10)
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		leave := func(why string) { problems = append(problems, Problem{file, n, why}) }
		key, comment, options, _, err := gossh.ParseAuthorizedKey(line)
		if err != nil {
			leave("no key can be read")
			continue
		}
		if _, ok := key.(*gossh.Certificate); ok {
			leave("a certificate is no key; name its authority in the file of authorities")
			continue
		}
		who, why := listed(comment, options)
		if why != "" {
			leave(why)
			continue
		}
		keys[string(key.Marshal())] = who
	}
	if err := lines.Err(); err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", file, err)
	}
	return keys, problems, nil
}

// listed reads what a line says of its key, or why the line cannot be used.
func listed(comment string, options []string) (Listed, string) {
	who := Listed{Name: comment}
	if before, _, ok := strings.Cut(comment, "@"); ok {
		who.Name = before
	}
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		value = strings.Trim(value, `"`)
		switch name = strings.ToLower(name); {
		case name == optionName:
			who.Name = value
		case name == optionAccess:
			switch value {
			case "observer", "responder", "owner":
				who.Access = value
			default:
				return Listed{}, "there is no access " + value
			}
		case !harmless[name]:
			return Listed{}, "the option " + name + " cannot be kept to here"
		}
	}
	if who.Name = strings.TrimSpace(who.Name); who.Name == "" {
		return Listed{}, "it names nobody: give the key a comment or the option " + optionName
	}
	return who, ""
}

func readLimited(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > maxKeyFile {
		return nil, fmt.Errorf("read %s: over %d bytes", file, maxKeyFile)
	}
	return raw, nil
}

// KeyFile is a file of keys that is read again when it changes.
type KeyFile struct {
	File string
	// Report is told of lines that are left out, and of a file that cannot be read:
	// then nobody comes in by it. It may be nil.
	Report func(error, []Problem)

	mu   sync.Mutex
	seen time.Time
	size int64
	keys map[string]Listed
}

// Find gives what the file says of a key now.
func (f *KeyFile) Find(key []byte) (Listed, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	st, err := os.Stat(f.File)
	if err == nil && (f.keys == nil || !st.ModTime().Equal(f.seen) || st.Size() != f.size) {
		var problems []Problem
		f.keys, problems, err = ReadKeys(f.File)
		f.seen, f.size = st.ModTime(), st.Size()
		if f.Report != nil && len(problems) > 0 {
			f.Report(nil, problems)
		}
	}
	if err != nil {
		f.keys = nil
		if f.Report != nil {
			f.Report(err, nil)
		}
		return Listed{}, false
	}
	who, ok := f.keys[string(key)]
	return who, ok
}

// Keys says who may come in over SSH. Each part may be nil.
type Keys struct {
	// File is the file of keys.
	File *KeyFile
	// Member reports a key that a member of the workspace comes in by.
	Member func(key []byte) bool
	// Authorities is a file of keys whose certificates are trusted. Every
	// certificate must name its principals, and one of them must be the login that
	// is asked for.
	Authorities *KeyFile
}

// Refusals of an authentication. They are for the log; a stranger is told nothing.
var (
	errUnknownKey  = errors.New("nobody comes in by this key")
	errPrincipals  = errors.New("the certificate names no principal")
	errNotUserCert = errors.New("the certificate is not a user's")
)

// authenticate is the one handler of public keys: those of the file, those of
// members, and certificates. What it gives is the proof that the connection has if
// the client also signs with this very key.
func (k Keys) authenticate(meta gossh.ConnMetadata, key gossh.PublicKey, now func() time.Time) (*gossh.Permissions, error) {
	cert, ok := key.(*gossh.Certificate)
	if !ok {
		g := Guest{Key: key.Marshal()}
		if k.File != nil {
			if who, found := k.File.Find(g.Key); found {
				g.Listed = who
				return g.permissions(), nil
			}
		}
		if k.Member != nil && k.Member(g.Key) {
			return g.permissions(), nil
		}
		return nil, errUnknownKey
	}
	if cert.CertType != gossh.UserCert {
		return nil, errNotUserCert
	}
	if len(cert.ValidPrincipals) == 0 {
		return nil, errPrincipals // good for everybody, so good for nobody
	}
	checker := &gossh.CertChecker{
		Clock: now,
		IsUserAuthority: func(auth gossh.PublicKey) bool {
			if k.Authorities == nil {
				return false
			}
			_, trusted := k.Authorities.Find(auth.Marshal())
			return trusted
		},
	}
	granted, err := checker.Authenticate(meta, cert)
	if err != nil {
		return nil, err
	}
	perms := Guest{Key: cert.Key.Marshal(), Principal: meta.User()}.permissions()
	perms.CriticalOptions = granted.CriticalOptions // the address that it is good for
	return perms, nil
}
