package main

import (
	"warroom/model"
	"warroom/model/report"
)

// sameCodes refuse what is so already: for a script that is as good as done.
var sameCodes = map[model.Code]bool{
	model.CodeSeveritySame: true, model.CodeStatusSame: true, model.CodeRoleHeld: true, model.CodeAnswerSame: true,
	model.CodeEntrySame: true, model.CodeEntryNotStruck: true, model.CodeLinkSame: true, model.CodeMomentSame: true,
	model.CodePhaseSame: true, model.CodeDraftSame: true, model.CodeApproveSame: true,
}

// wrongWords refuse an argument that could not be right in any room.
var wrongWords = map[model.Code]bool{
	model.CodeSeverityUnknown: true, model.CodeStatusUnknown: true, model.CodeRoleUnknown: true, model.CodeQuestionUnknown: true,
	model.CodeAnswerChoice: true, model.CodeAnswerCount: true, model.CodeKindUnknown: true, model.CodeSourceUnknown: true,
	model.CodeAudienceUnknown: true, model.CodeUpdateState: true, model.CodeLinkKind: true, model.CodeLinkURL: true,
	model.CodeTemplateField: true, model.CodeMomentUnknown: true, model.CodeTimeUnreadable: true, model.CodeTimeZone: true, model.CodeKeyMalformed: true,
	model.CodePageResult: true, model.CodePageWait: true,
}

func isSo(err error) bool { return sameCodes[model.CodeOf(err)] }

// wasSo says what was so already, as an answer and not as a failure.
func (a *app) wasSo(err error) int {
	if a.asJSON() {
		if a.json(receipt{Lines: []report.Entry{}}) != nil {
			return exitFailed
		}
		return exitDone
	}
	a.line(a.explain(err))
	if a.out.failed != nil {
		return exitFailed
	}
	return exitDone
}

// soAlready says what was so already, for a command that is not refused then.
func soAlready(c model.Command) model.Phrase {
	switch c := c.(type) {
	case model.SetTitle:
		return model.Say("shell.so.title", "Title", c.Title)
	case model.PinTopic:
		if c.Text == "" {
			return model.Say("shell.so.unpinned")
		}
		return model.Say("shell.so.topic", "Topic", c.Text)
	case model.Star:
		if c.On {
			return model.Say("shell.so.starred")
		}
		return model.Say("shell.so.unstarred")
	case model.Strike:
		return model.Say("shell.so.struck")
	}
	return model.Say("shell.nothing")
}
