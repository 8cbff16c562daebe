/** Typed errors from every call. */

import type { Transport } from "@connectrpc/connect";

import { fromRpc } from "./errors.js";

/** A transport whose errors are typed; they name the daemon by its address. */
export function typed(transport: Transport, address: string): Transport {
  const fail = (failed: unknown): never => {
    throw fromRpc(failed, address);
  };
  return {
    unary: (...call) => transport.unary(...call).catch(fail),
    async stream(...call) {
      const answer = await transport.stream(...call).catch(fail);
      return { ...answer, message: messages(answer.message, fail) };
    },
  };
}

async function* messages<T>(
  all: AsyncIterable<T>,
  fail: (failed: unknown) => never,
): AsyncGenerator<T> {
  try {
    yield* all;
  } catch (failed) {
    fail(failed);
  }
}
