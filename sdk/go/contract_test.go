package skerry_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"skerry.dev/skerry"
	"skerry.dev/skerry/v1"
)

// A step, as sdk/contract has it.
type step struct {
	Op          string
	Command     any
	Env         map[string]string
	Cwd, User   string
	Input       *string
	Text        string
	Name, Image string
	Path, To    string
	RawPath     string `json:"raw_path"`
	Then        string
	Token, CA   string
	Address     string
	Elsewhere   bool
	Stdin       bool
	Append      bool
	CreateNew   bool `json:"create_new"`
	MakeParents bool `json:"make_parents"`
	Recursive   bool
	TimeoutMS   int `json:"timeout_ms"`
	PeriodMS    int `json:"period_ms"`
	MaxOutput   int `json:"max_output"`
	Bytes       int
	Offset      int64
	Count       int
	Runs        bool
	Memory      int64
	Port        int32
	Rows        uint32
	Columns     uint32
	Signal      string
	Want        any
	Error       map[string]any
	Steps       []step
}

type scenario struct {
	Name    string
	Steps   []step
	Through string
	Options struct {
		Wake          bool
		Memory        int64
		CPUs          float64
		Ports         []int32
		IdleTimeoutMS int64 `json:"idle_timeout_ms"`
		MaxLifetimeMS int64 `json:"max_lifetime_ms"`
	}
}

// What runs steps in one sandbox.
type running struct {
	ctx     context.Context
	skerry  *skerry.Skerry
	sandbox *skerry.Sandbox
	exec    *skerry.Exec
}

var mib = func() []byte {
	data := make([]byte, 1<<20)
	for i := range data {
		data[i] = byte(i*31 + i>>8)
	}
	return data
}()

// Runs the scenarios of sdk/contract, which SKERRY_CONTRACT names, against the
// daemon of the environment; SKERRY_CUT_ADDRESS leads to it by connections that
// are cut. Prints a line for each.
func TestContract(t *testing.T) {
	path := os.Getenv("SKERRY_CONTRACT")
	if path == "" {
		t.Skip("SKERRY_CONTRACT names no scenarios")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	unique := fmt.Sprintf("go-%d", os.Getpid())
	var scenarios []scenario
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), "$UNIQUE", unique)), &scenarios); err != nil {
		t.Fatal(err)
	}
	client := open(t, skerry.Options{})
	for _, scenario := range scenarios {
		if err := perform(t.Context(), client, scenario); err != nil {
			fmt.Printf("FAILED\t%s\t%v\n", scenario.Name, err)
			t.Errorf("%s: %v", scenario.Name, err)
			continue
		}
		fmt.Printf("ok\t%s\n", scenario.Name)
	}
}

func open(t *testing.T, options skerry.Options) *skerry.Skerry {
	client, err := skerry.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

func perform(ctx context.Context, client *skerry.Skerry, s scenario) error {
	options := &skerry.SandboxOptions{
		Wake: s.Options.Wake, Memory: s.Options.Memory, CPUs: s.Options.CPUs, Ports: s.Options.Ports,
		IdleTimeout: time.Duration(s.Options.IdleTimeoutMS) * time.Millisecond,
		MaxLifetime: time.Duration(s.Options.MaxLifetimeMS) * time.Millisecond,
	}
	steps := s.Steps
	if s.Through == "cuts" {
		steps = []step{{Op: "through_cuts", Steps: steps}}
	}
	sandbox, err := client.Sandboxes.Create(ctx, "host", "", options)
	return inside(ctx, client, sandbox, err, steps)
}

// Runs steps in a sandbox that is deleted then.
func inside(ctx context.Context, client *skerry.Skerry, sandbox *skerry.Sandbox, err error, steps []step) error {
	if err != nil {
		return err
	}
	r := &running{ctx: ctx, skerry: client, sandbox: sandbox}
	return errors.Join(r.steps(steps), sandbox.Delete(ctx))
}

func (r *running) steps(steps []step) error {
	for _, s := range steps {
		err := r.step(s)
		if s.Error != nil {
			err = compareError(err, s.Error)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s.Op, err)
		}
	}
	return nil
}

func compareError(err error, wanted map[string]any) error {
	if err == nil {
		return fmt.Errorf("want the error %v", wanted)
	}
	all := seen(err)
	told, _ := json.Marshal(all)
	fmt.Printf("told\t%s\n", told)
	found := map[string]any{}
	for name := range wanted {
		found[name] = all[name]
	}
	return same("the error", found, wanted)
}

// What a user sees of an error.
func seen(err error) map[string]any {
	var failed *skerry.Error
	if !errors.As(err, &failed) {
		class, message := fmt.Sprintf("%T", err), err.Error()
		return map[string]any{"class": strings.TrimPrefix(class, "*skerry."), "message": message}
	}
	field := ""
	if len(failed.Fields) > 0 {
		field = failed.Fields[0].Field
	}
	return map[string]any{
		"class": "Error", "message": failed.Message, "code": failed.Name(), "reason": failed.Reason,
		"retryable": failed.Retryable(), "field": field,
	}
}

func same(what string, found, wanted any) error {
	one, _ := json.Marshal(found)
	other, _ := json.Marshal(wanted)
	var a, b any
	_ = json.Unmarshal(one, &a)
	_ = json.Unmarshal(other, &b)
	if !reflect.DeepEqual(a, b) {
		return fmt.Errorf("%s is %s, not %s", what, one, other)
	}
	return nil
}

func command(given any) skerry.Command {
	if line, ok := given.(string); ok {
		return skerry.Shell(line)
	}
	var all []string
	for _, word := range given.([]any) {
		all = append(all, word.(string))
	}
	return skerry.Argv(all[0], all[1:]...)
}

func (s step) path() string {
	if raw, err := hex.DecodeString(s.RawPath); err == nil && s.RawPath != "" {
		return string(raw)
	}
	return s.Path
}

func compare(result *skerry.Result, err error, s step) error {
	if err != nil {
		return err
	}
	all := map[string]any{
		"stdout": result.Stdout(), "stderr": result.Stderr(), "exit_code": result.ExitCode,
		"signal": result.Signal, "timed_out": result.TimedOut, "truncated": result.Truncated,
	}
	wanted, _ := s.Want.(map[string]any)
	found := map[string]any{}
	for name := range wanted {
		found[name] = all[name]
	}
	if wanted == nil {
		return nil
	}
	return same("the result", found, wanted)
}

func compareStats(stats *v1.SandboxStats, err error, s step) error {
	if err != nil {
		return err
	}
	told := []bool{stats.CpuTime.AsDuration() > 0, stats.MemoryUsedBytes != nil, stats.Pids != nil}
	return errors.Join(
		same("the limit of memory", stats.GetLimits().GetMemoryBytes(), s.Memory),
		same("whether processor, memory and processes are told", told, []bool{s.Runs, s.Runs, s.Runs}),
		same("the state", strings.TrimPrefix(stats.State.String(), "SANDBOX_STATE_"), s.Want),
	)
}

func (r *running) step(s step) error {
	if act, known := commandSteps[s.Op]; known {
		return act(r, s)
	}
	if act, known := fileSteps[s.Op]; known {
		return act(r, s)
	}
	if act, known := lifeSteps[s.Op]; known {
		return act(r, s)
	}
	if act, known := failingSteps[s.Op]; known {
		return act(r, s)
	}
	return errors.New("there is no such step")
}
