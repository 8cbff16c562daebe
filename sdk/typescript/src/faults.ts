/** What is wrong with a connection or a call, and what to do next. */

const START = "start skerryd there, or give another address (SKERRY_ADDRESS)";
const TOKEN = "give another token, by SKERRY_TOKEN or to the client";

/** What Node says of a connection, the reason that this is, what it is, what to
 * do next. The first that matches counts. */
const CONNECTIONS: readonly (readonly [RegExp, string, string, string])[] = [
  [
    /wrong version number|EPROTO|packet length too long/i,
    "TLS_NOT_SPOKEN",
    "what answers at {} does not speak TLS",
    "use http:// in the address, or give skerryd --tls-cert and --tls-key",
  ],
  [
    /does not match certificate's altnames|ALTNAME/,
    "CERTIFICATE_OTHER_NAME",
    "the certificate at {} is for another name",
    "use that name in the address, or give skerryd a certificate for this one",
  ],
  [
    /self[- ]signed certificate|unable to verify|unable to get (local )?issuer|UNABLE_TO_|SELF_SIGNED/i,
    "CERTIFICATE_NOT_TRUSTED",
    "the certificate at {} is signed by nobody who is trusted",
    "give the authority's, by SKERRY_TLS_CA or to the client",
  ],
  [
    /Protocol error|NGHTTP2_PROTOCOL_ERROR|Parse Error/,
    "HTTP2_NOT_SPOKEN",
    "what answers at {} is no skerryd: it does not speak HTTP/2",
    "give another address (SKERRY_ADDRESS)",
  ],
  [/ECONNREFUSED/, "", "no daemon answers at {}: connection refused", START],
  [/ENOTFOUND|EAI_AGAIN/, "", "no daemon answers at {}: the host is not known", START],
  [/ENOENT/, "", "no daemon answers at {}: there is no such socket", START],
  [/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/, "", "no daemon answers at {}: the host is not reached", START],
  [
    /Failed to fetch|NetworkError|Load failed/,
    "",
    "no daemon answers at {} to this page",
    "start skerryd there with --cors-origin and this page's origin, or give another address",
  ],
];

/** Reasons of this side: the same call fails again. */
export const LASTING = new Set(CONNECTIONS.map(([, reason]) => reason).filter((reason) => reason));

/** What to do next, where the daemon's own message does not say it for a caller
 * of this package. */
const NEXT: Record<string, string> = {
  TOKEN_MISSING: TOKEN,
  TOKEN_MALFORMED: TOKEN,
  TOKEN_UNKNOWN: TOKEN,
  TOKEN_ENDED: TOKEN,
  SCOPE_TOO_SMALL: "use a token that may",
  BOUND_REACHED: "remove what is not needed, and try again",
  TLS_WANTED: "use https:// in the address",
  UNKNOWN_METHOD: "daemon and client differ in their version: update the older one",
};

/** Reason and message of a connection that was not made. */
export function ofConnection(
  said: string,
  address: string,
): { reason: string; message: string } | undefined {
  const found = CONNECTIONS.find(([pattern]) => pattern.test(said));
  if (!found) return undefined;
  const [, reason, what, then] = found;
  return { reason, message: `${what.replace("{}", address)}; ${then}` };
}

/** The message of a connection that was lost. */
export function ofCut(said: string, address: string): string {
  return `the connection to ${address} was lost: ${said}; see whether skerryd runs there, and try again`;
}

/** The message of an answer that no daemon gave. */
export function ofStranger(said: string, address: string): string {
  return `what answers at ${address} is no skerryd: ${said}; give another address (SKERRY_ADDRESS)`;
}

/** A daemon's message, and what to do next. */
export function withNextStep(reason: string, said: string): string {
  const next = NEXT[reason];
  const what = said || "the daemon does not know this call";
  return next ? `${what}; ${next}` : what;
}
