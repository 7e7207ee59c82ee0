package storage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"path/filepath"

	"warroom/model"
	"warroom/storage/disk"
)

// HEAD stands outside the database and says what it must contain: the end of
// every log. It is written in two files in turn, so that one whole file is there
// whatever happens while the other is written:
//
//	0   8   "wrHEAD02"
//	8   8   generation; the file is HEAD.0 or HEAD.1 by its lowest bit
//	16  4   number of logs
//	20  8   ordinal of the last commit in the journal
//	28      for each log: id 16, seq 8, hash 32, clock 8
//	end 4   CRC-32C of all before it
//
// The first ones, "wrHEAD01", had no ordinal.
const (
	headMagic    = "wrHEAD02"
	headMagic1   = "wrHEAD01"
	headFileHead = 28
	headHead1    = 20
	headEntry    = model.IDSize + seqSize + model.HashSize + clockSize
	headTemp     = "HEAD.tmp"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func headName(generation uint64) string { return fmt.Sprintf("HEAD.%d", generation&1) }

// headFile is what a HEAD file says; the zero value is none.
type headFile struct {
	generation uint64
	// ordinal is of the last commit in the journal, 0 where that is not said.
	ordinal uint64
	heads   []model.Head
}

// find gives the end of a log as HEAD knew it.
func (h headFile) find(log model.LogID) (model.Head, bool) {
	for _, e := range h.heads {
		if e.Log == log {
			return e, true
		}
	}
	return model.Head{}, false
}

// write makes it the newest HEAD, durably. After an error the one before is
// still there, and another write may be tried.
func (h headFile) write(fsys disk.FS, dir string) error {
	temp := filepath.Join(dir, headTemp)
	if err := fsys.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write HEAD: %w", err)
	}
	f, err := fsys.Create(temp)
	if err != nil {
		return fmt.Errorf("write HEAD: %w", err)
	}
	_, err = f.WriteAt(h.encode(), 0)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = fsys.Rename(temp, filepath.Join(dir, headName(h.generation)))
	}
	if err == nil {
		err = fsys.SyncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("write HEAD: %w", err)
	}
	return nil
}

// readHeadFile gives the newest whole HEAD. damaged lists the files that cannot
// be read; a HEAD that is not there is none of them.
func readHeadFile(fsys disk.FS, dir string) (newest headFile, damaged []string) {
	for slot := range uint64(2) {
		h, err := readSlot(fsys, filepath.Join(dir, headName(slot)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil || h.generation&1 != slot:
			damaged = append(damaged, headName(slot))
		case h.generation > newest.generation:
			newest = h
		}
	}
	return newest, damaged
}

func readSlot(fsys disk.FS, path string) (headFile, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return headFile{}, err
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return headFile{}, err
	}
	raw := make([]byte, size)
	if _, err := f.ReadAt(raw, 0); err != nil && !errors.Is(err, io.EOF) {
		return headFile{}, err
	}
	return decodeHeadFile(raw)
}

func (h headFile) encode() []byte {
	b := make([]byte, 0, headFileHead+len(h.heads)*headEntry+crc32.Size)
	b = append(b, headMagic...)
	b = binary.BigEndian.AppendUint64(b, h.generation)
	b = binary.BigEndian.AppendUint32(b, uint32(len(h.heads)))
	b = binary.BigEndian.AppendUint64(b, h.ordinal)
	for _, e := range h.heads {
		b = append(b, e.Log[:]...)
		b = binary.BigEndian.AppendUint64(b, e.Seq)
		b = append(b, e.Hash[:]...)
		b = binary.BigEndian.AppendUint64(b, uint64(e.Clock))
	}
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

var errHeadFile = errors.New("HEAD is damaged")

func decodeHeadFile(raw []byte) (h headFile, err error) {
	end, begin := len(raw)-crc32.Size, headFileHead
	if bytes.HasPrefix(raw, []byte(headMagic1)) {
		begin = headHead1
	} else if !bytes.HasPrefix(raw, []byte(headMagic)) {
		return h, errHeadFile
	}
	if end < begin || crc32.Checksum(raw[:end], castagnoli) != binary.BigEndian.Uint32(raw[end:]) {
		return h, errHeadFile
	}
	n := int(binary.BigEndian.Uint32(raw[16:]))
	if end != begin+n*headEntry {
		return h, errHeadFile
	}
	if begin == headFileHead {
		h.ordinal = binary.BigEndian.Uint64(raw[headHead1:])
	}
	h.generation = binary.BigEndian.Uint64(raw[8:])
	for b := raw[begin:end]; len(b) > 0; b = b[headEntry:] {
		e := model.Head{Log: model.LogID(b[:model.IDSize]), Seq: binary.BigEndian.Uint64(b[model.IDSize:])}
		rest := b[model.IDSize+seqSize:]
		e.Hash = model.Hash(rest[:model.HashSize])
		e.Clock = model.Clock(binary.BigEndian.Uint64(rest[model.HashSize:]))
		h.heads = append(h.heads, e)
	}
	return h, nil
}
