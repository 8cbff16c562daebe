//! `skerry logs` and `skerry kill`: commands that run in the background.

use std::cell::OnceCell;

use clap::Args;
use skerry_client::ExecEvent;

use super::stream::{StreamError, carry};
use super::{Context, out_of_resources};
use crate::failure::Failure;
use crate::output::{RawOutput, Target};

/// Show what is kept of a command's output
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry logs web exec_01k…                      What it has said so far
  skerry logs web exec_01k… -f                   And what it says from now on")]
pub(super) struct Logs {
    /// Name or id of the sandbox
    sandbox: String,
    /// The command's id; `skerry ps` shows it
    exec: String,
    /// Go on until it ends
    #[arg(short, long)]
    follow: bool,
}

impl Logs {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("read the output of {}", self.exec);
        let mut output = RawOutput::start().map_err(|error| out_of_resources("start", &error))?;
        let shown = async {
            let call = context.client.attach_exec(&self.sandbox, &self.exec, 0);
            let mut events = call.await.map_err(StreamError::Call)?;
            if self.follow {
                return carry(events, output, &OnceCell::new()).await.map(|_| ());
            }
            let mut end = 0;
            loop {
                match events.next().await.map_err(StreamError::Call)? {
                    Some(ExecEvent::Started(exec)) => {
                        end = u64::try_from(exec.output_end).unwrap_or(0);
                    }
                    Some(ExecEvent::Stdout(data)) => {
                        output.write(Target::Stdout, data).await.map_err(StreamError::Output)?;
                    }
                    Some(ExecEvent::Stderr(data)) => {
                        output.write(Target::Stderr, data).await.map_err(StreamError::Output)?;
                    }
                    Some(ExecEvent::Truncated { .. }) => {}
                    Some(ExecEvent::Exited(_)) | None => break,
                }
                if events.offset() >= end {
                    break;
                }
            }
            output.finish().await.map_err(StreamError::Output)
        };
        shown.await.map_err(|error: StreamError| error.failure(&what, context))?;
        Ok(0)
    }
}

/// Send a signal to a command
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  skerry kill web exec_01k…                      Ask it to end (TERM)
  skerry kill web exec_01k… -s 9                 End it")]
pub(super) struct Kill {
    /// Name or id of the sandbox
    sandbox: String,
    /// The command's id; `skerry ps` shows it
    exec: String,
    /// The signal's number, or its name with or without SIG
    #[arg(short, long, default_value = "TERM", value_parser = parse_signal)]
    signal: i32,
}

impl Kill {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let what = format!("signal {}", self.exec);
        let call = context.client.signal_exec(&self.sandbox, &self.exec, self.signal);
        context.call(&what, call).await?;
        Ok(0)
    }
}

/// By the numbers of Linux.
const SIGNALS: [(&str, i32); 12] = [
    ("HUP", 1),
    ("INT", 2),
    ("QUIT", 3),
    ("ABRT", 6),
    ("KILL", 9),
    ("USR1", 10),
    ("USR2", 12),
    ("PIPE", 13),
    ("TERM", 15),
    ("CONT", 18),
    ("STOP", 19),
    ("WINCH", 28),
];

fn parse_signal(text: &str) -> Result<i32, String> {
    if let Ok(number @ 1..=64) = text.parse::<i32>() {
        return Ok(number);
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let found = SIGNALS.iter().find(|(known, _)| *known == name);
    found.map(|(_, number)| *number).ok_or_else(|| "is no signal: want 1 to 64, or a name".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_go_by_number_and_by_name() {
        for (text, number) in [("9", 9), ("KILL", 9), ("sigterm", 15), ("64", 64)] {
            assert_eq!(parse_signal(text), Ok(number), "{text}");
        }
        for text in ["0", "65", "-1", "", "SIG", "NOPE"] {
            assert!(parse_signal(text).is_err(), "{text}");
        }
    }
}
