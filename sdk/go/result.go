package skerry

import (
	"strings"

	"skerry.dev/skerry/v1"
)

// MaxOutput is what is kept of stdout and of stderr, in bytes, unless a caller
// says otherwise.
const MaxOutput = 16 << 20

// Kind says what an event is.
type Kind int

const (
	// Stdout is a piece of standard output.
	Stdout Kind = iota
	// Stderr is a piece of standard error output.
	Stderr
	// Truncated says that output before Offset was not kept, and is missing.
	Truncated
)

// Event is what comes of a command that runs.
type Event struct {
	Kind Kind
	// Data is the piece; nil for Truncated.
	Data []byte
	// Offset is that of its first byte, stdout and stderr counted together.
	Offset int64
}

// Result says how a command ended, and what it wrote.
type Result struct {
	StdoutBytes, StderrBytes []byte
	// ExitCode is 0 to 255; 128 and the signal's number where one ended it.
	ExitCode int
	// Signal is the one that ended it, or 0.
	Signal int
	// TimedOut says that its Timeout ran out.
	TimedOut bool
	// OOMKilled says that the sandbox was out of memory.
	OOMKilled bool
	// Truncated says that output is missing: there was more than MaxOutput, or
	// it was not kept.
	Truncated bool
}

// Stdout is text; what is not UTF-8 becomes U+FFFD.
func (r *Result) Stdout() string { return strings.ToValidUTF8(string(r.StdoutBytes), "\ufffd") }

// Stderr is text; what is not UTF-8 becomes U+FFFD.
func (r *Result) Stderr() string { return strings.ToValidUTF8(string(r.StderrBytes), "\ufffd") }

// Check is a [*CommandFailed] unless the exit code is 0.
func (r *Result) Check() error {
	if r.ExitCode != 0 {
		return &CommandFailed{r}
	}
	return nil
}

// Keeps output up to a bound.
func (r *Result) add(event Event, bound int) {
	kept := &r.StdoutBytes
	switch event.Kind {
	case Truncated:
		r.Truncated = true
		return
	case Stderr:
		kept = &r.StderrBytes
	}
	room := min(bound-len(*kept), len(event.Data))
	*kept = append(*kept, event.Data[:room]...)
	r.Truncated = r.Truncated || room < len(event.Data)
}

func (r *Result) end(ended *v1.ExecResult) {
	r.ExitCode, r.Signal = int(ended.ExitCode), int(ended.Signal)
	r.TimedOut, r.OOMKilled = ended.TimedOut, ended.OomKilled
}
