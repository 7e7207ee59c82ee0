package storage

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io/fs"
	"path/filepath"

	badger "github.com/dgraph-io/badger/v4"

	"warroom/model"
)

// A store is bound to the machine and the place where it is written. One that is
// found elsewhere is a copy, or was moved or put back: the original may go on
// under the same log, so the copy must not.
//
// The binding is kept as the setting "host", and its nonce beside the database
// as well: a database that was put in from elsewhere has another.

// hostName is the file with the nonce.
const hostName = "host"

// Host is the machine and the place of a store. A zero field is one that cannot
// be told, and says nothing.
type Host struct {
	// Machine names the machine; it is a hash, because the machine's own id is not
	// to be shown to others.
	Machine [16]byte
	// Device is the file system, by its own id where it has one: the number of the
	// device may change when the machine starts.
	Device uint64
	// Inode is the store's directory, Lock its lock file, which is never replaced:
	// what is put back from a backup into the same directory has another.
	Inode, Lock uint64
}

// differs names what is not the same; none for the same host.
func (h Host) differs(was Host) []model.Phrase {
	var what []model.Phrase
	if h.Machine != was.Machine && h.Machine != [16]byte{} && was.Machine != [16]byte{} {
		what = append(what, model.Say("store.host.machine"))
	}
	for _, f := range []struct {
		is, was uint64
		name    model.Phrase
	}{
		{h.Device, was.Device, model.Say("store.host.device")},
		{h.Inode, was.Inode, model.Say("store.host.dir")},
		{h.Lock, was.Lock, model.Say("store.host.lock")},
	} {
		if f.is != f.was && f.is != 0 && f.was != 0 {
			what = append(what, f.name)
		}
	}
	return what
}

// binding is what is kept of a host: version 1 (1 byte), machine 16, device 8,
// inode 8, lock 8, nonce 16.
type binding struct {
	host  Host
	nonce model.Nonce
}

const (
	bindingVersion = 1
	bindingSize    = 1 + 16 + 3*8 + len(model.Nonce{})
)

func (b binding) encode() []byte {
	v := append([]byte{bindingVersion}, b.host.Machine[:]...)
	for _, n := range []uint64{b.host.Device, b.host.Inode, b.host.Lock} {
		v = binary.BigEndian.AppendUint64(v, n)
	}
	return append(v, b.nonce[:]...)
}

func decodeBinding(v []byte) (b binding, err error) {
	if len(v) != bindingSize || v[0] != bindingVersion {
		return b, errShort
	}
	b.host.Machine = [16]byte(v[1:17])
	b.host.Device = binary.BigEndian.Uint64(v[17:])
	b.host.Inode = binary.BigEndian.Uint64(v[25:])
	b.host.Lock = binary.BigEndian.Uint64(v[33:])
	b.nonce = model.Nonce(v[41:])
	return b, nil
}

// checkHost compares the binding with where the store is.
func (b *Badger) checkHost(s snapshot) error {
	b.bound = false
	v, err := s.get(settingKey(settingHost))
	if errors.Is(err, badger.ErrKeyNotFound) {
		b.report.fine(StepHost) // a new store, or one of a version that had no binding
		return nil
	}
	if err != nil {
		return b.fail("read where the store was", err)
	}
	b.bound = true
	was, err := decodeBinding(v)
	if err != nil {
		b.copied(model.Say("store.host.unreadable"))
		return nil
	}
	is, err := b.host(b.dir)
	if err != nil {
		b.report.step(StepHost, Warned, model.Say("store.host.unknown", "Cause", err.Error()))
		return nil
	}
	nonce, err := b.readNonce()
	what := is.differs(was.host)
	switch {
	case len(what) > 0:
		b.copied(model.Say("store.host.other", "What", what))
	case err != nil || nonce != was.nonce:
		b.copied(model.Say("store.host.database"))
	default:
		b.report.fine(StepHost)
	}
	return nil
}

func (b *Badger) copied(why model.Phrase) {
	b.report.Copied = true
	b.report.step(StepHost, Warned, why)
}

// Adopt says that new logs were begun because Report said Copied, Behind or Cut.
// From now on the store belongs here, and what it holds is what it must hold.
// Until then all three are said at every Open.
//
// An error of the disk leaves that as it was; Adopt may be called again.
func (b *Badger) Adopt() error {
	leave, err := b.enter()
	if err != nil {
		return err
	}
	defer leave()
	if err := b.bind(); err != nil {
		return err
	}
	b.headsMu.Lock()
	b.adopted = true
	b.headsMu.Unlock()
	return b.endDoubt()
}

// bind keeps where the store is: the file first, so that what is half done reads
// as a copy.
func (b *Badger) bind() error {
	is, err := b.host(b.dir)
	if err != nil {
		return b.fail("look where the store is", err)
	}
	next := binding{host: is}
	if _, err := rand.Read(next.nonce[:]); err != nil {
		return b.fail("get random numbers", err)
	}
	if err := b.writeNonce(next.nonce); err != nil {
		return b.fail("write where the store is", err)
	}
	b.committing.Lock()
	defer b.committing.Unlock()
	if b.broken != nil {
		return b.broken
	}
	return b.put([]write{{settingKey(settingHost), next.encode()}}, nil)
}

func (b *Badger) readNonce() (n model.Nonce, err error) {
	f, err := b.fs.Open(filepath.Join(b.dir, hostName))
	if err != nil {
		return n, err
	}
	defer f.Close()
	_, err = f.ReadAt(n[:], 0)
	return n, err
}

func (b *Badger) writeNonce(n model.Nonce) error { return b.writeWhole(hostName, n[:]) }

// writeWhole puts a file of the store in the place of the one before, durably and
// in one step.
func (b *Badger) writeWhole(name string, data []byte) error {
	path := filepath.Join(b.dir, name)
	temp := path + ".tmp"
	if err := b.fs.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := b.fs.Create(temp)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(data, 0)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = b.fs.Rename(temp, path)
	}
	if err == nil {
		err = b.fs.SyncDir(b.dir)
	}
	return err
}
