package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/bundle"
	"warroom/sync/wire"
)

// wanted is what a bundle is to have in it, as it goes to a room process.
type wanted struct {
	Incident string     `json:"incident,omitempty"`
	Of       string     `json:"of,omitempty"` // the workspace of whom it is for
	Theirs   []wire.Tip `json:"theirs,omitempty"`
}

// bundleVerbs carry events in files.
func (a *app) bundleVerbs() []verb {
	var since string
	var all, force bool
	to := func(cmd *cobra.Command, args []string, r *remote) error {
		if len(args) < 2 {
			return misuse("shell.usage.few", "Use", cmd.Use)
		}
		switch args[0] {
		case "export":
			want, err := a.wanted(since, all)
			if err != nil {
				return err
			}
			return a.exportBundle(args[1], force, want.Incident != "", func(w io.Writer) error { return a.bundleOut(cmd.Context(), r, want, w) })
		case "import":
			return a.importBundle(cmd.Context(), args[1], r)
		}
		return misuse("shell.bundle.word", "Word", args[0])
	}
	return []verb{{
		name: "bundle", args: "export FILE | import FILE", min: 1, max: 2, values: []string{"export", "import"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&since, "since", "", a.T("shell.flag.since"))
			f.BoolVar(&all, "all", false, a.T("shell.flag.everything"))
			f.BoolVar(&force, "force", false, a.T("shell.flag.force"))
		},
		example: "warroom bundle export /mnt/usb/ana.bundle\nwarroom bundle export - --since bob.bundle | ssh bob warroom bundle import -",
		errand:  to,
		run:     func(cmd *cobra.Command, args []string) error { return to(cmd, args, nil) },
	}}
}

// bundleParts are what a room process does of it. They are for whoever runs that.
func (a *app) bundleParts() []verb {
	part := func(name string, max int, do func(cmd *cobra.Command, args []string) error) verb {
		return verb{name: name, max: max, hidden: true, room: true, run: func(cmd *cobra.Command, args []string) error {
			if a.door == nil {
				return refuse("shell.door.inside")
			}
			if err := a.door.thisMachine(); err != nil {
				return err
			}
			return do(cmd, args)
		}}
	}
	return []verb{
		part("bundling", 0, func(cmd *cobra.Command, _ []string) error {
			raw, err := a.readInput(cmd.Context(), maxErrand)
			if err != nil {
				return err
			}
			var want wanted
			if err := json.Unmarshal(raw, &want); err != nil {
				return misuse("shell.door.inside")
			}
			return a.bundleOut(cmd.Context(), nil, want, a.out)
		}),
		part("unbundling", 1, func(cmd *cobra.Command, args []string) error {
			return a.unbundle(cmd.Context(), cmp.Or(append(args, "-")...), a.in)
		}),
	}
}

// wanted reads what the bundle is to have in it from the flags.
func (a *app) wanted(since string, all bool) (wanted, error) {
	want := wanted{Incident: a.flags.incident}
	if all && want.Incident != "" {
		return want, misuse("shell.usage.both", "One", "--all", "Other", "-i")
	}
	if since == "" {
		return want, nil
	}
	f, err := os.Open(since)
	if err != nil {
		return want, unreadable(since, err)
	}
	defer f.Close()
	info, tips, err := bundle.Inspect(f)
	if err != nil {
		wrong := model.Say("shell.text", "Text", a.explain(unbundled(since, bundle.Taken{}, err)))
		return want, &problem{phrase: model.Say("shell.bundle.since", "File", since, "Wrong", wrong), cause: err}
	}
	want.Of, want.Theirs = info.Workspace.String(), tips
	return want, nil
}

// exportBundle writes the file, and says what is in it: it is read again for that, so
// it is known to be whole.
func (a *app) exportBundle(file string, force, some bool, out func(io.Writer) error) error {
	if file == "-" {
		return out(a.out)
	}
	var info bundle.Info
	var inside error
	err := a.saveWith(file, force, 0o600, func(f *os.File) error {
		if inside = out(f); inside != nil {
			return inside
		}
		_, err := f.Seek(0, io.SeekStart)
		if err == nil {
			info, _, err = bundle.Inspect(f)
		}
		return err
	})
	var code exit
	if inside != nil && (errors.As(inside, &code) || !a.phraseOf(inside).IsZero() || model.CodeOf(inside) != "" || isProblem(inside)) {
		return inside
	}
	if err != nil {
		return err
	}
	if a.asJSON() {
		return a.json(map[string]any{"file": file, "workspace": info.Workspace.String(), "made_ms": info.Made, "events": info.Events, "logs": info.Logs, "bytes": info.Bytes})
	}
	if info.Events == 0 {
		a.line(a.T("shell.bundle.nothing", "File", file))
		return nil
	}
	a.line(a.words.N("shell.bundle.exported", int(info.Events), "File", file, "Logs", info.Logs, "Size", info.Bytes))
	if some {
		a.tell(a.T("shell.bundle.whole"))
	}
	a.tell(a.T("shell.bundle.care"))
	return nil
}

func isProblem(err error) bool {
	var p *problem
	return errors.As(err, &p)
}

