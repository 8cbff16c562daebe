package skerry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
	"syscall"

	"google.golang.org/grpc/codes"
	"skerry.dev/skerry/v1"
)

// Well below the 1 MiB that one message of input may have.
const piece = 256 << 10

// Exec is a command in a sandbox. Its context bounds the reading and writing,
// not the command.
//
// The output survives a lost connection by itself: it is taken up again where
// it was, no byte lost or doubled. Input does not, as nobody can know what has
// arrived: with input, a lost connection is an error (INPUT_CUT), and an
// attach at Offset goes on.
//
// A reader that is slow holds the command back; Close lets it go on alone. One
// goroutine may read while another writes.
type Exec struct {
	client    *Client
	ctx       context.Context
	sandboxID string
	stdin     bool
	tries     tries

	// Guards what follows, which a reader and a writer share.
	mutex  sync.Mutex
	id     string
	offset int64
	ended  *v1.ExecResult
	frames frames
	cancel context.CancelFunc
	// Why the input can't be read any more.
	input error
	// One message is sent at a time.
	sending sync.Mutex
}

type frames interface {
	Recv() (*v1.ExecStreamResponse, error)
}

type requests interface {
	Send(*v1.InteractExecRequest) error
}

// ID is the exec's, for an attach.
func (e *Exec) ID() string {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.id
}

// Offset is that of the first byte that has not come, stdout and stderr
// together.
func (e *Exec) Offset() int64 {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.offset
}

// ExitCode is there when all of its output was read.
func (e *Exec) ExitCode() (code int, ended bool) {
	result := e.result()
	return int(result.GetExitCode()), result != nil
}

func (e *Exec) result() *v1.ExecResult {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.ended
}

// Events is its output as it comes; a loop that was left can be taken up again.
func (e *Exec) Events() iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for e.result() == nil {
			event, err := e.next()
			if err != nil {
				yield(Event{}, err)
				return
			}
			if event != nil && !yield(*event, nil) {
				return
			}
		}
	}
}

// WaitOptions say where output goes, and how much is kept.
type WaitOptions struct {
	// Stdout and Stderr get each piece as it comes.
	Stdout, Stderr io.Writer
	// MaxOutput is how many bytes of stdout and of stderr each are kept; 0:
	// [MaxOutput].
	MaxOutput int
}

// Wait reads to the end. A non-zero exit code is a result.
func (e *Exec) Wait(options *WaitOptions) (*Result, error) {
	if options == nil {
		options = &WaitOptions{}
	}
	bound := options.MaxOutput
	if bound == 0 {
		bound = MaxOutput
	}
	result := &Result{}
	for event, err := range e.Events() {
		if err != nil {
			return nil, err
		}
		result.add(event, bound)
		writer := map[Kind]io.Writer{Stdout: options.Stdout, Stderr: options.Stderr}[event.Kind]
		if writer == nil {
			continue
		}
		if _, err := writer.Write(event.Data); err != nil {
			return nil, err
		}
	}
	result.end(e.result())
	return result, nil
}

// Write writes to its standard input; waits for it to read.
func (e *Exec) Write(data []byte) (int, error) {
	for written := 0; written < len(data); {
		next := data[written:min(len(data), written+piece)]
		message := &v1.InteractExecRequest_Stdin{Stdin: next}
		if err := e.send(&v1.InteractExecRequest{Message: message}); err != nil {
			return written, err
		}
		written += len(next)
	}
	return len(data), nil
}

// EndInput ends its standard input; on a terminal, it types the end-of-file
// character.
func (e *Exec) EndInput() error {
	message := &v1.InteractExecRequest_StdinEnd_{StdinEnd: &v1.InteractExecRequest_StdinEnd{}}
	return e.send(&v1.InteractExecRequest{Message: message})
}

// Resize gives its terminal another size.
func (e *Exec) Resize(rows, columns uint32) error {
	message := &v1.InteractExecRequest_Resize{Resize: &v1.TerminalSize{Rows: rows, Columns: columns}}
	return e.send(&v1.InteractExecRequest{Message: message})
}

// Signal sends a signal to its process group, by Linux's number.
func (e *Exec) Signal(signal syscall.Signal) error {
	request := &v1.SignalExecRequest{SandboxId: e.sandboxID, ExecId: e.ID(), Signal: int32(signal)}
	_, err := once(e.ctx, e.client.Execs.SignalExec, request)
	return err
}

// Kill sends SIGKILL to its process group.
func (e *Exec) Kill() error { return e.Signal(syscall.SIGKILL) }

// Info is what the daemon knows of it.
func (e *Exec) Info() (*v1.ExecInfo, error) {
	request := &v1.GetExecRequest{SandboxId: e.sandboxID, ExecId: e.ID()}
	return call(e.ctx, e.client.Execs.GetExec, request)
}

// Close stops reading; the command goes on, and can be attached to.
func (e *Exec) Close() error {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.cancel != nil {
		e.cancel()
	}
	e.frames, e.cancel = nil, nil
	return nil
}

// Begins a call that starts it, and waits until it runs.
func (e *Exec) begin(open func(context.Context) (frames, error)) error {
	ctx, cancel := context.WithCancel(e.ctx)
	frames, err := open(ctx)
	e.mutex.Lock()
	e.frames, e.cancel = frames, cancel
	e.mutex.Unlock()
	for err == nil && e.ID() == "" {
		var frame *v1.ExecStreamResponse
		if frame, err = frames.Recv(); err == nil {
			e.take(frame)
		}
	}
	if err != nil {
		e.Close()
	}
	return ended(err)
}

