/** Holds what was found to what a scenario wants. */

import { SkerryError } from "../src/face.js";
import type { Step } from "./scenario.js";

export function same(what: string, found: unknown, wanted: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what} is ${a}, not ${b}`);
}

export function pick(from: any, names: string[]): Record<string, any> {
  return Object.fromEntries(names.filter((name) => name in from).map((name) => [camel(name), from[name]]));
}

export const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

export const path = (step: Step): string | Uint8Array =>
  step["raw_path"] === undefined
    ? step["path"]
    : Uint8Array.from(step["raw_path"].match(/../g), (pair: string) => parseInt(pair, 16));

/** What a user sees of an error. */
export function seen(error: Error): Record<string, unknown> {
  const found = { class: error.constructor.name, message: error.message };
  if (!(error instanceof SkerryError)) return found;
  const { code, reason, retryable, fields } = error;
  return { ...found, code, reason, retryable, field: fields[0]?.field ?? "" };
}

/** What an iterable has. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
