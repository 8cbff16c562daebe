package skerry

import (
	"context"
	"time"

	"skerry.dev/skerry/v1"
)

// Ports are those that a sandbox was created with.
type Ports struct {
	client    *Client
	sandboxID string
}

// URL is a link for a browser that opens a port for ttl; 0: an hour.
func (p *Ports) URL(ctx context.Context, port int32, ttl time.Duration) (string, error) {
	request := &v1.GetPreviewUrlRequest{SandboxId: p.sandboxID, Port: port, Ttl: span(ttl)}
	answer, err := call(ctx, p.client.Previews.GetPreviewUrl, request)
	return answer.GetUrl(), err
}

// List is the ports and where each is found.
func (p *Ports) List(ctx context.Context) ([]*v1.PortUrls, error) {
	answer, err := call(ctx, p.client.Previews.ListUrls, &v1.ListUrlsRequest{SandboxId: p.sandboxID})
	return answer.GetPorts(), err
}
