//go:build linux

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func TestVerbsOverSshAnswerWithTheirExitCodes(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob")
	require.Contains(t, j.done("bob", "list"), "Checkout")
	require.Contains(t, j.done("bob", "log", "rolled", "back"), "rolled back")
	require.Contains(t, j.done("bob"), "rolled back", "the room without a screen")
	require.Contains(t, j.done("bob", "open", "Payments", "fail"), "Payments fail")
	var all struct{ Incidents []struct{ Title string } }
	out := j.done("bob", "list", "--all", "-o", "json")
	require.NoError(t, json.Unmarshal([]byte(out), &all), out)
	require.Len(t, all.Incidents, 2)
	before := j.everything()
	for _, c := range []struct {
		code  int
		said  string
		words []string
	}{
		{exitFailed, "warroom: ", []string{"strike", "abcdef01"}},
		{exitUsage, "There is no verb", []string{"lst"}},
		{exitUsage, "warroom: ", []string{"list", "--nonsense"}},
		{exitUsage, "warroom: ", []string{"sev"}},
		{exitUsage, "quotation", []string{"log it's down"}},
		{exitUsage, "quotation", []string{`log "down`}},
		{exitUsage, "quotation", []string{`log down\`}},
	} {
		code, out, said := j.does("bob", "", c.words...)
		require.Equal(t, c.code, code, "%v: %s", c.words, said)
		require.Empty(t, out, c.words)
		require.Contains(t, said, c.said, c.words)
	}
	code, out, said := j.does("bob", "", "strike", "abcdef01", "-o", "json")
	require.Equal(t, exitFailed, code)
	require.Empty(t, out)
	require.Contains(t, said, `{"error":{"code":"`)
	require.Equal(t, before, j.everything())
}

// ssh has made the terminal raw: nobody else turns line breaks round.
func TestAVerbOnATerminalOverSshEndsItsLinesWithBothSigns(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob")
	s := j.terminal(24, 80, j.person("bob", []string{"-tt"}, "status"))
	require.Zero(t, s.end())
	require.Contains(t, s.text(), "Checkout")
	require.Greater(t, strings.Count(s.text(), "\r\n"), 3)
	require.NotRegexp(t, `[^\r]\n`, s.text())
	s = j.terminal(24, 80, j.person("bob", []string{"-tt"}, "strike", "abcdef01"))
	require.Equal(t, exitFailed, s.end())
	require.NotRegexp(t, `[^\r]\n`, s.text())
}

// A shell would run, expand or redirect each of these. The words are those that a
// shell's quotes make, and nothing else.
func TestWordsOverSshStayWords(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob")
	f := filepath.Join(j.home, "made")
	for _, c := range []struct{ line, want string }{
		{`log two  words`, `two words`},
		{`log 'two  words'`, `two  words`},
		{`log "it's down"`, `it's down`},
		{`log it\'s down`, `it's down`},
		{`log 'it'\''s down'`, `it's down`},
		{`log a; touch ` + f, `a; touch ` + f},
		{`log b && touch ` + f + ` || true & wait`, `b && touch ` + f + ` || true & wait`},
		{`log $(touch ` + f + ")", `$(touch ` + f + ")"},
		{"log `touch " + f + "`", "`touch " + f + "`"},
		{`log "c $(touch ` + f + `) $HOME \$HOME"`, `c $(touch ` + f + `) $HOME $HOME`},
		{`log d > ` + f, `d > ` + f},
		{`log e | tee ` + f, `e | tee ` + f},
		{`log ~ * ? [a-z] {a,b} !! #f`, `~ * ? [a-z] {a,b} !! #f`},
		{`log '' g ""`, ` g `},
		{"log h \ntouch " + f, "h touch " + f},
	} {
		out := j.done("bob", c.line)
		require.Contains(t, out, strings.TrimSpace(c.want), c.line)
		require.NoFileExists(t, f, c.line)
	}
	log := j.must("log", "--list")
	require.Contains(t, log, "a; touch "+f)
	require.NotContains(t, log, j.home+" $HOME")
}

func TestStandardInputComesOverSsh(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob")
	code, out, said := j.does("bob", "first line\nsecond; line\n\n\x1b[31mthird\n", "log", "-")
	require.Zero(t, code, said)
	require.Contains(t, out, "first line")
	type log struct{ Log []struct{ Text string } }
	read := func() []string {
		var l log
		require.NoError(t, json.Unmarshal([]byte(j.must("log", "--list", "-o", "json")), &l))
		var texts []string
		for _, e := range l.Log {
			texts = append(texts, e.Text)
		}
		return texts
	}
	require.Contains(t, strings.Join(read(), "|"), "first line\nsecond; line\n\n")

	code, out, said = j.does("bob", strings.Repeat("0123456789abcde\n", 200_000/16), "log", "-")
	require.Zero(t, code, said)
	require.NotEmpty(t, out)
	require.Contains(t, said, "the text is longer than")
	texts := read()
	last := texts[len(texts)-1]
	require.LessOrEqual(t, len(last), model.MaxText)
	require.Greater(t, len(last), model.MaxText/2)
	require.True(t, strings.HasSuffix(last, "…"))

	body, err := os.ReadFile("../../model/alertmanager/testdata/firing.json")
	require.NoError(t, err)
	code, out, said = j.does("bob", string(body), "alert", "-")
	require.Zero(t, code, said)
	require.Contains(t, out, "Opened INC-")
	j.done("bob", "resolve", "-i", regexp.MustCompile(`INC-[0-9A-Z]+`).FindString(out))
	code, out, said = j.does("bob", string(body), "alert")
	require.Zero(t, code, said)
	require.Contains(t, out, "Nothing new for INC-")
	before := j.everything()
	code, _, said = j.does("bob", "{", "alert", "-")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "The alert cannot be read")
	require.Equal(t, before, j.everything())
}

func TestAnObserverOverSshSeesAndChangesNothing(t *testing.T) {
	t.Parallel()
	j := withRoom(t, `warroom-access="observer"`+" eve", "bob")
	require.Contains(t, j.done("eve", "list"), "Checkout") // who comes first is made known
	j.done("bob", "log", "a line of bob")
	before := j.everything()
	require.Contains(t, j.done("eve", "status"), "a line of bob")
	require.Contains(t, j.done("eve", "log", "--list"), "a line of bob")
	for _, words := range []string{"log hello", "open x", "sev 1", "title x", "name other", "member add x", "undo"} {
		code, out, said := j.does("eve", "", words)
		require.Equal(t, exitFailed, code, words)
		require.Empty(t, out, words)
		require.Regexp(t, "^warroom: You are an observer|^warroom: Only an owner", said, words)
		require.Contains(t, said, "Nothing was changed.", words)
	}
	s := j.console("eve")
	s.until("a line of bob")
	s.press("s")
	s.press("1")
	s.press("i")
	s.press("hello\r")
	j.done("bob", "log", "another line of bob")
	s.until("another line of bob")
	s.press("\x1b")
	s.press("q")
	require.Zero(t, s.end())
	s.restored()
	log := j.must("log", "--list")
	require.NotContains(t, log, "hello")
	require.NotContains(t, log, "SEV1")
	require.NotContains(t, log, "eve")
	require.Contains(t, before, "Checkout")
}

func TestARestrictedIncidentIsNotThereOverSsh(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob", "eve")
	require.Contains(t, j.done("eve", "list"), "Checkout")
	key := regexp.MustCompile(`INC-[0-9A-Z]+`).FindString(j.done("bob", "open Payroll leak --severity 1"))
	s := j.console("eve")
	s.until("leak")
	s.press("1G\r")
	s.until("]2;SEV1 " + strings.TrimPrefix(key, "INC-")) // it is on the screen
	j.done("bob", "restrict bob -i "+key)
	s.until("is for others alone now")
	s.forget()
	s.press(":")
	s.press("ayroll")
	s.press("\x07") // ctrl+g
	j.done("bob", "log a word about it -i "+key)
	j.done("bob", "log a word about checkout -i "+strings.Fields(j.done("eve", "list"))[1])
	s.press("1\r")
	s.until("a word about checkout")
	require.NotContains(t, s.text(), "leak")
	require.NotContains(t, s.text(), "a word about it")
	for _, words := range []string{
		"", "list", "list --all", "list -o json", "status", "export", "export --format json", "verify", "log --list", "role", "member",
		"status -i " + key, "export -i " + key, "verify " + key, "log x -i " + key, "sev 2 -i " + key, "restrict -i " + key,
		"list -i " + key, "undo -i " + key, "redact abcd1234 --yes -i " + key, "link https://example.org -i " + key,
	} {
		_, out, said := j.does("eve", "", words)
		require.NotContains(t, out+said, "leak", words)
		require.NotContains(t, out+said, "a word about it", words)
		require.NotContains(t, out+said, "restricted", words)
	}
	_, _, said := j.does("eve", "", "status -i "+key)
	_, _, unknown := j.does("eve", "", "status -i INC-ZZZZZZ")
	require.Equal(t, strings.ReplaceAll(unknown, "ZZZZZZ", strings.TrimPrefix(key, "INC-")), said, "as one that never was")
	require.Contains(t, j.done("bob", "list"), "leak")
	j.done("bob", "restrict --off -i "+key)
	s.until("leak")
	s.press("q")
	require.Zero(t, s.end())
}

func TestVerbsThatAreNoneOfADoorsAreRefusedOverSsh(t *testing.T) {
	t.Parallel()
	j := withRoom(t, `warroom-access="owner"`+" bob")
	j.done("bob", "list")
	before := j.everything()
	f := filepath.Join(j.home, "made")
	for line, want := range map[string]string{
		"backup " + f:                          "cannot be done through a door",
		"serve --ssh 127.0.0.1:0":              "cannot be done through a door",
		"stop":                                 "cannot be done through a door",
		"run -- touch " + f:                    "cannot be done through a door",
		"themes " + j.keys:                     "cannot be done through a door",
		"export --file " + f:                   "--file cannot be used through a door",
		"list --socket " + f:                   "--socket cannot be used through a door",
		"alert " + j.keys:                      "Through a door no file is opened",
		"member add eve --key " + j.key("bob"): "cannot be used",
		"shutdown":                             "Only whoever runs the room process",
		"checkup":                              "Only whoever runs the room process",
		"__complete log":                       "cannot be done through a door",
		"completion bash":                      "cannot be done through a door",
	} {
		code, out, said := j.does("bob", "", line)
		require.Equal(t, exitFailed, code, "%s: %s", line, said)
		require.Empty(t, out, line)
		require.Contains(t, said, want, line)
		require.NoFileExists(t, f, line)
	}
	for _, line := range []string{"sh -c id", "/bin/sh", "id", "scp -t " + f, "sftp-server", "bash"} {
		code, out, said := j.does("bob", "", line)
		require.Equal(t, exitUsage, code, line)
		require.Empty(t, out, line)
		require.NotContains(t, said, "uid=", line)
		require.Contains(t, said, "There is no ", line)
	}
	require.Equal(t, before, j.everything())
	require.NoFileExists(t, f)
}
