//! From a sandbox with much in it to the first command of one like it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use async_trait::async_trait;

use super::{Contender, Field, Live, RowError, milliseconds, take_turns};
use crate::command::Stopwatch;
use crate::peer::Peer;
use crate::report::{Bound, Row};
use crate::skerry::Skerry;

const ONE: &str = "skerry fork+exec";
const HUNDRED: &str = "skerry fork 100";
const DIRECTORY: &str = "/workspace/data";
/// The image that an engine commits to; it is removed after each turn.
const IMAGE: &str = "skerry-bench-fork";
/// What the kernel counts sectors in.
const SECTOR: u64 = 512;

pub(super) async fn measure(field: &Field<'_>) -> Row {
    let mib = field.options.fork_mib;
    let title = format!("a copy of a sandbox with {mib} MiB of files, to the exit of /bin/true");
    let mut row = Row::new("fork", title, "ms");
    let live = Live::start(&mut row, field).await;
    let copied = field.dir.join("fork-source");
    let fill = format!(
        "mkdir -p {DIRECTORY}; i=0; while [ $i -lt {mib} ]; do \
         dd if=/dev/urandom of={DIRECTORY}/f$i bs=1M count=1 2>/dev/null || exit 1; i=$((i+1)); \
         done; sync"
    );
    let fill = ["/bin/sh", "-c", &fill];
    let mut contenders: Vec<Box<dyn Contender>> = Vec::new();
    if let Some((skerry, id)) = &live.sandbox {
        match skerry.exec(id, &fill).await {
            Ok(()) => contenders.push(Box::new(Fork { skerry, id })),
            Err(error) => row.leave_out(ONE, error),
        }
    }
    match fill_here(&copied, mib) {
        Ok(()) => contenders.push(Box::new(Copy { from: &copied, stopwatch: field.stopwatch })),
        Err(error) => row.leave_out("cp -a --reflink=auto", error),
    }
    for peer in live.peers.iter().filter(|peer| peer.commit(&live.id, IMAGE).is_some()) {
        match field.stopwatch.run(&mut peer.exec(&live.id, &fill).expect("it is live")) {
            Ok(_) => contenders.push(Box::new(Commit {
                peer: *peer,
                id: &live.id,
                stopwatch: field.stopwatch,
            })),
            Err(error) => row.leave_out(peer.name(), error),
        }
    }
    take_turns(&mut row, &mut contenders, field.options.file_n).await;
    drop(contenders);
    live.remove(&mut row).await;
    // The run's directory is removed as well.
    let _ = std::fs::remove_dir_all(&copied);
    row.bound(ONE, Bound::AtMost(15.0));
    row.bound(HUNDRED, Bound::AtMost(1000.0));
    row
}

fn fill_here(directory: &Path, mib: u32) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)?;
    for number in 0..mib {
        let mut random = std::fs::File::open("/dev/urandom")?;
        let mut file = std::fs::File::create(directory.join(format!("f{number}")))?;
        std::io::copy(&mut std::io::Read::take(&mut random, 1 << 20), &mut file)?;
    }
    Ok(())
}

/// MiB that all disks have written since the machine started; what a loop
/// device writes, its disk writes.
fn written() -> Result<f64, RowError> {
    const PATH: &str = "/proc/diskstats";
    rustix::fs::sync();
    let wrong = |reason: String| RowError::Machine { path: PATH, reason };
    let text = std::fs::read_to_string(PATH).map_err(|error| wrong(error.to_string()))?;
    let of_line = |line: &str| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let plain = !fields.get(2)?.starts_with("loop");
        fields.get(9)?.parse::<u64>().ok().filter(|_| plain)
    };
    let sectors: u64 = text.lines().filter_map(of_line).sum();
    Ok((sectors * SECTOR) as f64 / f64::from(1 << 20))
}

/// One fork with a command, then a hundred; what they write is said.
struct Fork<'a> {
    skerry: &'a Skerry,
    id: &'a str,
}

#[async_trait(?Send)]
impl Contender for Fork<'_> {
    fn series(&self) -> Vec<String> {
        [ONE, HUNDRED, "skerry fork 100, MiB written"].map(str::to_owned).to_vec()
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        // While an engine commits, this one thread answers no pings: the
        // connection may have to be made anew.
        let _ = self.skerry.version().await;
        let started = Instant::now();
        let fork = self.skerry.fork(self.id, 1).await?;
        self.skerry.exec(&fork[0], &["/bin/true"]).await?;
        let one = started.elapsed();
        self.skerry.delete(&fork[0]).await?;
        let before = written()?;
        let started = Instant::now();
        let forks = self.skerry.fork(self.id, 100).await?;
        let hundred = started.elapsed();
        let mib = written()? - before;
        for fork in forks {
            self.skerry.delete(&fork).await?;
        }
        Ok(vec![milliseconds(one), milliseconds(hundred), mib])
    }
}

/// A copy of as many files on the host's own disk: no sandbox, no command.
struct Copy<'a> {
    from: &'a Path,
    stopwatch: &'a Stopwatch,
}

#[async_trait(?Send)]
impl Contender for Copy<'_> {
    fn series(&self) -> Vec<String> {
        ["cp -a --reflink=auto", "cp, MiB written"].map(str::to_owned).to_vec()
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let to: PathBuf = self.from.with_extension("copy");
        let before = written()?;
        let mut copy = Command::new("cp");
        copy.args(["-a", "--reflink=auto", "--"]).arg(self.from).arg(&to);
        let took = self.stopwatch.run(&mut copy)?;
        let mib = written()? - before;
        self.stopwatch.run(Command::new("rm").arg("-rf").arg("--").arg(&to))?;
        Ok(vec![milliseconds(took), mib])
    }
}

/// An engine's own way: an image of the container, and a run of that.
struct Commit<'a> {
    peer: &'a dyn Peer,
    id: &'a str,
    stopwatch: &'a Stopwatch,
}

#[async_trait(?Send)]
impl Contender for Commit<'_> {
    fn series(&self) -> Vec<String> {
        let name = self.peer.name();
        vec![format!("{name} commit+run"), format!("{name}, MiB written")]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let before = written()?;
        let mut took = std::time::Duration::ZERO;
        let commands = [self.peer.commit(self.id, IMAGE), self.peer.run_image(IMAGE)];
        for mut command in commands.into_iter().flatten() {
            took += self.stopwatch.run(&mut command)?;
        }
        let mib = written()? - before;
        if let Some(mut remove) = self.peer.remove_image(IMAGE) {
            self.stopwatch.run(&mut remove)?;
        }
        Ok(vec![milliseconds(took), mib])
    }
}
