//! Lines of a shell.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use skerry_api::v1::{self, exec_stream_response::Event};

use super::super::ask::Ask;
use super::super::failure::{Failure, json};
use super::super::route::Answer;
use super::{sandbox, show};

/// Seconds that a line may take where nothing else is said.
const TIMEOUT: f64 = 300.0;
const MAX_TIMEOUT: f64 = 1e7;
/// Of each stream.
const MAX_OUTPUT: usize = 16 << 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Exec {
    command: String,
    timeout_seconds: Option<f64>,
    env: Option<BTreeMap<String, String>>,
    background: Option<bool>,
}

pub(super) async fn exec(ask: Ask) -> Answer {
    let exec: Exec = ask.json().await?;
    let sandbox_id = sandbox::live(&ask).await?.id;
    // It wakes one that does not run.
    sandbox::has_started(&ask, &sandbox_id).await?;
    let seconds = exec.timeout_seconds.filter(|seconds| *seconds != 0.0).unwrap_or(TIMEOUT);
    if !(0.001..=MAX_TIMEOUT).contains(&seconds) {
        return Err(Failure::invalid("timeoutSeconds", "must be a number of seconds"));
    }
    let timeout = std::time::Duration::from_secs_f64(seconds);
    let line = exec.command;
    let spec = v1::ExecSpec {
        command: vec!["sh".to_owned(), "-lc".to_owned(), line.clone()],
        env: exec.env.unwrap_or_default(),
        cwd: "/workspace".to_owned(),
        timeout: prost_types::Duration::try_from(timeout).ok(),
        ..Default::default()
    };
    let spec = Some(spec);
    if exec.background == Some(true) {
        let request = v1::StartExecRequest { sandbox_id, spec };
        let started = ask.calls.execs().start_exec(ask.calls.by(request)).await?.into_inner();
        return Ok(json(&shown(&started, None)));
    }
    let max_output_bytes = MAX_OUTPUT as i64;
    let request = v1::ExecRequest { sandbox_id, spec, max_output_bytes };
    let ran = ask.calls.execs().exec(ask.calls.by(request)).await?.into_inner();
    let info = ran.exec.unwrap_or_default();
    Ok(json(&shown(&info, Some((&ran.stdout, &ran.stderr)))))
}

/// One in the background: how it is, and what it has written once it has ended.
pub(super) async fn get(ask: Ask) -> Answer {
    let sandbox_id = sandbox::live(&ask).await?.id;
    let missing = || Failure::missing("exec not found");
    let exec_id = ask.name("exec").ok_or_else(missing)?.to_owned();
    let request = v1::GetExecRequest { sandbox_id: sandbox_id.clone(), exec_id: exec_id.clone() };
    let info = ask.calls.execs().get_exec(ask.calls.by(request)).await;
    let info = info.map_err(|_| missing())?.into_inner();
    if info.result.is_none() {
        return Ok(json(&shown(&info, None)));
    }
    let (stdout, stderr) = written(&ask, sandbox_id, exec_id).await?;
    Ok(json(&shown(&info, Some((&stdout, &stderr)))))
}

/// What is kept of its output.
async fn written(
    ask: &Ask,
    sandbox_id: String,
    exec_id: String,
) -> Result<(Vec<u8>, Vec<u8>), Failure> {
    let request = v1::AttachExecRequest { sandbox_id, exec_id, from_offset: 0 };
    let mut frames = ask.calls.execs().attach_exec(ask.calls.by(request)).await?.into_inner();
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    while let Some(frame) = frames.message().await? {
        match frame.event {
            Some(Event::Stdout(chunk)) => append(&mut stdout, &chunk.data),
            Some(Event::Stderr(chunk)) => append(&mut stderr, &chunk.data),
            Some(Event::Exited(_)) => break,
            _ => {}
        }
    }
    Ok((stdout, stderr))
}

fn append(to: &mut Vec<u8>, data: &[u8]) {
    let room = MAX_OUTPUT - to.len();
    to.extend_from_slice(&data[..data.len().min(room)]);
}

fn shown(info: &v1::ExecInfo, output: Option<(&[u8], &[u8])>) -> Value {
    let (status, code) = match &info.result {
        None => ("running", None),
        Some(result) if result.timed_out => ("timed_out", Some(Value::Null)),
        Some(result) if result.exit_code == 0 => ("succeeded", Some(json!(0))),
        Some(result) => ("failed", Some(json!(result.exit_code))),
    };
    let line = info.spec.as_ref().and_then(|spec| spec.command.last());
    let mut shown = json!({
        "id": info.id,
        "sandboxId": info.sandbox_id,
        "command": line,
        "status": status,
        "createdAt": show::time(info.start_time),
        "startedAt": show::time(info.start_time),
    });
    if let Some(code) = code {
        shown["exitCode"] = code;
        shown["finishedAt"] = json!(show::time(info.end_time));
    }
    if let Some((stdout, stderr)) = output {
        shown["stdout"] = json!(String::from_utf8_lossy(stdout));
        shown["stderr"] = json!(String::from_utf8_lossy(stderr));
    }
    shown
}
