package skerry_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"skerry.dev/skerry"
	"skerry.dev/skerry/v1"
)

var commandSteps = map[string]func(*running, step) error{
	"run": func(r *running, s step) error {
		options := &skerry.RunOptions{}
		options.Env, options.Cwd, options.User = s.Env, s.Cwd, s.User
		options.Timeout = time.Duration(s.TimeoutMS) * time.Millisecond
		options.MaxOutput = s.MaxOutput
		if s.Input != nil {
			options.Stdin = strings.NewReader(*s.Input)
		}
		result, err := r.sandbox.Commands.Run(r.ctx, command(s.Command), options)
		return compare(result, err, s)
	},
	"check": func(r *running, s step) error {
		result, err := r.sandbox.Commands.Run(r.ctx, command(s.Command), nil)
		if err != nil {
			return err
		}
		code := 0
		var failed *skerry.CommandFailed
		if errors.As(result.Check(), &failed) {
			code = failed.Result.ExitCode
		}
		return same("the exit code", code, s.Want)
	},
	"callbacks": func(r *running, s step) error {
		var stdout, stderr bytes.Buffer
		options := &skerry.RunOptions{WaitOptions: skerry.WaitOptions{Stdout: &stdout, Stderr: &stderr}}
		if _, err := r.sandbox.Commands.Run(r.ctx, command(s.Command), options); err != nil {
			return err
		}
		return same("what was told", map[string]string{"stdout": stdout.String(), "stderr": stderr.String()}, s.Want)
	},
	"stream": func(r *running, s step) error {
		exec, err := r.sandbox.Commands.Stream(r.ctx, command(s.Command), nil)
		if err != nil {
			return err
		}
		defer exec.Close()
		digest, count := sha256.New(), 0
		for event, err := range exec.Events() {
			if err != nil {
				return err
			}
			if event.Kind == skerry.Truncated {
				return fmt.Errorf("truncated before %d", event.Offset)
			}
			digest.Write(event.Data)
			count += len(event.Data)
		}
		code, _ := exec.ExitCode()
		sum := hex.EncodeToString(digest.Sum(nil))
		return same("the output", map[string]any{"bytes": count, "sha256": sum, "exit_code": code}, s.Want)
	},
	"both_ways": func(r *running, s step) error {
		sent, received := sha256.New(), sha256.New()
		var all []io.Reader
		for range s.Bytes / len(mib) {
			all = append(all, bytes.NewReader(mib))
		}
		options := &skerry.RunOptions{Stdin: io.TeeReader(io.MultiReader(all...), sent)}
		options.Stdout = received
		if _, err := r.sandbox.Commands.Run(r.ctx, skerry.Shell("cat"), options); err != nil {
			return err
		}
		return same("what came back", received.Sum(nil), sent.Sum(nil))
	},
	"start": func(r *running, s step) (err error) {
		r.exec, err = r.sandbox.Commands.Start(r.ctx, command(s.Command), &skerry.StartOptions{Stdin: s.Stdin})
		return err
	},
	"pty": func(r *running, s step) (err error) {
		r.exec, err = r.sandbox.Pty.Start(r.ctx, command(s.Command), s.Rows, s.Columns, nil)
		return err
	},
	"attach": func(r *running, s step) error {
		r.exec = r.sandbox.Commands.Attach(r.ctx, r.exec.ID(), &skerry.AttachOptions{Offset: s.Offset})
		return nil
	},
	"until": func(r *running, s step) error {
		seen := ""
		for event, err := range r.exec.Events() {
			if err != nil {
				return err
			}
			if seen += string(event.Data); strings.Contains(seen, s.Text) {
				return nil
			}
		}
		return fmt.Errorf("%q not in %q", s.Text, seen)
	},
	"write": func(r *running, s step) error {
		_, err := io.WriteString(r.exec, s.Text)
		return err
	},
	"end_input": func(r *running, s step) error { return r.exec.EndInput() },
	"resize":    func(r *running, s step) error { return r.exec.Resize(s.Rows, s.Columns) },
	"kill":      func(r *running, s step) error { return r.exec.Kill() },
	"signal": func(r *running, s step) error {
		return r.exec.Signal(map[string]syscall.Signal{"USR1": syscall.SIGUSR1}[s.Signal])
	},
	"wait": func(r *running, s step) error {
		result, err := r.exec.Wait(nil)
		return compare(result, err, s)
	},
	"execs": func(r *running, s step) error {
		count := 0
		for _, err := range r.sandbox.Commands.List(r.ctx, false) {
			if err != nil {
				return err
			}
			count++
		}
		return same("the number of execs", count, s.Want)
	},
}

