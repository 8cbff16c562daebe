// dockerode, which does the same in a container.
import { Writable } from "node:stream";
import { finished } from "node:stream/promises";

import Docker from "dockerode";

import { check, dd, serve, TRUE } from "./orders.mjs";

const docker = new Docker();
const container = docker.getContainer(process.argv[2]);

/** Runs a command to its end; answers with how many bytes of stdout have come. */
async function execute(command) {
  const exec = await container.exec({ Cmd: command, AttachStdout: true, AttachStderr: true });
  const output = await exec.start({});
  let got = 0;
  const stdout = sink((data) => (got += data.length));
  const stderr = sink(() => {});
  docker.modem.demuxStream(output, stdout, stderr);
  await finished(output);
  check((await exec.inspect()).ExitCode);
  return got;
}

function sink(take) {
  return new Writable({
    write(data, _, done) {
      take(data);
      done();
    },
  });
}

await serve(
  () => execute(TRUE),
  (mib) => execute(dd(mib)),
);
