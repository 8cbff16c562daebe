//! apple-sandboxes: its own command line and client as npm has them, and what
//! it only declares.

use std::path::PathBuf;

use serde_json::{Value, json};
use skerry_test_support::{eventually, needs_root, skip, tools};

use crate::place::{Place, Ran, run};
use crate::shape::same;

const CLI: &str = "apple-sandboxes/node_modules/.bin/apple-sandboxes";
const CLIENT: &str = "apple-sandboxes/node_modules/@unionstreet/apple-sandboxes/dist/index.js";
/// The image that its documents name.
const IMAGE: &str = "ubuntu:24.04";

/// Its command line.
struct Cli {
    program: PathBuf,
    url: String,
    key: String,
}

impl Cli {
    fn of(place: &Place) -> Result<Self, String> {
        let caller = place.apple();
        Ok(Self {
            program: tools::find(CLI)?,
            url: caller.base,
            key: caller.token.unwrap_or_default(),
        })
    }

    async fn run(&self, line: &[&str]) -> Ran {
        let environment = [
            ("APPLE_SANDBOXES_URL", self.url.as_str()),
            ("APPLE_SANDBOXES_API_KEY", self.key.as_str()),
        ];
        run(&self.program, line, &environment).await
    }

    async fn json(&self, line: &[&str]) -> Value {
        self.run(line).await.json()
    }
}

/// A place that has the image.
async fn place(arguments: &[&str]) -> Place {
    let place = Place::start(arguments).await;
    let archive = std::io::Cursor::new(root_tree());
    place.daemon.client().import_image(IMAGE, archive).await.expect("it is an image");
    place
}

/// busybox and the names that it is called by here.
fn root_tree() -> Vec<u8> {
    let mut tree = tar::Builder::new(Vec::new());
    let mut header = |path: &str, kind, mode, link: &str, content: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(content.len() as u64);
        header.set_cksum();
        match link {
            "" => tree.append_data(&mut header, path, content),
            link => tree.append_link(&mut header, path, link),
        }
        .expect("it is in memory");
    };
    let busybox = std::fs::read("/bin/busybox").expect("Debian's busybox-static");
    for folder in ["bin", "etc", "proc", "sys", "dev", "tmp"] {
        header(&format!("{folder}/"), tar::EntryType::Directory, 0o755, "", b"");
    }
    header("bin/busybox", tar::EntryType::Regular, 0o755, "", &busybox);
    for name in ["sh", "cat", "echo", "id", "ls", "mkdir", "pwd", "sleep", "touch", "uname"] {
        header(&format!("bin/{name}"), tar::EntryType::Symlink, 0o777, "busybox", b"");
    }
    header("etc/passwd", tar::EntryType::Regular, 0o644, "", b"root:x:0:0::/:/bin/sh\n");
    tree.into_inner().expect("it is in memory")
}

#[tokio::test(flavor = "multi_thread")]
async fn its_own_command_line_works_unchanged() {
    needs_root!();
    if let Err(reason) = tools::find(CLI) {
        skip!("{reason}");
    }
    let place = place(&[]).await;
    let cli = Cli::of(&place).expect("it is there");
    let image = cli.json(&["image", "create", "ubuntu-base", IMAGE]).await;
    same(
        &image,
        &json!({
            "id": "<text>", "name": "ubuntu-base", "image": IMAGE, "state": "ready",
            "hasDockerfile": false, "cpus": 2, "memory": "2G", "labels": {},
            "createdAt": "<time>", "updatedAt": "<time>",
        }),
    );
    let made = cli.json(&["sandbox", "create", "--name", "dev", "--image-id", "ubuntu-base"]).await;
    same(
        &made,
        &json!({
            "id": "<text>", "name": "dev", "state": "running", "source": "image", "image": IMAGE,
            "imageId": image["id"], "containerName": "<text>", "workspace": "/workspace",
            "cpus": 2, "memory": "2G", "network": { "mode": "deny" }, "volumes": [],
            "createdAt": "<time>", "updatedAt": "<time>", "lastActivityAt": "<time>",
        }),
    );
    let ran = cli.run(&["sandbox", "exec", "dev", "uname -s; pwd; echo hello > hello.txt"]).await;
    assert_eq!(ran.success(), "Linux\n/workspace\n");
    let ran = cli.run(&["sandbox", "exec", "dev", "echo out; echo err >&2; exit 7"]).await;
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(7), "out\n", "err\n"));
    let ran = cli.run(&["sandbox", "exec", "dev", "--timeout", "1", "sleep 600"]).await;
    assert_eq!(ran.code, Some(124), "{}", ran.stderr);
    let taken = cli.json(&["snapshot", "create", "baseline", "dev"]).await;
    same(
        &taken,
        &json!({
            "id": "<text>", "name": "baseline", "state": "ready", "sourceSandboxId": made["id"],
            "image": IMAGE, "archivePath": "<text>", "archiveBytes": "<whole>",
            "workspaceBytes": "<whole>", "labels": {}, "createdAt": "<time>",
            "updatedAt": "<time>",
        }),
    );
    let forked =
        cli.json(&["sandbox", "create", "--name", "forked", "--snapshot-id", "baseline"]).await;
    assert_eq!(
        [&forked["source"], &forked["snapshotId"], &forked["image"]],
        [&json!("snapshot"), &taken["id"], &json!(IMAGE)]
    );
    let ran = cli.run(&["sandbox", "exec", "forked", "cat hello.txt"]).await;
    assert_eq!(ran.success(), "hello\n");
    lists_and_deletes(&cli, &made).await;
}

