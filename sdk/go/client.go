package skerry

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"iter"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"skerry.dev/skerry/v1"
)

const (
	// So much of an exec's output the daemon still has when the connection is
	// cut.
	streamWindow = 384 << 10
	// What all streams may have under way together.
	connectionWindow = 32 << 20
	// An exec answers with at most 16 MiB of stdout and of stderr.
	maxMessage = 40 << 20
	// A peer that has vanished is noticed after twice this.
	pingTime = 20 * time.Second
)

// Client has the generated stubs. Their errors are of type [*Error], too.
type Client struct {
	conn      *grpc.ClientConn
	Sandboxes v1.SandboxServiceClient
	Execs     v1.ExecServiceClient
	Files     v1.FileServiceClient
	Images    v1.ImageServiceClient
	Network   v1.NetworkServiceClient
	Previews  v1.PreviewServiceClient
	Snapshots v1.SnapshotServiceClient
	System    v1.SystemServiceClient
	Tokens    v1.TokenServiceClient
	Volumes   v1.VolumeServiceClient
}

func dial(config config) (*Client, error) {
	transport := insecure.NewCredentials()
	if config.secure {
		transport = credentials.NewTLS(&tls.Config{RootCAs: config.roots})
	}
	reconnect := backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 2, Jitter: 0.2, MaxDelay: 2 * time.Second}
	options := append(typedErrors(config.address),
		grpc.WithTransportCredentials(transport),
		grpc.WithPerRPCCredentials(bearer(config.token)),
		grpc.WithUserAgent("skerry-go/"+Version),
		grpc.WithInitialWindowSize(streamWindow),
		grpc.WithInitialConnWindowSize(connectionWindow),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingTime, Timeout: pingTime}),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: reconnect, MinConnectTimeout: 10 * time.Second}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage)),
	)
	conn, err := grpc.NewClient(config.target, options...)
	if err != nil {
		return nil, err
	}
	return &Client{
		conn:      conn,
		Sandboxes: v1.NewSandboxServiceClient(conn),
		Execs:     v1.NewExecServiceClient(conn),
		Files:     v1.NewFileServiceClient(conn),
		Images:    v1.NewImageServiceClient(conn),
		Network:   v1.NewNetworkServiceClient(conn),
		Previews:  v1.NewPreviewServiceClient(conn),
		Snapshots: v1.NewSnapshotServiceClient(conn),
		System:    v1.NewSystemServiceClient(conn),
		Tokens:    v1.NewTokenServiceClient(conn),
		Volumes:   v1.NewVolumeServiceClient(conn),
	}, nil
}

// Invoke makes a call that has no stub here, by its path: of a daemon that is
// newer, for example.
func (c *Client) Invoke(ctx context.Context, path string, request, answer any) error {
	return c.conn.Invoke(ctx, path, request, answer)
}

// The token of each call.
type bearer string

func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	if b == "" {
		return nil, nil
	}
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

func (bearer) RequireTransportSecurity() bool { return false }

type unary[Q, A any] func(context.Context, Q, ...grpc.CallOption) (A, error)

type streaming[Q, A any] func(context.Context, Q, ...grpc.CallOption) (grpc.ServerStreamingClient[A], error)

// Calls a method, again where that may help.
func call[Q, A any](ctx context.Context, method unary[Q, A], request Q) (A, error) {
	var tries tries
	for {
		answer, err := once(ctx, method, request)
		if err == nil {
			return answer, nil
		}
		if err := tries.afterCall(ctx, err); err != nil {
			return answer, err
		}
	}
}

// Calls a method once: a second call would do something else than the first.
func once[Q, A any](ctx context.Context, method unary[Q, A], request Q) (A, error) {
	return method(ctx, request)
}

// A stream's messages. Leaving the loop ends the call.
func messages[Q, A any](ctx context.Context, method streaming[Q, A], request Q) iter.Seq2[*A, error] {
	return func(yield func(*A, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		stream, err := method(ctx, request)
		for err == nil {
			var message *A
			message, err = stream.Recv()
			if err == nil && !yield(message, nil) {
				return
			}
		}
		if !errors.Is(err, io.EOF) {
			yield(nil, err)
		}
	}
}

// A stream's messages, which begins anew where it was cut.
func again[Q, A any](ctx context.Context, method streaming[Q, A], request Q) iter.Seq2[*A, error] {
	return func(yield func(*A, error) bool) {
		var tries tries
		for {
			var cut error
			for message, err := range messages(ctx, method, request) {
				if cut = err; err != nil {
					break
				}
				tries.progress()
				if !yield(message, nil) {
					return
				}
			}
			if cut == nil {
				return
			}
			if err := tries.afterCut(ctx, cut); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// All items of a list, page by page.
func pages[A, T any](ctx context.Context, page func(context.Context, string) (A, error), items func(A) ([]T, string)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for token := ""; ; {
			answer, err := page(ctx, token)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			found, next := items(answer)
			for _, item := range found {
				if !yield(item, nil) {
					return
				}
			}
			if token = next; token == "" {
				return
			}
		}
	}
}

// What is left when some messages are left out.
func without[A any](all iter.Seq2[*A, error], out func(*A) bool) iter.Seq2[*A, error] {
	return func(yield func(*A, error) bool) {
		for message, err := range all {
			if err == nil && out(message) {
				continue
			}
			if !yield(message, err) {
				return
			}
		}
	}
}
