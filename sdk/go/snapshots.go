package skerry

import (
	"context"
	"iter"

	"skerry.dev/skerry/v1"
)

// Snapshots are disks of sandboxes as they were at one instant.
// [SandboxOptions] has a Snapshot to start from.
type Snapshots struct {
	client *Client
}

// SandboxSnapshots are those of one sandbox.
type SandboxSnapshots struct {
	client    *Client
	sandboxID string
}

// Get is one by id or name.
func (s *Snapshots) Get(ctx context.Context, snapshotID string) (*v1.Snapshot, error) {
	return call(ctx, s.client.Snapshots.GetSnapshot, &v1.GetSnapshotRequest{SnapshotId: snapshotID})
}

// List is all of them by name; those alone that have all these labels.
func (s *Snapshots) List(ctx context.Context, labels map[string]string) iter.Seq2[*v1.Snapshot, error] {
	return listSnapshots(ctx, s.client, labels, "")
}

// Delete removes one; sandboxes that were made from it stay.
func (s *Snapshots) Delete(ctx context.Context, snapshotID string) error {
	_, err := call(ctx, s.client.Snapshots.DeleteSnapshot, &v1.DeleteSnapshotRequest{SnapshotId: snapshotID})
	return err
}

// Create takes one of the disk; without a name, its id is its name.
func (s *SandboxSnapshots) Create(ctx context.Context, name string, labels map[string]string) (*v1.Snapshot, error) {
	request := &v1.CreateSnapshotRequest{SandboxId: s.sandboxID, Name: name, Labels: labels}
	return once(ctx, s.client.Snapshots.CreateSnapshot, request)
}

// List is those of the sandbox by name.
func (s *SandboxSnapshots) List(ctx context.Context) iter.Seq2[*v1.Snapshot, error] {
	return listSnapshots(ctx, s.client, nil, s.sandboxID)
}

func listSnapshots(ctx context.Context, client *Client, labels map[string]string, sandboxID string) iter.Seq2[*v1.Snapshot, error] {
	page := func(ctx context.Context, token string) (*v1.ListSnapshotsResponse, error) {
		request := &v1.ListSnapshotsRequest{Labels: labels, SandboxId: sandboxID, PageToken: token}
		return call(ctx, client.Snapshots.ListSnapshots, request)
	}
	return pages(ctx, page, func(page *v1.ListSnapshotsResponse) ([]*v1.Snapshot, string) {
		return page.Snapshots, page.NextPageToken
	})
}
