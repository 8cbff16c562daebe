// The orders of a run: a line each on standard input, a figure each in answer.
import { createInterface } from "node:readline";

export const TRUE = ["/bin/true"];
// dd's blocks of 64 KiB in a MiB.
const BLOCKS = 16;

/** A command that writes so much. */
export function dd(mib) {
  return ["/bin/dd", "if=/dev/zero", "bs=64k", `count=${mib * BLOCKS}`];
}

/** Answers `exec N` with the milliseconds of one of `N` commands, and
 * `stream MIB` with the MiB a second. `run` runs one command; `stream` answers
 * with how many bytes have come of so many MiB. */
export async function serve(run, stream) {
  for await (const line of createInterface({ input: process.stdin })) {
    const [order, number] = line.split(" ");
    const count = Number(number);
    console.log(order === "exec" ? await execs(run, count) : await rate(stream, count));
  }
}

async function execs(run, count) {
  const started = performance.now();
  for (let at = 0; at < count; at++) await run();
  return (performance.now() - started) / count;
}

async function rate(stream, mib) {
  const started = performance.now();
  const got = await stream(mib);
  const seconds = (performance.now() - started) / 1e3;
  if (got !== mib * 2 ** 20) throw new Error(`${got} bytes came of ${mib} MiB`);
  return mib / seconds;
}

/** Throws where a command failed. */
export function check(exitCode) {
  if (exitCode !== 0) throw new Error(`the command ended with ${exitCode}`);
}
