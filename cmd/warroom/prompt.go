package main

import (
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
)

// managed is what a shell's prompt shows: the incident that one manages.
type managed struct {
	Key      string
	Severity string
	Status   string
	Title    string
	Opened   int64 // ms since 1970
	Due      int64 // the next update, 0 for none
}

// managedBy finds the worst open incident that a person manages.
func managedBy(o *model.Overview, who model.PersonID) (managed, bool) {
	for _, r := range o.OpenRows() { // the worst first
		if r.Manager != who {
			continue
		}
		key := o.Keys[r.ID]
		if key == "" {
			key = r.ID.Key()
		}
		return managed{key, r.Severity.String(), string(r.Status), r.Title, r.Opened, r.Due}, true
	}
	return managed{}, false
}

// line is the file of it: one line, fields between tabs, and a version first.
func (m managed) line() string {
	if m.Key == "" {
		return "1"
	}
	clean := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f {
				return ' '
			}
			return r
		}, s)
	}
	return strings.Join([]string{"1", m.Key, m.Severity, m.Status, strconv.FormatInt(m.Opened, 10), strconv.FormatInt(m.Due, 10), clean(m.Title)}, "\t")
}

// parseManaged reads the line; false for nothing managed, and for what is no line.
func parseManaged(line string) (m managed, ok bool) {
	f := strings.Split(strings.TrimRight(line, "\n"), "\t")
	if len(f) < 7 || f[0] != "1" {
		return m, false
	}
	opened, err1 := strconv.ParseInt(f[4], 10, 64)
	due, err2 := strconv.ParseInt(f[5], 10, 64)
	return managed{f[1], f[2], f[3], f[6], opened, due}, err1 == nil && err2 == nil
}

// promptVerbs is what is done before the command tree, for its help.
func (a *app) promptVerbs() []verb {
	var format, shell string
	return []verb{{
		name: "prompt", max: 0, example: "eval \"$(warroom prompt --shell bash)\"\nset -g status-right '#(warroom prompt)'",
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&format, "format", "%s %k %a", a.T("shell.flag.promptformat"))
			f.StringVar(&shell, "shell", "", a.T("shell.flag.promptshell"))
		},
		run: func(*cobra.Command, []string) error {
			if shell != "" {
				script, ok := promptScript(shell, promptFile(promptDir(a.getenv, a.flags.workspace)))
				if !ok {
					return misuse("shell.prompt.shell", "Shell", shell)
				}
				_, err := io.WriteString(a.out, script)
				return err
			}
			code, _ := prompt([]string{"--workspace", a.flags.workspace, "--format", format}, a.out, a.getenv, a.Now())
			return ended(code)
		},
	}}
}

// promptFile is where the line is, for `warroom prompt` of this user. It is one for
// each user and workspace, also where the room is a service's.
func promptFile(dir string) string { return filepath.Join(dir, "prompt") }

// writePrompt writes the line whole, for this user alone.
func writePrompt(dir, line string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return writeWhole(promptFile(dir), []byte(line+"\n"))
}

// promptDir is the folder of a user's line for a workspace.
func promptDir(getenv func(string) string, workspace string) string {
	data := getenv("XDG_DATA_HOME")
	if !filepath.IsAbs(data) {
		data = filepath.Join(getenv("HOME"), ".local", "share")
	}
	return filepath.Join(data, "warroom", workspace)
}

//go:embed shell/prompt.bash
var promptBash string

//go:embed shell/prompt.zsh
var promptZsh string

// promptScript is what a shell runs once, at its start, so that it shows the line in each
// prompt by itself: to start a program costs more than all else that a prompt does.
func promptScript(shell, file string) (string, bool) {
	script := map[string]string{"bash": promptBash, "zsh": promptZsh}[shell]
	quoted := "'" + strings.ReplaceAll(file, "'", `'\''`) + "'"
	return strings.ReplaceAll(script, "@FILE@", quoted), script != ""
}

// prompt prints what a shell's prompt or a status line shows. It runs before each
// prompt of a shell, so it does nothing but read a small file: no config, no room,
// no catalogue. Where there is nothing to show it prints nothing. done is false for
// arguments that the command tree must look at.
func prompt(args []string, out io.Writer, getenv func(string) string, now time.Time) (code int, done bool) {
	workspace, format := "default", "%s %k %a"
	for i := 0; i < len(args); i++ {
		name, value, inline := strings.Cut(args[i], "=")
		if !inline {
			if i+1 >= len(args) {
				return 0, false
			}
			value = args[i+1]
		}
		switch name {
		case "--workspace":
			workspace = value
		case "--format":
			format = value
		default:
			return 0, false // the command tree explains it
		}
		if !inline {
			i++
		}
	}
	if !workspaceName(workspace) {
		return 0, false
	}
	raw, err := os.ReadFile(promptFile(promptDir(getenv, workspace)))
	if err != nil {
		return exitDone, true
	}
	m, ok := parseManaged(string(raw))
	if !ok {
		return exitDone, true
	}
	due := ""
	if m.Due != 0 {
		if left := time.UnixMilli(m.Due).Sub(now); left <= 0 {
			due = "due!"
		} else {
			due = short(left)
		}
	}
	fmt.Fprintln(out, strings.NewReplacer(
		"%s", m.Severity, "%k", m.Key, "%a", short(now.Sub(time.UnixMilli(m.Opened))), "%t", m.Title, "%d", due, "%%", "%",
	).Replace(format))
	return exitDone, true
}

// short is a time in as few cells as a prompt has.
func short(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + "m"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d.Hours())) + "h"
	}
	return strconv.Itoa(int(d.Hours()/24)) + "d"
}
