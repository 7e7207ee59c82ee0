package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	natsStream  = "events"
	natsSubject = "room.events"
	// natsGroup is how many messages are in one batch, or wait for their acks, at the
	// most: an atomic batch of NATS takes no more.
	natsGroup = 1_000
	natsReady = 30 * time.Second
)

// natsServer is an embedded server with JetStream on files, and a connection to it
// inside the process.
type natsServer struct {
	*server.Server
	nc *nats.Conn
	js jetstream.JetStream
}

// openNATS starts a server in its own domain. always is sync_interval: always; without
// it a server syncs every two minutes. leaf is the address of a server to which it is a
// leaf node, "" for one that listens for leaf nodes.
func openNATS(dir, domain string, always bool, leaf string) (*natsServer, error) {
	o := &server.Options{
		ServerName: domain, Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: dir, JetStreamDomain: domain, SyncAlways: always,
	}
	if leaf == "" {
		o.LeafNode = server.LeafNodeOpts{Host: "127.0.0.1", Port: server.RANDOM_PORT}
	} else {
		u, err := url.Parse("nats-leaf://" + leaf)
		if err != nil {
			return nil, err
		}
		o.LeafNode.Remotes = []*server.RemoteLeafOpts{{URLs: []*url.URL{u}}}
		o.LeafNode.ReconnectInterval = 250 * time.Millisecond
	}
	s, err := server.NewServer(o)
	if err != nil {
		return nil, err
	}
	s.Start()
	if !s.ReadyForConnections(natsReady) {
		return nil, errors.New("nats: the server does not start")
	}
	n := &natsServer{Server: s}
	if n.nc, err = nats.Connect("", nats.InProcessServer(s)); err != nil {
		return nil, err
	}
	n.js, err = jetstream.New(n.nc, jetstream.WithPublishAsyncMaxPending(natsGroup))
	return n, err
}

func (n *natsServer) close() error {
	n.nc.Close()
	n.Shutdown()
	n.WaitForShutdown()
	return nil
}

// leafAddress is where leaf nodes come in, and clientAddress where clients do.
func (n *natsServer) leafAddress() (string, error) {
	info, err := n.Varz(nil)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("127.0.0.1:%d", info.LeafNode.Port), nil
}

func (n *natsServer) clientAddress() string { return strings.TrimPrefix(n.ClientURL(), "nats://") }

// natsConfig is a stream on files, of which nothing is thrown away.
func natsConfig(subject string) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: natsStream, Subjects: []string{subject}, Storage: jetstream.FileStorage, Replicas: 1,
		Discard: jetstream.DiscardNew, DenyDelete: true, DenyPurge: true,
		// Message ids are looked for in this window; nobody sends any here.
		Duplicates: 100 * time.Millisecond,
		// A batch is stored whole, and its acknowledgement comes once.
		AllowAtomicPublish: true,
	}
}

// natsMirror is the copy that a leaf node keeps by itself: the server at the other end
// has the domain "holder".
func natsMirror() jetstream.StreamConfig {
	c := natsConfig("")
	c.Subjects, c.AllowAtomicPublish = nil, false
	c.Mirror = &jetstream.StreamSource{Name: natsStream, External: &jetstream.ExternalStream{APIPrefix: "$JS.holder.API"}}
	return c
}

// publish has so many messages stored, with up to natsGroup on their way.
func (n *natsServer) publish(ctx context.Context, messages int, payload []byte) error {
	var last jetstream.PubAckFuture
	for range messages {
		var err error
		if last, err = n.js.PublishAsync(natsSubject, payload); err != nil {
			return err
		}
	}
	select {
	case <-n.js.PublishAsyncComplete():
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case ack := <-last.Ok():
		if ack.Sequence != uint64(messages) {
			return fmt.Errorf("nats: %d of %d messages are stored", ack.Sequence, messages)
		}
		return nil
	case err := <-last.Err():
		return err
	}
}

// holdNATS is the process that has the events: both ways to come in are its address.
// It stores them without a sync each, since only what the other process does is
// measured.
func holdNATS(dir string, events int) (address string, stop func() error, err error) {
	n, err := openNATS(dir, "holder", false, "")
	if err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), natsReady)
	defer cancel()
	if _, err = n.js.CreateStream(ctx, natsConfig(natsSubject)); err != nil {
		return "", nil, err
	}
	if err = n.publish(ctx, events, make([]byte, eventSize)); err != nil {
		return "", nil, err
	}
	leaf, err := n.leafAddress()
	return leaf + " " + n.clientAddress(), n.close, err
}

// fetchMirror becomes a leaf node and mirrors the stream.
func fetchMirror(dir, address string, events int) (memory, time.Duration, error) {
	leaf, _, _ := strings.Cut(address, " ")
	n, err := openNATS(dir, "fetcher", true, leaf)
	if err != nil {
		return memory{}, 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), fetchLimit)
	defer cancel()
	for n.NumLeafNodes() == 0 && ctx.Err() == nil { // what a reconnect takes is not measured
		time.Sleep(time.Millisecond)
	}
	empty := resident()
	began := time.Now()
	s, err := n.js.CreateStream(ctx, natsMirror())
	if err != nil {
		return empty, 0, err
	}
	for {
		info, err := s.Info(ctx)
		if err != nil {
			return empty, 0, err
		}
		if info.State.LastSeq >= uint64(events) {
			return empty, time.Since(began), n.close()
		}
		time.Sleep(time.Millisecond)
	}
}

