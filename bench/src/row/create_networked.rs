//! What a network adds to a create: daemons with and without one take turns.

use std::time::Instant;

use async_trait::async_trait;
use skerry_client::v1::{EgressMode, NetworkPolicy};

use super::{Contender, Field, RowError, milliseconds, take_turns};
use crate::report::{Bound, Row};
use crate::skerry::{Skerry, SkerryError};

const WITHOUT: &str = "skerry, without";
const DENY: &str = "skerry, deny";
const OPEN: &str = "skerry, open";
const ALLOWLIST: &str = "skerry, allowlist";
const ADDED: &str = "skerry, open, beyond without";
const FIRST_WITHOUT: &str = "first of a daemon, without";
const FIRST_WITH: &str = "first of a daemon, with one";
const FIRST_ADDED: &str = "the first, beyond without";
/// Milliseconds that a network may add.
const MOST_ADDED: f64 = 1.0;
/// To the first create of a daemon.
const MOST_ADDED_FIRST: f64 = 3.0;

pub(super) async fn measure(field: &Field<'_>) -> Row {
    let mut row =
        Row::new("create_networked", "a create, answered: with a network and without", "ms");
    let Some(skerry) = field.skerry else { return row };
    let dir = field.dir.join("networked");
    let started = match std::fs::create_dir(&dir) {
        Ok(()) => Skerry::start_networked(field.options, &dir, field.rootfs, "networked").await,
        Err(error) => return skipped(row, error),
    };
    let networked = match started {
        Ok(networked) => networked,
        Err(error) => return skipped(row, error),
    };
    let policy = |mode: EgressMode| NetworkPolicy { mode: mode.into(), ..NetworkPolicy::default() };
    let listed = NetworkPolicy {
        hosts: vec!["example.com".to_owned(), "*.example.org".to_owned()],
        cidrs: vec!["203.0.113.0/24".to_owned()],
        ports: vec![443],
        ..policy(EgressMode::Allowlist)
    };
    let mut contenders: Vec<Box<dyn Contender>> = vec![
        Box::new(Create { name: WITHOUT, skerry, policy: None }),
        Box::new(Create { name: DENY, skerry: &networked, policy: Some(policy(EgressMode::Deny)) }),
        Box::new(Create { name: OPEN, skerry: &networked, policy: Some(policy(EgressMode::Open)) }),
        Box::new(Create { name: ALLOWLIST, skerry: &networked, policy: Some(listed) }),
    ];
    take_turns(&mut row, &mut contenders, field.options.n).await;
    drop(contenders);
    if let Err(error) = networked.stop().await {
        return skipped(row, error);
    }
    measure_first(&mut row, field).await;
    added(&mut row, ADDED, (OPEN, WITHOUT), MOST_ADDED);
    added(&mut row, FIRST_ADDED, (FIRST_WITH, FIRST_WITHOUT), MOST_ADDED_FIRST);
    row
}

/// After the others: there is one network on a host.
async fn measure_first(row: &mut Row, field: &Field<'_>) {
    let mut firsts: Vec<Box<dyn Contender>> = vec![
        Box::new(First { name: FIRST_WITHOUT, network: "off", field }),
        Box::new(First { name: FIRST_WITH, network: "on", field }),
    ];
    take_turns(row, &mut firsts, field.options.file_n).await;
}

/// What one series has beyond another.
fn added(row: &mut Row, name: &'static str, (with, without): (&str, &str), most: f64) {
    if let Some((with, without)) = row.median(with).zip(row.median(without)) {
        row.add(name, vec![with - without]);
        row.bound(name, Bound::AtMost(most));
    }
}

fn skipped(mut row: Row, reason: impl ToString) -> Row {
    row.leave_out("skerry", reason);
    row
}

struct Create<'a> {
    name: &'static str,
    skerry: &'a Skerry,
    policy: Option<NetworkPolicy>,
}

#[async_trait(?Send)]
impl Contender for Create<'_> {
    fn series(&self) -> Vec<String> {
        vec![self.name.to_owned()]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let started = Instant::now();
        let id = match &self.policy {
            None => self.skerry.create().await?,
            Some(policy) => self.skerry.create_with(policy.clone()).await?,
        };
        let answered = started.elapsed();
        self.skerry.delete(&id).await?;
        Ok(vec![milliseconds(answered)])
    }
}

/// The first create of a daemon of its own.
struct First<'a> {
    name: &'static str,
    network: &'static str,
    field: &'a Field<'a>,
}

#[async_trait(?Send)]
impl Contender for First<'_> {
    fn series(&self) -> Vec<String> {
        vec![self.name.to_owned()]
    }

    async fn turn(&mut self) -> Result<Vec<f64>, RowError> {
        let dir = self.field.dir.join(format!("first-{}", self.network));
        std::fs::create_dir_all(&dir).map_err(SkerryError::File)?;
        let took = Skerry::first_create(self.field.options, &dir, self.network).await?;
        Ok(vec![milliseconds(took)])
    }
}
