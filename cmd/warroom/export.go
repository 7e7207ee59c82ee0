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
	return []verb{{
		name: "export",
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

// save writes a file whole or not at all, and does not write over another
// unless it is told to.
func (a *app) save(file string, content []byte, force bool) (err error) {
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
	_, err = f.Write(content)
	// It is meant for others: it gets the rights of any file that the caller makes.
	err = errors.Join(err, f.Chmod(0o666&^fs.FileMode(a.Umask)), f.Sync(), f.Close())
	if err != nil {
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