// bundleOut writes a bundle: in the room process, where one runs.
func (a *app) bundleOut(ctx context.Context, r *remote, want wanted, w io.Writer) error {
	if r != nil {
		raw, err := json.Marshal(want)
		if err != nil {
			return err
		}
		return r.does(ctx, errand{args: []string{"bundling", "-o", a.flags.format}, in: bytes.NewReader(raw), out: w})
	}
	if err := a.needsRoom("shell.peers.noroom"); err != nil {
		return err
	}
	return a.look(ctx, func(s *session) error { return s.bundleOut(ctx, want, w) })
}

// needsRoom refuses a home without a room, before one is made by looking.
func (a *app) needsRoom(key string) error {
	if a.door != nil {
		return nil
	}
	dir, err := a.storeDir()
	if err == nil && !storage.There(dir) {
		err = refuse(key, "Dir", dir)
	}
	return err
}

func (s *session) bundleOut(ctx context.Context, want wanted, w io.Writer) error {
	r := s.itself()
	o := r.Overview()
	for i := range o.Rows {
		if row := &o.Rows[i]; row.Restricted {
			return refuse("shell.bundle.restricted", "Key", model.KeyPrefix+s.keyOf(r, row.ID))
		}
	}
	if want.Of != "" && want.Of != r.Workspace().String() {
		return &problem{phrase: model.Say("shell.peers.workspace"), cause: bundle.ErrWorkspace}
	}
	choice := bundle.Choice{Made: s.Now().UnixMilli(), Theirs: want.Theirs}
	if want.Incident != "" {
		s.flags.incident = want.Incident
		id, err := s.choose(ctx)
		if err != nil {
			return err
		}
		if choice.Logs, err = s.logsOf(ctx, id); err != nil {
			return err
		}
	}
	_, err := bundle.Write(w, spring{r}, choice)
	return err
}

// importBundle takes a bundle: in the room process, where one runs.
func (a *app) importBundle(ctx context.Context, file string, r *remote) error {
	in := a.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return unreadable(file, err)
		}
		defer f.Close()
		in = f
	}
	if r != nil {
		return r.does(ctx, errand{args: []string{"unbundling", "-o", a.flags.format, "--", file}, in: in})
	}
	if err := a.needsRoom("shell.bundle.noroom"); err != nil {
		return err
	}
	return a.unbundle(ctx, file, in)
}

// took is what came of an import, for a program.
type took struct {
	Events   uint64 `json:"events"`
	Held     uint64 `json:"held"`
	Runs     int    `json:"runs"`
	Apart    uint64 `json:"apart"`
	Unsigned uint64 `json:"unsigned"`
	Newer    int    `json:"newer"`
	Gaps     []gap  `json:"gaps"`
}

type gap struct {
	Log  string `json:"log"`
	From uint64 `json:"from"`
	To   uint64 `json:"to"`
}

// unbundle takes a bundle into the room and says what came of it.
func (a *app) unbundle(ctx context.Context, file string, in io.Reader) error {
	return a.with(ctx, model.DoorShell, func(s *session) error {
		t, err := bundle.Read(ctx, in, sink{s.itself()})
		if err != nil {
			return unbundled(file, t, err)
		}
		if s.asJSON() {
			out := took{t.Events, t.Held, t.Runs, t.Apart, t.Unsigned, t.Newer, []gap{}}
			for _, g := range t.Gaps {
				out.Gaps = append(out.Gaps, gap{g.Log.String(), g.From, g.To})
			}
			return s.json(out)
		}
		s.line(s.words.N("shell.bundle.imported", int(t.Events), "Held", t.Held))
		if t.Apart > 0 {
			s.line(s.words.N("shell.bundle.apart", int(t.Apart), "Gaps", gapPhrases(t.Gaps)))
		}
		if t.Unsigned > 0 {
			s.line(s.words.N("shell.bundle.unsigned", int(t.Unsigned)))
		}
		if t.Newer > 0 {
			s.line(s.words.N("shell.bundle.newer", t.Newer))
		}
		return nil
	})
}

// maxGaps is how many gaps are told; the others are of the same cause.
const maxGaps = 5

func gapPhrases(gaps []bundle.Gap) []model.Phrase {
	var out []model.Phrase
	for _, g := range gaps[:min(len(gaps), maxGaps)] {
		out = append(out, model.Say("shell.bundle.gap", "Log", g.Log.String()[:8], "From", g.From, "To", g.To))
	}
	return out
}

// unbundled says why a bundle was not taken to its end, and how much of it was.
func unbundled(file string, t bundle.Taken, err error) error {
	say := func(key string) error {
		return &problem{phrase: model.Say(key, "File", file, "Cause", root(err)).Counted(int(t.Events)), cause: err}
	}
	plain := func(key string) error { return &problem{phrase: model.Say(key, "File", file), cause: err} }
	switch {
	case errors.Is(err, bundle.ErrNoBundle):
		return plain("shell.bundle.other")
	case errors.Is(err, bundle.ErrNewer):
		return plain("shell.bundle.format")
	case errors.Is(err, bundle.ErrWorkspace):
		return plain("shell.bundle.workspace")
	case errors.Is(err, bundle.ErrCut):
		return say("shell.bundle.cut")
	case errors.Is(err, bundle.ErrAltered):
		return say("shell.bundle.altered")
	}
	return say("shell.bundle.failed")
}
