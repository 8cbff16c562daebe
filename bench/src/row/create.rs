//! From nothing to the exit of the first command.

use std::time::Instant;

use async_trait::async_trait;

use super::{Contender, Field, RowError, Timed, milliseconds, take_turns};
use crate::report::{Bound, Row};
use crate::skerry::Skerry;

const EXEC: &str = "skerry create+exec";
const DELETE: &str = "skerry create+exec+delete";

pub(super) async fn measure(field: &Field<'_>) -> Row {
    let mut row = Row::new(
        "create",
        "from nothing to the exit of /bin/true; docker, podman, crun, runc remove too",
        "ms",
    );
    let mut contenders: Vec<Box<dyn Contender>> = Vec::new();
    if let Some(skerry) = field.skerry {
        contenders.push(Box::new(Create { skerry }));
    }
    for peer in field.peers {
        contenders.push(Box::new(Timed {
            name: peer.name().to_owned(),
            stopwatch: field.stopwatch,
            command: || peer.run(),
            unit: milliseconds,
        }));
    }
    take_turns(&mut row, &mut contenders, field.options.n).await;
    row.ratio("docker", EXEC, Bound::AtLeast(30.0));
    row.ratio("podman", EXEC, Bound::AtLeast(10.0));
    row.ratio("crun", EXEC, Bound::AtLeast(1.0));
    row.bound(EXEC, Bound::AtMost(5.0));
    row.ratio("docker", DELETE, Bound::AtLeast(30.0));
    row.ratio("podman", DELETE, Bound::AtLeast(10.0));
    row.ratio("crun", DELETE, Bound::AtLeast(1.0));
    row
}

/// Both spans of one turn: until the exit, and until the sandbox is gone.
struct Create<'a> {
    skerry: &'a Skerry,
}

#[async_trait(?Send)]
impl Contender for Create<'_> {
    fn series(&self) -> Vec<String> {
        vec![EXEC.to_owned(), DELETE.to_owned()]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let started = Instant::now();
        let id = self.skerry.create().await?;
        let ran = self.skerry.exec(&id, &["/bin/true"]).await;
        let exited = started.elapsed();
        self.skerry.delete(&id).await?;
        let deleted = started.elapsed();
        ran?;
        Ok(vec![milliseconds(exited), milliseconds(deleted)])
    }
}
