package dev.skerry;

import dev.skerry.v1.CreateTokenRequest;
import dev.skerry.v1.CreateTokenResponse;
import dev.skerry.v1.GetIdentityRequest;
import dev.skerry.v1.Identity;
import dev.skerry.v1.ListTokensRequest;
import dev.skerry.v1.ListTokensResponse;
import dev.skerry.v1.RevokeTokenRequest;
import dev.skerry.v1.Token;
import java.util.List;

/** What callers are known by. */
public final class Tokens {
  private final Client client;

  Tokens(Client client) {
    this.client = client;
  }

  /** Makes an admin's, which never ends; its secret is told this once. */
  public CreateTokenResponse create(String name) {
    return create(CreateTokenRequest.newBuilder().setName(name).build());
  }

  /** Makes one; its secret is told this once. */
  public CreateTokenResponse create(CreateTokenRequest request) {
    return Client.once(() -> client.tokens.createToken(request));
  }

  /** Oldest first. */
  public List<Token> list() {
    var request = ListTokensRequest.newBuilder();
    return client.pages(
        token -> () -> client.tokens.listTokens(request.setPageToken(token).build()),
        ListTokensResponse::getTokensList,
        ListTokensResponse::getNextPageToken);
  }

  /** Takes one away. */
  public void revoke(String tokenId) {
    var request = RevokeTokenRequest.newBuilder().setTokenId(tokenId).build();
    client.call(() -> client.tokens.revokeToken(request));
  }

  /** Who the caller is. */
  public Identity identity() {
    return client.call(() -> client.tokens.getIdentity(GetIdentityRequest.getDefaultInstance()));
  }
}
