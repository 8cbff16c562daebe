package skerry

import (
	"context"
	"crypto/rand"
	"errors"
	"iter"

	"google.golang.org/grpc/codes"
	"skerry.dev/skerry/v1"
)

// Sandboxes are all of a daemon.
type Sandboxes struct {
	client *Client
}

// Create makes one, which runs; without an image, of `host`, without a name, its
// id is its name.
func (s *Sandboxes) Create(ctx context.Context, image, name string, options *SandboxOptions) (*Sandbox, error) {
	request := createRequest(image, name, rand.Text(), options)
	return s.sandbox(call(ctx, s.client.Sandboxes.CreateSandbox, request))
}

// GetOrCreate is the one of this name, as it is, or a new one.
func (s *Sandboxes) GetOrCreate(ctx context.Context, image, name string, options *SandboxOptions) (*Sandbox, error) {
	found, err := s.Get(ctx, name)
	if !hasCode(err, codes.NotFound) {
		return found, err
	}
	made, err := s.Create(ctx, image, name, options)
	if !hasCode(err, codes.AlreadyExists) {
		return made, err
	}
	// Another caller was faster.
	return s.Get(ctx, name)
}

// Get is one by id or name.
func (s *Sandboxes) Get(ctx context.Context, sandboxID string) (*Sandbox, error) {
	request := &v1.GetSandboxRequest{SandboxId: sandboxID}
	return s.sandbox(call(ctx, s.client.Sandboxes.GetSandbox, request))
}

// List is all of them in order of creation; those alone that have all these
// labels.
func (s *Sandboxes) List(ctx context.Context, labels map[string]string) iter.Seq2[*Sandbox, error] {
	page := func(ctx context.Context, token string) (*v1.ListSandboxesResponse, error) {
		request := &v1.ListSandboxesRequest{Labels: labels, PageToken: token}
		return call(ctx, s.client.Sandboxes.ListSandboxes, request)
	}
	return pages(ctx, page, func(page *v1.ListSandboxesResponse) ([]*Sandbox, string) {
		var found []*Sandbox
		for _, info := range page.Sandboxes {
			found = append(found, newSandbox(s.client, info))
		}
		return found, page.NextPageToken
	})
}

func (s *Sandboxes) sandbox(info *v1.Sandbox, err error) (*Sandbox, error) {
	if err != nil {
		return nil, err
	}
	return newSandbox(s.client, info), nil
}

func hasCode(err error, code codes.Code) bool {
	var failed *Error
	return errors.As(err, &failed) && failed.Code == code
}
