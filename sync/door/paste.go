package door

import (
	"bytes"
	"errors"
	"io"
)

// maxPaste bounds what is taken of one paste. A text holds 60,000 bytes; a paste
// that is longer is refused by the console, which needs to see that it is. The
// rest of it is dropped before anything keeps it.
const maxPaste = 256 << 10

var (
	pasteBegin = []byte("\x1b[200~")
	pasteEnd   = []byte("\x1b[201~")
)

// pasteLimit reads keys, and cuts a bracketed paste that is too long. It keeps a
// few bytes at the most.
type pasteLimit struct {
	r io.Reader
	// begun counts the bytes of the paste that is being read, -1 outside of one.
	begun int
	tail  []byte // the last bytes read: a mark may be cut in two
	out   []byte // ready to be given
	buf   [8 << 10]byte
}

func newPasteLimit(r io.Reader) *pasteLimit { return &pasteLimit{r: r, begun: -1} }

func (p *pasteLimit) Read(b []byte) (int, error) {
	for len(p.out) == 0 {
		n, err := p.r.Read(p.buf[:])
		if n > 0 {
			p.take(p.buf[:n])
		}
		if err != nil {
			if len(p.out) > 0 && errors.Is(err, io.EOF) {
				break
			}
			return 0, err
		}
	}
	n := copy(b, p.out)
	p.out = p.out[n:]
	return n, nil
}

// take looks at each byte once. A mark counts where its last byte comes.
func (p *pasteLimit) take(in []byte) {
	for _, c := range in {
		p.tail = append(p.tail, c)
		if len(p.tail) > len(pasteBegin) {
			p.tail = p.tail[1:]
		}
		if p.begun < 0 {
			p.out = append(p.out, c)
			if bytes.Equal(p.tail, pasteBegin) {
				p.begun = 0
			}
			continue
		}
		p.begun++
		ended := bytes.Equal(p.tail, pasteEnd)
		switch {
		case p.begun <= maxPaste:
			p.out = append(p.out, c)
		case ended:
			// The mark's first bytes may have gone with the rest.
			p.out = append(p.out, pasteEnd...)
		}
		if ended {
			p.begun = -1
		}
	}
}
