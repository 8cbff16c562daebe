//! The native driver alone: machines made, used and ended, without engine or
//! API. Needs root; skipped without.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use skerry_server::image::ImageStore;
use skerry_server::model::{
    ExecId, ExecSpec, ExitStatus, Limits, OutputStream, Rlimit, SandboxId, TerminalSize,
};
use skerry_server::runtime::linux::LinuxRuntime;
use skerry_server::runtime::{Machine, MachineSpec, OutputEvent, Process, Runtime, SpawnError};
use skerry_server::storage::{self, StorageChoice};
use skerry_server::store::Store;
use tokio::sync::oneshot;

struct Host {
    _data: tempfile::TempDir,
    runtime: LinuxRuntime,
    spec: MachineSpec,
}

impl Host {
    async fn open() -> Self {
        let data = tempfile::tempdir().expect("makes a directory");
        let store = Store::open(&data.path().join("db")).expect("opens the store");
        let pool = storage::open(data.path(), StorageChoice::Dir).expect("opens the storage");
        let images = ImageStore::open(&pool, &store).expect("opens images");
        let (_, image) = images.source("host").expect("has the host image");
        let spec = MachineSpec {
            id: id(1),
            hostname: "tester".to_owned(),
            host_uid_base: 1 << 20,
            image,
            limits: Limits { memory_bytes: 256 << 20, cpu_millis: 2000, pids: 128, disk_bytes: 0 },
            disk_limit: None,
            mounts: Vec::new(),
            files: Vec::new(),
        };
        let runtime = LinuxRuntime::open(data.path(), pool).expect("opens the driver");
        Self { _data: data, runtime, spec }
    }

    async fn machine(&self) -> Arc<dyn Machine> {
        self.runtime.create(&self.spec, oneshot::channel().0).await.expect("makes a machine")
    }
}

fn id(number: u128) -> SandboxId {
    let unique = u128::from(std::process::id()) << 32;
    SandboxId::from_uuid(unique + number)
}

fn spec(command: &[&str]) -> ExecSpec {
    ExecSpec {
        command: command.iter().map(|&word| word.to_owned()).collect(),
        ..Default::default()
    }
}

async fn start(
    machine: &Arc<dyn Machine>,
    n: u128,
    command: &[&str],
) -> Result<Arc<dyn Process>, SpawnError> {
    machine.start(&ExecId::from_uuid(n), &spec(command), &BTreeMap::new()).await
}

