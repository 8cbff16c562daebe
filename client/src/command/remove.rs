//! `skerry rm`.

use std::collections::BTreeMap;
use std::io::{self, BufRead, IsTerminal, Write};

use clap::Args;
use futures::stream::{self, StreamExt};

use super::Context;
use crate::failure::Failure;

/// Deletes under way at once: more only wait for the same disk.
const AT_ONCE: usize = 16;

/// Remove sandboxes, whatever their state
///
/// Their processes end and their disks go. One that is not there is no error.
#[derive(Debug, Args)]
#[command(
    visible_alias = "delete",
    after_help = "\
Examples:
  skerry rm web                                  One
  skerry rm web db sbx_01h2x…                    Several, by name or id
  skerry rm --all                                All, after a question
  skerry rm --all --yes                          All, without a question"
)]
pub(super) struct Rm {
    /// Names or ids
    #[arg(value_name = "SANDBOX", required_unless_present = "all", conflicts_with = "all")]
    sandboxes: Vec<String>,
    /// All of them
    #[arg(short, long)]
    all: bool,
    /// Don't ask
    #[arg(short, long)]
    yes: bool,
}

impl Rm {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let names = if self.all { all(context, self.yes).await? } else { self.sandboxes };
        let deletes = names.iter().map(|name| {
            let what = format!("remove {name}");
            async move { (name, context.call(&what, context.client.delete_sandbox(name)).await) }
        });
        let mut deletes = stream::iter(deletes).buffered(AT_ONCE);
        let mut removed = Vec::new();
        let mut first_failure = None;
        while let Some((name, deleted)) = deletes.next().await {
            match deleted {
                Ok(()) if context.output.is_json() => removed.push(name),
                Ok(()) => context.output.line(name)?,
                // The others go all the same; each failure is told.
                Err(failure) => {
                    if let Some(earlier) = first_failure.replace(failure) {
                        Failure::say(&earlier);
                    }
                }
            }
        }
        if context.output.is_json() {
            context.output.text(&format!("{}\n", serde_json::json!(removed)))?;
        }
        first_failure.map_or(Ok(0), Err)
    }
}

/// The names of all sandboxes, once it is certain that they are meant.
async fn all(context: &Context, yes: bool) -> Result<Vec<String>, Failure> {
    let list = context.client.list_sandboxes(BTreeMap::new());
    let sandboxes = context.call("list sandboxes", list).await?;
    if !yes && !sandboxes.is_empty() {
        confirm(sandboxes.len())?;
    }
    Ok(sandboxes.into_iter().map(|sandbox| sandbox.name).collect())
}

fn confirm(count: usize) -> Result<(), Failure> {
    let what = match count {
        1 => "remove the one sandbox".to_owned(),
        _ => format!("remove all {count} sandboxes"),
    };
    if !io::stdin().is_terminal() {
        return Err(Failure::new(&what, "nobody is there to ask", "give --yes if you mean it"));
    }
    let mut stderr = io::stderr();
    // Where the question can't be seen, no answer is a no.
    write!(stderr, "{what}? [y/N] ").and_then(|()| stderr.flush()).ok();
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" if read.is_ok() => Ok(()),
        _ => Err(Failure::new(&what, "not confirmed", "answer y, or give --yes")),
    }
}
