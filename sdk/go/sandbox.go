package skerry

import (
	"context"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"skerry.dev/skerry/v1"
)

// Sandbox is an isolated Linux machine.
type Sandbox struct {
	client *Client
	// Info is the sandbox as it was when it was last looked at: see Refresh.
	Info      *v1.Sandbox
	Commands  *Commands
	Files     *Files
	Pty       *Pty
	Ports     *Ports
	Snapshots *SandboxSnapshots
}

func newSandbox(client *Client, info *v1.Sandbox) *Sandbox {
	return &Sandbox{
		client:    client,
		Info:      info,
		Commands:  &Commands{client, info.Id},
		Files:     &Files{client, info.Id},
		Pty:       &Pty{client, info.Id},
		Ports:     &Ports{client, info.Id},
		Snapshots: &SandboxSnapshots{client, info.Id},
	}
}

// ID is made by the daemon: sbx_….
func (s *Sandbox) ID() string { return s.Info.Id }

// Name is unique; the id where none was given.
func (s *Sandbox) Name() string { return s.Info.Name }

// State is where in its life it was when it was last looked at: RUNNING.
func (s *Sandbox) State() string {
	name, known := v1.SandboxState_name[int32(s.Info.State)]
	if !known { // of a newer daemon
		name = v1.SandboxState_SANDBOX_STATE_UNSPECIFIED.String()
	}
	return strings.TrimPrefix(name, "SANDBOX_STATE_")
}

// Refresh looks at it again.
func (s *Sandbox) Refresh(ctx context.Context) error {
	return s.become(call(ctx, s.client.Sandboxes.GetSandbox, &v1.GetSandboxRequest{SandboxId: s.ID()}))
}

// Start starts one that is stopped, on its own disk.
func (s *Sandbox) Start(ctx context.Context) error {
	return s.become(call(ctx, s.client.Sandboxes.StartSandbox, &v1.StartSandboxRequest{SandboxId: s.ID()}))
}

// Stop ends its processes, at most gracePeriod after SIGTERM, and keeps its
// disk.
func (s *Sandbox) Stop(ctx context.Context, gracePeriod time.Duration) error {
	request := &v1.StopSandboxRequest{SandboxId: s.ID(), GracePeriod: durationpb.New(gracePeriod)}
	return s.become(call(ctx, s.client.Sandboxes.StopSandbox, request))
}

// Pause freezes its processes in memory.
func (s *Sandbox) Pause(ctx context.Context) error {
	return s.become(call(ctx, s.client.Sandboxes.PauseSandbox, &v1.PauseSandboxRequest{SandboxId: s.ID()}))
}

// Resume lets a paused one go on.
func (s *Sandbox) Resume(ctx context.Context) error {
	return s.become(call(ctx, s.client.Sandboxes.ResumeSandbox, &v1.ResumeSandboxRequest{SandboxId: s.ID()}))
}

// Fork makes sandboxes whose disks are what its disk is now. Of several, the
// name gets `-1`, `-2` and so on; empty: their ids.
func (s *Sandbox) Fork(ctx context.Context, count int, name string) ([]*Sandbox, error) {
	request := &v1.ForkSandboxRequest{SandboxId: s.ID(), Count: int32(count), Name: name}
	made, err := once(ctx, s.client.Sandboxes.ForkSandbox, request)
	if err != nil {
		return nil, err
	}
	var forks []*Sandbox
	for _, info := range made.Sandboxes {
		forks = append(forks, newSandbox(s.client, info))
	}
	return forks, nil
}

// KeepAlive counts as work: its IdleTimeout starts anew, now or after period.
func (s *Sandbox) KeepAlive(ctx context.Context, period time.Duration) error {
	request := &v1.KeepAliveRequest{SandboxId: s.ID(), Period: span(period)}
	return s.become(call(ctx, s.client.Sandboxes.KeepAlive, request))
}

// Stats reads what it uses now: processor, memory, processes, disk, network. Of
// one that does not run, only the disk is told. It does not count as work.
func (s *Sandbox) Stats(ctx context.Context) (*v1.SandboxStats, error) {
	return call(ctx, s.client.Sandboxes.GetSandboxStats, &v1.GetSandboxStatsRequest{SandboxId: s.ID()})
}

// Delete ends it and removes its disk; one that is gone is no error.
func (s *Sandbox) Delete(ctx context.Context) error {
	_, err := call(ctx, s.client.Sandboxes.DeleteSandbox, &v1.DeleteSandboxRequest{SandboxId: s.ID()})
	return err
}

func (s *Sandbox) become(info *v1.Sandbox, err error) error {
	if err == nil {
		s.Info = info
	}
	return err
}
