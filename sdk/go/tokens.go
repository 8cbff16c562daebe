package skerry

import (
	"context"
	"iter"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"
	"skerry.dev/skerry/v1"
)

// Tokens are what callers are known by.
type Tokens struct {
	client *Client
}

// Create makes one; its Secret is told this once. Without a scope it is an
// admin's; a zero time is never.
func (t *Tokens) Create(ctx context.Context, name string, scope *v1.TokenScope, expires time.Time) (*v1.CreateTokenResponse, error) {
	request := &v1.CreateTokenRequest{Name: name, Scope: scope}
	if !expires.IsZero() {
		request.ExpireTime = timestamppb.New(expires)
	}
	return once(ctx, t.client.Tokens.CreateToken, request)
}

// List is all of them, oldest first.
func (t *Tokens) List(ctx context.Context) iter.Seq2[*v1.Token, error] {
	page := func(ctx context.Context, token string) (*v1.ListTokensResponse, error) {
		return call(ctx, t.client.Tokens.ListTokens, &v1.ListTokensRequest{PageToken: token})
	}
	return pages(ctx, page, func(page *v1.ListTokensResponse) ([]*v1.Token, string) {
		return page.Tokens, page.NextPageToken
	})
}

// Revoke takes one away.
func (t *Tokens) Revoke(ctx context.Context, tokenID string) error {
	_, err := call(ctx, t.client.Tokens.RevokeToken, &v1.RevokeTokenRequest{TokenId: tokenID})
	return err
}

// Identity says who the caller is.
func (t *Tokens) Identity(ctx context.Context) (*v1.Identity, error) {
	return call(ctx, t.client.Tokens.GetIdentity, &v1.GetIdentityRequest{})
}
