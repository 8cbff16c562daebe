//! The real daemon with both systems at listeners of their own.

use std::process::Stdio;

use serde_json::Value;
use skerry_test_support::{Daemon, Options};

use crate::answer::Caller;

/// A daemon, and where the systems are.
pub(crate) struct Place {
    pub(crate) daemon: Daemon,
    mac: String,
    apple: String,
}

impl Place {
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        Self::start_in(&[], arguments).await
    }

    /// In this environment.
    pub(crate) async fn start_in(environment: &[(&'static str, &str)], arguments: &[&str]) -> Self {
        let compat = ["serve", "--compat", "mac-sandbox=127.0.0.1:0,apple-sandboxes=127.0.0.1:0"];
        let arguments = compat.iter().chain(arguments).map(|text| (*text).to_owned()).collect();
        let set = |(name, value): &(&'static str, &str)| (*name, (*value).to_owned());
        let environment = environment.iter().map(set).collect();
        let options = Options { arguments, environment, ..Options::default() };
        let daemon = Daemon::start_with(options).await;
        let log = daemon.log();
        let told = |name: &str| {
            let line = log.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
            format!("http://{}", line.expect("it says where it listens"))
        };
        Self { mac: told("mac-sandbox"), apple: told("apple-sandboxes"), daemon }
    }

    pub(crate) fn mac(&self) -> Caller {
        Caller::new(self.mac.clone(), Some(&self.daemon.token()))
    }

    pub(crate) fn apple(&self) -> Caller {
        Caller::new(self.apple.clone(), Some(&self.daemon.token()))
    }
}

/// What a program printed, and how it ended.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// What it printed, where it succeeded.
    #[track_caller]
    pub(crate) fn success(&self) -> &str {
        assert_eq!(self.code, Some(0), "{}{}", self.stdout, self.stderr);
        &self.stdout
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let text = self.success();
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

/// Runs a program to its end, with this in its environment.
pub(crate) async fn run(
    program: impl AsRef<std::ffi::OsStr>,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Ran {
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).envs(environment.iter().copied());
    command.stdin(Stdio::null()).kill_on_drop(true);
    let ended = tokio::time::timeout(std::time::Duration::from_secs(120), command.output()).await;
    let output = ended.expect("it ends").expect("it can be run");
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
