/** The token of each call. */

import type { Interceptor } from "@connectrpc/connect";

/** Puts the token into each call. */
export function bearer(token: string | undefined): Interceptor {
  return (next) => (request) => {
    if (token) request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };
}