/// Runs a command to its end: stdout, stderr, exit code.
async fn run(machine: &Arc<dyn Machine>, n: u128, command: &[&str]) -> (String, String, i32) {
    let process = start(machine, n, command).await.expect("starts");
    let mut reader = process.read_output(0);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    loop {
        match reader.next().await.expect("the machine lives") {
            OutputEvent::Chunk { stream: OutputStream::Stdout, data, .. } => out.extend(data),
            OutputEvent::Chunk { stream: OutputStream::Stderr, data, .. } => err.extend(data),
            OutputEvent::Truncated { before } => panic!("lost output before {before}"),
            OutputEvent::Exited(status) => {
                let text = |bytes| String::from_utf8(bytes).expect("is text");
                return (text(out), text(err), status.exit_code());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_runs_commands_and_ends() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let machine = host.machine().await;
    let (out, err, code) =
        run(&machine, 1, &["/bin/sh", "-c", "id -u; hostname; pwd; echo oops >&2; exit 7"]).await;
    assert_eq!((out.as_str(), err.as_str(), code), ("0\ntester\n/workspace\n", "oops\n", 7));
    machine.stop(Duration::from_secs(5)).await.expect("stops");
    assert_eq!(machine.ended().await, "its machine ended");
    host.runtime.remove_disk(&host.spec.id).await.expect("removes the disk");
    assert_eq!(host.runtime.list().await.expect("lists"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_to_start_are_typed() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let machine = host.machine().await;
    let (_, err, code) = run(
        &machine,
        1,
        &[
            "/bin/sh",
            "-c",
            "printf x > noexec; printf '#!/nowhere\n' > bad; chmod 755 bad; mkdir dir",
        ],
    )
    .await;
    assert_eq!((err.as_str(), code), ("", 0));
    let failure = |command: &'static str, cwd: &'static str, user: &'static str| {
        let machine = Arc::clone(&machine);
        async move {
            let spec = ExecSpec { cwd: cwd.into(), user: user.into(), ..spec(&[command]) };
            let id = ExecId::from_uuid(100);
            machine.start(&id, &spec, &BTreeMap::new()).await.err().expect("fails").to_string()
        }
    };
    for (command, cwd, user, expected) in [
        ("nope", "", "", "command not found: nope: No such file or directory (os error 2)"),
        ("/nope", "", "", "command not found: /nope: No such file or directory (os error 2)"),
        ("./noexec", "", "", "not executable: ./noexec: Permission denied (os error 13)"),
        ("./dir", "", "", "not executable: ./dir: Permission denied (os error 13)"),
        (
            "./bad",
            "",
            "",
            "bad interpreter or executable format: ./bad: No such file or directory (os error 2)",
        ),
        (
            "true",
            "/nope",
            "",
            "working directory not found: /nope: No such file or directory (os error 2)",
        ),
        (
            "true",
            "/etc/passwd",
            "",
            "working directory not accessible: /etc/passwd: Not a directory (os error 20)",
        ),
        (
            "true",
            "/root",
            "nobody",
            "working directory not accessible: /root: Permission denied (os error 13)",
        ),
        (
            "true",
            "/proc/self/fd/3",
            "",
            "working directory not accessible: /proc/self/fd/3: Not a directory (os error 20)",
        ),
        (
            "true",
            "/proc/self/fd/9",
            "",
            "working directory not found: /proc/self/fd/9: No such file or directory (os error 2)",
        ),
        ("true", "", "nobodyhere", "user not found: nobodyhere"),
    ] {
        assert_eq!(failure(command, cwd, user).await, expected);
    }
    assert_eq!(machine.processes().len(), 1, "a failed start leaves no exec");
    machine.stop(Duration::ZERO).await.expect("stops");
}
/// All of a process's output, and how it ended.
async fn collect(process: &Arc<dyn Process>) -> (String, ExitStatus) {
    let mut reader = process.read_output(0);
    let mut output = Vec::new();
    loop {
        match reader.next().await.expect("the machine lives") {
            OutputEvent::Chunk { data, .. } => output.extend(data),
            OutputEvent::Truncated { before } => panic!("lost output before {before}"),
            OutputEvent::Exited(status) => {
                return (String::from_utf8(output).expect("is text"), status);
            }
        }
    }
}

async fn start_spec(machine: &Arc<dyn Machine>, n: u128, spec: &ExecSpec) -> Arc<dyn Process> {
    machine.start(&ExecId::from_uuid(n), spec, &BTreeMap::new()).await.expect("starts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn input_reaches_a_process_in_order_and_waits_for_it() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let machine = host.machine().await;
    let spec = ExecSpec { stdin: true, ..spec(&["sha256sum"]) };
    let process = start_spec(&machine, 1, &spec).await;
    let mut hash = sha2::Sha256::default();
    for n in 0..64u8 {
        let data = bytes::Bytes::from(vec![n; 100_000]);
        sha2::Digest::update(&mut hash, &data);
        assert!(process.write_stdin(data, false).await.expect("is heard"));
    }
    assert!(process.write_stdin(bytes::Bytes::new(), true).await.expect("is heard"));
    let (output, status) = collect(&process).await;
    let expected: String =
        sha2::Digest::finalize(hash).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((output.split(' ').next(), status.exit_code()), (Some(expected.as_str()), 0));
    assert!(!process.write_stdin("late".into(), false).await.expect("is heard"));
    machine.stop(Duration::ZERO).await.expect("stops");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminal_has_a_size_that_changes() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let machine = host.machine().await;
    let size = TerminalSize { rows: 33, columns: 77 };
    let script = "tty; stty size; read line; stty size; echo \"[$line]\"";
    let spec = ExecSpec { terminal: Some(size), stdin: true, ..spec(&["/bin/sh", "-c", script]) };
    let process = start_spec(&machine, 1, &spec).await;
    assert!(process.resize(TerminalSize { rows: 40, columns: 100 }).await.expect("is heard"));
    assert!(process.write_stdin("hi\n".into(), false).await.expect("is heard"));
    let (output, status) = collect(&process).await;
    assert_eq!(status.exit_code(), 0);
    assert!(output.contains("/dev/pts/0\r\n"), "{output}");
    assert!(output.contains("40 100\r\n[hi]\r\n"), "{output}");
    machine.stop(Duration::ZERO).await.expect("stops");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timeout_ends_everything_that_was_started() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let machine = host.machine().await;
    let script = "setsid sleep 1234 & trap '' TERM; sleep 1235 & while :; do wait; done";
    let spec = ExecSpec {
        timeout: Some(Duration::from_millis(300)),
        grace: Duration::from_millis(200),
        ..spec(&["/bin/sh", "-c", script])
    };
    let process = start_spec(&machine, 1, &spec).await;
    let (_, status) = collect(&process).await;
    assert!(status.timed_out);
    assert_eq!(status.signal, 9);
    let (left, _, _) =
        run(&machine, 2, &["/bin/sh", "-c", "cat /proc/*/cmdline | tr '\\0' ' '"]).await;
    assert!(!left.contains("sleep 123"), "{left}");
    machine.stop(Duration::ZERO).await.expect("stops");
    host.runtime.destroy(&host.spec.id).await.expect("leaves nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_has_the_limits_that_were_asked_for() {
    skerry_test_support::needs_root!();
    let host = Host::open().await;
    let machine = host.machine().await;
    let spec = ExecSpec {
        umask: Some(0o077),
        rlimits: vec![Rlimit { resource: 7, soft: 100, hard: 200 }],
        ..spec(&["/bin/sh", "-c", "umask; ulimit -Sn; ulimit -Hn"])
    };
    let (output, _) = collect(&start_spec(&machine, 1, &spec).await).await;
    assert_eq!(output, "0077\n100\n200\n");
    machine.stop(Duration::ZERO).await.expect("stops");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn output_from_before_the_first_read_is_not_lost() {
    skerry_test_support::needs_root!();
    const LENGTH: usize = 3 << 20;
    let host = Host::open().await;
    let machine = host.machine().await;
    let command = ["/usr/bin/head", "-c", &LENGTH.to_string(), "/dev/zero"];
    let process = start(&machine, 1, &command).await.expect("starts");
    let full = async {
        while process.output_range().1 < 1 << 20 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), full).await.expect("it fills its log");
    // What would move the log on has been and gone.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(process.output_range().0, 0);
    let mut reader = process.read_output(0);
    let mut length = 0;
    let exit = loop {
        match reader.next().await.expect("the machine lives") {
            OutputEvent::Chunk { data, .. } => length += data.len(),
            OutputEvent::Truncated { before } => panic!("lost output before {before}"),
            OutputEvent::Exited(exit) => break exit.exit_code(),
        }
    };
    assert_eq!((length, exit), (LENGTH, 0));

    // Nobody reads the next one: it must not wait for a reader for ever.
    let process = start(&machine, 2, &command).await.expect("starts");
    let id = process.id().clone();
    drop(process);
    let process = machine.process(&id).expect("it is kept");
    let ended = tokio::time::timeout(Duration::from_secs(30), process.wait());
    ended.await.expect("it ends unread").expect("the machine lives");
    machine.stop(Duration::ZERO).await.expect("stops");
}
