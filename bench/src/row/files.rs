//! A large file into a sandbox and out of it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use async_trait::async_trait;

use super::{Contender, Field, Live, RowError, take_turns};
use crate::command::Stopwatch;
use crate::peer::Peer;
use crate::report::{Bound, Row};
use crate::skerry::Skerry;

const INSIDE: &str = "/workspace/file";
const BLOCK: usize = 1 << 20;

pub(super) async fn measure(field: &Field<'_>) -> Row {
    let mib = field.options.file_mib;
    let title = format!("a file of {mib} MiB from the host's disk to the sandbox's, and back");
    let mut row = Row::new("files", title, "MiB/s");
    let file = field.dir.join("file");
    if let Err(source) = fill(&file, mib) {
        row.leave_out("all", source);
        return row;
    }
    let live = Live::start(&mut row, field).await;
    let back = field.dir.join("back");
    let files = Files { file: &file, back: &back, mib };
    let mut contenders: Vec<Box<dyn Contender>> = Vec::new();
    if let Some((skerry, id)) = &live.sandbox {
        contenders.push(Box::new(Ours { skerry, id, files }));
    }
    for peer in live.peers.iter().filter(|peer| peer.copy_in(&live.id, &file, INSIDE).is_some()) {
        let (id, stopwatch) = (&live.id, field.stopwatch);
        contenders.push(Box::new(Theirs { peer: *peer, id, stopwatch, files }));
    }
    take_turns(&mut row, &mut contenders, field.options.file_n).await;
    drop(contenders);
    live.remove(&mut row).await;
    row.ratio("skerry write", "docker write", Bound::AtLeast(1.0));
    row.ratio("skerry read", "docker read", Bound::AtLeast(1.0));
    row
}

/// The host's side.
#[derive(Clone, Copy)]
struct Files<'a> {
    file: &'a Path,
    back: &'a PathBuf,
    mib: u32,
}

impl Files<'_> {
    fn rate(&self, time: Duration) -> f64 {
        f64::from(self.mib) / time.as_secs_f64()
    }

    /// What came back is whole, and gone after.
    fn take_back(&self) -> Result<(), RowError> {
        let length = fs::metadata(self.back).and_then(|back| {
            fs::remove_file(self.back)?;
            Ok(back.len())
        });
        match length {
            Ok(length) if length == u64::from(self.mib) << 20 => Ok(()),
            Ok(length) => Err(RowError::Copy(format!("{length} bytes came back"))),
            Err(error) => Err(RowError::Copy(error.to_string())),
        }
    }
}

fn fill(path: &Path, mib: u32) -> io::Result<()> {
    let mut file = File::create(path)?;
    let block = [0x5a; BLOCK];
    for _ in 0..mib {
        file.write_all(&block)?;
    }
    file.sync_all()
}

struct Ours<'a> {
    skerry: &'a Skerry,
    id: &'a str,
    files: Files<'a>,
}

#[async_trait(?Send)]
impl Contender for Ours<'_> {
    fn series(&self) -> Vec<String> {
        vec!["skerry write".to_owned(), "skerry read".to_owned()]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let started = Instant::now();
        self.skerry.write(self.id, self.files.file, INSIDE).await?;
        let written = started.elapsed();
        let started = Instant::now();
        self.skerry.read(self.id, INSIDE, self.files.back).await?;
        let read = started.elapsed();
        self.files.take_back()?;
        self.skerry.remove(self.id, INSIDE).await?;
        Ok(vec![self.files.rate(written), self.files.rate(read)])
    }
}

struct Theirs<'a> {
    peer: &'a dyn Peer,
    id: &'a str,
    stopwatch: &'a Stopwatch,
    files: Files<'a>,
}

#[async_trait(?Send)]
impl Contender for Theirs<'_> {
    fn series(&self) -> Vec<String> {
        ["write", "read"].map(|way| format!("{} {way}", self.peer.name())).to_vec()
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let copies = "who was asked before";
        let mut copy_in = self.peer.copy_in(self.id, self.files.file, INSIDE).expect(copies);
        let written = self.stopwatch.run(&mut copy_in)?;
        let mut copy_out = self.peer.copy_out(self.id, INSIDE, self.files.back).expect(copies);
        let read = self.stopwatch.run(&mut copy_out)?;
        self.files.take_back()?;
        let remove = ["/bin/rm", INSIDE];
        self.stopwatch.run(&mut self.peer.exec(self.id, &remove).expect("it is live"))?;
        Ok(vec![self.files.rate(written), self.files.rate(read)])
    }
}
