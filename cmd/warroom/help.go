package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/tui/clean"
)

// helpWidth is where help is broken: it fits the smallest common terminal.
const helpWidth = 78

// help writes the help of a verb, or of all.
func (a *app) help(cmd *cobra.Command, _ []string) {
	text := cmd.Long
	if text == "" {
		text = cmd.Short
	}
	a.wrapped(text, "")
	a.line("")
	a.line(a.T("shell.help.usage"))
	a.line("  " + cmd.UseLine() + a.more(cmd))
	if cmd.Example != "" {
		a.line("")
		a.line(a.T("shell.help.example"))
		for _, l := range strings.Split(cmd.Example, "\n") {
			a.line("  " + l)
		}
	}
	for _, g := range cmd.Groups() {
		a.line("")
		a.line(g.Title)
		for _, c := range cmd.Commands() {
			if c.GroupID == g.ID && !c.Hidden {
				a.item(c.Name(), c.Short)
			}
		}
	}
	a.flagHelp(a.T("shell.help.flags"), cmd.LocalNonPersistentFlags())
	all := cmd.InheritedFlags()
	if !cmd.HasParent() {
		all = cmd.PersistentFlags()
	}
	a.flagHelp(a.T("shell.help.everywhere"), all)
}

func (a *app) more(cmd *cobra.Command) string {
	if cmd.HasParent() {
		return ""
	}
	return " " + a.T("shell.help.verb")
}

func (a *app) flagHelp(title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	a.line("")
	a.line(title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		a.item(flagTexts(f))
	})
}

// flagTexts is how a flag is written, and what it does.
func flagTexts(f *pflag.Flag) (name, usage string) {
	name = "    --" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", --" + f.Name
	}
	value, usage := pflag.UnquoteUsage(f)
	if value != "" {
		name += " " + value
	}
	return name, usage
}

const helpColumn = 24

// item is a name with its text in a column beside it.
func (a *app) item(name, text string) {
	head := "  " + clean.Fit(name, max(helpColumn, clean.Width(name))) + "  "
	indent := strings.Repeat(" ", helpColumn+4)
	if clean.Width(name) > helpColumn {
		a.line("  " + name)
		head = indent
	}
	for i, l := range clean.Wrap(text, helpWidth-len(indent)) {
		if i == 0 {
			a.line(head + l)
		} else {
			a.line(indent + l)
		}
	}
}

func (a *app) wrapped(text, indent string) {
	for _, l := range clean.Wrap(text, helpWidth-len(indent)) {
		a.line(indent + l)
	}
}
