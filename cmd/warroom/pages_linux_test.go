package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// Pages of two room processes that page by commands, while the links between them are
// cut and processes are killed.

// turns is a policy that goes from bob to cleo and back to bob.
const turns = `[policy.night]
repeat = 3
[[policy.night.step]]
who = ["person bob"]
wait = "30s"
[[policy.night.step]]
who = ["person cleo"]
wait = "30s"
`

// keeps is a script that keeps each page that it is given, in a file of its own.
const keeps = `{ printf '%s\n' "$1" "$2"; cat; } > $OUT/.$$; mv $OUT/.$$ "$OUT/page.$1.$$"; echo taken`

// holds keeps a page as well, and does not end before the test opens the gate.
const holds = `{ printf '%s\n' "$1" "$2"; cat; } > $OUT/.$$; echo $$ > $OUT/pid; mv $OUT/.$$ "$OUT/page.$1.$$"; read x < $OUT/gate; echo taken late`

// paging is two linked homes, each with a command that pages, and a policy.
type paging struct {
	*pair
	atAna, atBob string // where their commands leave what they got
}

func newPaging(t *testing.T, ana, bob string) *paging {
	t.Helper()
	p := &paging{pair: &pair{ana: loopback(t, "ana"), bob: loopback(t, "bob")}}
	p.atAna, p.atBob = p.ana.pagesBy(ana), p.bob.pagesBy(bob)
	require.NoError(t, syscall.Mkfifo(filepath.Join(p.atAna, "gate"), 0o600))
	p.incident = p.ana.founded()
	var anaAt, bobAt string
	p.toAna, anaAt = way(t, p.ana)
	p.toBob, bobAt = way(t, p.bob)
	linked(p.ana, p.bob, anaAt, bobAt)
	p.ana.start()
	p.bob.start()
	p.bob.knows(p.incident)
	p.ana.must("contact", "cleo", "--phone", "1")
	policy := filepath.Join(t.TempDir(), "policy.toml")
	writeFile(t, policy, turns, 0o600)
	p.ana.must("rota", "load", policy)
	p.converge(t)
	require.Contains(t, p.bob.must("rota", "show"), "[policy.night]", "both know the policy")
	return p
}

// cut ends the links, until heal.
func (p *paging) cut(t *testing.T) {
	t.Helper()
	p.weather(weather{shut: true})
	p.ana.dies("bob")
	p.bob.dies("ana")
}

func (p *paging) heal(t *testing.T) {
	t.Helper()
	p.weather(weather{})
	p.converge(t)
}

// open lets the page that is held go.
func (p *paging) open(t *testing.T) {
	t.Helper()
	gate, err := os.OpenFile(filepath.Join(p.atAna, "gate"), os.O_RDWR, 0)
	require.NoError(t, err)
	t.Cleanup(func() { gate.Close() })
	_, err = gate.WriteString("now\n")
	require.NoError(t, err)
}

// pageGot is a page as a command got it.
type pageGot struct{ person, key, text string }

// got is what the command that leaves its pages there got for somebody.
func got(t *testing.T, out, person string) (all []pageGot) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(out, "page."+person+".*"))
	require.NoError(t, err)
	for _, f := range files {
		raw, err := os.ReadFile(f)
		require.NoError(t, err)
		lines := strings.SplitN(string(raw), "\n", 3)
		require.Len(t, lines, 3)
		all = append(all, pageGot{lines[0], lines[1], strings.TrimSpace(lines[2])})
	}
	return all
}

// gets waits until the command got so many pages for somebody, and gives them.
func gets(t *testing.T, out, person string, n int) (all []pageGot) {
	t.Helper()
	comes(t, 2*patience, func() error {
		if all = got(t, out, person); len(all) < n {
			return fmt.Errorf("%d of %d pages to %s", len(all), n, person)
		}
		return nil
	})
	require.Len(t, all, n)
	return all
}

// pagesOf are the pages of an incident as a home tells them.
func (w *world) pagesOf(incident string) (all []pageTold) {
	w.t.Helper()
	var told struct{ Pages []pageTold }
	require.NoError(w.t, json.Unmarshal([]byte(w.must("page", "-i", incident, "-o", "json")), &told))
	return told.Pages
}

// pageTold is one page of them.
type pageTold struct {
	Key, State string
	Person     struct{ Name string }
	Duplicate  bool
}

// tells waits until a home tells a page to somebody as that.
func (s *site) tells(incident, person, state string) {
	s.t.Helper()
	comes(s.t, patience, func() error {
		for _, p := range s.pagesOf(incident) {
			if p.Person.Name == person && p.State == state {
				return nil
			}
		}
		return fmt.Errorf("%s tells %v", s.name, s.pagesOf(incident))
	})
}

