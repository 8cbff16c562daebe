/** The connection to a daemon, and the calls on it. */

import type { DescService } from "@bufbuild/protobuf";
import { type Client as Stub, createClient, type Transport } from "@connectrpc/connect";

import { Backoff } from "./backoff.js";
import { SkerryError } from "./errors.js";
import { ExecService } from "./gen/skerry/v1/exec_service_pb.js";
import { FileService } from "./gen/skerry/v1/file_service_pb.js";
import { ImageService } from "./gen/skerry/v1/image_service_pb.js";
import { NetworkService } from "./gen/skerry/v1/network_service_pb.js";
import { PreviewService } from "./gen/skerry/v1/preview_service_pb.js";
import { SandboxService } from "./gen/skerry/v1/sandbox_service_pb.js";
import { SnapshotService } from "./gen/skerry/v1/snapshot_service_pb.js";
import { SystemService } from "./gen/skerry/v1/system_service_pb.js";
import { TokenService } from "./gen/skerry/v1/token_service_pb.js";
import { VolumeService } from "./gen/skerry/v1/volume_service_pb.js";
import { typed } from "./typed.js";

/** The generated stubs, with typed errors: the way to what the hand-written
 * face leaves out. */
export class Client {
  readonly sandboxes;
  readonly execs;
  readonly files;
  readonly images;
  readonly network;
  readonly previews;
  readonly snapshots;
  readonly system;
  readonly tokens;
  readonly volumes;

  /** The stub of any other service. */
  readonly of: <S extends DescService>(service: S) => Stub<S>;

  constructor(plain: Transport, address: string) {
    const transport = typed(plain, address);
    this.of = (service) => createClient(service, transport);
    this.sandboxes = createClient(SandboxService, transport);
    this.execs = createClient(ExecService, transport);
    this.files = createClient(FileService, transport);
    this.images = createClient(ImageService, transport);
    this.network = createClient(NetworkService, transport);
    this.previews = createClient(PreviewService, transport);
    this.snapshots = createClient(SnapshotService, transport);
    this.system = createClient(SystemService, transport);
    this.tokens = createClient(TokenService, transport);
    this.volumes = createClient(VolumeService, transport);
  }
}

/** Makes a call, again where that may help. */
export async function call<T>(make: () => Promise<T>): Promise<T> {
  const backoff = new Backoff();
  for (;;) {
    try {
      return await make();
    } catch (failed) {
      await backoff.afterCall(failure(failed));
    }
  }
}

/** A stream's messages; what is cut is an error. A caller that leaves ends it. */
export async function* messages<T>(make: (signal: AbortSignal) => AsyncIterable<T>): AsyncGenerator<T> {
  const leaving = new AbortController();
  try {
    yield* make(leaving.signal);
  } finally {
    leaving.abort();
  }
}

/** A stream's messages, which begins anew where it was cut. */
export async function* again<T>(make: (signal: AbortSignal) => AsyncIterable<T>): AsyncGenerator<T> {
  const backoff = new Backoff();
  for (;;) {
    try {
      for await (const message of messages(make)) {
        backoff.progress();
        yield message;
      }
      return;
    } catch (failed) {
      await backoff.afterCut(failure(failed));
    }
  }
}

/** All items of a list, page by page. */
export async function* pages<P extends { nextPageToken: string }, T>(
  page: (pageToken: string) => Promise<P>,
  items: (page: P) => T[],
): AsyncGenerator<T> {
  let token = "";
  do {
    const found = await call(() => page(token));
    yield* items(found);
    token = found.nextPageToken;
  } while (token);
}

/** The typed error; what is none is thrown. */
export function failure(failed: unknown): SkerryError {
  if (failed instanceof SkerryError) return failed;
  throw failed;
}
