//! Each SDK beside the Rust client, and beside docker's own SDK of the same
//! language: commands in a live sandbox, and the output of one.

mod program;

use std::path::Path;
use std::time::Instant;

use async_trait::async_trait;

use self::program::Program;
use super::{Contender, Field, Live, Row, RowError, milliseconds, take_turns};
use crate::report::Bound;
use crate::skerry::Skerry;

/// Commands of one turn, one after the other.
const EXECS: u32 = 20;
/// What one command writes in a turn.
const MIB: u32 = 256;
/// dd's blocks of 64 KiB in a MiB.
const BLOCKS_A_MIB: u32 = 16;

/// The programs that `bench/sdk/install` makes of Skerry's SDKs, and their
/// names in tables.
const SDKS: [(&str, &str); 5] = [
    ("python", "Python"),
    ("python-asyncio", "Python asyncio"),
    ("typescript", "TypeScript"),
    ("go", "Go"),
    ("java", "Java"),
];
/// The same of docker's.
const DOCKER_SDKS: [(&str, &str); 2] = [("docker-py", "docker-py"), ("dockerode", "dockerode")];
/// Which of them do the same in the same language.
const PAIRS: [(&str, &str); 2] = [("Python", "docker-py"), ("TypeScript", "dockerode")];

pub(super) async fn measure(field: &Field<'_>) -> Row {
    let title = format!("/bin/true {EXECS} times, and {MIB} MiB of dd if=/dev/zero bs=64k, by SDK");
    let mut row = Row::new("sdk", title, "ms, MiB/s");
    match &field.options.sdks {
        Some(folder) => measure_all(&mut row, field, folder).await,
        None => row.leave_out("SDKs", "no --sdks: bench/sdk/install makes it"),
    }
    for (ours, docker) in PAIRS {
        row.ratio(&exec(docker), &exec(ours), Bound::AtLeast(1.0));
        row.ratio(&stream(ours), &stream(docker), Bound::AtLeast(1.0));
    }
    row
}

async fn measure_all(row: &mut Row, field: &Field<'_>, folder: &Path) {
    let live = Live::start_of(row, field, |peer| peer.host().is_some()).await;
    let mut contenders: Vec<Box<dyn Contender + '_>> = Vec::new();
    if let Some((skerry, id)) = &live.sandbox {
        contenders.push(Box::new(Rust { skerry, id }));
        let address = skerry.address().to_string();
        let environment = [("SKERRY_ADDRESS", &*address), ("SKERRY_TOKEN", skerry.token())];
        contenders.extend(start(row, field, &SDKS, folder, &environment, id));
    }
    for host in live.peers.iter().filter_map(|peer| peer.host()) {
        let environment = [("DOCKER_HOST", host)];
        contenders.extend(start(row, field, &DOCKER_SDKS, folder, &environment, &live.id));
    }
    take_turns(row, &mut contenders, field.options.file_n).await;
    drop(contenders);
    live.remove(row).await;
}

/// Starts programs of `folder` for the sandbox `id`.
fn start(
    row: &mut Row,
    field: &Field<'_>,
    sdks: &[(&str, &'static str)],
    folder: &Path,
    environment: &[(&str, &str)],
    id: &str,
) -> Vec<Box<dyn Contender>> {
    let mut started: Vec<Box<dyn Contender>> = Vec::new();
    for (file, name) in sdks {
        let file = folder.join("bin").join(file);
        match Program::start(&file, environment, id, field.dir) {
            Ok(program) => started.push(Box::new(Sdk { name, program })),
            Err(error) => row.leave_out(name, format!("{}: {error}", file.display())),
        }
    }
    started
}

fn exec(name: &str) -> String {
    format!("{name} exec, ms")
}

fn stream(name: &str) -> String {
    format!("{name} stream, MiB/s")
}

/// A program that was told whom to talk to.
struct Sdk {
    name: &'static str,
    program: Program,
}

#[async_trait(?Send)]
impl Contender for Sdk {
    fn series(&self) -> Vec<String> {
        vec![exec(self.name), stream(self.name)]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let exec = self.program.order(&format!("exec {EXECS}")).await;
        let exec = exec.map_err(RowError::Answer)?;
        let stream = self.program.order(&format!("stream {MIB}")).await;
        Ok(vec![exec, stream.map_err(RowError::Answer)?])
    }
}

/// The Rust client, by the call that the SDKs make of both.
struct Rust<'a> {
    skerry: &'a Skerry,
    id: &'a str,
}

#[async_trait(?Send)]
impl Contender for Rust<'_> {
    fn series(&self) -> Vec<String> {
        vec![exec("Rust"), stream("Rust")]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let started = Instant::now();
        for _ in 0..EXECS {
            self.skerry.stream(self.id, &["/bin/true"], 0).await?;
        }
        let exec = milliseconds(started.elapsed()) / f64::from(EXECS);
        let count = format!("count={}", MIB * BLOCKS_A_MIB);
        let argv = ["/bin/dd", "if=/dev/zero", "bs=64k", &count];
        let started = Instant::now();
        self.skerry.stream(self.id, &argv, u64::from(MIB) << 20).await?;
        Ok(vec![exec, f64::from(MIB) / started.elapsed().as_secs_f64()])
    }
}
