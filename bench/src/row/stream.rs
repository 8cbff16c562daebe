//! Throughput of a command's standard output.

use std::process::Command;
use std::time::{Duration, Instant};

use async_trait::async_trait;

use super::{Contender, Field, Live, RowError, take_turns};
use crate::command::Stopwatch;
use crate::report::{Bound, Row};
use crate::skerry::Skerry;

const SKERRY: &str = "skerry ExecStream";
const PIPE: &str = "plain pipe";
const MIB: u64 = 1 << 20;
/// The producer writes this much at a time.
const BLOCK: &str = "bs=64k";
/// How many of those make a MiB.
const BLOCKS_A_MIB: u64 = 16;

pub(super) async fn measure(field: &Field<'_>) -> Row {
    let mib = u64::from(field.options.stream_mib);
    let title = format!("{mib} MiB of dd if=/dev/zero {BLOCK}, start to exit");
    let mut row = Row::new("stream", title, "MiB/s");
    let program = field.rootfs.program("dd");
    let live = Live::start(&mut row, field).await;
    let count = format!("count={}", mib * BLOCKS_A_MIB);
    let argv = ["/bin/dd", "if=/dev/zero", BLOCK, &count];
    let mut contenders: Vec<Box<dyn Contender>> = Vec::new();
    if let Some((skerry, id)) = &live.sandbox {
        contenders.push(Box::new(Stream { skerry, id, argv: &argv, mib }));
    }
    contenders.push(Box::new(Pipe {
        name: PIPE,
        stopwatch: field.stopwatch,
        command: || {
            let mut command = Command::new(&program);
            command.args(&argv[1..]);
            command
        },
        mib,
    }));
    for peer in &live.peers {
        let (id, argv) = (&live.id, &argv);
        contenders.push(Box::new(Pipe {
            name: peer.name(),
            stopwatch: field.stopwatch,
            command: || peer.exec(id, argv).expect("a live sandbox takes execs"),
            mib,
        }));
    }
    take_turns(&mut row, &mut contenders, field.options.n).await;
    drop(contenders);
    live.remove(&mut row).await;
    row.ratio(SKERRY, PIPE, Bound::AtLeast(0.5));
    row
}

struct Stream<'a> {
    skerry: &'a Skerry,
    id: &'a str,
    argv: &'a [&'a str],
    mib: u64,
}

#[async_trait(?Send)]
impl Contender for Stream<'_> {
    fn series(&self) -> Vec<String> {
        vec![SKERRY.to_owned()]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let started = Instant::now();
        let wanted = self.mib * MIB;
        self.skerry.stream(self.id, self.argv, wanted).await?;
        Ok(vec![rate(self.mib, started.elapsed())])
    }
}

/// A command whose output is read through a plain pipe.
struct Pipe<'a, F> {
    name: &'static str,
    stopwatch: &'a Stopwatch,
    command: F,
    mib: u64,
}

#[async_trait(?Send)]
impl<F: Fn() -> Command> Contender for Pipe<'_, F> {
    fn series(&self) -> Vec<String> {
        vec![self.name.to_owned()]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let wanted = self.mib * MIB;
        let took = self.stopwatch.drain(&mut (self.command)(), wanted)?;
        Ok(vec![rate(self.mib, took)])
    }
}

fn rate(mib: u64, time: Duration) -> f64 {
    mib as f64 / time.as_secs_f64()
}
