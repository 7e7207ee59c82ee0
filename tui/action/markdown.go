package action

import (
	"strings"

	"warroom/model"
)

// Begin and End stand round the key table in the README; a test compares what
// is between them with Markdown.
const (
	Begin = "<!-- keys:begin -->"
	End   = "<!-- keys:end -->"
)

// Markdown is the table of keys and commands for the README, in the words of
// the given printer (lang.Printer.Say).
func Markdown(say func(model.Phrase) string) string {
	var b strings.Builder
	for _, s := range Scopes() {
		b.WriteString("\n**" + say(s.Phrase()) + "**\n\n")
		b.WriteString("| " + say(model.Say("help.key")) + " | " + say(model.Say("help.command")) + " | " + say(model.Say("help.does")) + " |\n| --- | --- | --- |\n")
		for _, a := range Table() {
			if a.Scope == s {
				b.WriteString("| " + keys(a) + " | " + command(a) + " | " + cell(say(a.Long())) + " |\n")
			}
		}
	}
	return strings.TrimLeft(b.String(), "\n")
}

func keys(a Action) string {
	var out []string
	for _, k := range a.Keys {
		out = append(out, "`"+Shown(k)+"`")
	}
	return strings.Join(out, " ")
}

func command(a Action) string {
	if len(a.Words) == 0 {
		return ""
	}
	return "`" + cell(Usage(a)) + "`"
}

// Usage is the command as it is typed: ":sev 1|2|3 [REASON]"; "" without words.
func Usage(a Action) string {
	if len(a.Words) == 0 {
		return ""
	}
	return strings.TrimSpace(":" + a.Words[0] + " " + a.Args)
}

// cell keeps a bar inside its cell.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
