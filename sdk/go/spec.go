package skerry

import (
	"math"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/durationpb"
	"skerry.dev/skerry/v1"
)

// Command is what to run: [Shell] or [Argv].
type Command struct {
	shell string
	argv  []string
}

// Shell is a line for the shell.
func Shell(line string) Command { return Command{shell: line} }

// Argv is a program and its arguments, run without a shell.
func Argv(program string, arguments ...string) Command {
	return Command{argv: append([]string{program}, arguments...)}
}

// ExecOptions say how a command is run.
type ExecOptions struct {
	// Env is added to the sandbox's environment.
	Env map[string]string
	// Cwd is absolute; empty: /workspace.
	Cwd string
	// User is a name or uid, optionally with `:` and a group; empty: root.
	User string
	// Timeout ends the command after so long; 0: never.
	Timeout time.Duration
	// GracePeriod is how long it has after SIGTERM; nil: 5 seconds.
	GracePeriod *time.Duration
}

// OnIdle says what happens to a sandbox whose IdleTimeout has run out.
type OnIdle = v1.OnIdle

const (
	// Stop keeps its disk.
	Stop = v1.OnIdle_ON_IDLE_STOP
	// Pause keeps its memory.
	Pause = v1.OnIdle_ON_IDLE_PAUSE
	// Delete keeps nothing.
	Delete = v1.OnIdle_ON_IDLE_DELETE
)

// SandboxOptions say what a sandbox is to be like, where the daemon's defaults
// won't do.
type SandboxOptions struct {
	Labels map[string]string
	// Env is the environment of every command.
	Env map[string]string
	// Memory is in bytes, swap included.
	Memory int64
	// CPUs are processors: 1.5 is one and a half.
	CPUs float64
	// Pids are processes and threads at once.
	Pids int64
	// Disk is in bytes beyond its image.
	Disk int64
	// IdleTimeout is how long without work until OnIdle happens; 0: for ever.
	IdleTimeout time.Duration
	// OnIdle is what happens then: Stop unless said.
	OnIdle OnIdle
	// MaxLifetime is how long after its start it is stopped, whatever it does;
	// 0: never.
	MaxLifetime time.Duration
	// AutoDelete is how long after its stop it is deleted; 0: never.
	AutoDelete time.Duration
	// AlwaysOn never lets it count as idle, and runs it again when its host
	// does.
	AlwaysOn bool
	// Pull has the image pulled where it is not there.
	Pull bool
	// Wake lets a command start it where it is stopped and resume it where it
	// is paused.
	Wake bool
	// Ports may be reached from outside.
	Ports []int32
	// PublicPorts may be reached without a link.
	PublicPorts []int32
	// Volumes, by id or name, at paths.
	Volumes map[string]string
	// Snapshot to start from, by id or name.
	Snapshot string
	// Network is what it may reach; nil: the daemon's default.
	Network *v1.NetworkPolicy
	// User of commands that name none.
	User string
	// Cwd of commands that name none.
	Cwd string
}

func span(value time.Duration) *durationpb.Duration {
	if value == 0 {
		return nil
	}
	return durationpb.New(value)
}

// The field that a path goes into: raw where it is not UTF-8.
func paths(path string) (string, []byte) {
	if utf8.ValidString(path) {
		return path, nil
	}
	return "", []byte(path)
}

func execSpec(command Command, options *ExecOptions) *v1.ExecSpec {
	spec := &v1.ExecSpec{Shell: command.shell, Command: command.argv}
	if options == nil {
		return spec
	}
	spec.Env, spec.Cwd, spec.User = options.Env, options.Cwd, options.User
	spec.Timeout = span(options.Timeout)
	if options.GracePeriod != nil {
		spec.GracePeriod = durationpb.New(*options.GracePeriod)
	}
	return spec
}

func createRequest(image, name, requestID string, options *SandboxOptions) *v1.CreateSandboxRequest {
	request := &v1.CreateSandboxRequest{Image: image, Name: name, RequestId: requestID}
	if options == nil {
		return request
	}
	request.Labels, request.Env = options.Labels, options.Env
	request.Limits = &v1.Limits{
		MemoryBytes: positive(options.Memory),
		CpuMillis:   positive(int64(math.Round(options.CPUs * 1000))),
		Pids:        positive(options.Pids),
		DiskBytes:   positive(options.Disk),
	}
	request.Timeouts = &v1.Timeouts{
		IdleTimeout: span(options.IdleTimeout),
		OnIdle:      options.OnIdle,
		MaxLifetime: span(options.MaxLifetime),
		AutoDelete:  span(options.AutoDelete),
		AlwaysOn:    options.AlwaysOn,
	}
	if options.Wake {
		request.OnExec = v1.OnExec_ON_EXEC_WAKE
	}
	if options.Pull {
		request.PullPolicy = v1.PullPolicy_PULL_POLICY_MISSING
	}
	for _, port := range options.Ports {
		request.Ports = append(request.Ports, &v1.Port{Port: port})
	}
	for _, port := range options.PublicPorts {
		request.Ports = append(request.Ports, &v1.Port{Port: port, Public: true})
	}
	for path, volume := range options.Volumes {
		request.Mounts = append(request.Mounts, &v1.VolumeMount{VolumeId: volume, Path: path})
	}
	request.SnapshotId, request.NetworkPolicy = options.Snapshot, options.Network
	request.User, request.Cwd = options.User, options.Cwd
	return request
}

func positive(value int64) *int64 {
	if value == 0 {
		return nil
	}
	return &value
}