// fetchInto consumes from the server that holds the events and publishes to the own
// one, a fetch after the other.
func fetchInto(publish func(context.Context, *natsServer, []jetstream.Msg) error) func(string, string, int) (memory, time.Duration, error) {
	return func(dir, address string, events int) (memory, time.Duration, error) {
		_, client, _ := strings.Cut(address, " ")
		n, err := openNATS(dir, "fetcher", true, "")
		if err != nil {
			return memory{}, 0, err
		}
		far, err := nats.Connect("nats://" + client)
		if err != nil {
			return memory{}, 0, err
		}
		defer far.Close()
		ctx, cancel := context.WithTimeout(context.Background(), fetchLimit)
		defer cancel()
		js, err := jetstream.New(far)
		if err != nil {
			return memory{}, 0, err
		}
		if _, err := n.js.CreateStream(ctx, natsConfig(natsSubject)); err != nil {
			return memory{}, 0, err
		}
		empty := resident()
		began := time.Now()
		c, err := js.CreateConsumer(ctx, natsStream, jetstream.ConsumerConfig{AckPolicy: jetstream.AckNonePolicy})
		if err != nil {
			return empty, 0, err
		}
		for stored := 0; stored < events; {
			batch, err := c.Fetch(min(natsGroup, events-stored))
			if err != nil {
				return empty, 0, err
			}
			var got []jetstream.Msg
			for m := range batch.Messages() {
				got = append(got, m)
			}
			if err := errors.Join(batch.Error(), ctx.Err()); err != nil {
				return empty, 0, err
			}
			if err := publish(ctx, n, got); err != nil {
				return empty, 0, err
			}
			stored += len(got)
		}
		return empty, time.Since(began), n.close()
	}
}

// publishEach waits for the acks of a fetch, of which each says that its message is
// stored.
func publishEach(ctx context.Context, n *natsServer, messages []jetstream.Msg) error {
	acks := make([]jetstream.PubAckFuture, 0, len(messages))
	for _, m := range messages {
		ack, err := n.js.PublishAsync(natsSubject, m.Data())
		if err != nil {
			return err
		}
		acks = append(acks, ack)
	}
	for _, a := range acks {
		select {
		case <-a.Ok():
		case err := <-a.Err():
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// publishAtomic stores a fetch as one batch.
func publishAtomic(ctx context.Context, n *natsServer, messages []jetstream.Msg) error {
	id := nats.NewInbox()
	for i, m := range messages {
		out := nats.NewMsg(natsSubject)
		out.Data = m.Data()
		out.Header.Set(server.JSBatchId, strings.TrimPrefix(id, nats.InboxPrefix))
		out.Header.Set(server.JSBatchSeq, strconv.Itoa(i+1))
		if i < len(messages)-1 {
			if err := n.nc.PublishMsg(out); err != nil {
				return err
			}
			continue
		}
		out.Header.Set(server.JSBatchCommit, "1")
		answer, err := n.nc.RequestMsgWithContext(ctx, out)
		if err != nil {
			return err
		}
		if bytes.Contains(answer.Data, []byte(`"error"`)) {
			return fmt.Errorf("nats: a batch of %d: %s", len(messages), answer.Data)
		}
	}
	return nil
}

// oneByOneNATS writes an event to a server that syncs each, and waits until the mirror at
// a leaf node that syncs each has given it to a consumer.
func oneByOneNATS(dir string, events int) ([]time.Duration, error) {
	holder, err := openNATS(dir+"/holder", "holder", true, "")
	if err != nil {
		return nil, err
	}
	leaf, err := holder.leafAddress()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), fetchLimit)
	defer cancel()
	if _, err := holder.js.CreateStream(ctx, natsConfig(natsSubject)); err != nil {
		return nil, err
	}
	fetcher, err := openNATS(dir+"/fetcher", "fetcher", true, leaf)
	if err != nil {
		return nil, err
	}
	for fetcher.NumLeafNodes() == 0 && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	mirror, err := fetcher.js.CreateStream(ctx, natsMirror())
	if err != nil {
		return nil, err
	}
	c, err := mirror.CreateConsumer(ctx, jetstream.ConsumerConfig{AckPolicy: jetstream.AckNonePolicy})
	if err != nil {
		return nil, err
	}
	there := make(chan struct{}, 1)
	reading, err := c.Consume(func(jetstream.Msg) { there <- struct{}{} })
	if err != nil {
		return nil, err
	}
	defer reading.Stop()
	took := make([]time.Duration, 0, events)
	payload := make([]byte, eventSize)
	for range events + 1 {
		began := time.Now()
		if _, err := holder.js.Publish(ctx, natsSubject, payload); err != nil {
			return nil, err
		}
		select {
		case <-there:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		took = append(took, time.Since(began))
	}
	// The first one waits for the mirror to begin.
	return took[1:], errors.Join(fetcher.close(), holder.close())
}
