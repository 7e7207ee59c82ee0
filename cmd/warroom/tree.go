package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/cmd/internal/near"
	"warroom/model"
	"warroom/tui/lang"
)

// verb is one command of the tree. Its words are in the catalogue under
// "shell.<name>.short" and, where there is more to say, ".long".
type verb struct {
	name string
	// args is how the arguments are shown, as "STATUS [REASON]".
	args     string
	min, max int // how many arguments; max -1 is any number
	example  string
	flags    func(*pflag.FlagSet)
	// values are what the first argument may be, for completion.
	values []string
	// anyConfig lets the verb run with a config file that is wrong.
	anyConfig bool
	hidden    bool
	// room marks a verb that needs the room alone, with standard input and output:
	// where a room process runs, that one does it, and it can be done through a
	// door. Others open files, start programs or are about this machine.
	room bool
	// plain marks a verb that needs nothing at all: it is done where it is asked for.
	plain bool
	// reads says, of a verb for the room, when it reads standard input. It must not
	// take what is not meant for it: a loop of a shell may be reading it.
	reads func(args []string) bool
	// errand, of a verb that also needs this machine, has a room process do its
	// part of it.
	errand func(cmd *cobra.Command, args []string, r *remote) error
	// here are flags that open files, and so cannot go through a door.
	here []string
	run  func(cmd *cobra.Command, args []string) error
}

// opens reports flags that open files: the verb then is done where they are.
func (v verb) opens(cmd *cobra.Command) bool {
	return slices.ContainsFunc(v.here, func(name string) bool {
		f := cmd.Flags().Lookup(name)
		return f != nil && f.Changed
	})
}

// command makes the verb a command of the tree.
func (a *app) command(v verb) *cobra.Command {
	use := v.name
	if v.args != "" {
		use += " " + v.args
	}
	c := &cobra.Command{
		Use: use, Example: v.example, Hidden: v.hidden,
		DisableFlagsInUseLine: true, ValidArgs: v.values,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) < v.min:
				return misuse("shell.usage.few", "Use", use)
			case v.max >= 0 && len(args) > v.max:
				return misuse("shell.usage.many", "Use", use, "Extra", unshield(args)[v.max])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.ready(v.anyConfig); err != nil {
				return err
			}
			if a.door != nil {
				if err := a.door.fit(cmd, v); err != nil {
					return err
				}
				return v.run(cmd, unshield(args))
			}
			a.forwards = v.errand != nil || v.room && !v.opens(cmd)
			return a.hereOrThere(cmd, v, unshield(args))
		},
	}
	if !v.hidden { // what other processes ask for needs no words
		c.Short = a.T("shell." + v.name + ".short")
	}
	if key := "shell." + v.name + ".long"; a.words.Has(key) {
		c.Long = a.T(key)
	}
	if v.flags != nil {
		v.flags(c.Flags())
	}
	return c
}

// hereOrThere does a verb: in the room process where one runs and can, else in this
// process.
func (a *app) hereOrThere(cmd *cobra.Command, v verb, args []string) (err error) {
	for range servedTries {
		if a.forwards {
			if done, err := a.forward(cmd, v, args); done || err != nil {
				return err
			}
		}
		if err = v.run(cmd, args); !errors.Is(err, errServed) {
			return err
		}
	}
	return &problem{phrase: model.Say("shell.room.lost"), cause: err}
}

// ready checks what every verb needs.
func (a *app) ready(anyConfig bool) error {
	if a.flags.format != "text" && a.flags.format != "json" {
		given := a.flags.format
		a.flags.format = "text"
		return misuse("shell.usage.format", "Format", given)
	}
	if a.flags.ascii && !a.config.ASCII {
		a.config.ASCII = true
		a.words = lang.New(a.printing())
	}
	if a.badConfig != nil && !anyConfig {
		return a.badConfig
	}
	return nil
}

