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

// UntrustedError is a device with another pin than the one that was meant.
type UntrustedError struct{ Pin model.Hash }

func (e *UntrustedError) Error() string { return "no peer has the pin " + FormatPin(e.Pin) }

// ErrShut says that the other side ended the handshake: it does not know this device, or
// does not take anybody now.
var ErrShut = errors.New("the peer does not let this device in")

// config is TLS between peers: version 1.3, both prove a key, and nothing of one
// handshake is used again in another. Names and dates of certificates count for nothing, the
// key does. known refuses keys; nil takes any.
func config(cert tls.Certificate, known func(model.DeviceKey) error) *tls.Config {
	return &tls.Config{
		MinVersion:   tls.VersionTLS13,
		MaxVersion:   tls.VersionTLS13,
		NextProtos:   []string{wire.Protocol},
		Certificates: []tls.Certificate{cert},
		ClientAuth:   tls.RequireAnyClientCert,
		// A resumed session would not send a certificate again. And the key is looked at
		// in VerifyConnection, which is called for a resumed one too; the other hook is not.
		SessionTicketsDisabled: true,
		InsecureSkipVerify:     true, // there is no authority to ask; see VerifyConnection
		VerifyConnection:       func(s tls.ConnectionState) error { return verify(s, known) },
	}
}

// ServerConfig is for who is dialed. It takes any key that is proved: what a stranger may
// say, and whether it is one, is decided behind it. All that it shows is this device's key.
func ServerConfig(cert tls.Certificate) *tls.Config { return config(cert, nil) }

// ClientConfig is for who dials: it speaks to the device with that pin alone.
func ClientConfig(cert tls.Certificate, pin model.Hash) *tls.Config {
	return config(cert, func(device model.DeviceKey) error {
		if is := PinOf(device); is != pin {
			return &UntrustedError{Pin: is}
		}
		return nil
	})
}

func verify(s tls.ConnectionState, known func(model.DeviceKey) error) error {
	switch {
	case s.NegotiatedProtocol != wire.Protocol:
		// Without this a client that names no protocol would be let in.
		return fmt.Errorf("protocol %q", s.NegotiatedProtocol)
	case len(s.PeerCertificates) == 0:
		return errors.New("no certificate")
	}
	device, err := deviceOf(s.PeerCertificates[0])
	if err != nil || known == nil {
		return err
	}
	return known(device)
}

// Secure proves both sides to each other on a stream, by a deadline. On an error the stream is
// closed, and nothing but the handshake was sent: *UntrustedError says that another
// device answers than the one that was meant.
func Secure(ctx context.Context, c net.Conn, cfg *tls.Config, dialed bool, limit time.Duration) (conn *tls.Conn, device model.DeviceKey, err error) {
	end := tls.Server
	if dialed {
		end = tls.Client
	}
	err = within(ctx, c, limit, func(ctx context.Context) error {
		conn = end(c, cfg)
		if err := conn.HandshakeContext(ctx); err != nil {
			return shut(err)
		}
		device, err = deviceOf(conn.ConnectionState().PeerCertificates[0])
		return err
	})
	if err != nil {
		return nil, model.DeviceKey{}, err
	}
	return conn, device, nil
}

// within does something with a stream by a deadline. On an error it is closed: a carrier need
// not look at the context itself.
func within(ctx context.Context, c net.Conn, limit time.Duration, do func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { c.Close() })
	err := do(ctx)
	if !stop() && err == nil {
		err = ctx.Err() // closed in the last moment
	}
	if err == nil {
		return nil
	}
	c.Close()
	if ctx.Err() != nil {
		err = fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
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
