package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/cmd/internal/config"
	"warroom/cmd/internal/near"
	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
	"warroom/themes"
)

// problem is an error of the shell's own: a sentence, and the exit code.
type problem struct {
	phrase model.Phrase
	usage  bool
	cause  error
	// code is for scripts, where it is not the sentence's key.
	code string
}

// Error is the form for logs: the sentence's key.
func (p *problem) Error() string { return p.phrase.Key }

// Unwrap gives the cause.
func (p *problem) Unwrap() error { return p.cause }

func refuse(key string, pairs ...any) *problem { return &problem{phrase: model.Say(key, pairs...)} }

func misuse(key string, pairs ...any) *problem {
	return &problem{phrase: model.Say(key, pairs...), usage: true}
}

// exit ends with a code and says nothing more: what there was to say is said.
type exit int

func (e exit) Error() string { return "exit" }

// fail says what went wrong, if anything did, and gives the exit code.
func (a *app) fail(cmd *cobra.Command, err error) int {
	var code exit
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &code):
		return int(code)
	case isSo(err):
		return a.wasSo(err)
	}
	say := a.explain(err)
	var p *problem
	usage := errors.As(err, &p) && p.usage || p == nil && wrongWords[model.CodeOf(err)]
	if a.asJSON() {
		a.failJSON(err, say)
	} else {
		a.note("warroom: " + say)
	}
	if !usage {
		return exitFailed
	}
	if cmd != nil && !a.asJSON() {
		a.note(a.T("shell.usage.see", "Verb", cmd.CommandPath()))
	}
	return exitUsage
}

// failJSON tells a script: the code is stable, the message is for people.
func (a *app) failJSON(err error, say string) {
	code := stableCode(err)
	var p *problem
	if code == "" && errors.As(err, &p) {
		code = cmp.Or(p.code, p.phrase.Key)
	}
	if code == "" {
		code = "internal"
	}
	type fault struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	e := json.NewEncoder(a.err)
	e.SetEscapeHTML(false)
	_ = e.Encode(map[string]fault{"error": {code, say}}) // nobody is left to tell
}

// stableCode is the code of an error for a script, "" for one that has none of
// its own.
func stableCode(err error) string {
	var (
		locked   *storage.LockedError
		newer    *storage.NewerError
		unusable *storage.UnusableError
		damaged  *storage.DamagedError
	)
	switch {
	case errors.As(err, &locked):
		return "store.locked"
	case errors.As(err, &newer):
		return "store.newer"
	case errors.As(err, &unusable):
		return "store.unusable"
	case errors.As(err, &damaged):
		return "store.damaged"
	}
	return string(model.CodeOf(err))
}

// explain is the sentence for an error.
func (a *app) explain(err error) string {
	var p *problem
	if errors.As(err, &p) {
		return a.words.Say(p.phrase)
	}
	if ph := a.phraseOf(err); !ph.IsZero() {
		return a.words.Say(ph)
	}
	return a.words.Error(err)
}

// phraseOf puts the errors of other packages into words.
func (a *app) phraseOf(err error) model.Phrase {
	var (
		locked   *storage.LockedError
		newer    *storage.NewerError
		unusable *storage.UnusableError
		damaged  *storage.DamagedError
		key      *room.KeyError
		kept     *room.RemovalError
		theme    *themes.Error
		setting  *config.Error
	)
	switch {
	case errors.As(err, &kept):
		return model.Say("shell.redact.failed", "Cause", root(kept.Err))
	case errors.As(err, &locked):
		if locked.PID == 0 {
			return model.Say("shell.store.locked", "Dir", locked.Dir)
		}
		return model.Say("shell.store.locked.by", "Dir", locked.Dir, "PID", locked.PID)
	case errors.As(err, &newer):
		return model.Say("shell.store.newer", "Have", newer.Have, "Know", newer.Know)
	case errors.As(err, &unusable):
		return unusablePhrase(unusable)
	case errors.As(err, &damaged):
		return model.Say("shell.store.damaged", "Log", damaged.Log.String(), "Seq", damaged.Seq)
	case errors.As(err, &key):
		return keyPhrase(key)
	case errors.As(err, &theme):
		return themePhrase(theme)
	case errors.As(err, &setting):
		return configPhrase(setting)
	case errors.Is(err, config.ErrNoHome):
		return model.Say("shell.home")
	case errors.Is(err, context.Canceled), errors.Is(err, room.ErrClosed):
		return model.Say("shell.interrupted")
	}
	return model.Phrase{}
}