// newRoot is the whole command tree.
func newRoot(a *app) *cobra.Command {
	root := a.command(verb{name: "warroom", max: -1, run: a.runConsole})
	root.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		if n := near.Of(args[0], verbNames(cmd)); n != "" {
			return misuse("shell.usage.verb.nearest", "Verb", args[0], "Nearest", n)
		}
		return misuse("shell.usage.verb", "Verb", args[0])
	}
	root.SilenceErrors, root.SilenceUsage, root.DisableAutoGenTag = true, true, true
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(flagProblem)
	root.SetHelpFunc(a.help)
	root.SetHelpCommand(a.command(verb{name: "help", args: "[VERB]", max: -1, anyConfig: true, plain: true, run: func(cmd *cobra.Command, args []string) error {
		of, rest, err := root.Find(args)
		if err != nil || len(rest) > 0 {
			return root.Args(root, args)
		}
		return of.Help()
	}}))
	f := root.PersistentFlags()
	f.StringVarP(&a.flags.incident, "incident", "i", "", a.T("shell.flag.incident"))
	f.StringVarP(&a.flags.format, "output", "o", "text", a.T("shell.flag.output"))
	f.StringVar(&a.flags.workspace, "workspace", "default", a.T("shell.flag.workspace"))
	f.StringVar(&a.flags.socket, "socket", "", a.T("shell.flag.socket"))
	f.BoolVar(&a.flags.solo, "solo", false, a.T("shell.flag.solo"))
	f.BoolVar(&a.flags.ascii, "ascii", false, a.T("shell.flag.ascii"))
	root.Flags().BoolP("help", "h", false, a.T("shell.flag.help"))
	for _, group := range a.groups() {
		root.AddGroup(&cobra.Group{ID: group.id, Title: a.T("shell.group." + group.id)})
		for _, v := range group.verbs {
			c := a.command(v)
			c.GroupID = group.id
			c.Flags().BoolP("help", "h", false, a.T("shell.flag.help"))
			root.AddCommand(c)
		}
	}
	return root
}

// group is the verbs of one subject, in the order of the help.
type group struct {
	id    string
	verbs []verb
}

func (a *app) groups() []group {
	return []group{
		{"incident", slices.Concat(a.incidentVerbs(), a.stateVerbs())},
		{"log", slices.Concat(a.logVerbs(), a.entryVerbs(), a.redactVerbs())},
		{"people", slices.Concat(a.peopleVerbs(), a.memberVerbs(), a.deviceVerbs(), a.recoveryVerbs(), a.workVerbs(), a.promptVerbs(), a.updateVerbs(), a.contactVerbs(), a.rotaVerbs(), a.pageVerbs())},
		{"outside", slices.Concat(a.alertVerbs(), a.exportVerbs(), a.verifyVerbs(), a.backupVerbs(), a.inviteVerbs(), a.joinVerbs(), a.peersVerbs(), a.bundleVerbs(), a.syncVerbs())},
		{"machine", slices.Concat(a.serveVerbs(), a.machineVerbs(), a.docVerbs(), a.insideVerbs())},
	}
}

// knows reports a verb of ours: the tree has commands of its library's own.
func (a *app) knows(name string) bool {
	for _, g := range a.groups() {
		for _, v := range g.verbs {
			if v.name == name {
				return true
			}
		}
	}
	return name == "help"
}

func verbNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}

// agoLike reports an argument such as -12m: a time ago, and no flag.
func agoLike(arg string) bool {
	return len(arg) > 1 && arg[0] == '-' && '0' <= arg[1] && arg[1] <= '9'
}

// shieldMark stands before an argument that the flag reader would take for a
// flag. No argument can hold it: the system ends them with it.
const shieldMark = "\x00"

// shield lets a time such as -12m be an argument of its own.
func shield(args []string) []string {
	out := append([]string{}, args...) // never nil: cobra would take the process's own
	for i, arg := range out {
		if arg == "--" {
			break
		}
		// After a flag it is the flag's value.
		if agoLike(arg) && (i == 0 || !strings.HasPrefix(out[i-1], "-") || out[i-1] == "-") {
			out[i] = shieldMark + arg
		}
	}
	return out
}

func unshield(args []string) []string {
	out := slices.Clone(args)
	for i, arg := range out {
		out[i] = strings.TrimPrefix(arg, shieldMark)
	}
	return out
}
