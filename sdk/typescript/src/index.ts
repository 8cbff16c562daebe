/** Isolated Linux machines in milliseconds: a client for Skerry, for Node. */

import { connect } from "node:net";

import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";

import { bearer } from "./bearer.js";
import { resolve, type SkerryOptions } from "./config.js";
import { Daemon } from "./daemon.js";

export * from "./face.js";
export type { SkerryOptions };

/** So much of an exec's output the daemon still has when the connection is cut. */
const STREAM_WINDOW = 384 << 10;
/** An exec answers with at most 16 MiB of stdout and of stderr. */
const MAX_MESSAGE = 40 << 20;
/** A peer that has vanished is noticed after both, in milliseconds. */
const PING = { pingIntervalMs: 20_000, pingTimeoutMs: 20_000 };

/** A daemon, over gRPC. With `await using` the connection is closed at the end;
 * sandboxes and commands go on. A peer that has vanished is noticed after 40
 * seconds, so that nothing hangs for ever. */
export class Skerry extends Daemon implements AsyncDisposable {
  private readonly sessions: Http2SessionManager;

  constructor(options: SkerryOptions = {}) {
    const { address, baseUrl, socket, token, ca } = resolve(options);
    const sessions = new Http2SessionManager(baseUrl, PING, {
      settings: { initialWindowSize: STREAM_WINDOW },
      ...(ca && { ca }),
      ...(socket && { createConnection: () => connect(socket) }),
    });
    super(
      createGrpcTransport({
        baseUrl,
        sessionManager: sessions,
        interceptors: [bearer(token)],
        readMaxBytes: MAX_MESSAGE,
      }),
      address,
    );
    this.sessions = sessions;
  }

  /** Closes the connection; sandboxes and commands go on. */
  close(): void {
    this.sessions.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}
