//! A command in a sandbox that runs already.

use std::process::Command;
use std::time::Instant;

use async_trait::async_trait;

use super::{Contender, Field, Live, RowError, Timed, milliseconds, take_turns};
use crate::report::{Bound, Row};
use crate::skerry::Skerry;

const TRUE: &str = "/bin/true";
const UNARY: &str = "skerry Exec";
const STREAM: &str = "skerry ExecStream";
const SPAWN: &str = "posix_spawn";

pub(super) async fn measure(field: &Field<'_>) -> Row {
    let mut row = Row::new("exec", "/bin/true in a live sandbox, start to exit", "ms");
    let program = field.rootfs.program("true");
    let live = Live::start(&mut row, field).await;
    let mut contenders: Vec<Box<dyn Contender>> = Vec::new();
    if let Some((skerry, id)) = &live.sandbox {
        for name in [UNARY, STREAM] {
            contenders.push(Box::new(Exec { skerry, id, name }));
        }
    }
    // std starts it by posix_spawn, which needs no copy of this process.
    contenders.push(Box::new(Timed {
        name: SPAWN.to_owned(),
        stopwatch: field.stopwatch,
        command: || Command::new(&program),
        unit: milliseconds,
    }));
    for peer in &live.peers {
        let id = &live.id;
        contenders.push(Box::new(Timed {
            name: peer.name().to_owned(),
            stopwatch: field.stopwatch,
            command: || peer.exec(id, &[TRUE]).expect("a live sandbox takes execs"),
            unit: milliseconds,
        }));
    }
    take_turns(&mut row, &mut contenders, field.options.n).await;
    drop(contenders);
    live.remove(&mut row).await;
    row.ratio("docker", UNARY, Bound::AtLeast(40.0));
    row.ratio(UNARY, SPAWN, Bound::AtMost(2.5));
    row.ratio("docker", STREAM, Bound::AtLeast(40.0));
    row.ratio(STREAM, SPAWN, Bound::AtMost(2.5));
    row
}

struct Exec<'a> {
    skerry: &'a Skerry,
    id: &'a str,
    name: &'static str,
}

#[async_trait(?Send)]
impl Contender for Exec<'_> {
    fn series(&self) -> Vec<String> {
        vec![self.name.to_owned()]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let started = Instant::now();
        if self.name == UNARY {
            self.skerry.exec(self.id, &[TRUE]).await?;
        } else {
            self.skerry.stream(self.id, &[TRUE], 0).await?;
        }
        Ok(vec![milliseconds(started.elapsed())])
    }
}
