package link

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// Limits of a link. The zero Limits are the usual ones.
type Limits struct {
	// Handshake is how long both may take to prove who they are.
	Handshake time.Duration
	// Dead is how long nothing may come, or nothing leave, before a link is given up.
	Dead time.Duration
	// Closing is how long the last words of a link may take.
	Closing time.Duration
	// Queue is how many bytes may wait to be sent before a link that does not keep up is
	// given up.
	Queue int
}

func (l Limits) orUsual() Limits {
	if l.Handshake == 0 {
		l.Handshake = 5 * time.Second
	}
	if l.Dead == 0 {
		l.Dead = 15 * time.Second
	}
	if l.Closing == 0 {
		l.Closing = time.Second
	}
	if l.Queue == 0 {
		l.Queue = 8 << 20
	}
	return l
}

const (
	// pace is how much of a frame must come, or leave, in Limits.Dead: a link with
	// 1 kB/s lives, one that drips does not.
	pace = 8 << 10
	// leave is how much leaves in one write where frames are small.
	leave = 64 << 10
)

// Why a link ends.
var (
	// ErrSilent says that nothing came for too long.
	ErrSilent = errors.New("nothing came for too long")
	// ErrStuck says that the other side takes nothing, or less than is made.
	ErrStuck = errors.New("the peer does not take what is sent")
	// ErrClosed says that this side ended it.
	ErrClosed = errors.New("the link was closed here")
)

// Conn is a stream on which both sides have proved who they are.
type Conn struct {
	net.Conn
	Device model.DeviceKey
	// Name is what the file of peers calls the device.
	Name string
	// Dialed says that this side dialed.
	Dialed bool
	// Route is how the other side is reached, for people.
	Route string
	// Said gives the last thing that the program below said, once the stream is closed; nil
	// where there is none.
	Said func() string
}

// Link carries frames both ways.
type Link struct {
	ID peer.ID
	*Conn
	limits Limits
	// take gets each frame that comes in. It may wait: until it returns no other is read.
	take func(ctx context.Context, raw []byte)
	// drained is told after each write how many bytes still wait. It must not wait.
	drained func(left int)

	// taking ends when nothing more is taken, gone when the link is given up.
	taking, gone       context.Context
	stopTaking, giveUp context.CancelFunc

	mu      sync.Mutex
	wake    chan struct{}
	control [][]byte
	bulk    [][]byte
	waiting int // bytes of both
	logs    map[model.LogID]int
	ending  bool
	cause   error

	sent, received atomic.Int64
}

// NewLink makes a link that Run runs. take and drained are called by its goroutines.
func NewLink(id peer.ID, c *Conn, limits Limits, take func(context.Context, []byte), drained func(left int)) *Link {
	l := &Link{
		ID: id, Conn: c, limits: limits.orUsual(), take: take, drained: drained,
		wake: make(chan struct{}, 1), logs: map[model.LogID]int{},
	}
	l.taking, l.stopTaking = context.WithCancel(context.Background())
	l.gone, l.giveUp = context.WithCancel(context.Background())
	return l
}

// Sent and Received are the bytes of frames so far.
func (l *Link) Sent() int64 { return l.sent.Load() }

// Received is what came in.
func (l *Link) Received() int64 { return l.received.Load() }

// Send queues a frame; it does not wait. Events that were asked for are bulk: all
// else leaves before them, but fresh events of a log whose bulk still waits. When more waits
// than the limit, the link ends with ErrStuck.
func (l *Link) Send(raw []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ending {
		return
	}
	log, run := runOf(raw)
	if run && (wire.Type(raw[0]) == wire.TypeEvents || l.logs[log] > 0) {
		l.bulk = append(l.bulk, raw)
		l.logs[log]++
	} else {
		l.control = append(l.control, raw)
	}
	if l.waiting += wire.FrameSize(raw); l.waiting > l.limits.Queue {
		l.end(ErrStuck)
		return
	}
	l.ring()
}

// runOf gives the log of a frame with events.
func runOf(raw []byte) (log model.LogID, ok bool) {
	switch wire.Type(raw[0]) {
	case wire.TypeEvents, wire.TypeLive:
		if len(raw) >= 2+len(log) {
			copy(log[:], raw[2:])
			return log, true
		}
	}
	return log, false
}

func (l *Link) ring() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Finish ends the link after what is queued but the bulk, and after a Bye with the
// reason; none for 0. It does not wait: Run returns ErrClosed soon.
func (l *Link) Finish(bye wire.Reason) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ending {
		return
	}
	if raw, err := wire.Encode(wire.Bye{Reason: bye}); err == nil && bye != 0 {
		l.control = append(l.control, raw)
	}
	l.ending, l.cause, l.bulk = true, ErrClosed, nil
	// What is being written now has no longer either.
	_ = l.SetWriteDeadline(time.Now().Add(l.limits.Closing))
	l.stopTaking()
	l.ring()
}

