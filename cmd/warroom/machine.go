package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"warroom/cmd/internal/config"
	"warroom/themes"
	"warroom/tui/clean"
)

// machineVerbs are about this program on this machine.
func (a *app) machineVerbs() []verb {
	return []verb{
		{name: "demo", run: a.runDemo},
		{name: "doctor", anyConfig: true, run: a.runDoctor},
		{
			name: "themes", args: "[NAME | FILE]", max: 1, anyConfig: true,
			run: func(_ *cobra.Command, args []string) error {
				if len(args) == 0 {
					return a.listThemes()
				}
				return a.checkTheme(args[0])
			},
		},
		{name: "config", anyConfig: true, run: func(*cobra.Command, []string) error { return a.showConfig() }},
		{name: "version", anyConfig: true, plain: true, run: func(*cobra.Command, []string) error { return a.version() }},
	}
}

// themeRow is a theme that can be chosen.
type themeRow struct {
	Name    string `json:"name"`
	File    string `json:"file,omitempty"`
	Chosen  bool   `json:"chosen,omitempty"`
	Problem string `json:"problem,omitempty"`
}

func (a *app) listThemes() error {
	var rows []themeRow
	for _, name := range themes.Names() {
		rows = append(rows, themeRow{Name: name, Chosen: name == a.config.Theme})
	}
	if a.paths.Themes != "" {
		files, err := filepath.Glob(filepath.Join(a.paths.Themes, "*.toml"))
		if err != nil {
			files = nil // a folder that reads like a pattern has no themes
		}
		for _, f := range files {
			name := strings.TrimSuffix(filepath.Base(f), ".toml")
			if slices.Contains(themes.Names(), name) {
				continue // a file does not hide a built-in theme
			}
			r := themeRow{Name: name, File: f, Chosen: name == a.config.Theme}
			if _, err := themes.Load(f); err != nil {
				r.Problem = a.explain(err)
			}
			rows = append(rows, r)
		}
	}
	if a.asJSON() {
		return a.json(map[string]any{"themes": rows, "folder": a.paths.Themes})
	}
	for _, r := range rows {
		sign := "  "
		if r.Chosen {
			sign = "* "
		}
		l := sign + clean.Fit(r.Name, max(12, clean.Width(r.Name)))
		switch {
		case r.Problem != "":
			l += "  " + r.Problem
		case r.File != "":
			l += "  " + clean.Line(r.File)
		}
		a.line(strings.TrimRight(l, " "))
	}
	if a.paths.Themes != "" {
		a.line(a.T("shell.themes.folder", "Dir", a.paths.Themes))
	}
	return nil
}

// checkTheme reads a theme by name, or by file where the word is a path.
func (a *app) checkTheme(word string) error {
	load := func() (themes.Theme, error) { return themes.Find(word, a.paths.Themes) }
	if strings.ContainsAny(word, `/\`) || strings.HasSuffix(word, ".toml") {
		load = func() (themes.Theme, error) { return themes.Load(word) }
	}
	t, err := load()
	if err != nil {
		return err
	}
	if a.asJSON() {
		return a.json(map[string]any{"name": t.Name, "ok": true})
	}
	a.line(a.T("shell.themes.good", "Theme", t.Name))
	return nil
}

// settings are the effective settings, for people and programs.
type settings struct {
	File      string         `json:"config_file"`
	Found     bool           `json:"config_found"`
	Problem   string         `json:"problem,omitempty"`
	Store     string         `json:"store"`
	Themes    string         `json:"themes_folder"`
	Workspace string         `json:"workspace"`
	Name      string         `json:"name"`
	Language  string         `json:"language"`
	Theme     string         `json:"theme"`
	ASCII     bool           `json:"ascii"`
	UTC       bool           `json:"utc"`
	Mouse     bool           `json:"mouse"`
	Severity  map[string]int `json:"alert_severity"`
	Keys      []string       `json:"known_keys"`
}

func (a *app) showConfig() error {
	dir, err := a.storeDir()
	if err != nil && !errors.Is(err, config.ErrNoHome) {
		return err
	}
	_, missing := os.Stat(a.paths.File)
	s := settings{
		File: a.paths.File, Found: missing == nil, Store: dir, Themes: a.paths.Themes, Workspace: a.flags.workspace,
		Name: a.config.Name, Language: a.words.Language(), Theme: a.config.Theme, ASCII: a.ascii(), UTC: a.config.UTC,
		Mouse: a.config.Mouse, Severity: a.config.AlertSeverity, Keys: config.Keys(),
	}
	if s.Severity == nil {
		s.Severity = map[string]int{}
	}
	wrong := a.badConfig
	if a.noHome != nil {
		wrong = a.noHome
	}
	if wrong != nil {
		s.Problem = a.explain(wrong)
	}
	if a.asJSON() {
		err = a.json(s)
	} else {
		a.configLines(s)
	}
	if wrong != nil && err == nil {
		if !a.asJSON() {
			return wrong
		}
		return exit(exitFailed)
	}
	return err
}

func (a *app) configLines(s settings) {
	row := func(key, value string) {
		if value == "" {
			value = a.T("shell.empty")
		}
		a.line(clean.Fit(key, 16) + clean.Line(value))
	}
	truth := map[bool]string{true: "true", false: "false"}
	file := s.File
	if file != "" && !s.Found {
		file = a.T("shell.config.missing", "File", file)
	} else if file != "" {
		file = clean.Line(file)
	}
	a.line(a.T("shell.config.paths"))
	row("config", file)
	row("store", s.Store)
	row("themes", s.Themes)
	a.line("")
	a.line(a.T("shell.config.settings"))
	row("name", s.Name)
	row("language", s.Language)
	row("theme", s.Theme)
	row("ascii", truth[s.ASCII])
	row("utc", truth[s.UTC])
	row("mouse", truth[s.Mouse])
	words := make([]string, 0, len(s.Severity))
	for w, level := range s.Severity {
		words = append(words, a.T("shell.config.row.level", "Word", w, "Level", level))
	}
	slices.Sort(words)
	row("alert.severity", strings.Join(words, ", "))
	row("on-page", strings.Join(a.config.OnPage, " "))
	row("page-webhook", a.config.WebhookHost()) // its path may be secret
}

// version says which build this is.
func (a *app) version() error {
	v := struct {
		Version  string `json:"version"`
		Revision string `json:"revision,omitempty"`
		Changed  bool   `json:"changed,omitempty"`
		Go       string `json:"go"`
		System   string `json:"system"`
	}{Version: "devel", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	if b, ok := debug.ReadBuildInfo(); ok {
		if b.Main.Version != "" && b.Main.Version != "(devel)" {
			v.Version = b.Main.Version
		}
		for _, s := range b.Settings {
			switch s.Key {
			case "vcs.revision":
				v.Revision = s.Value
			case "vcs.modified":
				v.Changed = s.Value == "true"
			}
		}
	}
	if a.asJSON() {
		return a.json(v)
	}
	a.line(strings.TrimRight("warroom "+v.Version+" "+v.Revision[:min(12, len(v.Revision))], " ") + " " + v.Go + " " + v.System)
	return nil
}

// modeOf is a file's rights, or -1 when it is not there.
func modeOf(path string) (fs.FileMode, bool) {
	st, err := os.Stat(path)
	if err != nil {
		return 0, false
	}
	return st.Mode().Perm(), true
}
