// Package config reads what a person has set up for this machine: one TOML
// file, in which every key is optional.
package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/BurntSushi/toml"

	"warroom/cmd/internal/near"
	"warroom/model"
)

// maxBytes bounds the file: a full one has 2 KiB.
const maxBytes = 64 << 10

// Config is what can be set. Empty texts mean "as the environment says".
type Config struct {
	Name     string
	Language string
	Theme    string
	ASCII    bool
	UTC      bool
	Mouse    bool
	// Quiet keeps the bell and notifications off.
	Quiet bool
	// OnStatus is a command that is run at this terminal when one begins or ends to
	// manage an incident; OnCall one that is run when one is called. They are
	// argument vectors; no shell reads them.
	OnStatus []string
	OnCall   []string
	// OnTopic is a command that is given the topic line, and OnUpdate one that is given
	// an update that is published, on standard input.
	OnTopic  []string
	OnUpdate []string
	// OnPage is a command that the room process runs to page somebody, with the text on
	// its standard input; PageWebhook is an address to which a page is posted.
	// PageSecretEnv names the environment variable with the secret that the webhook
	// asks for.
	OnPage        []string
	PageWebhook   string
	PageSecretEnv string
	// AlertSeverity maps values of the labels that hold a severity to levels;
	// 0 means that the value suggests none.
	AlertSeverity map[string]int
}

// WebhookHost is the host of the address to which pages are posted; "" for none.
func (c Config) WebhookHost() string {
	u, err := url.Parse(c.PageWebhook)
	if err != nil {
		return ""
	}
	return u.Host
}

// Default is the config of somebody who set nothing.
func Default() Config { return Config{Theme: "default", Mouse: true} }

// Problem is the kind of a refusal. The catalogue has a sentence for each.
type Problem string

// What can be wrong with a config file.
const (
	// Unreadable: the file is there and cannot be read. Detail is the reason.
	Unreadable Problem = "unreadable"
	// TooLong: the file is over 64 KiB, and so no config.
	TooLong Problem = "long"
	// BadSyntax: the file is not TOML. Detail is the reader's reason.
	BadSyntax Problem = "syntax"
	// UnknownKey: there is no such key. Nearest is the one probably meant.
	UnknownKey Problem = "key"
	// BadKind: Key holds a thing of the wrong kind. Wanted is the right one:
	// "text", "truth", "table", "command" or "address".
	BadKind Problem = "kind"
	// BadLevel: Key holds no severity.
	BadLevel Problem = "level"
)

// Error is every refusal of Load. Fields that say nothing are empty.
type Error struct {
	File    string
	Line    int // from 1; 0 when it is about no line
	Key     string
	Wanted  string
	Problem Problem
	Nearest string
	Detail  string
	cause   error
}

// Error says it in plain English, for logs and tests.
func (e *Error) Error() string {
	s := e.File
	if e.Line > 0 {
		s += fmt.Sprintf(":%d", e.Line)
	}
	s += ": " + string(e.Problem)
	for _, part := range []string{e.Key, e.Wanted, e.Nearest, e.Detail} {
		if part != "" {
			s += " " + part
		}
	}
	return s
}

// Unwrap gives the cause, or nil.
func (e *Error) Unwrap() error { return e.cause }

// Load reads a config file. A file that is not there is the default. Every error
// is an *Error; the default comes with it.
func Load(file string) (Config, error) {
	f, err := os.Open(file)
	// Where a file stands in a folder's place there is no config either; whoever
	// needs the folder to write says so.
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return Default(), nil
	}
	if err != nil {
		return Default(), unreadable(file, err)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return Default(), unreadable(file, err)
	}
	return Parse(file, src)
}

func unreadable(file string, err error) *Error {
	detail := err
	var path *fs.PathError
	if errors.As(err, &path) {
		detail = path.Err // the file is named already
	}
	return &Error{File: file, Problem: Unreadable, Detail: detail.Error(), cause: err}
}

// Parse reads a config from its text; file only names it in errors, which are
// *Error.
func Parse(file string, src []byte) (Config, error) {
	if len(src) > maxBytes {
		return Default(), &Error{File: file, Problem: TooLong}
	}
	tree := map[string]any{}
	if _, err := toml.Decode(string(src), &tree); err != nil {
		e := &Error{File: file, Problem: BadSyntax, Detail: err.Error(), cause: err}
		var bad toml.ParseError
		if errors.As(err, &bad) {
			e.Line, e.Detail = bad.Position.Line, bad.Message
		}
		return Default(), e
	}
	r := reading{file: file, src: string(src), config: Default()}
	r.table("", tree, top)
	if r.err != nil {
		return Default(), r.err
	}
	return r.config, nil
}

// setter reads a key's value into the config.
type setter func(r *reading, key string, value any)

// top are the keys of the file.
var top = map[string]setter{
	"name":            text(func(c *Config) *string { return &c.Name }),
	"language":        text(func(c *Config) *string { return &c.Language }),
	"theme":           text(func(c *Config) *string { return &c.Theme }),
	"ascii":           truth(func(c *Config) *bool { return &c.ASCII }),
	"utc":             truth(func(c *Config) *bool { return &c.UTC }),
	"mouse":           truth(func(c *Config) *bool { return &c.Mouse }),
	"quiet":           truth(func(c *Config) *bool { return &c.Quiet }),
	"on-status":       command(func(c *Config) *[]string { return &c.OnStatus }),
	"on-call":         command(func(c *Config) *[]string { return &c.OnCall }),
	"on-topic":        command(func(c *Config) *[]string { return &c.OnTopic }),
	"on-update":       command(func(c *Config) *[]string { return &c.OnUpdate }),
	"on-page":         command(func(c *Config) *[]string { return &c.OnPage }),
	"page-webhook":    address(func(c *Config) *string { return &c.PageWebhook }),
	"page-secret-env": text(func(c *Config) *string { return &c.PageSecretEnv }),
	"alert":           table(map[string]setter{"severity": severities}),
}