var fileSteps = map[string]func(*running, step) error{
	"write_file": func(r *running, s step) error {
		options := &skerry.WriteOptions{Append: s.Append, CreateNew: s.CreateNew, MakeParents: s.MakeParents}
		_, err := r.sandbox.Files.Write(r.ctx, s.path(), []byte(s.Text), options)
		return err
	},
	"read_file": func(r *running, s step) error {
		data, err := r.sandbox.Files.Read(r.ctx, s.path())
		if err != nil {
			return err
		}
		return same("the file", string(data), s.Want)
	},
	"digest": func(r *running, s step) error {
		reader := r.sandbox.Files.ReadStream(r.ctx, s.Path, 0)
		defer reader.Close()
		digest := sha256.New()
		if _, err := io.Copy(digest, reader); err != nil {
			return err
		}
		return same("the file's digest", hex.EncodeToString(digest.Sum(nil)), s.Want)
	},
	"list_files": func(r *running, s step) error {
		var found []string
		for file, err := range r.sandbox.Files.List(r.ctx, s.Path, s.Recursive) {
			if err != nil {
				return err
			}
			found = append(found, file.Path)
		}
		var wanted []string
		for _, path := range s.Want.([]any) {
			wanted = append(wanted, path.(string))
		}
		slices.Sort(found)
		slices.Sort(wanted)
		return same("the files", found, wanted)
	},
	"exists": func(r *running, s step) error {
		var err error
		for range 600 {
			if _, err = r.sandbox.Files.Stat(r.ctx, s.Path); err == nil {
				return nil
			}
			time.Sleep(100 * time.Millisecond)
		}
		return err
	},
	"move": func(r *running, s step) error {
		_, err := r.sandbox.Files.Move(r.ctx, s.Path, s.To, false)
		return err
	},
	"remove": func(r *running, s step) error { return r.sandbox.Files.Remove(r.ctx, s.Path, s.Recursive) },
	"watch": func(r *running, s step) error {
		for event, err := range r.sandbox.Files.Watch(r.ctx, s.Path, false) {
			switch {
			case err != nil:
				return err
			case event.GetWatching() != nil:
				if _, err := r.sandbox.Commands.Run(r.ctx, skerry.Shell(s.Then), nil); err != nil {
					return err
				}
			case event.GetChange() != nil:
				return same("what was changed", event.GetChange().Path, s.Want)
			}
		}
		return errors.New("the watch ended")
	},
	"copy_archive": func(r *running, s step) error {
		archive := r.sandbox.Files.Download(r.ctx, s.Path, nil)
		defer archive.Close()
		_, err := r.sandbox.Files.Upload(r.ctx, s.To, archive, nil)
		return err
	},
}

// Filled at the start: some of them run steps themselves.
var lifeSteps map[string]func(*running, step) error

