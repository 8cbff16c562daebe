// Runs a command in a sandbox that is gone afterwards.
package main

import (
	"context"
	"fmt"
	"log"

	"skerry.dev/skerry"
)

func main() {
	if err := hello(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func hello(ctx context.Context) error {
	client, err := skerry.New(skerry.Options{})
	if err != nil {
		return err
	}
	defer client.Close()
	sandbox, err := client.Sandboxes.Create(ctx, "host", "", nil)
	if err != nil {
		return err
	}
	defer sandbox.Delete(ctx)
	result, err := sandbox.Commands.Run(ctx, skerry.Shell("echo $((6 * 7))"), nil)
	if err != nil {
		return err
	}
	fmt.Print(result.Stdout())
	return result.Check()
}