func unusablePhrase(e *storage.UnusableError) model.Phrase {
	name := "shell.store.unusable"
	network := new(storage.NetworkError)
	switch {
	case errors.As(e.Err, &network):
		return model.Say("shell.store.network", "Dir", e.Dir, "Kind", network.Kind)
	case errors.Is(e.Err, storage.ErrNotDirectory):
		name = "shell.store.notdir"
	case errors.Is(e.Err, storage.ErrNotClosed):
		name = "shell.store.unclosed"
	case errors.Is(e.Err, storage.ErrGone):
		name = "shell.store.gone"
	case errors.Is(e.Err, storage.ErrOpenToOthers):
		name = "shell.store.others"
	case errors.Is(e.Err, fs.ErrPermission):
		name = "shell.store.denied"
	}
	return model.Say(name, "Dir", e.Dir, "Cause", root(e.Err))
}

// root is the last error of a chain: "permission denied", without the folder
// that the sentence names already.
func root(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var sys *os.SyscallError
	if errors.As(err, &sys) {
		return sys.Err
	}
	return err
}

func keyPhrase(e *room.KeyError) model.Phrase {
	name := "shell.devicekey"
	switch {
	case errors.Is(e.Err, room.ErrKeyMode):
		name = "shell.devicekey.mode"
	case errors.Is(e.Err, room.ErrKeyBroken):
		name = "shell.devicekey.broken"
	case errors.Is(e.Err, room.ErrKeyForeign):
		name = "shell.devicekey.foreign"
	}
	return model.Say(name, "Path", e.Path, "Cause", root(e.Err))
}

// within says in which file, and on which line, what is said is wrong.
func within(file string, line int, p model.Phrase, nearest string) model.Phrase {
	if nearest != "" {
		p = model.Say("shell.nearest", "Wrong", p, "Nearest", nearest)
	}
	switch {
	case file == "":
		return p
	case line > 0:
		return model.Say("shell.file.line", "File", file, "Line", line, "Wrong", p)
	}
	return model.Say("shell.file", "File", file, "Wrong", p)
}

func themePhrase(e *themes.Error) model.Phrase {
	wrong := model.Say("shell."+string(e.Problem), "Key", e.Key, "Value", e.Value, "Detail", e.Detail)
	return within(e.File, e.Line, wrong, e.Nearest)
}

func configPhrase(e *config.Error) model.Phrase {
	return model.Say("shell.config.wrong", "Wrong", configWrong(e))
}

// configWrong says what is wrong with a config, where, and what was probably meant.
func configWrong(e *config.Error) model.Phrase {
	wrong := model.Say("shell.config."+string(e.Problem), "Key", e.Key, "Detail", e.Detail)
	if e.Problem == config.BadKind {
		wrong = model.Say("shell.config.kind", "Key", e.Key, "Kind", model.Say("shell.config.kind."+e.Wanted))
	}
	return within(e.File, e.Line, wrong, e.Nearest)
}

// flagProblem turns what the flag reader complains about into a sentence.
func flagProblem(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		missing *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				names = append(names, f.Name)
			}
		})
		if n := near.Of(name, names); n != "" {
			return misuse("shell.usage.flag.nearest", "Flag", dashed(name), "Nearest", "--"+n)
		}
		return misuse("shell.usage.flag", "Flag", dashed(name))
	case errors.As(err, &missing):
		return misuse("shell.usage.value", "Flag", dashed(missing.GetSpecifiedName()))
	case errors.As(err, &invalid):
		return misuse("shell.usage.invalid", "Flag", dashed(invalid.GetFlag().Name), "Value", invalid.GetValue())
	}
	return misuse("shell.usage.flags", "Cause", err)
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