// pages has ana page by the policy, and waits until her command has it.
func (p *paging) pages(t *testing.T) (key string) {
	t.Helper()
	p.ana.must("page", "policy", "night", "--say", "the pool is full", "-i", p.incident)
	first := gets(t, p.atAna, "bob", 1)[0]
	require.Equal(t, "the pool is full", first.text)
	require.Len(t, first.key, 32)
	return first.key
}

func TestAPageThatBeginsWhileTheLinkIsCutIsSentThereAndToldLater(t *testing.T) {
	t.Parallel()
	p := newPaging(t, keeps, keeps)
	p.cut(t)
	key := p.pages(t)
	p.ana.tells(p.incident, "bob", "sent")
	require.Empty(t, p.bob.pagesOf(p.incident), "nobody else can know of it")
	p.heal(t)
	p.bob.tells(p.incident, "bob", "sent")
	require.Equal(t, key, p.bob.pagesOf(p.incident)[0].Key)
	p.bob.must("ack")
	p.ana.tells(p.incident, "bob", "acknowledged")
	require.Empty(t, got(t, p.atBob, "bob"), "what was sent is not sent again")
	require.False(t, p.ana.pagesOf(p.incident)[0].Duplicate)
}

// waitsOut skips a test in which somebody has to be silent for half a minute.
func waitsOut(t *testing.T) {
	t.Helper()
	if os.Getenv("WARROOM_E2E") == "" {
		t.Skip("WARROOM_E2E is not set: a page is given up or taken over after half a minute")
	}
}

func TestAPageThatTwoHomesSendHasOneKeyAndIsShownAsADuplicateInBoth(t *testing.T) {
	t.Parallel()
	waitsOut(t)
	p := newPaging(t, holds, keeps)
	key := p.pages(t)
	p.bob.tells(p.incident, "bob", "")
	p.cut(t)
	p.ana.pageScript(p.ana.page, p.atAna, keeps) // for the next
	p.open(t)
	p.ana.tells(p.incident, "bob", "sent") // which bob's home cannot hear
	require.Equal(t, pageGot{"bob", key, "the pool is full"}, gets(t, p.atBob, "bob", 1)[0])
	p.bob.tells(p.incident, "bob", "sent")
	p.bob.must("ack") // which ana's home cannot hear
	p.bob.tells(p.incident, "bob", "acknowledged")
	gets(t, p.atAna, "cleo", 1)

	p.heal(t)
	for _, s := range []*site{p.ana, p.bob} {
		s.tells(p.incident, "bob", "acknowledged")
		told := s.pagesOf(p.incident)
		require.Len(t, told, 2, s.name)
		require.True(t, told[0].Duplicate, s.name)
		require.False(t, told[1].Duplicate, s.name)
		require.Contains(t, s.must("page", "-i", p.incident), "sent by two rooms, with one key")
		require.Contains(t, s.must("log", "--list", "-i", p.incident), "page to bob sent by another room too, with the same key")
	}
	// That somebody comes ends it at ana's home. By the time at which another escalation
	// that began now is at cleo, the first would be back at bob.
	p.ana.must("open", "Another")
	p.ana.must("page", "policy", "night", "-i", strings.Fields(p.ana.must("list"))[1])
	gets(t, p.atAna, "cleo", 2)
	gets(t, p.atAna, "bob", 2)
	require.Len(t, p.ana.pagesOf(p.incident), 2)
	gets(t, p.atBob, "bob", 1)
	require.Empty(t, got(t, p.atBob, "cleo"))
}

func TestAPageWhoseHomeIsKilledIsSentByAnotherUnderTheSameKey(t *testing.T) {
	t.Parallel()
	waitsOut(t)
	p := newPaging(t, holds, keeps)
	key := p.pages(t)
	pid, err := strconv.Atoi(strings.TrimSpace(eventually(t, filepath.Join(p.atAna, "pid"))))
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	p.bob.tells(p.incident, "bob", "")
	p.ana.stop(syscall.SIGKILL)
	require.Equal(t, pageGot{"bob", key, "the pool is full"}, gets(t, p.atBob, "bob", 1)[0])
	p.bob.tells(p.incident, "bob", "sent")
	require.False(t, p.bob.pagesOf(p.incident)[0].Duplicate, "one room sent it")
	p.bob.must("ack")

	// The killed one may send it once more before it hears, as the same page.
	p.ana.pageScript(p.ana.page, p.atAna, keeps)
	p.ana.start()
	p.converge(t)
	for _, s := range []*site{p.ana, p.bob} {
		s.tells(p.incident, "bob", "acknowledged")
		require.Len(t, s.pagesOf(p.incident), 1)
	}
	for _, again := range got(t, p.atAna, "bob") {
		require.Equal(t, key, again.key)
	}
	require.Empty(t, got(t, p.atAna, "cleo"))
	for _, s := range []*site{p.ana, p.bob} {
		require.Contains(t, s.must("verify"), "proved")
	}
}
