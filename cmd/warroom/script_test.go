package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The test binary is also the program: scripts run the real main in processes
// of its own.
func TestMain(m *testing.M) {
	testscript.Main(secretlyWatched{m}, map[string]func(){"warroom": main})
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir+"/home")
			e.Setenv("XDG_DATA_HOME", "")
			e.Setenv("XDG_CONFIG_HOME", "")
			e.Setenv("USER", "ana")
			e.Setenv("LANG", "C.UTF-8")
			e.Setenv("LC_ALL", "")
			e.Setenv("TZ", "UTC")
			e.Setenv("TERM", "xterm-256color")
			e.Setenv("NO_COLOR", "")
			e.Setenv("TMUX", "")
			e.Setenv("WARROOM_INCIDENT", "")
			return os.MkdirAll(e.WorkDir+"/home", 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": code, "capture": capture, "json": jsonAt, "fill": fill, "mode": mode, "clean": cleanOutput, "same": same, "found": found, "appendto": appendTo, "until": until, "logged": logged,
		},
	})
}

// code N PROGRAM [ARGS...]: the program ends with exactly this exit code.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N PROGRAM [ARGS...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var failed *exec.ExitError
		if !errors.As(err, &failed) {
			ts.Fatalf("%v", err)
		}
		got = failed.ExitCode()
		if s, ok := failed.Sys().(syscall.WaitStatus); ok && s.Signaled() {
			ts.Fatalf("ended by %v", s.Signal())
		}
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// capture NAME REGEXP: the first group of the last output goes into a variable.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture NAME REGEXP")
	}
	found := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) < 2 {
		ts.Fatalf("%q matches nothing in:\n%s", args[1], ts.ReadFile("stdout"))
	}
	ts.Setenv(args[0], found[1])
}

// json FILE PATH [VALUE]: the JSON in the file, or in stdout or stderr, has the
// value there. A step of the path is a name or a number; "len" is a list's length.
// Without a value anything may stand there; with ! nothing.
func jsonAt(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: json FILE PATH [VALUE]")
	}
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &v); err != nil {
		ts.Fatalf("no JSON: %v", err)
	}
	found := true
	for _, step := range strings.Split(args[1], ".") {
		switch x := v.(type) {
		case map[string]any:
			v, found = x[step]
		case []any:
			n, err := strconv.Atoi(step)
			switch {
			case step == "len":
				v = len(x)
			case err == nil && n < 0 && len(x)+n >= 0:
				v = x[len(x)+n]
			case err == nil && n >= 0 && n < len(x):
				v = x[n]
			default:
				found = false
			}
		default:
			found = false
		}
		if !found {
			break
		}
	}
	got := fmt.Sprint(v)
	switch {
	case neg && found:
		ts.Fatalf("%s is there: %s", args[1], got)
	case !neg && !found:
		ts.Fatalf("%s is not there in:\n%s", args[1], ts.ReadFile(args[0]))
	case !neg && len(args) == 3 && got != args[2]:
		ts.Fatalf("%s is %q, want %q", args[1], got, args[2])
	}
}

// fill FILE TEXT N: writes the text N times into a file. Escapes such as \x1b
// are read.
func fill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: fill FILE TEXT N")
	}
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Repeat(text, n)), 0o600))
}

// mode FILE OCTAL: the file has exactly these rights.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mode FILE OCTAL")
	}
	st, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", st.Mode().Perm()); got != args[1] {
		ts.Fatalf("%s has mode %s, want %s", args[0], got, args[1])
	}
}

// clean: nothing in the last output can steer a terminal, and no sentence is
// missing in it.
func cleanOutput(ts *testscript.TestScript, neg bool, args []string) {
	for _, stream := range []string{"stdout", "stderr"} {
		text := ts.ReadFile(stream)
		for _, r := range text {
			if r < 0x20 && r != '\n' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '⟨' || r == 0x202e {
				ts.Fatalf("%s holds %q:\n%q", stream, r, text)
			}
		}
	}
}

// same FILE FILE: cmp, for files that a script wrote from standard output.
func same(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: same FILE FILE")
	}
	if equal := ts.ReadFile(args[0]) == ts.ReadFile(args[1]); equal == neg {
		ts.Fatalf("%s and %s: equal is %v", args[0], args[1], equal)
	}
}

// found TEXT FOLDER: a file below the folder holds the text; with ! none does.
func found(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: found TEXT FOLDER")
	}
	var in []string
	ts.Check(filepath.WalkDir(ts.MkAbs(args[1]), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(args[0])) {
			in = append(in, path)
		}
		return err
	}))
	if neg == (len(in) > 0) {
		ts.Fatalf("%q is in %q", args[0], in)
	}
}

// until REGEXP PROGRAM [ARGS...]: runs the program again and again until its output
// matches, or, with !, does not match any more.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: until REGEXP PROGRAM [ARGS...]")
	}
	want := regexp.MustCompile("(?m)" + args[0])
	for deadline := time.Now().Add(patience); ; {
		err := ts.Exec(args[1], args[2:]...)
		got := ts.ReadFile("stdout")
		if err == nil && want.MatchString(got) != neg {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("it never came; the last output was:\n%s\n%s", got, ts.ReadFile("stderr"))
		}
	}
}

// logged FILE NAME REGEXP: waits until a line of the file matches, and puts the first
// group into a variable.
func logged(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: logged FILE NAME REGEXP")
	}
	want := regexp.MustCompile("(?m)" + args[2])
	for deadline := time.Now().Add(patience); ; runtime.Gosched() {
		raw, err := os.ReadFile(ts.MkAbs(args[0]))
		if found := want.FindSubmatch(raw); err == nil && found != nil {
			ts.Setenv(args[1], string(found[1]))
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("it never came; the file has:\n%s", raw)
		}
	}
}

// appendto FILE TEXT: writes the text at the end of the file.
func appendTo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: appendto FILE TEXT")
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_WRONLY|os.O_APPEND, 0)
	ts.Check(err)
	_, err = f.WriteString(args[1])
	ts.Check(errors.Join(err, f.Close()))
}
