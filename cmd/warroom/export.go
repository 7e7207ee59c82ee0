package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/model/report"
)

// exportVerbs write an incident down for others.
func (a *app) exportVerbs() []verb {
	var format, file string
	var force bool
	a.exportTo = func() (string, bool) { return file, force }
	return []verb{{
		name: "export", room: true, here: []string{"file", "force"}, errand: a.exportThere,
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&format, "format", "markdown", a.T("shell.flag.format"))
			f.StringVarP(&file, "file", "f", "", a.T("shell.flag.file"))
			f.BoolVar(&force, "force", false, a.T("shell.flag.force"))
		},
		example: "warroom export -i 7F3K > incident.md\nwarroom export --format json --file incident.json",
		run: func(cmd *cobra.Command, _ []string) error {
			if a.asJSON() && !cmd.Flags().Changed("format") {
				format = "json"
			}
			if format != "markdown" && format != "json" {
				return misuse("shell.usage.exportformat", "Format", format)
			}
			var out []byte
			err := a.look(cmd.Context(), func(s *session) error {
				v, err := s.chosen(cmd.Context())
				if err != nil {
					return err
				}
				if format == "markdown" {
					out = report.Markdown(v, s.report(s.room))
					return nil
				}
				o := s.report(s.room)
				if archive, ok := s.room.(model.Archive); ok {
					ev, err := archive.Evidence(cmd.Context(), v.ID)
					if err != nil {
						return err
					}
					o.Evidence = &ev
				}
				out, err = report.JSON(v, o)
				out = append(out, '\n')
				return err
			})
			if err != nil {
				return err
			}
			if file == "" || file == "-" {
				_, err := a.out.Write(out)
				return err
			}
			return a.save(file, out, force)
		},
	}}
}

// save writes a file for others: it gets the rights of any file that the caller
// makes.
func (a *app) save(file string, content []byte, force bool) error {
	return a.saveWith(file, force, 0o666&^fs.FileMode(a.Umask), func(f *os.File) error {
		_, err := f.Write(content)
		return err
	})
}

// saveWith writes a file whole or not at all, durably, and does not write over
// another unless it is told to.
func (a *app) saveWith(file string, force bool, mode fs.FileMode, fill func(*os.File) error) (err error) {
	if err := a.onlyHere("--file"); err != nil {
		return err
	}
	if _, err := os.Lstat(file); err == nil && !force {
		return refuse("shell.export.exists", "File", file)
	}
	failed := func(err error) error {
		return &problem{phrase: model.Say("shell.export.failed", "File", file, "Cause", root(err)), cause: err}
	}
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return failed(err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // what is half-written goes
		}
	}()
	err = fill(f)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return failed(err)
	}
	if !force {
		// A file that appeared meanwhile is not written over either.
		if err = os.Link(f.Name(), file); err == nil {
			return os.Remove(f.Name())
		}
		if errors.Is(err, fs.ErrExist) {
			return refuse("shell.export.exists", "File", file)
		}
		// Some file systems have no links.
	}
	if err = os.Rename(f.Name(), file); err != nil {
		return failed(err)
	}
	return nil
}
