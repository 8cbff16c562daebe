/** What a browser does in place of a stream of requests, which gRPC-Web has not:
 * a file or an archive is one upload; anything else is refused. */

import { create, type DescMessage, fromJson, type Message, toJson } from "@bufbuild/protobuf";
import type { StreamResponse, Transport } from "@connectrpc/connect";

import { type Code, SkerryError } from "./errors.js";
import {
  FileInfoSchema,
  UploadArchiveOpenSchema,
  UploadArchiveRequestSchema,
  WriteFileOpenSchema,
  WriteFileRequestSchema,
} from "./gen/skerry/v1/file_service_pb.js";

/** What is sent as one upload: the message, what it begins with, and where it goes. */
const UPLOADS = [
  { request: WriteFileRequestSchema, open: WriteFileOpenSchema, path: "files:write" },
  { request: UploadArchiveRequestSchema, open: UploadArchiveOpenSchema, path: "files:uploadArchive" },
] as const;

/** A transport that sends files and archives, and says what it can't send. */
export function uploading(plain: Transport, baseUrl: string, token: string | undefined): Transport {
  return {
    unary: (...call) => plain.unary(...call),
    async stream(method, signal, timeoutMs, header, input, contextValues) {
      if (method.methodKind === "server_streaming") {
        return await plain.stream(method, signal, timeoutMs, header, input, contextValues);
      }
      const kind = UPLOADS.find(({ request }) => request.typeName === method.input.typeName);
      if (!kind) throw refused(method.name);
      const { open, content } = await gathered(kind.request, input);
      const { sandboxId, ...fields } = toJson(kind.open, create(kind.open, open as object)) as Fields;
      const url = new URL(`/api/v1/sandboxes/${encodeURIComponent(sandboxId!)}/${kind.path}`, baseUrl);
      for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, String(value));
      const answer = await fetch(url, {
        method: "POST",
        body: content,
        headers: { ...(token && { authorization: `Bearer ${token}` }) },
        ...(signal && { signal }),
      }).catch((failed: unknown) => {
        throw new SkerryError("UNAVAILABLE", "", `no daemon answers at ${baseUrl} to this page`, {
          cause: failed,
        });
      });
      const told: unknown = await answer.json();
      if (!answer.ok) throw fromRest(told as Refusal);
      const file = fromJson(FileInfoSchema, told as object as never);
      const response = { stream: true, service: method.parent, method, message: one(file) };
      const headers = { header: answer.headers, trailer: new Headers() };
      return { ...response, ...headers } as unknown as StreamResponse<never, never>;
    },
  };
}

type Fields = { sandboxId?: string } & Record<string, unknown>;

/** How REST tells of an error. */
interface Refusal {
  error: {
    status: Code;
    message: string;
    details?: {
      reason?: string;
      metadata?: Record<string, string>;
      fieldViolations?: { field: string; description: string }[];
    }[];
  };
}

function fromRest({ error }: Refusal): SkerryError {
  const details = error.details ?? [];
  const reason = details.find((detail) => detail.reason)?.reason ?? "";
  const made = new SkerryError(error.status, reason, error.message);
  made.fields = details.flatMap((detail) => detail.fieldViolations ?? []);
  made.metadata = details.find((detail) => detail.metadata)?.metadata ?? {};
  return made;
}

/** All of a stream of requests: what it begins with, and the content. */
async function gathered(
  schema: (typeof UPLOADS)[number]["request"],
  input: AsyncIterable<object>,
): Promise<{ open: unknown; content: Blob }> {
  let open: unknown;
  const pieces: BlobPart[] = [];
  for await (const message of input) {
    const { part } = create(schema as DescMessage, message as never) as Message & { part: Part };
    if (part.case === "open") open = part.value;
    if (part.case === "data") pieces.push(part.value as BlobPart);
  }
  return { open, content: new Blob(pieces) };
}

interface Part {
  case?: string;
  value?: unknown;
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value;
}

function refused(method: string): SkerryError {
  const what = `${method} wants a stream of messages, which a browser does not send`;
  const then = "use the daemon's WebSocket, which its docs/rest.md has";
  return new SkerryError("UNIMPLEMENTED", "NO_REQUEST_STREAM", `${what}; ${then}`);
}
