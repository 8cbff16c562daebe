//! The native driver alone: machines made, used and ended, without engine or
//! API. Needs root; skipped without.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use skerry_server::image::ImageStore;
use skerry_server::model::{ExecId, ExecSpec, Limits, OutputStream, SandboxId};
use skerry_server::runtime::linux::LinuxRuntime;
use skerry_server::runtime::{Machine, MachineSpec, OutputEvent, Process, Runtime, SpawnError};
use skerry_server::store::Store;

struct Host {
    _data: tempfile::TempDir,
    runtime: LinuxRuntime,
    spec: MachineSpec,
}

impl Host {
    async fn open() -> Self {
        let data = tempfile::tempdir().expect("makes a directory");
        let store = Store::open(&data.path().join("db")).expect("opens the store");
        let images = ImageStore::open(&data.path().join("images"), &store).expect("opens images");
        let (_, image) = images.source("host").expect("has the host image");
        let spec = MachineSpec {
            id: id(1),
            hostname: "tester".to_owned(),
            host_uid_base: 1 << 20,
            image,
            limits: Limits { memory_bytes: 256 << 20, cpu_millis: 2000, pids: 128 },
        };
        let runtime = LinuxRuntime::open(data.path()).expect("opens the driver");
        Self { _data: data, runtime, spec }
    }

    async fn machine(&self) -> Arc<dyn Machine> {
        self.runtime.create(&self.spec).await.expect("makes a machine")
    }
}

fn id(number: u128) -> SandboxId {
    let unique = u128::from(std::process::id()) << 32;
    SandboxId::from_uuid(unique + number)
}

fn spec(command: &[&str]) -> ExecSpec {
    ExecSpec { command: command.iter().map(|&word| word.to_owned()).collect(), ..Default::default() }
}

async fn start(machine: &Arc<dyn Machine>, n: u128, command: &[&str]) -> Result<Arc<dyn Process>, SpawnError> {
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
        &["/bin/sh", "-c", "printf x > noexec; printf '#!/nowhere\n' > bad; chmod 755 bad; mkdir dir"],
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
        ("./bad", "", "", "bad interpreter or executable format: ./bad: No such file or directory (os error 2)"),
        ("true", "/nope", "", "working directory not found: /nope: No such file or directory (os error 2)"),
        ("true", "/etc/passwd", "", "working directory not accessible: /etc/passwd: Not a directory (os error 20)"),
        ("true", "/root", "nobody", "working directory not accessible: /root: Permission denied (os error 13)"),
        ("true", "/proc/self/fd/3", "", "working directory not accessible: /proc/self/fd/3: Not a directory (os error 20)"),
        ("true", "/proc/self/fd/9", "", "working directory not found: /proc/self/fd/9: No such file or directory (os error 2)"),
        ("true", "", "nobodyhere", "user not found: nobodyhere"),
    ] {
        assert_eq!(failure(command, cwd, user).await, expected);
    }
    assert_eq!(machine.processes().len(), 1, "a failed start leaves no exec");
    machine.stop(Duration::ZERO).await.expect("stops");
}
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zz_time() {
    let host = Host::open().await;
    let mut c = vec![]; let mut e = vec![]; let mut d = vec![];
    for n in 0..100u128 {
        let spec = MachineSpec { id: id(100 + n), ..host.spec.clone() };
        let t = std::time::Instant::now();
        let m = host.runtime.create(&spec).await.unwrap();
        c.push(t.elapsed().as_micros());
        let t = std::time::Instant::now();
        run(&m, 1, &["/bin/true"]).await;
        e.push(t.elapsed().as_micros());
        let t = std::time::Instant::now();
        m.stop(Duration::ZERO).await.unwrap();
        d.push(t.elapsed().as_micros());
        host.runtime.remove_disk(&spec.id).await.unwrap();
    }
    let m = host.machine().await;
    let mut x = vec![];
    for n in 0..500u128 {
        let t = std::time::Instant::now();
        run(&m, n+1, &["/bin/true"]).await;
        x.push(t.elapsed().as_micros());
    }
    m.stop(Duration::ZERO).await.unwrap();
    let mut y = vec![];
    for _ in 0..500 {
        let t = std::time::Instant::now();
        std::process::Command::new("/bin/true").status().unwrap();
        y.push(t.elapsed().as_micros());
    }
    for (n, mut v) in [("create", c), ("exec1", e), ("stop", d), ("exec", x), ("spawn", y)] { v.sort(); eprintln!("TIME {n} p50 {} p10 {} p90 {}", v[v.len()/2], v[v.len()/10], v[v.len()*9/10]); }
}
