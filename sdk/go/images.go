package skerry

import (
	"context"
	"iter"

	"google.golang.org/grpc/codes"
	"skerry.dev/skerry/v1"
)

// Images are what sandboxes are made from; `host` is always there.
type Images struct {
	client *Client
}

// Pull makes an image from a registry: alpine, ghcr.io/owner/name:tag. Without
// a name it has its reference's. progress may be nil.
func (i *Images) Pull(ctx context.Context, reference, name string, progress func(*v1.PullProgress)) (*v1.Image, error) {
	request := &v1.PullImageRequest{Reference: reference, Name: name}
	for event, err := range messages(ctx, i.client.Images.PullImage, request) {
		switch {
		case err != nil:
			return nil, err
		case event.GetImage() != nil:
			return event.GetImage(), nil
		case progress != nil:
			progress(event.GetProgress())
		}
	}
	return nil, failed(codes.Unavailable, "", "the stream ended before the image", nil)
}

// Get is one by id or name.
func (i *Images) Get(ctx context.Context, imageID string) (*v1.Image, error) {
	return call(ctx, i.client.Images.GetImage, &v1.GetImageRequest{ImageId: imageID})
}

// List is all of them by name.
func (i *Images) List(ctx context.Context) iter.Seq2[*v1.Image, error] {
	page := func(ctx context.Context, token string) (*v1.ListImagesResponse, error) {
		return call(ctx, i.client.Images.ListImages, &v1.ListImagesRequest{PageToken: token})
	}
	return pages(ctx, page, func(page *v1.ListImagesResponse) ([]*v1.Image, string) {
		return page.Images, page.NextPageToken
	})
}

// Delete removes one that no sandbox was made from.
func (i *Images) Delete(ctx context.Context, imageID string) error {
	_, err := call(ctx, i.client.Images.DeleteImage, &v1.DeleteImageRequest{ImageId: imageID})
	return err
}
