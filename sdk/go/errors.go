package skerry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Error is a call that failed. Reason is what to match on:
//
//	var failed *skerry.Error
//	if errors.As(err, &failed) && failed.Reason == "SANDBOX_NOT_FOUND" { … }
type Error struct {
	// Code is the canonical code.
	Code codes.Code
	// Reason is stable, for example SANDBOX_NOT_FOUND; empty where nobody
	// answered, or the call was cut.
	Reason string
	// Message says what went wrong, for people.
	Message string
	// RetryAfter is when to try again, where the daemon said so; else nil.
	RetryAfter *time.Duration
	// Fields are those that were wrong, for InvalidArgument.
	Fields []FieldViolation
	// Metadata is what else the daemon said about the reason.
	Metadata map[string]string
	cause    error
}

// FieldViolation is a field of the request that the daemon refused.
type FieldViolation struct {
	// Field is its path, for example limits.memory_bytes.
	Field string
	// Description says what is wrong with it.
	Description string
}

// CommandFailed is a command whose result was checked, and that did not exit
// with 0.
type CommandFailed struct {
	Result *Result
}

func (e *Error) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("%s: %s", e.Name(), e.Message)
	}
	return fmt.Sprintf("%s: %s (%s)", e.Name(), e.Message, e.Reason)
}

// Unwrap is the status, or what made it.
func (e *Error) Unwrap() error { return e.cause }

// Name is the code as the API spells it, for example NOT_FOUND.
func (e *Error) Name() string {
	var name strings.Builder
	for i, letter := range e.Code.String() {
		if i > 0 && letter >= 'A' && letter <= 'Z' && e.Code != codes.OK {
			name.WriteByte('_')
		}
		name.WriteRune(letter)
	}
	if e.Code == codes.Canceled {
		return "CANCELLED"
	}
	return strings.ToUpper(name.String())
}

// Retryable says whether the same call may succeed later.
func (e *Error) Retryable() bool {
	return e.Code == codes.Unavailable && !lasting(e.Reason) || e.RetryAfter != nil
}

// Whether the connection was lost, rather than the call refused: the daemon's
// own errors have a reason, always.
func (e *Error) cut() bool {
	switch e.Code {
	case codes.Unavailable:
		return !lasting(e.Reason)
	case codes.Internal, codes.Unknown, codes.Aborted:
		return e.Reason == ""
	default:
		return false
	}
}

func (e *CommandFailed) Error() string {
	told := fmt.Sprintf("exit code %d", e.Result.ExitCode)
	switch {
	case e.Result.TimedOut:
		told = "timed out, " + told
	case e.Result.OOMKilled:
		told = "out of memory, " + told
	}
	lines := strings.Split(strings.TrimSpace(e.Result.Stderr()), "\n")
	if last := lines[len(lines)-1]; last != "" {
		told += ": " + last
	}
	return told
}

// fromRPC makes a status an [*Error]; what is none stays as it is.
func fromRPC(err error) error {
	var made *Error
	if err == nil || err == io.EOF || errors.As(err, &made) {
		return err
	}
	state, ok := status.FromError(err)
	if !ok {
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		return failed(codes.Unknown, "", err.Error(), err)
	}
	made = failed(state.Code(), "", state.Message(), err)
	for _, detail := range state.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			made.Reason, made.Metadata = detail.Reason, detail.Metadata
		case *errdetails.RetryInfo:
			wait := detail.RetryDelay.AsDuration()
			made.RetryAfter = &wait
		case *errdetails.BadRequest:
			for _, bad := range detail.FieldViolations {
				made.Fields = append(made.Fields, FieldViolation{bad.Field, bad.Description})
			}
		}
	}
	return made
}

func failed(code codes.Code, reason, message string, cause error) *Error {
	return &Error{Code: code, Reason: reason, Message: message, cause: cause}
}