// Expel is Finish for who may have nothing any more: of what is queued only the Bye leaves.
func (l *Link) Expel(bye wire.Reason) {
	l.mu.Lock()
	if !l.ending {
		l.control = nil
	}
	l.mu.Unlock()
	l.Finish(bye)
}

// Cut ends the link at once.
func (l *Link) Cut(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end(why)
}

// end gives the link up; mu is held. The first cause counts.
func (l *Link) end(why error) {
	if l.cause == nil {
		l.cause = why
	}
	l.ending, l.control, l.bulk = true, nil, nil
	l.stopTaking()
	l.giveUp()
	l.ring()
}

// shut closes the stream when the link is given up. It is not the close of TLS, which
// would wait to say so.
func (l *Link) shut() {
	<-l.gone.Done()
	if c, ok := l.Conn.Conn.(interface{ NetConn() net.Conn }); ok {
		_ = c.NetConn().Close()
		return
	}
	_ = l.Conn.Close()
}

// Run carries frames until the link ends, and says why. Nobody may read or write
// the stream beside it, and it is closed then.
func (l *Link) Run() error {
	var beside sync.WaitGroup
	beside.Go(l.write)
	beside.Go(l.shut)
	l.Cut(l.read())
	beside.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cause
}

// read reads frames until the stream ends.
func (l *Link) read() error {
	in := &paced{l: l}
	r := bufio.NewReaderSize(in, leave)
	for {
		in.moved = pace // a new frame has its own time
		raw, err := wire.ReadFrame(r, nil)
		if err != nil {
			return err
		}
		l.received.Add(int64(wire.FrameSize(raw)))
		if !l.closing() {
			l.take(l.taking, raw)
		}
	}
}

func (l *Link) closing() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ending
}

// paced reads a stream on which something must move.
type paced struct {
	l     *Link
	moved int // since the deadline was set
}

func (p *paced) Read(b []byte) (int, error) {
	if p.moved >= pace {
		p.moved = 0
		within := p.l.limits.Dead
		if p.l.closing() {
			within = p.l.limits.Closing
		}
		if err := p.l.SetReadDeadline(time.Now().Add(within)); err != nil {
			return 0, err
		}
	}
	n, err := p.l.Conn.Read(b)
	p.moved += n
	if late(err) {
		err = fmt.Errorf("%w: %w", ErrSilent, err)
	}
	return n, err
}

func late(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// write writes frames until the link ends.
func (l *Link) write() {
	var buf []byte
	for {
		var ok bool
		buf, ok = l.next(buf[:0])
		if !ok {
			l.farewell()
			return
		}
		if err := l.put(buf); err != nil {
			l.Cut(err)
			return
		}
		l.sent.Add(int64(len(buf)))
		l.mu.Lock()
		l.waiting -= len(buf)
		left, ending := l.waiting, l.ending
		l.mu.Unlock()
		if !ending {
			l.drained(left)
		}
	}
}

// next waits for frames and gives them as they stand on the wire: all small ones that
// wait, up to a measure, or one of the bulk. It says false when the link ends.
func (l *Link) next(buf []byte) ([]byte, bool) {
	for {
		l.mu.Lock()
		for len(l.control) > 0 && len(buf) < leave {
			buf = wire.AppendFrame(buf, l.control[0])
			l.control = l.control[1:]
		}
		if len(buf) == 0 && len(l.bulk) > 0 {
			buf = wire.AppendFrame(buf, l.bulk[0])
			log, _ := runOf(l.bulk[0])
			if l.logs[log]--; l.logs[log] == 0 {
				delete(l.logs, log)
			}
			l.bulk = l.bulk[1:]
		}
		ending := l.ending
		l.mu.Unlock()
		if len(buf) > 0 {
			return buf, true
		}
		if ending {
			return nil, false
		}
		<-l.wake
	}
}

// put writes; each part of it must leave in time.
func (l *Link) put(buf []byte) error {
	for len(buf) > 0 {
		n := min(len(buf), pace)
		l.mu.Lock()
		var err error
		if !l.ending { // then Finish has set it
			err = l.SetWriteDeadline(time.Now().Add(l.limits.Dead))
		}
		l.mu.Unlock()
		if err != nil {
			return err
		}
		if _, err := l.Conn.Write(buf[:n]); err != nil {
			if late(err) {
				err = fmt.Errorf("%w: %w", ErrStuck, err)
			}
			return err
		}
		buf = buf[n:]
	}
	return nil
}

// farewell tells the other side that nothing more comes, and waits a moment for it to close:
// a socket that is closed while something comes in throws away what was sent last.
func (l *Link) farewell() {
	if l.gone.Err() != nil {
		return
	}
	if c, ok := l.Conn.Conn.(interface{ CloseWrite() error }); ok {
		if err := c.CloseWrite(); err == nil {
			_ = l.SetReadDeadline(time.Now().Add(l.limits.Closing))
			return
		}
	}
	l.Cut(io.EOF)
}
