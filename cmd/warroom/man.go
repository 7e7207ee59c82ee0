package main

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
)

// manVerb writes the manual pages, one a verb. They are written here in roff, and
// not by cobra's own writer: that goes by way of Markdown, whose tables cost each
// start of the program more than all of the command tree.
func (a *app) manVerb() verb {
	return verb{
		name: "man", args: "FOLDER", min: 1, max: 1, anyConfig: true, example: "warroom man /usr/local/share/man/man1",
		run: func(cmd *cobra.Command, args []string) error {
			err := os.MkdirAll(args[0], 0o777&^os.FileMode(a.Umask))
			if err == nil {
				mask := setUmask(a.Umask) // manual pages are for everybody
				err = a.manPages(cmd.Root(), args[0])
				setUmask(mask)
			}
			if err != nil {
				return &problem{phrase: model.Say("shell.man.failed", "Dir", args[0], "Cause", errors.Unwrap(err)), cause: err}
			}
			a.line(a.T("shell.man.done", "Dir", args[0]))
			return nil
		},
	}
}

func (a *app) manPages(root *cobra.Command, dir string) error {
	pages := []*cobra.Command{root}
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			pages = append(pages, c)
		}
	}
	for _, c := range pages {
		if err := os.WriteFile(filepath.Join(dir, manName(c)+".1"), []byte(a.manPage(c)), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// manName is the name of a verb's page.
func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manDate is the month on the pages. Who makes packages sets another, so that the
// same sources give the same bytes.
func (a *app) manDate() string {
	now := a.Now()
	if s, err := strconv.ParseInt(a.getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		now = time.Unix(s, 0).UTC()
	}
	return now.Format("2006-01")
}

// manPage is the manual page of a verb, or of all.
func (a *app) manPage(c *cobra.Command) string {
	var p roff
	p.macro("TH", strings.ToUpper(manName(c)), "1", a.manDate(), "warroom", "")
	p.macro("SH", a.T("shell.man.name"))
	p.text(manName(c) + " - " + c.Short)
	p.macro("SH", a.T("shell.man.synopsis"))
	p.strong(c.UseLine() + a.more(c))
	p.macro("SH", a.T("shell.man.description"))
	if c.Long != "" {
		p.text(c.Long)
	} else {
		p.text(c.Short)
	}
	if c.Example != "" {
		p.macro("SH", a.T("shell.man.example"))
		p.macro("nf")
		p.text(c.Example)
		p.macro("fi")
	}
	a.manFlags(&p, a.T("shell.man.options"), c.LocalNonPersistentFlags())
	if c.HasParent() {
		a.manFlags(&p, a.T("shell.man.everywhere"), c.InheritedFlags())
	} else {
		a.manFlags(&p, a.T("shell.man.everywhere"), c.PersistentFlags())
	}
	var also []string
	if c.HasParent() {
		also = append(also, manName(c.Parent())+"(1)")
	}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			also = append(also, manName(sub)+"(1)")
		}
	}
	p.macro("SH", a.T("shell.man.also"))
	p.text(strings.Join(also, ", "))
	return p.b.String()
}

func (a *app) manFlags(p *roff, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	p.macro("SH", title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		p.macro("TP")
		name, usage := flagTexts(f)
		p.strong(strings.TrimSpace(name))
		p.text(usage)
	})
}

// roff is a manual page being written.
type roff struct{ b strings.Builder }

// A hyphen in a text is one that can be typed, not the longer one of typography.
var (
	roffText = strings.NewReplacer(`\`, `\e`, "-", `\-`)
	roffArg  = strings.NewReplacer(`\`, `\e`, `"`, `\(dq`)
)

// macro writes a request with its arguments.
func (r *roff) macro(name string, args ...string) {
	r.b.WriteString("." + name)
	for _, arg := range args {
		r.b.WriteString(` "` + roffArg.Replace(arg) + `"`)
	}
	r.b.WriteString("\n")
}

// text writes lines. What would be a request at the beginning of one is none.
func (r *roff) text(s string) {
	for _, l := range strings.Split(s, "\n") {
		if l == "" {
			r.macro("PP")
			continue
		}
		if l[0] == '.' || l[0] == '\'' {
			r.b.WriteString(`\&`)
		}
		r.b.WriteString(roffText.Replace(l) + "\n")
	}
}

// strong writes one line in bold.
func (r *roff) strong(s string) { r.b.WriteString(`\fB` + roffText.Replace(s) + "\\fR\n") }
