/** Files of a sandbox. */

import type { MessageInitShape } from "@bufbuild/protobuf";

import { Backoff } from "./backoff.js";
import { again, call, type Client, failure, messages, pages } from "./client.js";
import { SkerryError } from "./errors.js";
import {
  ArchiveFormat,
  type FileInfo,
  type UploadArchiveRequestSchema,
  type WatchFilesResponse,
  type WriteFileRequestSchema,
} from "./gen/skerry/v1/file_service_pb.js";
import { Kept, text } from "./result.js";
import { type Data, type Path, pathFields, pieces } from "./spec.js";

/** How a file is written. */
export interface WriteOptions {
  /** Permissions; none: those that it had, or 0o644. */
  mode?: number;
  /** `user[:group]` inside; none: whose it was, or root. */
  owner?: string;
  /** Writes to the end of what is there. */
  append?: boolean;
  /** Fails where there is something. */
  createNew?: boolean;
  /** Makes the directories that lead to it. */
  makeParents?: boolean;
}

type WriteMessage = MessageInitShape<typeof WriteFileRequestSchema>;
type UploadMessage = MessageInitShape<typeof UploadArchiveRequestSchema>;

/** A path is absolute or below /workspace; one that is not UTF-8 is bytes. */
export class Files {
  constructor(
    private readonly client: Client,
    private readonly sandboxId: string,
  ) {}

  /** A file's content. */
  async read(path: Path): Promise<Uint8Array> {
    const content = new Kept();
    for await (const piece of this.readStream(path)) content.add(piece);
    return content.joined();
  }

  /** A file's content as UTF-8; what is not becomes U+FFFD. */
  async readText(path: Path): Promise<string> {
    return text(await this.read(path));
  }

  /** A file's content in pieces. A lost connection is taken up where it was; a
   * file that was changed meanwhile is an error (`FILE_CHANGED`). */
  async *readStream(
    path: Path,
    options: { offset?: number; length?: number } = {},
  ): AsyncGenerator<Uint8Array> {
    let offset = options.offset ?? 0;
    const end = options.length === undefined ? undefined : offset + options.length;
    let known: FileInfo | undefined;
    const backoff = new Backoff();
    for (;;) {
      const length = end === undefined ? undefined : BigInt(end - offset);
      const request = { ...this.at(path), offset: BigInt(offset), length };
      try {
        for await (const { part } of messages((signal) => this.client.files.readFile(request, { signal }))) {
          backoff.progress();
          if (part.case === "info") known = same(known, part.value);
          if (part.case !== "data") continue;
          offset += part.value.length;
          yield part.value;
        }
        return;
      } catch (failed) {
        await backoff.afterCut(failure(failed));
      }
    }
  }

  /** Writes a file: all of it, at once, or nothing. */
  async write(path: Path, data: Data, options: WriteOptions = {}): Promise<FileInfo> {
    const open = { ...this.at(path), ...options };
    const whole = typeof data === "string" || data instanceof Uint8Array;
    const write = () => this.client.files.writeFile(writeMessages(open, data));
    return options.append || options.createNew || !whole ? await write() : await call(write);
  }

  /** What is known of a file. */
  async stat(path: Path, options: { follow?: boolean } = {}): Promise<FileInfo> {
    const request = { ...this.at(path), noFollow: options.follow === false };
    return await call(() => this.client.files.statFile(request));
  }

  /** What is in a directory, or in the tree below it. */
  list(path: Path = "", options: { recursive?: boolean } = {}): AsyncGenerator<FileInfo> {
    const request = { ...this.at(path), recursive: options.recursive ?? false };
    return pages(
      (pageToken) => this.client.files.listFiles({ ...request, pageToken }),
      (page) => page.files,
    );
  }

  /** Makes a directory, and those that lead to it. */
  async makeDirectory(path: Path): Promise<FileInfo> {
    return await call(() => this.client.files.makeDirectory({ ...this.at(path), parents: true }));
  }

  /** Gives a file another name. */
  async move(path: Path, toPath: Path, options: { overwrite?: boolean } = {}): Promise<FileInfo> {
    const to = typeof toPath === "string" ? { toPath } : { rawToPath: toPath };
    return await this.client.files.moveFile({ ...this.at(path), ...to, ...options });
  }

  /** Removes a file, an empty directory, or a tree. */
  async remove(path: Path, options: { recursive?: boolean } = {}): Promise<void> {
    await this.client.files.removeFile({ ...this.at(path), ...options });
  }

  /** Changes of a file or of what is in a directory: `watching` once every
   * later change is sure to be told, then `change`. After `overflow`, and after
   * another `watching`, which follows a lost connection, changes may have been
   * missed: look at everything again. */
  async *watch(
    path: Path,
    options: { recursive?: boolean } = {},
  ): AsyncGenerator<WatchFilesResponse["event"]> {
    const request = { ...this.at(path), recursive: options.recursive ?? false };
    for await (const { event } of again((signal) => this.client.files.watchFiles(request, { signal }))) {
      if (event.case !== "keepAlive") yield event;
    }
  }

  /** Unpacks an archive into a directory: all of it or nothing. */
  async upload(
    path: Path,
    archive: Data,
    options: { format?: ArchiveFormat; owner?: string } = {},
  ): Promise<FileInfo> {
    const open = { ...this.at(path), format: ArchiveFormat.TAR, ...options };
    return await this.client.files.uploadArchive(uploadMessages(open, archive));
  }

  /** A file or a directory as an archive, in pieces. */
  async *download(path: Path, options: { format?: ArchiveFormat } = {}): AsyncGenerator<Uint8Array> {
    const request = { ...this.at(path), format: ArchiveFormat.TAR, ...options };
    const parts = messages((signal) => this.client.files.downloadArchive(request, { signal }));
    for await (const { data } of parts) yield data;
  }

  private at(path: Path) {
    return { sandboxId: this.sandboxId, ...pathFields(path) };
  }
}

/** The file, which must be the one that was read before. */
function same(known: FileInfo | undefined, info: FileInfo): FileInfo {
  const identity = (file: FileInfo) =>
    [file.inode, file.sizeBytes, file.modifyTime?.seconds, file.modifyTime?.nanos].join();
  if (known && identity(known) !== identity(info)) {
    const told = `${info.path} was changed while it was read`;
    throw new SkerryError("FAILED_PRECONDITION", "FILE_CHANGED", told);
  }
  return info;
}

async function* writeMessages(open: object, data: Data): AsyncGenerator<WriteMessage> {
  yield { part: { case: "open", value: open } };
  for await (const value of pieces(data)) yield { part: { case: "data", value } };
  yield { part: { case: "end", value: {} } };
}

async function* uploadMessages(open: object, archive: Data): AsyncGenerator<UploadMessage> {
  yield { part: { case: "open", value: open } };
  for await (const value of pieces(archive)) yield { part: { case: "data", value } };
  yield { part: { case: "end", value: {} } };
}
