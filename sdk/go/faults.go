package skerry

import (
	"context"
	"errors"
	"io"
	"regexp"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
)

const (
	startThere   = "start skerryd there, or give another address (SKERRY_ADDRESS)"
	anotherToken = "give another token, by SKERRY_TOKEN or to the client"
)

// What gRPC says of a connection, the reason that this is, what it is, what to
// do next. The first that matches counts.
var connections = []struct {
	said               *regexp.Regexp
	reason, what, then string
}{
	{
		regexp.MustCompile("first record does not look like a TLS handshake"),
		"TLS_NOT_SPOKEN",
		"what answers at {} does not speak TLS",
		"use http:// in the address, or give skerryd --tls-cert and --tls-key",
	},
	{
		regexp.MustCompile("certificate is valid for|certificate is not valid for|doesn't contain any IP SANs|not valid for any names"),
		"CERTIFICATE_OTHER_NAME",
		"the certificate at {} is for another name",
		"use that name in the address, or give skerryd a certificate for this one",
	},
	{
		regexp.MustCompile("x509: certificate signed by unknown authority|failed to verify certificate"),
		"CERTIFICATE_NOT_TRUSTED",
		"the certificate at {} is signed by nobody who is trusted",
		"give the authority's, by SKERRY_TLS_CA or to the client",
	},
	{
		regexp.MustCompile("error reading server preface"),
		"HTTP2_NOT_SPOKEN",
		"what answers at {} is no skerryd: it does not speak HTTP/2",
		"give another address (SKERRY_ADDRESS)",
	},
	{regexp.MustCompile("connection refused"), "", "no daemon answers at {}: connection refused", startThere},
	{regexp.MustCompile("no such host|produced zero addresses"), "", "no daemon answers at {}: the host is not known", startThere},
	{regexp.MustCompile("no such file or directory"), "", "no daemon answers at {}: there is no such socket", startThere},
}

// What to do next, where the daemon's own message does not say it for a caller
// of this module.
var nextSteps = map[string]string{
	"TOKEN_MISSING":   anotherToken,
	"TOKEN_MALFORMED": anotherToken,
	"TOKEN_UNKNOWN":   anotherToken,
	"TOKEN_ENDED":     anotherToken,
	"SCOPE_TOO_SMALL": "use a token that may",
	"BOUND_REACHED":   "remove what is not needed, and try again",
	"TLS_WANTED":      "use https:// in the address",
	"UNKNOWN_METHOD":  "daemon and client differ in their version: update the older one",
}

// Whether a reason is of a connection that fails again.
func lasting(reason string) bool {
	for _, fault := range connections {
		if fault.reason != "" && fault.reason == reason {
			return true
		}
	}
	return false
}

// Says what is wrong and what to do next.
func (e *Error) explain(address string) {
	if e.Reason != "" {
		if e.Message == "" {
			e.Message = "the daemon does not know this call"
		}
		if next := nextSteps[e.Reason]; next != "" {
			e.Message += "; " + next
		}
		return
	}
	for _, fault := range connections {
		if e.cut() && fault.said.MatchString(e.Message) {
			e.Code, e.Reason = codes.Unavailable, fault.reason
			e.Message = strings.Replace(fault.what, "{}", address, 1) + "; " + fault.then
			return
		}
	}
	switch e.Code {
	case codes.Unavailable:
		e.Message = "the connection to " + address + " was lost: " + e.Message +
			"; see whether skerryd runs there, and try again"
	case codes.Unimplemented:
		e.Message = "what answers at " + address + " is no skerryd: " + e.Message +
			"; give another address (SKERRY_ADDRESS)"
	}
}

// Makes the errors of all calls typed. They name the daemon by its address.
func typedErrors(address string) []grpc.DialOption {
	typed := func(err error) error {
		err = fromRPC(err)
		var made *Error
		if errors.As(err, &made) {
			made.explain(address)
		}
		return err
	}
	unary := func(ctx context.Context, method string, request, answer any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
		return typed(invoke(ctx, method, request, answer, conn, options...))
	}
	stream := func(ctx context.Context, desc *grpc.StreamDesc, conn *grpc.ClientConn, method string, open grpc.Streamer, options ...grpc.CallOption) (grpc.ClientStream, error) {
		opened, err := open(ctx, desc, conn, method, options...)
		if err != nil {
			return nil, typed(err)
		}
		return typedStream{opened, typed}, nil
	}
	return []grpc.DialOption{grpc.WithUnaryInterceptor(unary), grpc.WithStreamInterceptor(stream)}
}

// A stream whose errors are typed.
type typedStream struct {
	grpc.ClientStream
	typed func(error) error
}

func (s typedStream) RecvMsg(message any) error {
	err := s.ClientStream.RecvMsg(message)
	if err == io.EOF {
		return err
	}
	return s.typed(err)
}

func (s typedStream) SendMsg(message any) error {
	err := s.ClientStream.SendMsg(message)
	if err == io.EOF {
		return err
	}
	return s.typed(err)
}
