/** Runs the scenarios of sdk/contract against a daemon, in Node.
 *
 * Usage: contract.js SCENARIOS
 *
 * SKERRY_ADDRESS and SKERRY_TOKEN name the daemon; SKERRY_CUT_ADDRESS leads to
 * it by connections that are cut. Prints a line for each scenario. */

import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { argv, env, exit } from "node:process";

import { Skerry } from "../src/index.js";
import { perform, type Runtime, type Scenario } from "./scenario.js";

const opened: Skerry[] = [];
const runtime: Runtime = {
  open({ cuts, ...options }) {
    const address = cuts && env["SKERRY_CUT_ADDRESS"];
    const skerry = new Skerry({ ...options, ...(address && { address }) });
    opened.push(skerry);
    return skerry;
  },
  tell: (seen) => console.log(`told\t${seen}`),
  digest() {
    const hash = createHash("sha256");
    return { update: (data) => void hash.update(data), hex: async () => hash.digest("hex") };
  },
};

const unique = `typescript-${randomUUID().slice(0, 8)}`;
const list = JSON.parse(readFileSync(argv[2]!, "utf8").replaceAll("$UNIQUE", unique)) as Scenario[];
const skerry = new Skerry();
let failures = 0;
for (const scenario of list) {
  try {
    await perform(runtime, skerry, scenario);
    console.log(`ok\t${scenario.name}`);
  } catch (failure) {
    failures += 1;
    console.log(`FAILED\t${scenario.name}\t${failure}`);
    if (env["SKERRY_TRACE"]) console.error(failure);
  }
}
for (const each of [skerry, ...opened]) each.close();
exit(failures ? 1 : 0);
