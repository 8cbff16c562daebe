//! Commands, run to their end.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use skerry_api::v1;
use tonic::Status;

use super::super::ask::Ask;
use super::super::failure::{self, Failure, json, reason};
use super::super::route::Answer;
use super::entry::{WORKSPACE, required};
use super::sandbox::find;

/// Milliseconds that a command may take where nothing else is said.
const TIMEOUT: f64 = 30_000.0;
const MAX_TIMEOUT: f64 = 1e10;
/// Of each stream.
const MAX_OUTPUT: i64 = 16 << 20;
/// Why a command did not start, as services have it.
const NOT_STARTED: [&str; 8] = [
    "COMMAND_NOT_FOUND",
    "CWD_NOT_FOUND",
    "USER_NOT_FOUND",
    "NOT_EXECUTABLE",
    "CWD_NOT_ACCESSIBLE",
    "BAD_INTERPRETER",
    "OUT_OF_MEMORY",
    "OUT_OF_PIDS",
];

/// A command, its arguments, how long it may take.
#[derive(Deserialize)]
pub(super) struct Exec {
    command: String,
    args: Option<Vec<String>>,
    timeout: Option<f64>,
    user: Option<String>,
}

impl Exec {
    /// What runs, without a shell.
    pub(super) fn spec(&self) -> Result<v1::ExecSpec, Failure> {
        required("command", &self.command)?;
        let timeout = self.timeout.unwrap_or(TIMEOUT);
        if timeout <= 0.0 {
            return Err(Failure::invalid("timeout", "Too small: expected number to be >0"));
        }
        if timeout > MAX_TIMEOUT {
            return Err(Failure::invalid(
                "timeout",
                "Too big: expected number to be <=10000000000",
            ));
        }
        let timeout = Duration::from_secs_f64(timeout.max(1.0) / 1000.0);
        let arguments = self.args.iter().flatten().cloned();
        Ok(v1::ExecSpec {
            command: std::iter::once(self.command.clone()).chain(arguments).collect(),
            cwd: WORKSPACE.to_owned(),
            user: self.user.clone().unwrap_or_default(),
            timeout: prost_types::Duration::try_from(timeout).ok(),
            ..Default::default()
        })
    }
}

pub(super) async fn exec(ask: Ask) -> Answer {
    let exec: Exec = ask.json().await?;
    let spec = Some(exec.spec()?);
    let sandbox_id = find(&ask).await?.id;
    let start = Instant::now();
    let request = v1::ExecRequest { sandbox_id, spec, max_output_bytes: MAX_OUTPUT };
    let ran = ask.calls.execs().exec(ask.calls.by(request)).await;
    let duration = start.elapsed();
    match ran {
        Ok(ran) => ended(&exec, ran.into_inner(), duration),
        Err(status) => Err(not_started(&exec, status, duration)),
    }
}

fn ended(exec: &Exec, ran: v1::ExecResponse, duration: Duration) -> Answer {
    let result = ran.result.unwrap_or_default();
    let code = if result.timed_out { -1 } else { result.exit_code };
    let shown = shown(exec, code, (&ran.stdout, &ran.stderr), duration);
    match result.timed_out {
        true => Err(with_error(shown, "Command timed out")),
        false => Ok(json(&shown)),
    }
}

/// Whether a command was asked for well, and could not be started.
pub(super) fn has_not_started(status: &Status) -> bool {
    NOT_STARTED.contains(&reason(status).as_str())
}

fn not_started(exec: &Exec, status: Status, duration: Duration) -> Failure {
    match has_not_started(&status) {
        true => with_error(shown(exec, -1, (b"", b""), duration), &failure::message(&status)),
        false => status.into(),
    }
}

fn with_error(mut shown: Value, error: &str) -> Failure {
    shown["error"] = json!(error);
    Failure::Whole(StatusCode::INTERNAL_SERVER_ERROR, shown)
}

fn shown(exec: &Exec, code: i32, output: (&[u8], &[u8]), duration: Duration) -> Value {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    json!({
        "success": code == 0,
        "command": exec.command,
        "args": exec.args.as_deref().unwrap_or_default(),
        "exitCode": code,
        "stdout": text(output.0),
        "stderr": text(output.1),
        "durationMs": u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
    })
}
