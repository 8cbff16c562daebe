//! Many creates at once.

use std::process::Command;
use std::time::Instant;

use async_trait::async_trait;

use super::{Contender, Field, RowError, take_turns};
use crate::command::Stopwatch;
use crate::peer::Peer;
use crate::report::{Bound, Row};
use crate::skerry::{Skerry, SkerryError};

const SKERRY: &str = "skerry";

pub(super) async fn measure(field: &Field<'_>) -> Row {
    let count = field.options.burst;
    let title = format!("{count} creates at once, until the last one runs");
    let mut row = Row::new("burst", title, "sandboxes/s");
    let mut contenders: Vec<Box<dyn Contender>> = Vec::new();
    if let Some(skerry) = field.skerry {
        contenders.push(Box::new(Burst { skerry, count }));
    }
    for peer in field.peers {
        let ids: Vec<String> =
            (0..count).map(|number| format!("{}-burst-{number}", field.prefix)).collect();
        if peer.start(&ids[0]).is_none() {
            row.leave_out(peer.name(), "has no sandbox that stays");
            continue;
        }
        contenders.push(Box::new(PeerBurst { peer: &**peer, stopwatch: field.stopwatch, ids }));
    }
    take_turns(&mut row, &mut contenders, field.options.burst_rounds).await;
    row.bound(SKERRY, Bound::AtLeast(150.0));
    row
}

struct Burst<'a> {
    skerry: &'a Skerry,
    count: u32,
}

#[async_trait(?Send)]
impl Contender for Burst<'_> {
    fn series(&self) -> Vec<String> {
        vec![SKERRY.to_owned()]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        // The peers' turns keep this thread for longer than the daemon waits
        // for an answer to its pings: the connection may have to be made anew.
        let _ = self.skerry.version().await;
        let started = Instant::now();
        let made = self.skerry.create_at_once(self.count).await;
        let took = started.elapsed();
        let mut failure: Option<SkerryError> = None;
        for outcome in made {
            match outcome {
                Ok(id) => self.skerry.delete(&id).await?,
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        match failure {
            Some(error) => Err(error.into()),
            None => Ok(vec![f64::from(self.count) / took.as_secs_f64()]),
        }
    }
}

struct PeerBurst<'a> {
    peer: &'a dyn Peer,
    stopwatch: &'a Stopwatch,
    ids: Vec<String>,
}

#[async_trait(?Send)]
impl Contender for PeerBurst<'_> {
    fn series(&self) -> Vec<String> {
        vec![self.peer.name().to_owned()]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let start = |id: &String| self.peer.start(id);
        let mut commands: Vec<Command> = self.ids.iter().filter_map(start).collect();
        let made = self.stopwatch.together(&mut commands);
        for mut remove in self.ids.iter().filter_map(|id| self.peer.remove(id)) {
            let removed = self.stopwatch.run(&mut remove);
            if made.is_ok() {
                removed?;
            }
        }
        Ok(vec![self.ids.len() as f64 / made?.as_secs_f64()])
    }
}
