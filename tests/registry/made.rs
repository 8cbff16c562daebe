//! Images that go out, and images that are built.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, Stream};
use skerry_client::v1::build_image_request::Start;
use skerry_client::v1::build_image_response::Event;
use skerry_client::v1::{
    CreateSandboxRequest, ExecSpec, Image, MainProcess, StreamLogsRequest, stream_logs_response,
};
use skerry_client::{Client, Code, Error, UploadError};
use skerry_test_support::{Daemon, eventually, needs_root, skip};

use crate::buildah::{self, Buildah};
use crate::pull::{left, root};
use crate::tree;

pub(crate) async fn build(
    client: &Client,
    start: Start,
    context: Vec<u8>,
) -> Result<(Image, String), Error> {
    let build = client.build_image(start, pieces(&context)).await.map_err(|error| match error {
        UploadError::Call(error) => error,
        UploadError::Source(error) => panic!("{error}"),
    });
    let mut build = build?;
    let mut log = String::new();
    loop {
        match build.next().await? {
            Some(Event::Log(piece)) => log.push_str(&String::from_utf8_lossy(&piece)),
            Some(Event::Image(image)) => return Ok((image, log)),
            None => panic!("it ended without an image: {log}"),
        }
    }
}

fn pieces(context: &[u8]) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    let pieces: Vec<_> = context.chunks(1 << 19).map(|piece| Ok(piece.to_vec().into())).collect();
    stream::iter(pieces)
}

pub(crate) fn start(name: &str, containerfile: &str) -> Start {
    Start { name: name.to_owned(), containerfile: containerfile.to_owned(), ..Start::default() }
}

/// With busybox as its shell.
pub(crate) fn context() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_path_with_name("/bin/busybox", "busybox").expect("busybox-static is there");
    builder.into_inner().expect("in memory")
}

pub(crate) const SHELL: &str = "FROM scratch\nCOPY busybox /bin/busybox\nCOPY busybox /bin/sh\n";

