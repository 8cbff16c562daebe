/** Which daemon to talk to, and what opens it, on a machine with an environment. */

import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { env } from "node:process";

/** What a caller gives; the environment says the rest. */
export interface SkerryOptions {
  /** `host:port`, `https://host:port` or `unix:/path`; none: `SKERRY_ADDRESS`,
   * else this machine's daemon. */
  address?: string;
  /** None: `SKERRY_TOKEN`, else the daemon's own, where it is on this machine. */
  token?: string;
  /** A file of certificates in PEM to trust in place of the system's; none:
   * `SKERRY_TLS_CA`. */
  ca?: string;
}

/** A daemon, and how it is called. */
export interface Config {
  /** As it was given. */
  address: string;
  baseUrl: string;
  socket: string | undefined;
  token: string | undefined;
  ca: Buffer | undefined;
}

/** What is given, else what the environment says, else this machine's daemon. */
export function resolve(options: SkerryOptions): Config {
  const text = options.address || env["SKERRY_ADDRESS"] || "127.0.0.1:4000";
  const token = options.token || env["SKERRY_TOKEN"];
  if (text.startsWith("unix:")) {
    const socket = text.slice("unix:".length).replace(/^\/\/(?=\/)/, "");
    return { address: text, baseUrl: "http://localhost", socket, token, ca: undefined };
  }
  const url = parse(text);
  const secure = url.protocol === "https:";
  const ca = secure && (options.ca || env["SKERRY_TLS_CA"]);
  return {
    address: text,
    baseUrl: url.origin,
    socket: undefined,
    token: token || (isLoopback(url.hostname) ? localToken() : undefined),
    ca: ca ? readFileSync(ca) : undefined,
  };
}

function parse(text: string): URL {
  const wanted = "want host:port, https://host:port or unix:/path";
  const url = maybeUrl(text.includes("://") ? text : `http://${text}`);
  const plain = url?.pathname === "/" && !url.search && !url.username;
  if (!url || !plain || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`not an address: ${text}; ${wanted}`);
  }
  // `:80` is what a URL without a port has.
  if (url.protocol === "http:" && !url.port && !/:80\/?$/.test(text)) url.port = "4000";
  return url;
}

function maybeUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "");
  return isIP(bare) === 4 ? bare.startsWith("127.") : bare === "::1" || bare === "localhost";
}

/** What a daemon on this machine wrote for its clients. */
function localToken(): string | undefined {
  try {
    const folder = env["SKERRY_DATA_DIR"] || "/var/lib/skerry";
    return readFileSync(join(folder, "admin.token"), "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}
