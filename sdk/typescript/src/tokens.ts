/** What callers are known by. */

import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";

import { call, type Client, pages } from "./client.js";
import type {
  CreateTokenResponse,
  Identity,
  Token,
  TokenScopeSchema,
} from "./gen/skerry/v1/token_service_pb.js";

/** All tokens. */
export class Tokens {
  constructor(private readonly client: Client) {}

  /** Makes one; its `secret` is told this once. Without a scope it is an admin's. */
  async create(
    name = "",
    options: { scope?: MessageInitShape<typeof TokenScopeSchema>; expireTime?: Date } = {},
  ): Promise<CreateTokenResponse> {
    const { scope, expireTime } = options;
    return await this.client.tokens.createToken({
        name,
        ...(scope && { scope }),
        ...(expireTime && { expireTime: timestampFromDate(expireTime) }),
      });
  }

  /** Oldest first. */
  list(): AsyncGenerator<Token> {
    return pages(
      (pageToken) => this.client.tokens.listTokens({ pageToken }),
      (page) => page.tokens,
    );
  }

  /** Takes one away. */
  async revoke(tokenId: string): Promise<void> {
    await call(() => this.client.tokens.revokeToken({ tokenId }));
  }

  /** Who the caller is. */
  async identity(): Promise<Identity> {
    return await call(() => this.client.tokens.getIdentity({}));
  }
}
