package skerry

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

const (
	// Of one wait.
	shortestWait = 100 * time.Millisecond
	longestWait  = 2 * time.Second
	// Tries of a call that may safely be made again.
	mostTries = 5
	// For which a stream that was cut is taken up again, without a byte.
	patience = time.Minute
)

// Counts what failed, and waits or says that it is enough.
type tries struct {
	failures int
	since    time.Time
}

// Something came: start anew.
func (t *tries) progress() { t.failures = 0 }

// Waits before a call is made again; an error when it is enough.
func (t *tries) afterCall(ctx context.Context, err error) error {
	var failed *Error
	if !errors.As(err, &failed) || !failed.Retryable() || t.failures+1 >= mostTries {
		return err
	}
	return t.wait(ctx, failed)
}

// Waits before a stream is taken up again; an error when it is enough.
func (t *tries) afterCut(ctx context.Context, err error) error {
	if t.failures == 0 {
		t.since = time.Now()
	}
	var failed *Error
	if !errors.As(err, &failed) || !failed.cut() || time.Since(t.since) > patience {
		return err
	}
	return t.wait(ctx, failed)
}

func (t *tries) wait(ctx context.Context, failed *Error) error {
	longest := min(longestWait, shortestWait<<min(t.failures, 10))
	t.failures++
	wait := longest/2 + rand.N(longest/2)
	if failed.RetryAfter != nil {
		wait = *failed.RetryAfter
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
		return nil
	}
}
