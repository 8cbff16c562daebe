package skerry

import (
	"context"
	"iter"

	"skerry.dev/skerry/v1"
)

// Volumes are directories that outlive sandboxes. [SandboxOptions] mounts them.
type Volumes struct {
	client *Client
}

// Create makes an empty one, of at most size bytes; 0: without a bound. Without
// a name, its id is its name.
func (v *Volumes) Create(ctx context.Context, name string, size int64, labels map[string]string) (*v1.Volume, error) {
	request := &v1.CreateVolumeRequest{Name: name, SizeBytes: size, Labels: labels}
	return once(ctx, v.client.Volumes.CreateVolume, request)
}

// Get is one by id or name.
func (v *Volumes) Get(ctx context.Context, volumeID string) (*v1.Volume, error) {
	return call(ctx, v.client.Volumes.GetVolume, &v1.GetVolumeRequest{VolumeId: volumeID})
}

// List is all of them by name; those alone that have all these labels.
func (v *Volumes) List(ctx context.Context, labels map[string]string) iter.Seq2[*v1.Volume, error] {
	page := func(ctx context.Context, token string) (*v1.ListVolumesResponse, error) {
		request := &v1.ListVolumesRequest{Labels: labels, PageToken: token}
		return call(ctx, v.client.Volumes.ListVolumes, request)
	}
	return pages(ctx, page, func(page *v1.ListVolumesResponse) ([]*v1.Volume, string) {
		return page.Volumes, page.NextPageToken
	})
}

// Delete removes one with all in it; with force though sandboxes have it.
func (v *Volumes) Delete(ctx context.Context, volumeID string, force bool) error {
	request := &v1.DeleteVolumeRequest{VolumeId: volumeID, Force: force}
	_, err := call(ctx, v.client.Volumes.DeleteVolume, request)
	return err
}
