package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/cmd/internal/paper"
	"warroom/model"
	"warroom/sync/invite"
)

// secretWatch looks, while tests run, at what every user of a machine can see of its
// processes: their arguments, and for their own user the environment that they began
// with. No invite and no recovery key may stand there, but in the environment of the one
// process that it was given to.
type secretWatch struct {
	mu    sync.Mutex
	found map[string]bool
	looks int
	// skip are processes of a test that has a secret stand there.
	skip func(environ []byte) bool
	stop chan struct{}
	done chan struct{}
}

// planted marks a process in which a test has a secret stand.
const planted = "WARROOM_TEST_PLANTED=1"

func newSecretWatch(skip func([]byte) bool) *secretWatch {
	return &secretWatch{found: map[string]bool{}, skip: skip, stop: make(chan struct{}), done: make(chan struct{})}
}

// run looks again and again until end.
func (w *secretWatch) run() {
	defer close(w.done)
	every := time.NewTicker(50 * time.Millisecond)
	defer every.Stop()
	for {
		w.look()
		select {
		case <-w.stop:
			w.look()
			return
		case <-every.C:
		}
	}
}

// end ends it, and gives what was found.
func (w *secretWatch) end() (found []string) {
	close(w.stop)
	<-w.done
	for f := range w.found {
		found = append(found, f)
	}
	return found
}

// look looks at every process once.
func (w *secretWatch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks++
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range all {
		arguments, err := os.ReadFile(filepath.Join(dir, "cmdline"))
		if err != nil {
			continue // it ended
		}
		environ, _ := os.ReadFile(filepath.Join(dir, "environ")) // others' cannot be read
		if w.skip(environ) {
			continue
		}
		name := string(bytes.ReplaceAll(arguments, []byte{0}, []byte{' '}))
		if holdsSecret(arguments) {
			w.found["the arguments of "+secretsOut(name)] = true
		}
		for _, v := range bytes.Split(environ, []byte{0}) {
			given := bytes.HasPrefix(v, []byte(envInvite+"=")) && bytes.Contains(arguments, []byte("\x00join\x00"))
			if !given && holdsSecret(v) {
				variable, _, _ := strings.Cut(string(v), "=")
				w.found["the environment of "+secretsOut(name)+": "+variable] = true
			}
		}
	}
}

var (
	inviteTexts = regexp.MustCompile(`wr1-[a-z2-7]+`)
	onPapers    = regexp.MustCompile(`wrr1(-[a-z2-7]{1,4})+`)
)

// holdsSecret reports a whole invite or recovery key: one whose sum is right.
func holdsSecret(text []byte) bool {
	for _, m := range inviteTexts.FindAll(text, -1) {
		if _, err := invite.Parse(string(m)); err == nil {
			return true
		}
	}
	for _, m := range onPapers.FindAll(text, -1) {
		if _, err := paper.Parse(string(m)); err == nil {
			return true
		}
	}
	return false
}

func secretsOut(text string) string {
	return onPapers.ReplaceAllString(inviteTexts.ReplaceAllString(text, "(invite)"), "(recovery key)")
}

// secretlyWatched runs all tests of the package under a secretWatch.
type secretlyWatched struct{ *testing.M }

func (m secretlyWatched) Run() int {
	w := newSecretWatch(func(environ []byte) bool { return bytes.Contains(environ, []byte(planted)) })
	go w.run()
	code := m.M.Run()
	if found := w.end(); len(found) > 0 {
		fmt.Fprintln(os.Stderr, "FAIL: a secret stood where others can read it:\n"+strings.Join(found, "\n"))
		code = max(code, 1)
	}
	return code
}

// The watch over all tests finds a secret that stands there for a moment.
func TestASecretThatOthersCanReadIsFound(t *testing.T) {
	t.Parallel()
	key, err := paper.New(rand.Reader)
	require.NoError(t, err)
	text, err := invite.Invite{
		Workspace: model.WorkspaceID{1}, Pin: model.Hash{1}, Secret: invite.NewSecret([invite.SecretSize]byte{1}), Expires: time.Now(),
	}.Text()
	require.NoError(t, err)
	for what, c := range map[string]struct {
		args []string
		env  string
		want string
	}{
		"an invite as an argument":          {[]string{"x", "join", text}, "A=b", "the arguments of"},
		"a recovery key as an argument":     {[]string{"recovery", "use", key.Reveal()}, "A=b", "the arguments of"},
		"an invite that was passed on":      {[]string{"serve", "--background"}, envInvite + "=" + text, "the environment of"},
		"a recovery key in the environment": {[]string{"x", "join"}, "KEY=" + key.Reveal(), "the environment of"},
		"the one that it was given to":      {[]string{"x", "join", "--name", "bob"}, envInvite + "=" + text, ""},
		"what only looks like one":          {[]string{"join", "wr1-mfrggzdfmztwq2lk", "wrr1-abcd"}, "A=b", ""},
	} {
		cmd := exec.Command("sh", append([]string{"-c", "read line", "sh"}, c.args...)...)
		cmd.Env = []string{planted, c.env}
		in, err := cmd.StdinPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		w := newSecretWatch(func(environ []byte) bool { return !bytes.Contains(environ, []byte(planted)) })
		w.look()
		require.NoError(t, in.Close())
		_ = cmd.Wait() // its code says nothing
		if c.want == "" {
			require.Empty(t, w.found, what)
			continue
		}
		require.Len(t, w.found, 1, what)
		for f := range w.found {
			require.Contains(t, f, c.want, what)
			require.NotContains(t, f, text)
			require.NotContains(t, f, key.Reveal())
		}
	}
}
