//! A command with input: a terminal or a pipe on our side, its streams on the
//! sandbox's.

use std::io;
use std::os::fd::AsFd;

use bytes::Bytes;
use clap::Args;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use skerry_client::v1::{ExecResult, TerminalSize};
use skerry_client::{Interaction, StdinSender};
use std::cell::OnceCell;
use tokio::io::AsyncReadExt;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::stream::{self, StreamError, carry};
use super::{Context, out_of_resources};
use crate::failure::Failure;
use crate::output::RawOutput;

/// Read from our input at once.
const READ_SIZE: usize = 64 << 10;
/// Ctrl-P Ctrl-Q leave a command on a terminal running.
const DETACH: [u8; 2] = [0x10, 0x11];

/// How input gets to a command.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct InputOptions {
    /// Send our input to it
    #[arg(short, long)]
    interactive: bool,
    /// Run it on a terminal; with ours that is -it, which Ctrl-P Ctrl-Q leave
    #[arg(short, long)]
    tty: bool,
}

impl InputOptions {
    pub(super) fn wants_input(self) -> bool {
        self.interactive || self.tty
    }

    /// The terminal that the command is to have.
    pub(super) fn terminal(self) -> Option<TerminalSize> {
        self.tty.then(|| our_size().unwrap_or(TerminalSize { rows: 24, columns: 80 }))
    }
}

/// How an interaction was over.
pub(super) enum End {
    /// The command ended.
    Exited(ExecResult),
    /// Its user left it running.
    Detached,
}

fn our_size() -> Option<TerminalSize> {
    let size = tcgetwinsize(io::stdin()).ok()?;
    (size.ws_row > 0 && size.ws_col > 0)
        .then(|| TerminalSize { rows: size.ws_row.into(), columns: size.ws_col.into() })
}

/// Carries both directions until the command ends or is left.
pub(super) async fn interact(
    interaction: Interaction,
    options: InputOptions,
    output: RawOutput,
    started: &OnceCell<String>,
) -> Result<End, StreamError> {
    let raw = match options.tty {
        true => RawMode::enter().map_err(StreamError::Output)?,
        false => None,
    };
    let resized = signal(SignalKind::window_change()).map_err(StreamError::Output)?;
    let Interaction { output: events, input } = interaction;
    let feeding = async {
        if !options.interactive {
            return std::future::pending().await;
        }
        feed(&input, raw.is_some()).await
    };
    tokio::select! {
        result = carry(events, output, started) => result.map(End::Exited),
        () = feeding => Ok(End::Detached),
        never = follow_size(&input, resized) => never,
    }
}

/// Sends our input; returns when its user leaves, else never.
async fn feed(input: &StdinSender, on_terminal: bool) {
    let mut stdin = tokio::io::stdin();
    let mut buffer = vec![0; READ_SIZE];
    let mut last = 0;
    loop {
        let length = stdin.read(&mut buffer).await.unwrap_or(0);
        if length == 0 {
            input.end().await;
            return std::future::pending().await;
        }
        let data = &buffer[..length];
        let leaves = data.windows(2).any(|pair| pair == DETACH)
            || (last == DETACH[0] && data[0] == DETACH[1]);
        if on_terminal && leaves {
            return;
        }
        last = data[length - 1];
        if !input.write(Bytes::copy_from_slice(data)).await {
            // It has ended; its result is on the way.
            return std::future::pending().await;
        }
    }
}

async fn follow_size<T>(input: &StdinSender, mut resized: Signal) -> T {
    loop {
        resized.recv().await;
        if let Some(size) = our_size() {
            let side = |value: u32| u16::try_from(value).unwrap_or(u16::MAX);
            input.resize(side(size.rows), side(size.columns)).await;
        }
    }
}

/// Our terminal hands every key on; set back when this is dropped.
struct RawMode(Termios);

impl RawMode {
    /// `None` where our input is no terminal.
    fn enter() -> io::Result<Option<Self>> {
        let stdin = io::stdin();
        let Ok(before) = tcgetattr(stdin.as_fd()) else { return Ok(None) };
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(stdin.as_fd(), OptionalActions::Flush, &raw)?;
        Ok(Some(Self(before)))
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        // Nothing better is left to do where this fails.
        let _ = tcsetattr(io::stdin().as_fd(), OptionalActions::Flush, &self.0);
    }
}

/// Attach to a command that runs in a sandbox
#[derive(Debug, Args)]
#[command(after_help = "\
Shows what is kept of its output, then what comes, until it ends; its exit
code is then this one's.

Examples:
  skerry attach web exec_01k…                    See what it does
  skerry attach web exec_01k… -i                 And send it our input")]
pub(super) struct Attach {
    /// Name or id of the sandbox
    sandbox: String,
    /// The command's id; `skerry ps` shows it
    exec: String,
    /// Where to start: a count of bytes of output
    #[arg(long, value_name = "OFFSET", default_value_t = 0)]
    from: u64,
    /// Send our input, which is taken from whoever has it
    #[arg(short, long)]
    interactive: bool,
}

impl Attach {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("attach to {}", self.exec);
        let output = RawOutput::start().map_err(|error| out_of_resources("start", &error))?;
        let on_terminal = match context.client.exec_info(&self.sandbox, &self.exec).await {
            Ok(exec) => exec.spec.is_some_and(|spec| spec.terminal.is_some()),
            Err(error) => return Err(context.failure(&what, &error)),
        };
        let options =
            InputOptions { interactive: self.interactive, tty: self.interactive && on_terminal };
        let end = async {
            if !self.interactive {
                let events = context.client.attach_exec(&self.sandbox, &self.exec, self.from).await;
                let events = events.map_err(StreamError::Call)?;
                return carry(events, output, &OnceCell::new()).await.map(End::Exited);
            }
            let interaction = context
                .client
                .interact_attach(&self.sandbox, &self.exec, self.from, true)
                .await
                .map_err(StreamError::Call)?;
            if let Some(size) = options.terminal() {
                let side = |value: u32| u16::try_from(value).unwrap_or(u16::MAX);
                interaction.input.resize(side(size.rows), side(size.columns)).await;
            }
            interact(interaction, options, output, &OnceCell::new()).await
        };
        match end.await {
            Ok(End::Exited(result)) => Ok(stream::exit_code(&result)),
            Ok(End::Detached) => Ok(0),
            Err(error) => Err(error.failure(&what, context)),
        }
    }
}