/// What is there is listed, read, and deleted; a delete answers JSON.
async fn lists_and_deletes(cli: &Cli, made: &Value) {
    let volume = cli.json(&["volume", "create", "data"]).await;
    same(
        &volume,
        &json!({
            "id": "<text>", "name": "data", "path": "<text>", "labels": {},
            "createdAt": "<time>", "updatedAt": "<time>",
        }),
    );
    assert_eq!(cli.json(&["volume", "list"]).await["volumes"], json!([volume]));
    assert_eq!(cli.json(&["sandbox", "stop", "dev"]).await["state"], "stopped");
    assert_eq!(cli.json(&["sandbox", "start", "dev"]).await["state"], "running");
    for (kind, name, listed) in [
        ("image", "ubuntu-base", 0),
        ("snapshot", "baseline", 0),
        ("sandbox", "dev", 2),
        ("sandbox", "forked", 2),
    ] {
        let read = cli.json(&[kind, "get", name]).await;
        let deleted = cli.json(&[kind, "delete", name]).await;
        same(&deleted, &json!({ "deleted": read["id"] }));
        let plural = format!("{kind}{}", if kind == "sandbox" { "es" } else { "s" });
        let list = cli.json(&[kind, "list"]).await;
        assert_eq!(list[&plural].as_array().map(Vec::len), Some(listed), "{list}");
    }
    same(&cli.json(&["volume", "delete", "data"]).await, &json!({ "deleted": volume["id"] }));
    let gone = cli.json(&["sandbox", "get", "dev"]).await;
    assert_eq!([&gone["id"], &gone["state"]], [&made["id"], &json!("deleted")]);
    let ran = cli.run(&["sandbox", "get", "nosuch"]).await;
    assert_eq!((ran.code, ran.stderr.trim()), (Some(1), r#"404 {"error":"sandboxe not found"}"#));
}

/// Its client's every method; prints what it found.
const SCRIPT: &str = r#"
const { AppleSandboxes } = await import(process.env.CLIENT);
const client = new AppleSandboxes();
const found = {};
found.health = (await client.health()).status;
const image = await client.images.create({ name: 'base', image: process.env.IMAGE });
const { id: volumeId } = await client.volumes.create({ name: 'shared', labels: { a: 'b' } });
const sandbox = await client.sandboxes.create({
  name: 'work', imageId: image.id, cpus: 1, memory: '512M', network: false,
  idleTimeoutSeconds: 900, env: { WHO: 'ada' },
  volumes: [{ volumeId: 'shared', mountPath: '/data', readonly: true }],
});
found.made = sandbox;
found.wrote = await client.sandboxes.writeFile('work', 'a b/ü.txt', 'text');
found.read = (await client.sandboxes.readFile('work', '/a b/ü.txt')).toString();
const bytes = Buffer.alloc(3 * 1024 * 1024, 7);
found.bytes = await client.sandboxes.writeFile(sandbox.id, 'bytes', bytes);
found.same = (await client.sandboxes.readFile(sandbox.id, 'bytes')).equals(bytes);
found.exec = await client.sandboxes.exec('work', { command: 'echo $WHO $X; touch /data/x', env: { X: '1' } });
found.timedOut = await client.sandboxes.exec('work', { command: 'sleep 600', timeoutSeconds: 0.2 });
found.failures = [];
for (const call of [
  () => client.sandboxes.readFile('work', 'nosuch'),
  () => client.sandboxes.readFile('work', 'a b'),
  () => client.volumes.delete('shared'),
  () => client.images.build('base'),
  () => client.images.create({ name: 'none' }),
  () => client.sandboxes.create({ imageId: 'nosuch' }),
  () => client.snapshots.create({ name: 's', sandboxId: 'nosuch' }),
]) {
  await call().then(() => found.failures.push('none'), error => found.failures.push(error.message));
}
const snapshot = await client.snapshots.create({ name: 'one', sandboxId: 'work', labels: { c: 'd' } });
found.lists = [
  (await client.images.list()).images.length, (await client.volumes.list()).volumes.length,
  (await client.snapshots.list()).snapshots.length, (await client.sandboxes.list()).sandboxes.length,
];
found.got = [
  (await client.images.get('base')).id === image.id, (await client.volumes.get('shared')).id === volumeId,
  (await client.snapshots.get('one')).id === snapshot.id, (await client.sandboxes.get('work')).id === sandbox.id,
];
found.states = [
  (await client.sandboxes.stop('work')).state, (await client.sandboxes.start('work')).state,
  (await client.sandboxes.create({ name: 'later', imageId: 'base', autoStart: false })).state,
];
found.woken = (await client.sandboxes.exec('later', { command: 'echo woken' })).stdout;
found.states.push((await client.sandboxes.get('later')).state);
found.deleted = [
  (await client.sandboxes.delete('work')).deleted === sandbox.id,
  (await client.sandboxes.delete('later')).deleted.startsWith('sbx_'),
  (await client.sandboxes.delete('work')).deleted === sandbox.id,
  (await client.snapshots.delete('one')).deleted === snapshot.id,
  (await client.volumes.delete('shared')).deleted === volumeId,
  (await client.images.delete('base')).deleted === image.id,
];
const short = await client.sandboxes.create({ name: 'short', image: process.env.IMAGE, idleTimeoutSeconds: 1, autoDeleteSeconds: 1 });
found.states.push(short.state);
for (let tries = 0; tries < 300 && found.end !== 'deleted'; tries++) {
  await new Promise(resolve => setTimeout(resolve, 100));
  found.end = (await client.sandboxes.get('short')).state;
}
console.log(JSON.stringify(found));
"#;

#[tokio::test(flavor = "multi_thread")]
async fn its_own_client_works_unchanged() {
    needs_root!();
    let client = match tools::find(CLIENT) {
        Ok(client) => client,
        Err(reason) => skip!("{reason}"),
    };
    let place = place(&[]).await;
    let caller = place.apple();
    let environment = [
        ("CLIENT", client.to_str().expect("it is plain")),
        ("IMAGE", IMAGE),
        ("APPLE_SANDBOXES_URL", caller.base.as_str()),
        ("APPLE_SANDBOXES_API_KEY", caller.token.as_deref().unwrap_or_default()),
    ];
    let arguments = ["--input-type=module", "--eval", SCRIPT];
    let found = run("node", &arguments, &environment).await.json();
    let made = &found["made"];
    assert_eq!([&made["cpus"], &made["memory"]], [&json!(1), &json!("512M")]);
    assert_eq!(made["idleTimeoutSeconds"], 900);
    let mount = json!({ "volumeId": "shared", "mountPath": "/data", "readonly": true });
    assert_eq!(made["volumes"], json!([mount]));
    same(&found["wrote"], &json!({ "path": "a b/ü.txt", "bytes": 4 }));
    assert_eq!([&found["read"], &found["same"]], [&json!("text"), &json!(true)]);
    assert_eq!(found["bytes"]["bytes"], 3 << 20);
    let exec = |status: &str, code: Value| {
        json!({
            "id": "<text>", "sandboxId": made["id"], "command": "<text>", "status": status,
            "exitCode": code, "stdout": "<any>", "stderr": "<any>", "createdAt": "<time>",
            "startedAt": "<time>", "finishedAt": "<time>",
        })
    };
    same(&found["exec"], &exec("failed", json!(1)));
    assert_eq!(found["exec"]["stdout"], "ada 1\n");
    assert!(found["exec"]["stderr"].as_str().expect("a text").contains("Read-only"));
    same(&found["timedOut"], &exec("timed_out", Value::Null));
    let failures: Vec<_> =
        found["failures"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    let starts = [
        "404 {\"error\":",
        "409 {\"error\":",
        "409 {\"error\":\"volume is attached to sandbox sbx_",
        "400 {\"error\":\"image has no Dockerfile\"}",
        "400 {\"error\":\"image or dockerfile is required\"}",
        "404 {\"error\":\"image not found\"}",
        "404 {\"error\":\"sandboxe not found\"}",
    ];
    assert_eq!(failures.len(), starts.len(), "{failures:?}");
    for (failure, start) in failures.iter().zip(starts) {
        assert!(failure.starts_with(start), "{failure}: want {start}");
    }
    assert_eq!(found["lists"], json!([1, 1, 1, 1]));
    assert_eq!(found["got"], json!([true, true, true, true]));
    let states = json!(["stopped", "running", "created", "running", "running"]);
    assert_eq!(found["states"], states);
    assert_eq!(found["woken"], "woken\n");
    assert_eq!(found["deleted"], json!([true, true, true, true, true, true]));
    assert_eq!([&found["health"], &found["end"]], ["ok", "deleted"].map(Value::from).each_ref());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_only_declares_works_here() {
    needs_root!();
    let place = place(&["--ssh-listen", "127.0.0.1:0"]).await;
    let apple = place.apple();
    let body = json!({ "name": "dev", "image": IMAGE, "ssh": true }).to_string();
    let made = apple.call("POST /v1/sandboxes", &body).await.success();
    let ssh = &made["ssh"];
    same(
        ssh,
        &json!({
            "host": "127.0.0.1", "port": "<whole>", "user": made["id"], "command": "<text>",
            "identityFile": "KEY_FILE", "knownHosts": "<text>", "privateKey": "<text>",
        }),
    );
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name).to_str().expect("it is plain").to_owned();
    for (name, text) in [("key", &ssh["privateKey"]), ("hosts", &ssh["knownHosts"])] {
        std::fs::write(path(name), text.as_str().expect("a text")).expect("written");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(path(name), mode).expect("set");
    }
    let command = ssh["command"].as_str().expect("a text");
    let command = command.replace("KNOWN_HOSTS_FILE", &path("hosts"));
    let command = command.replace("KEY_FILE", &path("key"));
    let ran = run("sh", &["-c", &format!("{command} 'echo by ssh'")], &[]).await;
    assert_eq!(ran.success(), "by ssh\n");
    let read = apple.call("GET /v1/sandboxes/dev", "").await.success();
    assert_eq!([&read["ssh"]["port"], &read["ssh"]["user"]], [&ssh["port"], &made["id"]]);
    let body = json!({ "command": "while [ ! -e go ]; do sleep 0.1; done; echo done", "background": true });
    let started = apple.call("POST /v1/sandboxes/dev/exec", &body.to_string()).await.success();
    same(
        &started,
        &json!({
            "id": "<text>", "sandboxId": made["id"], "command": body["command"],
            "status": "running", "createdAt": "<time>", "startedAt": "<time>",
        }),
    );
    let line = format!("GET /v1/sandboxes/dev/exec/{}", started["id"].as_str().expect("an id"));
    assert_eq!(apple.call(&line, "").await.success()["status"], "running");
    apple.call_with("PUT /v1/sandboxes/dev/files/go", &[], b"x").await.success();
    let ended = eventually("it ends", async || {
        let read = apple.call(&line, "").await.success();
        (read["status"] != "running").then_some(read)
    })
    .await;
    assert_eq!(
        [&ended["status"], &ended["stdout"]],
        ["succeeded", "done\n"].map(Value::from).each_ref()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dockerfile_is_built_and_a_step_that_fails_says_why() {
    needs_root!();
    let built = std::process::Command::new("buildah").arg("--version").output();
    if built.is_err() {
        skip!("buildah is not installed");
    }
    let place = place(&[]).await;
    let apple = place.apple();
    let define = |name: &str, step: &str| {
        json!({ "name": name, "dockerfile": format!("FROM {IMAGE}\nRUN {step}\n") }).to_string()
    };
    let image = apple.call("POST /v1/images", &define("good", "echo yes > /made")).await.success();
    assert_eq!([&image["state"], &image["hasDockerfile"]], [&json!("created"), &json!(true)]);
    let built = apple.call("POST /v1/images/good/build", "").await.success();
    assert_eq!([&built["state"], &built["id"]], [&json!("ready"), &image["id"]]);
    let body = json!({ "name": "dev", "imageId": "good" }).to_string();
    apple.call("POST /v1/sandboxes", &body).await.success();
    let body = json!({ "command": "cat /made" }).to_string();
    let ran = apple.call("POST /v1/sandboxes/dev/exec", &body).await.success();
    assert_eq!(ran["stdout"], "yes\n");
    apple.call("POST /v1/images", &define("bad", "exit 3")).await.success();
    let failed = apple.call("POST /v1/images/bad/build", "").await;
    assert_eq!(failed.status, 500);
    let read = apple.call("GET /v1/images/bad", "").await.success();
    assert_eq!([&read["state"], &read["error"]], [&json!("error"), &failed.json()["error"]]);
    apple.call("DELETE /v1/sandboxes/dev", "").await.success();
    apple.call("DELETE /v1/images/good", "").await.success();
    let left = place.daemon.client().list_images().await.expect("a list");
    assert!(left.iter().all(|image| !image.name.starts_with("apple-sandboxes/")), "{left:?}");
}
