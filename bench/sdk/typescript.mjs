// Skerry's TypeScript SDK, in Node.
import { Skerry } from "@skerry/sdk";

import { check, dd, serve, TRUE } from "./orders.mjs";

const skerry = new Skerry();
const sandbox = await skerry.sandboxes.get(process.argv[2]);

async function run() {
  (await sandbox.commands.run(TRUE)).check();
}

async function stream(mib) {
  let got = 0;
  const command = await sandbox.commands.stream(dd(mib));
  for await (const event of command) {
    if (event.kind === "stdout") got += event.data.length;
  }
  check(command.exitCode);
  return got;
}

await serve(run, stream);
skerry.close();
