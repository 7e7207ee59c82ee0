package door

import (
	"net"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"warroom/sync/gate"
)

// listener passes connections through the gate.
type listener struct {
	net.Listener
	gate *gate.Gate // nil at the socket, where the kernel has said who it is
}

func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if tcp, ok := c.(*net.TCPConn); ok {
			// An error here only makes a slow link slower.
			_ = tcp.SetWriteBuffer(sendBuffer)
		}
		if l.gate == nil {
			return &knock{Conn: c}, nil
		}
		if l.gate.Enter(c) {
			return &knock{Conn: c, gate: l.gate}, nil
		}
		c.Close()
	}
}

// knock is a connection on its way in: half-open until it has proved itself, and
// closed when it then has no session for long.
type knock struct {
	net.Conn
	gate *gate.Gate
	once sync.Once

	tend sync.Once

	mu       sync.Mutex
	sessions int
	idle     *time.Timer
}

// tended starts looking after the connection, once.
func (k *knock) tended(look func()) { k.tend.Do(func() { go look() }) }

// raw is the connection itself, which knows who is at its other end.
func (k *knock) raw() net.Conn { return k.Conn }

// passed takes the connection out of those that have proved nothing.
func (k *knock) passed() {
	k.leave()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.idle == nil {
		k.idle = time.AfterFunc(idleConnection, func() { k.Close() })
	}
}

func (k *knock) leave() {
	k.once.Do(func() {
		if k.gate != nil {
			k.gate.Leave(k.Conn)
		}
	})
}

// begin counts a session, false when there are too many.
func (k *knock) begin() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.sessions >= maxChannels {
		return false
	}
	k.sessions++
	if k.idle != nil {
		k.idle.Stop()
	}
	return true
}

// end counts a session out.
func (k *knock) end() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.sessions--; k.sessions == 0 && k.idle != nil {
		k.idle.Reset(idleConnection)
	}
}

func (k *knock) Close() error {
	k.leave()
	k.mu.Lock()
	if k.idle != nil {
		k.idle.Stop()
	}
	k.mu.Unlock()
	return k.Conn.Close()
}

// tend asks a connection now and then whether it is still there, and closes it
// when no answer comes: a link that was cut says nothing. It ends with the
// connection.
func tend(conn gossh.Conn) {
	gone := make(chan struct{})
	go func() {
		_ = conn.Wait()
		close(gone)
	}()
	every := time.NewTicker(aliveEvery)
	defer every.Stop()
	for {
		select {
		case <-gone:
			return
		case <-every.C:
		}
		answered := make(chan error, 1)
		go func() {
			_, _, err := conn.SendRequest("keepalive@openssh.com", true, nil)
			answered <- err
		}()
		select {
		case <-gone:
			return
		case err := <-answered:
			if err == nil {
				continue
			}
		case <-time.After(aliveFor):
		}
		conn.Close()
		return
	}
}
