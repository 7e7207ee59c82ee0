package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"warroom/model"
)

// docVerbs write what packages ship: completions and manual pages.
func (a *app) docVerbs() []verb {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return []verb{
		{
			name: "completion", args: "SHELL", min: 1, max: 1, values: shells, anyConfig: true,
			example: "warroom completion bash > /etc/bash_completion.d/warroom",
			run: func(cmd *cobra.Command, args []string) error {
				root := cmd.Root()
				switch args[0] {
				case "bash":
					return root.GenBashCompletionV2(a.out, true)
				case "zsh":
					return root.GenZshCompletion(a.out)
				case "fish":
					return root.GenFishCompletion(a.out, true)
				case "powershell":
					return root.GenPowerShellCompletionWithDesc(a.out)
				}
				return misuse("shell.usage.shell", "Shell", args[0], "Shells", shells)
			},
		},
		{
			name: "man", args: "FOLDER", min: 1, max: 1, anyConfig: true, example: "warroom man /usr/local/share/man/man1",
			run: func(cmd *cobra.Command, args []string) error {
				err := os.MkdirAll(args[0], 0o777&^os.FileMode(a.Umask))
				if err == nil {
					mask := setUmask(a.Umask) // manual pages are for everybody
					err = doc.GenManTree(cmd.Root(), &doc.GenManHeader{Section: "1", Source: "warroom", Manual: " "}, args[0])
					setUmask(mask)
				}
				if err != nil {
					return &problem{phrase: model.Say("shell.man.failed", "Dir", args[0], "Cause", errors.Unwrap(err)), cause: err}
				}
				a.line(a.T("shell.man.done", "Dir", args[0]))
				return nil
			},
		},
	}
}
