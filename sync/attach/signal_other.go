//go:build !unix

package attach

import (
	"errors"
	"os"
)

func notifySize(chan os.Signal) (stop func()) { return func() {} }

func isContinue(os.Signal) bool { return false }

func suspend() error { return errors.New("this system cannot suspend a program") }
