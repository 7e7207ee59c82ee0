package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/model/report"
)

// verifyVerbs prove that what was written is what is there.
func (a *app) verifyVerbs() []verb {
	var file string
	return []verb{{
		name: "verify", room: true, here: []string{"file"}, args: "[INCIDENT]", max: 1,
		flags:   func(f *pflag.FlagSet) { f.StringVarP(&file, "file", "f", "", a.T("shell.flag.verifyfile")) },
		example: "warroom verify\nwarroom verify 7F3K\nwarroom verify --file incident.json",
		run: func(cmd *cobra.Command, args []string) error {
			if file != "" {
				if err := a.onlyHere("--file"); err != nil {
					return err
				}
				if len(args) > 0 {
					return misuse("shell.usage.verify")
				}
				return a.verifyExport(file)
			}
			return a.look(cmd.Context(), func(s *session) error {
				if len(args) > 0 {
					s.flags.incident = args[0]
				}
				return s.verify(cmd)
			})
		},
	}}
}

// proof is what a verification came to, for a program.
type proof struct {
	Incident *reference `json:"incident,omitempty"`
	Proved   bool       `json:"proved"`
	Events   int        `json:"events"`
	Logs     int        `json:"logs"`
	Removed  int        `json:"removed_texts"`
	Newer    int        `json:"newer_events"`
	Faults   []fault    `json:"faults"`
	Altered  []string   `json:"altered,omitempty"`
}

type fault struct {
	Log  string `json:"log"`
	Seq  uint64 `json:"seq"`
	Ref  string `json:"ref"`
	Code string `json:"code"`
}

func proofOf(v model.Verdict) proof {
	p := proof{Proved: v.Proved(), Events: v.Events, Logs: v.Logs, Removed: v.Removed, Newer: v.Newer, Faults: []fault{}}
	for _, f := range v.Faults {
		p.Faults = append(p.Faults, fault{f.Ref.Log.String(), f.Ref.Seq, f.Ref.String(), string(model.CodeOf(f.Err))})
	}
	return p
}

// verify proves one incident where one is named, else every incident.
func (s *session) verify(cmd *cobra.Command) error {
	archive, ok := s.room.(model.Archive)
	if !ok {
		return refuse("shell.verify.memory")
	}
	var ids []model.Scope
	if s.flags.incident != "" || s.getenv("WARROOM_INCIDENT") != "" {
		id, err := s.choose(cmd.Context())
		if err != nil {
			return err
		}
		ids = []model.Scope{id}
	} else {
		for _, row := range s.room.Overview().Rows {
			ids = append(ids, row.ID)
		}
	}
	proofs, failed := []proof{}, 0
	for _, id := range ids {
		ev, err := archive.Evidence(cmd.Context(), id)
		if err != nil {
			return err
		}
		verdict := model.Verify(ev, id)
		p := proofOf(verdict)
		p.Incident = &reference{id.String(), model.KeyPrefix + s.key(id)}
		proofs = append(proofs, p)
		if !verdict.Proved() {
			failed++
		}
		if !s.asJSON() {
			s.verdict(s.key(id), verdict)
		}
	}
	if s.asJSON() {
		if err := s.json(proofs); err != nil {
			return err
		}
	} else if len(ids) != 1 {
		s.line(s.words.N("shell.verify.all", len(ids), "Failed", failed))
	}
	if failed > 0 {
		return refuse("shell.verify.failed")
	}
	return nil
}

// verdict says in a line or more what a proof came to; the first fault by name.
func (a *app) verdict(key string, v model.Verdict) {
	if v.Proved() {
		a.line(a.words.N("shell.verify.proved", v.Events, "Key", key))
	} else if len(v.Faults) > 0 {
		first := v.Faults[0]
		a.line(a.words.N("shell.verify.fault", len(v.Faults), "Key", key, "Seq", first.Ref.Seq, "Ref", first.Ref.String(),
			"Log", first.Ref.Log.String()[:8], "At", first.Wall, "Why", a.words.Error(first.Err)))
	}
	if v.Removed > 0 {
		a.line("  " + a.words.N("shell.verify.removed", v.Removed))
	}
	if v.Newer > 0 {
		a.line("  " + a.words.N("shell.verify.newer", v.Newer))
	}
}

// verifyExport proves an export that was made anywhere; it needs no room.
func (a *app) verifyExport(file string) error {
	in := a.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return refuse("shell.verify.unreadable", "File", file, "Cause", root(err))
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, report.MaxExport+1))
	if err == nil && len(raw) > report.MaxExport {
		err = fmt.Errorf("more than %d MiB", report.MaxExport>>20)
	}
	var c report.Checked
	if err == nil {
		c, err = report.Check(raw)
	}
	if err != nil {
		return refuse("shell.verify.unreadable", "File", file, "Cause", root(err))
	}
	if a.asJSON() {
		p := proofOf(c.Verdict)
		p.Proved, p.Altered = c.Proved(), c.Altered
		p.Incident = &reference{c.ID.String(), c.Key}
		if err := a.json(p); err != nil {
			return err
		}
	} else {
		if c.Verdict.Proved() && len(c.Altered) > 0 {
			a.line(a.words.N("shell.verify.forged", c.Verdict.Events, "Key", c.ID.Key()))
		} else {
			a.verdict(c.ID.Key(), c.Verdict)
		}
		for _, what := range c.Altered {
			a.line("  " + a.T("shell.verify.altered", "What", what))
		}
	}
	if !c.Proved() {
		return refuse("shell.verify.failed")
	}
	return nil
}
