// What a page does, by gRPC-Web. skerryd runs with --cors-origin and the page's
// origin; a bundler makes one file of this.
import { Skerry, SkerryError } from "@skerry/sdk";

/** Works in a sandbox that is gone afterwards, and tells what it saw. */
export async function visit(address, token) {
  const skerry = new Skerry({ address, token });
  const sandbox = await skerry.sandboxes.create("host");
  try {
    let streamed = "";
    const waiting = "echo one; until [ -e go ]; do sleep 0.1; done; echo two";
    for await (const event of await sandbox.commands.stream(waiting)) {
      if (event.kind !== "stdout") continue;
      streamed += new TextDecoder().decode(event.data);
      await sandbox.files.write("go", "");
    }
    await sandbox.files.write("folder/note", "hello\n", { makeParents: true });
    const note = await sandbox.files.readText("folder/note");
    const result = await sandbox.commands.run("cat folder/note >&2; exit 3");
    const failures = {
      missing: await failure(sandbox.files.read("no-such")),
      taken: await failure(sandbox.files.write("folder/note", "", { createNew: true })),
      input: await failure(sandbox.commands.run("cat", { input: "x" })),
      stranger: await failure(new Skerry({ address, token: "tok_wrong" }).info()),
    };
    return { streamed, note, exitCode: result.exitCode, stderr: result.stderr, failures };
  } finally {
    await sandbox.delete();
  }
}

async function failure(asked) {
  try {
    await asked;
    return "no error";
  } catch (error) {
    if (!(error instanceof SkerryError)) throw error;
    return `${error.code} ${error.reason}`;
  }
}
