/** The client for browsers, by gRPC-Web.
 *
 * A browser sends no stream of messages: `commands.run` with `input`, `start`
 * and `attach` with `stdin`, and `pty` fail with UNIMPLEMENTED
 * (`NO_REQUEST_STREAM`); the daemon has a WebSocket for them, see its
 * docs/rest.md. Files and archives are sent whole. The daemon must name the
 * page's origin with `--cors-origin`. */

import { createGrpcWebTransport } from "@connectrpc/connect-web";

import { bearer } from "./bearer.js";
import { Daemon } from "./daemon.js";
import { uploading } from "./uploads.js";

export * from "./face.js";

/** Where the daemon is, and what opens it. */
export interface SkerryOptions {
  /** `https://host:port`; none: where the page is from. */
  address?: string;
  token?: string;
}

/** A daemon, over gRPC-Web. */
export class Skerry extends Daemon {
  constructor(options: SkerryOptions = {}) {
    const baseUrl = options.address ?? location.origin;
    const transport = createGrpcWebTransport({ baseUrl, interceptors: [bearer(options.token)] });
    super(uploading(transport, baseUrl, options.token), baseUrl);
  }
}