func init() {
	lifeSteps = map[string]func(*running, step) error{
		"pause":         func(r *running, s step) error { return r.became(r.sandbox.Pause(r.ctx), s) },
		"resume":        func(r *running, s step) error { return r.became(r.sandbox.Resume(r.ctx), s) },
		"stop":          func(r *running, s step) error { return r.became(r.sandbox.Stop(r.ctx, 0), s) },
		"start_sandbox": func(r *running, s step) error { return r.became(r.sandbox.Start(r.ctx), s) },
		"refresh":       func(r *running, s step) error { return r.became(r.sandbox.Refresh(r.ctx), s) },
		"keep_alive": func(r *running, s step) error {
			if err := r.sandbox.KeepAlive(r.ctx, time.Duration(s.PeriodMS)*time.Millisecond); err != nil {
				return err
			}
			return same("whether it is kept", r.sandbox.Info.KeepAliveTime != nil, true)
		},
		"stats": func(r *running, s step) error {
			stats, err := r.sandbox.Stats(r.ctx)
			return compareStats(stats, err, s)
		},
		"fork": func(r *running, s step) error {
			forks, err := r.sandbox.Fork(r.ctx, s.Count, "")
			if err == nil {
				err = same("the number of forks", len(forks), s.Count)
			}
			for _, fork := range forks {
				err = errors.Join(err, inside(r.ctx, r.skerry, fork, nil, s.Steps))
			}
			return err
		},
		"snapshot": func(r *running, s step) error {
			if _, err := r.sandbox.Snapshots.Create(r.ctx, s.Name, nil); err != nil {
				return err
			}
			var names []string
			for snapshot, err := range r.sandbox.Snapshots.List(r.ctx) {
				if err != nil {
					return err
				}
				names = append(names, snapshot.Name)
			}
			return same("the snapshots", names, []string{s.Name})
		},
		"from_snapshot": func(r *running, s step) error {
			sandbox, err := r.skerry.Sandboxes.Create(r.ctx, "", "", &skerry.SandboxOptions{Snapshot: s.Name})
			return inside(r.ctx, r.skerry, sandbox, err, s.Steps)
		},
		"delete_snapshot": func(r *running, s step) error { return r.skerry.Snapshots.Delete(r.ctx, s.Name) },
		"volume": func(r *running, s step) error {
			if _, err := r.skerry.Volumes.Create(r.ctx, s.Name, 0, nil); err != nil {
				return err
			}
			return errors.Join(r.steps(s.Steps), r.skerry.Volumes.Delete(r.ctx, s.Name, false))
		},
		"with_volume": func(r *running, s step) error {
			options := &skerry.SandboxOptions{Volumes: map[string]string{s.Path: s.Name}}
			sandbox, err := r.skerry.Sandboxes.Create(r.ctx, "", "", options)
			return inside(r.ctx, r.skerry, sandbox, err, s.Steps)
		},
		"url": func(r *running, s step) error {
			url, err := r.sandbox.Ports.URL(r.ctx, s.Port, 0)
			if err != nil {
				return err
			}
			return same("a part of "+url, strings.Contains(url, s.Want.(string)), true)
		},
		"create": func(r *running, s step) error {
			sandbox, err := r.skerry.Sandboxes.Create(r.ctx, s.Image, s.Name, nil)
			return inside(r.ctx, r.skerry, sandbox, err, nil)
		},
		"get": func(r *running, s step) error {
			_, err := r.skerry.Sandboxes.Get(r.ctx, s.Name)
			return err
		},
		"get_or_create": func(r *running, s step) error {
			first, err := r.skerry.Sandboxes.GetOrCreate(r.ctx, "host", s.Name, nil)
			if err != nil {
				return err
			}
			second, err := r.skerry.Sandboxes.GetOrCreate(r.ctx, "host", s.Name, nil)
			if err == nil {
				err = same("the second's id", second.ID(), first.ID())
			}
			return errors.Join(err, first.Delete(r.ctx))
		},
		"token": func(r *running, s step) error {
			made, err := r.skerry.Tokens.Create(r.ctx, s.Name, nil, time.Time{})
			if err != nil {
				return err
			}
			other, err := skerry.New(skerry.Options{Token: made.Secret})
			if err != nil {
				return err
			}
			defer other.Close()
			identity, err := other.Tokens.Identity(r.ctx)
			if err != nil {
				return err
			}
			if err := same("who calls", identity.Token.Id, made.Token.Id); err != nil {
				return err
			}
			if err := r.skerry.Tokens.Revoke(r.ctx, made.Token.Id); err != nil {
				return err
			}
			_, err = other.Info(r.ctx)
			return compareError(err, map[string]any{"code": "UNAUTHENTICATED"})
		},
		"events": func(r *running, s step) error {
			var kinds []v1.WatchSandboxesResponse_EventType
			for event, err := range r.skerry.Events(r.ctx, &v1.WatchSandboxesRequest{SandboxId: r.sandbox.ID()}) {
				if err != nil {
					return err
				}
				kinds = append(kinds, event.Type)
				if event.Type == v1.WatchSandboxesResponse_EVENT_TYPE_CURRENT {
					if err := r.sandbox.Delete(r.ctx); err != nil {
						return err
					}
				}
				if event.Type == v1.WatchSandboxesResponse_EVENT_TYPE_DELETED {
					break
				}
			}
			return same("the first events", kinds[:2], []int{1, 2})
		},
		"images": func(r *running, s step) error {
			for image, err := range r.skerry.Images.List(r.ctx) {
				if err != nil || image.Name == s.Want {
					return err
				}
			}
			return errors.New("it is not there")
		},
		"info": func(r *running, s step) error {
			info, err := r.skerry.Info(r.ctx)
			if err != nil {
				return err
			}
			return same("the API", info.ApiVersion, s.Want)
		},
		"through_cuts": func(r *running, s step) error {
			options := skerry.Options{Address: os.Getenv("SKERRY_CUT_ADDRESS")}
			return r.with(options, func(cut *running) error { return cut.steps(s.Steps) })
		},
	}
}

func (r *running) became(err error, s step) error {
	if err != nil {
		return err
	}
	return same("the state", r.sandbox.State(), s.Want)
}
