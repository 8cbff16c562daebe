/** What an error says beyond its code: messages of google.rpc, read by hand, as
 * there is no package of them for this runtime. */

import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import type { ConnectError } from "@connectrpc/connect";

import type { FieldViolation } from "./errors.js";

/** What errors carry. */
export interface Details {
  reason: string;
  metadata: Record<string, string>;
  retryAfter: number | undefined;
  fields: FieldViolation[];
}

/** Reads ErrorInfo, RetryInfo and BadRequest. */
export function readDetails(error: ConnectError): Details {
  const found: Details = { reason: "", metadata: {}, retryAfter: undefined, fields: [] };
  for (const detail of error.details) {
    if (!("type" in detail) || !("value" in detail)) continue;
    const message = new Message(detail.value);
    if (detail.type === "google.rpc.ErrorInfo") {
      found.reason = message.text(1);
      for (const entry of message.messages(3)) found.metadata[entry.text(1)] = entry.text(2);
    } else if (detail.type === "google.rpc.RetryInfo") {
      const delay = message.messages(1)[0];
      found.retryAfter = delay ? delay.number(1) * 1000 + delay.number(2) / 1e6 : 0;
    } else if (detail.type === "google.rpc.BadRequest") {
      found.fields = message
        .messages(1)
        .map((violation) => ({ field: violation.text(1), description: violation.text(2) }));
    }
  }
  return found;
}

/** A message's fields by number. */
class Message {
  private readonly values: [number, Uint8Array | number][] = [];

  constructor(encoded: Uint8Array) {
    const reader = new BinaryReader(encoded);
    while (reader.pos < reader.len) {
      const [number, type] = reader.tag();
      if (type === WireType.LengthDelimited) this.values.push([number, reader.bytes()]);
      else if (type === WireType.Varint) this.values.push([number, Number(reader.int64())]);
      else reader.skip(type, number);
    }
  }

  text(number: number): string {
    const value = this.values.find(([found]) => found === number)?.[1];
    return value instanceof Uint8Array ? new TextDecoder().decode(value) : "";
  }

  number(number: number): number {
    const value = this.values.find(([found]) => found === number)?.[1];
    return typeof value === "number" ? value : 0;
  }

  messages(number: number): Message[] {
    return this.values.flatMap(([found, value]) =>
      found === number && value instanceof Uint8Array ? [new Message(value)] : [],
    );
  }
}
