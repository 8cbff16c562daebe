//! `skerry`: the command-line client.

mod archive;
mod command;
mod failure;
mod output;
mod signals;
mod units;

use std::process::ExitCode;

fn main() -> ExitCode {
    match command::run() {
        Ok(code) => ExitCode::from(code),
        Err(failure) => failure.report(),
    }
}
