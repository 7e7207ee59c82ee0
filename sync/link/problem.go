package link

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"syscall"

	"warroom/model"
	"warroom/sync/wire"
)

// Problem says for people why a peer could not be reached, or why a link ended; the zero
// Phrase for nil and for what this side did itself. said is the last line of the program
// that carried it, if one did.
func Problem(err error, said string) model.Phrase {
	var untrusted *UntrustedError
	var host *net.DNSError
	switch {
	case err == nil, errors.Is(err, ErrClosed), errors.Is(err, context.Canceled):
		return model.Phrase{}
	case errors.As(err, &untrusted):
		return model.Say("link.problem.pin", "Pin", FormatPin(untrusted.Pin))
	case errors.Is(err, ErrOut):
		return model.Say("link.problem.out")
	case errors.Is(err, errOutHere):
		return model.Say("link.problem.out.there")
	case errors.Is(err, ErrBusy):
		return model.Say("link.problem.busy")
	case errors.Is(err, ErrShut):
		return model.Say("link.problem.shut")
	case said != "":
		return model.Say("link.problem.program", "Said", said)
	case errors.Is(err, exec.ErrNotFound):
		return model.Say("link.problem.noprogram")
	case errors.As(err, &host):
		return model.Say("link.problem.host", "Host", host.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return model.Say("link.problem.refused")
	case errors.Is(err, ErrSilent):
		return model.Say("peer.problem.silent")
	case errors.Is(err, ErrStuck):
		return model.Say("peer.problem.slow")
	case errors.Is(err, wire.ErrFrame):
		return model.Say("peer.problem.frame", "Cause", err.Error())
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), late(err):
		return model.Say("link.problem.late")
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return model.Say("link.problem.away")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return model.Say("link.problem.cut")
	}
	return model.Say("link.problem.other", "Cause", err.Error())
}

// telling ranks problems of several routes: that somebody else answers, or that the door
// stays shut, says more than that nobody is there.
func telling(err error) int {
	var untrusted *UntrustedError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &untrusted), errors.Is(err, ErrShut), errors.Is(err, ErrOut), errors.Is(err, ErrBusy):
		return 2
	}
	return 1
}
