package skerry

import (
	"context"

	"skerry.dev/skerry/v1"
)

// Pty is for commands on a terminal, which is their input and all of their
// output.
type Pty struct {
	client    *Client
	sandboxID string
}

// Start starts a command on a terminal of this size.
func (p *Pty) Start(ctx context.Context, command Command, rows, columns uint32, options *ExecOptions) (*Exec, error) {
	spec := execSpec(command, options)
	spec.Terminal = &v1.TerminalSize{Rows: rows, Columns: columns}
	return start(ctx, p.client, p.sandboxID, spec)
}

// Attach is a terminal that was started before, its output from an offset on.
func (p *Pty) Attach(ctx context.Context, execID string, offset int64) *Exec {
	commands := &Commands{p.client, p.sandboxID}
	return commands.Attach(ctx, execID, &AttachOptions{Offset: offset, Stdin: true})
}