// Keys lists the keys that a file may have.
func Keys() []string { return slices.Sorted(maps.Keys(top)) }

type reading struct {
	file   string
	src    string
	config Config
	err    *Error
}

// refuse keeps the first refusal, by line: what stands first is mended first.
func (r *reading) refuse(e Error) {
	e.File, e.Line = r.file, lineOf(r.src, e.Key)
	if r.err == nil || e.Line < r.err.Line {
		r.err = &e
	}
}

func (r *reading) table(prefix string, tree map[string]any, known map[string]setter) {
	names := slices.Sorted(maps.Keys(known))
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		set, ok := known[name]
		if !ok {
			nearest := near.Of(strings.ToLower(name), names)
			if nearest != "" {
				nearest = prefix + nearest
			}
			r.refuse(Error{Key: prefix + name, Problem: UnknownKey, Nearest: nearest})
			continue
		}
		set(r, prefix+name, tree[name])
	}
}

func text(at func(*Config) *string) setter {
	return func(r *reading, key string, value any) {
		s, ok := value.(string)
		if !ok {
			r.refuse(Error{Key: key, Problem: BadKind, Wanted: "text"})
			return
		}
		*at(&r.config) = strings.TrimSpace(s)
	}
}

func truth(at func(*Config) *bool) setter {
	return func(r *reading, key string, value any) {
		b, ok := value.(bool)
		if !ok {
			r.refuse(Error{Key: key, Problem: BadKind, Wanted: "truth"})
			return
		}
		*at(&r.config) = b
	}
}

// command reads an argument vector: a list of texts, the program first.
func command(at func(*Config) *[]string) setter {
	return func(r *reading, key string, value any) {
		list, ok := value.([]any)
		var words []string
		for _, v := range list {
			word, isText := v.(string)
			ok = ok && isText
			words = append(words, word)
		}
		if !ok || len(words) == 0 || words[0] == "" {
			r.refuse(Error{Key: key, Problem: BadKind, Wanted: "command"})
			return
		}
		*at(&r.config) = words
	}
}

// address reads the address of a web service: https, or http on this machine.
func address(at func(*Config) *string) setter {
	return func(r *reading, key string, value any) {
		s, _ := value.(string)
		s = strings.TrimSpace(s)
		u, err := url.Parse(s)
		local := err == nil && (u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback())
		if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && local) {
			r.refuse(Error{Key: key, Problem: BadKind, Wanted: "address"})
			return
		}
		*at(&r.config) = s
	}
}

func table(known map[string]setter) setter {
	return func(r *reading, key string, value any) {
		tree, ok := value.(map[string]any)
		if !ok {
			r.refuse(Error{Key: key, Problem: BadKind, Wanted: "table"})
			return
		}
		r.table(key+".", tree, known)
	}
}

func severities(r *reading, key string, value any) {
	tree, ok := value.(map[string]any)
	if !ok {
		r.refuse(Error{Key: key, Problem: BadKind, Wanted: "table"})
		return
	}
	r.config.AlertSeverity = map[string]int{}
	for word, v := range tree {
		level, ok := levelOf(v)
		if !ok {
			r.refuse(Error{Key: key + "." + word, Problem: BadLevel})
			continue
		}
		r.config.AlertSeverity[word] = level
	}
}

// levelOf reads 1, "SEV1", or 0 and "none" for no severity.
func levelOf(value any) (int, bool) {
	typed := ""
	switch v := value.(type) {
	case int64:
		if v == 0 {
			return 0, true
		}
		typed = fmt.Sprint(v)
	case string:
		if typed = v; strings.EqualFold(strings.TrimSpace(v), "none") {
			return 0, true
		}
	}
	level, err := model.ParseLevel(typed)
	return int(level), err == nil
}

// lineOf finds the line on which a key stands, in a text that is known to be
// TOML; 0 when it cannot tell.
func lineOf(src, key string) int {
	table, head := "", 0
	for i, line := range strings.Split(src, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			table = bare(strings.Trim(strings.SplitN(line, "]", 2)[0], "[ "))
			if table == key || strings.HasPrefix(table, key+".") {
				if head == 0 {
					head = i + 1
				}
			}
			continue
		}
		name, _, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		name = bare(name)
		if table != "" {
			name = table + "." + name
		}
		switch {
		case name == key:
			return i + 1
		case strings.HasPrefix(name, key+"."):
			if head == 0 {
				head = i + 1
			}
			return head
		case strings.HasPrefix(key, name+".") && head == 0:
			head = i + 1 // inside an inline table
		}
	}
	return head
}

// bare is a dotted key without quotes and blanks.
func bare(s string) string {
	parts := strings.Split(s, ".")
	for i, p := range parts {
		parts[i] = strings.Trim(strings.TrimSpace(p), `"'`)
	}
	return strings.Join(parts, ".")
}
