//! `skerry kill`: commands that run in the background.

use clap::Args;

use super::Context;
use crate::failure::Failure;

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