// The stream that its output comes by.
func (e *Exec) open() (frames, error) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.frames != nil {
		return e.frames, nil
	}
	ctx, cancel := context.WithCancel(e.ctx)
	frames, err := e.attach(ctx)
	if err != nil {
		cancel()
		return nil, err
	}
	e.frames, e.cancel = frames, cancel
	return frames, nil
}

func (e *Exec) attach(ctx context.Context) (frames, error) {
	if !e.stdin {
		request := &v1.AttachExecRequest{SandboxId: e.sandboxID, ExecId: e.id, FromOffset: e.offset}
		return e.client.Execs.AttachExec(ctx, request)
	}
	stream, err := e.client.Execs.InteractExec(ctx)
	if err != nil {
		return nil, err
	}
	attach := &v1.InteractExecRequest_Attach{SandboxId: e.sandboxID, ExecId: e.id, FromOffset: e.offset, Takeover: true}
	message := &v1.InteractExecRequest_Attach_{Attach: attach}
	return stream, stream.Send(&v1.InteractExecRequest{Message: message})
}

func (e *Exec) next() (*Event, error) {
	frames, err := e.open()
	if err == nil {
		var frame *v1.ExecStreamResponse
		if frame, err = frames.Recv(); err == nil {
			e.tries.progress()
			event := e.take(frame)
			if e.result() != nil {
				e.Close()
			}
			return event, nil
		}
	}
	e.Close()
	if e.broken() != nil {
		return nil, e.broken()
	}
	err = ended(err)
	var cut *Error
	if e.stdin && errors.As(err, &cut) && cut.cut() {
		told := fmt.Sprintf("how much of the input of %s has arrived is not known: %s; "+
			"attach to it with its offset and its input to go on", e.ID(), cut.Message)
		return nil, failed(codes.Unavailable, "INPUT_CUT", told, err)
	}
	last := e.tries.afterCut(e.ctx, err)
	if errors.As(last, &cut) && cut.cut() {
		told := fmt.Sprintf("the output of %s from byte %d on has not come: %s; "+
			"attach to it with its offset once the daemon answers", e.ID(), e.Offset(), cut.Message)
		return nil, failed(codes.Unavailable, "OUTPUT_CUT", told, err)
	}
	return nil, last
}

func (e *Exec) take(frame *v1.ExecStreamResponse) *Event {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	switch event := frame.Event.(type) {
	case *v1.ExecStreamResponse_Started:
		e.id = event.Started.Id
	case *v1.ExecStreamResponse_Stdout:
		return e.output(Stdout, event.Stdout)
	case *v1.ExecStreamResponse_Stderr:
		return e.output(Stderr, event.Stderr)
	case *v1.ExecStreamResponse_Truncated_:
		e.offset = event.Truncated.Before
		return &Event{Kind: Truncated, Offset: e.offset}
	case *v1.ExecStreamResponse_Exited:
		e.ended = event.Exited
	}
	return nil
}

func (e *Exec) output(kind Kind, chunk *v1.OutputChunk) *Event {
	// What was had already is not given again.
	data := chunk.Data[min(max(0, e.offset-chunk.Offset), int64(len(chunk.Data))):]
	e.offset = chunk.Offset + int64(len(chunk.Data))
	if len(data) == 0 {
		return nil
	}
	return &Event{kind, data, e.offset - int64(len(data))}
}

func (e *Exec) send(message *v1.InteractExecRequest) error {
	e.sending.Lock()
	defer e.sending.Unlock()
	if !e.stdin {
		return failed(codes.FailedPrecondition, "STDIN_CLOSED", "start or attach to it with its input", nil)
	}
	over := failed(codes.FailedPrecondition, "STDIN_CLOSED", "the command takes no input any more", nil)
	if e.result() != nil {
		return over
	}
	opened, err := e.open()
	if err != nil {
		return err
	}
	stream, ok := opened.(requests)
	if !ok {
		return over
	}
	if err := stream.Send(message); !errors.Is(err, io.EOF) {
		return err
	}
	return over
}

// Sends all that a reader has. Where the stream is over, whoever receives from
// it learns why; where the reader fails, so does the stream.
func (e *Exec) feed(stream requests, input io.Reader) {
	for buffer := make([]byte, piece); ; {
		read, failed := input.Read(buffer)
		message := &v1.InteractExecRequest_Stdin{Stdin: buffer[:read]}
		if read > 0 && stream.Send(&v1.InteractExecRequest{Message: message}) != nil {
			return
		}
		switch {
		case errors.Is(failed, io.EOF):
			end := &v1.InteractExecRequest_StdinEnd_{StdinEnd: &v1.InteractExecRequest_StdinEnd{}}
			_ = stream.Send(&v1.InteractExecRequest{Message: end})
			return
		case failed != nil:
			e.mutex.Lock()
			e.input = failed
			e.mutex.Unlock()
			e.Close()
			return
		}
	}
}

func (e *Exec) broken() error {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.input
}

// A stream that ended before its last frame was cut.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return failed(codes.Unavailable, "", "the stream ended before the command", err)
	}
	return err
}
