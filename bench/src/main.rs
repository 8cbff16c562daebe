//! Measures Skerry side by side with docker, podman, crun, runc and
//! bubblewrap: same root file system, same commands, one run, in turns.

mod command;
mod enclosure;
mod options;
mod peer;
mod report;
mod rootfs;
mod row;
mod skerry;
mod stats;

use std::path::Path;
use std::process::{ExitCode, ExitStatus};

use clap::Parser;

use crate::command::Stopwatch;
use crate::enclosure::{Stage, cgroup_name};
use crate::options::{Options, Program};
use crate::peer::{Setting, prepare};
use crate::report::{Machine, Report, Skipped};
use crate::rootfs::{RootFs, RootFsError};
use crate::row::Field;
use crate::skerry::{Skerry, SkerryError};

fn main() -> ExitCode {
    let options = Options::parse();
    // One thread: the connection's task and the measurements share it, so no
    // call waits for another thread to wake up.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let ended = match Stage::current() {
        Stage::Outside => runtime.block_on(enclosure::outside(options.dir.as_deref())),
        Stage::Enter => enclosure::enter(),
        Stage::Keep => enclosure::keep(),
        Stage::Measure(dir) => {
            return match runtime.block_on(run(&options, &dir)) {
                Ok(code) => code,
                Err(error) => fail(&error),
            };
        }
    };
    match ended {
        Ok(status) => exit_code(status),
        Err(error) => fail(&error),
    }
}

/// A run came to nothing.
#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error(transparent)]
    RootFs(#[from] RootFsError),
    #[error(transparent)]
    Skerry(#[from] SkerryError),
    #[error("can't write {path}: {source}")]
    Json { path: String, source: std::io::Error },
}

async fn run(options: &Options, dir: &Path) -> Result<ExitCode, RunError> {
    let load_before = load();
    let rootfs = RootFs::build(dir)?;
    let name = cgroup_name(dir);
    let setting = Setting { dir, rootfs: &rootfs, cgroup: name.clone() };
    let (peers, skipped) = prepare(&setting, &options.programs);
    let mut report = Report {
        machine: machine(load_before),
        versions: peers.iter().map(|peer| (peer.name().to_owned(), peer.version())).collect(),
        skipped,
        rows: Vec::new(),
    };
    let image = name.to_lowercase();
    let skerry = start_skerry(options, dir, &rootfs, &image, &mut report).await;
    let stopwatch = Stopwatch::new(dir);
    println!("{}", report.head());
    for row in &options.rows {
        let field = Field {
            options,
            peers: &peers,
            skerry: skerry.as_ref(),
            rootfs: &rootfs,
            stopwatch: &stopwatch,
            dir,
            prefix: &name,
        };
        let row = row::measure(*row, &field).await;
        println!("{row}");
        report.rows.push(row);
    }
    report.machine.load_after = load();
    if let Some(skerry) = skerry {
        skerry.stop().await?;
    }
    drop(peers);
    print!("{}", report.tail());
    write_json(options, &report)?;
    Ok(verdict(options, &report))
}

/// Skerry, where it takes part and comes up; else why not is in the report.
async fn start_skerry(
    options: &Options,
    dir: &Path,
    rootfs: &RootFs,
    image: &str,
    report: &mut Report,
) -> Option<Skerry> {
    if !options.programs.contains(&Program::Skerry) {
        return None;
    }
    let started = Skerry::start(options, dir, rootfs, image).await;
    let version = match &started {
        Ok(skerry) => skerry.version().await,
        Err(_) => Ok(String::new()),
    };
    match (started, version) {
        (Ok(skerry), Ok(version)) => {
            report.versions.insert(0, ("skerry".to_owned(), version));
            Some(skerry)
        }
        (Err(error), _) | (_, Err(error)) => {
            report.skipped.push(Skipped {
                name: Program::Skerry.name().to_owned(),
                reason: error.to_string(),
            });
            None
        }
    }
}

fn write_json(options: &Options, report: &Report) -> Result<(), RunError> {
    let Some(path) = &options.json else {
        return Ok(());
    };
    let mut text = serde_json::to_string_pretty(report).expect("a report has no map keys");
    text.push('\n');
    std::fs::write(path, text)
        .map_err(|source| RunError::Json { path: path.display().to_string(), source })
}

/// Fails where Skerry should have been measured and was not. A missed target
/// is a result, and peers may be missing.
fn verdict(options: &Options, report: &Report) -> ExitCode {
    let wanted = options.programs.contains(&Program::Skerry);
    let rows = report.rows.iter().flat_map(|row| &row.skipped);
    let mut skipped = report.skipped.iter().chain(rows);
    if wanted && skipped.any(|each| each.name.starts_with(Program::Skerry.name())) {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn machine(load_before: f64) -> Machine {
    let info = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = info.split_whitespace().nth(1);
    let kib: u64 = total.and_then(|text| text.parse().ok()).unwrap_or_default();
    let kernel = rustix::system::uname();
    Machine {
        processors: std::thread::available_parallelism().map_or(0, usize::from),
        memory_mib: kib / 1024,
        kernel: kernel.release().to_string_lossy().into_owned(),
        load_before,
        load_after: load_before,
    }
}

fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let first = text.split(' ').next().and_then(|text| text.parse().ok());
    first.unwrap_or(f64::NAN)
}

fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("skerry-bench: {error}");
    ExitCode::FAILURE
}
