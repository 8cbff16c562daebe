// Package skerry is a client for Skerry: isolated Linux machines in
// milliseconds.
//
//	client, err := skerry.New(skerry.Options{})
//	sandbox, err := client.Sandboxes.Create(ctx, "host", "", nil)
//	defer sandbox.Delete(ctx)
//	result, err := sandbox.Commands.Run(ctx, skerry.Shell("echo $((6 * 7))"), nil)
//	fmt.Print(result.Stdout())
//
// A failed call is an [*Error]: a code, a stable reason, whether to try again.
// The messages of the API are in package v1.
package skerry

import (
	"context"
	"iter"

	"skerry.dev/skerry/v1"
)

// Version is that of this module.
const Version = "0.1.0"

// Skerry is a daemon. It may be used by many goroutines at once.
//
// No call has a deadline of its own: give its context one. A peer that has
// vanished is noticed after 40 seconds, so that nothing hangs for ever.
type Skerry struct {
	// The generated stubs, for what has no method here.
	Client    *Client
	Sandboxes *Sandboxes
	Snapshots *Snapshots
	Volumes   *Volumes
	Images    *Images
	Tokens    *Tokens
}

// New is a client of the daemon that the options name; it connects on the first
// call.
func New(options Options) (*Skerry, error) {
	config, err := resolve(options)
	if err != nil {
		return nil, err
	}
	client, err := dial(config)
	if err != nil {
		return nil, err
	}
	return &Skerry{
		Client:    client,
		Sandboxes: &Sandboxes{client},
		Snapshots: &Snapshots{client},
		Volumes:   &Volumes{client},
		Images:    &Images{client},
		Tokens:    &Tokens{client},
	}, nil
}

// Events tells of changes of sandboxes: one EXISTING for each, then CURRENT,
// then what happens. After a lost connection it begins anew, with EXISTING. A
// request without fields is for all sandboxes.
func (s *Skerry) Events(ctx context.Context, request *v1.WatchSandboxesRequest) iter.Seq2[*v1.WatchSandboxesResponse, error] {
	all := again(ctx, s.Client.Sandboxes.WatchSandboxes, request)
	return without(all, func(event *v1.WatchSandboxesResponse) bool {
		return event.Type == v1.WatchSandboxesResponse_EVENT_TYPE_KEEP_ALIVE
	})
}

// Info says what the daemon is, and what isolation its host gives.
func (s *Skerry) Info(ctx context.Context) (*v1.SystemInfo, error) {
	return call(ctx, s.Client.System.GetSystemInfo, &v1.GetSystemInfoRequest{})
}

// Close closes the connection; sandboxes and commands go on.
func (s *Skerry) Close() error {
	return s.Client.conn.Close()
}