#[tokio::test]
async fn an_export_is_what_was_imported() {
    needs_root!();
    if let Some(reason) = buildah::missing() {
        skip!("{reason}");
    }
    let buildah = Buildah::new();
    let large = buildah.large();
    let path = buildah.folder().join("in.tar");
    buildah.run(&["push", "--quiet", large, &format!("oci-archive:{}", path.display())]);
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let file = tokio::fs::File::open(&path).await.expect("it is written");
    client.import_image("in", file).await.expect("it is imported");
    let mut export = client.export_image("in").await.expect("it begins");
    let mut archive = Vec::new();
    while let Some(piece) = export.next().await.expect("it goes on") {
        archive.extend_from_slice(&piece);
    }
    // As it is read here, and as others read it.
    let out = buildah.folder().join("out.tar");
    std::fs::write(&out, &archive).expect("written");
    let again = client.import_image("again", std::io::Cursor::new(archive)).await;
    let again = again.expect("it is imported");
    tree::assert_same(&root(&daemon, &again), &buildah.mount(large));
    let pulled = buildah.run(&["pull", "--quiet", &format!("oci-archive:{}", out.display())]);
    tree::assert_same(&buildah.mount(&pulled), &buildah.mount(large));
    assert_eq!(
        client.export_image("host").await.expect_err("refused").code,
        Code::FailedPrecondition
    );
    assert_eq!(client.export_image("missing").await.expect_err("refused").code, Code::NotFound);
    // One that nobody reads to its end leaves nothing behind.
    drop(client.export_image("in").await.expect("it begins"));
    client.delete_image("in").await.expect("it goes");
    client.delete_image("again").await.expect("it goes");
    eventually("the files go with the last reader", async || {
        left(&daemon).is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_containerfile_becomes_an_image_as_nobody_and_without_a_network() {
    needs_root!();
    if let Some(reason) = buildah::missing() {
        skip!("{reason}");
    }
    let daemon = Daemon::start().await;
    let mounts =
        || std::fs::read_to_string(format!("/proc/{}/mounts", daemon.pid())).expect("read");
    let before = mounts();
    let steps = format!(
        "{SHELL}ARG WHO\nENV WHO=$WHO\nRUN busybox mkdir /made; echo $WHO >/made/who; \
         busybox chown 7:8 /made/who; busybox chmod 4750 /made/who\n\
         RUN busybox cat /proc/self/uid_map; busybox ls /sys/class/net; busybox cat /proc/net/dev\n\
         USER 7\nWORKDIR /made\n"
    );
    let args = HashMap::from([("WHO".to_owned(), "ada; $(reboot) 'x' \"y\"".to_owned())]);
    let start = Start { build_args: args.into_iter().collect(), ..start("built/one:1", &steps) };
    let (image, log) = build(daemon.client(), start, context()).await.expect("it is built");
    assert!(log.contains("STEP 1/") && log.contains("4026531840"), "{log}");
    assert!(!log.contains("eth0"), "{log}");
    let config = image.config.clone().expect("it has one");
    assert_eq!((config.user.as_str(), config.working_dir.as_str()), ("7", "/made"));
    let made = root(&daemon, &image).join("made/who");
    let said = std::fs::read_to_string(&made).expect("it is there");
    assert_eq!(said.trim(), "ada; $(reboot) 'x' \"y\"");
    let listed = tree::listed(&root(&daemon, &image));
    assert!(listed["made/who"].starts_with("104750 7:8 "), "{}", listed["made/who"]);
    assert_eq!(mounts(), before, "no mount is in the daemon's namespace");
    assert_eq!(left(&daemon), [image.id]);
}

#[tokio::test]
async fn a_build_that_fails_tells_the_end_of_its_log_and_leaves_nothing() {
    needs_root!();
    if let Some(reason) = buildah::missing() {
        skip!("{reason}");
    }
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let failing = format!("{SHELL}RUN echo the reason; exit 3\n");
    for (steps, context, wanted) in [
        (failing.as_str(), context(), "the reason"),
        ("FROM scratch\nCOPY missing /\n", Vec::new(), "missing"),
        ("NONSENSE\n", Vec::new(), "FROM"),
        ("FROM nowhere.invalid/base\n", Vec::new(), "nowhere.invalid"),
        ("FROM scratch\nCOPY . /\n", b"no archive at all".repeat(100), "tar"),
    ] {
        let error = build(client, start("failed", steps), context).await.expect_err("it fails");
        assert_eq!((error.code, error.reason.as_deref()), (Code::Aborted, Some("BUILD_FAILED")));
        assert!(error.message.contains(wanted), "{steps}: {}", error.message);
        assert!(left(&daemon).is_empty(), "{:?}", left(&daemon));
    }
    for name in ["host", "a b"] {
        assert!(build(client, start(name, "FROM scratch\n"), Vec::new()).await.is_err());
    }
}

#[tokio::test]
async fn a_build_that_takes_too_long_or_that_nobody_waits_for_is_killed_whole() {
    needs_root!();
    if let Some(reason) = buildah::missing() {
        skip!("{reason}");
    }
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let children = daemon.children().len();
    let steps = format!("{SHELL}RUN busybox sleep 98765 & echo begun; busybox sleep 98765\n");
    let timeout = Some(Duration::from_secs(4).try_into().expect("short"));
    let late = Start { timeout, ..start("late", &steps) };
    let error = build(client, late, context()).await.expect_err("it is ended");
    assert_eq!(error.reason.as_deref(), Some("BUILD_TIMED_OUT"), "{error}");
    assert_gone(&daemon, children).await;

    let context = pieces(&context());
    let mut unwanted = client.build_image(start("late", &steps), context).await.expect("it begins");
    let mut log = String::new();
    while !log.contains("\nbegun") {
        match unwanted.next().await.expect("it goes on") {
            Some(Event::Log(piece)) => log.push_str(&String::from_utf8_lossy(&piece)),
            other => panic!("{other:?} after {log}"),
        }
    }
    drop(unwanted);
    assert_gone(&daemon, children).await;
}

/// Nothing of a build is left: no process, no file, no name.
async fn assert_gone(daemon: &Daemon, children: usize) {
    eventually("all of the build is gone", async || {
        let sleeps = processes_with("98765");
        (sleeps == 0 && daemon.children().len() <= children && left(daemon).is_empty())
            .then_some(())
    })
    .await;
}

/// Processes with this among their arguments.
fn processes_with(argument: &str) -> usize {
    let has = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.ok()?.path().join("cmdline");
        let words = std::fs::read(path).ok()?;
        words.split(|byte| *byte == 0).any(|word| word == argument.as_bytes()).then_some(())
    };
    std::fs::read_dir("/proc").expect("it is mounted").filter_map(has).count()
}

#[tokio::test]
async fn an_images_own_command_is_run_as_the_image_says() {
    needs_root!();
    if let Some(reason) = buildah::missing() {
        skip!("{reason}");
    }
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let containerfile = format!(
        "{SHELL}ENV GREETING=hello\nUSER 33:44\nVOLUME /data /deep/er\nEXPOSE 80\nSTOPSIGNAL SIGUSR1\n\
         ENTRYPOINT [\"/bin/sh\", \"-c\", \"{}\", \"sh\"]\nCMD [\"from\", \"cmd\"]\n",
        "/bin/busybox id -u; pwd; echo $GREETING $*; \
         trap 'echo usr1; exit 0' USR1; while :; do /bin/busybox sleep 0.05; done",
    );
    let mut start = start("app", &containerfile);
    start.containerfile += "WORKDIR /srv/app\n";
    build(client, start, context()).await.expect("it is built");
    let main = |command: &[&str]| CreateSandboxRequest {
        image: "app".to_owned(),
        main: Some(MainProcess {
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            ..MainProcess::default()
        }),
        ..CreateSandboxRequest::default()
    };
    let idle = CreateSandboxRequest { main: None, ..main(&[]) };
    let overridden = CreateSandboxRequest {
        user: "0".to_owned(),
        cwd: "/data".to_owned(),
        env: [("GREETING".to_owned(), "bye".to_owned())].into(),
        ..main(&["from", "create"])
    };
    for (request, wanted) in [
        (main(&[]), Some("33\n/srv/app\nhello from cmd\n")),
        (overridden, Some("0\n/data\nbye from create\n")),
        (idle, None),
    ] {
        let sandbox = client.create_sandbox(request).await.expect("a sandbox");
        let Some(wanted) = wanted else {
            assert_eq!(sandbox.main, None, "nothing runs that was not asked for");
            continue;
        };
        eventually("it has greeted", async || {
            (written(client, &sandbox.id).await == wanted).then_some(())
        })
        .await;
        let command = ["/bin/busybox", "stat", "-c", "%F", "/data", "/deep/er"];
        let command = command.map(str::to_owned).to_vec();
        let made = client.exec(&sandbox.id, ExecSpec { command, ..ExecSpec::default() }).await;
        let made = made.expect("it runs");
        assert_eq!(made.stdout, "directory\ndirectory\n", "{made:?}");
        client.stop_sandbox(&sandbox.id, None).await.expect("it stops");
        assert_eq!(written(client, &sandbox.id).await, format!("{wanted}usr1\n"));
    }
}

/// Standard output in a sandbox's log.
async fn written(client: &Client, sandbox: &str) -> String {
    let request = StreamLogsRequest { sandbox_id: sandbox.to_owned(), ..Default::default() };
    let mut log = client.logs(request).await.expect("a log");
    let mut text = String::new();
    while let Some(piece) = log.next().await.expect("it goes on") {
        if let Some(stream_logs_response::Event::Stdout(chunk)) = piece.event {
            text += &String::from_utf8_lossy(&chunk.data);
        }
    }
    text
}
