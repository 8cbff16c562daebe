// A stub by protoc-gen-go and grpc-go, from the protos alone; prints what came
// as JSON.
//
// Usage: plain ADDRESS TOKEN
package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	"example.org/plain/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

type said struct {
	Stdout   string `json:"stdout"`
	Stderr   string `json:"stderr"`
	ExitCode int32  `json:"exitCode"`
	After    string `json:"after"`
}

func main() {
	conn, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	ctx := metadata.AppendToOutgoingContext(context.Background(), "authorization", "Bearer "+os.Args[2])
	said, err := visit(ctx, v1.NewSandboxServiceClient(conn), v1.NewExecServiceClient(conn))
	if err != nil {
		log.Fatal(err)
	}
	json.NewEncoder(os.Stdout).Encode(said)
}

func visit(ctx context.Context, sandboxes v1.SandboxServiceClient, execs v1.ExecServiceClient) (said said, err error) {
	sandbox, err := sandboxes.CreateSandbox(ctx, &v1.CreateSandboxRequest{Name: "plain"})
	if err != nil {
		return said, err
	}
	spec := &v1.ExecSpec{Command: []string{"sh", "-c", "echo out; echo err >&2; exit 3"}}
	frames, err := execs.ExecStream(ctx, &v1.ExecStreamRequest{SandboxId: sandbox.Id, Spec: spec})
	if err != nil {
		return said, err
	}
	for {
		frame, err := frames.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return said, err
		}
		said.Stdout += string(frame.GetStdout().GetData())
		said.Stderr += string(frame.GetStderr().GetData())
		said.ExitCode = max(said.ExitCode, frame.GetExited().GetExitCode())
	}
	if _, err := sandboxes.DeleteSandbox(ctx, &v1.DeleteSandboxRequest{SandboxId: sandbox.Id}); err != nil {
		return said, err
	}
	_, err = sandboxes.GetSandbox(ctx, &v1.GetSandboxRequest{SandboxId: sandbox.Id})
	said.After = status.Code(err).String()
	return said, nil
}
