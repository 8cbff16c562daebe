// A stub by @grpc/grpc-js, from the protos alone; prints what came as JSON.
//
// Usage: plain.cjs PROTO_FOLDER ADDRESS TOKEN
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");

const [folder, address, token] = process.argv.slice(2);
const files = ["skerry/v1/sandbox_service.proto", "skerry/v1/exec_service.proto"];
const { v1 } = grpc.loadPackageDefinition(loader.loadSync(files, { includeDirs: [folder] })).skerry;
const credentials = grpc.credentials.createInsecure();
const sandboxes = new v1.SandboxService(address, credentials);
const execs = new v1.ExecService(address, credentials);
const metadata = new grpc.Metadata();
metadata.set("authorization", `Bearer ${token}`);

function call(stub, method, request) {
  return new Promise((resolve, reject) => {
    stub[method](request, metadata, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

async function main() {
  const sandbox = await call(sandboxes, "CreateSandbox", { name: "plain" });
  const command = ["sh", "-c", "echo out; echo err >&2; exit 3"];
  const said = { stdout: "", stderr: "" };
  for await (const frame of execs.ExecStream({ sandboxId: sandbox.id, spec: { command } }, metadata)) {
    for (const name of Object.keys(said)) if (frame[name]) said[name] += frame[name].data;
    if (frame.exited) said.exitCode = frame.exited.exitCode;
  }
  await call(sandboxes, "DeleteSandbox", { sandboxId: sandbox.id });
  said.after = await call(sandboxes, "GetSandbox", { sandboxId: sandbox.id }).then(
    () => "OK",
    (error) => grpc.status[error.code],
  );
  console.log(JSON.stringify(said));
  for (const stub of [sandboxes, execs]) stub.close();
}

main();
