package main

import (
	"github.com/spf13/cobra"
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
		a.manVerb(),
	}
}
