//! Checks of how a process is to run.

use std::time::Duration;

use skerry_api::v1;

use super::Checks;
use crate::model::{ExecSpec, OnDisconnect, TerminalSize};
use crate::service::rlimit;

const MAX_UMASK: u32 = 0o777;
const MAX_SIGNAL: i32 = 64;
const MIN_TIMEOUT: Duration = Duration::from_millis(1);
const MAX_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 3600);
const MAX_GRACE: Duration = Duration::from_secs(600);
const DEFAULT_GRACE: Duration = Duration::from_secs(5);

impl Checks {
    /// Makes a shell's line a command.
    pub(in crate::service) fn shell(&mut self, path: &str, spec: &mut v1::ExecSpec) {
        if spec.shell.is_empty() {
            return;
        }
        if !spec.command.is_empty() {
            self.fail(format!("{path}.shell"), "must be empty where there is a command");
        }
        let line = std::mem::take(&mut spec.shell);
        spec.command = vec!["/bin/sh".to_owned(), "-c".to_owned(), line];
    }

    /// All of a spec that is not its command, environment, directory or user.
    pub(in crate::service) fn process_settings(
        &mut self,
        path: &str,
        spec: &v1::ExecSpec,
    ) -> ExecSpec {
        if spec.umask.is_some_and(|umask| umask > MAX_UMASK) {
            self.fail(format!("{path}.umask"), format!("must be 0 to {MAX_UMASK}"));
        }
        let rlimits = spec.rlimits.iter().enumerate().filter_map(|(place, limit)| {
            rlimit::from_message(limit)
                .map_err(|message| self.fail(format!("{path}.rlimits[{place}]"), message))
                .ok()
        });
        let rlimits = rlimits.collect();
        let timeout =
            self.duration(&format!("{path}.timeout"), spec.timeout, MIN_TIMEOUT, MAX_TIMEOUT);
        let grace_path = format!("{path}.grace_period");
        let grace = self.duration(&grace_path, spec.grace_period, Duration::ZERO, MAX_GRACE);
        ExecSpec {
            umask: spec.umask,
            rlimits,
            terminal: spec.terminal.map(|size| self.terminal(&format!("{path}.terminal"), size)),
            stdin: spec.keep_stdin || spec.terminal.is_some(),
            timeout,
            grace: grace.unwrap_or(DEFAULT_GRACE),
            on_disconnect: self.on_disconnect(path, spec),
            ..ExecSpec::default()
        }
    }

    fn on_disconnect(&mut self, path: &str, spec: &v1::ExecSpec) -> OnDisconnect {
        match v1::OnDisconnect::try_from(spec.on_disconnect) {
            Ok(v1::OnDisconnect::Kill) => OnDisconnect::Kill,
            Ok(_) => OnDisconnect::Keep,
            Err(_) => {
                self.fail(format!("{path}.on_disconnect"), "is no value that is known here");
                OnDisconnect::Keep
            }
        }
    }

    /// A terminal's size.
    pub(in crate::service) fn terminal(
        &mut self,
        path: &str,
        size: v1::TerminalSize,
    ) -> TerminalSize {
        let mut side = |name: &str, value: u32| match u16::try_from(value) {
            Ok(value @ 1..) => value,
            _ => {
                self.fail(format!("{path}.{name}"), format!("must be 1 to 65535, is {value}"));
                1
            }
        };
        TerminalSize { rows: side("rows", size.rows), columns: side("columns", size.columns) }
    }

    /// A signal's number.
    pub(in crate::service) fn signal(&mut self, signal: i32) {
        if !(1..=MAX_SIGNAL).contains(&signal) {
            self.fail("signal", format!("must be 1 to {MAX_SIGNAL}, is {signal}"));
        }
    }
}
