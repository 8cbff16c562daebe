package skerry

import (
	"context"
	"io"
	"iter"

	"skerry.dev/skerry/v1"
)

// Commands are those of a sandbox.
type Commands struct {
	client    *Client
	sandboxID string
}

// RunOptions are how a command is run, what it reads and where its output goes.
type RunOptions struct {
	ExecOptions
	WaitOptions
	// Stdin is its standard input. A lost connection is an error then
	// (INPUT_CUT).
	Stdin io.Reader
}

// StartOptions are how a command is started.
type StartOptions struct {
	ExecOptions
	// Stdin lets it be written to.
	Stdin bool
}

// AttachOptions say from where on a command is attached to.
type AttachOptions struct {
	// Offset is that of the first byte of output wanted.
	Offset int64
	// Stdin takes its input from whoever has it.
	Stdin bool
}

// Run runs a command to its end. A non-zero exit code is a result: see
// [Result.Check].
func (c *Commands) Run(ctx context.Context, command Command, options *RunOptions) (*Result, error) {
	if options == nil {
		options = &RunOptions{}
	}
	exec, err := c.begin(ctx, execSpec(command, &options.ExecOptions), options.Stdin)
	if err != nil {
		return nil, err
	}
	defer exec.Close()
	return exec.Wait(&options.WaitOptions)
}

// Stream runs a command whose output is read as it comes. The command waits
// while nobody reads.
func (c *Commands) Stream(ctx context.Context, command Command, options *ExecOptions) (*Exec, error) {
	return c.begin(ctx, execSpec(command, options), nil)
}

// Start starts a command in the background, which waits for nobody: of its
// output the last MiB is kept.
func (c *Commands) Start(ctx context.Context, command Command, options *StartOptions) (*Exec, error) {
	if options == nil {
		options = &StartOptions{}
	}
	spec := execSpec(command, &options.ExecOptions)
	spec.KeepStdin = options.Stdin
	return start(ctx, c.client, c.sandboxID, spec)
}

// Attach is a command that was started before.
func (c *Commands) Attach(ctx context.Context, execID string, options *AttachOptions) *Exec {
	if options == nil {
		options = &AttachOptions{}
	}
	exec := &Exec{client: c.client, ctx: ctx, sandboxID: c.sandboxID, id: execID}
	exec.offset, exec.stdin = options.Offset, options.Stdin
	return exec
}

// List is the sandbox's commands, oldest first; with runningOnly those that run.
func (c *Commands) List(ctx context.Context, runningOnly bool) iter.Seq2[*v1.ExecInfo, error] {
	page := func(ctx context.Context, token string) (*v1.ListExecsResponse, error) {
		request := &v1.ListExecsRequest{SandboxId: c.sandboxID, RunningOnly: runningOnly, PageToken: token}
		return call(ctx, c.client.Execs.ListExecs, request)
	}
	return pages(ctx, page, func(page *v1.ListExecsResponse) ([]*v1.ExecInfo, string) {
		return page.Execs, page.NextPageToken
	})
}

func (c *Commands) begin(ctx context.Context, spec *v1.ExecSpec, stdin io.Reader) (*Exec, error) {
	exec := &Exec{client: c.client, ctx: ctx, sandboxID: c.sandboxID, stdin: stdin != nil}
	return exec, exec.begin(func(ctx context.Context) (frames, error) {
		if stdin == nil {
			return c.client.Execs.ExecStream(ctx, &v1.ExecStreamRequest{SandboxId: c.sandboxID, Spec: spec})
		}
		spec.KeepStdin = true
		stream, err := c.client.Execs.InteractExec(ctx)
		if err != nil {
			return nil, err
		}
		start := &v1.InteractExecRequest_Start_{Start: &v1.InteractExecRequest_Start{SandboxId: c.sandboxID, Spec: spec}}
		if err := stream.Send(&v1.InteractExecRequest{Message: start}); err != nil {
			return nil, err
		}
		go exec.feed(stream, stdin)
		return stream, nil
	})
}

func start(ctx context.Context, client *Client, sandboxID string, spec *v1.ExecSpec) (*Exec, error) {
	info, err := once(ctx, client.Execs.StartExec, &v1.StartExecRequest{SandboxId: sandboxID, Spec: spec})
	if err != nil {
		return nil, err
	}
	stdin := spec.KeepStdin || spec.Terminal != nil
	return &Exec{client: client, ctx: ctx, sandboxID: sandboxID, id: info.Id, stdin: stdin}, nil
}
