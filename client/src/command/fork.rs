//! `skerry fork` and `skerry coalesce`.

use clap::Args;
use skerry_client::v1::ForkSandboxRequest;

use super::Context;
use crate::failure::Failure;

/// Make sandboxes whose disks are what a sandbox's disk is now
#[derive(Debug, Args)]
#[command(after_help = "\
Prints their names. A sandbox that runs stands still for the instant and
goes on. Files are copied, processes are not: each fork starts anew, with
the limits, variables and labels of its parent. A volume that was made for
it by --storage is copied as well, volumes of --volume are shared.

Examples:
  skerry fork web                                One, named by its id
  skerry fork web --name try                     One with a name
  skerry fork web -n 3 --name try                Three: try-1, try-2 and try-3
  skerry tree web                                See what came of it
  skerry coalesce web try-2                      Keep the one that is best")]
pub(super) struct Fork {
    /// The parent's name or id
    sandbox: String,
    /// How many
    #[arg(short = 'n', long, value_name = "NUMBER", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(i32).range(1..))]
    count: i32,
    /// The name of one; of several, what -1, -2 and so on come after [default: their ids]
    #[arg(long)]
    name: Option<String>,
}

impl Fork {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("fork {}", self.sandbox);
        let request = ForkSandboxRequest {
            sandbox_id: self.sandbox,
            count: self.count,
            name: self.name.unwrap_or_default(),
            ..ForkSandboxRequest::default()
        };
        let forks = context.call(&what, context.client.fork_sandbox(request)).await?;
        if context.output.is_json() {
            context.output.json_list(&forks)?;
        } else {
            for fork in &forks {
                context.output.line(&fork.name)?;
            }
        }
        Ok(0)
    }
}

/// Remove a sandbox and all that was forked from it, but one
#[derive(Debug, Args)]
#[command(after_help = "\
Prints the name of the one that stays, which has no parent any more.
`skerry tree SANDBOX` shows what goes.

Examples:
  skerry coalesce web try-2                      Keep try-2, remove web and the rest
  skerry coalesce web web                        Keep web, remove its forks
  skerry coalesce web try-2 -o json | jq -r '.deletedIds[]'
                                                 Which are gone")]
pub(super) struct Coalesce {
    /// Name or id of the one whose forks end, and which ends itself
    sandbox: String,
    /// Name or id of the one that stays
    keep: String,
}

impl Coalesce {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("coalesce {} into {}", self.sandbox, self.keep);
        let call = context.client.coalesce_sandboxes(&self.sandbox, &self.keep);
        let left = context.call(&what, call).await?;
        if context.output.is_json() {
            context.output.json(&left)?;
        } else {
            context.output.line(&left.sandbox.unwrap_or_default().name)?;
        }
        Ok(0)
    }
}
