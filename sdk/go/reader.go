package skerry

import (
	"io"
	"iter"
)

// Pieces as a reader. It pulls them one by one, and ends their call when it is
// closed.
type reader struct {
	next func() ([]byte, error, bool)
	stop func()
	rest []byte
	err  error
}

func newReader(pieces iter.Seq2[[]byte, error]) io.ReadCloser {
	next, stop := iter.Pull2(pieces)
	return &reader{next: next, stop: stop}
}

func (r *reader) Read(buffer []byte) (int, error) {
	for len(r.rest) == 0 && r.err == nil {
		piece, err, more := r.next()
		if r.rest, r.err = piece, err; !more {
			r.err = io.EOF
		}
	}
	if len(r.rest) == 0 {
		return 0, r.err
	}
	read := copy(buffer, r.rest)
	r.rest = r.rest[read:]
	return read, nil
}

func (r *reader) Close() error {
	r.stop()
	return nil
}
