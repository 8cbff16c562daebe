//! Options that say what a new sandbox runs by itself, and how commands run.

use clap::Args;
use skerry_client::v1::{CreateSandboxRequest, MainProcess};

/// What a new sandbox runs by itself.
#[derive(Debug, Args)]
#[command(next_help_heading = "Main process options")]
pub(super) struct MainOptions {
    /// Run the image's own command at each start; `skerry logs` shows what it writes
    #[arg(long)]
    main: bool,
    /// The program to run at each start, in the place of the image's entrypoint
    #[arg(long, value_name = "PROGRAM")]
    entrypoint: Option<String>,
    /// What a stop sends the main process: a name or number [default: the image's, or TERM]
    #[arg(long, value_name = "SIGNAL")]
    stop_signal: Option<String>,
    /// The user of it and of commands that name none [default: the image's]
    #[arg(short, long, value_name = "USER[:GROUP]")]
    user: Option<String>,
    /// The directory of it and of commands that name none [default: the image's]
    #[arg(short = 'w', long, value_name = "DIR")]
    cwd: Option<String>,
    /// Run this command at each start, in the place of the image's
    #[arg(last = true, value_name = "CMD")]
    command: Vec<String>,
}

impl MainOptions {
    /// Asks for it.
    pub(super) fn ask(self, request: &mut CreateSandboxRequest) {
        request.user = self.user.unwrap_or_default();
        request.cwd = self.cwd.unwrap_or_default();
        let wanted = self.main
            || self.entrypoint.is_some()
            || self.stop_signal.is_some()
            || !self.command.is_empty();
        request.main = wanted.then(|| MainProcess {
            entrypoint: self.entrypoint.into_iter().collect(),
            command: self.command,
            stop_signal: self.stop_signal.unwrap_or_default(),
            ..MainProcess::default()
        });
    }
}
