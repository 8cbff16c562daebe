//! `skerry cp`: files and directories in and out of a sandbox.

mod download;
mod place;
mod upload;

use clap::Args;

use super::Context;
use crate::failure::Failure;
use place::Place;

/// Copy files and directories into a sandbox, or out of it
#[derive(Debug, Args)]
#[command(after_help = "\
One of the two is SANDBOX:PATH; a relative PATH is below /workspace. What is
copied into a directory that is there keeps its name. `-` is a tar archive on
stdin or stdout. A copy is there as a whole or not at all; in the sandbox it
belongs to root.

Examples:
  skerry cp ./site web:                          A directory to /workspace/site
  skerry cp app.py web:/srv/main.py              A file, by another name
  skerry cp web:/var/log ./logs                  A directory out of it
  tar c src | skerry cp - web:/build             From another program
  skerry cp web:/build - | tar t                 To another program")]
pub(super) struct Cp {
    /// What to copy: a path, SANDBOX:PATH, or `-`
    #[arg(value_name = "FROM")]
    from: Place,
    /// Where to: a path, SANDBOX:PATH, or `-`
    #[arg(value_name = "TO")]
    to: Place,
}

impl Cp {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("copy {} to {}", self.from, self.to);
        match (self.from, self.to) {
            (Place::Sandbox { sandbox, path }, Place::Here(to)) => {
                download::to_disk(context, &what, &sandbox, &path, &to).await?;
            }
            (Place::Sandbox { sandbox, path }, Place::Stream) => {
                download::to_stdout(context, &what, &sandbox, &path).await?;
            }
            (Place::Here(from), Place::Sandbox { sandbox, path }) => {
                upload::from_disk(context, &what, &from, &sandbox, &path).await?;
            }
            (Place::Stream, Place::Sandbox { sandbox, path }) => {
                upload::from_stdin(context, &what, &sandbox, &path).await?;
            }
            (Place::Sandbox { .. }, Place::Sandbox { .. }) => {
                let why = "both are in a sandbox";
                let next = "copy it here first, or use `skerry exec SANDBOX -- cp` within one";
                return Err(Failure::new(&what, why, next));
            }
            _ => {
                let why = "neither is in a sandbox";
                return Err(Failure::new(&what, why, "give one of them as SANDBOX:PATH"));
            }
        }
        Ok(0)
    }
}
