package skerry_test

import (
	"context"
	"time"

	"skerry.dev/skerry"
	"skerry.dev/skerry/v1"
)

// Steps that are there to fail. Filled at the start: one runs steps itself.
var failingSteps map[string]func(*running, step) error

func init() {
	failingSteps = map[string]func(*running, step) error{
		"must_exit": func(r *running, s step) error {
			options := &skerry.RunOptions{}
			options.Timeout = time.Duration(s.TimeoutMS) * time.Millisecond
			result, err := r.sandbox.Commands.Run(r.ctx, command(s.Command), options)
			if err != nil {
				return err
			}
			return result.Check()
		},
		"delete_volume": func(r *running, s step) error { return r.skerry.Volumes.Delete(r.ctx, s.Name, false) },
		"revoked_midway": func(r *running, s step) error {
			made, err := r.skerry.Tokens.Create(r.ctx, "soon revoked", nil, time.Time{})
			if err != nil {
				return err
			}
			return r.with(skerry.Options{Token: made.Secret}, func(other *running) error {
				exec, err := other.sandbox.Commands.Stream(r.ctx, skerry.Shell("echo ready; sleep 1000"), nil)
				if err != nil {
					return err
				}
				defer exec.Close()
				for _, err := range exec.Events() {
					if err != nil {
						return err
					}
					if err := r.skerry.Tokens.Revoke(r.ctx, made.Token.Id); err != nil {
						return err
					}
				}
				return nil
			})
		},
		"unknown_method": func(r *running, s step) error {
			return r.skerry.Client.Invoke(r.ctx, "/skerry.v1.SandboxService/Juggle", &v1.GetSandboxRequest{}, &v1.Sandbox{})
		},
		"other": func(r *running, s step) error {
			options := skerry.Options{Address: s.Address, Token: s.Token, CA: s.CA}
			switch {
			case s.Steps == nil:
				return infoOf(r.ctx, options)
			case !s.Elsewhere:
				return r.with(options, func(other *running) error { return other.steps(s.Steps) })
			}
			other, err := skerry.New(options)
			if err != nil {
				return err
			}
			defer other.Close()
			return (&running{ctx: r.ctx, skerry: other, sandbox: r.sandbox}).steps(s.Steps)
		},
	}
}

// Lets another client act in the same sandbox.
func (r *running) with(options skerry.Options, act func(*running) error) error {
	other, err := skerry.New(options)
	if err != nil {
		return err
	}
	defer other.Close()
	sandbox, err := other.Sandboxes.Get(r.ctx, r.sandbox.ID())
	if err != nil {
		return err
	}
	return act(&running{ctx: r.ctx, skerry: other, sandbox: sandbox})
}

func infoOf(ctx context.Context, options skerry.Options) error {
	client, err := skerry.New(options)
	if err != nil {
		return err
	}
	defer client.Close()
	_, err = client.Info(ctx)
	return err
}
