//! A large directory, listed with what is known of each entry.

use std::path::Path;
use std::time::Instant;

use async_trait::async_trait;

use super::{Contender, Field, Live, RowError, Timed, milliseconds, take_turns};
use crate::peer::Peer;
use crate::report::Row;
use crate::skerry::Skerry;

const DIRECTORY: &str = "/workspace/many";

pub(super) async fn measure(field: &Field<'_>) -> Row {
    let entries = field.options.list_entries;
    let title = format!("{entries} entries of a directory, with size, mode, owner and times");
    let mut row = Row::new("list", title, "ms");
    let live = Live::start(&mut row, field).await;
    let make = format!(
        "mkdir -p {DIRECTORY}; i=0; while [ $i -lt {entries} ]; do : >{DIRECTORY}/entry-$i; i=$((i+1)); done"
    );
    let make = ["/bin/sh", "-c", &make];
    let mut contenders: Vec<Box<dyn Contender>> = Vec::new();
    if let Some((skerry, id)) = &live.sandbox {
        match skerry.exec(id, &make).await {
            Ok(()) => contenders.push(Box::new(List { skerry, id, entries: entries as usize })),
            Err(error) => row.leave_out("skerry ListFiles", error),
        }
    }
    // Only those with a writable root take files.
    let writable = |peer: &&&dyn Peer| peer.copy_in(&live.id, Path::new("/"), DIRECTORY).is_some();
    for peer in live.peers.iter().filter(writable) {
        let id = &live.id;
        let made = field.stopwatch.run(&mut peer.exec(id, &make).expect("it is live"));
        if let Err(error) = made {
            row.leave_out(peer.name(), error);
            continue;
        }
        contenders.push(Box::new(Timed {
            name: format!("{} exec ls -l", peer.name()),
            stopwatch: field.stopwatch,
            command: || {
                peer.exec(id, &["/bin/ls", "-l", DIRECTORY]).expect("a live sandbox takes execs")
            },
            unit: milliseconds,
        }));
    }
    take_turns(&mut row, &mut contenders, field.options.file_n).await;
    drop(contenders);
    live.remove(&mut row).await;
    row
}

struct List<'a> {
    skerry: &'a Skerry,
    id: &'a str,
    entries: usize,
}

#[async_trait(?Send)]
impl Contender for List<'_> {
    fn series(&self) -> Vec<String> {
        vec!["skerry ListFiles".to_owned()]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let started = Instant::now();
        let listed = self.skerry.list(self.id, DIRECTORY).await?;
        let took = started.elapsed();
        if listed != self.entries {
            return Err(RowError::Copy(format!("{listed} entries were listed")));
        }
        Ok(vec![milliseconds(took)])
    }
}
