package link

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"warroom/model"
	"warroom/sync/wire"
)

// Trust says whether a device may be linked with, and what it is called. It is
// asked at each handshake, so that a pin that was taken out of the file counts no
// more. It is called by many goroutines.
type Trust func(pin model.Hash) (name string, ok bool)

// UntrustedError is a device that is in no file of peers.
type UntrustedError struct{ Pin model.Hash }

func (e *UntrustedError) Error() string { return "no peer has the pin " + FormatPin(e.Pin) }

// ErrShut says that the other side ended the handshake: it does not know this device, or
// does not take anybody now.
var ErrShut = errors.New("the peer does not let this device in")

// config is TLS between peers: version 1.3, both prove a key, and nothing of one
// handshake is used again in another. Names and dates of certificates count for nothing, the
// pin does.
func config(cert tls.Certificate, trust Trust) *tls.Config {
	return &tls.Config{
		MinVersion:   tls.VersionTLS13,
		MaxVersion:   tls.VersionTLS13,
		NextProtos:   []string{wire.Protocol},
		Certificates: []tls.Certificate{cert},
		ClientAuth:   tls.RequireAnyClientCert,
		// A resumed session would not send a certificate again. And the pin is looked at
		// in VerifyConnection, which is called for a resumed one too; the other hook is not.
		SessionTicketsDisabled: true,
		InsecureSkipVerify:     true, // there is no authority to ask; see VerifyConnection
		VerifyConnection:       func(s tls.ConnectionState) error { return verify(s, trust) },
	}
}

// ServerConfig is for who is dialed, ClientConfig for who dials. trust of the latter
// should know the one peer that is wanted.
func ServerConfig(cert tls.Certificate, trust Trust) *tls.Config { return config(cert, trust) }

// ClientConfig is for who dials.
func ClientConfig(cert tls.Certificate, trust Trust) *tls.Config { return config(cert, trust) }

func verify(s tls.ConnectionState, trust Trust) error {
	switch {
	case s.NegotiatedProtocol != wire.Protocol:
		// Without this a client that names no protocol would be let in.
		return fmt.Errorf("protocol %q", s.NegotiatedProtocol)
	case len(s.PeerCertificates) == 0:
		return errors.New("no certificate")
	}
	device, err := deviceOf(s.PeerCertificates[0])
	if err != nil {
		return err
	}
	pin := PinOf(device)
	if _, ok := trust(pin); !ok {
		return &UntrustedError{Pin: pin}
	}
	return nil
}

// welcome is the one byte that who was dialed sends when it knows who dialed. In TLS
// 1.3 the dialer is through before that: without it, it would say hello to somebody
// who then shuts the door, and could not tell people why.
const welcome = 'w'

// Secure proves both sides to each other on a stream, by a deadline. On an error the stream is
// closed, and nothing but the handshake was sent: *UntrustedError says that the other's
// device is not known here, ErrShut that this one is not known there.
func Secure(ctx context.Context, c net.Conn, cfg *tls.Config, dialed bool, limit time.Duration) (*tls.Conn, model.DeviceKey, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	// A carrier need not look at the context: it is closed when the time is over.
	stop := context.AfterFunc(ctx, func() { c.Close() })
	secured, device, err := secure(ctx, c, cfg, dialed)
	if !stop() && err == nil {
		err = ctx.Err() // closed in the last moment
	}
	if err != nil {
		c.Close()
		if ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", ctx.Err(), err)
		}
		return nil, model.DeviceKey{}, err
	}
	return secured, device, nil
}

func secure(ctx context.Context, c net.Conn, cfg *tls.Config, dialed bool) (*tls.Conn, model.DeviceKey, error) {
	end := tls.Server
	if dialed {
		end = tls.Client
	}
	conn := end(c, cfg)
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, model.DeviceKey{}, shut(err)
	}
	device, err := deviceOf(conn.ConnectionState().PeerCertificates[0])
	if err != nil {
		return nil, model.DeviceKey{}, err
	}
	mark := []byte{welcome}
	if !dialed {
		_, err = conn.Write(mark)
		return conn, device, err
	}
	if _, err := conn.Read(mark); err != nil {
		return nil, model.DeviceKey{}, shut(err)
	}
	if mark[0] != welcome {
		return nil, model.DeviceKey{}, fmt.Errorf("no welcome: %w", wire.ErrFrame)
	}
	return conn, device, nil
}

// shut tells apart what the other side said: it ended the handshake, with the alert that
// Go sends for a refused certificate or with another.
func shut(err error) error {
	var alert tls.AlertError
	var remote *net.OpError
	if errors.As(err, &alert) || errors.As(err, &remote) && remote.Op == "remote error" {
		return fmt.Errorf("%w: %w", ErrShut, err)
	}
	return err
}
