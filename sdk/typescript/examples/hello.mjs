// A command in a sandbox that is gone afterwards.
import { Skerry } from "@skerry/sdk";

const skerry = new Skerry();
const sandbox = await skerry.sandboxes.create("host");
try {
  const result = await sandbox.commands.run("echo $((6 * 7))");
  process.stdout.write(result.check().stdout);
} finally {
  await sandbox.delete();
  skerry.close();
}
