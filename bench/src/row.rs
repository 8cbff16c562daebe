//! The rows, and how the programs of one row take turns.

mod burst;
mod create;
mod create_networked;
mod echo;
mod exec;
mod files;
mod fork;
mod list;
mod memory;
mod proxy;
mod rest;
mod sdk;
mod stream;
mod wake;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

use crate::command::{CommandError, Stopwatch};
use crate::options::{Options, RowName};
use crate::peer::Peer;
use crate::report::{Row, Series, Skipped};
use crate::rootfs::RootFs;
use crate::skerry::{Skerry, SkerryError};
use crate::stats::Summary;

/// Turns before the ones that count: they fill caches and open connections.
const WARM_UP: u32 = 3;

/// A measurement came to nothing.
#[derive(Debug, Error)]
pub(crate) enum RowError {
    /// A peer's program failed.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// Skerry failed.
    #[error(transparent)]
    Skerry(#[from] SkerryError),
    /// Something came that is not what was sent.
    #[error("what came back is wrong: {0}")]
    Copy(String),
    /// A program that keeps running did not answer.
    #[error("it does not answer: {0}")]
    Answer(String),
    /// The machine's figures can't be read.
    #[error("can't read {path}: {reason}")]
    Machine {
        /// The file.
        path: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// Everything that a row measures with.
pub(crate) struct Field<'a> {
    /// What was asked for.
    pub(crate) options: &'a Options,
    /// The peers that are ready.
    pub(crate) peers: &'a [Box<dyn Peer>],
    /// Skerry, where it takes part.
    pub(crate) skerry: Option<&'a Skerry>,
    /// The root file system of all.
    pub(crate) rootfs: &'a RootFs,
    /// The run's directory.
    pub(crate) dir: &'a Path,
    /// Runs the peers' commands.
    pub(crate) stopwatch: &'a Stopwatch,
    /// What the ids of the run's sandboxes begin with.
    pub(crate) prefix: &'a str,
}

/// Measures one row. What fails in it is named in it.
pub(crate) async fn measure(row: RowName, field: &Field<'_>) -> Row {
    match row {
        RowName::Create => create::measure(field).await,
        RowName::CreateNetworked => create_networked::measure(field).await,
        RowName::Exec => exec::measure(field).await,
        RowName::Echo => echo::measure(field).await,
        RowName::Files => files::measure(field).await,
        RowName::Fork => fork::measure(field).await,
        RowName::List => list::measure(field).await,
        RowName::Stream => stream::measure(field).await,
        RowName::Memory => memory::measure(field).await,
        RowName::Proxy => proxy::measure(field).await,
        RowName::Rest => rest::measure(field).await,
        RowName::Sdk => sdk::measure(field).await,
        RowName::Wake => wake::measure(field).await,
        RowName::Burst => burst::measure(field).await,
    }
}

impl Row {
    fn new(name: &'static str, title: impl Into<String>, unit: &'static str) -> Self {
        Self {
            name,
            title: title.into(),
            unit,
            series: Vec::new(),
            targets: Vec::new(),
            skipped: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn leave_out(&mut self, name: &str, reason: impl ToString) {
        self.skipped.push(Skipped { name: name.to_owned(), reason: reason.to_string() });
    }

    fn add(&mut self, name: &str, values: Vec<f64>) {
        if let Some(summary) = Summary::of(&values) {
            self.series.push(Series { name: name.to_owned(), summary, values });
        }
    }
}

/// Something that is measured in turns with others.
#[async_trait(?Send)]
trait Contender {
    /// Names of its series: one for each figure of a turn.
    fn series(&self) -> Vec<String>;

    /// Takes one turn and answers with its figures.
    async fn turn(&mut self) -> Result<Vec<f64>, RowError>;
}

/// Lets all contenders take `n` turns, one after the other in each round, so
/// that what else happens on the machine hits all alike. Each round begins
/// with the next one. Who fails is out.
async fn take_turns(row: &mut Row, contenders: &mut [Box<dyn Contender + '_>], n: u32) {
    let mut values: Vec<Result<Vec<Vec<f64>>, RowError>> =
        contenders.iter().map(|_| Ok(Vec::new())).collect();
    let count = contenders.len();
    for round in 0..n + WARM_UP {
        for place in 0..count {
            let at = (place + round as usize) % count;
            let Ok(kept) = &mut values[at] else { continue };
            match contenders[at].turn().await {
                Ok(figures) if round >= WARM_UP => kept.push(figures),
                Ok(_) => {}
                Err(error) => values[at] = Err(error),
            }
        }
    }
    for (contender, turns) in contenders.iter().zip(values) {
        for (at, name) in contender.series().iter().enumerate() {
            match &turns {
                Ok(turns) => row.add(name, turns.iter().map(|turn| turn[at]).collect()),
                Err(error) => row.leave_out(name, error),
            }
        }
    }
}

/// A peer's command, timed from its start to its end.
struct Timed<'a, F> {
    name: String,
    stopwatch: &'a Stopwatch,
    command: F,
    unit: fn(Duration) -> f64,
}

#[async_trait(?Send)]
impl<F: Fn() -> Command> Contender for Timed<'_, F> {
    fn series(&self) -> Vec<String> {
        vec![self.name.clone()]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let took = self.stopwatch.run(&mut (self.command)())?;
        Ok(vec![(self.unit)(took)])
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// One idle sandbox of each program that can have one.
struct Live<'a> {
    sandbox: Option<(&'a Skerry, String)>,
    peers: Vec<&'a dyn Peer>,
    id: String,
    stopwatch: &'a Stopwatch,
}

impl<'a> Live<'a> {
    /// Starts them; who can't have one, and why, goes into the row.
    async fn start(row: &mut Row, field: &'a Field<'_>) -> Self {
        Self::start_of(row, field, |_| true).await
    }

    /// The same of those peers alone that `take_part`.
    async fn start_of(
        row: &mut Row,
        field: &'a Field<'_>,
        take_part: impl Fn(&dyn Peer) -> bool,
    ) -> Self {
        let id = format!("{}-live", field.prefix);
        let mut peers: Vec<&dyn Peer> = Vec::new();
        for peer in field.peers.iter().filter(|peer| take_part(&***peer)) {
            match peer.start(&id).map(|mut start| field.stopwatch.run(&mut start)) {
                None => row.leave_out(peer.name(), "has no sandbox that stays"),
                Some(Err(error)) => row.leave_out(peer.name(), error),
                Some(Ok(_)) => peers.push(&**peer),
            }
        }
        let mut sandbox = None;
        if let Some(skerry) = field.skerry {
            match skerry.create().await {
                Ok(id) => sandbox = Some((skerry, id)),
                Err(error) => row.leave_out("skerry", error),
            }
        }
        let stopwatch = field.stopwatch;
        Self { sandbox, peers, id, stopwatch }
    }

    /// Removes them all.
    async fn remove(self, row: &mut Row) {
        if let Some((skerry, id)) = self.sandbox
            && let Err(error) = skerry.delete(&id).await
        {
            row.leave_out("skerry", error);
        }
        for peer in self.peers {
            if let Some(mut remove) = peer.remove(&self.id)
                && let Err(error) = self.stopwatch.run(&mut remove)
            {
                row.leave_out(peer.name(), error);
            }
        }
    }
}
