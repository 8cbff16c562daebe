// Skerry's Go SDK: a line each on standard input is an order, and a figure each
// is the answer.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"time"

	"skerry.dev/skerry"
)

// dd's blocks of 64 KiB in a MiB.
const blocks = 16

func main() {
	if err := serve(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Answers `exec N` with the milliseconds of one of N commands, and `stream MIB`
// with the MiB a second.
func serve(ctx context.Context, id string) error {
	client, err := skerry.New(skerry.Options{})
	if err != nil {
		return err
	}
	defer client.Close()
	sandbox, err := client.Sandboxes.Get(ctx, id)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var order string
		var count int
		if _, err := fmt.Sscan(lines.Text(), &order, &count); err != nil {
			return err
		}
		started := time.Now()
		var figure float64
		if order == "exec" {
			err = run(ctx, sandbox, count)
			figure = time.Since(started).Seconds() * 1e3 / float64(count)
		} else {
			err = stream(ctx, sandbox, count)
			figure = float64(count) / time.Since(started).Seconds()
		}
		if err != nil {
			return err
		}
		fmt.Println(figure)
	}
	return lines.Err()
}

func run(ctx context.Context, sandbox *skerry.Sandbox, count int) error {
	for range count {
		result, err := sandbox.Commands.Run(ctx, skerry.Argv("/bin/true"), nil)
		if err != nil {
			return err
		}
		if err := result.Check(); err != nil {
			return err
		}
	}
	return nil
}

func stream(ctx context.Context, sandbox *skerry.Sandbox, mib int) error {
	dd := skerry.Argv("/bin/dd", "if=/dev/zero", "bs=64k", fmt.Sprintf("count=%d", mib*blocks))
	command, err := sandbox.Commands.Stream(ctx, dd, nil)
	if err != nil {
		return err
	}
	defer command.Close()
	got := 0
	for event, err := range command.Events() {
		if err != nil {
			return err
		}
		if event.Kind == skerry.Stdout {
			got += len(event.Data)
		}
	}
	if code, _ := command.ExitCode(); code != 0 || got != mib<<20 {
		return fmt.Errorf("the command ended with %d, and %d bytes came of %d MiB", code, got, mib)
	}
	return nil
}
